"""A recorded race, raced again: every record must be the one that was recorded.

What was recorded is what a race's digest is made of, so the first record that is another says where
two races part, and the digest in the end that they never did.
"""

from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import msgspec

from powclock import __version__
from powclock.clock.virtual_loop import NANOSECONDS
from powclock.race.garbage import seldom_sought
from powclock.race.headless import Outputs, driver_of
from powclock.race.session import Session, session_of
from powclock.race.summary import Summary
from powclock.record.labels import clean_label
from powclock.record.recording.reader import Recording


class Differs(Exception):
    """A race is not the one that was recorded: a line that says where they part."""


class Twin:
    """Holds the records of a race against those of a recording, one by one."""

    def __init__(
        self,
        lines: Iterator[bytes],
        version: str,
        fail: Callable[[BaseException], None],
        *,
        ended: bool = False,
    ) -> None:
        """`ended` says that there may be no more records: the first one is one too many."""
        self._lines = lines
        self._version = version
        self._fail = fail
        self._ended = ended
        self.same = 0
        self.beyond = 0
        self.difference: Differs | None = None

    def __call__(self, line: bytes) -> None:
        if self.difference is not None or self.beyond:
            self.beyond += 1
            return
        recorded = next(self._lines, None)
        if recorded == line:
            self.same += 1
        elif recorded is None:
            self.beyond = 1
            if self._ended:
                what = f"the race has more than the {self.same} records of the recording"
                self._fail(self.differ(what))
        else:
            self._fail(self.differ(_difference(recorded, line)))

    def demand(self, records: int, where: str) -> None:
        """Demand that so many records have been the same, and none was another.

        Raises:
            Differs: it is not so.
        """
        if self.difference is None and self.same < records:
            self.differ(f"the race has {self.same} records {where}, the recording more")
        if self.difference is not None:
            raise self.difference

    def differ(self, what: str) -> Differs:
        """Two races part here."""
        if self._version != __version__:
            what += f"; it was recorded by powclock {self._version}, and this is {__version__}"
        self.difference = Differs(what)
        return self.difference


def rerun(
    recording: Recording,
    *,
    outputs: Outputs,
    progress: Callable[[int, int], None],
    check: bool = True,
) -> tuple[Summary, int]:
    """Race a recording again; the summary, and how many records were found to be the same.

    As far as the recording is whole; one that was cut off ends at its last record.

    Raises:
        Differs: it is another race.
        ScenarioError: the recording's scenario or inputs do not fit.
        BrokenInvariant: with `check`, the race did what none may do.
    """
    session = session_of(recording)
    driver = driver_of(session.scenario, outputs, check=check)
    lines = recording.lines()
    ended = recording.ending is not None
    twin = Twin(lines, session.version, driver.world.loop.fail, ended=ended)
    driver.world.recorder.write(twin)
    with closing(driver), seldom_sought():
        driver.start()
        driver.replay(session, lambda now_ns: progress(driver.view.height, now_ns))
        summary = driver.summary()
    _check_end(twin, lines, recording, session, summary.digest)
    return summary, twin.same


def _check_end(
    twin: Twin,
    lines: Iterator[bytes],
    recording: Recording,
    session: Session,
    digest: str,
) -> None:
    same = twin.same
    more = next(lines, None) is not None
    twin.demand(same + more, f"at {session.end.time_ns / NANOSECONDS:.3f} s")
    ending = recording.ending
    if ending is None or recording.damage is not None:
        return
    if ending.digest != digest:
        raise twin.differ(f"the digest is {digest}, the recording says {ending.digest}")


def _difference(recorded: bytes, raced: bytes) -> str:
    old, new = msgspec.json.decode(recorded), msgspec.json.decode(raced)
    where = f"record {old['sequence']} at {old['time_ns'] / NANOSECONDS:.3f} s differs"
    return f"{where}: recorded {_shown(old, new)}, now {_shown(new, old)}"


def _shown(record: dict[str, Any], other: dict[str, Any]) -> str:
    """The record in a few words: what it is, and what of it the other one has not."""
    event, others = record["event"], other["event"]
    words = [event["kind"]]
    if record["node"] is not None:
        words.append(f"of {record['node']}")
    if record["time_ns"] != other["time_ns"]:
        words.append(f"at {record['time_ns']} ns")
    if event["kind"] == others["kind"]:
        words += [
            f"{field} {msgspec.json.encode(value).decode()}"
            for field, value in event.items()
            if others.get(field) != value
        ]
    return clean_label(" ".join(words), 120)
