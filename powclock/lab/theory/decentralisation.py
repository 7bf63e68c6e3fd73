"""How far leading is spread over nodes: four figures, of how often each node led.

They are defined on counts of blocks led, one for each node that takes part, also for those that led
none; which blocks count is for the caller to say. Sources: Nakamoto coefficient, Srinivasan and Lee
(2017); Gini (1912), as half the relative mean difference; entropy, Shannon (1948), used so for the
authors of blocks by Lin et al. (2021). A reign is our own word: one node leads tick after tick,
until another does.
"""

import math
from collections.abc import Sequence


def nakamoto_coefficient(led: Sequence[int]) -> int:
    """The smallest number of nodes that together led more than half; 0 if nobody led.

    The source asks for 51 %; more than half is what outvotes, or outworks, the rest.
    """
    total = sum(led)
    together = 0
    for count, blocks in enumerate(sorted(led, reverse=True), start=1):
        together += blocks
        if 2 * together > total:
            return count
    return 0


def gini_coefficient(led: Sequence[int]) -> float:
    """0 if all led as often; (n − 1) / n, the most, if one led always; 0 if nobody led.

    Σ_i Σ_j |x_i − x_j| / (2 n Σ x), which with x sorted is Σ (2i − n − 1) x_i / (n Σ x).
    """
    total = sum(led)
    if not total:
        return 0.0
    count = len(led)
    spread = sum((2 * i - count - 1) * x for i, x in enumerate(sorted(led), start=1))
    return spread / (count * total)


def leader_entropy_bits(led: Sequence[int]) -> float:
    """How much the next leader's name tells: − Σ p log₂ p; 0 if one led always, or nobody."""
    total = sum(led)
    return math.fsum(x / total * math.log2(total / x) for x in led if x)


def leader_entropy_part(led: Sequence[int]) -> float:
    """The entropy as a part of what n nodes can have at most, log₂ n; 0 for a single node."""
    return leader_entropy_bits(led) / math.log2(len(led)) if len(led) > 1 else 0.0


def reign_mean_ticks(shares: Sequence[float]) -> float:
    """Ticks that one node leads in a row, where each tick draws its leader: 1 / (1 − Σ h_i²).

    A tick ends a reign if the next one is of another node, with probability 1 − Σ h_i². Infinite
    where one node has all. Under a schedule it is the blocks of a slot.

    Args:
        shares: each node's chance to lead a tick, in any unit.
    """
    total = math.fsum(shares)
    same = math.fsum((share / total) ** 2 for share in shares)
    return 1 / (1 - same) if same < 1 else math.inf
