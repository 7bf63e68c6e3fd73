"""Recordings of races for tests."""

import errno
import os
from collections.abc import Callable
from contextlib import closing
from io import RawIOBase
from pathlib import Path

import msgspec

from powclock.race.garbage import seldom_sought
from powclock.race.headless import Outputs, driver_of, run_race
from powclock.race.scenario import Scenario
from powclock.race.session import Session
from powclock.race.summary import Summary
from powclock.record.recording.content import Head
from powclock.record.recording.writer import Writer


def quiet(_height: int, _now_ns: int) -> None:
    """Nobody watches."""


def record_race(path: Path, what: Scenario, *, ticks: int = 5) -> Summary:
    """Race and record."""
    outputs = Outputs(recording=path)
    return run_race(what, ticks=ticks, outputs=outputs, progress=quiet)


def write_session(path: Path, session: Session) -> Path:
    """A recording with all but records."""
    scenario = msgspec.json.encode(session.scenario)
    return write_raw(
        path,
        session.version,
        scenario,
        [msgspec.json.encode(each) for each in session.inputs],
        (session.end.time_ns, session.end.turn),
    )


def write_raw(
    path: Path,
    version: str,
    scenario: bytes,
    inputs: list[bytes],
    end: tuple[int, int] | None = (1, 1),
) -> Path:
    """The same of anything."""
    head = Head(version, 0, msgspec.Raw(scenario))
    writer = Writer(path.open("wb", buffering=0), head)
    if inputs:
        writer.inputs(inputs)
    if end is None:
        writer.close()
    else:
        writer.end(*end, "00" * 32)
    return path


def replay_session(
    session: Session,
    *,
    outputs: Outputs,
    progress: Callable[[int, int], None],
    check: bool = True,
) -> Summary:
    """Run a session again, with its inputs.

    Raises:
        ScenarioError: the session does not fit this version.
        BrokenInvariant: with `check`, the race did what none may do.
    """
    driver = driver_of(session.scenario, outputs, check=check)
    with closing(driver), seldom_sought():
        driver.start()
        driver.replay(session, lambda now_ns: progress(driver.view.height, now_ns))
        return driver.summary()


class FullAfter:
    """A file on a disk with room for so many bytes more."""

    def __init__(self, file: RawIOBase, room: int) -> None:
        self._file, self._room = file, room
        self.tell, self.truncate, self.close = file.tell, file.truncate, file.close

    def write(self, data: bytes) -> int:
        """As much as there is room for."""
        if not self._room:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        written = self._file.write(data[: self._room]) or 0
        self._room -= written
        return written
