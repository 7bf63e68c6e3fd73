"""Who says the same as whom: what is told of replicas that no chain holds together."""

import pytest

from powclock.machine.header import from_display
from powclock.network.faults.conflict import Conflict
from powclock.network.faults.cuts import Isolate
from powclock.network.faults.links import Delay, Loss
from powclock.network.faults.memory import MemoryFlips
from powclock.network.faults.nodes import Crash, Join, Leave
from powclock.race import agreement
from powclock.race.agreement import ACCOUNTS_MAX, GROUPS_MAX, Agreement
from powclock.race.probe import WorldProbe
from powclock.record.camera import Camera
from powclock.record.events import StateMoved, StatesCompared, TransactionConfirmed, TransactionSent
from powclock.record.facts import StateGroup
from tests.scenarios.races import Race, race
from tests.scenarios.test_naive import naive, quiet

SILENT = {"clients": 5, "transactions_per_s": 1e-9}
ALL = ("alice", "bob", "carol", "dave", "erin", "frank")


def compared(running: Race) -> list[StatesCompared]:
    return running.events(StatesCompared)


def members(event: StatesCompared) -> list[tuple[str, ...]]:
    return [group.nodes for group in event.groups]


def told(running: Race) -> list[str]:
    return [line.text for line in running.view.lines if line.text.startswith("states")]


def test_in_fair_weather_nothing_differs_for_longer_than_messages_take() -> None:
    with race(naive(workload={"clients": 5, "transactions_per_s": 8.0})) as running:
        running.run(60)
        settling = [event for event in compared(running) if len(event.groups) > 1]
        assert len(settling) > 5
        assert all(event.settling and event.since_s < 0.3 for event in settling)
        assert not any(event.regrouped for event in compared(running))
        assert told(running) == []
        quiet(running)
        (last,) = compared(running)[-1:]
        root = running.world.replicas()["alice"].ledger.state_root.hex()
        assert last == StatesCompared(groups=(StateGroup(root, ALL),))
        assert running.view.states == last


def test_every_request_that_all_replicas_have_is_confirmed_with_its_wait() -> None:
    with race(naive()) as running:
        running.run(30)
        quiet(running)
        sent = running.events(TransactionSent)
        confirmed = running.events(TransactionConfirmed)
        assert {event.id for event in confirmed} == {event.id for event in sent}
        assert {(event.block, event.height) for event in confirmed} == {("", 0)}
        # Four spaces of 5 ms, and 40 ms with jitter over the last link.
        assert all(0.06 <= event.wait_s < 0.3 for event in confirmed)
        summary = running.driver.summary()
        assert summary.transactions_confirmed == summary.transactions_sent == len(sent)
        assert (summary.state_groups, summary.writes_missing) == (1, 0)


def test_a_request_that_comes_late_to_a_replica_that_was_down_is_not_confirmed_again() -> None:
    with race(naive()) as running:
        running.begin(Delay(nodes=("bob",), delay_ms=5_000))
        running.run(10)
        crash = Crash(nodes=("bob",))
        running.begin(crash)
        running.run(3)  # all others have what was sent meanwhile, so it is confirmed
        running.heal(crash)
        quiet(running)
        running.run(8)
        confirmed = [event.id for event in running.events(TransactionConfirmed)]
        sent = running.events(TransactionSent)
        assert sorted(confirmed) == sorted(event.id for event in sent)
        assert running.driver.summary().transactions_confirmed == len(sent)


def test_what_a_replica_missed_while_it_was_down_counts_as_lost_when_it_is_back() -> None:
    with race(naive()) as running:
        running.run(10)
        crash = Crash(nodes=("bob",))
        running.begin(crash)
        running.run(20)
        assert running.world.client_counts().lost == 0  # those that run have all
        running.heal(crash)
        quiet(running)
        lost = running.world.client_counts().lost
        assert lost == running.world.writes_missing() > 40
        assert running.view.service().clients.lost == lost
        assert running.driver.summary().service.clients.lost == lost
        confirmed = [event.id for event in running.events(TransactionConfirmed)]
        assert len(set(confirmed)) == len(confirmed)
        running.begin(crash)
        running.run(1)
        assert running.world.client_counts().lost == 0


def held(agreement: Agreement) -> int:
    """How much it remembers."""
    return sum(len(each) for each in vars(agreement).values() if isinstance(each, dict | list))


def test_what_is_remembered_of_requests_does_not_grow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(agreement, "OPEN_MAX", 40)
    with race(naive(workload={"clients": 20, "transactions_per_s": 20.0})) as running:
        running.run(20)
        assert held(running.world.agreement) <= 130
        running.begin(Leave(nodes=("alice",)))
        running.begin(Delay(nodes=("bob",), delay_ms=8_000))
        running.run(5)
        running.begin(Crash(nodes=("bob",)))  # what is on its way to it comes much later
        running.run(5)
        running.heal_all()
        running.run(10)
        running.begin(Crash(nodes=("carol",), lose_disk=True))
        running.heal_all()
        running.begin(Join(nodes=("zara",)))
        running.run(20)
        acknowledged = {event.id for event in running.events(StateMoved)}
        confirmed = [event.id for event in running.events(TransactionConfirmed)]
        journals = [node.journal for node in running.world.replicas().values()]
        missing = sum(
            not all(from_display(id_) in journal for journal in journals) for id_ in acknowledged
        )
        assert len(acknowledged) > 1_000
        assert running.world.writes_missing() == missing > 500
        assert len(set(confirmed)) == len(confirmed) > 1_000
        assert held(running.world.agreement) <= 130


def test_the_groups_and_the_accounts_that_differ_are_told_once_they_are_there_to_stay() -> None:
    with race(naive(workload=SILENT)) as running:
        running.begin(Conflict(nodes=("alice", "dave"), client="client2"))
        running.run(2)
        (last,) = compared(running)[-1:]
        groups: dict[str, list[str]] = {}
        for name, node in running.world.replicas().items():
            groups.setdefault(node.ledger.state_root.hex(), []).append(name)
        expected = sorted(groups.items(), key=lambda group: (-len(group[1]), group[1][0]))
        assert last.groups == tuple(StateGroup(root, tuple(names)) for root, names in expected)
        # Both took all of client2's money, so that is one account that does not differ.
        by_owner = {each.owner: each.balances for each in last.differing}
        alices, daves = by_owner["alice"], by_owner["dave"]
        assert by_owner.keys() == {"alice", "dave"}
        assert sorted(alices) == sorted(daves) == [0, max(alices)]
        assert alices == daves[::-1]
        assert (last.settling, last.more_groups, last.more_accounts) == (False, 0, 0)
        assert told(running) == [
            f"states differ: {', '.join(_said(group) for group in last.groups)}; 2 accounts differ"
        ]
        assert running.driver.summary().writes_missing == 2


def _said(group: StateGroup) -> str:
    return f"{len(group.nodes)} replicas say …{group.state_root[-4:]}"


def test_how_long_they_have_differed_counts_from_the_first_request_that_some_lack() -> None:
    with race(naive()) as running:
        running.run(10)
        running.begin(Isolate(nodes=("bob",)))
        running.run(20)
        first = next(event for event in compared(running) if event.regrouped)
        assert members(first) == [("alice", "carol", "dave", "erin", "frank"), ("bob",)]
        running.run(30)
        (last,) = compared(running)[-1:]
        assert members(last) == members(first)
        assert 48 < last.since_s < 51
        assert len(told(running)) == 1


def test_a_flipped_bit_is_seen_before_the_account_moves_and_is_gone_with_the_memory() -> None:
    with race(naive(workload=SILENT)) as running:
        running.run(1)
        flip = MemoryFlips(nodes=("bob",))
        running.begin(flip)
        running.run(2)
        (seen,) = compared(running)
        assert members(seen) == [("alice", "carol", "dave", "erin", "frank"), ("bob",)]
        assert (seen.settling, len(seen.differing)) == (False, 1)
        crash = Crash(nodes=("bob",))
        running.begin(crash)
        running.run(1)  # those that are left agree
        running.heal(crash)
        running.run(1)
        assert members(compared(running)[-1]) == [ALL]
        assert told(running)[-1] == f"states agree: 5 replicas say …{_root(running)[-4:]}"


def _root(running: Race) -> str:
    return running.world.replicas()["alice"].ledger.state_root.hex()


def test_what_is_told_is_bounded() -> None:
    workload = {"clients": 60, "transactions_per_s": 20.0}
    with race(naive(nodes={"count": 20}, workload=workload)) as running:
        running.begin(Loss(probability=0.3))
        running.run(30)
        (last,) = compared(running)[-1:]
        assert (len(last.groups), last.more_groups) == (GROUPS_MAX, 20 - GROUPS_MAX)
        assert len(last.differing) == ACCOUNTS_MAX
        assert last.more_accounts > 0
        assert {len(each.balances) for each in last.differing} == {GROUPS_MAX}
        spreads = [max(each.balances) - min(each.balances) for each in last.differing]
        assert spreads == sorted(spreads, reverse=True)


def test_nothing_is_told_while_all_are_down() -> None:
    with race(naive()) as running:
        running.run(5)
        running.begin(Crash())
        running.run(1)
        before = compared(running)
        confirmed = running.events(TransactionConfirmed)
        running.run(10)
        assert compared(running) == before
        assert running.events(TransactionConfirmed) == confirmed
        assert running.driver.summary().state_groups == 0


def test_a_frame_has_what_was_compared_last() -> None:
    with race(naive()) as running:
        camera = Camera(running.view, WorldProbe(running.world, running.view))
        assert camera.take(0).states is None
        running.run(20)
        frame = camera.take(running.driver.now_ns)
        assert frame.states == compared(running)[-1]
        assert (frame.rule, frame.height, frame.leader, frame.hash_rate) == ("naive", 0, None, 0)
        assert {node.state for node in frame.nodes} == {"idle"}
        applied = {len(node.journal) for node in running.world.replicas().values()}
        assert {node.applied for node in running.view.nodes.values()} == applied
