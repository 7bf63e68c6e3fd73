"""Who may be dropped: only nodes that a fault makes send what honest ones never do."""

from powclock.record.events import NANOSECONDS, FaultOff, FaultOn

# What was sent may be under way, or be held as an orphan until its parent comes.
LATE_NS = 600 * NANOSECONDS


class Dishonest:
    """Nodes that are dishonest, or were so not long ago."""

    def __init__(self) -> None:
        self._on: dict[str, tuple[str, ...]] = {}
        self._until_ns: dict[str, int] = {}

    def begin(self, fault: FaultOn, names: list[str]) -> None:
        """A fault began on its nodes; on all of `names` if it has none of its own."""
        if fault.dishonest:
            self._on[fault.id] = fault.nodes or tuple(names)

    def end(self, fault: FaultOff, now_ns: int) -> None:
        """A fault is over."""
        for node in self._on.pop(fault.id, ()):
            self._until_ns[node] = now_ns + LATE_NS

    def may_be_dropped(self, node: str, now_ns: int) -> bool:
        """Whether there is a reason not to talk to a node."""
        if any(node in nodes for nodes in self._on.values()):
            return True
        return now_ns <= self._until_ns.get(node, -1)
