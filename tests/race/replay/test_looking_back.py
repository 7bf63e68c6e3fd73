"""The past of a race that goes on, in this thread."""

import math
import queue
from collections.abc import Callable
from pathlib import Path

import pytest

from powclock.network.faults.cuts import Partition
from powclock.network.faults.nodes import Crash
from powclock.race.commands import (
    ActAt,
    AnyCommand,
    Break,
    Find,
    Fork,
    HealAll,
    Jump,
    Now,
    Quit,
    Seek,
    SetRate,
    Shift,
    StepTick,
    StepTo,
    ToEnd,
)
from powclock.race.engine import Engine
from powclock.race.messages import Declined, Ended, Found, FromRace, Noted, Shown
from powclock.race.plan import Plan
from powclock.race.session import load_session
from powclock.record.moments import Kind
from tests.builders import seconds
from tests.race.lesson.chapters import chapter
from tests.race.replay.pasts import SIDES
from tests.race.replay.test_replay import of_records
from tests.race.test_rerun import again
from tests.scenarios.races import scenario

WHAT = scenario(3, difficulty={"interval_s": 3})
LENGTH_NS = seconds(120)
CUT = (
    ActAt(seconds(20), Break(Partition(nodes=SIDES))),
    ActAt(seconds(60), HealAll()),
)
# What is asked once a frame is so.
Step = tuple[Callable[[Shown], bool], tuple[AnyCommand, ...]]


def run(file: Path | None, *steps: Step, start: tuple[AnyCommand, ...] = CUT) -> list[FromRace]:
    """A race that goes to `LENGTH_NS` and stands, and then takes the steps one after another."""
    waiting: queue.SimpleQueue[AnyCommand] = queue.SimpleQueue()
    for command in (*start, StepTo(LENGTH_NS)):
        waiting.put(command)
    messages: list[FromRace] = []
    left: list[Step] = [(lambda shown: shown.frame.time_ns == LENGTH_NS, ()), *steps]

    def tell(message: FromRace) -> None:
        messages.append(message)
        assert len(messages) < 2_000
        while left and isinstance(message, Shown) and left[0][0](message):
            for command in left.pop(0)[1]:
                waiting.put(command)
            if not left:
                waiting.put(Quit())
            if left and left[0][0] is not always:
                break

    recording = "" if file is None else str(file)
    Engine(Plan(WHAT, 0.0, recording=recording), waiting, tell).run()
    assert not left
    return messages


def always(_: Shown) -> bool:
    """At once."""
    return True


def in_past(shown: Shown) -> bool:
    """A moment of the past is shown."""
    return shown.timeline is not None


def at_now(shown: Shown) -> bool:
    """The present is shown."""
    return shown.timeline is None


def shown_of(messages: list[FromRace]) -> list[Shown]:
    """The frames."""
    return [message for message in messages if isinstance(message, Shown)]


def test_back_to_a_fault_and_to_now(tmp_path: Path) -> None:
    messages = run(
        tmp_path / "r", (always, (Jump(Kind.FAULT, back=True),)), (in_past, (Now(),)), (at_now, ())
    )
    shown = shown_of(messages)
    (past,) = {each.frame.time_ns for each in shown if in_past(each)}
    assert past == seconds(60)
    first = next(each for each in shown if in_past(each))
    assert first.timeline is not None
    assert first.timeline.goes_on
    assert (first.timeline.end_ns, first.timeline.faults) == (LENGTH_NS, 2)
    assert first.pace.paused
    before = next(each for each in shown if each.frame.time_ns == LENGTH_NS)
    assert of_records(shown[-1].frame) == of_records(before.frame)
    # The screen is told that these do not follow from each other, and the last events again.
    assert before.restarts < first.restarts < shown[-1].restarts
    back = next(each for each in shown if each.restarts == shown[-1].restarts)
    assert back.frame.events[-1].time_ns > seconds(60)


def test_the_race_goes_on_while_its_past_plays(tmp_path: Path) -> None:
    def later(shown: Shown) -> bool:
        return in_past(shown) and shown.timeline.end_ns > LENGTH_NS + seconds(60)  # type: ignore[union-attr]

    messages = run(
        tmp_path / "r",
        (always, (SetRate(math.inf), SetRate(-10.0))),
        (later, (StepTick(), Shift(-seconds(5)), Find("alice"))),
        (in_past, (ToEnd(last=True),)),
        (at_now, ()),
    )
    shown = shown_of(messages)
    times = [each.frame.time_ns for each in shown if in_past(each) and each.pace.rate == -10.0]
    assert times == sorted(times, reverse=True)
    assert shown[-1].frame.time_ns > LENGTH_NS + seconds(60)
    assert {message.hits[0].id for message in messages if isinstance(message, Found)} == {"alice"}


def test_who_catches_up_is_at_now(tmp_path: Path) -> None:
    run(tmp_path / "r", (always, (Shift(-seconds(5)),)), (in_past, (Shift(seconds(9)),)),
        (at_now, (Shift(-seconds(9)), SetRate(math.inf))), (in_past, ()), (at_now, ()))  # fmt: skip


def test_the_past_cannot_be_changed(tmp_path: Path) -> None:
    messages = run(
        tmp_path / "r",
        (always, (Fork(), Now(), Seek(seconds(30)))),
        (in_past, (Break(Crash(nodes=("bob",))), HealAll(), Jump(Kind.REORG, back=True))),
        (in_past, (Now(),)),
    )
    texts = [message.text for message in messages if isinstance(message, Declined)]
    assert texts == [
        "this is now: go back into the past first",
        "this is now: go back into the past first",
        "the past cannot be changed: go back to now, or fork it",
        "the past cannot be changed: go back to now, or fork it",
        "there is no reorg before this",
    ]
    assert len(load_session(tmp_path / "r").inputs) == 2


def test_another_future_goes_on_instead(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    messages = run(
        tmp_path / "r",
        (always, (Seek(seconds(40)),)),
        (in_past, (Fork(), Break(Crash(nodes=("bob",))))),
        (at_now, (StepTo(seconds(50)),)),
        (lambda shown: at_now(shown) and shown.frame.time_ns == seconds(50), ()),
    )
    assert Noted("live from 40.0 s on, with a future of its own", recording=False) in messages
    ended = messages[-1]
    assert isinstance(ended, Ended)
    assert ended.end is not None
    assert ended.end.time_ns == seconds(50)
    future = Path(ended.again.removeprefix("powclock rerun "))
    cut, crash = load_session(future).inputs
    assert (cut.time_ns, crash.action) == (seconds(20), Break(Crash(nodes=("bob",))))
    assert again(future)[1] in ended.summary
    # The race that was left ended there, and its recording is whole.
    assert load_session(tmp_path / "r").end.time_ns == LENGTH_NS
    again(tmp_path / "r")


def test_without_a_recording_there_is_no_way_back() -> None:
    messages = run(None, (always, (Jump(Kind.FORK, back=True),)))
    assert Declined("there is no way back: this race cannot be recorded") in messages
    assert all(map(at_now, shown_of(messages)))


def test_a_lesson_has_its_own_way_back() -> None:
    waiting: queue.SimpleQueue[AnyCommand] = queue.SimpleQueue()
    waiting.put(Jump(Kind.FORK, back=True))
    waiting.put(Quit())
    told = chapter('[[steps]]\ncaption = "One."')
    messages: list[FromRace] = []
    Engine(Plan(told.scenario(), chapter=told), waiting, messages.append).run()
    assert Declined("a lesson has no way back but to the step before") in messages


def test_a_time_that_is_searched_for_leads_into_the_past(tmp_path: Path) -> None:
    texts = ("1:00", "0:00.5", "2:00", "3:20")  # the last two are not over yet
    back = Seek(seconds(60))
    messages = run(
        tmp_path / "r", (always, (*map(Find, texts), back)), (in_past, (Now(),)), (at_now, ())
    )
    found = [each for each in messages if isinstance(each, Found)]
    assert [[(hit.kind, hit.id, hit.text) for hit in each.hits] for each in found] == [
        [("time", str(back.time_ns), "back to 1:00.0")],
        [("time", "500000000", "back to 0:00.5")],
        [],
        [],
    ]
    assert {each.frame.time_ns for each in shown_of(messages) if in_past(each)} == {seconds(60)}
