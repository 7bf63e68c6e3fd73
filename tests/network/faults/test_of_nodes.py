"""Nodes that freeze, lose their last writes, have a bit flipped in memory, or censor."""

from powclock.network.faults.censor import Censor
from powclock.network.faults.memory import MemoryFlips
from powclock.network.faults.nodes import Crash, Pause
from powclock.network.host import INBOX_BYTES_MAX, Host
from powclock.record.attack_events import TransactionsLeftOut
from powclock.record.camera import Camera
from powclock.record.events import (
    MemoryFlipped,
    NodeFrozen,
    NodeThawed,
    NodeUp,
    Resynced,
    StateCorrupted,
    TransactionConfirmed,
    TransactionSent,
)
from tests.scenarios.races import race, scenario


def test_a_frozen_node_says_nothing_and_catches_up_at_once() -> None:
    with race(scenario(nodes={"count": 4})) as running:
        running.run(20)
        pause = Pause(nodes=("bob",))
        running.begin(pause)
        begun = len(running.records)
        before = running.nodes()["bob"].head
        running.run(40)
        said = [type(r.event) for r in running.records[begun:] if r.node == "bob"]
        assert said == []
        assert running.nodes()["bob"].head is before
        assert running.world.reach.hash_rate("bob").nominal == 0
        running.heal(pause)
        (thawed,) = running.events(NodeThawed)
        assert thawed.waited > 0
        assert running.events(NodeFrozen) == [NodeFrozen()]
        running.run(10)
        running.run_until(running.agreed, 60)
        running.check_states()


def test_a_host_keeps_what_fits_into_the_buffer_of_a_peer() -> None:
    got: list[tuple[str, bytes]] = []
    host = Host(lambda delay_ns, callback: None)
    host.boot(lambda peer, data: got.append((peer, data)))
    host.receive("ann", b"now")
    host.suspend("lid")
    host.suspend("vm")
    big = bytes(INBOX_BYTES_MAX)
    host.receive("ann", big)
    host.receive("ann", b"lost")
    host.receive("bea", b"kept")
    assert host.inbox_bytes == INBOX_BYTES_MAX
    assert host.resume("lid") is None
    assert host.resume("lid") is None
    assert host.resume("vm") == (2, 1)
    assert got == [("ann", b"now")]
    host.catch_up()
    assert got == [("ann", b"now"), ("ann", big), ("bea", b"kept")]


def test_a_crash_may_lose_the_last_writes() -> None:
    with race(scenario(nodes={"count": 4})) as running:
        running.run(60)
        disk = running.world.seat("bob").disk
        kept = list(disk)[:-3]
        crash = Crash(nodes=("bob",), lose_last=3)
        assert crash.label == "crash, last 3 lost"
        running.begin(crash)
        running.heal(crash)
        assert list(disk) == kept
        assert running.events(NodeUp)[-1] == NodeUp(blocks=len(kept))
        running.run(20)
        running.run_until(running.agreed, 60)


def test_a_flipped_bit_is_found_and_the_state_is_exact_again() -> None:
    occasions: set[str] = set()
    for seed in range(1, 13):
        with race(scenario(seed, workload={"transactions_per_s": 2})) as running:
            running.run(30)
            running.begin(MemoryFlips(nodes=("bob",)))
            assert len(running.events(MemoryFlipped)) == 1
            assert not running.nodes()["bob"].replica.ledger.sound()
            damage = [row.state for row in Camera(running.view).take(0).nodes]
            assert damage == ["mining", "damaged", *["mining"] * 4]
            running.run_until(lambda r=running: bool(r.events(Resynced)), 300)  # type: ignore[misc]
            assert running.nodes()["bob"].replica.ledger.sound()
            assert not any(node.damaged for node in running.view.nodes.values())
            occasions |= {event.occasion for event in running.events(StateCorrupted)}
            running.check_states()
    assert occasions >= {"in a steady audit", "before publishing a block"}


def test_transfers_that_a_leader_leaves_out_wait_for_another() -> None:
    what = scenario(3, nodes={"count": 4}, workload={"clients": 4, "transactions_per_s": 1})
    with race(what) as running:
        everybody = Censor(clients=("client1",))
        running.begin(everybody)
        running.run(120)
        told = running.events(TransactionsLeftOut)[-1]
        assert told.waiting > 0
        assert told.wait_s > 2 * told.others_s
        confirmed = {event.id for event in running.events(TransactionConfirmed)}
        sent = {e.id for e in running.events(TransactionSent) if e.client == "client1"}
        assert sent
        assert not confirmed & sent
        running.heal(everybody)
        running.run(60)
        confirmed = {event.id for event in running.events(TransactionConfirmed)}
        assert confirmed & sent
