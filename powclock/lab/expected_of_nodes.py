"""What theory expects of single nodes: the share of blocks that each finds, and what an attacker
gets.
"""

import math
from math import fsum

from powclock.lab.expected import STANDARD_ERRORS, TICKS_MIN, Comparison, Expected, Unknown
from powclock.lab.theory.double_spend import double_spend_giving_up
from powclock.lab.theory.selfish import selfish_revenue, selfish_revenue_error
from powclock.record.frame import ActiveFault, Frame, NodeRow


def share_of_blocks(frame: Frame, row: NodeRow) -> Comparison:
    """A node's part of all blocks mined: a binomial law with its share of the hash rate."""
    mined = frame.totals.blocks_mined
    measured = row.won / mined if mined else 0.0
    if frame.conditions is None or frame.conditions.faults_begun:
        return Unknown(measured, "faults bent the race")
    if mined < TICKS_MIN:
        return Unknown(measured, f"fewer than {TICKS_MIN} blocks")
    error = math.sqrt(row.share * (1 - row.share) / mined)
    return band(measured, row.share, error, "binomial with the share of the hash rate")


def revenue(frame: Frame, fault: ActiveFault) -> Comparison:
    """A selfish miner's part of the best chain since it began, by Eyal and Sirer.

    A tie's finder keeps its own block, so of the others that γ could win over its own part is
    missing. Theory takes it that blocks reach everybody at once.
    """
    attack, blocks = fault.attack, fault.blocks
    measured = fault.own_blocks / blocks if blocks else 0.0
    if attack is None or fault.fault != "selfish":
        return Unknown(measured, "it is no selfish miner")
    shares = {row.name: row.share for row in frame.nodes if row.state != "down"}
    alpha = shares.pop(attack.attacker, 0.0)
    if not 0 < alpha < 0.5:
        return Unknown(measured, "with half of the hash rate it gets all in the end")
    if len(frame.faults) > 1 or _begun_since(frame, fault):
        return Unknown(measured, "other faults bent the race")
    if blocks < TICKS_MIN:
        return Unknown(measured, f"fewer than {TICKS_MIN} blocks since it began")
    others = fsum(shares.values())
    finder = fsum((share / others) ** 2 for share in shares.values())
    gamma = attack.gamma * (1 - finder)
    error = selfish_revenue_error(alpha, gamma, blocks)
    if STANDARD_ERRORS * error >= 0.5:
        return Unknown(measured, "so far too few blocks to tell")
    law = f"Eyal and Sirer, α = {alpha:.3g}, γ = {gamma:.3g}"
    return band(measured, selfish_revenue(alpha, gamma), error, law)


def double_spends(frame: Frame, fault: ActiveFault) -> Comparison:
    """A double spender's part of the tries that are over which it won, by the law of its own rule.

    From the blocks that it has in hand when it pays it must get strictly ahead before it gives up.
    Theory takes it that blocks reach everybody at once, and that the next one holds the payment.
    """
    attack = fault.attack
    if attack is None or not attack.wanted:
        return Unknown(0.0, "it is no double spend")
    tries = attack.tries_over
    measured = attack.won / tries if tries else 0.0
    share = next((row.share for row in frame.nodes if row.name == attack.attacker), 0.0)
    if not 0 < share < 1:
        return Unknown(measured, "it does not race against others")
    if not attack.give_up:
        return Unknown(measured, "it is not told when a try is given up")
    if len(frame.faults) > 1 or _begun_since(frame, fault):
        return Unknown(measured, "other faults bent the race")
    if not tries:
        return Unknown(measured, "no try has ended")
    expected = double_spend_giving_up(share, attack.wanted, attack.give_up, attack.head_start)
    error = math.sqrt(max(0.0, expected * (1 - expected)) / tries)
    in_hand = "one block in hand" if attack.head_start else "no block in hand"
    law = (
        f"Rosenfeld's walk, exact: q = {share:.3g}, z = {attack.wanted}, {in_hand}, "
        f"given up {attack.give_up} behind"
    )
    return band(measured, expected, error, law)


def _begun_since(frame: Frame, fault: ActiveFault) -> bool:
    return any(mark.on and mark.time_ns > fault.since_ns for mark in frame.marks)


def band(measured: float, expected: float, error: float, law: str) -> Expected:
    """A part of something, so no band goes beyond 0 or 1."""
    low = max(0.0, expected - STANDARD_ERRORS * error)
    high = min(1.0, expected + STANDARD_ERRORS * error)
    return Expected(measured, expected, low, high, law)
