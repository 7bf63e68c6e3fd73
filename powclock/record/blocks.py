"""The blocks near the tip as seen from outside: the best chain and what went stale beside it."""

from dataclasses import dataclass

from powclock.record.events import BlockFound, Hash, NodeId

KEPT_HEIGHTS = 400


@dataclass(slots=True)
class BlockView:
    """A block that was found."""

    hash: Hash
    parent: Hash
    height: int
    author: NodeId
    found_ns: int
    interval_ns: int
    transactions: int
    work: int
    best: bool = False


class Blocks:
    """The newest blocks by hash, and which of them are on the best chain."""

    def __init__(self) -> None:
        self._blocks: dict[Hash, BlockView] = {}
        self._genesis: Hash = ""
        self._best: Hash = ""

    def start(self, genesis: Hash) -> None:
        """Begin with a genesis block."""
        self._genesis = self._best = genesis

    def get(self, hash_: Hash) -> BlockView | None:
        """A block that is still kept."""
        return self._blocks.get(hash_)

    def found(self, event: BlockFound, author: NodeId, time_ns: int) -> None:
        """Add a block; the oldest go."""
        parent = self._blocks.get(event.parent)
        lowest = event.height - KEPT_HEIGHTS
        self._blocks[event.hash] = BlockView(
            hash=event.hash,
            parent=event.parent,
            height=event.height,
            author=author,
            found_ns=time_ns,
            interval_ns=time_ns - (0 if parent is None else parent.found_ns),
            transactions=event.transactions,
            work=event.work,
        )
        while self._blocks[oldest := next(iter(self._blocks))].height < lowest:
            del self._blocks[oldest]

    def choose(self, tip: Hash) -> None:
        """Let the best chain end at a block."""
        new = self._blocks[tip]
        branch = set()
        block: BlockView | None = new
        while block is not None:
            branch.add(block.hash)
            if block.best:
                break  # here the new branch leaves the old one
            block = self._blocks.get(block.parent)
        fork_height = 0 if block is None else block.height
        for each in self._blocks.values():
            if each.height >= fork_height:
                each.best = each.hash in branch
        self._best = tip

    def newest(self, heights: int) -> list[BlockView]:
        """Blocks of the last so many heights of the best chain and above, in the order found."""
        best = self._blocks.get(self._best)
        lowest = (0 if best is None else best.height) - heights
        return [block for block in self._blocks.values() if block.height > lowest]
