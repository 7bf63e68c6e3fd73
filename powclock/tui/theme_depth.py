"""A theme on a terminal with fewer colours.

Terminals draw the same 240 colours as numbers 16 to 255: at that depth each colour becomes the one
of them that looks nearest, where rounding each channel would tint the greys. The sixteen below
differ from terminal to terminal and are too few for a theme, so a dark and a light set of them
stand for every theme, chosen so that each ink reads on its ground wherever we know the values.
"""

import os
from enum import Enum
from functools import cache

from msgspec.structs import asdict, replace
from rich.console import Console

from powclock.tui.theme_file import Colors, Nodes, Theme

Triplet = tuple[float, float, float]


class Depth(Enum):
    """How many colours a terminal takes."""

    TRUE = "truecolor"
    TWO_HUNDRED = "256"
    SIXTEEN = "standard"


# The sixteen, as rich spells them: black to grey, then the bright ones from grey to white.
_SIXTEEN = (
    "#000000", "#aa0000", "#00aa00", "#aa5500", "#0000aa", "#aa00aa", "#00aaaa", "#aaaaaa",
    "#555555", "#ff5555", "#55ff55", "#ffff55", "#5555ff", "#ff55ff", "#55ffff", "#ffffff",
)  # fmt: skip
(
    _BLACK, _RED, _GREEN, _BROWN, _BLUE, _MAGENTA, _CYAN, _GREY,
    _DARK_GREY, _LIGHT_RED, _LIGHT_GREEN, _YELLOW, _, _LIGHT_MAGENTA, _LIGHT_CYAN, _WHITE,
) = _SIXTEEN  # fmt: skip

_ON_BLACK = Colors(
    background=_BLACK,
    panel=_BLACK,
    text=_WHITE,
    muted=_GREY,
    faint=_DARK_GREY,
    focus=_LIGHT_CYAN,
    accent=_LIGHT_CYAN,
    best=_YELLOW,
    rival=_LIGHT_MAGENTA,
    stale=_MAGENTA,
    good=_LIGHT_GREEN,
    warning=_BROWN,
    bad=_LIGHT_RED,
    chart=_CYAN,
    chart_low=_CYAN,
    selected=_BLUE,
    banner=_BLUE,
)
_HUES_ON_BLACK = (
    _LIGHT_CYAN, _YELLOW, _LIGHT_GREEN, _LIGHT_MAGENTA, _WHITE, _LIGHT_RED, _CYAN, _GREEN, _GREY,
)  # fmt: skip
_ON_WHITE = Colors(
    background=_WHITE,
    panel=_WHITE,  # textual mixes it with the accent for what is highlighted: that is grey
    text=_BLACK,
    muted=_DARK_GREY,
    faint=_GREY,
    focus=_BLUE,
    accent=_BLUE,
    best=_BLACK,
    rival=_MAGENTA,
    stale=_DARK_GREY,
    good=_GREEN,
    warning=_BROWN,
    bad=_RED,
    chart=_BLUE,
    chart_low=_BLUE,
    selected=_GREY,
    banner=_GREY,
)
_HUES_ON_WHITE = (_BLUE, _MAGENTA, _RED, _GREEN, _BLACK, _DARK_GREY)


def terminal_depth() -> Depth:
    """How many colours this terminal takes, by TERM and COLORTERM; textual asks rich as well."""
    asked = os.environ.get("TEXTUAL_COLOR_SYSTEM", "auto")
    system = Console(force_terminal=True).color_system if asked == "auto" else asked
    if system == "256":
        return Depth.TWO_HUNDRED
    # Without a colour at all (NO_COLOR, TERM=dumb) it does not matter.
    return Depth.SIXTEEN if system in {"standard", "windows"} else Depth.TRUE


def at_depth(theme: Theme, depth: Depth) -> Theme:
    """The theme in colours that a terminal of this depth draws as they are meant."""
    if depth is Depth.TRUE:
        return theme
    if depth is Depth.TWO_HUNDRED:
        colors = Colors(**{role: nearest(color) for role, color in asdict(theme.colors).items()})
        return replace(theme, colors=colors, nodes=Nodes(tuple(map(nearest, theme.nodes.hues))))
    if theme.dark:
        return replace(theme, colors=_ON_BLACK, nodes=Nodes(_HUES_ON_BLACK))
    return replace(theme, colors=_ON_WHITE, nodes=Nodes(_HUES_ON_WHITE))


@cache
def nearest(color: str) -> str:
    """The colour among numbers 16 to 255 that looks nearest.

    Written so that rich, which rounds greys its own way, turns it into that number.
    """
    wanted = oklab(color)

    def distance(drawn: str) -> float:
        return sum((a - b) ** 2 for a, b in zip(wanted, oklab(drawn), strict=True))

    drawn = _two_hundred()
    return drawn[min(drawn, key=distance)]


@cache
def _two_hundred() -> dict[str, str]:
    """What a terminal draws, and what rich must be given for it."""
    levels = (0, 95, 135, 175, 215, 255)
    cube = [(red, green, blue) for red in levels for green in levels for blue in levels]
    # Between black and white rich takes greys from the ramp alone.
    hues = [_hex(rgb) for rgb in cube if len(set(rgb)) > 1 or rgb[0] in {0, 255}]
    drawn = {color: color for color in hues}
    for step in range(24):
        given = round((step + 1) / 25 * 255)
        drawn[_hex((8 + 10 * step,) * 3)] = _hex((given,) * 3)
    return drawn


def _hex(rgb: tuple[int, ...]) -> str:
    return "#" + "".join(f"{channel:02x}" for channel in rgb)


def linear(color: str) -> Triplet:
    """Red, green and blue as amounts of light, 0 to 1."""
    red, green, blue = (_light(int(color[place : place + 2], 16) / 255) for place in (1, 3, 5))
    return red, green, blue


def _light(value: float) -> float:
    return float(value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4)


def oklab(color: str) -> Triplet:
    """Lightness and two hue axes in which equal distances look about equal (Ottosson 2020)."""
    red, green, blue = linear(color)
    long = (0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue) ** (1 / 3)
    middle = (0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue) ** (1 / 3)
    short = (0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue) ** (1 / 3)
    return (
        0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short,
    )
