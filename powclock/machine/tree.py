"""The block tree: every valid block that a replica knows, and its head.

The head is the tip of the branch with the most cumulative weight; of equal ones the first seen
stays, so the head moves only for strictly more. A head change names the blocks disconnected and
connected; it is a reorg if any was disconnected.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from powclock.machine.header import BlockHeader, short
from powclock.machine.reason import InvalidBlock, Reason


class Entry:
    """A block's place in the tree; compared by identity.

    A replica keeps one for each block for ever, so it holds no more of the header than rules about
    later blocks need; the whole block is where bodies are kept.
    """

    __slots__ = ("bits", "chain_work", "hash", "height", "parent", "time")

    def __init__(self, header: BlockHeader, parent: "Entry | None", weight: int) -> None:
        self.hash = header.hash
        self.time = header.time
        self.bits = header.bits
        self.parent = parent
        self.height: int = 0 if parent is None else parent.height + 1
        self.chain_work: int = weight + (0 if parent is None else parent.chain_work)

    def branch(self) -> Iterator["Entry"]:
        """This entry and its ancestors, back to genesis."""
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
    """Entries by hash, with the best chain by height."""

    def __init__(self, genesis: BlockHeader, weight: int) -> None:
        root = Entry(genesis, None, weight)
        self.entries: dict[bytes, Entry] = {root.hash: root}
        self.best_chain: list[Entry] = [root]

    @property
    def genesis(self) -> Entry:
        """The root."""
        return self.best_chain[0]

    @property
    def head(self) -> Entry:
        """The tip that this replica builds on."""
        return self.best_chain[-1]

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
        return entry.height < len(self.best_chain) and self.best_chain[entry.height] is entry

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
        disconnected = tuple(reversed(self.best_chain[entry.height + 1 :]))
        del self.best_chain[entry.height + 1 :]
        connected.reverse()
        self.best_chain.extend(connected)
        return HeadChange(old, new, disconnected, tuple(connected))

    def condemn(self, bad: Entry, change: HeadChange) -> tuple[Entry, ...]:
        """Take back a head change because `bad`, one of its blocks, turned out invalid.

        Before the change the old head was the heaviest, so it is the head again. Returns what was
        removed: `bad` and all that builds on it.
        """
        assert bad in change.connected
        assert self.head is change.new
        fork_height = change.connected[0].height - 1
        del self.best_chain[fork_height + 1 :]
        self.best_chain.extend(reversed(change.disconnected))
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

        Ten single steps, then doubling ones (Bitcoin's `getblocks` locator).
        """
        hashes = []
        height, step = self.head.height, 1
        while height > 0:
            hashes.append(self.best_chain[height].hash)
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
