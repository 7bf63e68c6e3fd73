"""What has happened since some moment of a race: a fold of records, for what a lesson claims.

It counts what the view does not keep apart by node, and it begins anew with every step.
"""

from collections import Counter
from dataclasses import dataclass, field
from math import fsum

from powclock.record.events import (
    NANOSECONDS,
    BlockRefused,
    Equivocation,
    ForkOpened,
    LeaderElected,
    MessageRefused,
    NodeId,
    Record,
    Reorg,
    TransactionConfirmed,
    TransactionRefused,
    TransactionReturned,
)
from powclock.record.facts import ClientCounts

Told = tuple[NodeId, int, int]


@dataclass(slots=True)
class Tally:
    """Counts since `from_ns`; `clients` are the counts that there were by then.

    `reorgs` counts by node and depth, `refused` by node and reason, `led` by leader. An
    equivocation counts once, be it that every node tells of it.
    """

    from_ns: int = 0
    clients: ClientCounts = field(default_factory=ClientCounts)
    forks: int = 0
    confirmed: int = 0
    returned: int = 0
    reorgs: Counter[tuple[NodeId, int]] = field(default_factory=Counter)
    refused: Counter[tuple[NodeId, str]] = field(default_factory=Counter)
    led: Counter[NodeId] = field(default_factory=Counter)
    equivocations: dict[tuple[NodeId, int], None] = field(default_factory=dict)
    intervals_s: list[float] = field(default_factory=list)
    work_first: int = 0
    work_last: int = 0
    _tick_ns: int | None = None
    _still_ns: int = 0

    def apply(self, record: Record) -> None:
        """Fold one record in."""
        event, node = record.event, record.node
        match event:
            case ForkOpened():
                self.forks += 1
            case TransactionConfirmed():
                self.confirmed += 1
            case TransactionReturned():
                self.returned += 1
            case Reorg(depth=depth) if node is not None:
                self.reorgs[node, depth] += 1
            case BlockRefused(reason=reason) if node is not None:
                self.refused[node, reason] += 1
            case MessageRefused(reason=reason) | TransactionRefused(reason=reason) if node:
                self.refused[node, reason] += 1
            case Equivocation(author=author, beat=beat):
                self.equivocations[author, beat] = None
            case LeaderElected():
                self._ticked(event, record.time_ns)
            case _:
                pass

    def _ticked(self, event: LeaderElected, time_ns: int) -> None:
        self.led[event.leader] += 1
        self.intervals_s.append(event.interval_s)
        self.work_first = self.work_first or event.work
        self.work_last = event.work
        self._still_ns = self._still(time_ns)
        self._tick_ns = time_ns

    def _still(self, now_ns: int) -> int:
        since_ns = self.from_ns if self._tick_ns is None else self._tick_ns
        return max(self._still_ns, now_ns - since_ns)

    @property
    def ticks(self) -> int:
        """Ticks of the clock."""
        return self.led.total()

    def still_s(self, now_ns: int) -> float:
        """The longest time without a tick, up to now."""
        return self._still(now_ns) / NANOSECONDS

    def interval_mean_s(self) -> float:
        """The mean of the intervals that ended; 0 where none has."""
        intervals = self.intervals_s
        return fsum(intervals) / len(intervals) if intervals else 0.0
