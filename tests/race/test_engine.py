"""The engine in this thread, with commands waiting in its queue."""

import math
import queue
from collections.abc import Callable
from pathlib import Path

import msgspec
from msgspec.structs import replace

from powclock.network.faults.nodes import Crash, Join
from powclock.race.commands import (
    ActAt,
    AnyCommand,
    Break,
    Find,
    Heal,
    HealAll,
    Hold,
    Look,
    Quit,
    SetRate,
    StepEvent,
    StepTick,
    StepTo,
)
from powclock.race.engine import Engine
from powclock.race.headless import Outputs
from powclock.race.messages import AnyMessage, Declined, Ended, Found, FromRace, Shown
from powclock.race.plan import Plan
from powclock.race.session import load_session
from powclock.record.detail import Focus
from powclock.record.frame import Frame, Pace
from tests.builders import seconds
from tests.race.tapes import replay_session
from tests.scenarios.races import scenario

WHAT = scenario()


def run(plan: Plan, *commands: AnyCommand) -> list[FromRace]:
    """All messages of a race; the commands are there from the start."""
    waiting: queue.SimpleQueue[AnyCommand] = queue.SimpleQueue()
    for command in commands:
        waiting.put(command)
    messages: list[FromRace] = []
    Engine(plan, waiting, messages.append).run()
    for message in messages:
        data = msgspec.msgpack.encode(message)
        assert msgspec.msgpack.decode(data, type=AnyMessage) == message
    return messages


def test_as_fast_as_it_goes_to_its_end() -> None:
    messages = run(Plan(WHAT, math.inf, until_ns=seconds(40)))
    *shown, ended = messages
    assert isinstance(ended, Ended)
    assert (ended.trouble, ended.again) == ("", "")
    assert ended.end is not None
    assert ended.end.time_ns == seconds(40)
    assert ended.summary.startswith("test · seed 1 · pow, sampled\nrace time 40.0 s\n")
    frames = [message.frame for message in shown if isinstance(message, Shown)]
    assert len(frames) == len(shown)
    assert [frame.time_ns for frame in frames] == sorted(frame.time_ns for frame in frames)
    assert frames[-1].time_ns == seconds(40)
    again = run(Plan(WHAT, math.inf, until_ns=seconds(40)))[-1]
    assert isinstance(again, Ended)
    assert again.summary == ended.summary


def test_inputs_are_recorded_and_give_the_same_race_again(tmp_path: Path) -> None:
    file = tmp_path / "race.powclock"
    crash = Break(Crash(nodes=("bob",)))
    nobody = Break(Crash(nodes=("nobody",)))
    join = Break(Join(nodes=("zara",)))
    plan = Plan(WHAT, math.inf, until_ns=seconds(60), recording=str(file))
    messages = run(plan, crash, nobody, join, Heal("crash:bob"), Heal("storm"))
    declined = [message for message in messages if isinstance(message, Declined)]
    assert declined == [
        Declined("there is no node 'nobody': the race has alice, bob, carol, dave, erin, frank")
    ]
    session = load_session(file)
    actions = [each.action for each in session.inputs]
    assert actions == [crash, join, Heal("crash:bob"), Heal("storm")]
    ended = messages[-1]
    assert isinstance(ended, Ended)
    assert ended.end == session.end
    assert (ended.recording, ended.recorded) == ("", True)
    summary = replay_session(session, outputs=Outputs(), progress=lambda _h, _n: None)
    assert ended.summary.splitlines()[-1] == f"digest    {summary.digest}"


def test_quit_ends_the_race() -> None:
    shown, ended = run(Plan(WHAT, 0.0), Quit())[-2:]
    assert isinstance(shown, Shown)
    assert shown.pace.paused
    assert shown.frame.time_ns == 0
    assert isinstance(ended, Ended)
    assert ended.trouble == ""


class Script:
    """Sends the next command once the last one has been carried out."""

    def __init__(self, *commands: AnyCommand) -> None:
        self.commands = list(commands)
        self.queue: queue.SimpleQueue[AnyCommand] = queue.SimpleQueue()
        self.paused: list[Shown] = []
        self.messages: list[FromRace] = []

    def tell(self, message: FromRace) -> None:
        self.messages.append(message)
        if isinstance(message, Shown) and message.pace.paused:
            self.paused.append(message)
            self.queue.put(self.commands.pop(0) if self.commands else Quit())


def test_steps_go_to_the_next_event_and_the_next_tick_and_pause() -> None:
    script = Script(StepEvent(), StepTick(), StepTick(), StepEvent())
    Engine(Plan(WHAT, 0.0), script.queue, script.tell).run()
    frames = [shown.frame for shown in script.paused]
    heights = [frame.height for frame in frames]
    start = frames[0]
    assert start.time_ns == 0
    steps = list(dict.fromkeys(frame.time_ns for frame in frames))
    assert len(steps) >= 4
    assert {0, 1, 2} <= set(heights)
    for frame in frames[1:]:
        assert frame.time_ns == start.time_ns or frame.events or frame.time_ns in steps
    ticks = {frame.height: frame for frame in frames if frame.height}
    assert all(frame.tick_ns <= frame.time_ns for frame in ticks.values())


def test_a_race_without_ticks_declines_to_step_to_one() -> None:
    messages = run(Plan(scenario(rule="naive"), math.inf, until_ns=seconds(5)), StepTick())
    declined = [message for message in messages if isinstance(message, Declined)]
    assert declined == [Declined("a naive race has no ticks: step to the next event instead")]
    assert isinstance(messages[-1], Ended)
    assert messages[-1].trouble == ""


def test_a_step_that_began_live_is_told_as_a_step() -> None:
    engine = Engine(Plan(WHAT, 1.0), queue.SimpleQueue(), lambda _message: None)
    live = Pace(rate=1.0, reached=0.0, paused=False, behind=False)
    for command, stepping in ((StepEvent(), True), (SetRate(1.0), False), (StepTick(), True)):
        engine.obey(command)
        assert engine._pace() == replace(live, stepping=stepping)
    engine._driver.close()


def test_a_pause_stops_and_a_rate_goes_on() -> None:
    messages = run(
        Plan(WHAT, math.inf, until_ns=seconds(30)),
        SetRate(0.0),
        SetRate(math.nan),
        SetRate(-3.0),
        SetRate(math.inf),
    )
    assert isinstance(messages[-1], Ended)
    last = messages[-2]
    assert isinstance(last, Shown)
    assert last.pace.rate == math.inf
    assert last.frame.time_ns == seconds(30)


def test_no_frames_are_made_for_a_reader_that_is_behind() -> None:
    messages: list[FromRace] = []
    waiting: queue.SimpleQueue[AnyCommand] = queue.SimpleQueue()
    plan = Plan(WHAT, math.inf, until_ns=seconds(40))
    Engine(plan, waiting, messages.append, lambda: True).run()
    assert [type(message) for message in messages] == [Shown, Ended]


def test_frames_carry_what_the_screen_looks_at_and_the_race_stays_the_same() -> None:
    focus = Focus(height=3, heights=2, node="bob", network=True)
    messages = run(Plan(WHAT, math.inf, until_ns=seconds(60)), Look(focus), Find("bob"))
    found = [message for message in messages if isinstance(message, Found)]
    assert [(message.text, [hit.id for hit in message.hits]) for message in found] == [
        ("bob", ["bob"])
    ]
    last, ended = messages[-2:]
    assert isinstance(last, Shown)
    frame = last.frame
    assert {block.height for block in frame.chain} == {2, 3}
    assert (frame.chain_low, frame.chain_high) == (0, frame.height)
    assert frame.node_detail is not None
    assert frame.node_detail.name == "bob"
    assert frame.spread is not None
    assert frame.spread.hash == frame.head
    assert frame.links
    assert frame.retarget is not None
    assert frame.retarget.height == frame.height + 1
    assert frame.block_detail is None
    unseen = run(Plan(WHAT, math.inf, until_ns=seconds(60)))[-1]
    assert isinstance(unseen, Ended)
    assert isinstance(ended, Ended)
    assert ended.summary == unseen.summary
    start = unseen_frame(run(Plan(WHAT, math.inf, until_ns=seconds(1))))
    assert (start.links, start.spread, start.node_detail) == ((), None, None)


def unseen_frame(messages: list[FromRace]) -> Frame:
    """The last frame of a race that nobody looks at closely."""
    shown = messages[-2]
    assert isinstance(shown, Shown)
    return shown.frame


def test_what_is_to_be_done_at_a_time_is_done_exactly_then_or_at_once(tmp_path: Path) -> None:
    crash, heal = Break(Crash(nodes=("bob",))), HealAll()
    file = tmp_path / "race.powclock"
    plan = Plan(WHAT, 0.0, until_ns=seconds(40), recording=str(file))
    messages = run(
        plan, ActAt(seconds(7), crash), ActAt(seconds(30), heal), ActAt(0, crash), SetRate(math.inf)
    )
    session = load_session(file)
    # The last one is behind those that wait for their time.
    assert [(each.time_ns, each.action) for each in session.inputs] == [
        (seconds(7), crash), (seconds(30), heal), (seconds(30), crash),
    ]  # fmt: skip
    assert isinstance(messages[-1], Ended)
    again = replay_session(session, outputs=Outputs(), progress=lambda _h, _n: None)
    assert again.text() == messages[-1].summary


def test_a_step_stops_for_what_is_to_be_done_on_its_way(tmp_path: Path) -> None:
    crash = Break(Crash(nodes=("bob",)))
    file = tmp_path / "race.powclock"
    shown = shown_until(
        Plan(WHAT, 0.0, recording=str(file)),
        lambda _before, now: now.frame.time_ns > 0 and now.pace.paused,
        ActAt(seconds(1), crash),
        StepTo(seconds(2)),
    )
    assert [each.time_ns for each in load_session(file).inputs] == [seconds(1)]
    assert shown[-1].frame.time_ns == seconds(2)


def test_a_race_that_is_held_stands_there_and_is_not_behind() -> None:
    shown = shown_until(
        Plan(WHAT, 0.0),
        lambda before, now: 0 < before.frame.time_ns == now.frame.time_ns,
        Hold(seconds(3)),
        SetRate(math.inf),
    )
    assert shown[-1].frame.time_ns == seconds(3)
    assert shown[-1].pace == Pace(math.inf, 0.0, paused=False, behind=False)


def test_a_step_to_a_time_pauses_exactly_there_whatever_holds_the_race() -> None:
    shown = shown_until(
        Plan(WHAT, 0.0),
        lambda _before, now: now.frame.time_ns > 0 and now.pace.paused,
        Hold(seconds(1)),
        StepTo(seconds(2)),
    )
    assert shown[-1].frame.time_ns == seconds(2)


def shown_until(
    plan: Plan, over: Callable[[Shown, Shown], bool], *commands: AnyCommand
) -> list[Shown]:
    """The frames of a race up to two after each other that are as wanted."""
    waiting: queue.SimpleQueue[AnyCommand] = queue.SimpleQueue()
    for command in commands:
        waiting.put(command)
    shown: list[Shown] = []

    def hear(message: FromRace) -> None:
        if isinstance(message, Shown):
            shown.append(message)
            if len(shown) > 1 and over(*shown[-2:]):
                waiting.put(Quit())

    Engine(replace(plan, frames_per_s=60), waiting, hear).run()
    return shown[:-1]  # the last word has a frame of its own
