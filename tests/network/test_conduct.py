"""Conduct: every refusal has its answer, and what follows from it."""

import pytest

from powclock.machine.reason import Reason
from powclock.network.conduct import (
    ANTI_DOS_BLOCKS,
    BAN_NS,
    BLOCKS,
    MESSAGES,
    TRANSACTIONS,
    Answer,
    Conduct,
)
from powclock.network.serving import FETCH_BLOCKS_MAX
from powclock.network.wire import Announce, Deliver, Fetch, Hello, Message, Request, framed
from powclock.record.events import BlockAccepted, BlockRefused, PeerDropped
from tests.builders import GENESIS, block_of, chain
from tests.network.lone import Lone

ONE, TWO = chain(2)
BAN_S = BAN_NS / 1e9
JUNK = framed(b"\xc1")


def hello(lone: Lone) -> Message:
    """What a node says when a link comes up."""
    tree = lone.replica.tree
    return Hello(GENESIS.hash, tree.head.chain_work, tuple(tree.locator()))


def test_every_reason_has_an_answer_wherever_it_can_be_given() -> None:
    assert {*BLOCKS, *TRANSACTIONS, *MESSAGES} == set(Reason)
    assert not set(MESSAGES) & {*BLOCKS, *TRANSACTIONS}


def test_what_is_temporary_or_ignored_condemns_no_block() -> None:
    harmless = {reason for reason, answer in BLOCKS.items() if answer is not Answer.DROP}
    assert {reason for reason in harmless if not reason.temporary} == {Reason.DUPLICATE}


def test_a_peer_that_is_dropped_is_not_heard_and_not_told_until_it_is_forgiven() -> None:
    lone = Lone()
    lone.gossip.receive("ann", JUNK)
    assert lone.dropped == ["ann"]
    lone.told()
    assert lone.hear("ann", Deliver(ONE)) == []
    assert lone.hear("ann", Request(blocks=(ONE.hash,))) == []
    lone.gossip.connected("ann")
    assert lone.said() == []
    assert lone.told() == []
    assert lone.hear("bea", Deliver(ONE)) == [("carl", Announce(blocks=(ONE.hash,)))]
    lone.wait(BAN_S - 1)
    assert lone.forgiven == []
    lone.wait(1)
    assert (lone.dropped, lone.forgiven) == (["ann"], ["ann"])
    lone.gossip.connected("ann")
    assert lone.said() == [("ann", hello(lone))]
    lone.take(TWO)
    assert lone.replica.head.hash == TWO.hash


def test_a_node_that_stops_forgives_nobody_afterwards() -> None:
    lone = Lone()
    lone.gossip.receive("ann", JUNK)
    lone.gossip.running = False
    lone.wait(2 * BAN_S)
    assert lone.forgiven == []


def test_what_a_dropped_peer_was_asked_for_is_asked_of_others() -> None:
    lone = Lone()
    lone.hear("ann", Announce(blocks=(ONE.hash, TWO.hash)))
    lone.hear("bea", Announce(blocks=(ONE.hash,)))
    lone.hear("ann", Announce(transactions=(bytes(32),)))
    lone.gossip.receive("ann", JUNK)
    assert lone.said() == [("bea", Request(blocks=(ONE.hash,), transactions=(ONE.hash,)))]
    assert lone.gossip.waiting == (1, 0)


def test_the_orphans_of_a_dropped_peer_go_and_somebody_else_is_asked_soon() -> None:
    lone = Lone()
    three = block_of(TWO.hash, 3)
    lone.hear("ann", Deliver(TWO))
    lone.hear("bea", Deliver(three))
    assert lone.gossip.waiting == (0, 2)
    lone.gossip.receive("ann", JUNK)
    assert lone.gossip.waiting == (0, 1)
    assert lone.wait(2) == [("bea", Fetch((GENESIS.hash,)))]


LONG = chain(ANTI_DOS_BLOCKS + 5)


@pytest.mark.parametrize(("height", "accepted"), [(4, False), (5, True), (6, True)])
def test_a_block_far_below_the_head_is_refused_unless_asked_for(
    height: int, accepted: bool
) -> None:
    lone = Lone()
    lone.take(*LONG)
    parent = LONG[height - 2]
    old = block_of(parent.hash, height, author="other")
    assert lone.hear("bea", Deliver(old)) == []
    assert lone.told() == [
        BlockAccepted(old.hash[::-1].hex(), height, "other", "bea")
        if accepted
        else BlockRefused(
            old.hash[::-1].hex(), "bea", "too-little-chainwork", "nobody asked for it"
        )
    ]
    assert (old.hash in lone.replica.tree) is accepted
    assert not lone.replica.condemned(old.hash)
    assert lone.dropped == []


def test_old_blocks_are_taken_when_they_answer_a_request() -> None:
    lone = Lone()
    lone.take(*LONG)
    old = block_of(GENESIS.hash, 1, author="other")
    lone.hear("bea", Announce(blocks=(old.hash,)))
    lone.take(old, peer="bea")
    assert old.hash in lone.replica.tree


def test_so_many_old_blocks_are_taken_as_one_fetch_or_hello_asks_for() -> None:
    lone = Lone()
    lone.take(*LONG)
    lone.gossip.connected("bea")
    olds = [block_of(GENESIS.hash, 1, nonce=number) for number in range(1, FETCH_BLOCKS_MAX + 2)]
    lone.take(*olds[:-1], peer="bea")
    assert all(old.hash in lone.replica.tree for old in olds[:-1])
    lone.hear("bea", Deliver(olds[-1]))
    lone.hear("carl", Deliver(olds[-1]))
    assert [event.reason for event in lone.told() if isinstance(event, BlockRefused)] == [
        "too-little-chainwork",
        "too-little-chainwork",
    ]


def test_who_is_no_peer_any_more_is_forgotten() -> None:
    peers: dict[str, None] = {"ann": None}
    conduct = Conduct(peers)
    conduct.asked("ann", 1)
    conduct.delivered("ann", ONE.hash)
    assert len(conduct) == 1
    del peers["ann"]
    peers["bea"] = None
    conduct.asked("bea", 1)
    conduct.delivered("bea", TWO.hash)
    assert len(conduct) == 1
    assert list(conduct.reached()) == [TWO.hash]
    assert (conduct.spend("ann"), conduct.spend("bea"), conduct.spend("bea")) == (
        False,
        True,
        False,
    )
    conduct.drop("bea")
    assert list(conduct.reached()) == []


def test_one_offence_is_told_once() -> None:
    lone = Lone()
    lone.gossip.receive("ann", JUNK)
    lone.gossip.receive("ann", JUNK)
    drops = [event for event in lone.told() if isinstance(event, PeerDropped)]
    assert drops == [PeerDropped("ann", "malformed-message")]
