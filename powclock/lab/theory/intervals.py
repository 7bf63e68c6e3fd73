"""How long a block takes.

Each hash is an independent trial with a tiny chance, so the wait for a block has no memory: it is
exponential, and the one who finds it is node i with probability h_i, its share of the hash rate.
Source: Nakamoto (2008), section 11, for the Poisson process; the rest is its textbook.
"""

import math


def interval_cdf(seconds: float, mean_s: float) -> float:
    """The probability that an interval is at most so long: 1 − e^(−t/T)."""
    return -math.expm1(-seconds / mean_s) if seconds > 0 else 0.0


def interval_deviation_s(mean_s: float) -> float:
    """The standard deviation of an interval: T, as much as its mean."""
    return mean_s


def interval_median_s(mean_s: float) -> float:
    """Half of all intervals are shorter: T · ln 2."""
    return mean_s * math.log(2)


def interval_mean_error_s(mean_s: float, count: int) -> float:
    """The standard error of the mean of `count` independent intervals: T / √n."""
    return mean_s / math.sqrt(count)


def interval_deviation_error_s(mean_s: float, count: int) -> float:
    """The standard error of the deviation of `count` independent intervals: T · √(2/n).

    To first order, from the fourth central moment of the exponential law, 9 T⁴:
    √((9 − 1) T⁴ / n) / 2T.
    """
    return mean_s * math.sqrt(2 / count)


def interval_median_error_s(mean_s: float, count: int) -> float:
    """The standard error of the median of `count` independent intervals: T / √n.

    To first order, 1 / (2 f √n), with f = 1 / 2T the density at the median.
    """
    return mean_s / math.sqrt(count)


def share_error(share: float, count: int) -> float:
    """The standard error of a miner's part of `count` blocks: √(h (1 − h) / n)."""
    return math.sqrt(share * (1 - share) / count)
