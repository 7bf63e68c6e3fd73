"""One event of each kind."""

from powclock.record.attack_events import AttackMoved, TransactionsLeftOut
from powclock.record.events import (
    AnyEvent,
    BlockAccepted,
    BlockFound,
    BlockHeld,
    BlockRefused,
    DifficultyChanged,
    Equivocation,
    FaultOff,
    FaultOn,
    ForkOpened,
    HeadMoved,
    JournalRead,
    LeaderElected,
    LinksChanged,
    MemoryFlipped,
    MessageRefused,
    NodeDown,
    NodeFrozen,
    NodeJoined,
    NodeLeft,
    NodeThawed,
    NodeUp,
    PeerDropped,
    PeersFound,
    RaceStarted,
    Record,
    Reorg,
    Resynced,
    Sampled,
    StateCorrupted,
    StateMoved,
    StatesCompared,
    TransactionConfirmed,
    TransactionRefused,
    TransactionReturned,
    TransactionSent,
)
from powclock.record.facts import (
    ChainInfo,
    DifferingAccount,
    LinkInfo,
    NodeInfo,
    NodeSample,
    StateGroup,
)

A, B, C = "00" * 30 + "aaaa", "00" * 30 + "bbbb", "00" * 30 + "cccc"
ROOT = "ee" * 32
ALICE = NodeInfo("alice", "ab" * 32, "europe", 1_000.0)
BOB = NodeInfo("bob", "cd" * 32, "", 3_000.5)
CHAIN = ChainInfo(
    chain_id=9,
    subsidy=5_000,
    halving_interval=100,
    transactions_max=50,
    difficulty="asert",
    interval_s=5,
    half_life_s=60,
    window=16,
    initial_bits=0x1D00FFFF,
    limit_bits=0x2000FFFF,
    future_limit_s=60,
    allocation=(("ab" * 32, 1_000),),
)
LINK = LinkInfo("alice", "bob", 40.0)

# Each with the line that tells it: kind and text; None where it is not notable.
EXAMPLES: list[tuple[AnyEvent, str | None, tuple[str, str] | None]] = [
    (
        RaceStarted(
            version="0.1.0",
            scenario="test",
            seed=7,
            rule="pow",
            miner="grinding",
            interval_s=5.0,
            genesis=A,
            genesis_header="00" * 80,
            proof_scale=1,
            chain=CHAIN,
            wander=0.1,
            nodes=(ALICE, BOB),
            links=(LINK,),
        ),
        None,
        ("start", "2 nodes race by pow"),
    ),
    (NodeUp(3), "alice", ("up", "alice is up with 3 blocks on disk")),
    (NodeDown(), "alice", None),
    (NodeFrozen(), "alice", ("fault", "alice is frozen")),
    (NodeThawed(9, 3), "alice", ("heal", "alice thaws, handles 9 late, 3 were lost")),
    (
        MemoryFlipped("ab" * 32, "client1", "balance", 17),
        "alice",
        ("memory", "alice has bit 17 of client1's balance flipped"),
    ),
    (
        StateCorrupted("in a steady audit", ROOT),
        "alice",
        ("memory", "alice finds its root …eeee wrong in a steady audit"),
    ),
    (Resynced(A, 7, ROOT), "alice", ("heal", "alice re-syncs 7 blocks, root …eeee")),
    (NodeJoined(BOB, (LINK,)), "bob", ("join", "bob joins, 1 peer")),
    (NodeLeft((LINK,)), "bob", None),
    (LinksChanged(made=(LINK,)), None, None),
    (BlockFound(B, A, 1, "11" * 80, 0x1E00FFFF, 70_000, 3, 12), "alice", None),
    (BlockAccepted(B, 1, "alice", "alice"), "bob", None),
    (BlockHeld(C, B, "alice"), "bob", ("orphan", "bob holds cccc, asks for bbbb")),
    (
        BlockRefused(B, "bob", "high-hash", "detail"),
        "alice",
        ("refused", "alice refuses bbbb of bob: high-hash"),
    ),
    (
        Equivocation("bob", "00" * 32, 7, 8, B, C),
        "alice",
        ("evidence", "alice has evidence: bob sealed bbbb and cccc in slot 7"),
    ),
    (
        MessageRefused("bob", "trailing-bytes", 100),
        "alice",
        ("refused", "alice refuses bytes of bob: trailing-bytes"),
    ),
    (
        TransactionRefused(C, "bob", "mempool-full"),
        "alice",
        ("refused", "alice refuses transaction cccc of bob: mempool-full"),
    ),
    (PeerDropped("bob", "high-hash"), "alice", ("drop", "alice drops bob: high-hash")),
    (PeersFound((LINK,)), "alice", ("join", "alice finds bob instead")),
    (HeadMoved(B, 1, ROOT), "bob", None),
    (Reorg(C, 3, B, A, 1, 2, ROOT), "bob", ("reorg", "reorg bob −1 +2  bbbb → cccc")),
    (StateMoved(C, 7, ROOT), "bob", None),
    (JournalRead(7, ROOT), "bob", ("up", "bob reads 7 transactions in its journal")),
    (
        StatesCompared(
            groups=(StateGroup(ROOT, ("alice", "carol")), StateGroup(A, ("bob",))),
            differing=(DifferingAccount("client1", (4, 3), (1, 2)),),
            since_s=2.5,
            regrouped=True,
        ),
        None,
        ("states", "states differ: 2 replicas say …eeee, bob says …aaaa; 1 account differs"),
    ),
    (LeaderElected("alice", 4, B, 2.345, 70_000), None, ("tick", "tick 4 → alice +2.3 s")),
    (ForkOpened(A, 5, (B, C)), None, ("fork", "fork at 4: bbbb vs cccc")),
    (DifficultyChanged(9, 80_000, -0.125), None, ("difficulty", "difficulty −12 % at 9")),
    (TransactionSent(A, "client1", 5, 1), "alice", None),
    (TransactionConfirmed(A, B, 3, 1.5), None, None),
    (TransactionReturned(A, B), None, None),
    (
        FaultOn("loss:bob:alice", "loss", "loss 30%", ("bob", "alice")),
        None,
        ("fault", "loss 30% on: bob alice"),
    ),
    (
        FaultOff("loss:bob:alice", "loss", "loss 30%", 12.6),
        None,
        ("heal", "loss 30% off: bob alice after 13 s"),
    ),
    (
        AttackMoved("selfish:mallory", "mallory", "withholds", 2, 1, 2, 5, 3),
        None,
        ("attack", "mallory withholds  2 : 1 in secret"),
    ),
    (
        TransactionsLeftOut("censor:mallory", "mallory", 3, 23.4, 7.6),
        None,
        ("attack", "mallory leaves out 3 transactions; such wait 23 s, others 8 s"),
    ),
    (Sampled((NodeSample("alice", 1.5, 10.0, 3, 4, 1, -0.5),), 9, 900), None, None),
]

RECORDS = [
    Record(number, 1_000_000_000 * number, node, event)
    for number, (event, node, _) in enumerate(EXAMPLES)
]
