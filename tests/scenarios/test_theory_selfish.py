"""A selfish miner in the simulation earns what Eyal and Sirer's closed form says.

Each case is one race of a full mesh with latencies far below the interval. γ is reached but for the
finder of the honest block in a tie, who keeps his own: of four equal honest nodes three quarters
can be won over, so the law is asked for ¾ γ.
"""

from functools import cache
from statistics import stdev

import pytest

from powclock.clock.streams import Stream
from powclock.lab.theory.selfish import selfish_rates, selfish_revenue
from powclock.network.faults import SelfishMining
from powclock.record.events import BlockFound, Hash
from tests.lab.theory.models import selfish_race
from tests.scenarios.races import race, scenario
from tests.scenarios.verdicts import fits

HONEST = 4
BLOCKS = 1_300
MODELS = 200


def reached(gamma: float) -> float:
    """The part of the honest hash rate that follows the attacker in a tie, on average."""
    return gamma * (1 - 1 / HONEST)


@cache
def rates(alpha: float, gamma: float) -> tuple[float, float]:
    """Of all blocks found, the parts on the main chain: the attacker's and the others'."""
    what = scenario(
        61,
        nodes={
            "count": 1 + HONEST,
            "names": ["mallory", "ann", "bea", "carl", "dan"],
            "shares": [alpha, *[(1 - alpha) / HONEST] * HONEST],
            "wander": 0,
            "hash_rate": 1_000,
        },
        difficulty={"rule": "bitcoin", "interval_s": 600, "window": 100_000},
        links={"topology": "full_mesh", "latency_ms": 1, "jitter_ms": 0, "kilobytes_per_s": 1e12},
        workload={"clients": 0},
    )
    with race(what) as running:
        running.begin(SelfishMining(nodes=("mallory",), gamma=gamma))
        counts = running.view.counts
        running.run_until(lambda: counts.blocks_mined >= BLOCKS, 1e8)
        running.heal_all()  # what is withheld counts
        running.run(1)
        blocks = [record for record in running.records if isinstance(record.event, BlockFound)]
        tick = running.view.tick
        assert tick is not None
    parents: dict[Hash, tuple[Hash, bool]] = {}
    for record in blocks:
        assert isinstance(record.event, BlockFound)
        parents[record.event.hash] = (record.event.parent, record.node == "mallory")
    attacker = others = 0
    hash_ = tick.hash
    while hash_ in parents:
        hash_, is_attacker = parents[hash_]
        attacker, others = attacker + is_attacker, others + (not is_attacker)
    return attacker / len(blocks), others / len(blocks)


@cache
def errors(alpha: float, gamma: float) -> tuple[float, float]:
    """Of revenue and of the attacker's rate in a race this long, by the bare state machine."""
    stream = Stream(7, "selfish errors", alpha, gamma)
    races = [selfish_race(alpha, reached(gamma), BLOCKS, stream) for _ in range(MODELS)]
    return (
        stdev(won / (won + lost) for won, lost in races),
        stdev(won / BLOCKS for won, _ in races),
    )


CASES = [(alpha, gamma) for alpha in (0.2, 0.45) for gamma in (0.0, 0.5, 1.0)] + [(0.33, 0.5)]


@pytest.mark.parametrize(("alpha", "gamma"), CASES)
def test_revenue_is_that_of_the_closed_form(alpha: float, gamma: float) -> None:
    attacker, others = rates(alpha, gamma)
    revenue = attacker / (attacker + others)
    error, rate_error = errors(alpha, gamma)
    assert fits(revenue, selfish_revenue(alpha, reached(gamma)), error)
    assert fits(attacker, selfish_rates(alpha, reached(gamma))[0], rate_error)


@pytest.mark.parametrize(
    ("alpha", "gamma", "wrong", "name"),
    [
        (0.2, 0.0, 0.2, "honest mining"),
        (0.45, 0.0, 0.45, "honest mining"),
        (0.45, 0.5, 0.45, "honest mining"),
        (0.45, 1.0, 0.45, "honest mining"),
        (0.2, 0.0, selfish_revenue(0.2, 1), "the attacker wins every tie"),
        (0.2, 1.0, selfish_revenue(0.2, 0), "the attacker wins no tie"),
        (0.45, 0.5, selfish_revenue(0.33, 0.5), "another share"),
    ],
)
def test_wrong_laws_are_rejected(alpha: float, gamma: float, wrong: float, name: str) -> None:
    attacker, others = rates(alpha, gamma)
    assert not fits(attacker / (attacker + others), wrong, errors(alpha, gamma)[0]), name


@pytest.mark.parametrize("alpha", [0.2, 0.45])
def test_until_difficulty_follows_it_does_not_pay(alpha: float) -> None:
    """Blocks for each ideal interval, at α = 0.45 too, where its part of the chain is two thirds:
    at a fixed difficulty the attacker only destroys, more of others' work than of its own.
    """
    attacker, others = rates(alpha, 0.0)
    assert attacker < alpha
    assert others < 1 - alpha
    assert (attacker / (attacker + others) > alpha) == (alpha == 0.45)
