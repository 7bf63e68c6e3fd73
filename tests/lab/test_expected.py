"""What theory expects of a race's figures, and where it does not say."""

import math
from dataclasses import astuple
from functools import cache
from typing import Any

import msgspec
import pytest

from powclock.lab.expected import (
    Comparison,
    Comparisons,
    Expected,
    Unknown,
    expected_of_frame,
    expected_of_summary,
)
from powclock.lab.theory.difficulty import asert_mean_error_s, retarget_total_s
from powclock.lab.theory.stale import stale_of_mined_by, stale_of_mined_error
from powclock.race.headless import Outputs, run_race
from powclock.race.summary import Summary
from powclock.record.camera import Camera
from powclock.record.conditions import Conditions, DifficultyInfo
from tests.scenarios.races import race, scenario

CONDITIONS = Conditions(
    difficulty=DifficultyInfo("asert", 60, 16),
    hash_rate=60_000.0,
    wander=0.0,
    miners=10,
    equal=False,
    same_miner=0.1,
    delay_min_s=0.1,
    delay_max_s=0.5,
    behind=0.05,
    faults_begun=0,
)


def summary(
    *, ticks: int = 1_000, stale: int = 50, mean_s: float = 5.0, **changes: object
) -> Summary:
    """A race of so many ticks; `changes` are of its conditions."""
    mined = ticks + stale
    return Summary(
        version="1", scenario="test", rule="pow", miner="sampled", interval_s=5.0, seed=1,
        digest="d" * 64, records=9, inputs=0, race_seconds=mean_s * ticks, ticks=ticks,
        interval_mean_s=mean_s, blocks_mined=mined, blocks_stale=stale,
        stale_of_mined=stale / mined if mined else 0.0, forks=stale, reorgs=0, reorg_depth_max=0,
        blocks_refused=0, messages_refused=0, equivocations=0, peers_dropped=0, blocks_by_node={},
        led_by_node={}, reigns=0, reign_mean_s=0.0, reign_max_s=0.0, reign_max_ticks=0, hashes=1,
        transactions_sent=0,
        transactions_confirmed=0, transactions_returned=0, messages=0, message_bytes=0,
        conditions=msgspec.structs.replace(CONDITIONS, **changes),
    )  # fmt: skip


def band(measured: float, expected: float, error: float, law: str) -> Expected:
    return Expected(measured, expected, max(0, expected - 4 * error), expected + 4 * error, law)


def same(one: Comparison, two: Comparison) -> bool:
    """Whether two comparisons are one, but for the last bits of their floats."""
    assert isinstance(one, Expected)
    assert isinstance(two, Expected)
    *numbers_one, law_one = astuple(one)
    *numbers_two, law_two = astuple(two)
    return law_one == law_two and numbers_one == pytest.approx(numbers_two)


def test_a_race_with_many_delays() -> None:
    compared = expected_of_summary(summary())
    error_s = asert_mean_error_s(5, 60, 1_000)
    assert same(compared.interval_s, band(5.0, 5.0, error_s, "ASERT keeps the schedule"))
    error = math.sqrt(0.05 * 0.95 / 1_050)
    law = "hashes spent behind the best height"
    assert same(compared.stale_of_mined, band(50 / 1_050, 0.05, error, law))


def test_a_race_with_one_delay_among_equals() -> None:
    stale = expected_of_summary(summary(equal=True, delay_min_s=0.497)).stale_of_mined
    interval_s = 5_000 / 1_050
    expected = stale_of_mined_by(10, 0.5, interval_s)
    error = stale_of_mined_error(0.5 / interval_s, 1_050)
    law = "10 equal miners, one delay d, d/T = 0.105"
    assert same(stale, band(50 / 1_050, expected, error, law))


def test_bitcoins_rule() -> None:
    rule = DifficultyInfo("bitcoin", 60, 16)
    total_s, deviation_s = retarget_total_s(5, 16, 1_000)
    law = "Bitcoin's rule settles at w/(w−2), w = 16"
    settled = expected_of_summary(summary(difficulty=rule)).interval_s
    assert same(settled, band(5.0, total_s / 1_000, deviation_s / 1_000, law))
    early = expected_of_summary(summary(difficulty=DifficultyInfo("bitcoin", 60, 2016))).interval_s
    assert same(early, band(5.0, 5.0, 5 / 1_000**0.5, "before the first retarget"))


def test_rates_that_wander_widen_the_band() -> None:
    still = expected_of_summary(summary()).interval_s
    wandering = expected_of_summary(summary(wander=0.5)).interval_s
    assert isinstance(still, Expected)
    assert isinstance(wandering, Expected)
    widening = (wandering.high - 5) / (still.high - 5)
    assert widening == pytest.approx((1 + 0.1 * 0.25 * 19 / 5) ** 0.5)


@pytest.mark.parametrize(
    ("mean_s", "stale", "fits"),
    [
        (5.0, 50, (True, True)),
        (5.05, 50, (True, True)),
        (5.1, 50, (False, True)),
        (4.9, 50, (False, True)),
        (5.0, 16, (True, False)),
        (5.0, 100, (True, False)),
    ],
)
def test_a_figure_outside_its_band(mean_s: float, stale: int, fits: tuple[bool, bool]) -> None:
    compared = expected_of_summary(summary(mean_s=mean_s, stale=stale))
    assert isinstance(compared.interval_s, Expected)
    assert isinstance(compared.stale_of_mined, Expected)
    assert (compared.interval_s.fits, compared.stale_of_mined.fits) == fits


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"faults_begun": 1}, "faults bent the race"),
        ({"miners": 0}, "nobody mines"),
        ({"hash_rate": 200.0}, "the difficulty is at its easiest"),
        ({"ticks": 19}, "fewer than 20 ticks"),
        ({"ticks": 0, "stale": 0}, "fewer than 20 ticks"),
    ],
)
def test_where_theory_says_nothing_at_all(changes: dict[str, object], why: str) -> None:
    what = summary(**changes)  # type: ignore[arg-type]
    measured_s = 5.0 if what.ticks else 0.0
    stale = what.stale_of_mined if what.blocks_mined else 0.0
    assert expected_of_summary(what) == Comparisons(Unknown(measured_s, why), Unknown(stale, why))


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"difficulty": None}, "the difficulty rule has no known law"),
        (
            {"difficulty": DifficultyInfo("asert", 6, 16)},
            "the half-life is too short for a steady clock",
        ),
        (
            {"difficulty": DifficultyInfo("bitcoin", 60, 7)},
            "the window is too short for a steady clock",
        ),
    ],
)
def test_clocks_without_a_law(changes: dict[str, object], why: str) -> None:
    compared = expected_of_summary(summary(**changes))  # type: ignore[arg-type]
    assert compared.interval_s == Unknown(5.0, why)
    assert isinstance(compared.stale_of_mined, Expected)


def test_too_few_stale_blocks() -> None:
    why = "so far too few blocks should be stale"
    compared = expected_of_summary(summary(ticks=70, stale=2)).stale_of_mined
    assert compared == Unknown(2 / 72, why)
    assert expected_of_summary(summary(behind=0.0)).stale_of_mined == Unknown(50 / 1_050, why)


def test_a_frame_and_a_summary_of_one_moment_agree() -> None:
    with race(scenario(5, nodes={"count": 4}, links={"latency_ms": 150})) as running:
        running.run_until(lambda: running.view.height >= 120, 1_000)
        frame = Camera(running.view).take(running.driver.now_ns)
        ended = running.driver.summary()
    of_frame, of_summary = expected_of_frame(frame), expected_of_summary(ended)
    assert same(of_frame.interval_s, of_summary.interval_s)
    assert same(of_frame.stale_of_mined, of_summary.stale_of_mined)
    why = "the conditions of the race are not recorded"
    old = expected_of_frame(msgspec.structs.replace(frame, conditions=None))
    assert old.stale_of_mined == Unknown(of_frame.stale_of_mined.measured, why)


RACES: dict[str, dict[str, Any]] = {
    "asert": {"nodes": {"count": 4, "spread": 0.8}, "links": {"latency_ms": 150}},
    "bitcoin": {"difficulty": {"rule": "bitcoin", "window": 16}, "links": {"latency_ms": 100}},
    "ring": {"links": {"topology": "ring", "latency_ms": 150, "jitter_ms": 50}},
    "one delay": {
        "nodes": {"count": 5, "spread": 0},
        "links": {"topology": "full_mesh", "latency_ms": 200, "jitter_ms": 0},
    },
}
SEEDS = range(6)


@cache
def raced(name: str, seed: int) -> Comparisons:
    """What is expected of a race of its own, beside what it measured."""
    what = scenario(seed, **({"workload": {"clients": 0}} | RACES[name]))
    ended = run_race(what, ticks=120, outputs=Outputs(), progress=lambda _ticks, _now_ns: None)
    return expected_of_summary(ended)


@pytest.mark.parametrize("name", RACES)
def test_races_lie_in_their_bands_and_fill_them(name: str) -> None:
    """Bands that are far too wide would hide everything: the errors must be those seen."""
    for figures in (
        [raced(name, seed).interval_s for seed in SEEDS],
        [raced(name, seed).stale_of_mined for seed in SEEDS],
    ):
        scores = []
        for figure in figures:
            assert isinstance(figure, Expected)
            assert figure.fits
            scores.append((figure.measured - figure.expected) / (figure.high - figure.expected) * 4)
        print(name, [f"{score:+.2f}" for score in scores])
        squares = sum(score**2 for score in scores)
        # chi-square with six degrees of freedom: one in ten thousand lies outside on either side
        assert 0.2 < squares < 27.9
