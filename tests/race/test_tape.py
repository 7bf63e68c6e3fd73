"""A recording is kept from the start on, whenever one asks for it."""

import math
import queue
from pathlib import Path

import msgspec
import pytest

from powclock.race import tape as tape_module
from powclock.race.commands import Keep
from powclock.race.driver import Driver
from powclock.race.engine import Engine
from powclock.race.messages import Declined, Ended, FromRace, Noted, Shown
from powclock.race.plan import Plan
from powclock.race.tape import Tape
from powclock.record.recording.reader import Recording
from tests.builders import seconds
from tests.race.test_rerun import again
from tests.scenarios.races import scenario

WHAT = scenario(4)


@pytest.fixture(autouse=True)
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of its own."""
    monkeypatch.setattr(tape_module, "kept_folder", lambda: tmp_path / "kept")
    return tmp_path / "kept"


def test_what_is_kept_is_whole_and_ends_where_one_says(tmp_path: Path, kept: Path) -> None:
    driver = Driver(WHAT)
    tape = Tape(tmp_path / "spool", driver.world)
    driver.start()
    driver.world.advance(seconds(20))
    first = tape.keep()
    assert first == kept / "test-4-pow-1.powclock"
    driver.world.advance(seconds(40))
    digest = driver.world.recorder.digest
    assert tape.end_kept() == first
    driver.world.advance(seconds(60))
    second = tape.keep()
    driver.world.advance(seconds(70))
    tape.end(driver.summary())
    driver.close()
    assert sorted(kept.iterdir()) == [first, second]
    for path, end_s in ((first, 40), (second, 70), (tmp_path / "spool", 70)):
        with Recording(path) as recording:
            assert recording.ending is not None
            assert recording.ending.time_ns == seconds(end_s)
    assert again(first)[1] == digest
    assert again(second) == again(tmp_path / "spool")


def run(plan: Plan, *commands: Keep) -> list[FromRace]:
    """What a race says."""
    waiting: queue.SimpleQueue[object] = queue.SimpleQueue()
    for command in commands:
        waiting.put(command)
    messages: list[FromRace] = []
    Engine(plan, waiting, messages.append).run()  # type: ignore[arg-type]
    return messages


def test_the_engine_begins_and_ends_what_is_kept(tmp_path: Path, kept: Path) -> None:
    plan = Plan(WHAT, math.inf, until_ns=seconds(30), recording=str(tmp_path / "spool"))
    messages = run(plan, Keep(), Keep(), Keep())
    first, second = kept / "test-4-pow-1.powclock", kept / "test-4-pow-2.powclock"
    assert [message for message in messages if isinstance(message, Noted)] == [
        Noted(f"recording to {first}", recording=True),
        Noted(f"recorded to {first}", recording=False),
        Noted(f"recording to {second}", recording=True),
    ]
    ended = messages[-1]
    assert isinstance(ended, Ended)
    assert (ended.recording, ended.recorded) == (str(second), True)


def test_a_race_may_be_told_which_of_both_is_meant(tmp_path: Path, kept: Path) -> None:
    plan = Plan(WHAT, math.inf, until_ns=seconds(9), recording=str(tmp_path / "spool"))
    begin, end = Keep(on=True), Keep(on=False)
    messages = run(plan, end, begin, begin, end, end)
    assert [message for message in messages if isinstance(message, Noted)] == [
        Noted(f"recording to {kept / 'test-4-pow-1.powclock'}", recording=True),
        Noted(f"recorded to {kept / 'test-4-pow-1.powclock'}", recording=False),
    ]


def test_frames_say_how_much_is_kept(tmp_path: Path) -> None:
    plan = Plan(WHAT, math.inf, until_ns=seconds(9), recording=str(tmp_path / "spool"))
    for chosen, commands, recorded in (
        (False, (), False), (False, (Keep(),), True), (False, (Keep(), Keep()), False),
        (True, (), True),
    ):  # fmt: skip
        messages = run(msgspec.structs.replace(plan, chosen=chosen), *commands)
        last = [message for message in messages if isinstance(message, Shown)][-1]
        assert last.pace.recorded_ns == (last.frame.time_ns if recorded else None)


def test_a_race_that_is_recorded_already_says_so(tmp_path: Path) -> None:
    file = tmp_path / "mine"
    messages = run(Plan(WHAT, math.inf, 10, seconds(9), recording=str(file), chosen=True), Keep())
    assert Noted(f"this race is recorded to {file}", recording=True) in messages
    ended = messages[-1]
    assert isinstance(ended, Ended)
    assert ended.recording == str(file)


def test_what_cannot_be_recorded_says_so(tmp_path: Path, kept: Path) -> None:
    assert Declined("this race cannot be recorded") in run(
        Plan(WHAT, math.inf, until_ns=seconds(9)), Keep()
    )
    kept.write_text("a file is in the way")
    plan = Plan(WHAT, math.inf, until_ns=seconds(9), recording=str(tmp_path / "spool"))
    (declined,) = [each for each in run(plan, Keep()) if isinstance(each, Declined)]
    assert declined == Declined(f"{kept}: cannot be written: File exists")
