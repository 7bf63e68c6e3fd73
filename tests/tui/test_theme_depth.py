"""Fewer colours: what rich rounds to is what was chosen."""

import pytest
from msgspec.structs import asdict
from rich.color import Color, ColorSystem

from powclock.tui.theme import Palette
from powclock.tui.theme_depth import Depth, at_depth, nearest, terminal_depth
from powclock.tui.theme_file import load
from tests.tui.vision import difference

# What terminals draw for 16 to 255: a cube of 6 × 6 × 6, then a ramp of greys.
LEVELS = (0, 95, 135, 175, 215, 255)
DRAWN = {
    16 + 36 * r + 6 * g + b: f"#{LEVELS[r]:02x}{LEVELS[g]:02x}{LEVELS[b]:02x}"
    for r in range(6)
    for g in range(6)
    for b in range(6)
} | {232 + step: f"#{8 + 10 * step:02x}" + f"{8 + 10 * step:02x}" * 2 for step in range(24)}


def drawn(color: str) -> str:
    """What a terminal of 256 colours shows for a colour that is given to rich."""
    number = Color.parse(color).downgrade(ColorSystem.EIGHT_BIT).number
    assert number is not None
    return DRAWN[number]


@pytest.mark.parametrize(
    "color", ["#0d1117", "#e6edf3", "#919aa4", "#1f2b3d", "#64b3ff", "#f4492f"]
)
def test_at_256_colours_the_nearest_is_drawn(color: str) -> None:
    best = min(DRAWN.values(), key=lambda other: difference(color, other))
    assert drawn(nearest(color)) == best


def test_every_colour_that_terminals_draw_can_be_had() -> None:
    twice = {"#5f5f5f", "#878787", "#afafaf", "#d7d7d7"}  # rich never uses these greys of the cube
    for color in set(DRAWN.values()) - twice:
        assert drawn(nearest(color)) == color


@pytest.mark.parametrize("name", ["dark", "light"])
def test_at_16_colours_rich_keeps_what_was_chosen(name: str) -> None:
    theme = at_depth(load(name), Depth.SIXTEEN)
    numbers = {}
    for role, color in asdict(theme.colors).items():
        number = Color.parse(color).downgrade(ColorSystem.STANDARD).number
        assert number is not None
        numbers[role] = number
    if name == "dark":
        # Bright black is the ground itself in some palettes: it may draw lines, no words.
        assert {role for role, number in numbers.items() if number == 8} == {"faint"}
        assert {role for role, number in numbers.items() if number == 0} == {"background", "panel"}
    else:
        assert numbers["background"] == 15
        assert {number for number in numbers.values() if number > 8} == {15}


def test_all_dark_themes_look_alike_at_16_colours() -> None:
    assert at_depth(load("stage"), Depth.SIXTEEN).colors == (
        at_depth(load("dark"), Depth.SIXTEEN).colors
    )


def test_the_palette_is_made_for_the_depth() -> None:
    dark = load("dark")
    assert Palette(dark).text.color == Color.parse("#e6edf3")
    sixteen = Palette(dark, Depth.SIXTEEN)
    assert sixteen.text.color == Color.parse("#ffffff")
    assert (sixteen.alarm.color, sixteen.alarm.bgcolor) == (
        Color.parse("#ffffff"),
        Color.parse("#ff5555"),
    )


@pytest.mark.parametrize(
    ("term", "colorterm", "depth"),
    [
        ("xterm-256color", "truecolor", Depth.TRUE),
        ("xterm-256color", "", Depth.TWO_HUNDRED),
        ("tmux-256color", "", Depth.TWO_HUNDRED),
        ("xterm-16color", "", Depth.SIXTEEN),
        ("linux", "", Depth.SIXTEEN),
        ("screen", "", Depth.SIXTEEN),
    ],
)
def test_the_terminal_says_how_many_colours_it_takes(
    term: str, colorterm: str, depth: Depth, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TEXTUAL_COLOR_SYSTEM", raising=False)
    monkeypatch.setenv("TERM", term)
    monkeypatch.setenv("COLORTERM", colorterm)
    assert terminal_depth() is depth
    monkeypatch.setenv("TEXTUAL_COLOR_SYSTEM", "standard")
    assert terminal_depth() is Depth.SIXTEEN
