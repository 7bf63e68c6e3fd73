import math
import time

import pytest

from powclock.clock.pace import BEHIND_NS_MAX, Pacer, wall_ns
from tests.builders import seconds


class Wall:
    """A wall clock that a test sets."""

    def __init__(self) -> None:
        self.ns = seconds(1_000)

    def __call__(self) -> int:
        return self.ns

    def wait(self, duration_s: float) -> None:
        self.ns += seconds(duration_s)


def paced(rate: float, race_s: float = 50) -> tuple[Wall, Pacer]:
    wall = Wall()
    return wall, Pacer(rate, seconds(race_s), wall)


def is_behind(pacer: Pacer) -> bool:
    return pacer.behind


def test_at_rate_1_a_second_of_the_race_takes_a_second() -> None:
    wall, pacer = paced(1)
    assert pacer.goal_ns(seconds(50)) == seconds(50)
    wall.wait(0.25)
    assert pacer.goal_ns(seconds(50)) == seconds(50.25)
    assert pacer.wall_wait_s(seconds(52)) == 1.75
    assert pacer.wall_wait_s(seconds(50.25)) == 0
    assert pacer.wall_wait_s(seconds(49)) == 0


def test_a_rate_stretches_or_shortens_the_wait() -> None:
    wall, fast = paced(10)
    wall.wait(0.25)
    assert fast.goal_ns(seconds(50)) == seconds(52.5)
    assert fast.wall_wait_s(seconds(60)) == 0.75
    wall, slow = paced(0.5)
    wall.wait(0.25)
    assert slow.goal_ns(seconds(50)) == seconds(50.125)
    assert slow.wall_wait_s(seconds(51)) == 1.75


def test_at_rate_0_the_race_stands() -> None:
    wall, pacer = paced(0)
    wall.wait(1_000)
    assert pacer.goal_ns(seconds(50)) == seconds(50)
    assert pacer.wall_wait_s(seconds(51)) == math.inf
    assert not is_behind(pacer)


def test_at_an_infinite_rate_nothing_waits() -> None:
    wall, pacer = paced(math.inf)
    wall.wait(1)
    assert pacer.goal_ns(seconds(50)) is None
    assert pacer.wall_wait_s(seconds(10**6)) == 0


def test_errors_do_not_add_up() -> None:
    wall, pacer = paced(1 / 3)
    race_ns = seconds(50)
    for _ in range(1_000):
        wall.ns += 100_000_001
        goal_ns = pacer.goal_ns(race_ns)
        assert goal_ns is not None
        race_ns = goal_ns
    assert race_ns == seconds(50) + int(100_000_001_000 / 3)
    assert not is_behind(pacer)


def test_a_new_rate_goes_on_from_where_the_race_is() -> None:
    wall, pacer = paced(1)
    wall.wait(0.25)
    pacer.set_rate(4, seconds(50.2))
    assert pacer.rate == 4
    assert pacer.goal_ns(seconds(50.2)) == seconds(50.2)
    wall.wait(0.25)
    assert pacer.goal_ns(seconds(50.2)) == seconds(51.2)
    assert pacer.wall_wait_s(seconds(52.2)) == 0.25


def test_half_a_second_behind_is_caught_up_and_more_is_given_up() -> None:
    assert BEHIND_NS_MAX == 500_000_000
    wall, pacer = paced(1)
    wall.wait(0.5)
    assert pacer.goal_ns(seconds(50)) == seconds(50.5)
    assert not is_behind(pacer)
    wall.ns += 1
    assert pacer.goal_ns(seconds(50)) == seconds(50)
    assert is_behind(pacer)
    wall.wait(0.25)
    assert pacer.goal_ns(seconds(50)) == seconds(50.25)


def test_at_a_high_rate_half_a_second_of_the_wall_is_the_bound() -> None:
    wall, pacer = paced(10)
    wall.wait(0.5)
    assert pacer.goal_ns(seconds(50)) == seconds(55)
    wall.ns += 1
    assert pacer.goal_ns(seconds(50)) == seconds(50)
    assert is_behind(pacer)


def test_at_a_low_rate_half_a_second_of_the_race_is_the_bound() -> None:
    wall, pacer = paced(0.1)
    wall.wait(5)
    assert pacer.goal_ns(seconds(50)) == seconds(50.5)
    assert not is_behind(pacer)
    wall.wait(0.001)
    assert pacer.goal_ns(seconds(50)) == seconds(50)
    assert is_behind(pacer)


def fell_behind() -> tuple[Wall, Pacer]:
    wall, pacer = paced(1)
    wall.wait(0.75)
    assert pacer.goal_ns(seconds(50)) == seconds(50)
    assert is_behind(pacer)
    return wall, pacer


def test_two_seconds_on_time_end_being_behind() -> None:
    wall, pacer = fell_behind()
    wall.wait(2)
    assert pacer.goal_ns(seconds(52)) == seconds(52)
    assert is_behind(pacer)
    wall.wait(0.25)
    assert pacer.goal_ns(seconds(52)) == seconds(52.25)
    assert not is_behind(pacer)


def test_falling_behind_again_starts_the_two_seconds_anew() -> None:
    wall, pacer = fell_behind()
    wall.wait(1.75)
    assert pacer.goal_ns(seconds(51)) == seconds(51)
    wall.wait(1.75)
    assert pacer.goal_ns(seconds(52.5)) == seconds(52.75)
    assert is_behind(pacer)


def test_a_new_rate_ends_being_behind() -> None:
    _, pacer = fell_behind()
    pacer.set_rate(2, seconds(50))
    assert not is_behind(pacer)


def test_only_here_is_the_wall_clock_read_and_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr(time, "sleep", slept.append)
    monkeypatch.setattr(time, "monotonic_ns", lambda: 42)
    _, pacer = paced(1)
    pacer.sleep(0.25)
    assert slept == [0.25]
    assert wall_ns() == 42
