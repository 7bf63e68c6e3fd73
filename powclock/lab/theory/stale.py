"""Stale blocks: what latency costs.

While a block is on its way others still search beside it; what they find goes stale, or makes it
stale. Three quantities are called the stale rate, and each function says which it gives:
stale / all mined, stale / main chain, and the probability that a block is contested.

T is the mean interval between blocks *mined*, stale ones included, where nothing else is said. A
difficulty rule holds the interval of the main chain at its ideal instead, which is longer:
T / (1 − stale of mined).
"""

import math
from collections.abc import Sequence


def stale_of_mined(delay_s: float, interval_s: float) -> float:
    """Stale / all mined, for many equal miners and one delay d: (d/T) / (1 + d/T).

    Exact in that limit: after the first block of a height the others find rivals for d, then the
    next height takes another T, so one block of every (T + d) / T stays.
    """
    ratio = delay_s / interval_s
    return ratio / (1 + ratio)


def stale_of_mined_by(miners: int, delay_s: float, interval_s: float) -> float:
    """Stale / all mined, for `miners` equal ones and one delay d to everyone.

    Whoever finds a block builds on it at once, so a race of N is not the limit. After the first
    block of a height, k rivals leave k + 1 nodes at that height; each next block is another rival
    with probability 1 − (k+1)/N. With x = d/T the first block of the next height comes after
    T · Σ_k Π_{j≤k} (1 − j/N) · [1 − Σ_{i≤k} e^(−x) xⁱ/i! + e^(−x) x^k/k!], and one block of every
    such time stays. Derived here; left out is that a height may begin before the last has reached
    everyone, which is of the order of x²/N: for x ≤ ½ and N ≥ 4 the result is at most 0.001 off.

    Args:
        miners: N, how many nodes mine.
        delay_s: from one node to every other.
        interval_s: between blocks mined.
    """
    x = delay_s / interval_s
    still_rivals = 1.0
    poisson = math.exp(-x)
    fewer = 0.0
    blocks = 0.0
    for k in range(miners):
        if k:
            still_rivals *= 1 - k / miners
            poisson *= x / k
        fewer += poisson
        blocks += still_rivals * (1 - fewer + poisson)
    return 1 - 1 / blocks


def stale_of_mined_error(ratio: float, blocks: int) -> float:
    """The standard error of stale / all mined over `blocks` mined, √(x / (1 + x)³ / n).

    The first block of a height and its rivals make a cluster whose size is 1 plus a Poisson number
    with mean x, so the part that stays is the inverse of a mean of n / (1 + x) such sizes.

    Args:
        ratio: x = d/T.
        blocks: n, all blocks mined.
    """
    return math.sqrt(ratio / (1 + ratio) ** 3 / blocks)


def stale_of_main(shares: Sequence[float], miner: int, delay_s: float, interval_s: float) -> float:
    """Stale / main chain of one miner, to first order in d/T: (d/T) · [(1−h_i)² + Σ_{j≠i} h_j²].

    With one delay to everyone two blocks within d of each other make a fork, and the next block
    decides it: the first of the two is built on by all but the other's finder. So the first loses
    to j with probability h_j, and the second with 1 − h_i.

    Args:
        shares: of the hash rate, adding up to 1.
        miner: whose, as an index.
        delay_s: from one node to every other.
        interval_s: between blocks; to first order it does not matter which.
    """
    others = math.fsum(h**2 for j, h in enumerate(shares) if j != miner)
    return delay_s / interval_s * ((1 - shares[miner]) ** 2 + others)


def chance_of_another(shares: Sequence[float]) -> float:
    """The probability that two blocks are of different miners, 1 − Σ h_i².

    Nobody races against himself, so to first order stale / all mined is this times d/T.
    """
    total = math.fsum(shares)
    return 1 - math.fsum((h / total) ** 2 for h in shares)


def contested(mean_delay_s: float, interval_s: float) -> float:
    """The probability that a block is contested: that a rival is found while it spreads.

    1 − e^(−d̄/T), with d̄ = ∫ (1 − f(t)) dt the mean delay to a node, weighted by hash rate, and
    f(t) the part that has the block t after it was found. Source: Decker and Wattenhofer (2013),
    who observed 1.69 % for Bitcoin.
    """
    return -math.expm1(-mean_delay_s / interval_s)


def contested_by_steps(chance_a_second: float, unheard: Sequence[float], step_s: float) -> float:
    """The same before the approximation: 1 − (1 − P_b)^(∫ (1 − f(t)) dt).

    Args:
        chance_a_second: P_b, the probability that the network finds a block within a second.
        unheard: 1 − f at the middle of each step.
        step_s: how long a step is.
    """
    return -math.expm1(math.log1p(-chance_a_second) * math.fsum(unheard) * step_s)
