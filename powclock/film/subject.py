"""What is filmed: a scenario, a script or lesson with its steps, or a recording with its inputs."""

from dataclasses import dataclass
from pathlib import Path

from powclock.race.commands import Input
from powclock.race.lesson.chapter import Chapter
from powclock.race.lesson.shelf import load_chapter, number_of, shipped_films
from powclock.race.scenario import Scenario, ScenarioError, load_scenario
from powclock.race.session import SUFFIX, load_session
from powclock.race.toml_text import NotToml, parse_toml
from powclock.record.recording.frames import MAGIC_START


@dataclass(frozen=True)
class Subject:
    """A race; it ends by itself with its `chapter`, or at `end_ns` if that is not 0."""

    scenario: Scenario
    chapter: Chapter | None = None
    inputs: tuple[Input, ...] = ()
    end_ns: int = 0


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
        session = load_session(path)
        return Subject(session.scenario, None, session.inputs, session.end.time_ns)
    try:
        return Subject(load_scenario(which))
    except ScenarioError as error:
        raise ScenarioError(_with_scripts(str(error))) from error


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
