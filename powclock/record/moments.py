"""The moments of a race that one wants to go to: ticks, forks, reorgs, faults, all that is told.

They are numbers in rows, so an hour of them is small and the next one is found at once. Many nodes
make one reorg, each at its own moment; the first of them stands for all.
"""

from array import array
from bisect import bisect_left, bisect_right
from enum import Enum

from powclock.record.events import (
    FaultOff,
    FaultOn,
    ForkOpened,
    LeaderElected,
    Record,
    Reorg,
)

# A reorg that others have made too is the same one for so long.
SAME_NS = 30_000_000_000


class Kind(Enum):
    """What one may go to."""

    EVENT = "event"
    TICK = "tick"
    FORK = "fork"
    REORG = "reorg"
    FAULT = "fault"


class _Row:
    """Moments of one kind, in their order."""

    def __init__(self) -> None:
        self.times = array("q")
        self.counts = array("q")

    def add(self, time_ns: int, count: int) -> None:
        self.times.append(time_ns)
        self.counts.append(count)


class Moments:
    """Moments by kind; each is a place, a count of records of which the last one is the moment."""

    def __init__(self) -> None:
        self._rows = {kind: _Row() for kind in Kind}
        self._heights = array("q")
        self._healed: set[int] = set()
        self._reorgs: dict[tuple[str, str], int] = {}

    def note(self, record: Record, count: int, *, notable: bool) -> None:
        """Remember a record, if one may want to go there."""
        if notable:
            self._rows[Kind.EVENT].add(record.time_ns, count)
        match record.event:
            case LeaderElected(height=height):
                self._rows[Kind.TICK].add(record.time_ns, count)
                self._heights.append(max(height, self._heights[-1] if self._heights else 0))
            case ForkOpened():
                self._rows[Kind.FORK].add(record.time_ns, count)
            case Reorg(hash=hash_, fork=fork):
                since_ns = self._reorgs.get((fork, hash_))
                if since_ns is None or record.time_ns - since_ns > SAME_NS:
                    self._reorgs[fork, hash_] = record.time_ns
                    self._rows[Kind.REORG].add(record.time_ns, count)
            case FaultOn():
                self._rows[Kind.FAULT].add(record.time_ns, count)
            case FaultOff():
                self._healed.add(len(self._rows[Kind.FAULT].counts))
                self._rows[Kind.FAULT].add(record.time_ns, count)
            case _:
                pass

    def after(self, kind: Kind, count: int) -> int | None:
        """The next moment of a kind after a place."""
        counts = self._rows[kind].counts
        index = bisect_right(counts, count)
        return counts[index] if index < len(counts) else None

    def before(self, kind: Kind, count: int) -> int | None:
        """The last moment of a kind before a place."""
        counts = self._rows[kind].counts
        index = bisect_left(counts, count)
        return counts[index - 1] if index else None

    def tick(self, height: int) -> int | None:
        """The moment when the clock first showed a height."""
        index = bisect_left(self._heights, height)
        return self._rows[Kind.TICK].counts[index] if index < len(self._heights) else None

    def how_many(self, kind: Kind) -> int:
        """How many moments of a kind there are."""
        return len(self._rows[kind].counts)

    def times(self, kind: Kind) -> "array[int]":
        """When they were."""
        return self._rows[kind].times

    def healed(self, index: int) -> bool:
        """Whether a moment of faults, by its number, is the end of one."""
        return index in self._healed
