"""A block: header, coinbase, transactions and seal.

The seal is what proves that the block came from the leader. Under proof of work the header is its
own proof and the seal is empty; under a schedule it is the leader's signature. The author is
whoever the coinbase pays: it is under the Merkle root, so nobody can claim another's block.
"""

from dataclasses import dataclass

from powclock.machine.header import BlockHeader
from powclock.machine.merkle import merkle_root
from powclock.machine.reason import InvalidBlock, Reason
from powclock.machine.transaction import COIN, COINBASE_EXTRA_BYTES_MAX, Coinbase, Transaction


@dataclass(frozen=True, slots=True)
class ChainParameters:
    """What all nodes of a chain agree on before it starts.

    `subsidy` halves every `halving_interval` blocks; 0 means never.
    """

    chain_id: int
    subsidy: int = 50 * COIN
    halving_interval: int = 210_000
    transactions_max: int = 500

    def subsidy_at(self, height: int) -> int:
        """New coins that the block at this height may create; the genesis block creates none."""
        if height == 0:
            return 0
        if self.halving_interval == 0:
            return self.subsidy
        return self.subsidy >> min(64, height // self.halving_interval)


@dataclass(frozen=True, slots=True)
class Block:
    """One entry of the replicated log."""

    header: BlockHeader
    coinbase: Coinbase
    transactions: tuple[Transaction, ...] = ()
    seal: bytes = b""

    @property
    def hash(self) -> bytes:
        """The header's hash, internal order."""
        return self.header.hash

    @property
    def author(self) -> bytes:
        """The public key of the leader who sealed it."""
        return self.coinbase.recipient

    @property
    def fees(self) -> int:
        """What the transactions pay the leader."""
        return sum(transaction.fee for transaction in self.transactions)

    def leaves(self) -> list[bytes]:
        """Ids under the Merkle root, the coinbase first."""
        return [self.coinbase.id, *(transaction.id for transaction in self.transactions)]


def check_commitment(block: Block) -> None:
    """Whether the body is the one that the header commits to.

    Raises:
        InvalidBlock: bad-txnmrklroot or bad-txns-duplicate.
    """
    root, mutated = merkle_root(block.leaves())
    if root != block.header.merkle_root:
        raise InvalidBlock(Reason.BAD_TXNMRKLROOT)
    if mutated:
        raise InvalidBlock(Reason.BAD_TXNS_DUPLICATE, "the list repeats its tail (CVE-2012-2459)")


def check_body(block: Block, height: int, parameters: ChainParameters) -> None:
    """All that can be said of a body without a ledger.

    Raises:
        InvalidBlock: bad-txnmrklroot or bad-txns-duplicate (the body is not the header's),
            bad-blk-length, bad-cb-height, bad-cb-length, or a transaction's reason.
    """
    check_commitment(block)
    if len(block.transactions) > parameters.transactions_max:
        raise InvalidBlock(Reason.BAD_BLK_LENGTH, f"{len(block.transactions)} transactions")
    if block.coinbase.height != height:
        raise InvalidBlock(
            Reason.BAD_CB_HEIGHT, f"says {block.coinbase.height}, stands at {height}"
        )
    if len(block.coinbase.extra) > COINBASE_EXTRA_BYTES_MAX:
        raise InvalidBlock(Reason.BAD_CB_LENGTH)
