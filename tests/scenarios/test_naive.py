"""Naive replication on virtual time: it works in fair weather, and falls apart under each cause.

Every race here is read by the checker of races without blocks, so each replica by itself does what
it promises, whatever the others have.
"""

from typing import Any

import msgspec
import pytest

from powclock.network.faults.censor import Censor
from powclock.network.faults.conflict import FEE, Conflict
from powclock.network.faults.cuts import Partition
from powclock.network.faults.double_spend import DoubleSpend
from powclock.network.faults.eclipse import Eclipse
from powclock.network.faults.equivocate import Equivocate
from powclock.network.faults.every import AnyFault
from powclock.network.faults.fault import FaultError
from powclock.network.faults.flood import Flood
from powclock.network.faults.forge import Forge
from powclock.network.faults.links import BitFlips, Duplicate, Loss
from powclock.network.faults.memory import MemoryFlips
from powclock.network.faults.nodes import Crash, HashRateFactor, Join, Pause
from powclock.network.faults.selfish import SelfishMining
from powclock.network.faults.withhold import Withhold
from powclock.race.scenario import Scenario, ScenarioError
from powclock.race.scenario_files import load_scenario
from powclock.race.swarm.draw import draw
from powclock.race.workload import ENDOWMENT
from powclock.record.events import (
    BlockFound,
    FaultOn,
    LeaderElected,
    MessageRefused,
    NodeUp,
    Reorg,
    StateMoved,
    StatesCompared,
    TransactionConfirmed,
    TransactionRefused,
    TransactionReturned,
    TransactionSent,
)
from tests.scenarios.races import Race, endowment, race, scenario

QUIET_S = 2.0


def naive(seed: int = 1, **tables: object) -> Scenario:
    plain: dict[str, Any] = {"workload": {"clients": 5, "transactions_per_s": 4.0}} | tables
    return scenario(seed, rule="naive", **plain)


def quiet(running: Race) -> None:
    """Let everything arrive that is under way, while clients say nothing."""
    running.world._workload._rate = 1e-9
    running.run(QUIET_S)


def roots(running: Race) -> set[str]:
    """The states of the replicas that run, by what their accounts say."""
    return {node.ledger.audited_root.hex() for node in running.world.replicas().values()}


def states(running: Race) -> StatesCompared:
    assert running.view.states is not None
    return running.view.states


def applied(running: Race) -> dict[str, set[bytes]]:
    return {name: set(node.journal) for name, node in running.world.replicas().items()}


def test_in_fair_weather_all_replicas_apply_every_request_and_have_one_state() -> None:
    with race(naive()) as running:
        running.run(60)
        quiet(running)
        sent = [event.id for event in running.events(TransactionSent)]
        assert len(sent) > 200
        assert len(roots(running)) == 1
        moves = running.events(StateMoved)
        assert sorted(event.id for event in moves) == sorted(sent * 6)
        supplies = {node.ledger.supply for node in running.world.replicas().values()}
        assert supplies == {endowment(running)}


def test_every_replica_is_linked_with_every_other_whatever_the_scenario_says() -> None:
    with race(naive(links={"topology": "ring"})) as running:
        running.begin(Join(nodes=("guest",)))
        names = running.world.node_names()
        assert names[-1] == "guest"
        pairs = {(link.source, link.target) for link in running.world.links()}
        assert pairs == {(one, two) for one in names for two in names if one != two}


def test_nobody_leads_nobody_mines_and_the_clock_never_ticks() -> None:
    with race(naive()) as running:
        running.run(60)
        assert not running.events(BlockFound) + running.events(LeaderElected)
        assert not running.events(Reorg)
        assert running.driver.summary().hashes == 0
        assert running.driver.summary().ticks == 0


def broken_for(fault: AnyFault, seconds: float, seed: int = 1) -> Race:
    """A race that had a fault for a while, and then a quiet time."""
    with race(naive(seed)) as running:
        running.run(20)
        running.begin(fault)
        running.run(seconds)
        running.heal(fault)
        running.run(20)
        quiet(running)
        return running


def test_data_lost_in_transit_leaves_the_replicas_different_for_ever() -> None:
    running = broken_for(Loss(probability=0.05), 20)
    assert len(roots(running)) > 1
    assert running.world.client_counts().lost == running.world.writes_missing() > 0


def test_bits_that_flip_in_transit_are_losses_as_the_checksum_tells() -> None:
    running = broken_for(BitFlips(probability=0.05), 20)
    reasons = {event.reason for event in running.events(MessageRefused)}
    assert "bad-checksum" in reasons
    assert len(roots(running)) > 1


def test_messages_that_come_twice_or_late_do_no_harm() -> None:
    assert len(roots(broken_for(Duplicate(probability=0.5), 20))) == 1
    assert len(roots(broken_for(Pause(nodes=("bob",)), 5))) == 1


def test_what_comes_while_a_replica_is_down_is_missing_for_ever() -> None:
    running = broken_for(Crash(nodes=("bob",)), 20)
    (up,) = running.events(NodeUp, since_s=1)
    assert up == NodeUp(None)
    sets = applied(running)
    bob = sets.pop("bob")
    first, *others = sets.values()
    assert all(each == first for each in others)
    assert bob < first
    assert len(roots(running)) == 2


def test_a_replica_that_loses_its_journal_has_lost_all_that_came_before() -> None:
    running = broken_for(Crash(nodes=("bob",), lose_disk=True), 1)
    sets = applied(running)
    moves = [r for r in running.records if isinstance(r.event, StateMoved) and r.node == "bob"]
    since_up = [record for record in moves if record.time_ns >= 21e9]
    assert len(sets["bob"]) == len(since_up) < len(sets["alice"])


@pytest.mark.parametrize("seed", range(3))
def test_the_two_sides_of_a_partition_never_meet_again(seed: int) -> None:
    running = broken_for(Partition(share=0.5), 20, seed)
    assert len(roots(running)) == 2


def test_who_joins_lacks_all_that_came_before() -> None:
    with race(naive()) as running:
        running.run(20)
        running.begin(Join(nodes=("guest",)))
        joined_ns = running.driver.now_ns
        running.run(20)
        quiet(running)
        since = {
            record.event.id
            for record in running.records
            if isinstance(record.event, TransactionSent) and record.time_ns > joined_ns
        }
        moves = [r for r in running.records if r.node == "guest"]
        assert {r.event.id for r in moves if isinstance(r.event, StateMoved)} == since
        assert len(roots(running)) == 2


def test_a_crash_in_the_middle_of_sending_tells_some_and_not_the_others() -> None:
    with race(naive(workload={"clients": 5, "transactions_per_s": 1e-9})) as running:
        world = running.world
        client = world._workload._clients[0]
        stream = world.reach.stream("test")
        others = [address for address in world._workload.names if address != client.key.public]
        payment = client.write(world.replicas()["alice"], others, stream, relay=True)
        assert payment is not None
        world.reach.hand_over("alice", payment)
        running.run(0.012)  # three of five messages are sent, 5 ms apart
        running.begin(Crash(nodes=("alice",)))
        running.run(QUIET_S)
        have = {name for name, node in world.replicas().items() if node.holds(payment.id)}
        assert have == {"bob", "carol", "dave"}
        assert len(roots(running)) == 2


def test_two_requests_that_exclude_each_other_are_both_acknowledged_and_split_the_replicas() -> (
    None
):
    with race(naive(workload={"clients": 5, "transactions_per_s": 1e-9})) as running:
        world = running.world
        fault = Conflict(nodes=("alice", "dave"), client="client2")
        running.begin(fault)
        one, two = running.events(TransactionSent)
        assert (one.client, two.client) == ("client2", "client2")
        assert one.amount == two.amount == ENDOWMENT - FEE
        running.run(QUIET_S)
        of = {name: {id_[::-1].hex() for id_ in ids} for name, ids in applied(running).items()}
        assert of["alice"] == {one.id}
        assert of["dave"] == {two.id}
        assert all(ids in ({one.id}, {two.id}) for ids in of.values())
        refusals = running.events(TransactionRefused)
        assert len(refusals) == len(of)
        assert {event.reason for event in refusals} == {"bad-txns-in-belowout"}
        assert len(roots(running)) == 2
        supplies = {node.ledger.supply for node in world.replicas().values()}
        assert supplies == {endowment(running)}


def test_the_same_two_requests_where_somebody_leads_one_is_confirmed_and_the_other_never() -> None:
    with race(scenario(workload={"clients": 5, "transactions_per_s": 1.0})) as running:
        running.run(20)
        begun_ns = running.driver.now_ns
        running.begin(Conflict(nodes=("alice", "dave"), client="client2"))
        pair = {
            record.event.id
            for record in running.records
            if isinstance(record.event, TransactionSent) and record.time_ns == begun_ns
        }
        running.run(120)
        confirmed = {event.id for event in running.events(TransactionConfirmed)}
        returned = {event.id for event in running.events(TransactionReturned)}
        assert len(pair) == 2
        assert len(pair & (confirmed - returned)) == 1
        running.run_until(running.agreed, 60)
        running.check_states()


BLOCKS = "needs blocks: under naive there are none"
WORK = "needs proof of work: under naive nobody hashes"
LEADERS = "needs a leader schedule: under naive nobody knows beforehand who leads"
DECLINED: list[tuple[AnyFault, str]] = [
    (HashRateFactor(), WORK),
    (Flood(junk="headers"), WORK),
    (Withhold(), BLOCKS),
    (SelfishMining(nodes=("bob",)), BLOCKS),
    (DoubleSpend(nodes=("bob",)), BLOCKS),
    (Eclipse(nodes=("bob",), attacker="alice"), BLOCKS),
    (Forge(), BLOCKS),
    (Censor(), BLOCKS),
    (Equivocate(nodes=("bob",)), LEADERS),
]


@pytest.mark.parametrize(("fault", "why"), DECLINED, ids=lambda each: getattr(each, "kind", ""))
def test_what_needs_blocks_is_declined_in_one_line(fault: AnyFault, why: str) -> None:
    with race(naive()) as running:
        with pytest.raises(FaultError) as caught:
            running.begin(fault)
        assert str(caught.value) == f"{fault.kind} {why}"
        assert running.events(FaultOn) == []
    planned = [{"fault": msgspec.to_builtins(fault)}]
    with pytest.raises(ScenarioError) as told:
        naive(faults=planned)
    assert str(told.value) == f"faults[0].fault: {fault.kind} {why}"


def test_every_other_kind_of_fault_is_raced_under_naive_replication() -> None:
    declined = {type(fault) for fault, _ in DECLINED} - {Flood}
    drawn = {type(planned.fault) for seed in range(60) for planned in draw(seed, "naive").faults}
    assert drawn == set(AnyFault.__args__) - declined


def test_a_flood_is_refused_and_harms_nobody() -> None:
    running = broken_for(Flood(nodes=("bob",), per_s=20), 20)
    reasons = {event.reason for event in running.events(TransactionRefused)}
    assert reasons == {"bad-txns-in-belowout"}
    assert len(running.events(MessageRefused)) > 100
    assert len(roots(running)) == 1


def test_a_bit_that_flips_in_memory_leaves_that_replica_different_for_ever() -> None:
    running = broken_for(MemoryFlips(nodes=("bob",)), 20)
    assert len(roots(running)) == 2
    sets = applied(running)
    assert sets["bob"] == sets["alice"]


def test_the_same_seed_is_the_same_race() -> None:
    runs = [broken_for(Loss(probability=0.05), 10) for _ in range(2)]
    assert runs[0].records == runs[1].records
    assert runs[0].driver.summary().digest == runs[1].driver.summary().digest


PLAN = [
    {"at_s": 20, "lasts_s": 40, "fault": {"kind": "loss", "probability": 0.05}},
    {"at_s": 30, "lasts_s": 20, "fault": {"kind": "crash", "nodes": ["carol"]}},
    {"at_s": 80, "lasts_s": 60, "fault": {"kind": "partition", "share": 0.5}},
]


@pytest.mark.parametrize("seed", range(3))
def test_after_losses_a_crash_and_a_partition_they_never_agree_again(seed: int) -> None:
    with race(naive(seed, faults=PLAN)) as running:
        running.run(30)
        for _ in range(30):
            running.run(10)
            assert running.world.state_groups() > 1
        quiet(running)
        summary = running.driver.summary()
        assert summary.state_groups == len(roots(running)) > 1
        assert summary.writes_missing > 0
        compared = running.events(StatesCompared, since_s=140)
        assert compared
        assert all(len(event.groups) > 1 and not event.settling for event in compared)


@pytest.mark.parametrize("seed", range(2))
def test_under_the_same_plan_those_with_a_leader_agree(seed: int) -> None:
    with race(scenario(seed, faults=PLAN)) as running:
        running.run(140)
        running.run_until(running.agreed, 120)
        assert running.world.state_groups() == 1


def test_the_shipped_race_shows_each_cause_in_turn() -> None:
    with race(load_scenario("naive")) as running:
        running.run(30)
        assert not any(event.regrouped for event in running.events(StatesCompared))
        running.run(10)  # Bob has told one of eight others
        (seen,) = [event for event in running.events(StatesCompared) if event.regrouped]
        assert [len(group.nodes) for group in seen.groups] == [8, 1]
        running.run(20)
        assert "bob" in {group.nodes[0] for group in states(running).groups}
        running.run(28)
        owners = {each.owner for each in states(running).differing}
        assert {"alice", "judy"} <= owners
        running.run(62)
        assert len(states(running).groups) == 9
        assert running.driver.summary().writes_missing > 5
