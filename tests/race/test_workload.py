"""Clients on virtual time: what they ask, where they go, and what they are told."""

from typing import Any

from powclock.network.faults.cuts import Partition
from powclock.network.faults.nodes import Crash, Pause
from powclock.record.facts import ClientCounts
from powclock.record.service import Service
from tests.scenarios.races import Race, race, scenario

NAMES = ("alice", "bob", "carol", "dave", "erin", "frank")


def busy(seed: int = 3, *, rule: str = "pow", **workload: Any) -> Any:
    table = {"clients": 8, "transactions_per_s": 2.0, "reads_per_s": 4.0} | workload
    return scenario(seed, rule=rule, workload=table)


def quiet(running: Race) -> None:
    """No more requests; those that are under way end."""
    running.world._workload._rate = running.world._workload._reads_per_s = 1e-9


def service(running: Race) -> Service:
    return running.driver.summary().service


def test_in_fair_weather_everything_is_answered_and_kept() -> None:
    with race(busy()) as running:
        running.run(200)
        quiet(running)
        running.run(60)
        counts = service(running).clients
        assert service(running).availability == 1.0
        assert counts.answered == counts.requests == counts.writes + counts.reads
        assert counts.writes == counts.acknowledged == running.view.counts.transactions_confirmed
        assert (counts.elsewhere, counts.refused, counts.lost) == (0, 0, 0)


def test_with_half_of_the_nodes_down_clients_go_to_others() -> None:
    for fault in (Crash(nodes=NAMES[:3]), Pause(nodes=NAMES[3:])):
        with race(busy()) as running:
            running.begin(fault)
            running.run(200)
            counts = service(running).clients
            assert service(running).availability == 1.0
            assert 0.3 < counts.elsewhere / counts.requests < 0.7


def test_with_all_nodes_down_nothing_is_answered() -> None:
    with race(busy(answer_s=0.5)) as running:
        running.run(100)
        before = service(running).clients
        crash = Crash(nodes=NAMES)
        running.begin(crash)
        running.run(100)
        counts = service(running).clients
        assert counts.answered == before.answered
        asked = counts.requests - before.requests
        assert asked > 500  # of 6 a second; the last are still being tried
        assert service(running).availability == before.answered / (before.answered + asked)


def test_a_client_tries_every_node_once_and_waits_for_each() -> None:
    with race(busy(transactions_per_s=0.0, reads_per_s=1.0, answer_s=2.0)) as running:
        running.begin(Crash(nodes=NAMES))
        running.run_until(lambda: running.world.client_counts().requests > 0, 60)
        first = running.now_s - 6 * 2.0
        assert running.world.client_counts() == ClientCounts(requests=1)
        assert first > 0


def test_the_lighter_side_of_a_partition_loses_what_it_acknowledged() -> None:
    with race(busy()) as running:
        cut = Partition(share=0.4)
        running.begin(cut)
        running.run(150)
        apart = running.world.client_counts()
        assert apart.lost == apart.taken_back
        assert apart.contradicting > 0.2 * apart.reads
        running.heal(cut)
        running.run_until(
            lambda: running.world.client_counts().taken_back > apart.taken_back + 20, 60
        )
        assert running.world.client_counts().lost > 0
        quiet(running)
        running.run(100)
        assert running.world.client_counts().lost == 0  # honest reorgs confirm them again


def test_without_blocks_a_write_is_acknowledged_at_once() -> None:
    with race(busy(rule="naive")) as running:
        running.run(50)
        counts = running.world.client_counts()
        assert counts.acknowledged == counts.writes > 50


def test_under_proof_of_work_both_ways_of_sending_come_to_the_same() -> None:
    results = {}
    for send in ("gossip", "leader"):
        with race(busy(send=send)) as running:
            running.run(500)
            quiet(running)
            running.run(60)
            results[send] = service(running)
            counts = results[send].clients
            assert counts.acknowledged == counts.writes > 750
    gossip, leader = results["gossip"], results["leader"]
    assert gossip.wait_median_s is not None
    assert leader.wait_median_s is not None
    assert abs(gossip.wait_median_s - leader.wait_median_s) < 0.25 * gossip.wait_median_s
    assert leader.clients.writes * leader.messages_per_confirmed < (
        0.5 * gossip.clients.writes * gossip.messages_per_confirmed
    )
