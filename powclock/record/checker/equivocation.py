"""Whether two blocks of one leader for one turn are told, and nobody else is accused of it.

What a node owes is judged at the next gauges: a node that accepts the second block says so at once,
or it is down by then.
"""

from powclock.record.checker.blocks import Seen
from powclock.record.checker.broken import Wrong
from powclock.record.events import Equivocation

TURNS_MAX = 1_000  # half of what a node remembers

TurnKey = tuple[bytes, int, int]


class Equivocations:
    """The turns of the blocks that each node accepted; it owes a word where one was taken twice."""

    def __init__(self) -> None:
        self._of_block: dict[int, TurnKey] = {}
        self._seen: dict[str, dict[TurnKey, int]] = {}
        self._owed: dict[tuple[str, TurnKey], None] = {}
        self._told: dict[tuple[str, TurnKey], None] = {}

    def validated(self, block: Seen, turn: TurnKey | None) -> None:
        """A block was validated."""
        if turn is not None:
            self._of_block[block.index] = turn
            if len(self._of_block) > 4 * TURNS_MAX:
                del self._of_block[next(iter(self._of_block))]

    def accepted(self, node: str, block: Seen) -> None:
        """A node accepted a block: if it has another one for this turn, it owes the evidence."""
        turn = self._of_block.get(block.index)
        if turn is None:
            return
        seen = self._seen.setdefault(node, {})
        other = seen.setdefault(turn, block.index)
        if other != block.index and (node, turn) not in self._told:
            self._owed[node, turn] = None
        if len(seen) > TURNS_MAX:
            del seen[next(iter(seen))]

    def told(self, node: str, event: Equivocation, one: Seen, two: Seen, *, honest: bool) -> None:
        """A node accuses a leader."""
        key = bytes.fromhex(event.key)
        turn = (key, event.slot, event.beat)
        if one is two or not turn == self._of_block.get(one.index) == self._of_block.get(two.index):
            raise Wrong(13, f"{node} accuses {event.author} by blocks that are not of one turn")
        if honest:
            raise Wrong(13, f"{node} accuses {event.author} of equivocation, which is honest")
        self._owed.pop((node, turn), None)
        self._told[node, turn] = None
        if len(self._told) > TURNS_MAX:
            del self._told[next(iter(self._told))]

    def gone(self, node: str) -> None:
        """A node stopped: what was in its memory is gone."""
        self._seen.pop(node, None)
        self._owed = {owed: None for owed in self._owed if owed[0] != node}
        self._told = {told: None for told in self._told if told[0] != node}

    def check(self) -> None:
        """Whether all that is owed has been told."""
        for node, (author, slot, _) in self._owed:
            raise Wrong(
                13, f"{node} keeps silent on two blocks of {author.hex()[:8]} in slot {slot}", node
            )
