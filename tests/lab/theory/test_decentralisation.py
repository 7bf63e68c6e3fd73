"""Figures of who leads, beside values known by hand and a definition written out."""

import math

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st

from powclock.lab.theory.decentralisation import (
    gini_coefficient,
    leader_entropy_bits,
    leader_entropy_part,
    nakamoto_coefficient,
    reign_mean_ticks,
)

# Blocks led, and the figures by hand: Nakamoto coefficient, Gini coefficient, bits of entropy.
BY_HAND = [
    ([7], 1, 0, 0),
    ([1, 1], 2, 0, 1),
    ([1, 1, 1, 1], 3, 0, 2),
    ([0, 0, 0, 8], 1, 3 / 4, 0),
    ([4, 2, 1, 1], 2, 5 / 16, 7 / 4),
    ([1, 2, 4, 1], 2, 5 / 16, 7 / 4),  # the order tells nothing
    ([5, 2, 1, 0], 1, 1 / 2, None),
    ([2, 2], 2, 0, 1),  # half is not more than half
    ([3, 1], 1, 1 / 4, 2 - 3 / 4 * math.log2(3)),
    ([1] * 10, 6, 0, math.log2(10)),
    ([0, 0, 0], 0, 0, 0),
    ([], 0, 0, 0),
]


@pytest.mark.parametrize(("led", "nakamoto", "gini", "bits"), BY_HAND)
def test_values_by_hand(led: list[int], nakamoto: int, gini: float, bits: float | None) -> None:
    assert nakamoto_coefficient(led) == nakamoto
    assert gini_coefficient(led) == gini
    if bits is not None:
        assert leader_entropy_bits(led) == pytest.approx(bits, rel=1e-15)


def test_entropy_as_a_part_of_the_most() -> None:
    assert leader_entropy_part([3, 3, 3, 3, 3]) == pytest.approx(1)
    assert leader_entropy_part([1, 1, 0, 0]) == 1 / 2
    assert leader_entropy_part([9, 0]) == leader_entropy_part([4]) == 0


@given(st.lists(st.integers(0, 1_000), min_size=1, max_size=30).filter(any))
def test_they_are_what_their_definitions_say(led: list[int]) -> None:
    differences = sum(abs(one - other) for one in led for other in led)
    assert gini_coefficient(led) == pytest.approx(differences / (2 * len(led) * sum(led)))
    count = nakamoto_coefficient(led)
    largest = sorted(led, reverse=True)
    assert sum(largest[:count]) > sum(led) / 2 >= sum(largest[: count - 1])
    assert 0 <= leader_entropy_bits(led) <= math.log2(len(led)) + 1e-9


def test_a_mean_reign_by_hand_and_drawn() -> None:
    assert reign_mean_ticks([1, 1]) == 2
    assert reign_mean_ticks([1, 1, 1, 1]) == pytest.approx(4 / 3)
    assert reign_mean_ticks([3, 1]) == 8 / 3
    assert reign_mean_ticks([5, 0]) == math.inf
    leaders = numpy.random.default_rng(2).choice(3, 200_000, p=[0.6, 0.3, 0.1])
    reigns = 1 + numpy.count_nonzero(leaders[1:] != leaders[:-1])
    assert len(leaders) / reigns == pytest.approx(reign_mean_ticks([6, 3, 1]), rel=0.01)
