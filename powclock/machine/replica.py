"""A replica: tree, ledger and mempool, moved together.

A block is checked in three steps, as in Bitcoin Core: its header and place (the rule), its body
(`check_body`), and its effects, which only a ledger at its parent can judge. So a block on a side
branch is judged in full when its branch becomes the heaviest; if it fails there, the old head
stays.

Before a block is condemned for its effects the ledger is audited: one that is damaged condemns
nobody, it is built again.
"""

from collections.abc import Mapping, MutableMapping

from powclock.machine.block import Block, ChainParameters, check_body
from powclock.machine.ledger import CorruptState, Ledger
from powclock.machine.mempool import Mempool
from powclock.machine.reason import InvalidBlock, Reason
from powclock.machine.transaction import Transaction
from powclock.machine.tree import BlockTree, Entry, HeadChange

INVALID_MAX = 1_000


class Replica:
    """One node's state; `blocks` is where bodies are kept, by hash."""

    def __init__(
        self,
        parameters: ChainParameters,
        genesis: Block,
        genesis_weight: int,
        allocation: Mapping[bytes, int],
        blocks: MutableMapping[bytes, Block],
    ) -> None:
        self.parameters = parameters
        self.blocks = blocks
        self.tree = BlockTree(genesis.header, genesis_weight)
        self._allocation = allocation
        self.ledger = Ledger(parameters, allocation)
        self.mempool = Mempool()
        self._invalid: dict[bytes, None] = {}  # oldest first

    @property
    def head(self) -> Entry:
        """The tip that this replica builds on."""
        return self.tree.head

    def parent_of(self, block: Block) -> Entry | None:
        """Where a new block would stand; None if its parent is not known.

        Raises:
            InvalidBlock: duplicate, duplicate-invalid or bad-prevblk.
        """
        if block.hash in self.tree:
            raise InvalidBlock(Reason.DUPLICATE)
        if block.hash in self._invalid:
            raise InvalidBlock(Reason.DUPLICATE_INVALID)
        if block.header.parent in self._invalid:
            self._remember_invalid(block.hash)
            raise InvalidBlock(Reason.BAD_PREVBLK)
        return self.tree.get(block.header.parent)

    def append(self, block: Block, parent: Entry, weight: int) -> HeadChange | None:
        """Add a block whose header the rule has verified.

        Raises:
            InvalidBlock: the reason; tree, ledger and mempool are as before, and a block that can
                never become valid is remembered.
            CorruptState: the ledger is damaged and can judge nothing: `resync`, and try again. The
                tree is as before.
        """
        try:
            check_body(block, parent.height + 1, self.parameters)
        except InvalidBlock as refusal:
            if not refusal.reason.temporary:
                self._remember_invalid(block.hash)
            raise
        self.blocks[block.hash] = block
        change = self.tree.insert(block.header, weight)
        if change is not None:
            try:
                self._move_ledger(change)
            except CorruptState:
                for removed in self.tree.condemn(change.new, change):
                    self.blocks.pop(removed.hash, None)
                raise
            self._move_mempool(change)
        return change

    def _move_ledger(self, change: HeadChange) -> None:
        for entry in change.disconnected:
            self.ledger.undo(self.blocks[entry.hash])
        applied: list[Entry] = []
        for entry in change.connected:
            try:
                self.ledger.apply(self.blocks[entry.hash])
            except InvalidBlock as refusal:
                if not self.ledger.sound():
                    raise CorruptState("it refuses a block") from refusal
                for done in reversed(applied):
                    self.ledger.undo(self.blocks[done.hash])
                for entry_back in reversed(change.disconnected):
                    self.ledger.apply(self.blocks[entry_back.hash])
                self._condemn(self.tree.condemn(entry, change))
                raise
            applied.append(entry)

    def _condemn(self, entries: tuple[Entry, ...]) -> None:
        for entry in entries:
            self._remember_invalid(entry.hash)
            self.blocks.pop(entry.hash, None)

    def resync(self) -> None:
        """Build the ledger again from genesis on, along the best chain, from the blocks on disk.

        A damaged ledger may have let a bad block pass: it is condemned now, with all that builds on
        it, and the next best chain is replayed. What cannot wait in the mempool any more goes.
        """
        while (bad := self._replay()) is not None:
            self._condemn(self.tree.expel(bad))
        self.mempool.clean(self.ledger)

    def _replay(self) -> Entry | None:
        assert self.tree.lowest == 0, "blocks that may be replayed are not forgotten"
        self.ledger = Ledger(self.parameters, self._allocation)
        for entry in self.tree.best_chain[1:]:
            try:
                self.ledger.apply(self.blocks[entry.hash])
            except InvalidBlock:
                return entry
        return None

    def _move_mempool(self, change: HeadChange) -> None:
        def transactions(entries: tuple[Entry, ...]) -> list[Transaction]:
            return [t for entry in entries for t in self.blocks[entry.hash].transactions]

        self.mempool.head_changed(
            self.ledger,
            returned=transactions(tuple(reversed(change.disconnected))),
            confirmed=transactions(change.connected),
        )

    def forget(self, height: int) -> None:
        """Forget blocks and bodies below a height of the best chain, where no branch will part."""
        for hash_ in self.tree.forget(height):
            del self.blocks[hash_]

    def _remember_invalid(self, hash_: bytes) -> None:
        self._invalid[hash_] = None
        if len(self._invalid) > INVALID_MAX:
            del self._invalid[next(iter(self._invalid))]

    def condemned(self, hash_: bytes) -> bool:
        """Whether a block is remembered as invalid for good."""
        return hash_ in self._invalid

    @property
    def invalid_count(self) -> int:
        """How many blocks are remembered as invalid."""
        return len(self._invalid)

    def add_transaction(self, transaction: Transaction) -> None:
        """Take a transfer into the mempool.

        Raises:
            InvalidTransaction: with the reason.
        """
        self.mempool.add(transaction, self.ledger, self.parameters.chain_id)
