"""The simulation's intervals are exponential, over many seeds at once, and its shares are fair.

One seed alone may be lucky or unlucky, and the best of several tries proves nothing. So sixteen
races with seeds in a row are judged together: their pooled intervals, and whether their own
p-values are as even as p-values of a true law must be.
"""

import math
from collections.abc import Callable
from itertools import pairwise

import numpy
import pytest
from scipy import stats

from powclock.lab.theory.intervals import (
    interval_cdf,
    interval_deviation_error_s,
    interval_deviation_s,
    interval_mean_error_s,
    interval_median_error_s,
    interval_median_s,
    share_error,
)
from powclock.machine.target import bits_to_target, target_to_work
from powclock.record.events import BlockFound
from tests.scenarios.races import race, scenario
from tests.scenarios.verdicts import P_MIN, fits

SEEDS = range(16)
BLOCKS = 300  # of each race
SHARES = (0.4, 0.3, 0.2, 0.1)
HASH_RATE = 1_000

Law = Callable[[float], float]
Races = tuple[list[list[float]], list[list[int]]]


@pytest.fixture(scope="module")
def races() -> Races:
    """Of each race: its intervals, in units of the mean that its difficulty asks for, and who won
    how many blocks.
    """
    all_waits, all_wins = [], []
    for seed in SEEDS:
        what = scenario(
            seed,
            nodes={"count": 4, "shares": SHARES, "wander": 0, "hash_rate": HASH_RATE},
            difficulty={"rule": "bitcoin", "interval_s": 600, "window": 100_000},
            links={"topology": "full_mesh", "latency_ms": 1, "jitter_ms": 0},
            workload={"clients": 0},
        )
        with race(what) as running:
            mined = running.view.counts
            running.run_until(lambda mined=mined: mined.blocks_mined >= BLOCKS, 1e7)  # type: ignore[misc]
            found = [r for r in running.records if isinstance(r.event, BlockFound)]
            (bits,) = {event.bits for event in running.found()}
            mean_ns = target_to_work(bits_to_target(bits)) / HASH_RATE * 1e9
            times = [0, *(record.time_ns for record in found)]
            all_waits.append([(b - a) / mean_ns for a, b in pairwise(times)])
            all_wins.append([running.view.wins.get(name, 0) for name in running.nodes()])
    return all_waits, all_wins


def p_value(waits: list[float], law: Law) -> float:
    """By Kolmogorov and Smirnov: how often the law would give something as far off."""
    result = stats.kstest(waits, lambda values: numpy.array([law(value) for value in values]))
    return float(result.pvalue)


def pooled(waits: list[list[float]]) -> list[float]:
    return [wait for race_waits in waits for wait in race_waits]


LAWS: list[tuple[str, Law, bool]] = [
    ("exponential", lambda t: interval_cdf(t, 1), True),
    ("a tenth slower", lambda t: interval_cdf(t, 1.1), False),
    ("with a little memory", stats.gamma(1.15, scale=1 / 1.15).cdf, False),
    ("even", stats.uniform(0, 2).cdf, False),
]


@pytest.mark.parametrize(("name", "law", "true"), LAWS)
def test_intervals_of_all_races_have_the_law(races: Races, name: str, law: Law, true: bool) -> None:
    waits = pooled(races[0])
    assert len(waits) == len(SEEDS) * BLOCKS
    p = p_value(waits, law)
    print(f"{name}: p = {p:.2g}")
    assert (p > P_MIN) == true


@pytest.mark.parametrize(("name", "law", "true"), LAWS[:1] + LAWS[-1:])
def test_each_seed_is_as_good_as_chance_allows(
    races: Races, name: str, law: Law, true: bool
) -> None:
    p_values = [p_value(waits, law) for waits in races[0]]
    print(f"{name}: the seeds' p-values are {[f'{p:.2f}' for p in sorted(p_values)]}")
    assert (stats.kstest(p_values, "uniform").pvalue > P_MIN) == true
    assert (min(p_values) > P_MIN) == true


@pytest.mark.parametrize(("factor", "true"), [(1.0, True), (0.88, False), (1.15, False)])
def test_mean_deviation_and_median(races: Races, factor: float, true: bool) -> None:
    waits = sorted(pooled(races[0]))
    count = len(waits)
    mean = math.fsum(waits) / count
    deviation = math.sqrt(math.fsum((wait - mean) ** 2 for wait in waits) / count)
    median = (waits[(count - 1) // 2] + waits[count // 2]) / 2
    for measured, expected, error in (
        (mean, 1.0, interval_mean_error_s(1, count)),
        (deviation, interval_deviation_s(1), interval_deviation_error_s(1, count)),
        (median, interval_median_s(1), interval_median_error_s(1, count)),
    ):
        assert fits(measured, factor * expected, error) == true


def test_neighbouring_intervals_know_nothing_of_each_other(races: Races) -> None:
    waits = pooled(races[0])
    products = [(a - 1) * (b - 1) for a, b in pairwise(waits)]
    correlation = math.fsum(products) / len(products)
    error = 1 / math.sqrt(len(products))
    assert fits(correlation, 0, error)
    assert not fits(correlation, 0.1, error)


@pytest.mark.parametrize(
    ("shares", "true"),
    [(SHARES, True), ((0.25,) * 4, False), ((0.35, 0.3, 0.22, 0.13), False)],
    ids=["by hash rate", "equal", "nearly"],
)
def test_blocks_go_by_share(races: Races, shares: tuple[float, ...], true: bool) -> None:
    wins = [sum(each) for each in zip(*races[1], strict=True)]
    total = sum(wins)
    fit = stats.chisquare(wins, [share * total for share in shares])
    print(f"{wins}: p = {fit.pvalue:.2g}")
    assert (fit.pvalue > P_MIN) == true
    each = [
        fits(won / total, share, share_error(share, total))
        for won, share in zip(wins, shares, strict=True)
    ]
    assert all(each) == true
