"""A node and a block as a race tells them from inside, made by hand."""

from msgspec.structs import replace

from powclock.machine.header import BlockHeader, display
from powclock.machine.target import bits_to_target, target_to_work
from powclock.record.detail import (
    Account,
    Arrival,
    BlockDetail,
    Body,
    NodeDetail,
    Peer,
    TransactionDetail,
    TreeBlock,
)
from tests.tui.frames import SECOND, hash_of

COIN = 100_000_000
MILLISECOND = 1_000_000
TRANSFERS = (
    TransactionDetail(hash_of("aa11"), "client1", "client2", COIN // 2, 90_000, 3),
    TransactionDetail(hash_of("bb22"), "client2", "dave", 1_234_567, 12_345, 0),
)


def tree() -> tuple[TreeBlock, ...]:
    """The chain of `frames.chain` as every node has it: a rival of the second block."""
    return (
        TreeBlock(hash_of("0000"), "0" * 64, 0, "", True),
        TreeBlock(hash_of("a001"), hash_of("0000"), 1, "bob", True),
        TreeBlock(hash_of("b002"), hash_of("a001"), 2, "carol", True),
        TreeBlock(hash_of("5aa1"), hash_of("a001"), 2, "dave", False),
        TreeBlock(hash_of("c003"), hash_of("b002"), 3, "dave", True),
    )


def node_detail(**changes: object) -> NodeDetail:
    made = NodeDetail(
        name="bob",
        address="ab12" * 16,
        region="europe",
        running=True,
        clock_ns=(1_231_006_505 + 110) * SECOND,
        skew_s=90.0,
        hashes=1_234_000.0,
        disk_blocks=4,
        head=hash_of("c003"),
        height=3,
        chain_work=300_000.0,
        tree=tree(),
        tree_blocks=5,
        orphans=1,
        requests=2,
        mempool=TRANSFERS,
        mempool_count=2,
        ledger=(
            Account("client1", 1000 * COIN + 1, 4),
            Account("dave", 50 * COIN + 5_000_000, 0),
            Account("bob", 50 * COIN, 0),
        ),
        ledger_count=3,
        supply=1100 * COIN + 5_000_001,
        balance=50 * COIN,
        state_root="cd34" * 16,
        peers=(
            Peer("alice", 60.0, 41, 20_500, True, ()),
            Peer("carol", 180.4, 1_234, 999_000, False, ("delay:bob", "loss:")),
            Peer("dave", 60.0, 8, 709, False, ()),
        ),
    )
    return replace(made, **changes)


HEADER = BlockHeader(
    0x2000_0000,
    bytes.fromhex(hash_of("b002"))[::-1],
    bytes.fromhex("fe" * 32),
    1_231_006_523,
    0x1E00_FFFF,
    70_000,
)
HASH = "000000" + "5a" * 27 + "c003"


def block_detail(**changes: object) -> BlockDetail:
    """A block like the third of `frames.chain`; its hash is not that of its header."""
    target = bits_to_target(HEADER.bits)
    made = BlockDetail(
        hash=HASH,
        parent=display(HEADER.parent),
        height=3,
        author="dave",
        header=HEADER.serialise(),
        version=HEADER.version,
        merkle_root=display(HEADER.merkle_root),
        time_s=HEADER.time,
        bits=HEADER.bits,
        nonce=HEADER.nonce,
        target=f"{target:064x}",
        proof_target=f"{target:064x}",
        work=float(target_to_work(target)),
        found_ns=18 * SECOND,
        interval_s=6.0,
        best=True,
        confirmations=1,
        fees=102_345,
        body=Body(b"", 444, 50 * COIN + 102_345, TRANSFERS),
        arrivals=(
            Arrival("dave", 0, None),
            Arrival("carol", 120 * MILLISECOND, "dave"),
            Arrival("alice", 250 * MILLISECOND, "carol"),
        ),
        children=(TreeBlock(hash_of("d004"), HASH, 4, "alice", True),),
    )
    return replace(made, **changes)
