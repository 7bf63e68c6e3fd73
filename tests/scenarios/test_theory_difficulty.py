"""The simulation's clock runs at the rate at which its difficulty rule lets it settle.

Bitcoin's own 600.596 s need three hundred thousand blocks to be told from 600: POWCLOCK_LONG=1.
"""

import os
from contextlib import closing
from functools import cache

import pytest

from powclock.clock.virtual_loop import NANOSECONDS
from powclock.lab.theory.difficulty import (
    asert_mean_error_s,
    retarget_mean_s,
    retarget_total_s,
)
from powclock.race.driver import Driver
from powclock.record.events import LeaderElected, Record
from tests.scenarios.races import race, scenario
from tests.scenarios.verdicts import fits

INTERVAL_S = 600
WINDOW, WINDOWS = 16, 140
HALF_LIFE_S, TICKS = 7_200, 2_000
BITCOINS_WINDOW, BITCOINS_WINDOWS = 2_016, 150


@cache
def tick_times_s(rule: str, ticks: int) -> list[float]:
    """When each height was reached, without latency to speak of."""
    what = scenario(
        51,
        nodes={"count": 2, "wander": 0},
        difficulty={
            "rule": rule,
            "interval_s": INTERVAL_S,
            "window": WINDOW,
            "half_life_s": HALF_LIFE_S,
        },
        links={"latency_ms": 1, "jitter_ms": 0},
        workload={"clients": 0},
    )
    with race(what) as running:
        running.run_until(lambda: running.view.height >= ticks, 1e8)
        ticks_ns = [r.time_ns for r in running.records if isinstance(r.event, LeaderElected)]
    assert len(ticks_ns) == ticks
    return [tick_ns / 1e9 for tick_ns in ticks_ns]


@pytest.mark.parametrize(
    ("settles_s", "true"),
    [
        (retarget_mean_s(INTERVAL_S, WINDOW), True),
        (INTERVAL_S, False),
        (INTERVAL_S * WINDOW / (WINDOW - 1), False),
        (INTERVAL_S * (WINDOW - 1) / (WINDOW - 2), False),
    ],
    ids=["w/(w-2)", "no bias", "w/(w-1)", "(w-1)/(w-2)"],
)
def test_bitcoins_rule_settles_above_the_ideal(settles_s: float, true: bool) -> None:
    """For 2016 blocks the same law gives 600.596 s; the effect is small there, and large here."""
    ticks = WINDOW * WINDOWS - 1
    times = tick_times_s("bitcoin", ticks)
    blocks = ticks - (WINDOW - 1)  # those before the first retarget come at the ideal rate
    measured_s = (times[-1] - times[WINDOW - 2]) / blocks
    error_s = retarget_total_s(INTERVAL_S, WINDOW, ticks)[1] / blocks
    assert fits(measured_s, settles_s, error_s) == true


@pytest.mark.parametrize("factor", [0.99, 1.0, 1.01, 16 / 14])
def test_asert_keeps_the_ideal(factor: float) -> None:
    """Two thousand independent intervals could not tell these apart; a schedule can."""
    times = tick_times_s("asert", TICKS)
    error_s = asert_mean_error_s(INTERVAL_S, HALF_LIFE_S, TICKS)
    assert fits(times[-1] / TICKS, factor * INTERVAL_S, error_s) == (factor == 1)


@cache
def bitcoins_mean_s() -> tuple[float, float]:
    """The mean interval that Bitcoin's own parameters settle at, and its standard error.

    One node is enough, and only the time at which two heights are reached is kept.
    """
    first, last = BITCOINS_WINDOW - 1, BITCOINS_WINDOW * BITCOINS_WINDOWS - 1
    reached_ns: dict[int, int] = {}

    def note(record: Record) -> None:
        if isinstance(record.event, LeaderElected) and record.event.height in {first, last}:
            reached_ns[record.event.height] = record.time_ns

    driver = Driver(
        scenario(
            53,
            nodes={"count": 1, "wander": 0},
            difficulty={"rule": "bitcoin", "interval_s": INTERVAL_S, "window": BITCOINS_WINDOW},
            workload={"clients": 0},
        ),
        check=False,
    )
    driver.world.recorder.listen(note)
    with closing(driver):
        driver.start()
        while last not in reached_ns:
            driver.world.advance(driver.now_ns + BITCOINS_WINDOW * INTERVAL_S * NANOSECONDS)
    blocks = last - first
    measured_s = (reached_ns[last] - reached_ns[first]) / NANOSECONDS / blocks
    return measured_s, retarget_total_s(INTERVAL_S, BITCOINS_WINDOW, last)[1] / blocks


@pytest.mark.skipif(os.environ.get("POWCLOCK_LONG") != "1", reason="takes minutes: POWCLOCK_LONG=1")
@pytest.mark.parametrize("settles_s", [600.596, 600.0])
def test_bitcoin_itself_settles_at_600_596_s(settles_s: float) -> None:
    assert retarget_mean_s(INTERVAL_S, BITCOINS_WINDOW) == pytest.approx(600.596, abs=5e-4)
    measured_s, error_s = bitcoins_mean_s()
    assert fits(measured_s, settles_s, error_s) == (settles_s == 600.596)
