from itertools import pairwise

import pytest

from powclock.clock.streams import Stream
from powclock.mining.hash_rate import HashRate
from tests.builders import seconds


class RaceTime:
    """Race time that a test sets."""

    def __init__(self) -> None:
        self.ns = 0

    def __call__(self) -> int:
        return self.ns


def wandering(wander: float, seed: int = 1) -> tuple[RaceTime, HashRate]:
    race = RaceTime()
    return race, HashRate(1_000.0, wander, Stream(seed, "rate"), race)


def walked(wander: float, steps: int, seed: int = 1) -> list[float]:
    """The rate at every second."""
    race, rate = wandering(wander, seed)
    rates = []
    for step in range(steps):
        race.ns = seconds(step)
        rates.append(rate.now())
    return rates


def test_a_steady_rate_is_its_base() -> None:
    assert set(walked(0, 10)) == {1_000.0}
    _, rate = wandering(0)
    assert rate.nominal == rate.base == 1_000.0
    assert rate.steady_ns == seconds(365 * 86_400)


def test_factors_multiply_until_they_are_taken_back() -> None:
    _, rate = wandering(0)
    rate.set_factor("throttle", 0.5)
    assert (rate.now(), rate.nominal, rate.base) == (500.0, 500.0, 1_000.0)
    rate.set_factor("boost", 4.0)
    assert rate.now() == 2_000.0
    rate.set_factor("throttle", 0.25)
    assert rate.now() == 1_000.0
    rate.set_factor("throttle", None)
    assert rate.now() == 4_000.0
    rate.set_factor("boost", 0)
    assert rate.now() == 0
    rate.set_factor("boost", None)
    rate.set_factor("never set", None)
    assert rate.now() == 1_000.0


def test_a_search_under_way_is_told_of_a_new_factor() -> None:
    _, rate = wandering(0)
    seen = []
    rate.set_factor("before anyone listens", 2.0)
    rate.on_change = lambda: seen.append(rate.now())
    rate.set_factor("throttle", 0.5)
    rate.set_factor("throttle", None)
    assert seen == [1_000.0, 2_000.0]


def test_a_wandering_rate_is_steady_for_a_second() -> None:
    race, rate = wandering(0.1)
    assert rate.steady_ns == seconds(1)
    race.ns = seconds(5)
    first = rate.now()
    race.ns = seconds(6) - 1
    assert rate.now() == first
    race.ns = seconds(6)
    assert rate.now() != first


def test_where_a_rate_wanders_depends_on_the_time_and_not_on_who_asks() -> None:
    every_second = walked(0.1, 101)
    race, rate = wandering(0.1)
    race.ns = seconds(100)
    assert rate.now() == every_second[100]
    assert walked(0.1, 101) == every_second
    assert walked(0.1, 101, seed=2) != every_second
    assert every_second[0] == 1_000.0


def test_a_rate_wanders_by_its_deviation_around_its_base() -> None:
    rates = walked(0.1, 20_000)
    mean = sum(rates) / len(rates)
    deviation = (sum((rate - mean) ** 2 for rate in rates) / len(rates)) ** 0.5
    assert mean == pytest.approx(1_000, rel=0.01)
    assert deviation == pytest.approx(100, rel=0.05)
    following = sum((one - mean) * (other - mean) for one, other in pairwise(rates))
    assert following / len(rates) / deviation**2 == pytest.approx(0.9, abs=0.02)


def test_a_rate_never_wanders_below_a_tenth() -> None:
    rates = walked(50.0, 1_000)
    assert min(rates) == 100.0
    assert max(rates) > 10_000


def test_factors_scale_a_wandering_rate() -> None:
    race, rate = wandering(0.1)
    race.ns = seconds(10)
    before = rate.now()
    rate.set_factor("boost", 4.0)
    assert rate.now() == 4 * before
    assert rate.nominal == 4_000.0
