"""What a race was run under, folded from records."""

import pytest
from msgspec.structs import replace

from powclock.record.conditions import Conditions, Delays, DifficultyInfo, Lag, conditions_of
from powclock.record.events import FaultOff, FaultOn, RaceStarted, Record
from powclock.record.facts import NodeInfo
from powclock.record.view import View
from tests.record.examples import EXAMPLES, RECORDS
from tests.scenarios.races import race, scenario

S = 1_000_000_000


def test_delays_are_the_shortest_and_the_longest() -> None:
    delays = Delays()
    for delay_ns in (30, 10, 20):
        delays.accepted(delay_ns)
    assert (delays.min_ns, delays.max_ns) == (10, 30)


def test_nodes_are_behind_until_they_move_on() -> None:
    lag = Lag()
    lag.ticked(1, 10 * S)
    lag.moved("alice", 1, 10 * S, 2.0)  # who ticks is never behind
    assert lag.weighted_ns == 0
    lag.moved("bob", 1, 13 * S, 1.0)
    assert lag.weighted_ns == 3 * S
    lag.ticked(2, 20 * S)
    lag.moved("alice", 2, 20 * S, 2.0)
    lag.ticked(3, 21 * S)
    lag.moved("alice", 3, 21 * S, 2.0)
    # bob was behind height 2 from 20 s on; that there is a third by then does not count twice
    lag.moved("bob", 2, 24 * S, 1.0)
    assert lag.weighted_ns == 7 * S
    lag.moved("bob", 3, 25 * S, 1.0)
    assert lag.weighted_ns == 8 * S
    lag.moved("bob", 3, 30 * S, 1.0)  # to a rival of the same height
    assert lag.weighted_ns == 8 * S


def test_a_node_that_is_far_behind_was_so_since_it_moved() -> None:
    lag = Lag()
    for height in range(1, 1_500):
        lag.ticked(height, height * S)
    lag.moved("bob", 1_499, 2_000 * S, 1.0)
    assert lag.weighted_ns == 2_000 * S


def test_conditions_of_nodes_that_differ() -> None:
    first = EXAMPLES[0][0]
    assert isinstance(first, RaceStarted)
    chain = replace(first.chain, difficulty="bitcoin", half_life_s=0, window=12)
    started = replace(first, chain=chain, wander=0.2)
    nodes = [NodeInfo(name, "", "", rate) for name, rate in (("a", 30), ("b", 10), ("c", 0))]
    delays, lag = Delays(2, 1 * S, 3 * S), Lag(weighted_ns=400.0 * S)
    assert conditions_of(started, nodes, delays, lag, 4, 100 * S) == Conditions(
        difficulty=DifficultyInfo("bitcoin", 0, 12),
        hash_rate=40,
        wander=0.2,
        miners=2,
        equal=False,
        same_miner=0.625,
        delay_min_s=1,
        delay_max_s=3,
        behind=0.1,
        faults_begun=4,
    )


def test_the_view_counts_faults_that_are_over() -> None:
    view = View()
    view.apply(RECORDS[0])
    assert view.conditions().faults_begun == 0
    view.apply(Record(1, 0, None, FaultOn("loss", "loss", "loss 30%", ())))
    view.apply(Record(2, 0, None, FaultOff("loss", "loss", "loss 30%", 1.0)))
    assert view.conditions().faults_begun == 1


def test_a_race_of_two_with_one_delay() -> None:
    what = scenario(
        nodes={"count": 2, "spread": 0, "wander": 0},
        links={"latency_ms": 100, "jitter_ms": 0, "kilobytes_per_s": 1e12},
        workload={"clients": 0},
    )
    with race(what) as running:
        running.run(500)
        conditions = running.view.conditions()
        assert (conditions.miners, conditions.equal, conditions.same_miner) == (2, True, 0.5)
        assert conditions.difficulty == DifficultyInfo("asert", 60, 16)
        assert conditions.delay_min_s == conditions.delay_max_s == pytest.approx(0.3)
        # each tick leaves the other node, half of all hashing, behind for one delay or less
        ticks = running.view.height
        assert 0.8 < conditions.behind / (0.3 / 2 * ticks / running.now_s) <= 1
