"""Shoots a film: runs the app of a race on the film's clock until the race is over.

It is the same app that a terminal shows, with the same race behind it; nothing is drawn a second
time.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from textual.driver import Driver

from powclock.film.driver import driver_to
from powclock.film.loop import FilmClock, FilmLoop
from powclock.film.marks import Marks
from powclock.film.race import FilmRace, never
from powclock.film.reel import Reel
from powclock.film.screen_time import screen_time
from powclock.film.terminal import film_terminal
from powclock.race.commands import Input
from powclock.race.messages import Shown
from powclock.race.plan import Plan
from powclock.record.events import Record
from powclock.tui.app import Opening, PowclockApp
from powclock.tui.lesson_app import LessonApp
from powclock.tui.shell import Look

# The last moment stays for so long, and what moves on the screen comes to rest.
LAST_S = 1.0

# Looks at the app at some moment, in nanoseconds since the film began.
Watch = Callable[[int, PowclockApp], None]


class FilmError(Exception):
    """The film cannot be made: one line that says why."""


@dataclass
class Shot:
    """What is to be filmed: a race, how large, and how it looks.

    The `inputs` are those of a race that has been. It ends with the plan or the lesson, or with the
    first frame for which `until` says so, or at the first record for which `at` does. Somebody
    `watches` every `watch_every_s` seconds, and at the end.
    """

    plan: Plan
    columns: int = 100
    rows: int = 30
    title: str = ""
    look: Look = field(default_factory=Look)
    opening: Opening | None = None
    inputs: tuple[Input, ...] = ()
    until: Callable[[Shown], bool] = never
    at: Callable[[Record], bool] = never
    watch: Watch = lambda _time_ns, _app: None
    watch_every_s: float = 0.0


def shoot(shot: Shot) -> Reel:
    """Film a race.

    Raises:
        FilmError: the race or the screen broke, or the inputs do not fit the race.
        ThemeError: the theme cannot be used.
    """
    clock = FilmClock()
    reel = Reel(shot.columns, shot.rows, shot.title)
    loop = FilmLoop(clock)
    try:
        with screen_time(clock.s):
            app, race = loop.run_until_complete(_shoot(shot, clock, loop, reel))
    finally:
        loop.close()
    if app.broke is not None:
        raise FilmError(app.broke)
    trouble = race.over.result()
    if trouble:
        raise FilmError(f"the race stopped: {trouble}")
    return reel


async def _shoot(
    shot: Shot, clock: FilmClock, loop: FilmLoop, reel: Reel
) -> tuple[PowclockApp, FilmRace]:
    filming = True

    def take(text: str) -> None:
        if filming:
            reel.write(clock.now_ns, text)

    def watch() -> None:
        with app._context():  # noqa: SLF001 (what asks a screen for its picture must be within it)
            shot.watch(clock.now_ns, app)

    async def watch_again() -> None:
        while True:
            await asyncio.sleep(shot.watch_every_s)
            watch()

    race = FilmRace(shot.plan, clock, loop, inputs=shot.inputs, until=shot.until, at=shot.at)
    race.seen.append(Marks(reel, clock).see)
    with film_terminal():
        app = _app(shot, race, clock, driver_to(take))
    size = (shot.columns, shot.rows)
    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(app.run_async(size=size, mouse=False))
        watching = tasks.create_task(watch_again()) if shot.watch_every_s else None
        ends: set[asyncio.Future[Any]] = {running, race.over}
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        if not running.done():
            await asyncio.sleep(LAST_S)
            watch()
        filming = False
        reel.end(clock.now_ns)
        if watching is not None:
            watching.cancel()
        race.stop()
        app.exit()
    return app, race


def _app(shot: Shot, race: FilmRace, clock: FilmClock, driver: type[Driver]) -> PowclockApp:
    look: Look = {**shot.look, "clean": True, "saves": False, "wall_s": clock.s, "driver": driver}
    chapter = shot.plan.chapter
    if chapter is None:
        return PowclockApp(race, opening=shot.opening, **look)
    return LessonApp(race, chapter, "", auto=False, hints=False, opening=shot.opening, **look)
