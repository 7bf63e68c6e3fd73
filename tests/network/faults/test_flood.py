"""Floods of junk: refused by reason, bounded at both ends, and the race goes on."""

from collections import Counter

import pytest

from powclock.clock.virtual_loop import NANOSECONDS
from powclock.machine.block import Block
from powclock.machine.reason import Invalid, Reason
from powclock.machine.target import bits_to_target
from powclock.network.conduct import ANTI_DOS_BLOCKS
from powclock.network.faults.flood import BLOCKS_KEPT, BYTES_MAX, Flood, JunkMaker
from powclock.network.faults.nodes import Crash, Leave
from powclock.network.serving import FETCH_BLOCKS_MAX
from powclock.network.wire import Deliver, Pass, decode
from powclock.race.witness import WorldWitness
from powclock.record.events import (
    BlockAccepted,
    BlockRefused,
    MessageRefused,
    PeerDropped,
    TransactionRefused,
)
from tests.scenarios.races import Race, race, scenario

STILL = scenario(
    nodes={"count": 5, "wander": 0},
    difficulty={"interval_s": 2},
    links={"topology": "full_mesh"},
    workload={"transactions_per_s": 1},
)


def maker(running: Race, node: str = "bob") -> JunkMaker:
    """Makes a node's junk outside of a flood."""
    return JunkMaker(running.world.reach, node, running.world.reach.stream("test"))


def made(running: Race, junk: JunkMaker, count: int) -> list[Block]:
    """Cheap blocks of a maker, as their receivers read them."""
    head = running.nodes()["bob"].head
    messages = [decode(junk.make("headers", head)) for _ in range(count)]
    return [message.block for message in messages if isinstance(message, Deliver)]


def queues(running: Race) -> list[tuple[str, float, float]]:
    """Every queue of every node: name, length and bound."""
    witness = WorldWitness(running.world)
    return [
        (queue.name, queue.length, queue.bound)
        for node in running.nodes()
        for queue in witness.queues(node)
    ]


def test_bytes_are_noise_with_and_without_a_right_checksum() -> None:
    with race(STILL) as running:
        junk = maker(running)
        head = running.nodes()["bob"].head
        reasons: Counter[Reason] = Counter()
        for _ in range(400):
            frame = junk.make("bytes", head)
            assert 1 <= len(frame) <= BYTES_MAX + 4
            with pytest.raises(Invalid) as refused:
                decode(frame)
            reasons[refused.value.reason] += 1
        assert 120 < reasons[Reason.BAD_CHECKSUM] < 280
        assert reasons[Reason.MALFORMED] > 20


def test_headers_are_valid_blocks_where_the_rule_asks_for_least() -> None:
    with race(STILL) as running:
        running.run(120)
        node = running.nodes()["bob"]
        blocks = made(running, maker(running), 20)
        assert len({block.hash for block in blocks}) == 20
        parents = [node.head.ancestor(height) for height in range(16)]
        terms = running.world.election.work
        assert terms is not None
        targets = {
            entry.hash: bits_to_target(terms.difficulty.next_bits(entry)) for entry in parents
        }
        easiest = max(targets.values())
        for block in blocks:
            parent = node.replica.parent_of(block)
            assert parent in parents
            assert targets[parent.hash] == easiest == bits_to_target(block.header.bits)
            node.rule.verify(block, parent, node._clock.now())
            node.replica.append(block, parent, node.rule.weight(block))


def test_while_no_block_is_old_there_are_no_cheap_blocks() -> None:
    with race(STILL) as running:
        head = running.nodes()["bob"].head
        frames = [maker(running).make("headers", head) for _ in range(20)]
        for frame in frames:
            with pytest.raises(Invalid):
                decode(frame)


def test_when_its_hashes_are_spent_a_flooder_repeats_its_last_blocks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("powclock.network.faults.flood.HASHES_MAX", 2_500)
    with race(STILL) as running:
        running.run(60)
        hashes = [block.hash for block in made(running, maker(running), 400)]
        count = len(set(hashes))
        assert BLOCKS_KEPT < count < 100
        assert len(set(hashes[-200:])) == BLOCKS_KEPT
        assert set(hashes[-200:]) == set(hashes[count - BLOCKS_KEPT : count])


def test_transactions_are_well_signed_promises_of_an_account_that_has_nothing() -> None:
    with race(STILL) as running:
        junk = maker(running)
        node = running.nodes()["bob"]
        for _ in range(100):
            message = decode(junk.make("transactions", node.head))
            assert isinstance(message, Pass)
            message.transaction.check(running.world.reach.chain_id)
            assert node.replica.ledger.account(message.transaction.sender).balance == 0


def test_a_flood_sends_so_many_messages_a_second_while_its_node_runs() -> None:
    what = scenario(nodes={"count": 3, "hash_rate": 0.001}, workload={"transactions_per_s": 0})
    with race(what) as running:
        running.run(1)

        def sent_in(seconds: float) -> int:
            before, _ = running.world.traffic()
            running.run(seconds)
            return running.world.traffic()[0] - before

        assert sent_in(10) == 0
        fault = Flood(nodes=("bob",), junk="transactions", per_s=8)
        running.begin(fault)
        assert sent_in(10) == 80
        crash = Crash(nodes=("bob",))
        running.begin(crash)
        assert sent_in(10) == 0
        running.heal(crash)
        running.run(1)
        assert sent_in(10) == 80
        running.begin(Leave(nodes=("bob",)))
        running.run(1)
        assert sent_in(10) == 0
        running.heal(fault)
        running.run(1)
        assert sent_in(10) == 0


def test_transactions_without_money_are_refused_for_now_and_fill_nothing() -> None:
    with race(STILL) as running:
        running.run(5)
        running.begin(Flood(nodes=("bob",), junk="transactions", per_s=50))
        running.run(60)
        refused = [e for e in running.events(TransactionRefused) if e.peer == "bob"]
        assert len(refused) > 2_500
        assert {event.reason for event in refused} == {
            "bad-txns-in-belowout",
            "too-long-mempool-chain",
        }
        assert all(length <= bound for _, length, bound in queues(running))
        assert {length for name, length, _ in queues(running) if "mempool" in name} < set(range(40))


def test_bytes_are_refused_and_the_race_goes_on() -> None:
    with race(STILL) as running:
        running.run(5)
        running.begin(Flood(nodes=("bob",), junk="bytes", per_s=50))
        height = running.view.height
        running.run(60)
        refused = [e for e in running.events(MessageRefused) if e.peer == "bob"]
        assert {event.reason for event in refused} <= {
            "bad-checksum",
            "malformed-message",
            "truncated-message",
            "trailing-bytes",
        }
        assert running.view.height > height + 15
        dropped = running.events(PeerDropped)
        assert {event.peer for event in dropped} == {"bob"}
        assert {event.reason for event in dropped} <= {event.reason for event in refused}
        assert "bad-checksum" not in {event.reason for event in dropped}


def test_a_flood_of_headers_never_moves_a_head() -> None:
    with race(STILL) as running:
        running.run(60)
        running.begin(Flood(nodes=("bob",), junk="headers", per_s=20))
        running.run(60)
        cheap = {
            event.hash
            for event in running.events(BlockAccepted)
            if event.peer == "bob" and event.height <= 16 and event.author == "bob"
        }
        found = {event.hash for event in running.found()}
        assert len(cheap - found) > 0
        moved = {entry.hash[::-1].hex() for entry in running.nodes()["alice"].head.branch()}
        assert not moved & (cheap - found)
        assert all(length <= bound for _, length, bound in queues(running))
        running.check_states()


def test_cheap_blocks_that_nobody_asked_for_are_refused_once_the_chain_is_long() -> None:
    with race(STILL) as running:
        running.run(400)
        assert running.view.height > ANTI_DOS_BLOCKS + 20
        running.begin(Flood(nodes=("bob",), junk="headers", per_s=40))
        running.run(60)
        refused = [event for event in running.events(BlockRefused) if event.peer == "bob"]
        assert {event.reason for event in refused} == {Reason.TOO_LITTLE_CHAINWORK}
        taken = Counter(
            record.node
            for record in running.records
            if isinstance(record.event, BlockAccepted)
            and record.event.peer == "bob"
            and record.event.height <= 16
            and record.time_ns > 400 * NANOSECONDS
        )
        # What was asked for when the link came up; a flooder cannot make a node ask for more.
        assert max(taken.values()) <= FETCH_BLOCKS_MAX
        assert len(refused) > 1_000
        assert not running.events(PeerDropped)
        running.check_states()
