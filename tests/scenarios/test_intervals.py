"""Grinding gives what drawing gives (`test_theory_intervals`), and difficulty follows hash rate."""

from itertools import pairwise
from typing import Any

import pytest
from scipy import stats

from powclock.machine.target import bits_to_target, target_to_work
from powclock.network.faults.nodes import HashRateFactor
from powclock.record.events import BlockFound, LeaderElected
from tests.scenarios.races import Race, race, scenario

SIGNIFICANCE = 0.01


def intervals_s(running: Race) -> list[float]:
    """Between blocks found."""
    times = [r.time_ns for r in running.records if isinstance(r.event, BlockFound)]
    return [(b - a) / 1e9 for a, b in pairwise(times)]


STEADY: dict[str, Any] = {
    "difficulty": {"interval_s": 10, "half_life_s": 10_000_000},
    "links": {"topology": "full_mesh", "latency_ms": 1, "jitter_ms": 0},
    "workload": {"transactions_per_s": 0},
}


def test_ground_intervals_are_exponential() -> None:
    nodes = {"count": 3, "shares": [0.5, 0.3, 0.2], "wander": 0, "hash_rate": 300}
    with race(scenario(12, miner="grinding", nodes=nodes, **STEADY)) as running:
        running.run_until(lambda: running.view.counts.blocks_mined > 400, 10_000)
        waits = intervals_s(running)
        test = stats.kstest(waits, "expon", args=(0, 10))
        wins = [running.view.wins[name] for name in running.world.node_names()]
        fit = stats.chisquare(wins, [share * sum(wins) for share in (0.5, 0.3, 0.2)])
        print(f"intervals: p = {test.pvalue:.3f} of {len(waits)}; shares: p = {fit.pvalue:.3f}")
        assert test.pvalue > SIGNIFICANCE
        assert fit.pvalue > SIGNIFICANCE


def test_hashes_spent_are_the_work_of_the_blocks() -> None:
    nodes = {"count": 3, "wander": 0, "hash_rate": 1_000}
    with race(scenario(13, nodes=nodes, **STEADY)) as running:
        running.run(20_000)
        work = sum(target_to_work(bits_to_target(found.bits)) for found in running.found())
        assert work / running.view.hashes == pytest.approx(1, abs=3 / len(running.found()) ** 0.5)


def mean_interval_s(running: Race, from_s: float, to_s: float) -> float:
    """Between the ticks of a while."""
    ticks = [
        record.time_ns
        for record in running.records
        if isinstance(record.event, LeaderElected) and from_s * 1e9 <= record.time_ns <= to_s * 1e9
    ]
    return (ticks[-1] - ticks[0]) / 1e9 / (len(ticks) - 1)


@pytest.mark.parametrize(
    "rule",
    [{"rule": "asert", "half_life_s": 400}, {"rule": "bitcoin", "window": 64}],
    ids=["asert", "bitcoin"],
)
def test_a_doubled_hash_rate_bends_the_interval_until_difficulty_follows(
    rule: dict[str, object],
) -> None:
    what = scenario(
        21,
        nodes={"count": 4, "wander": 0},
        links={"latency_ms": 5, "jitter_ms": 0},
        workload={"transactions_per_s": 0},
        difficulty={"interval_s": 5, **rule},
    )
    with race(what) as running:
        running.run(2_000)
        running.begin(HashRateFactor(factor=2))
        bent_from = running.now_s
        running.run(4_000)
        running.heal_all()
        back_from = running.now_s
        running.run(4_000)
        steady = mean_interval_s(running, 0, bent_from)
        bent = mean_interval_s(running, bent_from, bent_from + 150)
        followed = mean_interval_s(running, bent_from + 2_000, back_from)
        slow = mean_interval_s(running, back_from, back_from + 150)
        again = mean_interval_s(running, back_from + 2_000, back_from + 4_000)
        print(f"steady {steady:.2f} bent {bent:.2f} followed {followed:.2f} "
              f"slow {slow:.2f} again {again:.2f}")  # fmt: skip
        assert steady == pytest.approx(5, rel=0.1)
        assert bent < 4
        assert followed == pytest.approx(5, rel=0.1)
        assert slow > 6
        assert again == pytest.approx(5, rel=0.1)
        bits = {found.bits for found in running.found()}
        assert len(bits) > 5
