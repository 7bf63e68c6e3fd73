"""Stale blocks: three quantities, and races of the one-delay model."""

import math

import numpy
import pytest
from scipy import integrate

from powclock.clock.streams import Stream
from powclock.lab.theory.stale import (
    chance_of_another,
    contested,
    contested_by_steps,
    stale_of_main,
    stale_of_mined,
    stale_of_mined_by,
    stale_of_mined_error,
)
from tests.lab.theory.models import one_delay_race


def test_many_miners_and_one_delay() -> None:
    assert stale_of_mined(12, 600) == pytest.approx(0.02 / 1.02)
    assert stale_of_mined(300, 600) == pytest.approx(1 / 3)
    assert stale_of_mined_by(100_000, 300, 600) == pytest.approx(1 / 3, abs=1e-5)


def test_who_mines_alone_has_no_stale_blocks() -> None:
    assert stale_of_mined_by(1, 300, 600) == pytest.approx(0)
    assert stale_of_main([1.0], 0, 300, 600) == 0
    assert chance_of_another([5.0]) == 0


@pytest.mark.parametrize("miners", [2, 4, 6, 50])
def test_small_delays_cost_what_the_first_order_says(miners: int) -> None:
    shares = [1 / miners] * miners
    first = chance_of_another(shares) * 1e-4
    assert stale_of_mined_by(miners, 1e-4, 1) == pytest.approx(first, rel=1e-3)
    assert stale_of_main(shares, 0, 1e-4, 1) == pytest.approx(first)


def test_the_miners_together_lose_what_all_lose() -> None:
    shares = [0.4, 0.3, 0.2, 0.1]
    together = math.fsum(h * stale_of_main(shares, i, 1, 100) for i, h in enumerate(shares))
    assert together == pytest.approx(chance_of_another(shares) / 100)
    assert [round(stale_of_main(shares, i, 1, 100), 4) for i in range(4)] == [
        0.0050, 0.0070, 0.0090, 0.0110,
    ]  # fmt: skip


@pytest.mark.parametrize("ratio", [0.02, 0.1, 0.5])
@pytest.mark.parametrize("miners", [4, 8, 1_000])
def test_races_of_the_one_delay_model(miners: int, ratio: float) -> None:
    blocks = 100_000
    measured = one_delay_race(miners, ratio, blocks, Stream(2, "stale", miners, ratio))
    error = stale_of_mined_error(ratio, blocks)
    assert abs(measured - stale_of_mined_by(miners, ratio, 1)) < 4 * error + 0.001
    for wrong_ratio in (ratio / 2, ratio * 2):
        assert abs(measured - stale_of_mined_by(miners, wrong_ratio, 1)) > 4 * error + 0.001
    limit = abs(measured - stale_of_mined(ratio, 1)) < 4 * error + 0.0005
    assert limit == (miners == 1_000), "the limit is for many miners, and only for them"


def test_the_error_is_that_of_races() -> None:
    stream = Stream(6, "stale error")
    rates = [one_delay_race(500, 0.5, 500, stream) for _ in range(500)]
    assert numpy.std(rates) == pytest.approx(stale_of_mined_error(0.5, 500), rel=0.1)


def test_decker_and_wattenhofers_probability() -> None:
    """A block that reaches nodes exponentially with mean 12.6 s, one in 633.68 s (their data)."""
    times = numpy.arange(0.05, 500, 0.1)
    unheard = numpy.exp(-times / 12.6)
    exact = contested_by_steps(1 / 633.68, list(unheard), 0.1)
    integral = integrate.quad(lambda t: math.exp(-t / 12.6), 0, math.inf)[0]
    assert exact == pytest.approx(1 - (1 - 1 / 633.68) ** integral, rel=1e-4)
    assert contested(12.6, 633.68) == pytest.approx(exact, rel=1e-2)
    assert contested(12.6, 633.68) == pytest.approx(0.0197, abs=5e-5)
    assert contested(0, 600) == 0
