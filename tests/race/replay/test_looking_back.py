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
    Keep,
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
from powclock.record.frame import Frame
from powclock.record.moments import Kind
from powclock.record.recording.reader import Recording
from tests.builders import seconds
from tests.race.lesson.chapters import chapter
from tests.race.replay.pasts import SIDES, folded
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


def run(
    file: Path | None, *steps: Step, start: tuple[AnyCommand, ...] = CUT, chosen: bool = False
) -> list[FromRace]:
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
    Engine(Plan(WHAT, 0.0, recording=recording, chosen=chosen), waiting, tell).run()
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


def test_who_wants_now_before_the_past_is_read_stays_there(tmp_path: Path) -> None:
    messages = run(
        tmp_path / "r",
        (always, (Seek(seconds(30)), Now())),
        (at_now, (Jump(Kind.FAULT, back=True),)),
        (in_past, (Now(),)),
        (at_now, ()),
    )
    assert {each.frame.time_ns for each in shown_of(messages) if in_past(each)} == {seconds(60)}
    assert not [message for message in messages if isinstance(message, Declined)]


def test_what_leads_nowhere_leaves_the_race_at_now(tmp_path: Path) -> None:
    def later(shown: Shown) -> bool:
        return shown.frame.time_ns > LENGTH_NS + seconds(9)

    messages = run(
        tmp_path / "r", (always, (Jump(Kind.FORK), SetRate(math.inf))), (later, (SetRate(0.0),))
    )
    texts = [message.text for message in messages if isinstance(message, Declined)]
    assert texts == ["there is no fork after this"]
    assert all(map(at_now, shown_of(messages)))


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
    ended = messages[-1]
    assert isinstance(ended, Ended)
    assert ended.end is not None
    assert ended.end.time_ns == seconds(50)
    future = Path(ended.again.removeprefix("powclock rerun "))
    text = "live from 40.0 s on, with a future of its own"
    assert Noted(text, recording=False, future=str(future)) in messages
    assert (ended.recording, ended.recorded) == ("", True)
    cut, crash = load_session(future).inputs
    assert (cut.time_ns, crash.action) == (seconds(20), Break(Crash(nodes=("bob",))))
    assert again(future)[1] in ended.summary
    # The race that was left ended there, and its recording is whole.
    assert load_session(tmp_path / "r").end.time_ns == LENGTH_NS
    again(tmp_path / "r")


@pytest.mark.parametrize("keep", [(), (Keep(),)])
def test_a_future_says_where_it_goes_on_and_what_ends(
    keep: tuple[AnyCommand, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    file = tmp_path / "mine"
    messages = run(
        file,
        (always, (Seek(seconds(40)),)),
        (in_past, (Fork(), *keep)),
        (lambda shown: at_now(shown) and shown.restarts > 1, ()),
        chosen=True,
    )
    ended = messages[-1]
    assert isinstance(ended, Ended)
    future = tmp_path / "state/powclock/sessions/test-3-pow-1.powclock"
    kept = tmp_path / "data/powclock/recordings/test-3-pow-1.powclock"
    told = f"{file}, {kept}" if keep else str(file)
    assert (ended.recording, ended.recorded, ended.again) == (
        told,
        True,
        f"powclock rerun {future}",
    )
    text = f"live from 40.0 s on, with a future of its own, recorded to {future}; {file} ends here"
    assert Noted(text, recording=False, future=str(future)) in messages
    for path in (file, future, *([kept] if keep else ())):
        again(path)


def test_a_past_that_was_left_costs_nothing_and_is_read_on_from_there(tmp_path: Path) -> None:
    waiting: queue.SimpleQueue[AnyCommand] = queue.SimpleQueue()
    messages: list[FromRace] = []
    engine = Engine(Plan(WHAT, 0.0, recording=str(tmp_path / "r")), waiting, messages.append)
    engine.begin()
    back, world, view = engine._back, engine._driver.world, engine._driver.view

    def go_on(until: Callable[[], bool]) -> None:
        for _ in range(2_000):
            engine.go_on()
            if until():
                return
        pytest.fail("it never came")

    def seen_at(time_ns: int) -> Frame:
        engine.obey(Seek(time_ns))
        go_on(lambda: back.open)
        engine.obey(Seek(time_ns))
        go_on(lambda: not back._fresh)
        return shown_of(messages)[-1].frame

    world.advance(seconds(60))
    seen_at(seconds(20))
    world.advance(seconds(90))
    go_on(lambda: not back._fresh)
    past = back._past
    assert past is not None
    assert past.count == view.records
    world.advance(seconds(95))  # of this, some waits when the past is left
    engine.obey(Now())
    left = past.count
    world.advance(seconds(200))
    go_on(lambda: True)
    assert (past.count, len(back._fresh), world.recorder._lines) == (left, 0, [])
    frames = [seen_at(seconds(at_s)) for at_s in (92, 97, 150, 20)]
    world.advance(seconds(210))
    go_on(lambda: not back._fresh)
    frames.append(seen_at(seconds(205)))
    assert back._past is past
    assert past.count == view.records
    lines = tuple(past.lines(past.count))
    engine.finish()
    with Recording(tmp_path / "r") as recording:
        assert tuple(recording.lines())[: len(lines)] == lines
        records = tuple(recording.records())
    assert [frame.time_ns for frame in frames] == [seconds(s) for s in (92, 97, 150, 20, 205)]
    heights = [folded(records, frame.time_ns).height for frame in frames]
    assert [frame.height for frame in frames] == heights


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
