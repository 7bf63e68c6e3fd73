"""Nodes whose memory may be damaged: what is forgiven to them, and for how long.

Records tell of every bit that flips in a node's memory. From then on until the node has built its
state again, and only that long, its state roots may be wrong and it may build on a bad block. It
may not refuse a good block, nor publish a bad one. It must find the damage within `MOVES_MAX` moves
of its head, and a node without damage must find none.
"""

from dataclasses import dataclass, field

from powclock.record.checker.broken import Wrong
from powclock.record.events import MemoryFlipped

MOVES_MAX = 16


@dataclass(slots=True)
class _Damage:
    """Bits that are not as they were, by account and part; moves of the head since the first."""

    bits: set[tuple[str, str, int]] = field(default_factory=set)
    moves: int = 0


class Damages:
    """The damage of each node, by name."""

    def __init__(self) -> None:
        self._damages: dict[str, _Damage] = {}

    def __contains__(self, node: str) -> bool:
        return node in self._damages

    def flipped(self, node: str, event: MemoryFlipped) -> None:
        """A bit is another one now, or is as it was once more."""
        damage = self._damages.setdefault(node, _Damage())
        damage.bits ^= {(event.account, event.part, event.bit)}

    def moved(self, node: str) -> None:
        """The head of a node moved; had it found its damage, that would be told by now."""
        damage = self._damages.get(node)
        if damage is None or not damage.bits:
            return
        damage.moves += 1
        if damage.moves > MOVES_MAX:
            late = f"{node} moved its head {damage.moves} times"
            raise Wrong(6, f"{late} and has not found that its memory is damaged", node)

    def found(self, node: str) -> None:
        """A node says that its state is damaged."""
        if node not in self._damages:
            raise Wrong(6, f"{node} finds its state damaged, but no bit flipped in its memory")

    def gone(self, node: str) -> None:
        """A node has begun with a fresh memory."""
        self._damages.pop(node, None)
