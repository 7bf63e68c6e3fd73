"""Races that are watched side by side keep together."""

import math

import pytest

from powclock.network.faults.nodes import Crash
from powclock.race.commands import (
    ActAt,
    AnyCommand,
    Break,
    HealAll,
    Hold,
    SetRate,
    StepEvent,
    StepTick,
    StepTo,
)
from powclock.record.frame import Pace
from powclock.tui.split.convoy import Convoy
from tests.builders import seconds

RUNNING = Pace(rate=1.0, reached=1.0, paused=False, behind=False)
PAUSED = Pace(rate=0.0, reached=0.0, paused=True, behind=False)


class Fleet:
    """A convoy whose commands are remembered by race."""

    def __init__(self, races: int = 3, rate: float = 1.0) -> None:
        self.sent: list[list[AnyCommand]] = [[] for _ in range(races)]
        self.convoy = Convoy([sent.append for sent in self.sent], rate, 10)

    def started(self) -> "Fleet":
        """All are there; what was said until then is forgotten."""
        for index in range(len(self.sent)):
            self.convoy.seen(index, 0, PAUSED)
        return self.forget()

    def forget(self) -> "Fleet":
        for sent in self.sent:
            sent.clear()
        return self


def test_they_begin_together_once_all_are_there() -> None:
    fleet = Fleet(rate=2.0)
    fleet.convoy.seen(0, 0, PAUSED)
    fleet.convoy.seen(2, 0, PAUSED)
    assert fleet.sent == [[], [], []]
    fleet.convoy.seen(1, 0, PAUSED)
    assert fleet.sent == [[Hold(seconds(1)), SetRate(2.0)]] * 3


def test_none_runs_further_ahead_of_the_slowest_than_a_moment() -> None:
    fleet = Fleet().started()
    fleet.convoy.seen(0, seconds(4), RUNNING)
    fleet.convoy.seen(1, seconds(3), RUNNING)
    assert fleet.sent == [[], [], []]  # the third still stands at 0
    fleet.convoy.seen(2, seconds(2), RUNNING)
    assert fleet.sent == [[Hold(seconds(2.5))]] * 3
    assert [fleet.convoy.behind_ns(index) for index in range(3)] == [0, seconds(1), seconds(2)]


def test_as_fast_as_they_go_is_together_too() -> None:
    fleet = Fleet(races=2, rate=math.inf).started()
    for index in range(2):
        fleet.convoy.seen(index, seconds(10), RUNNING)
    assert fleet.sent == [[Hold(seconds(60))]] * 2


def test_where_all_are_paused_those_behind_go_on_to_where_the_foremost_stands() -> None:
    fleet = Fleet().started()
    for index, time_s in enumerate((5, 7, 7)):
        fleet.convoy.seen(index, seconds(time_s), RUNNING)
    fleet.convoy.send(SetRate(0.0), 0)
    fleet.forget()
    for index, time_s in enumerate((5, 7, 7)):
        fleet.convoy.seen(index, seconds(time_s), PAUSED)
    assert fleet.sent == [[StepTo(seconds(7))], [], []]
    fleet.convoy.seen(0, seconds(6), PAUSED)  # a frame that was under way
    assert fleet.sent == [[StepTo(seconds(7))], [], []]
    fleet.convoy.seen(0, seconds(7), PAUSED)
    assert fleet.convoy.pace() == PAUSED
    fleet.convoy.send(SetRate(1.0), 0)
    fleet.forget().convoy.seen(1, seconds(7), PAUSED)  # one from before it went on
    assert fleet.sent == [[], [], []]


@pytest.mark.parametrize("step", [StepEvent(), StepTick()])
def test_a_step_is_of_the_chosen_race_and_the_others_follow(step: AnyCommand) -> None:
    fleet = Fleet().started()
    fleet.convoy.send(SetRate(0.0), 0)
    for index in range(3):
        fleet.convoy.seen(index, seconds(5), PAUSED)
    fleet.forget().convoy.send(step, 1)
    still = SetRate(0.0)
    assert fleet.sent == [[still], [still, step], [still]]
    stepping = Pace(rate=0.0, reached=0.0, paused=False, behind=False, stepping=True)
    fleet.forget().convoy.seen(1, seconds(6), stepping)
    assert [each for sent in fleet.sent for each in sent if isinstance(each, StepTo)] == []
    fleet.forget().convoy.seen(1, seconds(8), PAUSED)
    assert fleet.sent == [[StepTo(seconds(8))], [], [StepTo(seconds(8))]]


def test_faults_hit_all_that_run_and_nobody_waits_for_one_that_is_over() -> None:
    fleet = Fleet().started()
    fleet.convoy.seen(0, seconds(4), RUNNING)
    fleet.convoy.seen(1, seconds(3), RUNNING)
    fleet.convoy.ended(2)
    assert fleet.sent[:2] == [[Hold(seconds(3.5))]] * 2
    crash = Break(Crash(nodes=("bob",)))
    fleet.forget().convoy.send(crash, 2)
    assert fleet.sent == [[ActAt(seconds(4.2), crash)]] * 2 + [[]]
    fleet.forget().convoy.send(StepEvent(), 2)  # it is over: another one steps
    assert fleet.sent == [[SetRate(0.0), StepEvent()], [SetRate(0.0)], []]


def test_faults_strike_all_at_one_time_where_none_has_been() -> None:
    crash = Break(Crash(nodes=("bob",)))
    fleet = Fleet(rate=10.0).started()
    for index, time_s in enumerate((4, 5, 3)):
        fleet.convoy.seen(index, seconds(time_s), RUNNING)
    fleet.forget().convoy.send(crash, 0)
    assert fleet.sent == [[ActAt(seconds(7), crash)]] * 3
    fleet.convoy.send(SetRate(0.0), 0)
    for index in range(3):
        fleet.convoy.seen(index, seconds(8), PAUSED)
    fleet.forget().convoy.send(HealAll(), 0)
    assert fleet.sent == [[ActAt(seconds(8), HealAll())]] * 3


def test_the_pace_is_behind_where_one_is() -> None:
    fleet = Fleet().started()
    late = Pace(rate=1.0, reached=0.4, paused=False, behind=True)
    for index, pace in enumerate((RUNNING, late, RUNNING)):
        fleet.convoy.seen(index, seconds(1), pace)
    assert fleet.convoy.pace() == late
