"""Pictures of the whole screen as text, so that a review shows what changed in them.

A picture is the screen's rows, then the same grid with a letter for the style of each cell, then
what the letters mean. Letters follow the roles of the palette (upper case is bold), so they stay as
they are when something else on the screen changes. An empty cell has no ink: its letter says the
ground alone.
"""

import asyncio
import contextlib
import string
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import Any, cast
from zlib import crc32

from rich.cells import cell_len
from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual._compositor import LayoutUpdate
from textual.app import App
from textual.events import Key
from textual.keys import REPLACED_KEYS, _character_to_key, _get_unicode_name_from_key
from textual.widgets import Input

from powclock.race.lesson.told import Told
from powclock.race.messages import AnyMessage
from powclock.race.replay.player import Player
from powclock.tui.app import PowclockApp
from powclock.tui.lesson_app import LessonApp
from powclock.tui.picture import picture as as_svg
from powclock.tui.shell import Look, Shell
from powclock.tui.split.app import SplitApp
from powclock.tui.theme import Palette
from tests.race.replay.pasts import past_of
from tests.tui.lesson.told import chapter_of
from tests.tui.recorded import RecordedRace, records

ROUNDS_MAX = 20
TURNS = 10
TURNS_MAX = 100_000
ROWS_TOLD_MAX = 12


@dataclass(frozen=True)
class Case:
    """What a picture shows: a recording at one of its moments, after some keys and messages.

    It is a `replay`, or the `past` of a race that goes on, if that is said.
    Several recordings, with commas between them, stand side by side; the first gets the messages.
    """

    name: str
    recording: str = "split"
    moment: int = 1
    size: tuple[int, int] = (100, 30)
    theme: str = "dark"
    keys: tuple[str, ...] = ()
    told: tuple[AnyMessage, ...] = ()
    ascii_only: bool = False
    lesson: Told | None = None
    past: str = ""
    environment: Mapping[str, str] | None = None


@dataclass(frozen=True)
class Picture:
    """A screen as text, and the styles of its cells."""

    rows: tuple[str, ...]
    styles: tuple[str, ...]
    legend: tuple[str, ...]

    def text(self) -> str:
        """As it is stored."""
        return "\n".join((*self.rows, _RULE, *self.styles, _RULE, *self.legend)) + "\n"

    @classmethod
    def parse(cls, text: str) -> "Picture":
        """What was stored."""
        parts: list[list[str]] = [[]]
        for line in text.split("\n")[:-1]:
            if line == _RULE:
                parts.append([])
            else:
                parts[-1].append(line)
        rows, styles, legend = parts
        return cls(tuple(rows), tuple(styles), tuple(legend))


_RULE = "=" * 20

# What a cell looks like: ink, ground (both #rrggbb or empty), and what else there is to it.
_Look = tuple[str, str, str]
_ROLES = {
    "text": "t", "strong": "T", "muted": "m", "faint": "f", "focus": "j", "accent": "a",
    "title": "A", "best": "b", "rival": "r", "stale": "s", "good": "g", "warning": "w",
    "bad": "x", "chart": "c", "chart_low": "l", "alarm": "!", "selected": "_",
}  # fmt: skip
_HUES = string.digits + "αβγδεζηθκλμνξπρσφχψω"
# h and H stood for a role that is gone; unused, so that the others stay as they are stored.
_TAKEN = {*_ROLES.values(), *(role.upper() for role in _ROLES.values()), *"hH.="}
_OTHERS = sorted({*string.ascii_letters, *string.punctuation} - _TAKEN)
_MORE = [chr(code) for code in range(0x410, 0x450)]


def taken(app: "Shell[Any]") -> Picture:
    """The screen as it is painted now, with what lies over it."""
    update = app.screen._compositor.render_update(full=True, screen_stack=app._background_screens)
    assert isinstance(update, LayoutUpdate)
    lines = [[segment for strip in line for segment in strip] for line in update.strips]
    return painted(lines, app._states[0].palette)


def painted(lines: Iterable[Iterable[Segment]], palette: Palette) -> Picture:
    """The picture of rows that are painted; letters follow the roles of the palette."""
    names = _names(palette)
    rows: list[list[str]] = []
    looks: list[list[_Look]] = []
    for line in lines:
        cells = [cell for text, style, _ in line for cell in _cells(text, style)]
        rows.append([text for text, _ in cells])
        looks.append([look for _, look in cells])
    letters = _letters({look for row in looks for look in row}, names)
    ground = next((look for look, letter in letters.items() if letter == "."), None)
    return Picture(
        tuple("".join(row).rstrip() for row in rows),
        tuple("".join(letters[look] for look in row).rstrip(".") for row in looks),
        tuple(
            f"{letter} {_said(look, names)}"
            for look, letter in sorted(letters.items(), key=lambda item: item[1])
            if look is not ground
        ),
    )


def _cells(text: str, style: Style | None) -> Iterator[tuple[str, _Look]]:
    """Each cell of a segment; the second cell of a wide character is empty."""
    assert style is not None, "a segment without a style breaks NO_COLOR"
    inked, blank = _look(style, blank=False), _look(style, blank=True)
    for char in text:
        yield char, blank if char == " " else inked
        for _ in range(cell_len(char) - 1):
            yield "", inked


def _look(style: Style, *, blank: bool) -> _Look:
    flags = [
        name
        for name in ("bold", "dim", "italic", "underline", "strike", "reverse", "blink")
        if getattr(style, name) and not (blank and name in {"bold", "dim", "italic"})
    ]
    ink = "" if blank and not flags else _hex(style.color)
    return ink, _hex(style.bgcolor), " ".join(flags)


def _hex(color: Color | None) -> str:
    return "" if color is None else color.triplet.hex if color.triplet else color.name


def _names(palette: Palette) -> dict[_Look, str]:
    """The looks that have a name: the roles of the palette, as they are and in bold."""
    names: dict[_Look, str] = {}
    styles = {
        name: style
        for name, style in vars(palette).items()
        if isinstance(style, Style) and name != "ground"
    }
    styles |= {f"hue {index}": hue for index, hue in enumerate(palette.hues)}
    names[_look(palette.ground, blank=True)] = "empty"
    names[_look(palette.selected, blank=True)] = "selected"
    for bold in (False, True):
        for name, style in styles.items():
            look = _look(style + Style(bold=True) if bold else style, blank=False)
            names.setdefault(look, f"{name} bold" if bold else name)
    return names


def _letters(looks: set[_Look], names: dict[_Look, str]) -> dict[_Look, str]:
    """A letter for each look; one without a name gets what its own colours lead to."""
    letters: dict[_Look, str] = {}
    for look in sorted(looks & names.keys()):
        role, _, bold = names[look].partition(" bold")
        if role == "empty":
            letter = "."
        elif role.startswith("hue "):
            letter = _HUES[int(role[4:]) % len(_HUES)] if not bold else ""
        else:
            letter = _ROLES.get(role, "")
            letter = letter.upper() if bold else letter
        if letter and letter not in letters.values():
            letters[look] = letter
    for look in sorted(looks - letters.keys()):
        start = crc32(repr(look).encode()) % len(_OTHERS)
        free = (*_OTHERS[start:], *_OTHERS[:start], *_MORE)
        letters[look] = next(letter for letter in free if letter not in letters.values())
    return letters


def _said(look: _Look, names: dict[_Look, str]) -> str:
    ink, ground, flags = look
    name = f"({names[look]})" if look in names else ""
    what = f"{ink or 'empty'} on {ground or 'none'}"
    return " ".join(part for part in (what, flags, name) if part)


def picture_of(case: Case, stored: Picture | None = None) -> tuple[Picture, str]:
    """The picture of a case; and as SVG, if it is another one than is stored."""
    races = [RecordedRace(name, case.moment) for name in case.recording.split(",")]
    app = _app_of(case, races)
    for state in app._states:
        state.wall_s = lambda: 0.0

    async def run() -> tuple[Picture, str]:
        async with app.run_test(size=case.size, notifications=True) as pilot:
            await pilot.pause()
            await at_rest(app)
            for key in case.keys:
                press(app, key)
                await at_rest(app)
            for message in case.told:
                races[0].tell(message)
            picture = await at_rest(app)
            return picture, "" if picture == stored else as_svg(cast("App[object]", app))

    return asyncio.run(run())


def _app_of(case: Case, races: list[RecordedRace]) -> "Shell[Any]":
    look = Look(fps=60, theme=case.theme, ascii_only=case.ascii_only, motion=False)
    if case.lesson is not None:
        races[0].lesson = case.lesson
        return LessonApp(races[0], chapter_of(case.lesson), "What comes next", auto=False, **look)
    if case.past:
        player = Player(past_of(records(case.recording)), rate=0.0)
        races[0].timeline = player.timeline(0, goes_on=case.past == "past")
    if len(races) == 1:
        return PowclockApp(races[0], **look)
    rules = [race.view.started.rule for race in races if race.view.started is not None]
    return SplitApp(list(zip(rules, races, strict=True)), **look)


async def at_rest(app: "Shell[Any]") -> Picture:
    """The picture once it does not change any more: the race may have been asked for something."""
    before: Picture | None = None
    same = 0
    for _ in range(ROUNDS_MAX):
        await drained(app)
        app.paint()
        await drained(app)
        for field in app.screen.query(Input):
            field.cursor_blink = False
        picture = taken(app)
        same = same + 1 if picture == before else 0
        if same == 2:
            return picture
        before = picture
    raise AssertionError("the screen does not come to rest")


async def drained(app: "Shell[Any]") -> None:
    """Wait until the app, its screen and its panels have done all that was asked of them."""
    for pump in (app, app.screen, *app.screen.walk_children()):
        done = asyncio.Event()
        pump.call_later(done.set)
        # What has been closed meanwhile never gets to it.
        for _ in range(TURNS_MAX):
            if done.is_set() or pump._closing or pump._closed or not app.is_running:
                break
            await asyncio.sleep(0)
    for _ in range(TURNS):
        await asyncio.sleep(0)


def press(app: "Shell[Any]", key: str) -> None:
    """Press a key, without waiting for what comes of it."""
    character = key if len(key) == 1 else None
    if character is not None:
        key = _character_to_key(character)
    with contextlib.suppress(KeyError):
        character = unicodedata.lookup(_get_unicode_name_from_key(REPLACED_KEYS.get(key, key)))
    assert app._driver is not None
    app._driver.send_message(Key(key, character))


def difference(stored: Picture, now: Picture) -> str:
    """What differs, row by row, with a mark under each cell; empty if nothing does."""
    told: list[str] = []
    for what, old_rows, new_rows in (
        ("text", stored.rows, now.rows),
        ("styles", stored.styles, now.styles),
        ("meaning", stored.legend, now.legend),
    ):
        pairs = enumerate(zip_longest(old_rows, new_rows, fillvalue=""), start=1)
        changed = [(number, old, new) for number, (old, new) in pairs if old != new]
        for number, old, new in changed[:ROWS_TOLD_MAX]:
            marks = "".join(
                "^" if a != b else " " for a, b in zip_longest(old, new, fillvalue="")
            ).rstrip()
            told += [f"{what} {number}", f"  - {old}", f"  + {new}", f"    {marks}"]
        if len(changed) > ROWS_TOLD_MAX:
            told.append(f"{what}: {len(changed) - ROWS_TOLD_MAX} more rows differ")
    return "\n".join(told)


def at(case: Case, size: tuple[int, int]) -> Case:
    """The same at another size."""
    width, height = size
    return replace(case, name=f"{case.name}-{width}x{height}", size=size)
