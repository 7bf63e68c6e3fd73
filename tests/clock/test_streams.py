import math
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from powclock.clock.streams import Stream


def test_draws_never_change() -> None:
    stream = Stream(1, "link", "a", 2)
    assert [stream.random() for _ in range(3)] == [
        0.459431950091157,
        0.009266170902760607,
        0.19327127755389573,
    ]
    uniform, exponential, normal = (
        Stream(1, name) for name in ("uniform", "exponential", "normal")
    )
    assert [uniform.uniform(10, 20) for _ in range(2)] == [10.77529106697283, 14.74205722955666]
    assert [exponential.exponential(600) for _ in range(2)] == pytest.approx(
        [221.20572136996208, 164.64640308499847], rel=1e-15
    )
    assert [normal.normal() for _ in range(2)] == [0.16184132342248425, -0.09245335006754907]
    below, choice, shuffled = (Stream(1, name) for name in ("below", "choice", "shuffled"))
    assert [below.below(10) for _ in range(3)] == [5, 6, 0]
    assert [choice.choice("abcdef") for _ in range(3)] == ["d", "f", "b"]
    assert [shuffled.shuffled(range(6)) for _ in range(2)] == [
        [1, 0, 5, 3, 2, 4],
        [1, 5, 0, 4, 2, 3],
    ]


def test_a_stream_depends_on_its_seed_and_its_whole_name_alone() -> None:
    names: list[tuple[object, ...]] = [
        ("link", "a", "b"),
        ("link", "b", "a"),
        ("link", "ab"),
        ("link", "a", "b", ""),
        ("link a b",),
        (),
    ]
    firsts = {Stream(seed, *name).random() for seed in (1, 2) for name in names}
    assert len(firsts) == 12
    assert Stream(1, "link", "a", "b").random() == Stream(1, "link", "a", "b").random()


def test_one_stream_does_not_shift_another_s_draws() -> None:
    alone = Stream(1, "alone")
    expected = [alone.random() for _ in range(3)]
    first, other = Stream(1, "alone"), Stream(1, "other")
    drawn = []
    for _ in range(3):
        other.normal()
        drawn.append(first.random())
    assert drawn == expected


def test_many_draws_at_once_are_those_that_come_one_by_one() -> None:
    at_once, one_by_one = Stream(1, "jitter"), Stream(1, "jitter")
    assert at_once.exponentials(5.0, 16) == [one_by_one.exponential(5.0) for _ in range(16)]
    assert at_once.random() == one_by_one.random()


def test_uniform_and_exponential_draws_are_distributed_as_they_say() -> None:
    stream = Stream(2, "distributions")
    uniform = [stream.uniform(-3, 5) for _ in range(4000)]
    exponential = [stream.exponential(600) for _ in range(4000)]
    assert stats.kstest(uniform, "uniform", args=(-3, 8)).pvalue > 0.01
    assert stats.kstest(exponential, "expon", args=(0, 600)).pvalue > 0.01


def test_normal_draws_have_mean_0_deviation_1_and_bounds() -> None:
    stream = Stream(3, "distributions")
    normal = [stream.normal() for _ in range(4000)]
    assert sum(normal) / 4000 == pytest.approx(0, abs=4 / math.sqrt(4000))
    assert sum(value**2 for value in normal) / 4000 == pytest.approx(1, abs=0.1)
    assert max(map(abs, normal)) < 6


def test_indices_and_shuffles_are_even() -> None:
    stream = Stream(4, "distributions")
    indices = Counter(stream.below(7) for _ in range(7000))
    orders = Counter(tuple(stream.shuffled("abc")) for _ in range(6000))
    assert sorted(indices) == list(range(7))
    assert stats.chisquare(list(indices.values())).pvalue > 0.01
    assert len(orders) == 6
    assert stats.chisquare(list(orders.values())).pvalue > 0.01


@given(st.integers(0, 2**64), st.lists(st.integers(), max_size=20))
def test_a_shuffle_keeps_every_item_and_its_argument(seed: int, items: list[int]) -> None:
    before = list(items)
    assert sorted(Stream(seed).shuffled(items)) == sorted(items)
    assert items == before


def test_the_largest_draw_is_still_within_bounds() -> None:
    stream = Stream(0)
    stream.random = lambda: 1 - 2**-53
    assert [stream.below(count) for count in (2, 3, 10**6)] == [1, 2, 10**6 - 1]
    assert stream.below(1) == 0
    assert stream.choice("ab") == "b"
    assert stream.exponential(1) == pytest.approx(53 * math.log(2))
    stream.random = lambda: 0.0
    assert (stream.below(5), stream.exponential(1), stream.uniform(2, 3)) == (0, 0.0, 2.0)
    assert stream.normal() == -6
