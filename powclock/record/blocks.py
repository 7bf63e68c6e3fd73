"""The blocks of a race as seen from outside: the best chain, what went stale beside it, and when
each block reached each node.
"""

from dataclasses import dataclass, field
from typing import NamedTuple

from powclock.record.events import BlockAccepted, BlockFound, Hash, NodeId

# Of so many of the newest blocks it is known when each node accepted them.
SPREADS_KEPT = 200
NONCE_BYTES = 4


class Acceptance(NamedTuple):
    """When a node accepted a block, and who sent it; none if the node found it."""

    time_ns: int
    peer: NodeId | None


@dataclass(slots=True)
class BlockView:
    """A block that was found; `header` is its 80 bytes, of which `nonce` is the last number."""

    hash: Hash
    parent: Hash
    height: int
    author: NodeId
    found_ns: int
    interval_ns: int
    transactions: int
    fees: int
    work: int
    header: bytes
    nonce: int
    best: bool = False
    accepted: dict[NodeId, Acceptance] = field(default_factory=dict)


class Blocks:
    """Blocks by hash and by height, and which of them are on the best chain.

    The newest `blocks_kept` are remembered. `authored` counts how many blocks of the best chain are
    of each node, from its start on.
    """

    def __init__(self, blocks_kept: int) -> None:
        self._blocks_kept = blocks_kept
        self._blocks: dict[Hash, BlockView] = {}
        self._by_height: dict[int, list[BlockView]] = {}
        self._spreads: dict[Hash, None] = {}
        self._best: Hash = ""
        self.authored: dict[NodeId, int] = {}
        self.lowest = 0
        self.highest = 0

    def __len__(self) -> int:
        return len(self._blocks)

    def start(self, genesis: Hash, header: bytes) -> None:
        """Begin with a genesis block, which nobody found."""
        self._best = genesis
        self._add(BlockView(genesis, "", 0, "", 0, 0, 0, 0, 0, header, _nonce(header), best=True))

    def get(self, hash_: Hash) -> BlockView | None:
        """A block that is still kept."""
        return self._blocks.get(hash_)

    def found(self, event: BlockFound, author: NodeId, time_ns: int) -> None:
        """Add a block; if there are too many, the one that was found first goes."""
        parent, header = self._blocks.get(event.parent), bytes.fromhex(event.header)
        block = BlockView(
            hash=event.hash,
            parent=event.parent,
            height=event.height,
            author=author,
            found_ns=time_ns,
            interval_ns=time_ns - (0 if parent is None else parent.found_ns),
            transactions=event.transactions,
            fees=event.fees,
            work=event.work,
            header=header,
            nonce=_nonce(header),
        )
        self._add(block)
        self._spreads[block.hash] = None
        if len(self._spreads) > SPREADS_KEPT:
            oldest = next(iter(self._spreads))
            del self._spreads[oldest]
            if oldest in self._blocks:
                self._blocks[oldest].accepted = {}

    def _add(self, block: BlockView) -> None:
        self._blocks[block.hash] = block
        self._by_height.setdefault(block.height, []).append(block)
        self.lowest = min(self.lowest, block.height)
        self.highest = max(self.highest, block.height)
        if len(self._blocks) > self._blocks_kept:
            self._forget(next(iter(self._blocks.values())))

    def _forget(self, block: BlockView) -> None:
        del self._blocks[block.hash]
        siblings = self._by_height[block.height]
        siblings.remove(block)
        if not siblings:
            del self._by_height[block.height]
            while self.lowest not in self._by_height:
                self.lowest += 1

    def accepted(self, event: BlockAccepted, node: NodeId, time_ns: int) -> None:
        """Note that a block reached a node."""
        block = self._blocks.get(event.hash)
        if block is not None and event.hash in self._spreads:
            block.accepted.setdefault(node, Acceptance(time_ns, event.peer))

    def _parent(self, block: BlockView) -> BlockView | None:
        """The block below one, if it is still kept; of blocks in a ring there is no end."""
        parent = self._blocks.get(block.parent)
        assert parent is None or parent.height < block.height, "a parent is lower"
        return parent

    def choose(self, tip: Hash) -> None:
        """Let the best chain end at a block."""
        fresh = []
        block: BlockView | None = self._blocks[tip]
        while block is not None and not block.best:
            fresh.append(block)
            block = self._parent(block)
        fork: Hash | None = None if block is None else block.hash
        stale = self._blocks.get(self._best)
        while stale is not None and stale.hash != fork:
            stale.best = False
            self.authored[stale.author] -= 1
            stale = self._parent(stale)
        for each in fresh:
            each.best = True
            self.authored[each.author] = self.authored.get(each.author, 0) + 1
        self._best = tip

    def between(self, low: int, high: int) -> list[BlockView]:
        """Blocks of the heights from `low` to `high`, by height and then in the order found."""
        found = (self._by_height.get(height, ()) for height in range(max(low, 0), high + 1))
        return [block for blocks in found for block in blocks]


def _nonce(header: bytes) -> int:
    return int.from_bytes(header[-NONCE_BYTES:], "little")
