"""What is filmed: a scenario, a script or lesson with its steps, or a recording with its inputs."""

from dataclasses import dataclass
from pathlib import Path

from powclock.race.commands import Input
from powclock.race.lesson.chapter import Chapter
from powclock.race.lesson.shelf import load_chapter, number_of, shipped_films
from powclock.race.scenario import Scenario, ScenarioError, load_scenario
from powclock.race.session import SUFFIX, session_of
from powclock.race.toml_text import NotToml, parse_toml
from powclock.record.recording.frames import MAGIC_START
from powclock.record.recording.reader import NoRecording, Recording, shown


@dataclass(frozen=True)
class Subject:
    """A race; it ends by itself with its `chapter`, or at `end_ns` if that is not 0, as a recording
    does. `damage` is what is not whole of that, a few words.
    """

    scenario: Scenario
    chapter: Chapter | None = None
    inputs: tuple[Input, ...] = ()
    end_ns: int = 0
    damage: str = ""


def load_subject(which: str) -> Subject:
    """By a scenario's name, a script's, the number of a lesson, or from a file of any kind.

    Raises:
        ScenarioError: there is none, or it cannot be used: one line.
    """
    path = Path(which)
    if number_of(which) or which in shipped_films() or _has_steps(path):
        chapter = load_chapter(which)
        return Subject(chapter.scenario(), chapter)
    if _is_recording(path):
        return _recorded(path)
    try:
        return Subject(load_scenario(which))
    except ScenarioError as error:
        raise ScenarioError(_with_scripts(str(error))) from error


def _recorded(path: Path) -> Subject:
    try:
        with Recording(path) as recording:
            session = session_of(recording)
            damage = recording.damage
    except NoRecording as error:
        raise ScenarioError(str(error)) from error
    if not session.end.time_ns:
        what = f": {damage}" if damage is not None else ""
        raise ScenarioError(f"{shown(path)}: there is nothing of the race in it{what}")
    told = "" if damage is None else f"{shown(path)}: {damage}; what is before that was filmed"
    return Subject(session.scenario, None, session.inputs, session.end.time_ns, told)


def _with_scripts(text: str) -> str:
    """Where shipped scenarios are named, the scripts are too."""
    if "shipped are" not in text:
        return text
    return f"{text}; scripts are {', '.join(shipped_films())}; lessons have numbers"


def _is_recording(path: Path) -> bool:
    if path.suffix == SUFFIX:
        return True
    try:
        with path.open("rb") as file:
            return file.read(len(MAGIC_START)) == MAGIC_START
    except OSError:
        return False


def _has_steps(path: Path) -> bool:
    """Whether it is a file of a chapter; what is wrong with it is told by whoever reads it."""
    if path.suffix != ".toml":
        return False
    try:
        return "steps" in parse_toml(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, NotToml):
        return False
