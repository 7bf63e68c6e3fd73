"""Selfish mining: withhold blocks, and publish just enough to make the others' work worthless.

The attacker has the share α. It keeps what it finds. When the honest nodes find a block while it is
one ahead, it publishes and the network is torn between two blocks of one height; γ is the part of
the honest hash rate that hears the attacker's first. Two ahead, it publishes all and wins both;
further ahead, it publishes one for each of theirs.

Source: Eyal and Sirer (2014). Their revenue is *relative*: the attacker's part of the blocks of the
main chain. Blocks reach everybody at once but for γ, and time is counted in blocks found.
"""

import math


def selfish_rates(alpha: float, gamma: float) -> tuple[float, float]:
    """Blocks of the main chain for each block found: the attacker's, and the others'.

    From the stationary law of the state machine: no lead with p₀, a lead of one with p₁ = α p₀, of
    k with p₁ (α/(1−α))^(k−1), and a tie with (1−α) p₁. What is missing to 1 is stale.

    Until the difficulty is adjusted blocks are found at the old pace, so these are also the
    revenues for each ideal interval. The attacker's is never above α: until then nothing beats
    honest mining (Grunspan and Pérez-Marco 2018).

    Args:
        alpha: the attacker's share, below ½.
        gamma: the part of the others that mines on the attacker's block in a tie.
    """
    honest = 1 - alpha
    none = (1 - 2 * alpha) / (1 - 4 * alpha**2 + 2 * alpha**3)
    one = alpha * none
    tie = honest * one
    two = one * alpha / honest
    more = one * (alpha / honest) ** 2 / (1 - alpha / honest)
    attacker = tie * (2 * alpha + gamma * honest) + 2 * two * honest + more * honest
    others = tie * honest * (gamma + 2 * (1 - gamma)) + none * honest
    return attacker, others


def selfish_revenue(alpha: float, gamma: float) -> float:
    """The attacker's part of the main chain.

    R = [α(1−α)²(4α + γ(1−2α)) − α³] / [1 − α(1 + (2−α)α)].

    Args:
        alpha: the attacker's share, below ½.
        gamma: the part of the others that mines on the attacker's block in a tie.
    """
    gain = alpha * (1 - alpha) ** 2 * (4 * alpha + gamma * (1 - 2 * alpha)) - alpha**3
    return gain / (1 - alpha * (1 + (2 - alpha) * alpha))


def selfish_revenue_error(alpha: float, gamma: float, blocks: int) -> float:
    """The standard error of the attacker's part, after so many blocks of the main chain.

    Whenever nothing is withheld the race begins anew, so it is made of rounds that are alike and
    independent. One adds A blocks of the attacker and H of the others. With D = A − R (A + H),
    whose mean is 0, the variance of the part is E[D²] / (E[A + H] · blocks) (the renewal-reward
    theorem). From a lead of two on the attacker wins 2 + U blocks, where U is how often a walk goes
    up before it first is one lower: its mean is α/(1−2α), its variance α(1−α)/(1−2α)³.

    Args:
        alpha: the attacker's share, below ½.
        gamma: the part of the others that mines on the attacker's block in a tie.
        blocks: of the main chain.
    """
    honest, part = 1 - alpha, selfish_revenue(alpha, gamma)
    tie = alpha * honest
    # Probability, and the blocks A and H, of rounds without a lead of two.
    rounds = (
        (honest, 0, 1),
        (tie * alpha, 2, 0),
        (tie * honest * gamma, 1, 1),
        (tie * honest * (1 - gamma), 0, 2),
    )
    won = 2 + alpha / (1 - 2 * alpha)
    won_variance = alpha * honest / (1 - 2 * alpha) ** 3
    length = alpha**2 * won + sum(chance * (a + h) for chance, a, h in rounds)
    square = alpha**2 * (1 - part) ** 2 * (won**2 + won_variance)
    square += sum(chance * (a - part * (a + h)) ** 2 for chance, a, h in rounds)
    return math.sqrt(square / (length * blocks))


def selfish_threshold(gamma: float) -> float:
    """The share above which selfish mining beats honest mining, once difficulty has followed.

    (1 − γ) / (3 − 2γ): a third for γ = 0, a quarter for ½, nothing for 1.
    """
    return (1 - gamma) / (3 - 2 * gamma)
