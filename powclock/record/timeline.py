"""The time axis of the past: where its moments lie, for an axis of any width.

The axis is cut into bins of equal length, and of each it is known which kinds of moments are in it.
So what is told with every frame is as long for a day as for a minute.
"""

from collections.abc import Iterable
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


def bins_of(moments: Moments, end_ns: int) -> bytes:
    """Which kinds of moments are where."""
    bins = bytearray(BINS)
    length_ns = max(end_ns, 1)

    def mark(times: Iterable[int], flag: int) -> None:
        for time_ns in times:
            bins[min(time_ns * BINS // length_ns, BINS - 1)] |= flag

    mark(moments.times(Kind.FORK), FORK)
    mark(moments.times(Kind.REORG), REORG)
    mark((time_ns for time_ns, begins in moments.faults() if begins), FAULT)
    mark((time_ns for time_ns, begins in moments.faults() if not begins), HEALED)
    return bytes(bins)
