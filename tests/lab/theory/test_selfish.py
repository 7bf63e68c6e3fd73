"""Selfish mining: the closed form, the stationary law, and the state machine by chance."""

from statistics import stdev

import pytest

from powclock.clock.streams import Stream
from powclock.lab.theory.selfish import (
    selfish_rates,
    selfish_revenue,
    selfish_revenue_error,
    selfish_threshold,
)
from tests.lab.theory.models import selfish_race


def test_the_values_of_the_paper() -> None:
    assert selfish_revenue(0.25, 0.5) == pytest.approx(0.25)
    assert selfish_revenue(1 / 3, 0) == pytest.approx(1 / 3)
    assert selfish_revenue(0.4, 0) == pytest.approx(0.484, abs=0.0005)
    assert selfish_threshold(0) == pytest.approx(1 / 3)
    assert selfish_threshold(0.5) == pytest.approx(1 / 4)
    assert selfish_threshold(1) == 0


@pytest.mark.parametrize("gamma", [0.0, 0.25, 0.5, 0.9])
def test_the_threshold_is_where_revenue_is_the_share(gamma: float) -> None:
    alpha = selfish_threshold(gamma)
    assert selfish_revenue(alpha, gamma) == pytest.approx(alpha)
    assert selfish_revenue(alpha - 0.01, gamma) < alpha - 0.01
    assert selfish_revenue(alpha + 0.01, gamma) > alpha + 0.01


@pytest.mark.parametrize("gamma", [0.0, 0.3, 0.5, 1.0])
@pytest.mark.parametrize("alpha", [0.01, 0.2, 0.3, 0.45, 0.49])
def test_revenue_follows_from_the_rates(alpha: float, gamma: float) -> None:
    attacker, others = selfish_rates(alpha, gamma)
    assert attacker / (attacker + others) == pytest.approx(selfish_revenue(alpha, gamma))
    assert attacker + others < 1
    # before the difficulty follows nothing beats honest mining
    assert attacker <= alpha + 1e-12


@pytest.mark.parametrize("gamma", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("alpha", [0.2, 0.33, 0.45])
def test_the_state_machine_meets_both(alpha: float, gamma: float) -> None:
    blocks, batches = 4_000, 80
    stream = Stream(9, "selfish", alpha, gamma)
    races = [selfish_race(alpha, gamma, blocks, stream) for _ in range(batches)]
    for measured, expected in (
        ([won / (won + lost) for won, lost in races], selfish_revenue(alpha, gamma)),
        ([won / blocks for won, _ in races], selfish_rates(alpha, gamma)[0]),
        ([lost / blocks for _, lost in races], selfish_rates(alpha, gamma)[1]),
    ):
        mean = sum(measured) / batches
        error = (sum((x - mean) ** 2 for x in measured) / batches / (batches - 1)) ** 0.5
        assert abs(mean - expected) < 4 * error
        assert abs(mean - expected * 1.1) > 4 * error


@pytest.mark.parametrize(("alpha", "gamma"), [(0.2, 0.0), (0.33, 0.5), (0.45, 1.0)])
def test_the_error_is_that_of_races(alpha: float, gamma: float) -> None:
    stream = Stream(3, "selfish error", alpha, gamma)
    races = [selfish_race(alpha, gamma, 2_000, stream) for _ in range(400)]
    blocks = sum(won + lost for won, lost in races) // len(races)
    measured = stdev(won / (won + lost) for won, lost in races)
    assert measured == pytest.approx(selfish_revenue_error(alpha, gamma, blocks), rel=0.1)
    # honest mining is a coin for each block, which is not as wide
    assert (alpha * (1 - alpha) / blocks) ** 0.5 < 0.85 * measured
