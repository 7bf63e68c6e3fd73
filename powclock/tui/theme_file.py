"""Theme files: one TOML file each, checked before anything is drawn.

The file's name is the theme's name. Shipped themes come first; a person's own follow, and one that
has a shipped name replaces it. A colour that cannot be read would stop the screen in the middle of
a race, so every one is checked here, and what is wrong is told in one line: file, key and mend.
This module does without textual, so that commands without a screen can read themes.
"""

import re
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated

import msgspec
import platformdirs

from powclock.race.scenario import place_first
from powclock.record.labels import clean_label
from powclock.tui.settings_file import SettingsError, read_toml, shown_path
from powclock.tui.theme_mend import colour_mend, mended

DEFAULT, DEFAULT_ON_LIGHT = "dark", "light"
VARIABLE = "POWCLOCK_THEME"
_TITLE_CELLS = 72
_HERE = Path(__file__).resolve()
# The wheel ships themes inside the package; a checkout has them beside it.
_FOLDERS = (_HERE.parents[1] / "themes", _HERE.parents[2] / "themes")
_ORDER = ("dark", "light", "colourblind", "stage")
# Grounds that terminals call light in COLORFGBG: grey and white of the sixteen.
_LIGHT_GROUNDS = frozenset({"7", "15"})


class ThemeError(ValueError):
    """A theme that cannot be used: one line with the file, the key and the mend."""


class Colors(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A colour for each role, as #rrggbb.

    `background`, `panel`, `selected` and `banner` are grounds; `faint` is for lines; the others
    are inks on the background.
    """

    background: str
    panel: str
    text: str
    muted: str
    faint: str
    focus: str
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
    banner: str


class Nodes(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Hues that tell nodes apart, in the order in which nodes appear."""

    hues: Annotated[tuple[str, ...], msgspec.Meta(min_length=1, max_length=64)]


class Theme(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A look of the screen; a file without a title is listed by its name alone."""

    dark: bool
    colors: Colors
    nodes: Nodes
    title: str = ""


def own_folder() -> Path:
    """Where a person's own themes are looked for."""
    return platformdirs.user_config_path("powclock") / "themes"


def files() -> dict[str, Path]:
    """The files of all themes by name: shipped ones first, the default before all others."""
    shipped = {path.stem: path for folder in _FOLDERS for path in folder.glob("*.toml")}
    own = {path.stem: path for path in _own_files()}
    first = [name for name in _ORDER if name in shipped]
    rest = sorted(shipped.keys() - set(first))
    return {name: own.get(name, shipped[name]) for name in [*first, *rest]} | own


def _own_files() -> list[Path]:
    try:
        return sorted(own_folder().glob("*.toml"))
    except OSError:  # a folder that cannot be read holds no themes for us
        return []


def names() -> list[str]:
    """The names of all themes, safe to print."""
    return [label(name) for name in files()]


def label(name: str) -> str:
    """A theme's name, safe to print."""
    return clean_label(name) or "?"


def catalogue() -> Iterator[tuple[str, Theme | ThemeError]]:
    """All themes by name; for a broken one, what is wrong with it."""
    for name, path in files().items():
        try:
            yield label(name), decode(path)
        except ThemeError as error:
            yield label(name), error


def choose(asked: str | None, environment: Mapping[str, str]) -> str:
    """The theme to draw with: as asked, by POWCLOCK_THEME, or by the terminal's ground.

    Returns a name or path that is known to load.

    Raises:
        ThemeError: it cannot be used; the line names the variable if that is where it came from.
    """
    wanted = environment.get(VARIABLE) if asked is None else None
    if wanted:
        try:
            load(wanted)
        except ThemeError as error:
            raise ThemeError(f"{VARIABLE}: {error}") from None
        return wanted
    if asked is None:
        ground = environment.get("COLORFGBG", "").rpartition(";")[2]
        asked = DEFAULT_ON_LIGHT if ground in _LIGHT_GROUNDS else DEFAULT
    load(asked)
    return asked


def find(name: str) -> Path:
    """The file of a theme that is given by its name or its path.

    Raises:
        ThemeError: there is no theme of this name.
    """
    if name.endswith(".toml"):
        return Path(name)
    path = files().get(name)
    if path is None:
        known = ", ".join(names())
        raise ThemeError(
            f"there is no theme {clean_label(name, 60)!r}: choose {known}, "
            "or give the path of a .toml file"
        )
    return path


def load(name: str) -> Theme:
    """Read a theme by its name or its path.

    Raises:
        ThemeError: there is none, or it is not as it should be.
    """
    return decode(find(name))


def decode(path: Path) -> Theme:
    """Read a theme's file.

    Raises:
        ThemeError: it cannot be read, or it is not as it should be.
    """
    file = shown_path(path)
    if _keeps_waiting(path):
        raise ThemeError(f"{file}: is no file but a pipe or a device: name a .toml file")
    try:
        theme = read_toml(path, Theme, "a theme holds colours")
    except msgspec.ValidationError as error:
        raise ThemeError(f"{file}: {_in_words(place_first(str(error)))}") from None
    except SettingsError as error:
        raise ThemeError(str(error)) from None
    for key, value in msgspec.structs.asdict(theme.colors).items():
        _check_color(file, f"colors.{key}", value)
    for index, value in enumerate(theme.nodes.hues):
        _check_color(file, f"nodes.hues[{index}]", value)
    return msgspec.structs.replace(theme, title=clean_label(theme.title, _TITLE_CELLS))


def _keeps_waiting(path: Path) -> bool:
    """Whether to open this may wait for ever, as with a pipe that nobody writes into."""
    try:
        mode = path.stat().st_mode
    except OSError:
        return False
    return not (stat.S_ISREG(mode) or stat.S_ISDIR(mode))


def _in_words(message: str) -> str:
    place, _, what = message.rpartition(": ")
    table = {"": Theme, "colors": Colors, "nodes": Nodes}.get(place, Theme)
    return mended(place, what, table.__struct_fields__)


def _check_color(file: str, key: str, value: str) -> None:
    # Rich and textual know other spellings, each its own; both read this one.
    if not re.fullmatch("#[0-9a-fA-F]{6}", value):
        shown = clean_label(value)
        raise ThemeError(f"{file}: {key}: {shown!r} is no colour: {colour_mend(value)}")
