"""Where difficulty rules settle, beside races of exponential draws."""

from statistics import fmean, pstdev

import numpy
import pytest

from powclock.clock.streams import Stream
from powclock.election.difficulty import asert_target, retarget
from powclock.lab.theory.difficulty import (
    asert_factor,
    asert_lateness_s,
    asert_mean_error_s,
    retarget_mean_s,
    retarget_total_s,
)
from powclock.machine.target import bits_to_target, target_to_bits
from tests.lab.theory.models import asert_race, retarget_race


def test_bitcoin_settles_at_600_596_s() -> None:
    assert retarget_mean_s(600, 2016) == pytest.approx(600.596, abs=0.0005)
    assert retarget_mean_s(10, 4) == 20


def test_the_rule_itself_settles_there() -> None:
    """Bitcoin's own window and the function that nodes use; only the sums are drawn."""
    windows, interval_s, window = 4_000, 600, 2016
    sums = numpy.random.default_rng(5).gamma(window - 1, size=windows)
    lasts = numpy.random.default_rng(6).exponential(size=windows)
    limit = (1 << 240) - 1
    bits = start = target_to_bits(1 << 200)
    total_s = 0.0
    for seen, last in zip(sums, lasts, strict=True):
        mean_s = interval_s * bits_to_target(start) / bits_to_target(bits)
        total_s += mean_s * (seen + last)
        bits = retarget(bits, int(mean_s * seen), interval_s * window, limit)
    measured_s = total_s / windows / window
    error_s = retarget_total_s(interval_s, window, windows * window)[1] / windows / window
    assert abs(measured_s - retarget_mean_s(interval_s, window)) < 4 * error_s
    for wrong_s in (600.0, 600 * 2016 / 2015, 600 * 2017 / 2014):
        assert abs(measured_s - wrong_s) > 4 * error_s


@pytest.mark.parametrize(("window", "ticks"), [(12, 9), (12, 11), (12, 20), (12, 131), (30, 400)])
def test_the_time_of_so_many_ticks_under_bitcoins_rule(window: int, ticks: int) -> None:
    stream = Stream(3, "retarget", window, ticks)
    races = 4_000
    times = [retarget_race(5, window, ticks, stream) for _ in range(races)]
    mean_s, deviation_s = retarget_total_s(5, window, ticks)
    assert abs(fmean(times) - mean_s) < 4 * deviation_s / races**0.5
    # the inverse of a sum has heavy tails, so that the deviation is known less well than its mean
    assert pstdev(times) == pytest.approx(deviation_s, rel=0.08)


def test_a_window_gives_back_what_the_last_one_took() -> None:
    """Independent intervals would have an error four times as large."""
    assert retarget_total_s(1, 100, 10_000)[1] < 10_000**0.5 / 4


@pytest.mark.parametrize("ticks", [1, 10, 200])
def test_how_late_a_chain_is_under_asert(ticks: int) -> None:
    stream = Stream(4, "asert", ticks)
    races = 3_000
    late_s = [asert_race(5, 120, ticks, stream) for _ in range(races)]
    expected_s = asert_lateness_s(5, 120, ticks)
    assert pstdev(late_s) == pytest.approx(expected_s, rel=0.05)
    assert abs(fmean(late_s)) < 4 * expected_s / races**0.5 + 5 / 4  # a quarter of an interval late
    assert asert_mean_error_s(5, 120, ticks) == expected_s / ticks


def test_lateness_begins_as_a_walk_and_is_bounded() -> None:
    assert asert_lateness_s(600, 1e12, 100) == pytest.approx(600 * 10, rel=1e-6)
    assert asert_lateness_s(5, 60, 10**9) == pytest.approx((5 * 60 / 1.386294) ** 0.5, rel=0.02)


@pytest.mark.parametrize("late_s", [-100_000, -1, 0, 1, 90_000, 172_800, 1_000_000])
def test_the_integer_rule_follows_the_factor(late_s: int) -> None:
    anchor = 1 << 200
    target = asert_target(
        anchor_target=anchor, time_delta_s=late_s + 600 * 101, height_delta=100, interval_s=600,
        half_life_s=172_800, limit=1 << 255,
    )  # fmt: skip
    assert target / anchor == pytest.approx(asert_factor(late_s, 172_800), rel=2e-4)
    assert asert_factor(172_800, 172_800) == 2
