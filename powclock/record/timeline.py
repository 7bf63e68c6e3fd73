"""The time axis of the past: where its moments lie, for an axis of any width.

The axis is cut into bins of equal length, and of each it is known which kinds of moments are in it.
So what is told with every frame is as long for a day as for a minute.
"""

from collections.abc import Sequence
from typing import Annotated

import msgspec

from powclock.record.moments import Kind, Moments

BINS = 1_000
FORK, REORG, FAULT, HEALED = 1, 2, 4, 8


class Timeline(msgspec.Struct, frozen=True, array_like=True):
    """The axis from 0 to `end_ns`, of which all is known up to `known_ns`.

    `bins` has a byte for each part of the axis: the kinds of moments in it, as a sum. `forks`,
    `reorgs` and `faults` count them all. `goes_on` says that the race does, and this is its past.
    What is damaged, `damage` says in a line; the axis then ends there. `making` is how much of
    another future is made, while one is.
    """

    end_ns: int
    known_ns: int
    bins: Annotated[bytes, msgspec.Meta(max_length=BINS)]
    forks: int
    reorgs: int
    faults: int
    goes_on: bool = False
    damage: str = ""
    making: float | None = None


class Bins:
    """Which kinds of moments are where, for an axis that is told again and again.

    Only moments that have come since are marked. An axis that has grown by less than a bin is still
    marked as it was, so at most one part in a thousand of it is off; once it has grown by more, all
    are marked anew, which a long axis seldom is.
    """

    def __init__(self) -> None:
        self._length_ns = 0
        self._bins = bytearray(BINS)
        self._marked = dict.fromkeys((Kind.FORK, Kind.REORG, Kind.FAULT), 0)

    def of(self, moments: Moments, end_ns: int) -> bytes:
        """The bins of an axis that ends at `end_ns`, with all moments so far."""
        grown_ns = end_ns - self._length_ns
        if not 0 <= grown_ns * BINS <= self._length_ns:
            self._length_ns = end_ns
            self._bins = bytearray(BINS)
            self._marked = dict.fromkeys(self._marked, 0)
        self._mark(Kind.FORK, moments.since(Kind.FORK, self._marked[Kind.FORK]), FORK)
        self._mark(Kind.REORG, moments.since(Kind.REORG, self._marked[Kind.REORG]), REORG)
        faults = moments.faults(self._marked[Kind.FAULT])
        for time_ns, begins in faults:
            self._mark(Kind.FAULT, (time_ns,), FAULT if begins else HEALED)
        return bytes(self._bins)

    def _mark(self, kind: Kind, times: Sequence[int], flag: int) -> None:
        length_ns = max(self._length_ns, 1)
        for time_ns in times:
            self._bins[min(time_ns * BINS // length_ns, BINS - 1)] |= flag
        self._marked[kind] += len(times)
