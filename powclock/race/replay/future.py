"""Another future: a recorded race is raced again up to a moment, and goes on live from there.

What is raced must be what was recorded, record by record, else the moment is not that one. It is
recorded from its start, so it can be had again like any other race.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

import msgspec

from powclock.clock.virtual_loop import NANOSECONDS
from powclock.race.driver import Driver
from powclock.race.garbage import seldom_sought
from powclock.race.rerun import Twin
from powclock.race.session import End, Session, new_session
from powclock.race.tape import Tape
from powclock.record.detail import Focus
from powclock.record.past import BLOCKS_KEPT, Past


class Abandoned(Exception):
    """Whoever wanted another future wants it no more."""


@dataclass(frozen=True)
class Begun:
    """A race that has been driven to a moment, its recording if it has one, what the screen looks
    at, and the restarts that it knows of (see `messages.Shown`).
    """

    driver: Driver
    tape: Tape | None
    focus: Focus
    restarts: int


def race_to(
    session: Session, past: Past, time_ns: int, progress: Callable[[int], None]
) -> tuple[Driver, Tape | None]:
    """Race a session again until a moment of its past is over.

    `progress` is told how far it is; it may raise `Abandoned`.

    Raises:
        Differs: it is another race.
        ScenarioError: its inputs do not fit.
        BrokenInvariant: the race did what none may do.
        OSError: it cannot be recorded.
    """
    count = past.count_at(time_ns)
    inputs = tuple(each for each in session.inputs if each.time_ns <= time_ns)
    session = msgspec.structs.replace(session, inputs=inputs, end=End(time_ns, -1))
    driver = Driver(session.scenario, BLOCKS_KEPT)
    twin = Twin(past.lines(count), session.version, driver.world.loop.fail)
    driver.world.recorder.write(twin)
    path = new_session(session.scenario)
    tape = Tape(path, driver.world) if path is not None else None

    def beat(now_ns: int) -> None:
        if tape is not None:
            tape.beat()
        progress(now_ns)

    try:
        with seldom_sought():
            driver.start()
            driver.replay(session, beat)
            twin.demand(count, f"at {time_ns / NANOSECONDS:.3f} s")
    except BaseException:
        _throw_away(driver, tape)
        raise
    return driver, tape


def _throw_away(driver: Driver, tape: Tape | None) -> None:
    driver.close()
    if tape is not None:
        tape.cut()
        with suppress(OSError):
            tape.path.unlink(missing_ok=True)
