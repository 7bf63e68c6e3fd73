"""Small worlds for tests: accounts, transfers, blocks that two hashes mine, and refusals."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from powclock.clock.virtual_loop import NANOSECONDS
from powclock.machine.block import Block, ChainParameters
from powclock.machine.header import HEADER_BYTES, NO_PARENT, BlockHeader
from powclock.machine.keys import SigningKey
from powclock.machine.merkle import merkle_root
from powclock.machine.reason import Invalid, InvalidBlock
from powclock.machine.replica import Replica
from powclock.machine.target import bits_to_target
from powclock.machine.transaction import Coinbase, Transaction
from powclock.machine.tree import Entry, HeadChange
from powclock.mining.miner import prove

CHAIN_ID = 7
SUBSIDY = 1_000
PARAMETERS = ChainParameters(
    chain_id=CHAIN_ID, subsidy=SUBSIDY, halving_interval=0, transactions_max=4
)
EASY_BITS = 0x207F_FFFF  # every second hash is a proof
EASY_LIMIT = bits_to_target(EASY_BITS)
GENESIS_TIME = 1_231_006_505
INTERVAL_S = 600


@contextmanager
def refused(message: str, kind: type[Invalid] = InvalidBlock) -> Iterator[None]:
    """Demand a refusal of exactly this kind with exactly this message."""
    with pytest.raises(kind) as caught:
        yield
    assert type(caught.value) is kind
    assert str(caught.value) == message


@cache
def key(name: str) -> SigningKey:
    """The key of a name."""
    return SigningKey.derive(0, name)


def address(name: str) -> bytes:
    """The public key of a name."""
    return key(name).public


@cache
def transfer(
    sender: str,
    recipient: str = "bob",
    *,
    amount: int = 1,
    fee: int = 0,
    nonce: int = 0,
    chain_id: int = CHAIN_ID,
) -> Transaction:
    """A signed transfer between two names."""
    return Transaction.signed(
        key(sender),
        chain_id=chain_id,
        recipient=address(recipient),
        amount=amount,
        fee=fee,
        nonce=nonce,
    )


def block_of(
    parent: bytes,
    height: int,
    transactions: Sequence[Transaction] = (),
    *,
    author: str = "miner",
    amount: int = SUBSIDY,
    extra: bytes = b"",
    time: int | None = None,
    bits: int = EASY_BITS,
    version: int = 1,
    nonce: int = 0,
) -> Block:
    """A block whose header fits its body; no work is spent on it."""
    coinbase = Coinbase(height, address(author), amount, extra)
    root, _ = merkle_root([coinbase.id, *(transaction.id for transaction in transactions)])
    if time is None:
        time = GENESIS_TIME + height * INTERVAL_S
    return Block(
        BlockHeader(version, parent, root, time, bits, nonce), coinbase, tuple(transactions)
    )


GENESIS = block_of(NO_PARENT, 0, author="nobody", amount=0)


def mined(block: Block, proof_scale: int = 1) -> Block:
    """The block with the first nonce that proves its work."""
    return prove(block, proof_scale)


def chain(
    length: int, parent: Block = GENESIS, height: int = 0, *, author: str = "miner"
) -> list[Block]:
    """Blocks without transfers, each on the one before; the first is on `parent` at `height`."""
    blocks: list[Block] = []
    for number in range(height + 1, height + length + 1):
        parent = block_of(parent.hash, number, author=author)
        blocks.append(parent)
    return blocks


def with_body(block: Block, transactions: Sequence[Transaction]) -> Block:
    """The same header over other transfers."""
    return replace(block, transactions=tuple(transactions))


def replica_with(allocation: Mapping[str, int]) -> Replica:
    """A replica that knows nothing but genesis and what each name owns there."""
    return Replica(
        PARAMETERS,
        GENESIS,
        1,
        {address(name): amount for name, amount in allocation.items()},
        {},
    )


def append(replica: Replica, block: Block, weight: int = 1) -> HeadChange | None:
    """Add a block to a replica, as a node does once the rule has verified it."""
    return replica.append(block, parent_of(replica, block), weight)


def parent_of(replica: Replica, block: Block) -> Entry:
    """Where a block stands whose parent is known."""
    parent = replica.parent_of(block)
    assert parent is not None
    return parent


def entries(times: Sequence[int], bits: int = EASY_BITS, first_height: int = 0) -> list[Entry]:
    """One branch of a tree, by the times of its headers."""
    branch: list[Entry] = []
    for time in times:
        parent = branch[-1] if branch else None
        header = BlockHeader(1, parent.hash if parent else NO_PARENT, bytes(32), time, bits, 0)
        entry = Entry(header, parent, 1)
        if parent is None:
            entry.height = first_height
        branch.append(entry)
    return branch


def mainnet_headers(vectors: Path) -> list[BlockHeader]:
    """The first 4,032 headers of Bitcoin."""
    data = (vectors / "bitcoin" / "mainnet_0_4031.bin").read_bytes()
    return [
        BlockHeader.parse(data[start : start + HEADER_BYTES])
        for start in range(0, len(data), HEADER_BYTES)
    ]


def seconds(count: float) -> int:
    """Seconds as nanoseconds."""
    return round(count * NANOSECONDS)
