"""A recording is kept from the start on, whenever one asks for it."""

import errno
import math
import os
import queue
from pathlib import Path

import msgspec
import pytest

from powclock.race import tape as tape_module
from powclock.race import twin_file
from powclock.race.commands import Keep
from powclock.race.driver import Driver
from powclock.race.engine import Engine
from powclock.race.keeping import Keeping
from powclock.race.messages import Declined, Ended, FromRace, Noted, Shown
from powclock.race.plan import Plan
from powclock.race.tape import Tape
from powclock.record.recording.reader import Recording
from tests.builders import seconds
from tests.race.tapes import FullAfter
from tests.race.test_rerun import again
from tests.scenarios.races import scenario

WHAT = scenario(4)
MEND = ": mend that and ask again, or race with --record FILE"


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
    assert declined == Declined(f"{kept}: cannot be written: File exists{MEND}")


def _no_link(path: Path, other: Path) -> None:
    raise OSError(errno.EXDEV, os.strerror(errno.EXDEV), str(path), None, str(other))


def _full(*_: object) -> int:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _write(tape: Tape, driver: Driver, until_s: int) -> None:
    driver.world.advance(seconds(until_s))
    tape.flush()


def test_what_is_kept_on_another_disk_is_a_copy_that_goes_on(
    tmp_path: Path, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "link", _no_link)
    driver = Driver(WHAT)
    tape = Tape(tmp_path / "spool", driver.world)
    driver.start()
    _write(tape, driver, 20)
    first = tape.keep()
    _write(tape, driver, 40)
    assert first.read_bytes() == (tmp_path / "spool").read_bytes()
    digest = driver.world.recorder.digest
    assert tape.end_kept() == first
    driver.world.advance(seconds(50))
    second = tape.keep()
    driver.world.advance(seconds(70))
    tape.end(driver.summary())
    driver.close()
    assert sorted(kept.iterdir()) == [first, second]
    assert again(first)[1] == digest
    assert second.read_bytes() == (tmp_path / "spool").read_bytes()


def test_a_copy_that_cannot_go_on_ends_whole_and_the_race_is_still_recorded(
    tmp_path: Path, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "link", _no_link)
    driver = Driver(WHAT)
    tape = Tape(tmp_path / "spool", driver.world)
    said: list[FromRace] = []
    keeping = Keeping(tape, said.append, chosen=False)
    driver.start()
    _write(tape, driver, 20)
    keeping.keep(on=True)
    first = kept / "test-4-pow-1.powclock"
    content = first.read_bytes()
    assert tape._twin is not None
    assert tape._twin._twin is not None
    monkeypatch.setattr(tape._twin, "_twin", FullAfter(tape._twin._twin, 10))
    _write(tape, driver, 40)
    keeping.beat()
    keeping.beat()
    assert said == [
        Noted(f"recording to {first}", recording=True),
        Declined(f"{first}: the recording ends here: No space left on device"),
    ]
    assert first.read_bytes() == content
    assert keeping.end(None) == (said[1].text, False)  # type: ignore[attr-defined]
    driver.close()
    assert again(tmp_path / "spool")[1] == driver.world.recorder.digest


def test_where_a_copy_cannot_begin_nothing_is_left(
    tmp_path: Path, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "link", _no_link)
    monkeypatch.setattr(twin_file.TwinFile, "follow", _full)
    plan = Plan(WHAT, math.inf, until_ns=seconds(9), recording=str(tmp_path / "spool"))
    (declined,) = [each for each in run(plan, Keep()) if isinstance(each, Declined)]
    path = kept / "test-4-pow-1.powclock"
    assert declined == Declined(f"{path}: cannot be written: No space left on device{MEND}")
    assert not list(kept.iterdir())


def test_what_has_lost_records_is_not_said_to_be_recorded(tmp_path: Path, kept: Path) -> None:
    driver = Driver(WHAT)
    tape = Tape(tmp_path / "spool", driver.world)
    said: list[FromRace] = []
    keeping = Keeping(tape, said.append, chosen=False)
    driver.start()
    _write(tape, driver, 20)
    keeping.keep(on=True)
    driver.world.advance(seconds(40))
    tape._writer._file = FullAfter(tape._writer._file, 10)  # type: ignore[assignment]
    keeping.keep(on=False)
    keeping.beat()
    assert said == [
        Noted(f"recording to {kept / 'test-4-pow-1.powclock'}", recording=True),
        Declined(tape.trouble),
    ]
    assert "No space left on device" in tape.trouble
    with Recording(kept / "test-4-pow-1.powclock") as recording:
        assert (recording.ending, recording.damage) == (None, None)
    tape.cut()
    driver.close()


def test_what_went_wrong_in_a_flush_is_told_at_the_next_beat(tmp_path: Path) -> None:
    driver = Driver(WHAT)
    tape = Tape(tmp_path / "spool", driver.world)
    driver.start()
    driver.world.advance(seconds(20))
    tape._writer._file = FullAfter(tape._writer._file, 10)  # type: ignore[assignment]
    tape.flush()
    assert tape.trouble.endswith(
        "the recording ends at 0.0 s: No space left on device: free some room, "
        "and record the race again"
    )
    assert [tape.beat(), tape.beat()] == [tape.trouble, ""]
    tape.cut()
    driver.close()


def test_a_race_that_begins_again_does_not_write_over_what_was_kept(
    tmp_path: Path, kept: Path
) -> None:
    driver = Driver(WHAT)
    tape = Tape(tmp_path / "spool", driver.world)
    said: list[FromRace] = []
    keeping = Keeping(tape, said.append, chosen=False)
    driver.start()
    _write(tape, driver, 20)
    keeping.keep(on=True)
    path = kept / "test-4-pow-1.powclock"
    before = path.read_bytes()
    driver.world.advance(seconds(40))
    tape._writer._file = FullAfter(tape._writer._file, 10)  # type: ignore[assignment]
    keeping.begin_again()
    driver.close()
    assert said[1:] == [Declined(tape.trouble)]
    Tape(tmp_path / "spool", Driver(WHAT).world).cut()
    assert path.read_bytes() == before
