"""Double spends: two formulas for one law, and races that know neither."""

from collections import defaultdict
from collections.abc import Callable
from itertools import product

import pytest
from scipy import special

from powclock.clock.streams import Stream
from powclock.lab.theory.double_spend import (
    double_spend,
    double_spend_giving_up,
    double_spend_strictly_ahead,
    nakamoto,
)
from tests.lab.theory.models import double_spend_outcome, double_spend_race

Law = Callable[[float, int], float]


def test_the_values_of_the_papers() -> None:
    assert nakamoto(0.1, 5) == pytest.approx(0.0009137, abs=5e-8)
    assert nakamoto(0.3, 5) == pytest.approx(0.1773523, abs=5e-8)
    assert nakamoto(0.1, 0) == 1
    assert nakamoto(0.3, 50) == pytest.approx(0.0000006, abs=5e-8)
    assert double_spend(0.1, 6) == pytest.approx(0.00059, abs=5e-6)
    assert double_spend(0.3, 3) == pytest.approx(0.32616, abs=5e-6)
    assert double_spend_strictly_ahead(0.3, 3) == pytest.approx(0.180, abs=5e-4)


@pytest.mark.parametrize("q", [0.01, 0.1, 0.25, 0.3, 0.4, 0.49])
@pytest.mark.parametrize("n", [1, 2, 3, 6, 10, 40])
def test_the_exact_law_is_an_incomplete_beta_function(q: float, n: int) -> None:
    expected = special.betainc(n, 0.5, 4 * q * (1 - q))
    assert double_spend(q, n) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("law", [nakamoto, double_spend, double_spend_strictly_ahead])
def test_a_majority_always_succeeds(law: Law) -> None:
    assert law(0.5, 6) == law(0.7, 6) == 1
    assert law(0.0, 6) == 0


def test_without_confirmations_only_the_lead_counts() -> None:
    assert double_spend(0.3, 0) == 1
    assert double_spend_strictly_ahead(0.3, 0) == pytest.approx(3 / 7)


CONVENTIONS: list[tuple[int, bool, Law]] = [
    (1, False, double_spend),
    (0, True, double_spend),
    (0, False, double_spend_strictly_ahead),
]


@pytest.mark.parametrize(("head_start", "tie_wins", "law"), CONVENTIONS)
@pytest.mark.parametrize(("q", "n"), [(0.1, 1), (0.3, 1), (0.3, 3), (0.3, 6)])
def test_races_meet_the_law_of_their_convention(
    head_start: int, tie_wins: bool, law: Law, q: float, n: int
) -> None:
    stream = Stream(8, "double spend", head_start, tie_wins, q, n)
    races = 8_000
    won = sum(
        double_spend_race(q, n, stream, head_start=head_start, tie_wins=tie_wins)
        for _ in range(races)
    )
    expected = law(q, n)
    error = (expected * (1 - expected) / races) ** 0.5
    assert abs(won / races - expected) < 4 * error
    wrong_laws = [other for _, _, other in CONVENTIONS if other is not law]
    if (q, n) == (0.3, 6):  # for few confirmations the approximation is close
        wrong_laws.append(nakamoto)
    for wrong in (wrong_law(q, n) for wrong_law in wrong_laws):
        assert abs(won / races - wrong) > 4 * error


def walked(q: float, n: int, give_up: int, head_start: int, blocks: int) -> tuple[float, float]:
    """What has won and what is undecided after so many blocks, over all walks."""
    under_way = {(head_start, 0): 1.0}
    won = 0.0
    for _ in range(blocks):
        later: defaultdict[tuple[int, int], float] = defaultdict(float)
        for (attacker, honest), mass in under_way.items():
            for place, part in (((attacker + 1, honest), q), ((attacker, honest + 1), 1 - q)):
                ahead = place[0] - place[1]
                if place[1] >= n and ahead > 0:
                    won += mass * part
                elif ahead > -give_up:
                    later[place] += mass * part
        under_way = later
    return won, sum(under_way.values())


@pytest.mark.parametrize("head_start", [0, 1])
@pytest.mark.parametrize("q", [0.05, 0.3, 0.45, 0.5, 0.6, 0.9])
@pytest.mark.parametrize(("n", "give_up"), [(1, 1), (1, 4), (2, 1), (3, 2), (3, 10), (6, 3)])
def test_who_gives_up_wins_as_often_as_all_walks_say(
    q: float, n: int, give_up: int, head_start: int
) -> None:
    won, undecided = walked(q, n, give_up, head_start, 900)
    assert undecided < 1e-7
    law = double_spend_giving_up(q, n, give_up, head_start)
    assert won - 1e-12 <= law <= won + undecided + 1e-12


@pytest.mark.parametrize("head_start", [0, 1])
def test_the_law_has_the_rule_of_the_race(head_start: int) -> None:
    """Each order in which blocks can be found, by the rule that the races are held to."""
    q, n, give_up = 0.3, 2, 2
    won = decided = 0.0
    for blocks in range(1, 15):
        for finds in product([True, False], repeat=blocks):
            outcome = double_spend_outcome(finds, n, head_start=head_start, give_up=give_up)
            if outcome is not None:
                chance = q ** sum(finds) * (1 - q) ** (blocks - sum(finds))
                decided += chance
                won += outcome[1] * chance
    assert decided > 0.99
    assert won < double_spend_giving_up(q, n, give_up, head_start) < won + 1 - decided


@pytest.mark.parametrize("q", [0.1, 0.3, 0.4])
@pytest.mark.parametrize("n", [1, 3, 6])
def test_who_hardly_gives_up_meets_rosenfelds_law(q: float, n: int) -> None:
    in_hand, bare = (double_spend_giving_up(q, n, 200, head) for head in (1, 0))
    assert in_hand == pytest.approx(double_spend(q, n), abs=1e-12)
    assert bare == pytest.approx(double_spend_strictly_ahead(q, n), abs=1e-12)
    assert double_spend_giving_up(q, n, 3, 1) < in_hand
