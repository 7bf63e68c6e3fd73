"""Sessions: what is needed to run a live race again.

A live race with a person at the keyboard is a scenario, a seed and a list of inputs. They are kept
in one small file, so that a demo, or a crash, can be had again with the same digest.
"""

from pathlib import Path

import msgspec
import platformdirs

from powclock import __version__
from powclock.race.commands import Input
from powclock.race.scenario import Scenario, ScenarioError, checked, place_first

FILE_BYTES_MAX = 16 * 1024 * 1024
KEPT = 50


class End(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where a session ended; `turn` is -1 where it is not known, as after a crash."""

    time_ns: int
    turn: int


class Session(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A scenario with what was done to it."""

    version: str
    scenario: Scenario
    inputs: tuple[Input, ...]
    end: End


def folder() -> Path:
    """Where sessions are kept."""
    return platformdirs.user_state_path("powclock") / "sessions"


def save_session(scenario: Scenario, inputs: tuple[Input, ...], end: End) -> Path | None:
    """Write a new file; None where the folder cannot be written. The oldest of many goes."""
    session = Session(__version__, scenario, inputs, end)
    try:
        folder().mkdir(parents=True, exist_ok=True)
        kept = sorted(folder().glob("*.json"), key=lambda path: path.stat().st_mtime_ns)
        for old in kept[: max(0, len(kept) - KEPT + 1)]:
            old.unlink(missing_ok=True)
        data = msgspec.json.format(msgspec.json.encode(session), indent=1)
        prefix = f"{_file_name(scenario.name)}-{scenario.seed}-"
        used = [_number(path) for path in kept if path.stem.startswith(prefix)]
        number = 1 + max(used, default=0)  # above those, so that an old name is not another race
        while True:
            path = folder() / f"{prefix}{number}.json"
            try:
                with path.open("xb") as file:
                    file.write(data)
            except FileExistsError:
                number += 1
                continue
            return path
    except OSError:
        return None


def _number(path: Path) -> int:
    last = path.stem.rpartition("-")[2]
    return int(last) if last.isdecimal() else 0


def _file_name(name: str) -> str:
    return "".join(c if c.isalnum() and c.isascii() else "-" for c in name) or "race"


def load_session(path: Path) -> Session:
    """Read a session.

    Raises:
        ScenarioError: one line with file, place and mend.
    """
    try:
        if path.stat().st_size > FILE_BYTES_MAX:
            raise ScenarioError(f"{path}: larger than {FILE_BYTES_MAX} bytes; is it a session?")
        session = msgspec.json.decode(path.read_bytes(), type=Session)
    except OSError as error:
        raise ScenarioError(f"{path}: cannot be read: {error.strerror}") from error
    except msgspec.ValidationError as error:
        raise ScenarioError(f"{path}: {place_first(str(error))}") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ScenarioError(f"{path}: not a session: {error}") from error
    try:
        return msgspec.structs.replace(session, scenario=checked(session.scenario))
    except ScenarioError as error:
        raise ScenarioError(f"{path}: scenario.{error}") from error
