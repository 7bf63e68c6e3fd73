"""Short films, and what a terminal makes of them."""

import json
from collections.abc import Iterable
from typing import Any, Unpack

import pyte

from powclock.film.cast import cast
from powclock.film.picture import Ink, Picture
from powclock.film.reel import Reel
from powclock.film.shoot import Shot
from powclock.race.lesson.chapter import Chapter, parse_chapter
from powclock.race.plan import Plan
from powclock.race.scenario import Scenario, parse_scenario
from powclock.tui.shell import Look
from powclock.tui.theme_file import DEFAULT, Theme, decode, find

SECOND_NS = 1_000_000_000

# Slow links and many blocks: forks and reorgs within seconds.
FORKING = """
name = "forking"
seed = 3
nodes = { count = 6, hash_rate = 5_000 }
difficulty = { interval_s = 1 }
links = { latency_ms = 300 }
"""
SCRIPT = (
    FORKING
    + """
heading = false
[[steps]]
caption = "Fair weather."
lasts_s = 2
[[steps]]
caption = "The network is cut."
keys = ["p", "2", "enter"]
keys_every_s = 0.5
lasts_s = 3
[[steps]]
on = "apart"
caption = "Two halves."
keys = ["p"]
lasts_s = 3
[[steps]]
on = "agreed"
caption = "One again."
lasts_s = 1
"""
)


def scenario(text: str = FORKING) -> Scenario:
    return parse_scenario(text, "test")


def chapter(text: str = SCRIPT) -> Chapter:
    return parse_chapter(text, "test")


def theme() -> Theme:
    return decode(find(DEFAULT))


def plan_of(race: Scenario, lasts_s: float, rate: float = 1.0) -> Plan:
    return Plan(race, rate, until_ns=round(lasts_s * SECOND_NS))


def plan_of_script(told: Chapter) -> Plan:
    return Plan(told.scenario(), chapter=told, attended=False)


def shot(plan: Plan, size: tuple[int, int] = (100, 30), **look: Unpack[Look]) -> Shot:
    return Shot(plan, *size, title="a test", look=look)


def events(lines: Iterable[str]) -> list[list[Any]]:
    return [json.loads(line) for line in list(lines)[1:]]


def played(reel: Reel) -> pyte.Screen:
    """What a terminal shows once it has got all of a cast."""
    screen = pyte.Screen(reel.columns, reel.rows)
    stream = pyte.Stream(screen)
    for _, kind, text in events(cast(reel, theme(), 2)):
        if kind == "o":
            stream.feed(text)
    return screen


def screens_of(written: str) -> list[str]:
    """What a terminal shows after each event of a cast."""
    header, *lines = map(json.loads, written.splitlines())
    screen = pyte.Screen(header["width"], header["height"])
    stream = pyte.Stream(screen)
    screens = []
    for _, kind, text in lines:
        if kind == "o":
            stream.feed(text)
            screens.append("\n".join(screen.display))
    return screens


Cells = list[list[tuple[str, Ink]]]


def cells_of(picture: Picture) -> Cells:
    """Character and ink of each cell; a wide character's second cell is empty."""
    rows: Cells = []
    for line in picture:
        row: list[tuple[str, Ink]] = []
        for run in line:
            for character in run.text:
                row.append((character, run.ink))
                if pyte.screens.wcwidth(character) == 2:
                    row.append(("", run.ink))
        rows.append(row)
    return rows


def cells_on(screen: pyte.Screen) -> Cells:
    """The same of an emulator's screen."""
    return [
        [
            (
                cell.data,
                Ink(f"#{cell.fg}", f"#{cell.bg}", cell.bold, cell.italics, cell.underscore),
            )
            for cell in (screen.buffer[y][x] for x in range(screen.columns))
        ]
        for y in range(screen.lines)
    ]
