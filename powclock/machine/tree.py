"""The block tree: every valid block that a replica knows, and its head.

The head is the tip of the branch with the most cumulative weight; of equal ones the first seen
stays, so the head moves only for strictly more. A head change names the blocks disconnected and
connected; it is a reorg if any was disconnected.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from powclock.machine.header import BlockHeader, short
from powclock.machine.reason import InvalidBlock, Reason

# How far below its head a node names blocks to its peers, and at least remembers them.
HISTORY_BLOCKS = 10_000


class Entry:
    """A block's place in the tree; compared by identity.

    A replica has one for each block, so it holds no more of the header than rules about later
    blocks need; the whole block is where bodies are kept. Genesis has no parent, nor has an entry
    whose parent is forgotten.
    """

    __slots__ = ("bits", "chain_work", "hash", "height", "nonce", "parent", "time")

    def __init__(self, header: BlockHeader, parent: "Entry | None", weight: int) -> None:
        self.hash = header.hash
        self.time = header.time
        self.bits = header.bits
        self.nonce = header.nonce
        self.parent = parent
        self.height: int = 0 if parent is None else parent.height + 1
        self.chain_work: int = weight + (0 if parent is None else parent.chain_work)

    def branch(self) -> Iterator["Entry"]:
        """This entry and its ancestors, back to genesis or as far as they are remembered."""
        entry: Entry | None = self
        while entry is not None:
            yield entry
            entry = entry.parent

    def ancestor(self, height: int) -> "Entry":
        """The entry of this branch at a height from 0 to its own."""
        assert 0 <= height <= self.height
        entry = self
        while entry.height > height:
            assert entry.parent is not None
            entry = entry.parent
        return entry

    def __repr__(self) -> str:
        return f"Entry({self.height} {short(self.hash)})"


@dataclass(frozen=True, slots=True)
class HeadChange:
    """The head moved: disconnected from the old head down, connected from the fork up."""

    old: Entry
    new: Entry
    disconnected: tuple[Entry, ...]
    connected: tuple[Entry, ...]

    @property
    def is_reorg(self) -> bool:
        """Whether blocks were taken back."""
        return bool(self.disconnected)


class BlockTree:
    """Entries by hash, with the best chain by height.

    `best_chain` begins at the height `lowest`: genesis, unless old blocks are forgotten.
    """

    def __init__(self, genesis: BlockHeader, weight: int) -> None:
        self.genesis = Entry(genesis, None, weight)
        self.entries: dict[bytes, Entry] = {self.genesis.hash: self.genesis}
        self.best_chain: list[Entry] = [self.genesis]
        self.lowest = 0

    @property
    def head(self) -> Entry:
        """The tip that this replica builds on."""
        return self.best_chain[-1]

    @property
    def horizon(self) -> int:
        """The height from which down blocks are not named to peers, and may be forgotten."""
        return max(0, self.head.height - HISTORY_BLOCKS)

    def work_below_head(self, blocks: int) -> int:
        """The work of the head's branch less that of so many blocks like the head."""
        parent = self.head.parent
        before = 0 if parent is None else parent.chain_work
        return self.head.chain_work - blocks * (self.head.chain_work - before)

    def __contains__(self, hash_: bytes) -> bool:
        return hash_ in self.entries

    def __len__(self) -> int:
        return len(self.entries)

    def get(self, hash_: bytes) -> Entry | None:
        """The entry of a hash, if known."""
        return self.entries.get(hash_)

    def in_best_chain(self, entry: Entry) -> bool:
        """Whether the entry is the head or below it."""
        place = entry.height - self.lowest
        return 0 <= place < len(self.best_chain) and self.best_chain[place] is entry

    def best_at(self, height: int) -> Entry:
        """The entry of the best chain at a height that is remembered."""
        assert height >= self.lowest, f"height {height} is forgotten"
        return self.best_chain[height - self.lowest]

    def best_from(self, height: int, count: int) -> list[Entry]:
        """Up to `count` entries of the best chain from a height on, if need be a later one."""
        place = max(0, height - self.lowest)
        return self.best_chain[place : place + count]

    def insert(self, header: BlockHeader, weight: int) -> HeadChange | None:
        """Add a block; the change of head that it causes, if any.

        Raises:
            InvalidBlock: duplicate or prev-blk-not-found.
        """
        if header.hash in self.entries:
            raise InvalidBlock(Reason.DUPLICATE)
        parent = self.entries.get(header.parent)
        if parent is None:
            raise InvalidBlock(Reason.PREV_BLK_NOT_FOUND)
        entry = Entry(header, parent, weight)
        self.entries[entry.hash] = entry
        if entry.chain_work <= self.head.chain_work:
            return None
        return self._move_head(entry)

    def _move_head(self, new: Entry) -> HeadChange:
        old = self.head
        connected = []
        entry = new
        while not self.in_best_chain(entry):
            connected.append(entry)
            assert entry.parent is not None
            entry = entry.parent
        disconnected = self._cut_above(entry.height)
        connected.reverse()
        self.best_chain.extend(connected)
        return HeadChange(old, new, disconnected, tuple(connected))

    def _cut_above(self, height: int) -> tuple[Entry, ...]:
        """Shorten the best chain; what lay above, from the top down."""
        place = height + 1 - self.lowest
        assert place > 0, "the branch leaves the best chain where it is forgotten"
        cut = tuple(reversed(self.best_chain[place:]))
        del self.best_chain[place:]
        return cut

    def condemn(self, bad: Entry, change: HeadChange) -> tuple[Entry, ...]:
        """Take back a head change because `bad`, one of its blocks, turned out invalid.

        Before the change the old head was the heaviest, so it is the head again. Returns what was
        removed: `bad` and all that builds on it.
        """
        assert bad in change.connected
        assert self.head is change.new
        self._cut_above(change.connected[0].height - 1)
        self.best_chain.extend(reversed(change.disconnected))
        return self._take_out(bad)

    def expel(self, bad: Entry) -> tuple[Entry, ...]:
        """Take out a block of the best chain that turned out invalid long after it was taken in.

        The head is then the heaviest that is left, the first seen of equals. Returns what was
        removed: `bad` and all that builds on it.
        """
        assert self.in_best_chain(bad)
        removed = self._take_out(bad)
        self._cut_above(bad.height - 1)
        self._move_head(max(self.entries.values(), key=lambda entry: entry.chain_work))
        return removed

    def _take_out(self, bad: Entry) -> tuple[Entry, ...]:
        removed = [bad]
        doomed = {bad.hash}
        for entry in self.entries.values():  # parents were inserted before their children
            if (
                entry.parent is not None
                and entry.parent.hash in doomed
                and entry.hash not in doomed
            ):
                doomed.add(entry.hash)
                removed.append(entry)
        for entry in removed:
            del self.entries[entry.hash]
        return tuple(removed)

    def locator(self) -> list[bytes]:
        """Hashes of the best chain from the head back, ever sparser, ending with genesis.

        Ten single steps, then doubling ones (Bitcoin's `getblocks` locator), as far as
        `HISTORY_BLOCKS`: a branch that parted before is fetched from genesis on.
        """
        hashes = []
        height, step = self.head.height, 1
        horizon = self.horizon
        while height > horizon:
            hashes.append(self.best_at(height).hash)
            if len(hashes) >= 10:
                step *= 2
            height -= step
        hashes.append(self.genesis.hash)
        return hashes

    def fork_point(self, locator: list[bytes]) -> Entry:
        """The newest entry of a peer's locator that is in the best chain; genesis if none is."""
        for hash_ in locator:
            entry = self.entries.get(hash_)
            if entry is not None and self.in_best_chain(entry):
                return entry
        return self.genesis

    def forget(self, height: int) -> list[bytes]:
        """Forget what lies below a height of the best chain, but genesis; the hashes forgotten."""
        assert height <= self.head.height, "the head stays"
        forgotten = []
        for entry in self.entries.values():
            if entry.height < height and entry is not self.genesis:
                forgotten.append(entry.hash)
            elif entry.parent is not None and entry.parent.height < height:
                entry.parent = None
        for hash_ in forgotten:
            del self.entries[hash_]
        del self.best_chain[: max(0, height - self.lowest)]
        self.lowest = max(self.lowest, height)
        return forgotten
