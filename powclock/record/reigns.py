"""Reigns: how long one node leads in a row.

A node leads from the tick that it sealed to the first tick that another seals. What a reorg takes
back is not taken back here: for so long its leader was believed.
"""

from dataclasses import dataclass

from powclock.record.events import NodeId


@dataclass(slots=True)
class Reigns:
    """Counts reigns; the present one began at `since_ns` and has come to `ticks`."""

    count: int = 0
    leader: NodeId = ""
    first_ns: int = 0
    since_ns: int = 0
    ticks: int = 0
    ticks_max: int = 0
    _ended_max_ns: int = 0

    def ticked(self, leader: NodeId, time_ns: int) -> None:
        """Take in who sealed the block of a tick."""
        if not self.count:
            self.first_ns = time_ns
        if not self.count or leader != self.leader:
            self._ended_max_ns = self.max_ns(time_ns)
            self.count += 1
            self.leader, self.since_ns, self.ticks = leader, time_ns, 0
        self.ticks += 1
        self.ticks_max = max(self.ticks_max, self.ticks)

    def max_ns(self, now_ns: int) -> int:
        """The longest reign up to now, the present one counted as far as it has come."""
        return max(self._ended_max_ns, now_ns - self.since_ns) if self.count else 0

    def mean_ns(self, now_ns: int) -> float:
        """The mean reign, from the first tick to now; 0 before it."""
        return (now_ns - self.first_ns) / self.count if self.count else 0.0
