"""Gossip: every conversation of one node, message by message."""

import pytest

from powclock.machine.block import Block
from powclock.machine.header import display
from powclock.machine.reason import Reason
from powclock.network.pending import ASKED_MAX, ORPHANS_MAX
from powclock.network.serving import FETCH_BLOCKS_MAX
from powclock.network.wire import (
    CHECKSUM_BYTES,
    Announce,
    Deliver,
    Fetch,
    Hello,
    Pass,
    Request,
    encode,
    framed,
)
from powclock.record.events import (
    BlockAccepted,
    BlockHeld,
    BlockRefused,
    HeadMoved,
    MessageRefused,
    PeerDropped,
    Reorg,
    TransactionRefused,
)
from tests.builders import GENESIS, block_of, chain, transfer, with_body
from tests.network.lone import Lone

ONE, TWO, THREE = chain(3)
RIVAL = block_of(GENESIS.hash, 1, author="other")
PAID = transfer("alice")


def announced(*hashes: bytes) -> Announce:
    return Announce(blocks=hashes)


def test_a_block_is_announced_requested_delivered_and_announced() -> None:
    lone = Lone()
    assert lone.hear("ann", announced(ONE.hash)) == [("ann", Request(blocks=(ONE.hash,)))]
    assert lone.hear("bea", announced(ONE.hash)) == []
    assert lone.hear("ann", Deliver(ONE)) == [
        ("bea", announced(ONE.hash)),
        ("carl", announced(ONE.hash)),
    ]
    assert lone.told() == [
        BlockAccepted(display(ONE.hash), 1, "miner", "ann"),
        HeadMoved(display(ONE.hash), 1, lone.replica.ledger.state_root.hex()),
    ]
    assert lone.hear("carl", announced(ONE.hash)) == []
    assert lone.wait(10) == []


def test_a_request_that_is_not_answered_goes_to_the_next_announcer() -> None:
    lone = Lone()
    assert lone.hear("ann", announced(ONE.hash)) == [("ann", Request(blocks=(ONE.hash,)))]
    lone.hear("bea", announced(ONE.hash))
    again = Request(blocks=(ONE.hash,), transactions=(ONE.hash,))
    assert lone.wait(1.9) == []
    assert lone.wait(0.2) == [("bea", again)]
    assert lone.wait(60) == []
    assert lone.hear("ann", announced(ONE.hash)) == [("ann", Request(blocks=(ONE.hash,)))]


def test_a_node_that_stopped_asks_for_nothing() -> None:
    lone = Lone()
    lone.hear("ann", announced(ONE.hash))
    lone.hear("bea", announced(ONE.hash))
    lone.gossip.running = False
    assert lone.wait(10) == []


def test_duplicates_and_things_nobody_asked_for_do_no_harm() -> None:
    lone = Lone()
    lone.take(ONE)
    for _ in range(3):
        assert lone.hear("bea", Deliver(ONE)) == []
    assert lone.told() == []
    assert lone.hear("bea", Deliver(TWO)) == [
        ("ann", announced(TWO.hash)),
        ("carl", announced(TWO.hash)),
    ]
    assert lone.replica.head.hash == TWO.hash


def test_an_orphan_waits_while_its_ancestors_are_fetched() -> None:
    lone = Lone()
    assert lone.hear("ann", Deliver(THREE)) == [("ann", Fetch((GENESIS.hash,)))]
    assert lone.hear("bea", Deliver(TWO)) == []  # one fetch at a time
    assert lone.told() == [
        BlockHeld(display(THREE.hash), display(TWO.hash), "ann"),
        BlockHeld(display(TWO.hash), display(ONE.hash), "bea"),
    ]
    assert lone.hear("bea", announced(THREE.hash, TWO.hash)) == []
    assert lone.hear("ann", Deliver(ONE)) == [
        ("bea", announced(ONE.hash)),
        ("carl", announced(ONE.hash)),
        ("ann", announced(TWO.hash)),
        ("carl", announced(TWO.hash)),
        ("bea", announced(THREE.hash)),
        ("carl", announced(THREE.hash)),
    ]
    assert [type(event) for event in lone.told()] == [BlockAccepted, HeadMoved] * 3
    assert lone.wait(10) == []


def test_a_fetch_is_repeated_until_the_ancestors_are_there() -> None:
    lone = Lone()
    lone.hear("bea", Deliver(THREE))
    assert lone.wait(2) == [("bea", Fetch((GENESIS.hash,)))]
    assert lone.wait(2) == [("bea", Fetch((GENESIS.hash,)))]
    lone.hear("ann", Deliver(ONE))
    lone.hear("ann", Deliver(TWO))
    assert lone.replica.head.hash == THREE.hash
    assert lone.wait(10) == []


def test_a_long_branch_is_fetched_piece_by_piece_though_another_is_heavier() -> None:
    lone = Lone()
    ours = chain(4)
    lone.take(*ours)
    theirs = chain(3, block_of(GENESIS.hash, 1, author="other"), 1, author="other")
    rival = block_of(GENESIS.hash, 1, author="other")
    own = (ours[3].hash, ours[2].hash, ours[1].hash, ours[0].hash, GENESIS.hash)
    assert lone.hear("ann", Deliver(theirs[2])) == [("ann", Fetch(own))]
    lone.hear("ann", Deliver(rival))
    assert lone.wait(2) == [("ann", Fetch((rival.hash, *own)))]
    lone.hear("bea", Deliver(theirs[0]))
    assert lone.wait(2) == [("ann", Fetch((theirs[0].hash, rival.hash, *own)))]
    lone.hear("ann", Deliver(theirs[0]))  # known by now, but so far has ann got
    assert lone.wait(2) == [("ann", Fetch((theirs[0].hash, *own)))]
    for peer in ("ann", "bea"):
        lone.hear(peer, Deliver(ours[3]))  # is on the best chain anyway
    assert lone.wait(2) == [("ann", Fetch(own))]


def test_an_orphan_whose_parent_does_not_exist_is_given_up() -> None:
    lone = Lone()
    lone.hear("ann", Deliver(block_of(bytes(32), 9)))
    lone.hear("bea", Deliver(block_of(bytes(32), 9, author="other")))
    asked = [peer for peer, _ in lone.wait(120)]
    assert asked == ["ann", "bea"] * ASKED_MAX + ["ann", "bea"]
    assert len(lone.gossip._orphans) == 0


def test_a_hundred_orphans_are_connected_at_once() -> None:
    lone = Lone()
    first, *rest = chain(ORPHANS_MAX + 1)
    lone.take(*rest)
    lone.take(first)
    assert lone.replica.head.hash == rest[-1].hash


def test_a_reorg_is_told_with_its_depth() -> None:
    lone = Lone()
    two = block_of(RIVAL.hash, 2, author="other")
    lone.take(ONE, RIVAL)
    assert lone.replica.head.hash == ONE.hash
    assert lone.hear("bea", Deliver(two)) == [
        ("ann", announced(two.hash)),
        ("carl", announced(two.hash)),
    ]
    assert lone.told() == [
        BlockAccepted(display(two.hash), 2, "other", "bea"),
        Reorg(
            hash=display(two.hash),
            height=2,
            old=display(ONE.hash),
            fork=display(GENESIS.hash),
            depth=1,
            connected=2,
            state_root=lone.replica.ledger.state_root.hex(),
        ),
    ]


def test_a_rival_that_is_not_heavier_is_kept_and_not_announced() -> None:
    lone = Lone()
    lone.take(ONE)
    assert lone.hear("ann", Deliver(RIVAL)) == []
    assert lone.told() == [BlockAccepted(display(RIVAL.hash), 1, "other", "ann")]
    assert lone.hear("bea", Request(blocks=(RIVAL.hash,))) == [("bea", Deliver(RIVAL))]


PAYING = block_of(GENESIS.hash, 1, (PAID, transfer("alice", nonce=1)))
MUTATED = with_body(PAYING, (*PAYING.transactions, PAYING.transactions[1]))
assert MUTATED.hash == PAYING.hash


@pytest.mark.parametrize(
    ("body", "reason", "detail"),
    [
        (MUTATED, "bad-txns-duplicate", "the list repeats its tail (CVE-2012-2459)"),
        (with_body(PAYING, ()), "bad-txnmrklroot", ""),
    ],
)
def test_a_wrong_body_does_not_condemn_its_header(body: Block, reason: str, detail: str) -> None:
    lone = Lone()
    lone.hear("ann", announced(PAYING.hash))
    lone.hear("bea", announced(PAYING.hash))
    assert lone.hear("ann", Deliver(body)) == [("bea", Request(blocks=(PAYING.hash,)))]
    assert lone.told() == [
        BlockRefused(display(PAYING.hash), "ann", reason, detail),
        PeerDropped("ann", reason),
    ]
    lone.hear("bea", Deliver(PAYING))
    assert lone.replica.head.hash == PAYING.hash
    assert lone.disk[PAYING.hash] == PAYING
    assert lone.disk.frame(PAYING.hash) == encode(Deliver(PAYING))


def test_a_temporary_refusal_is_forgotten() -> None:
    lone = Lone()
    lone.rule.refusals[ONE.hash] = Reason.TIME_TOO_NEW
    lone.hear("ann", announced(ONE.hash))
    assert lone.hear("ann", Deliver(ONE)) == []
    assert lone.told() == [BlockRefused(display(ONE.hash), "ann", "time-too-new", "told so")]
    assert lone.replica.head.hash == GENESIS.hash
    lone.rule.refusals.clear()
    assert lone.hear("ann", Deliver(TWO)) == [("ann", Fetch((GENESIS.hash,)))]
    lone.hear("ann", Deliver(ONE))
    assert lone.replica.head.hash == TWO.hash


def test_a_final_refusal_is_not_asked_for_elsewhere() -> None:
    lone = Lone()
    lone.rule.refusals[ONE.hash] = Reason.HIGH_HASH
    lone.hear("ann", announced(ONE.hash))
    lone.hear("bea", announced(ONE.hash))
    assert lone.hear("ann", Deliver(ONE)) == []
    assert lone.told() == [
        BlockRefused(display(ONE.hash), "ann", "high-hash", "told so"),
        PeerDropped("ann", "high-hash"),
    ]
    assert lone.wait(10) == []


def test_what_can_never_be_valid_is_remembered_with_its_children() -> None:
    lone = Lone(("ann", "bea", "carl", "dora"))
    greedy = block_of(GENESIS.hash, 1, amount=1_001)
    child = block_of(greedy.hash, 2)
    refusals = [
        (greedy, "ann", "bad-cb-amount", "1001 of 1000"),
        (greedy, "bea", "duplicate-invalid", ""),
        (child, "carl", "bad-prevblk", ""),
        (child, "dora", "duplicate-invalid", ""),
    ]
    for block, peer, reason, detail in refusals:
        assert lone.hear(peer, Deliver(block)) == []
        assert lone.told() == [
            BlockRefused(display(block.hash), peer, reason, detail),
            PeerDropped(peer, reason),
        ]
    assert lone.replica.head.hash == GENESIS.hash
    assert len(lone.disk) == 0


def test_what_is_requested_is_sent_as_it_came() -> None:
    lone = Lone()
    frame = encode(Deliver(ONE))
    lone.gossip.receive("ann", frame)
    lone.said()
    lone.gossip.receive("bea", encode(Request(blocks=(bytes(32), ONE.hash, GENESIS.hash))))
    assert len(lone.frames) == 1
    assert lone.frames[0][0] == "bea"
    assert lone.frames[0][1] is frame


def test_who_is_behind_gets_what_is_missing() -> None:
    lone = Lone()
    lone.take(ONE, TWO, THREE)
    genesis = GENESIS.hash
    assert lone.hear("ann", Hello(genesis, 0, (genesis,))) == [
        ("ann", Deliver(ONE)),
        ("ann", Deliver(TWO)),
        ("ann", Deliver(THREE)),
    ]
    assert lone.hear("ann", Hello(genesis, 3, (TWO.hash, genesis))) == [("ann", Deliver(THREE))]
    assert lone.hear("ann", Hello(genesis, 4, (THREE.hash, genesis))) == []
    assert lone.hear("ann", Hello(genesis, 9, (bytes(32), genesis))) == []
    assert lone.hear("ann", Fetch((TWO.hash, ONE.hash, genesis))) == [("ann", Deliver(THREE))]
    assert lone.hear("ann", Fetch((RIVAL.hash,))) == [
        ("ann", Deliver(ONE)),
        ("ann", Deliver(TWO)),
        ("ann", Deliver(THREE)),
    ]
    assert lone.hear("ann", Fetch(())) == lone.hear("ann", Fetch((genesis,)))


@pytest.mark.parametrize("more", [0, 1, 2])
def test_a_long_way_is_sent_in_pieces(more: int) -> None:
    lone = Lone()
    blocks = chain(FETCH_BLOCKS_MAX + more)
    lone.take(*blocks)
    sent = lone.hear("ann", Fetch((GENESIS.hash,)))
    assert sent[:FETCH_BLOCKS_MAX] == [("ann", Deliver(block)) for block in blocks[:128]]
    assert sent[FETCH_BLOCKS_MAX:] == ([("ann", announced(blocks[-1].hash))] if more else [])


def test_a_node_says_how_far_it_is_when_a_link_comes_up() -> None:
    lone = Lone()
    lone.take(ONE, TWO)
    lone.gossip.connected("dora")
    assert lone.said() == [("dora", Hello(GENESIS.hash, 3, (TWO.hash, ONE.hash, GENESIS.hash)))]


def test_a_transfer_spreads_like_a_block() -> None:
    lone = Lone()
    spread = Announce(transactions=(PAID.id,))
    assert lone.hear("ann", spread) == [("ann", Request(transactions=(PAID.id,)))]
    assert lone.hear("ann", Pass(PAID)) == [("bea", spread), ("carl", spread)]
    assert PAID.id in lone.replica.mempool
    assert lone.hear("bea", spread) == []
    assert lone.hear("bea", Pass(PAID)) == []
    assert lone.told() == []
    assert lone.hear("bea", Request(transactions=(PAID.id, bytes(32)))) == [("bea", Pass(PAID))]
    lone = Lone()
    lone.gossip.on_transaction(PAID, None)
    assert lone.said() == [(peer, spread) for peer in ("ann", "bea", "carl")]


def test_a_transfer_that_breaks_a_rule_is_refused_by_reason() -> None:
    lone = Lone()
    poor = transfer("bob")
    assert lone.hear("ann", Pass(poor)) == []
    lone.gossip.on_transaction(poor, None)
    foreign = transfer("alice", chain_id=8)
    lone.hear("bea", Pass(foreign))
    assert lone.told() == [
        TransactionRefused(display(poor.id), "ann", "bad-txns-in-belowout"),
        TransactionRefused(display(poor.id), "client", "bad-txns-in-belowout"),
        TransactionRefused(display(foreign.id), "bea", "bad-txns-chain-id"),
        PeerDropped("bea", "bad-txns-chain-id"),
    ]
    assert len(lone.replica.mempool) == 0


def test_bytes_that_are_no_message_are_refused_by_reason_and_change_nothing() -> None:
    lone = Lone("abcdef")
    whole = encode(Deliver(ONE))
    payload = whole[CHECKSUM_BYTES:]
    cut, longer, junk = framed(payload[:-1]), framed(payload + b"!"), framed(b"\xc1")
    lone.gossip.receive("f", whole[:-1])
    for peer, data in zip("abcde", (b"", cut, longer, junk, bytes(300_000)), strict=True):
        lone.gossip.receive(peer, data)
    assert lone.told() == [
        MessageRefused("f", "bad-checksum", len(whole) - 1),
        MessageRefused("a", "truncated-message", 0),
        PeerDropped("a", "truncated-message"),
        MessageRefused("b", "truncated-message", len(whole) - 1),
        PeerDropped("b", "truncated-message"),
        MessageRefused("c", "trailing-bytes", len(whole) + 1),
        PeerDropped("c", "trailing-bytes"),
        MessageRefused("d", "malformed-message", CHECKSUM_BYTES + 1),
        PeerDropped("d", "malformed-message"),
        MessageRefused("e", "oversized-message", 300_000),
        PeerDropped("e", "oversized-message"),
    ]
    assert lone.said() == []
    assert len(lone.replica.tree) == 1
