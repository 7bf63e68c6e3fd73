"""Double spends: can an attacker with a minority overtake the honest chain?

A merchant hands over the goods when a payment has n confirmations. Meanwhile the attacker, who has
the part q of the hash rate (p = 1 − q), has mined m blocks in secret, with the negative binomial
law C(m+n−1, m) pⁿ q^m. From then on it is a random walk: to gain k blocks at any time has
probability (q/p)^k.

Conventions differ in how many blocks the attacker has at the start and in whether a tie is enough.
What counts is the sum of both: a head start of one block, with a branch that must be longer, is
exactly the race without a head start in which a tie is enough.

Those laws have an attacker that never gives up. One that does, at a deficit that it can fall to,
is a gambler between two barriers; that law is exact too, and known for a majority as well.
"""

import math
from functools import lru_cache


def nakamoto(q: float, confirmations: int) -> float:
    """Nakamoto's approximation: it replaces the law of m by Poisson's with mean λ = z q/p.

    P = 1 − Σ_{k=0..z} e^(−λ) λ^k/k! · (1 − (q/p)^(z−k)).

    Convention: no head start, a tie is a success. It is too low where it matters; a simulation must
    not match it. Source: Nakamoto (2008), section 11.

    Args:
        q: the attacker's share.
        confirmations: z, what the merchant waits for.
    """
    p = 1 - q
    if q >= p:
        return 1.0
    rate = confirmations * q / p
    fails = 0.0
    poisson = math.exp(-rate)
    for k in range(confirmations + 1):
        fails += poisson * (1 - (q / p) ** (confirmations - k))
        poisson *= rate / (k + 1)
    return 1 - fails


def double_spend(q: float, confirmations: int) -> float:
    """The exact probability, P = 1 − Σ_{m=0..n} C(m+n−1, m) (pⁿ q^m − p^m qⁿ) = I_{4pq}(n, ½).

    Convention: the attacker starts with one block in hand and must get strictly ahead, which is the
    same as to start with none and to succeed with a tie. Sources: Rosenfeld (2014); Grunspan and
    Pérez-Marco (2017).

    Args:
        q: the attacker's share.
        confirmations: n, what the merchant waits for.
    """
    return _overtakes(q, confirmations, gain=0)


def double_spend_strictly_ahead(q: float, confirmations: int) -> float:
    """The exact probability without any head start, where a tie is not enough.

    P = 1 − Σ_{m=0..n} C(m+n−1, m) pⁿ q^m (1 − (q/p)^(n+1−m)).

    This is what a branch that begins at the payment's parent must do where honest nodes keep what
    they saw first. Derived as the exact law is.

    Args:
        q: the attacker's share.
        confirmations: n, what the merchant waits for.
    """
    return _overtakes(q, confirmations, gain=1)


def _overtakes(q: float, confirmations: int, *, gain: int) -> float:
    """The probability that the attacker is at some time at least `gain` blocks ahead, from n on."""
    p = 1 - q
    if q >= p:
        return 1.0
    n = confirmations
    if n == 0:
        return (q / p) ** gain
    fails = math.fsum(
        math.comb(m + n - 1, m) * (p**n * q**m - p ** (m - gain) * q ** (n + gain))
        for m in range(n + gain)
    )
    return 1 - fails


@lru_cache(maxsize=64)
def double_spend_giving_up(q: float, confirmations: int, give_up: int, head_start: int) -> float:
    """The exact probability for an attacker that gives up when it is `give_up` blocks behind.

    While the merchant waits, the blocks that the attacker finds between two of the others have a
    geometric law, and a try that falls to the deficit is over. From the last confirmation on it is
    gambler's ruin (Feller, volume I, XIV.2) between the deficit and one block ahead. As `give_up`
    grows this becomes Rosenfeld's law, with one block in hand `double_spend` and with none
    `double_spend_strictly_ahead`.

    Args:
        q: the attacker's share, 0 < q < 1.
        confirmations: n ≥ 1, what the merchant waits for.
        give_up: blocks behind, at least 1, before the goods are there or after.
        head_start: blocks in hand when it pays, 0 or 1; it succeeds when it is strictly ahead.
    """
    n, p = confirmations, 1 - q
    # By how many blocks the attacker has, when the others have just found theirs; with more than n
    # it only waits for the goods.
    found = [0.0] * (n + 1)
    found[head_start] = 1.0
    succeeds = 0.0
    for others in range(1, n + 1):
        passing = 0.0
        for own in range(n + 1):
            passing = passing * q + found[own]
            found[own] = passing * p if others - own < give_up else 0.0
        succeeds += passing * q
    return succeeds + math.fsum(
        mass * _gains(q, n - own + 1, give_up - (n - own)) for own, mass in enumerate(found) if mass
    )


def _gains(q: float, gain: int, loss: int) -> float:
    """Gambler's ruin: the probability to gain so many blocks before so many are lost."""
    p = 1 - q
    if math.isclose(q, p):
        return loss / (gain + loss)
    if q < p:
        odds = q / p
        return float((odds**gain - odds ** (gain + loss)) / (1 - odds ** (gain + loss)))
    odds = p / q
    return float((1 - odds**loss) / (1 - odds ** (gain + loss)))
