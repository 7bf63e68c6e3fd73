"""Another future on a disk that is full."""

import errno
import os
import queue
from pathlib import Path

import pytest

from powclock.clock.pace import wall_ns
from powclock.race.driver import Driver
from powclock.race.keeping import Keeping
from powclock.race.messages import Declined, FromRace
from powclock.race.replay import future
from powclock.race.replay.loading import Loading
from powclock.race.session import load_session
from powclock.race.tape import Tape
from powclock.race.world import World
from tests.builders import seconds
from tests.race.tapes import FullAfter, record_race
from tests.scenarios.races import scenario


def _forked(file: Path) -> tuple[Driver, Tape | None] | str:
    """The future of a race from 20 s on."""
    record_race(file, scenario(3), ticks=10)
    loading = Loading(file)
    with loading.recording:
        loading.load(wall_ns() + seconds(600))
        return future.fork(
            load_session(file), loading.past, seconds(20), queue.SimpleQueue(), lambda _: None
        )


def _sessions(tmp_path: Path) -> Path:
    return tmp_path / "state" / "powclock" / "sessions"


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


def test_a_recording_that_cannot_begin_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed: list[Driver] = []
    close = Driver.close

    def refuse(path: Path, _: World) -> Tape:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))

    def note(driver: Driver) -> None:
        closed.append(driver)
        close(driver)

    monkeypatch.setattr(future, "Tape", refuse)
    monkeypatch.setattr(Driver, "close", note)
    said = _forked(tmp_path / "r")
    path = _sessions(tmp_path) / "test-3-pow-1.powclock"
    assert said == (
        f"no other future goes on from here: {path}: cannot be written: No space left on device: "
        "mend that, and fork again"
    )
    assert len(closed) == 2  # that of the race that was recorded, and that of its future
    assert list(_sessions(tmp_path).iterdir()) == []


def test_a_recording_that_ends_while_the_future_is_made_is_told_by_the_race_that_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Cramped(Tape):
        def __init__(self, path: Path, world: World) -> None:
            super().__init__(path, world)
            self._writer._file = FullAfter(self._writer._file, 10)  # type: ignore[assignment]

        def write(self) -> None:
            super().write()
            self._writer.flush()

    monkeypatch.setattr(future, "Tape", Cramped)
    made = _forked(tmp_path / "r")
    assert not isinstance(made, str)
    driver, tape = made
    assert tape is not None
    assert tape.trouble
    said: list[FromRace] = []
    keeping = Keeping(tape, said.append, chosen=False)
    keeping.beat()
    keeping.beat()
    assert said == [Declined(tape.trouble)]
    tape.cut()
    driver.close()
