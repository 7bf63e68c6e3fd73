"""Another future: a recorded race is raced again up to a moment, and goes on live from there.

What is raced must be what was recorded, record by record, else the moment is not that one. It is
recorded from its start, so it can be had again like any other race.
"""

import queue
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

import msgspec

from powclock.clock.virtual_loop import NANOSECONDS
from powclock.race.commands import AnyCommand, Now, Quit
from powclock.race.driver import Driver
from powclock.race.garbage import seldom_sought
from powclock.race.rerun import Differs, Twin
from powclock.race.scenario import ScenarioError
from powclock.race.session import End, Session, new_session
from powclock.race.tape import Tape
from powclock.record.checker.broken import BrokenInvariant
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


def fork(
    session: Session,
    past: Past,
    time_ns: int,
    commands: "queue.SimpleQueue[AnyCommand]",
    show: Callable[[float], None],
) -> tuple[Driver, Tape | None] | str:
    """The race of a session as it is when a moment of its past is over, ready to go on.

    Meanwhile `show` is told how much of the way is done. What is asked is left for the race that
    goes on; to quit, or to go back to now, gives it up. If there is none, in a line why; empty if
    it was given up.
    """
    later: list[AnyCommand] = []

    def watch(now_ns: int) -> None:
        with suppress(queue.Empty):
            while True:
                command = commands.get_nowait()
                if not isinstance(command, Now):
                    later.append(command)
                if isinstance(command, Now | Quit):
                    raise Abandoned
        show(now_ns / max(time_ns, 1))

    try:
        return _race_to(session, past, time_ns, watch)
    except Abandoned:
        return ""
    except OSError as error:
        what = f"{error.filename or 'a recording'}: cannot be written: {error.strerror}"
        return f"no other future goes on from here: {what}: mend that, and fork again"
    except (Differs, ScenarioError, BrokenInvariant) as error:
        return f"no other future goes on from here: {error}"
    finally:
        for command in later:
            commands.put(command)


def _race_to(
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
    tape: Tape | None = None

    def beat(now_ns: int) -> None:
        if tape is not None:
            tape.write()  # the race that goes on says what went wrong
        progress(now_ns)

    try:
        if path is not None:
            tape = Tape(path, driver.world)
        with seldom_sought():
            driver.start()
            driver.replay(session, beat)
            twin.demand(count, f"at {time_ns / NANOSECONDS:.3f} s")
    except BaseException:
        driver.close()
        if tape is not None:
            tape.cut()
        if path is not None:
            with suppress(OSError):
                path.unlink(missing_ok=True)
        raise
    return driver, tape
