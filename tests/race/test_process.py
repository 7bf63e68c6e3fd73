"""The race's own process: it says how it ended, and never stays behind."""

import io
import math
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from powclock.network.faults.nodes import Crash
from powclock.race import session as session_module
from powclock.race.commands import AnyCommand, Break, Fork, Quit, Seek
from powclock.race.headless import Outputs
from powclock.race.messages import AnyMessage, Declined, Ended, Noted, Shown
from powclock.race.pipe import pack
from powclock.race.plan import Plan
from powclock.race.remote import RaceProcess
from powclock.race.session import load_session
from powclock.record.recording.reader import Recording
from tests.builders import seconds
from tests.race.tapes import record_race, replay_session
from tests.race.test_rerun import copied
from tests.scenarios.races import scenario

PATIENCE_S = 30
WHAT = scenario()


@pytest.fixture(autouse=True)
def sessions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of its own."""
    monkeypatch.setattr(session_module, "folder", lambda: tmp_path)
    return tmp_path


class Listener:
    """Collects messages until the last."""

    def __init__(self, on_shown: Callable[[Shown], None] | None = None) -> None:
        self.messages: list[AnyMessage] = []
        self._on_shown = on_shown
        self._over = threading.Event()

    def __call__(self, message: AnyMessage) -> None:
        self.messages.append(message)
        if isinstance(message, Ended):
            self._over.set()
        elif isinstance(message, Shown) and self._on_shown is not None:
            self._on_shown(message)
            self._on_shown = None

    def last(self) -> Ended:
        """The last word."""
        assert self._over.wait(PATIENCE_S)
        ended = self.messages[-1]
        assert isinstance(ended, Ended)
        return ended


def session_of(ended: Ended) -> Path:
    """The file that the last word names."""
    prefix = "powclock rerun "
    assert ended.again.startswith(prefix)
    return Path(ended.again.removeprefix(prefix))


def test_a_race_to_its_end_and_the_same_again() -> None:
    race = RaceProcess(Plan(WHAT, math.inf, until_ns=seconds(60)))
    crash = Break(Crash(nodes=("bob",)))
    race.send(crash)
    race.send(Break(Crash(nodes=("nobody",))))
    listener = Listener()
    race.listen(listener)
    ended = listener.last()
    race.close()
    race.send(Quit())  # harmless
    assert ended.trouble == ""
    declined = [m.text for m in listener.messages if isinstance(m, Declined)]
    assert declined == [
        "there is no node 'nobody': the race has alice, bob, carol, dave, erin, frank"
    ]
    session = load_session(session_of(ended))
    assert [each.action for each in session.inputs] == [crash]
    summary = replay_session(session, outputs=Outputs(), progress=lambda _h, _n: None)
    assert (summary, summary.text()) == (ended.figures, ended.summary)


def test_a_process_that_is_killed_gives_its_cause_and_the_way_back() -> None:
    race = RaceProcess(Plan(WHAT, 20.0))
    listener = Listener(lambda _shown: os.kill(race.pid, signal.SIGKILL))
    race.listen(listener)
    ended = listener.last()
    race.close()
    assert ended.trouble == "the race's process was ended by SIGKILL"
    assert ended.summary == ""
    session = load_session(session_of(ended))
    assert session.end.turn == -1
    assert session.scenario == WHAT
    replay_session(session, outputs=Outputs(), progress=lambda _h, _n: None)


def test_a_future_whose_process_is_killed_is_what_is_run_again(tmp_path: Path) -> None:
    """And not the race that it has taken the place of."""
    file = tmp_path / "mine"
    race = RaceProcess(Plan(WHAT, 20.0, recording=str(file), chosen=True))
    listener = Listener()
    waiting: list[AnyCommand] = [Fork(), Seek(seconds(1))]

    def answer(message: AnyMessage) -> None:
        listener(message)
        if isinstance(message, Shown):
            past = message.timeline is not None
            if (past and len(waiting) == 1) or (
                len(waiting) == 2 and message.frame.time_ns > seconds(2)
            ):
                race.send(waiting.pop())
        if isinstance(message, Noted):
            os.kill(race.pid, signal.SIGKILL)

    race.listen(answer)
    ended = listener.last()
    race.close()
    assert ended.trouble == "the race's process was ended by SIGKILL"
    (noted,) = [each for each in listener.messages if isinstance(each, Noted)]
    assert noted.future not in (None, "", str(file))
    assert ended.again == f"powclock rerun {noted.future}"


def test_without_a_folder_the_scenario_and_seed_are_named(sessions: Path) -> None:
    sessions.rmdir()
    sessions.write_text("a file is in the way")
    race = RaceProcess(Plan(WHAT, 0.0))
    listener = Listener(lambda _shown: race.send(Quit()))
    race.listen(listener)
    assert listener.last().again == "powclock run test --seed 1"
    race.close()


def test_no_thread_that_listens_makes_a_decoder(monkeypatch: pytest.MonkeyPatch) -> None:
    made_by = []
    decoder = msgspec.msgpack.Decoder

    def make(kind: Any) -> object:
        made_by.append(threading.current_thread())
        return decoder(kind)

    monkeypatch.setattr(msgspec.msgpack, "Decoder", make)
    race = RaceProcess(Plan(WHAT, math.inf, until_ns=seconds(1)))
    listener = Listener()
    race.listen(listener)
    listener.last()
    race.close()
    assert made_by == [threading.main_thread()]


def test_closing_ends_the_process() -> None:
    race = RaceProcess(Plan(WHAT, 1.0))
    listener = Listener()
    race.listen(listener)
    pid = race.pid
    race.close()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert listener.last().trouble == ""


@pytest.mark.parametrize("plan", [Plan(WHAT, 1.0), Plan(WHAT, math.inf), None])
def test_the_process_ends_when_its_parent_is_gone(plan: Plan | None) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "powclock.race.process"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdin is not None
    if plan is not None:
        process.stdin.write(pack(plan))
    output, errors = process.communicate(timeout=PATIENCE_S)  # closes standard input
    assert process.returncode == 0
    assert errors == b""
    assert bool(output) == (plan is not None)


def test_a_plan_that_cannot_be_read_is_trouble() -> None:
    process = subprocess.run(
        [sys.executable, "-m", "powclock.race.process"],
        input=pack("no plan"),
        capture_output=True,
        timeout=PATIENCE_S,
        check=False,
    )
    assert process.returncode == 1
    assert process.stderr.splitlines()[-1] == (
        b"powclock.race.pipe.Garbled: Expected `object`, got `str`"
    )


def test_what_is_no_command_ends_the_race() -> None:
    process = subprocess.run(
        [sys.executable, "-m", "powclock.race.process"],
        input=pack(Plan(WHAT, 1.0)) + pack("no command"),
        capture_output=True,
        timeout=PATIENCE_S,
        check=False,
    )
    assert process.returncode == 0
    assert process.stderr == b"no command: Expected `object`, got `str`\n"


def test_what_is_no_message_is_trouble() -> None:
    race = RaceProcess(Plan(WHAT, 1.0))
    assert race._process.stdout is not None
    race._process.stdout.close()
    race._process.stdout = io.BytesIO(pack(Declined("first")) + pack("no message"))
    listener = Listener()
    race.listen(listener)
    ended = listener.last()
    race.close()
    assert listener.messages[0] == Declined("first")
    assert ended.trouble == "what the race's process sends is garbled: Expected `object`, got `str`"
    assert session_of(ended).exists()


def test_a_recording_that_cannot_be_shown_is_told_in_its_own_line(tmp_path: Path) -> None:
    file, hostile = tmp_path / "r", tmp_path / "hostile"
    record_race(file, WHAT, ticks=2)
    with Recording(file) as recording:
        first = next(recording.lines()).replace(b'"node":null', b'"node":"nobody"')
    copied(file, hostile, {0: first})
    listener = Listener()
    process = RaceProcess(Plan(WHAT, 1.0, replay=str(hostile)))
    process.listen(listener)
    ended = listener.last()
    process.close()
    assert ended.trouble == f"{hostile}: record 0 does not follow from those before"
