"""The replay's engine in this thread, of races that the live engine has recorded."""

import math
import queue
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from powclock.clock.streams import Stream
from powclock.network.faults.nodes import Crash
from powclock.race.commands import (
    ActAt,
    AnyCommand,
    Break,
    Find,
    Fork,
    GoOn,
    Heal,
    HealAll,
    Keep,
    Look,
    Now,
    Quit,
    Seek,
    SetRate,
    StepTo,
)
from powclock.race.engine import Engine
from powclock.race.messages import AnyMessage, Declined, Ended, Found, FromRace, Noted, Shown
from powclock.race.plan import Plan
from powclock.race.process import run
from powclock.race.replay.engine import ReplayEngine
from powclock.race.scenario import Scenario
from powclock.race.session import load_session
from powclock.record.detail import Focus
from powclock.record.events import LeaderElected
from powclock.record.frame import Frame
from powclock.record.recording.reader import NoRecording, Recording
from powclock.tui.fault_keys import FAULT_KEYS
from tests.builders import seconds
from tests.race.replay.pasts import plain
from tests.race.tapes import record_race
from tests.race.test_rerun import again, copied
from tests.scenarios.races import scenario

WHAT = scenario()
LOOK = Look(Focus(network=True))
Answer = Callable[[FromRace, "queue.SimpleQueue[AnyCommand]"], None]


def replayed(file: Path, answer: Answer, *commands: AnyCommand, **plan: object) -> list[FromRace]:
    """All messages of a replay; `answer` may ask for more at each of them."""
    return _run(run, Plan(WHAT, 0.0, replay=str(file), **plan), answer, *commands)  # type: ignore[arg-type]


def _run(
    start: Callable[..., object], plan: Plan, answer: Answer, *commands: AnyCommand
) -> list[FromRace]:
    waiting: queue.SimpleQueue[AnyCommand] = queue.SimpleQueue()
    for command in commands:
        waiting.put(command)
    messages: list[FromRace] = []

    def tell(message: FromRace) -> None:
        data = msgspec.msgpack.encode(message)
        assert msgspec.msgpack.decode(data, type=AnyMessage) == message
        messages.append(message)
        assert len(messages) < 5_000
        answer(message, waiting)

    start(plan, waiting, tell)
    return messages


def quits(message: FromRace, waiting: "queue.SimpleQueue[AnyCommand]") -> None:
    """Quit as soon as all is read."""
    if isinstance(message, Shown) and message.timeline is not None and _whole(message):
        waiting.put(Quit())


def quits_at_damage(message: FromRace, waiting: "queue.SimpleQueue[AnyCommand]") -> None:
    """Quit as soon as the damage is told."""
    if isinstance(message, Shown) and message.timeline is not None and message.timeline.damage:
        waiting.put(Quit())


def quits_at_the_end(message: FromRace, waiting: "queue.SimpleQueue[AnyCommand]") -> None:
    """Quit as soon as it stands at the end of all that there is."""
    if isinstance(message, Shown) and message.timeline is not None:
        there = message.frame.time_ns == message.timeline.end_ns
        if there and _whole(message) and message.pace.paused:
            waiting.put(Quit())


def _whole(shown: Shown) -> bool:
    assert shown.timeline is not None
    return shown.timeline.known_ns >= shown.timeline.end_ns - seconds(2)


def of_records(frame: Frame) -> Frame:
    """A frame without what only a live race can tell, and without what is told once."""
    return replace(frame, retarget=None, events=(), events_left_out=0)


def fifty_keys(what: Scenario, until_s: int) -> list[ActAt]:
    """What a person does who presses fifty keys of faults, on one node or on all."""
    draw = Stream(11, "keys")
    names = [f"{name}" for name in ("alice", "bob", "carol", "dave", "erin", "frank")]
    times = sorted(draw.below(seconds(until_s)) for _ in range(50))
    acts = []
    begun: list[str] = []
    for time_ns in times:
        entry = draw.choice(FAULT_KEYS)
        if begun and draw.below(4) == 0:
            acts.append(ActAt(time_ns, HealAll() if draw.below(3) == 0 else Heal(begun.pop())))
            continue
        nodes = (draw.choice(names),) if entry.one_node or draw.below(2) else ()
        fault = draw.choice(entry.strengths).make(nodes)
        begun.append(fault.id)
        acts.append(ActAt(time_ns, Break(fault)))
    return acts


def test_a_session_of_fifty_keys_replays_to_what_live_showed(tmp_path: Path) -> None:
    file, draw = tmp_path / "session", Stream(5, "moments")
    moments = sorted(draw.below(seconds(300)) for _ in range(100))
    live: dict[int, tuple[Frame, object]] = {}
    engines: list[Engine] = []

    class Watched(Engine):
        def __init__(self, *args: object) -> None:
            super().__init__(*args)  # type: ignore[arg-type]
            engines.append(self)

    def stop_at_each(message: FromRace, waiting: "queue.SimpleQueue[AnyCommand]") -> None:
        if not isinstance(message, Shown) or len(live) == len(moments):
            return
        if message.frame.time_ns == moments[len(live)]:
            live[message.frame.time_ns] = message.frame, plain(engines[0]._driver.view)
            waiting.put(StepTo(moments[len(live)]) if len(live) < len(moments) else Quit())

    first: tuple[AnyCommand, ...] = (LOOK, *fifty_keys(WHAT, 300), StepTo(moments[0]))
    _run(
        lambda *race: Watched(*race).run(),
        Plan(WHAT, 0.0, recording=str(file)),
        stop_at_each,
        *first,
    )
    assert len(live) == 100
    assert len(load_session(file).inputs) >= 30
    records, _ = again(file)
    assert records > 2_000

    asked = draw.shuffled(moments)
    replays: list[ReplayEngine] = []
    seen: dict[int, tuple[Frame, object]] = {}

    class WatchedReplay(ReplayEngine):
        def __init__(self, *args: object) -> None:
            super().__init__(*args)  # type: ignore[arg-type]
            replays.append(self)

    def seek_each(message: FromRace, waiting: "queue.SimpleQueue[AnyCommand]") -> None:
        if not isinstance(message, Shown) or len(seen) == len(asked):
            return
        if message.frame.time_ns == asked[len(seen)]:
            seen[message.frame.time_ns] = message.frame, plain(replays[0]._player.view)
            waiting.put(Seek(asked[len(seen)]) if len(seen) < len(asked) else Quit())

    replay = Plan(WHAT, 0.0, replay=str(file))
    _run(lambda *race: WatchedReplay(*race).run(), replay, seek_each, LOOK, Seek(asked[0]))
    assert len(seen) == 100
    for time_ns, (frame, view) in live.items():
        assert of_records(seen[time_ns][0]) == of_records(frame)
        assert seen[time_ns][1] == view


def forks_at(time_ns: int, *then: AnyCommand) -> Answer:
    """Fork the future at a time, do something, and quit a minute later."""
    asked: list[bool] = []

    def answer(message: FromRace, waiting: "queue.SimpleQueue[AnyCommand]") -> None:
        if not isinstance(message, Shown):
            return
        if message.timeline is not None and message.frame.time_ns == time_ns and not asked:
            asked.append(True)
            for command in (Fork(), *then, SetRate(math.inf)):
                waiting.put(command)
        if message.timeline is None and message.frame.time_ns > time_ns + seconds(60):
            waiting.put(Quit())

    return answer


def test_another_future_goes_on_from_a_moment_and_can_be_had_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    file, at_ns = tmp_path / "r", seconds(30)
    record_race(file, WHAT, ticks=20)
    before = file.read_bytes()
    crash = Break(Crash(nodes=("bob",)))
    messages = replayed(file, forks_at(at_ns, crash, Keep()), Seek(at_ns))
    shown = [message for message in messages if isinstance(message, Shown)]
    making = [each.timeline.making for each in shown if each.timeline is not None]
    parts = [part for part in making if part is not None]
    assert parts == sorted(parts)
    live = [each for each in shown if each.timeline is None]
    past = [each for each in shown if each.timeline is not None]
    gone_on = replace(live[0].frame, time_ns=at_ns)
    assert of_records(gone_on) == of_records(past[-1].frame)
    assert live[0].restarts > past[-1].restarts
    assert any(row.name == "bob" and row.state == "down" for row in live[-1].frame.nodes)
    ended = messages[-1]
    assert isinstance(ended, Ended)
    assert (ended.trouble, ended.recorded) == ("", True)
    future = Path(ended.again.removeprefix("powclock rerun "))
    assert future.parent == tmp_path / "state" / "powclock" / "sessions"
    assert Path(ended.recording).read_bytes() == future.read_bytes()
    assert again(future)[1] in ended.summary
    (act,) = load_session(future).inputs
    assert act.action == crash
    assert at_ns <= act.time_ns < at_ns + seconds(1)
    assert file.read_bytes() == before


def test_a_future_of_a_race_that_is_another_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    file, other = tmp_path / "r", tmp_path / "other"
    record_race(file, WHAT, ticks=20)
    found = next(line for line in _lines(file) if b'"head_moved"' in line)
    number = int(msgspec.json.decode(found)["sequence"])
    copied(file, other, {number: found.replace(b'"height":1', b'"height":2')}, "0.0")

    def answer(message: FromRace, waiting: "queue.SimpleQueue[AnyCommand]") -> None:
        gone_on = isinstance(message, Shown) and message.timeline is None
        if gone_on or isinstance(message, Declined):
            waiting.put(Quit())

    messages = replayed(other, answer, Seek(seconds(30)), Fork())
    (declined,) = (message for message in messages if isinstance(message, Declined))
    start = f"no other future goes on from here: record {number} at "
    assert declined.text.startswith(start)
    assert "; it was recorded by powclock 0.0, and this is " in declined.text
    assert list((tmp_path / "state" / "powclock" / "sessions").iterdir()) == []
    last = messages[-2]
    assert isinstance(last, Shown)
    assert last.frame.time_ns == seconds(30)


def _lines(file: Path) -> list[bytes]:
    with Recording(file) as recording:
        return list(recording.lines())


def test_to_quit_while_a_future_is_made_gives_it_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    record_race(tmp_path / "r", WHAT, ticks=90)

    def answer(message: FromRace, waiting: "queue.SimpleQueue[AnyCommand]") -> None:
        if isinstance(message, Shown) and message.timeline and message.timeline.making is not None:
            waiting.put(Quit())

    messages = replayed(tmp_path / "r", answer, Seek(seconds(300)), Fork())
    assert isinstance(messages[-1], Ended)
    assert all(each.timeline is not None for each in messages if isinstance(each, Shown))
    assert list((tmp_path / "state" / "powclock" / "sessions").iterdir()) == []


def test_what_the_past_cannot_do_is_said(tmp_path: Path) -> None:
    file = tmp_path / "r"
    record_race(file, WHAT)
    crash = Break(Crash(nodes=("bob",)))
    messages = replayed(file, quits, crash, HealAll(), Keep(), GoOn(), Now(), Find("2"))
    assert [message.text for message in messages if isinstance(message, Declined)] == [
        "the past cannot be changed: fork it",
        "the past cannot be changed: fork it",
        "this race is no lesson: `powclock learn` lists those",
        "this race is over: there is no now to return to",
    ]
    assert Noted(f"this is a recording: {file}", recording=False) in messages
    (found,) = (message for message in messages if isinstance(message, Found))
    assert "node" not in {hit.kind for hit in found.hits}


def test_where_it_begins(tmp_path: Path) -> None:
    file = tmp_path / "r"
    record_race(file, WHAT, ticks=20)
    with Recording(file) as recording:
        ticks = [
            each.time_ns for each in recording.records() if isinstance(each.event, LeaderElected)
        ]
    last = replayed(file, quits, from_tick=7)[-2]
    assert isinstance(last, Shown)
    assert (last.frame.height, last.frame.time_ns) == (7, ticks[6])
    last = replayed(file, quits, from_ns=seconds(12))[-2]
    assert isinstance(last, Shown)
    assert last.frame.time_ns == seconds(12)


def test_a_damaged_recording_plays_up_to_the_damage_and_says_where_it_is(tmp_path: Path) -> None:
    file, cut = tmp_path / "r", tmp_path / "cut"
    record_race(file, WHAT, ticks=200)
    data = bytearray(file.read_bytes())
    data[-20_000] ^= 1
    cut.write_bytes(data)
    with Recording(cut) as recording:
        whole = list(recording.records())
        assert recording.damage is not None
        damage = str(recording.damage)
    last = replayed(cut, quits_at_damage, Seek(seconds(9_999)))[-2]
    assert isinstance(last, Shown)
    assert last.timeline is not None
    assert last.timeline.damage == damage
    assert last.frame.time_ns == last.timeline.end_ns == whole[-1].time_ns
    # What is sealed but follows from nothing is damage too.
    number = len(_lines(file)) // 2
    line = _lines(file)[number]
    again_started = _lines(file)[0].replace(
        b'{"sequence":0,"time_ns":0,', b'{"sequence":%d,"time_ns":%d,' % _place(line)
    )
    copied(file, cut, {number: again_started})
    last = replayed(cut, quits_at_damage, Seek(seconds(9_999)))[-2]
    assert isinstance(last, Shown)
    assert last.timeline is not None
    assert last.timeline.damage == f"record {number} does not follow from those before"
    assert last.frame.time_ns <= _place(line)[1]


def test_a_recording_whose_first_record_is_refused_is_none(tmp_path: Path) -> None:
    file, cut = tmp_path / "r", tmp_path / "cut"
    record_race(file, WHAT, ticks=2)
    copied(file, cut, {0: _lines(file)[0].replace(b'"node":null', b'"node":"nobody"')})
    with pytest.raises(NoRecording) as caught:
        replayed(cut, quits)
    assert str(caught.value) == f"{cut}: record 0 does not follow from those before"


def test_a_recording_plays_as_fast_as_it_goes_to_the_record_that_is_refused(
    tmp_path: Path,
) -> None:
    file, cut = tmp_path / "r", tmp_path / "cut"
    record_race(file, WHAT, ticks=20)
    lines = _lines(file)
    number = next(n for n, line in enumerate(lines) if n > 300 and b'"head_moved"' in line)
    record = msgspec.json.decode(lines[number])
    nobody = lines[number].replace(b'"node":"%s"' % record["node"].encode(), b'"node":"nobody"')
    copied(file, cut, {number: nobody})
    last = replayed(cut, quits_at_the_end, SetRate(math.inf))[-2]
    assert isinstance(last, Shown)
    assert last.timeline is not None
    assert last.timeline.damage == f"record {number} does not follow from those before"
    assert last.frame.time_ns == last.timeline.end_ns == _place(lines[number - 1])[1]


def _place(line: bytes) -> tuple[int, int]:
    record = msgspec.json.decode(line)
    return record["sequence"], record["time_ns"]
