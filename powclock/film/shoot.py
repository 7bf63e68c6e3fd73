"""Shoots a film: runs the app of a race on the film's clock until the race is over.

It is the same app that a terminal shows, with the same race behind it; nothing is drawn a second
time.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from textual.app import App
from textual.driver import Driver

from powclock.film.driver import driver_to
from powclock.film.loop import FilmClock, FilmLoop
from powclock.film.marks import Marks
from powclock.film.race import FilmRace
from powclock.film.reel import Reel
from powclock.film.screen_time import screen_time
from powclock.race.plan import Plan
from powclock.tui.app import PowclockApp
from powclock.tui.lesson_app import LessonApp
from powclock.tui.shell import Look

# The last moment stays for so long, and what moves on the screen comes to rest.
LAST_S = 1.0


class FilmError(Exception):
    """The film cannot be made: one line that says why."""


@dataclass
class Shot:
    """What is to be filmed: a race, how large, and how it looks."""

    plan: Plan
    columns: int = 100
    rows: int = 30
    title: str = ""
    look: Look = field(default_factory=lambda: Look())


def shoot(shot: Shot, at_end: Callable[[App[object]], None] = lambda app: None) -> Reel:
    """Film a race; `at_end` may look at the app before it is gone.

    Raises:
        FilmError: the race or the screen broke.
    """
    clock = FilmClock()
    reel = Reel(shot.columns, shot.rows, shot.title)
    loop = FilmLoop(clock)
    try:
        with screen_time(clock.s):
            loop.run_until_complete(_shoot(shot, clock, loop, reel, at_end))
    finally:
        loop.close()
    return reel


async def _shoot(
    shot: Shot,
    clock: FilmClock,
    loop: FilmLoop,
    reel: Reel,
    at_end: Callable[[App[object]], None],
) -> None:
    filming = [True]

    def take(text: str) -> None:
        if filming[0]:
            reel.write(clock.now_ns, text)

    race = FilmRace(shot.plan, clock, loop)
    race.seen.append(Marks(reel, clock).see)
    app = _app(shot, race, clock, driver_to(take))
    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(
            app.run_async(size=(shot.columns, shot.rows), mouse=False)
        )
        await asyncio.wait({running, race.over}, return_when=asyncio.FIRST_COMPLETED)
        if not running.done():
            await asyncio.sleep(LAST_S)
            at_end(app)
        filming[0] = False
        race.stop()
        app.exit()
    if app.broke is not None:
        raise FilmError(app.broke)
    if race.ended is not None and race.ended.trouble:
        raise FilmError(f"the race stopped: {race.ended.trouble}")


def _app(shot: Shot, race: FilmRace, clock: FilmClock, driver: type[Driver]) -> PowclockApp:
    look: Look = {**shot.look, "wall_s": clock.s, "driver": driver}
    chapter = shot.plan.chapter
    if chapter is not None:
        return LessonApp(race, chapter, "", auto=False, **look)
    return PowclockApp(race, **look)
