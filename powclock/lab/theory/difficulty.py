"""What the difficulty rules do to the mean interval, under a steady hash rate.

Bitcoin's rule divides by a sum of random intervals, so it settles a little above the ideal: the
mean of the inverse of a sum is more than the inverse of its mean. ASERT compares with a schedule,
so the chain can be early or late by no more than a bounded amount, and its mean interval is the
ideal one.

Sources: Bitcoin Core `CalculateNextWorkRequired`; the aserti3-2d specification (Bitcoin Cash 2020).
Means and errors are derived here, from the moments of the Gamma law and from a linear recursion.
"""

import math


def retarget_mean_s(interval_s: float, window: int) -> float:
    """Where the mean interval settles under Bitcoin's rule: T · w / (w − 2).

    The time span of a window of w blocks covers w − 1 intervals, whose sum G (in units of their
    mean) has the Gamma law; the next mean is T · w / G, and E[1/G] = 1 / (w − 2). For w = 2016 and
    600 s: 600.596 s. The clamp to a factor of four is left out: it matters for tiny windows alone.

    Args:
        interval_s: the ideal interval T.
        window: w, at least 3; the mean of w = 2 is infinite.
    """
    return interval_s * window / (window - 2)


def retarget_total_s(interval_s: float, window: int, ticks: int) -> tuple[float, float]:
    """Mean and standard deviation of the time of the first `ticks` blocks under Bitcoin's rule.

    The blocks below height w have the ideal mean T from the start (the first difficulty fits the
    hash rate) and take T · G₀, where G₀ is a sum of w − 1 unit exponentials. The blocks of window k
    take W_k = T · w · G_k / G'_{k−1}, with G_k the sum of its own exponentials and G' that of the
    w − 1 that the retarget sees. Neighbours share one of these, so what one window takes too long
    the next gives back: Cov(W_k, W_{k−1}) = −T² w³ / (w − 2)² for whole windows. Hence the error of
    a mean over many windows is far below that of as many independent intervals.

    Args:
        interval_s: the ideal interval T.
        window: w, at least 4; the variance of w = 3 is infinite.
        ticks: the height reached.
    """
    first = min(ticks, window - 1)
    mean, variance = float(first), float(first)
    for reached in range(first, ticks, window):
        count = min(window, ticks - reached)
        mean += window * count / (window - 2)
        second = count * (count + 1) / ((window - 2) * (window - 3))
        variance += window**2 * (second - (count / (window - 2)) ** 2)
        # With the window before, of which the first is another: its mean interval is no estimate.
        shared = window / (window - 2) if reached > first else 1.0
        variance -= 2 * shared * window * count / (window - 2)
    return interval_s * mean, interval_s * math.sqrt(variance)


def asert_factor(late_s: float, half_life_s: float) -> float:
    """How much larger ASERT's target is than its anchor's when the chain is late: 2^(late / τ)."""
    return math.exp2(late_s / half_life_s)


def asert_lateness_s(interval_s: float, half_life_s: float, ticks: int) -> float:
    """The standard deviation of how late the block of height `ticks` comes under ASERT.

    With x the lateness of the newest block, the next interval has mean T · 2^(−x/τ). To first order
    in x/τ, x' = (1 − a) x + T (E − 1), with E a unit exponential and a = T ln 2 / τ. So
    Var x = T² (1 − (1 − a)^(2n)) / (2a − a²): it grows as under a fixed difficulty at first and
    then stays at about T τ / (2 ln 2), however long the race.

    Args:
        interval_s: the ideal interval T.
        half_life_s: the lateness τ that doubles the target, more than T · ln 2.
        ticks: the height n.
    """
    pull = interval_s * math.log(2) / half_life_s
    assert 0 < pull < 1, "a shorter half-life overshoots"
    left = -math.expm1(2 * ticks * math.log1p(-pull))
    return interval_s * math.sqrt(left / (2 * pull - pull**2))


def asert_mean_error_s(interval_s: float, half_life_s: float, ticks: int) -> float:
    """The standard error of the mean interval of the first `ticks` blocks under ASERT."""
    return asert_lateness_s(interval_s, half_life_s, ticks) / ticks
