"""Inputs of a race that has been, taken again at their turns whatever the pace."""

import math
import queue
from pathlib import Path

import pytest
from msgspec.structs import replace

from powclock.network.faults.cuts import Partition
from powclock.network.faults.nodes import Crash
from powclock.race.commands import ActAt, AnyCommand, Break, HealAll, Input, SetRate
from powclock.race.engine import Engine
from powclock.race.messages import Ended, FromRace
from powclock.race.plan import Plan
from powclock.race.session import Session, load_session
from tests.builders import seconds
from tests.scenarios.races import scenario

WHAT = scenario()
ACTIONS = (
    ActAt(seconds(3), Break(Partition(share=0.5))),
    ActAt(seconds(9), Break(Crash(nodes=("bob",)))),
    ActAt(seconds(9), HealAll()),
    ActAt(seconds(21), Break(Crash(nodes=("carol",)))),
)


def raced(plan: Plan, *commands: AnyCommand, inputs: tuple[Input, ...] = ()) -> Ended:
    """The last word of a race."""
    waiting: queue.SimpleQueue[AnyCommand] = queue.SimpleQueue()
    for command in commands:
        waiting.put(command)
    messages: list[FromRace] = []
    Engine(plan, waiting, messages.append, inputs=inputs).run()
    assert isinstance(messages[-1], Ended)
    return messages[-1]


def session_of(folder: Path) -> tuple[Ended, Session]:
    """A race with inputs, and the session that it leaves."""
    file = folder / "race.powclock"
    plan = Plan(WHAT, 0.0, until_ns=seconds(30), recording=str(file))
    ended = raced(plan, *ACTIONS, SetRate(math.inf))
    session = load_session(file)
    assert len(session.inputs) == len(ACTIONS)
    return ended, session


@pytest.mark.parametrize("rate", [math.inf, 200.0])
def test_the_same_inputs_give_the_same_race(tmp_path: Path, rate: float) -> None:
    ended, session = session_of(tmp_path)
    again = raced(Plan(WHAT, rate, until_ns=seconds(30)), inputs=session.inputs)
    assert again.summary == ended.summary


def test_without_one_of_them_it_is_another_race(tmp_path: Path) -> None:
    ended, session = session_of(tmp_path)
    again = raced(Plan(WHAT, math.inf, until_ns=seconds(30)), inputs=session.inputs[1:])
    assert again.summary != ended.summary


def test_inputs_of_another_race_are_told(tmp_path: Path) -> None:
    _, session = session_of(tmp_path)
    plan = Plan(WHAT, math.inf, until_ns=seconds(30))
    late = (replace(session.inputs[0], turn=session.inputs[0].turn + 10_000),)
    first, *others = session.inputs
    nobody = (replace(first, action=Break(Crash(nodes=("nobody",)))),)
    troubles = [raced(plan, inputs=wrong).trouble for wrong in (late, (*others, first), nobody)]
    assert troubles == [
        "the race is another one after 3.000 s: was the recording made by this version?",
        "the inputs of the recording are out of order",
        (
            "an input does not fit the race: there is no node 'nobody': the race has "
            "alice, bob, carol, dave, erin, frank"
        ),
    ]
