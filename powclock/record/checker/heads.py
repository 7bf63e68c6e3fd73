"""One node as its records tell: which blocks it has, in which order, and what it builds on."""

from array import array
from collections.abc import Callable, Sequence

from powclock.record.checker.blocks import Seen, paths
from powclock.record.checker.broken import Wrong
from powclock.record.events import HeadMoved, Reorg, Resynced


class Follower:
    """Takes in what a node accepts and says where its head must be.

    Five bytes for each block that the node has: whether, and when in order.
    """

    def __init__(self, name: str, genesis: Seen) -> None:
        self.name = name
        self.head = genesis
        self.due: Seen | None = None
        self._genesis = genesis
        self._first = 0  # the index of the block that `_has` begins with
        self._has = bytearray(b"\1")
        self._order = array("I")

    def has(self, block: Seen) -> bool:
        """Whether the node has a block."""
        place = block.index - self._first
        return 0 <= place < len(self._has) and bool(self._has[place])

    def accept(self, block: Seen) -> None:
        """The node has one more block; `due` is where its head must move now, if anywhere."""
        assert block.parent is not None
        if not self.has(block.parent):
            raise Wrong(2, f"{self.name} lacks the parent of a block that it accepts")
        if self.has(block) and block.flaw is None:
            raise Wrong(2, f"{self.name} accepts a block that it has")
        self._take(block)
        if block.flaw is None and block.chain_work > self.head.chain_work:
            self.due = block

    def _take(self, block: Seen) -> None:
        place = block.index - self._first
        if place >= len(self._has):
            self._has.extend(bytes(place + 64 - len(self._has)))
        if not self._has[place]:
            self._has[place] = 1
            self._order.append(block.index)

    def forget(self, first: int) -> None:
        """Forget the blocks with a lower index."""
        del self._has[: first - self._first]
        self._first = first
        self._order = array("I", (index for index in self._order if index >= first))

    def restarted(
        self, count: int, blocks: Sequence[Seen], on_disk: Callable[[Seen], bool]
    ) -> None:
        """The node read `count` blocks from its disk, the first ones that it accepted.

        Blocks with a flaw leave the disk when the node finds it out: no record tells which are
        there, so the disk is asked.
        """
        assert self._first == 0, "a node comes back, but the blocks on its disk are forgotten"
        if count > len(self._order):
            known = len(self._order)
            raise Wrong(2, f"{self.name} comes up with {count} blocks, but accepted {known}")
        had = (blocks[index] for index in self._order)
        kept = [block for block in had if block.flaw is None or on_disk(block)][:count]
        self.head, self._has, self._order = self._genesis, bytearray(b"\1"), array("I")
        for block in kept:
            self._take(block)
        self.head = self._best(blocks)

    def _best(self, blocks: Sequence[Seen]) -> Seen:
        """The heaviest valid block that the node has, the first accepted of equals."""
        best = self._genesis
        for index in self._order:
            block = blocks[index]
            if block.flaw is None and block.chain_work > best.chain_work:
                best = block
        return best

    def resynced(self, event: Resynced, blocks: Sequence[Seen]) -> None:
        """The node built its state again, from all that it has."""
        self.head = self._best(blocks)
        if (event.hash, event.height) != (shown(self.head), self.head.height):
            raise Wrong(4, f"{self.name} re-syncs and builds on {event.hash}")
        if event.state_root != self.head.state_root.hex():
            raise Wrong(6, f"{self.name} re-syncs and has the state {event.state_root}")

    def move(self, block: Seen, event: HeadMoved | Reorg, *, damaged: bool = False) -> None:
        """The node says that its head moved; one with damaged memory may be wrong about a state."""
        due, self.due = self.due, None
        if block.flaw is not None and not damaged:
            invariant, detail = block.flaw
            raise Wrong(invariant, f"{self.name} builds on it, but {detail}")
        if block is not due and block.flaw is None:
            self._explain(block)
        self._check_path(block, event)
        if event.height != block.height:
            raise Wrong(2, f"{self.name} says height {event.height}, it is {block.height}")
        if event.state_root != block.state_root.hex() and not damaged:
            raise Wrong(
                6,
                f"{self.name} has the state {event.state_root}, "
                f"replay from genesis gives {block.state_root.hex()}",
            )
        self.head = block

    def _explain(self, block: Seen) -> None:
        work, best = block.chain_work, self.head.chain_work
        if work < best:
            raise Wrong(3, f"the head of {self.name} moves from {best} of work to {work}")
        if work == best:
            raise Wrong(4, f"{self.name} leaves the first seen of two equal branches")
        raise Wrong(4, f"{self.name} moves its head to a block that it did not just accept")

    def _check_path(self, block: Seen, event: HeadMoved | Reorg) -> None:
        left, joined = paths(self.head, block)
        if isinstance(event, HeadMoved):
            if left:
                raise Wrong(4, f"{self.name} connects a block, but its head was on another branch")
            return
        told = (event.old, event.fork, event.depth, event.connected)
        fork = joined[0].parent if joined else None
        assert fork is not None
        true = (shown(self.head), shown(fork), len(left), len(joined))
        if told != true:
            raise Wrong(4, f"{self.name} reports the reorg {told}, it is {true}")


def shown(block: Seen) -> str:
    """A block's hash as records have it."""
    return block.hash[::-1].hex()
