"""Sessions: what is needed to run a recorded race again.

A race with a person at the keyboard is a scenario, a seed and a list of inputs. A recording has
them beside its records; here they are taken out of it, and here is where recordings are kept.
Every race on the screen is recorded to the folder of sessions, so that a demo, or a crash, can be
had again; the oldest go. What a person keeps goes to the folder of recordings, and stays.
"""

import contextlib
from collections.abc import Callable
from pathlib import Path

import msgspec
import platformdirs

from powclock.race.commands import Input
from powclock.race.scenario import Scenario, ScenarioError, checked, place_first
from powclock.record.recording.reader import NoRecording, Recording, shown

SUFFIX = ".powclock"
SESSIONS_MAX = 50
SESSIONS_BYTES_MAX = 1024 * 1024 * 1024


class End(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where a session ended; `turn` is -1 where it is not known, as after a crash."""

    time_ns: int
    turn: int


class Session(msgspec.Struct, frozen=True):
    """A scenario with what was done to it, and by what powclock."""

    version: str
    scenario: Scenario
    inputs: tuple[Input, ...]
    end: End


def folder() -> Path:
    """Where sessions are kept."""
    return platformdirs.user_state_path("powclock") / "sessions"


def kept_folder() -> Path:
    """Where recordings are that a person made with a key."""
    return platformdirs.user_data_path("powclock") / "recordings"


def new_session(scenario: Scenario) -> Path | None:
    """A new, empty file for a session; None where there can be none. The oldest of many goes."""
    try:
        folder().mkdir(parents=True, exist_ok=True)
        _make_room()
        return new_file(folder(), scenario)
    except OSError:
        return None


def _make_room() -> None:
    """Keep fewer sessions than there may be, and not too large ones."""
    sizes = {}
    for path in folder().glob(f"*{SUFFIX}"):
        with contextlib.suppress(FileNotFoundError):  # another powclock made room too
            state = path.stat()
            sizes[path] = (state.st_mtime_ns, path.name, state.st_size)
    total = 0
    for number, path in enumerate(sorted(sizes, key=sizes.__getitem__, reverse=True), start=1):
        total += sizes[path][2]
        if number >= SESSIONS_MAX or total > SESSIONS_BYTES_MAX:
            path.unlink(missing_ok=True)


def _empty(path: Path) -> None:
    path.touch(exist_ok=False)


def new_file(where: Path, scenario: Scenario, make: Callable[[Path], None] = _empty) -> Path:
    """Make a new file for a recording, empty unless made otherwise; its name is no other's.

    Raises:
        OSError: the folder cannot be written.
    """
    where.mkdir(parents=True, exist_ok=True)
    prefix = f"{_file_name(scenario.name)}-{scenario.seed}-{_file_name(scenario.rule)}-"
    used = [_number(path) for path in where.glob(f"{prefix}*{SUFFIX}")]
    number = 1 + max(used, default=0)  # above those, so that an old name is not another race
    while True:
        path = where / f"{prefix}{number}{SUFFIX}"
        try:
            make(path)
        except FileExistsError:
            number += 1
        else:
            return path


def _number(path: Path) -> int:
    last = path.stem.rpartition("-")[2]
    return int(last) if last.isdecimal() and last.isascii() else 0


def _file_name(name: str) -> str:
    return "".join(c if c.isalnum() and c.isascii() else "-" for c in name)[:60] or "race"


def session_of(recording: Recording) -> Session:
    """What a recording's race was made of.

    Where the recording was not ended, the session ends with its last record or input.

    Raises:
        ScenarioError: one line with file, place and mend.
    """
    path, head = shown(recording.path), recording.head
    place = "scenario"
    try:
        scenario = checked(msgspec.json.decode(head.scenario, type=Scenario))
        place = "inputs"
        inputs = tuple(msgspec.json.decode(each, type=Input) for each in recording.inputs)
    except msgspec.ValidationError as error:
        raise ScenarioError(f"{path}: {place}: {place_first(str(error))}") from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ScenarioError(f"{path}: {place}: not JSON: {error}") from error
    except ScenarioError as error:
        raise ScenarioError(f"{path}: {place}.{error}") from error
    if recording.ending is not None:
        end = End(recording.ending.time_ns, recording.ending.turn)
    else:
        last = max((each.time_ns for each in inputs), default=0)
        for record in recording.records(max(0, len(recording.blocks) - 1)):
            last = max(last, record.time_ns)
        end = End(last, -1)
    return Session(head.version, scenario, inputs, end)


def load_session(path: Path) -> Session:
    """The session of a recording.

    Raises:
        ScenarioError: one line with file, place and mend.
    """
    try:
        with Recording(path) as recording:
            return session_of(recording)
    except NoRecording as error:
        raise ScenarioError(str(error)) from error
