"""What a misbehaving peer can do to a node: the scene of every case, and what must come of it.

A node with the real rule holds thirteen blocks. Mallory sends something; nothing in the node may
change, the answer must be the one that is stated, and afterwards an honest peer delivers the true
next block, which must become the head: what a forgery looks like must not condemn it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import msgpack

from powclock.clock.streams import Stream
from powclock.election.difficulty import BitcoinDifficulty
from powclock.election.proof_of_work import ProofOfWork
from powclock.machine.block import Block
from powclock.machine.header import display
from powclock.machine.merkle import merkle_root
from powclock.machine.transaction import Transaction
from powclock.mining.hash_rate import HashRate
from powclock.mining.miner import GrindingMiner
from powclock.network.conduct import Answer
from powclock.network.wire import CHECKSUM_BYTES, Announce, Deliver, Message, encode, framed
from powclock.record.events import (
    AnyEvent,
    BlockRefused,
    MessageRefused,
    PeerDropped,
    TransactionRefused,
)
from tests.builders import (
    EASY_BITS,
    EASY_LIMIT,
    GENESIS,
    GENESIS_TIME,
    INTERVAL_S,
    block_of,
    mined,
    transfer,
)
from tests.network.lone import Lone

DROP, IGNORE, TEMPORARY = Answer.DROP, Answer.IGNORE, Answer.TEMPORARY
HEIGHT = 14
FUTURE_LIMIT_S = HEIGHT * INTERVAL_S  # the true block is just not too far ahead


def _base() -> list[Block]:
    blocks = [GENESIS]
    for height in range(1, HEIGHT):
        paid = (transfer("alice"),) if height == 1 else ()
        blocks.append(mined(block_of(blocks[-1].hash, height, paid)))
    return blocks[1:]


BASE = _base()
TIP = BASE[-1]
SPENT = transfer("alice")
PAYS = (transfer("alice", nonce=1), transfer("alice", nonce=2))
TRUE = mined(block_of(TIP.hash, HEIGHT, PAYS))
MEDIAN_S = GENESIS_TIME + (HEIGHT - 6) * INTERVAL_S  # of the eleven blocks up to the tip


def scene() -> Lone:
    """A node that holds the base, as seen by ann, bea and mallory."""
    rate = HashRate(0.0, 0.0, Stream(1, "abuses"), lambda: 0)
    rule = ProofOfWork(
        BitcoinDifficulty(INTERVAL_S, 2016, EASY_BITS, EASY_LIMIT),
        GrindingMiner(rate, lambda: 0),
        limit=EASY_LIMIT,
        future_limit_s=FUTURE_LIMIT_S,
    )
    lone = Lone(("ann", "bea", "mallory", "zed"), rule=rule)
    lone.take(*BASE)
    assert lone.replica.head.hash == TIP.hash
    return lone


def reproved(block: Block, **header: Any) -> Block:
    """The block with a header that fits its body, but for the given fields, and a new proof."""
    root, _ = merkle_root(block.leaves())
    changed = replace(block, header=replace(block.header, merkle_root=root, **header))
    return mined(changed)


def with_transfers(*transfers: Transaction) -> Block:
    """A proven block on the tip with other transfers than the true one."""
    return reproved(replace(TRUE, transactions=transfers))


def delivered(**fields: Any) -> bytes:
    """The true block with some of its raw fields replaced, behind a right checksum."""
    raw = list(msgpack.unpackb(encode(Deliver(TRUE))[CHECKSUM_BYTES:]))
    for place, value in fields.items():
        raw[("kind", "header", "seal", "coinbase", "transfers").index(place)] = value
    return framed(msgpack.packb(raw))


@dataclass(frozen=True)
class Abuse:
    """Something that mallory sends, the reason and the answer that it gets.

    `core` names Bitcoin Core's counterpart: a functional test, or a reject reason. `before` is what
    zed sends first. `reason` is empty where nothing is refused; `orphans` and `requests` are what
    waits in the end.
    """

    name: str
    sends: Message | bytes
    reason: str
    answer: Answer
    core: str
    before: Sequence[Message] = ()
    orphans: int = 0
    requests: int = 0


def state(lone: Lone) -> tuple[object, ...]:
    """All that a refusal must leave as it was, but for what the node waits for."""
    replica = lone.replica
    return (
        replica.head.hash,
        replica.ledger.state_root,
        list(replica.tree.entries),
        sorted(transaction.id for transaction in replica.mempool),
        list(lone.disk),
    )


def reasons(events: Sequence[AnyEvent]) -> list[tuple[str, str]]:
    """Who was refused something for which reason."""
    return [
        (event.peer, event.reason)
        for event in events
        if isinstance(event, BlockRefused | MessageRefused | TransactionRefused)
    ]


def play(abuse: Abuse) -> None:
    """Let mallory do it, and see what comes of it."""
    lone = scene()
    for message in abuse.before:
        lone.hear("zed", message)
    lone.told()
    before = state(lone)
    sent = abuse.sends if isinstance(abuse.sends, bytes) else encode(abuse.sends)
    lone.gossip.receive("mallory", sent)
    lone.said()
    told = lone.told()
    assert state(lone) == before
    assert reasons(told) == ([("mallory", abuse.reason)] if abuse.reason else [])
    drops = [event for event in told if isinstance(event, PeerDropped)]
    dropped = [PeerDropped("mallory", abuse.reason)] if abuse.answer is DROP else []
    assert drops == dropped
    assert lone.gossip.waiting == (abuse.requests, abuse.orphans)
    check_bounds(lone)
    # It is what is stated that decides whether mallory is heard from now on.
    said = lone.hear("mallory", Announce(blocks=(bytes(31) + b"\x99",)))
    assert bool(said) is (abuse.answer is not DROP)
    take_true_block(lone)


def take_true_block(lone: Lone) -> None:
    """An honest peer delivers the true block, and it becomes the head."""
    lone.hear("ann", Announce(blocks=(TRUE.hash,)))
    lone.hear("ann", Deliver(TRUE))
    assert lone.replica.head.hash == TRUE.hash, lone.told()
    assert not lone.replica.condemned(TRUE.hash)
    assert "ann" not in lone.dropped


def check_bounds(lone: Lone) -> None:
    """Every queue that a peer can make longer keeps its bound."""
    for name, length, bound in lone.gossip.queues():
        assert length <= bound, name


def told_hash(block: Block) -> str:
    """A block's hash as events show it."""
    return display(block.hash)
