"""Forged blocks: each flaw is refused by its own reason, and nothing of it stays."""

from typing import get_args

import pytest

from powclock.clock.streams import Stream
from powclock.machine.header import BlockHeader
from powclock.machine.reason import Reason
from powclock.network.faults.forge import FLAWS_A_BLOCK, Flaw, Forge, Forger
from powclock.network.faults.nodes import ClockSkew, Crash
from powclock.network.wire import Deliver, encode
from powclock.race.genesis import rules_of
from powclock.race.partings import FOUND_MAX
from powclock.record.events import (
    BlockAccepted,
    BlockFound,
    BlockHeld,
    BlockRefused,
    PeerDropped,
    PeersFound,
)
from tests.builders import GENESIS, GENESIS_TIME, block_of, key, transfer
from tests.scenarios.races import race, scenario

ELECTION = rules_of(scenario(miner="grinding", nodes={"hash_rate": 0.01}), {}).election

REASONS: dict[str, set[Reason]] = {
    "proof": {Reason.HIGH_HASH},
    "bits": {Reason.BAD_DIFFBITS},
    "version": {Reason.BAD_VERSION},
    "old": {Reason.TIME_TOO_OLD},
    "future": {Reason.TIME_TOO_NEW},
    "seal": {Reason.BAD_SEAL},
    "body": {Reason.BAD_TXNMRKLROOT},
    "tail": {Reason.BAD_TXNS_DUPLICATE},
    "height": {Reason.BAD_CB_HEIGHT},
    "subsidy": {Reason.BAD_CB_AMOUNT},
    "key": {Reason.BAD_TXNS_KEY},
    "signature": {Reason.BAD_TXNS_SIGNATURE},
    "chain": {Reason.BAD_TXNS_CHAIN_ID},
    "overdraft": {Reason.BAD_TXNS_IN_BELOWOUT},
    "gap": {Reason.BAD_TXNS_NONCE_GAP},
    "replay": {Reason.BAD_TXNS_NONCE_SPENT},
}
# A child of a forged block that was refused for good.
AFTERWARDS = {Reason.DUPLICATE_INVALID, Reason.BAD_PREVBLK}

WHAT = scenario(
    3,
    nodes={"count": 4},
    links={"topology": "line"},
    difficulty={"interval_s": 3},
    workload={"transactions_per_s": 3},
)


def test_every_flaw_has_its_reason_here() -> None:
    assert set(get_args(Flaw)) == {"any", "orphan", *REASONS}


@pytest.mark.parametrize("flaw", REASONS)
def test_a_flaw_is_refused_by_its_reason(flaw: Flaw) -> None:
    with race(WHAT) as running:
        fault = Forge(nodes=("bob",), flaw=flaw)
        running.begin(fault)
        running.run(90)
        refused = running.events(BlockRefused)
        assert {event.reason for event in refused} - AFTERWARDS == REASONS[flaw]
        assert {event.peer for event in refused} == {"bob"}
        found = {event.hash for event in running.found()}
        assert found <= {event.hash for event in running.events(BlockAccepted)}
        running.heal(fault)
        until = running.now_s
        running.run(30)
        assert not running.events(BlockRefused, since_s=until + 1)
        running.run_until(running.agreed, 60)


def test_where_any_hash_is_a_proof_none_can_be_forged() -> None:
    sampled = rules_of(scenario(), {}).election
    forger = Forger(key("bob"), sampled, Stream(1, "proof"))
    block = block_of(GENESIS.hash, 1, [])  # so easy that a proof lighter than it is none
    assert forger.forge(encode(Deliver(block)), "proof") == ()


def test_an_orphan_that_leads_nowhere_is_held_and_given_up() -> None:
    with race(WHAT) as running:
        fault = Forge(nodes=("bob",), flaw="orphan")
        running.begin(fault)
        running.run(40)
        assert running.events(BlockHeld)
        running.heal(fault)
        running.run(120)
        assert [node.gossip.waiting[1] for node in running.nodes().values()] == [0] * 4
        running.run_until(running.agreed, 60)


def test_any_flaw_is_any_of_them() -> None:
    flaws = get_args(Flaw)[1:]
    by_flaw = {flaw: Forger(key("bob"), ELECTION, Stream(1, flaw)) for flaw in flaws}
    any_ = Forger(key("bob"), ELECTION, Stream(1, "any"))
    seen = set()
    for number in range(60):
        pays = [transfer("alice", nonce=number + more) for more in (0, 1)]
        frame = encode(Deliver(block_of(GENESIS.hash, 1, pays)))
        one_each = {forger.forge(frame, flaw): flaw for flaw, forger in by_flaw.items()}
        forged = any_.forge(frame, "any")
        assert len(forged) == FLAWS_A_BLOCK or number == 0  # some need a transfer of before
        seen |= {one_each[each,] for each in forged}
    assert seen == set(flaws)


def test_whoever_forges_is_dropped_and_forgiven_and_takes_part_again() -> None:
    with race(WHAT) as running:
        fault = Forge(nodes=("bob",), flaw="subsidy")
        running.begin(fault)
        running.run(60)
        running.heal(fault)
        drops = [(r.node, r.event) for r in running.records if isinstance(r.event, PeerDropped)]
        assert drops[:2] == [
            ("alice", PeerDropped("bob", "bad-cb-amount")),
            ("carol", PeerDropped("bob", "bad-cb-amount")),
        ]
        found = [(r.node, r.event) for r in running.records if isinstance(r.event, PeersFound)]
        assert [(node, [(link.a, link.b) for link in event.links]) for node, event in found] == [
            ("alice", [("alice", "carol")])  # bob had stood between them
        ]
        assert running.events(PeerDropped, since_s=25)  # forgiven after 30 s, and dropped again
        healed_s = running.now_s
        running.run(31)
        assert [link.severed for link in running.world.links()] == [False] * 8
        running.run(30)
        running.run_until(running.agreed, 60)
        assert not running.events(PeerDropped, since_s=healed_s + 1)


def test_a_node_that_stops_forgets_whom_it_dropped() -> None:
    with race(WHAT) as running:
        running.begin(Forge(nodes=("bob",), flaw="subsidy"))
        running.run_until(lambda: bool(running.events(PeerDropped)), 60)
        (alice_or_carol,) = {r.node for r in running.records if isinstance(r.event, PeerDropped)}
        assert alice_or_carol is not None
        cut = [(link.source, link.target) for link in running.world.links() if link.severed]
        assert sorted(cut) == sorted([(alice_or_carol, "bob"), ("bob", alice_or_carol)])
        crash = Crash(nodes=(alice_or_carol,))
        running.begin(crash)
        assert [link.severed for link in running.world.links()] == [False] * 8
        running.heal(crash)


def test_blocks_are_taken_by_a_clock_that_is_as_wrong_as_the_forgery() -> None:
    with race(WHAT) as running:
        running.begin(ClockSkew(nodes=("alice",), offset_s=1e6))
        running.begin(Forge(nodes=("bob",), flaw="future"))
        running.run(60)
        far = {
            r.node
            for r in running.records
            if isinstance(r.event, BlockFound)
            and BlockHeader.parse(bytes.fromhex(r.event.header)).time > GENESIS_TIME + 900_000
        }
        assert far > {"alice"}  # the author of a forged one is said to have found it
        assert not running.events(PeerDropped)


def test_where_everybody_forges_few_links_are_made_and_all_agree_in_the_end() -> None:
    what = scenario(5, nodes={"count": 7}, links={"topology": "ring"}, difficulty={"interval_s": 3})
    with race(what) as running:
        running.begin(Forge(flaw="subsidy"))
        running.run(120)
        assert len(running.events(PeerDropped)) > 30
        pairs = sum(1 for _ in running.world.links()) / 2
        assert 7 < pairs <= 7 * 6 / 2
        assert max(len(event.links) for event in running.events(PeersFound)) <= FOUND_MAX
        running.heal_all()
        running.run(40)
        running.run_until(running.agreed, 60)
