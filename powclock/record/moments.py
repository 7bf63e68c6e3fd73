"""The moments of a race that one wants to go to: ticks, forks, reorgs, faults, all that is told.

They are numbers in rows, so an hour of them is small and the next one is found at once. Many nodes
make one reorg, each at its own moment; the first of them stands for all.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
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


class Moments:
    """Times of moments by kind, each kind in its order; what happens at one time is one moment."""

    def __init__(self) -> None:
        self._times = {kind: array("q") for kind in Kind}
        # The height that the clock had reached at each tick.
        self._heights = array("q")
        self._begun: list[bool] = []
        self._reorgs: dict[tuple[str, str], int] = {}

    def note(self, record: Record, *, notable: bool) -> None:
        """Remember a record, if one may want to go there."""
        time_ns = record.time_ns
        if notable:
            self._add(Kind.EVENT, time_ns)
        match record.event:
            case LeaderElected(height=height):
                self._times[Kind.TICK].append(time_ns)
                self._heights.append(max(height, self._heights[-1] if self._heights else 0))
            case ForkOpened():
                self._add(Kind.FORK, time_ns)
            case Reorg(hash=hash_, fork=fork):
                since_ns = self._reorgs.get((fork, hash_))
                if since_ns is None or time_ns - since_ns > SAME_NS:
                    self._reorgs[fork, hash_] = time_ns
                    self._add(Kind.REORG, time_ns)
            case FaultOn() | FaultOff():
                self._times[Kind.FAULT].append(time_ns)
                self._begun.append(isinstance(record.event, FaultOn))
            case _:
                pass

    def _add(self, kind: Kind, time_ns: int) -> None:
        times = self._times[kind]
        if not times or times[-1] != time_ns:
            times.append(time_ns)

    def after(self, kind: Kind, time_ns: int) -> int | None:
        """The next moment of a kind after a time."""
        times = self._times[kind]
        index = bisect_right(times, time_ns)
        return times[index] if index < len(times) else None

    def before(self, kind: Kind, time_ns: int) -> int | None:
        """The last moment of a kind before a time."""
        times = self._times[kind]
        index = bisect_left(times, time_ns)
        return times[index - 1] if index else None

    def tick(self, height: int) -> int | None:
        """The moment when the clock first showed a height."""
        index = bisect_left(self._heights, height)
        return self._times[Kind.TICK][index] if index < len(self._heights) else None

    def times(self, kind: Kind) -> Sequence[int]:
        """All moments of a kind."""
        return self._times[kind]

    def since(self, kind: Kind, count: int) -> Sequence[int]:
        """The moments of a kind after the first ones."""
        return self._times[kind][count:]

    def faults(self, count: int) -> list[tuple[int, bool]]:
        """When faults began and ended, and whether it was a beginning, after the first ones."""
        return list(zip(self.since(Kind.FAULT, count), self._begun[count:], strict=True))
