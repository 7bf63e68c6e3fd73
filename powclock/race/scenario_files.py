"""Where scenarios come from: those that come with the program, and files.

A file may be anybody's: it is read only if it is one, and no larger than a scenario can be.
"""

from collections.abc import Callable, Iterator
from importlib import resources
from pathlib import Path

from powclock.race.scenario import Scenario, ScenarioError, parse_scenario
from powclock.record.labels import clean_label
from powclock.record.recording.reader import is_recording, shown

FILE_BYTES_MAX = 256 * 1024


def load_scenario(which: str) -> Scenario:
    """A shipped scenario by name, or one from a file.

    Raises:
        ScenarioError: there is none, or it cannot be used.
    """
    if which in shipped_names():
        text = (resources.files("powclock.scenarios") / f"{which}.toml").read_text("utf-8")
        return parse_scenario(text, which)
    text = text_of_file(which, "scenario", lambda: f"shipped are {', '.join(shipped_names())}")
    return parse_scenario(text, which)


def text_of_file(which: str, what: str, known: Callable[[], str]) -> str:
    """The text of a file that should be a scenario or the like; `known` are those without a file.

    Raises:
        ScenarioError: there is no such file, or it cannot be read.
    """
    path = Path(which)
    try:
        if path.suffix != ".toml" and not path.exists():
            raise ScenarioError(f"{clean_label(which, 60)}: no such {what}; {known()}")
        if path.exists() and not (path.is_file() or path.is_dir()):  # a pipe may wait for ever
            raise ScenarioError(f"{which}: a pipe or a device: save it as a file")
        if is_recording(path):
            name = shown(path)
            raise ScenarioError(f"{name}: this is a recording: `powclock replay {name}` plays it")
        if path.stat().st_size > FILE_BYTES_MAX:
            raise ScenarioError(f"{which}: larger than {FILE_BYTES_MAX} bytes; is it a {what}?")
        return path.read_text("utf-8")
    except OSError as error:
        raise ScenarioError(f"{which}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ScenarioError(f"{which}: not a text file in UTF-8: save it as one") from error


def shipped_names() -> list[str]:
    """Names of the scenarios that come with the program, the default first."""
    names = [
        entry.name.removesuffix(".toml")
        for entry in resources.files("powclock.scenarios").iterdir()
        if entry.name.endswith(".toml")
    ]
    return sorted(names, key=lambda name: (name != "default", name))


def shipped_scenarios() -> Iterator[Scenario]:
    """Every scenario that comes with the program."""
    for name in shipped_names():
        yield load_scenario(name)
