"""What theory expects of a race's figures, beside what was measured.

For the mean interval and for the stale rate (stale / all mined) of a whole race: the expected value
and the band of four standard errors around it, or why theory does not say. A figure outside its
band is wrong, or one of 16,000.
"""

import math
from dataclasses import dataclass

from powclock.lab.theory.difficulty import asert_mean_error_s, retarget_total_s
from powclock.lab.theory.intervals import interval_mean_error_s
from powclock.lab.theory.stale import stale_of_mined_by, stale_of_mined_error
from powclock.machine.target import LIMIT, target_to_work
from powclock.race.summary import Summary
from powclock.record.conditions import Conditions, DifficultyInfo
from powclock.record.events import NANOSECONDS
from powclock.record.frame import Frame

STANDARD_ERRORS = 4
# Below these a sum of chances is not yet near the normal law that the band takes for granted.
TICKS_MIN = 20
STALE_MIN = 4
# A difficulty near the easiest target, or clamped by a tiny window, cannot follow the hash rate.
HEADROOM = 4
WINDOW_MIN = 8
PULL_MAX = 0.5
ONE_DELAY = 0.02  # delays that differ by less than this part are one
# Hash rates wander as a walk that keeps nine tenths a second: (1 + 0.9) / (1 − 0.9) seconds of it
# move together.
WANDER_MEMORY_S = 19


@dataclass(frozen=True, slots=True)
class Expected:
    """A figure that theory knows: it should lie between `low` and `high`; `law` says by what."""

    measured: float
    expected: float
    low: float
    high: float
    law: str

    @property
    def fits(self) -> bool:
        """Whether what was measured lies in the band."""
        return self.low <= self.measured <= self.high


@dataclass(frozen=True, slots=True)
class Unknown:
    """A figure about which theory says nothing, and why, in a few words."""

    measured: float
    why: str


Comparison = Expected | Unknown


@dataclass(frozen=True, slots=True)
class Comparisons:
    """The figures of a race: `interval_s` is the mean between ticks, `stale_of_mined` the part of
    all blocks mined that is not on the best chain.
    """

    interval_s: Comparison
    stale_of_mined: Comparison


@dataclass(frozen=True, slots=True)
class _Figures:
    ideal_s: float
    time_s: float
    tick_s: float
    ticks: int
    mined: int
    stale: int
    conditions: Conditions | None


def expected_of_frame(frame: Frame) -> Comparisons:
    """Compare the figures of a moment on the screen."""
    return _compare(
        _Figures(
            ideal_s=frame.interval_s,
            time_s=frame.time_ns / NANOSECONDS,
            tick_s=frame.tick_ns / NANOSECONDS,
            ticks=frame.height,
            mined=frame.totals.blocks_mined,
            stale=frame.totals.blocks_stale,
            conditions=frame.conditions,
        )
    )


def expected_of_summary(summary: Summary) -> Comparisons:
    """Compare the figures of a race that is over."""
    return _compare(
        _Figures(
            ideal_s=summary.interval_s,
            time_s=summary.race_seconds,
            tick_s=summary.interval_mean_s * summary.ticks,
            ticks=summary.ticks,
            mined=summary.blocks_mined,
            stale=summary.blocks_stale,
            conditions=summary.conditions,
        )
    )


def _compare(figures: _Figures) -> Comparisons:
    interval_s = figures.tick_s / figures.ticks if figures.ticks else 0.0
    stale = figures.stale / figures.mined if figures.mined else 0.0
    conditions = figures.conditions
    why = _why_not(figures)
    if conditions is None or why:
        return Comparisons(Unknown(interval_s, why), Unknown(stale, why))
    return Comparisons(
        _interval(figures, conditions, interval_s), _stale(figures, conditions, stale)
    )


def _why_not(figures: _Figures) -> str:
    """What stands in the way of any law; empty if nothing does."""
    conditions = figures.conditions
    if conditions is None:
        return "the conditions of the race are not recorded"
    if conditions.faults_begun:
        return "faults bent the race"
    if not conditions.miners:
        return "nobody mines"
    if conditions.hash_rate * figures.ideal_s < HEADROOM * target_to_work(LIMIT):
        return "the difficulty is at its easiest"
    if figures.ticks < TICKS_MIN:
        return f"fewer than {TICKS_MIN} ticks"
    return ""


def _band(measured: float, expected: float, error: float, law: str) -> Expected:
    low = max(0.0, expected - STANDARD_ERRORS * error)
    return Expected(measured, expected, low, expected + STANDARD_ERRORS * error, law)


def _interval(figures: _Figures, conditions: Conditions, measured_s: float) -> Comparison:
    ideal_s, ticks = figures.ideal_s, figures.ticks
    # What wandering hash rates add to the variance of the exponential law.
    shared = conditions.same_miner * conditions.wander**2
    wider = math.sqrt(1 + shared * WANDER_MEMORY_S / ideal_s)
    match conditions.difficulty:
        case DifficultyInfo(rule="asert", half_life_s=half_life_s):
            if ideal_s * math.log(2) > PULL_MAX * half_life_s:
                return Unknown(measured_s, "the half-life is too short for a steady clock")
            error_s = asert_mean_error_s(ideal_s, half_life_s, ticks)
            return _band(measured_s, ideal_s, wider * error_s, "ASERT keeps the schedule")
        case DifficultyInfo(rule="bitcoin", window=window):
            if ticks < window:
                error_s = interval_mean_error_s(ideal_s, ticks)
                return _band(measured_s, ideal_s, wider * error_s, "before the first retarget")
            if window < WINDOW_MIN:
                return Unknown(measured_s, "the window is too short for a steady clock")
            total_s, deviation_s = retarget_total_s(ideal_s, window, ticks)
            law = f"Bitcoin's rule settles at w/(w−2), w = {window}"
            return _band(measured_s, total_s / ticks, wider * deviation_s / ticks, law)
        case _:
            return Unknown(measured_s, "the difficulty rule has no known law")


def _stale(figures: _Figures, conditions: Conditions, measured: float) -> Comparison:
    mined = figures.mined
    interval_s = figures.time_s / mined
    delay_s = conditions.delay_max_s
    if conditions.equal and delay_s - conditions.delay_min_s < ONE_DELAY * delay_s:
        expected = stale_of_mined_by(conditions.miners, delay_s, interval_s)
        error = stale_of_mined_error(delay_s / interval_s, mined)
        law = f"{conditions.miners} equal miners, one delay d, d/T = {delay_s / interval_s:.3g}"
    else:
        # A block goes stale, or makes another so, exactly if its finder did not yet build on the
        # best height. So the expected rate is the part of all hashing that was spent like that.
        expected = conditions.behind
        error = math.sqrt(expected * (1 - expected) / mined)
        law = "hashes spent behind the best height"
    if expected * mined < STALE_MIN:
        return Unknown(measured, "so far too few blocks should be stale")
    return _band(measured, expected, error, law)
