"""Themes: one TOML file each, checked before anything is drawn.

A colour that textual cannot read would stop the program in the middle of a race, so every one is
parsed here, and what is wrong is told in one line: file, key and mend.
"""

from pathlib import Path
from typing import Annotated

import msgspec
from rich.style import Style
from textual.color import Color, ColorParseError
from textual.theme import Theme as TextualTheme

_MAX_BYTES = 100_000
_HERE = Path(__file__).resolve()
# The wheel ships themes inside the package; a checkout has them beside it.
_FOLDERS = (_HERE.parents[1] / "themes", _HERE.parents[2] / "themes")


class ThemeError(ValueError):
    """A theme that cannot be used: one line with the file, the key and the mend."""


class Colors(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A colour for each role."""

    background: str
    panel: str
    text: str
    muted: str
    faint: str
    accent: str
    best: str
    rival: str
    stale: str
    good: str
    warning: str
    bad: str
    chart: str
    chart_low: str
    selected: str


class Nodes(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Hues that tell nodes apart, in the order in which nodes appear."""

    hues: Annotated[tuple[str, ...], msgspec.Meta(min_length=1, max_length=64)]


class Theme(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A look of the screen."""

    name: Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9_-]{0,30}$")]
    dark: bool
    colors: Colors
    nodes: Nodes

    def textual(self) -> TextualTheme:
        """The same theme for what textual draws itself."""
        colors = self.colors
        return TextualTheme(
            name=f"powclock-{self.name}",
            primary=colors.accent,
            secondary=colors.rival,
            accent=colors.accent,
            warning=colors.warning,
            error=colors.bad,
            success=colors.good,
            foreground=colors.text,
            background=colors.background,
            surface=colors.panel,
            panel=colors.panel,
            dark=self.dark,
        )


class Palette:
    """The styles of a theme, ground included; each is made once, so rows compare quickly."""

    def __init__(self, theme: Theme) -> None:
        colors = theme.colors
        ground = colors.background

        def ink(color: str, *, bold: bool = False) -> Style:
            return Style(color=color, bgcolor=ground, bold=bold or None)

        self.ground = Style(color=colors.text, bgcolor=ground)
        self.text = ink(colors.text)
        self.muted = ink(colors.muted)
        self.faint = ink(colors.faint)
        self.accent = ink(colors.accent)
        self.best = ink(colors.best)
        self.rival = ink(colors.rival)
        self.stale = ink(colors.stale)
        self.good = ink(colors.good)
        self.warning = ink(colors.warning)
        self.bad = ink(colors.bad)
        self.chart = ink(colors.chart)
        self.chart_low = ink(colors.chart_low)
        self.strong = ink(colors.text, bold=True)
        self.title = ink(colors.accent, bold=True)
        self.alarm = Style(color=ground, bgcolor=colors.bad, bold=True)
        self.selected = Style(bgcolor=colors.selected, bold=True)
        self.hues = tuple(ink(hue) for hue in theme.nodes.hues)
        self._bold: dict[Style, Style] = {}
        self._chosen: dict[Style, Style] = {}
        self._on: dict[tuple[Style, Style], Style] = {}
        self.paper = Style(color=ground, bgcolor=ground)

    def bold(self, style: Style) -> Style:
        """The style in bold."""
        bold = self._bold.get(style)
        if bold is None:
            bold = self._bold[style] = style + Style(bold=True)
        return bold

    def chosen(self, style: Style) -> Style:
        """The style on the ground of what is selected."""
        chosen = self._chosen.get(style)
        if chosen is None:
            chosen = self._chosen[style] = style + self.selected
        return chosen

    def on(self, ink: Style, ground: Style) -> Style:
        """The colour of one style on that of another; `paper` is the colour of the ground."""
        key = (ink, ground)
        style = self._on.get(key)
        if style is None:
            style = self._on[key] = Style(color=ink.color, bgcolor=ground.color)
        return style


def names() -> list[str]:
    """The themes that are shipped, the default first."""
    found = {path.stem for folder in _FOLDERS for path in folder.glob("*.toml")}
    return sorted(found, key=lambda name: (name != "dark", name))


def load(name: str) -> Theme:
    """Read a shipped theme by its name, or any theme by its path.

    Raises:
        ThemeError: there is none, or it is not as it should be.
    """
    return decode(_find(name))


def _find(name: str) -> Path:
    if name.endswith(".toml"):
        return Path(name)
    for folder in _FOLDERS:
        path = folder / f"{name}.toml"
        if name in names() and path.is_file():
            return path
    known = ", ".join(names())
    raise ThemeError(
        f"there is no theme {name!r}: choose {known}, or give the path of a .toml file"
    )


def decode(path: Path) -> Theme:
    """Read a theme's file.

    Raises:
        ThemeError: it cannot be read, or it is not as it should be.
    """
    try:
        with path.open("rb") as file:
            data = file.read(_MAX_BYTES + 1)
    except OSError as error:
        raise ThemeError(f"{path}: cannot be read ({error.strerror}): check the path") from None
    if len(data) > _MAX_BYTES:
        raise ThemeError(f"{path}: larger than {_MAX_BYTES} bytes: a theme holds colours alone")
    try:
        theme = msgspec.toml.decode(data, type=Theme)
    except UnicodeDecodeError:
        raise ThemeError(f"{path}: is not UTF-8: save it as UTF-8") from None
    except msgspec.DecodeError as error:
        raise ThemeError(f"{path}: {error}: compare with dark.toml") from None
    for key, value in msgspec.structs.asdict(theme.colors).items():
        _check_color(path, f"colors.{key}", value)
    for index, value in enumerate(theme.nodes.hues):
        _check_color(path, f"nodes.hues[{index}]", value)
    return theme


def _check_color(path: Path, key: str, value: str) -> None:
    try:
        color = Color.parse(value)
    except ColorParseError:
        color = None
    # Rich knows fewer spellings than textual, so both must read it: that leaves #rrggbb.
    if color is None or not (value.startswith("#") and len(value) == 7):
        raise ThemeError(f"{path}: {key}: {value!r} is no colour: write it as #rrggbb")
