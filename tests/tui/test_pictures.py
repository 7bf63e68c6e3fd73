"""The screen as pictures: every size, theme, panel and sheet, beside what is stored.

After a change that is meant, `POWCLOCK_PICTURES=write pytest tests/tui/test_pictures.py` stores the
new ones; the diff of the text files then shows what has become of the screen.
"""

import asyncio
import os
import pkgutil
import tempfile
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from rich.segment import Segment
from rich.style import Style

from powclock.race.messages import Declined, Ended
from powclock.tui import screens
from powclock.tui.app import PowclockApp
from powclock.tui.keys import NUMBERED
from powclock.tui.preview import Named, as_svg, beside, in_cells, sheet
from powclock.tui.screens.sheet import Sheet
from powclock.tui.theme import Palette
from powclock.tui.theme_depth import Depth
from powclock.tui.theme_file import load
from tests.tui.lesson.told import LESSONS
from tests.tui.pictures import Case, Picture, at, at_rest, difference, painted, picture_of, press
from tests.tui.recorded import RecordedRace

FOLDER = Path(__file__).with_name("pictures")
WRITE = os.environ.get("POWCLOCK_PICTURES") == "write"
THEMES = sorted(path.stem for path in (Path(__file__).parents[2] / "themes").glob("*.toml"))

SIZES = ((160, 45), (100, 30), (80, 24), (60, 20), (40, 12), (20, 5), (300, 100))
BESIDE_THE_USUAL = ((100, 30), (60, 20))

# What opens over the race, and the keys that open it from the start. Every sheet must be here.
SHEETS: dict[str, tuple[str, ...]] = {
    "help": ("question_mark",),
    "partition": ("p",),
    "faults": ("f",),
    "kinds": ("4", "e"),
    "find": ("g", "c", "a"),
    "palette": ("ctrl+p", "d", "i"),
    "node": ("down", "enter"),
    "block": ("2", "left", "enter"),
}

PREVIEW = "preview"

# Races next to each other: what is looked at, how, and at which sizes.
SIDE_BY_SIDE: tuple[tuple[str, dict[str, Any], tuple[tuple[int, int], ...]], ...] = (
    ("screen", {}, ((160, 45), (100, 30), (80, 24), (60, 20), (20, 5))),
    ("opened", {"keys": ("tab", "enter")}, ((100, 30),)),
    ("light", {"theme": "light"}, ((100, 30),)),
    ("no-colour", {"environment": {"NO_COLOR": "1"}}, ((160, 45),)),
    ("ascii", {"ascii_only": True}, ((100, 30),)),
    ("help", {"keys": ("question_mark",)}, ((160, 45),)),
    ("declined", {"told": (Declined("forge needs blocks: a naive race has none"),)}, ((100, 30),)),
    ("broken", {"told": (Ended("invariant 7: bob", "", "powclock run x"),)}, ((100, 30),)),
)

CASES = (
    *(at(Case("screen"), size) for size in SIZES),
    *(Case(f"theme-{theme}", theme=theme) for theme in THEMES if theme != "dark"),
    *(
        at(
            Case(
                f"panel-{name}",
                recording="pow" if name == "clients" else "split",
                keys=(str(number), "m"),
            ),
            size,
        )
        for number, name in enumerate(NUMBERED, start=1)
        for size in BESIDE_THE_USUAL
    ),
    *(Case(f"sheet-{name}", moment=0, keys=keys) for name, keys in SHEETS.items()),
    *(
        at(Case(f"sheet-{name}", moment=0, keys=SHEETS[name]), size)
        for name, size in (
            ("help", (160, 45)),
            ("help", (60, 20)),
            ("partition", (20, 5)),
            ("faults", (160, 45)),
            ("faults", (80, 24)),
            ("faults", (60, 20)),
            ("node", (160, 45)),
            ("node", (60, 20)),
            ("block", (160, 45)),
            ("block", (60, 20)),
        )
    ),
    Case("no-colour", environment={"NO_COLOR": "1"}),
    Case("no-colour-sheet", moment=0, keys=SHEETS["help"], environment={"NO_COLOR": "1"}),
    Case("ascii", ascii_only=True),
    Case("ascii-partition", moment=0, keys=SHEETS["partition"], ascii_only=True),
    Case("toast", told=(Declined("the last node cannot leave"),)),
    at(Case("toast-long", told=(Declined("too long a line: " + 9 * "and on "),)), (60, 20)),
    Case("transactions", moment=0, keys=(*SHEETS["block"], "tab", "tab")),
    *(Case(f"{name}-light", moment=0, keys=SHEETS[name], theme="light") for name in SHEETS),
    Case("ended", told=(Ended("the race's process was ended by SIGKILL", "", "powclock run x"),)),
    Case("compact", keys=("z",)),
    Case("cells", keys=("z", "z")),
    at(Case("healed", moment=2), (160, 45)),
    *(
        at(Case(rule, recording=rule), size)
        for rule in ("naive", "schedule")
        for size in ((160, 45), (100, 30), (80, 24), (60, 20))
    ),
    *(
        at(Case(f"side-by-side-{what}", recording="naive,schedule,pow", **how), size)
        for what, how, sizes in SIDE_BY_SIDE
        for size in sizes
    ),
    *(
        at(Case(f"lesson-{name}", lesson=told), size)
        for name, told in LESSONS.items()
        for size in (((160, 45), (100, 30), (80, 24), (60, 20)) if name == "asks" else ((100, 30),))
    ),
    Case("lesson-light", lesson=LESSONS["answer"], theme="light"),
    Case("lesson-no-colour", lesson=LESSONS["asks"], environment={"NO_COLOR": "1"}),
    Case("lesson-ascii", lesson=LESSONS["step"], ascii_only=True),
    at(Case("lesson-naive", recording="naive", lesson=LESSONS["step"]), (80, 24)),
    *(at(Case("replay", past="replay"), size) for size in SIZES),
    *(at(Case("past", past="past", theme="light"), size) for size in ((160, 45), (80, 24))),
    Case("replay-no-colour", past="replay", environment={"NO_COLOR": "1"}),
    Case("replay-ascii", past="replay", ascii_only=True),
    Case("replay-node", past="replay", keys=("down", "enter")),
    at(Case("regions", recording="regions", moment=0), (160, 45)),
    at(Case("crowd", recording="crowd", moment=0), (160, 45)),
    at(Case("crowd", recording="crowd", moment=0), (80, 24)),
    *(
        at(Case(attack, recording=attack, moment=0), size)
        for attack in ("selfish", "double-spend")
        for size in ((160, 45), (100, 30), (80, 24), (60, 20))
    ),
    at(Case("selfish-cells", recording="selfish", moment=0, keys=("z", "z")), (100, 30)),
    at(Case("selfish-node", recording="selfish", moment=0, keys=("down", "enter")), (160, 45)),
    at(Case("hostile", recording="hostile", moment=0), (160, 45)),
    at(Case("hostile", recording="hostile", moment=0), (60, 20)),
)


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_COLOR", "TEXTUAL_COLOR_SYSTEM", "TEXTUAL_ANIMATIONS", "TEXTUAL_FPS"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_screen_looks_as_it_is_stored(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (case.environment or {}).items():
        monkeypatch.setenv(name, value)
    stored = _stored(case.name)
    now, svg = picture_of(case, stored)
    _see(case.name, now, lambda: svg)


def _stored(name: str) -> Picture:
    path = FOLDER / f"{name}.txt"
    return Picture.parse(path.read_text("utf-8")) if path.exists() else Picture((), (), ())


def _see(name: str, now: Picture, svg: Callable[[], str]) -> None:
    """Compare with what is stored, or store it."""
    stored = _stored(name)
    if now == stored:
        return
    if WRITE:
        FOLDER.mkdir(exist_ok=True)
        (FOLDER / f"{name}.txt").write_text(now.text(), "utf-8")
        return
    seen = Path(tempfile.mkdtemp(prefix="powclock-picture-")) / f"{name}.svg"
    seen.write_text(svg(), "utf-8")
    pytest.fail(
        f"{name} looks different now: {seen}\n{difference(stored, now)}\n"
        "If it is meant: POWCLOCK_PICTURES=write pytest tests/tui/test_pictures.py",
        pytrace=False,
    )


def test_a_preview_looks_as_it_is_stored() -> None:
    themes = [Named(name, load(name)) for name in ("dark", "phosphor")]
    pictures = in_cells(RecordedRace("split", 1), themes, (76, 20), Depth.TRUE)
    lines = Segment.split_lines(beside(themes, pictures, 76, 2).segments)
    rows = [
        [segment._replace(style=segment.style or Style()) for segment in line] for line in lines
    ]

    def svg() -> str:
        return sheet(as_svg(RecordedRace("split", 1), themes, (76, 20)))

    _see(PREVIEW, painted(rows, Palette(themes[0].theme)), svg)


def test_each_stored_picture_is_looked_at() -> None:
    known = {f"{name}.txt" for name in (PREVIEW, *(case.name for case in CASES))}
    assert len(known) == len(CASES) + 1, "two pictures have one name"
    unknown = {path.name for path in FOLDER.glob("*")} - known
    if WRITE:
        for name in unknown:
            (FOLDER / name).unlink()
        return
    assert unknown == set()


def test_every_sheet_has_a_picture() -> None:
    for module in pkgutil.iter_modules(screens.__path__):
        import_module(f"{screens.__name__}.{module.name}")
    sheets = set(_leaves(Sheet))
    app = PowclockApp(RecordedRace("split", 0), motion=False)
    opened: set[object] = set()

    async def run() -> None:
        async with app.run_test(size=(100, 30)) as pilot:
            await pilot.pause()
            await at_rest(app)
            for keys in SHEETS.values():
                for key in (*keys, *["escape"] * 4):
                    press(app, key)
                    await at_rest(app)
                    opened.add(type(app.screen))

    asyncio.run(run())
    assert sheets - opened == set()


def _leaves(sheet: type[Sheet[Any]]) -> Iterator[type[Sheet[Any]]]:
    """The kinds of sheets that are shown: those that others are not made from."""
    for kind in sheet.__subclasses__():
        yield from _leaves(kind)
    if not sheet.__subclasses__():
        yield sheet


def test_a_picture_outlives_its_file() -> None:
    picture, _ = picture_of(Case("screen", size=(40, 12)))
    assert Picture.parse(picture.text()) == picture
    assert len(picture.rows) == len(picture.styles) == 12


def test_a_change_of_one_cell_is_shown_where_it_is() -> None:
    stored = Picture(("abc", "def"), ("ttt", "ttt"), ("t #ffffff on #000000 (text)",))
    now = Picture(("abc", "dxf"), ("ttt", "tbt"), ("t #ffffff on #000000 (text)",))
    assert difference(stored, stored) == ""
    assert difference(stored, now).split("\n") == [
        "text 2", "  - def", "  + dxf", "     ^",
        "styles 2", "  - ttt", "  + tbt", "     ^",
    ]  # fmt: skip
