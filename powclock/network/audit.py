"""A node's audit of its own memory: are the accounts still those that its blocks made?

The state root moves with each change of an account, so it does not see a bit that flips in memory;
hashing all accounts again does. That is done at three moments:

- steadily, every `AUDIT_HEAD_MOVES` moves of the head. Nodes are staggered by their addresses, so
  that not all of them audit at the same block.
- before a block is refused for its effects (`Replica.append`): no honest block is condemned, and no
  honest peer is blamed, for what is wrong with one's own memory.
- before a block of its own is published. It was drafted from the ledger as it was: if that is
  damaged, others may refuse the block, and think ill of who sends it. Whether the damage is older
  than the draft is not known, so the block is given up. That is at most one for each flipped bit.

Transfers are refused without an audit: nobody is blamed for a transfer that a ledger cannot take,
as ledgers differ for honest reasons, and an audit for each would be an easy way to keep a node
busy.

What is damaged is not mended but thrown away: the ledger is built again from the disk.
"""

from collections.abc import Callable

from powclock.machine.header import display
from powclock.machine.replica import Replica
from powclock.record.events import AnyEvent, Resynced, StateCorrupted

AUDIT_HEAD_MOVES = 16


class Audit:
    """Looks after one replica; `rebuilt` is told when its state was built again."""

    def __init__(
        self,
        replica: Replica,
        emit: Callable[[AnyEvent], None],
        rebuilt: Callable[[], None],
        stagger: int,
    ) -> None:
        self._replica = replica
        self._emit = emit
        self._rebuilt = rebuilt
        self._moves = stagger % AUDIT_HEAD_MOVES

    def head_moved(self) -> None:
        """The head moved once more."""
        self._moves += 1
        if self._moves >= AUDIT_HEAD_MOVES:
            self.passes("in a steady audit")

    def passes(self, occasion: str) -> bool:
        """Whether all is as it should be; if not, it is when this returns."""
        self._moves = 0
        if self._replica.ledger.sound():
            return True
        self.resync(occasion)
        return False

    def resync(self, occasion: str) -> None:
        """Build the state again, as it was found to be damaged."""
        self._emit(StateCorrupted(occasion, self._replica.ledger.state_root.hex()))
        self._replica.resync()
        head = self._replica.head
        root = self._replica.ledger.state_root.hex()
        self._emit(Resynced(display(head.hash), head.height, root))
        self._rebuilt()
