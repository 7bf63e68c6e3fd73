"""What is filmed: a scenario, a script or lesson with its steps, or a recording with its inputs."""

from dataclasses import dataclass
from pathlib import Path

from powclock.race.commands import Input
from powclock.race.lesson.chapter import Chapter, parse_chapter
from powclock.race.lesson.shelf import load_chapter, number_of, shipped_films
from powclock.race.scenario import Scenario, ScenarioError, parse_scenario
from powclock.race.scenario_files import load_scenario, shipped_names, text_of_file
from powclock.race.session import SUFFIX, session_of
from powclock.race.toml_text import NotToml, parse_toml
from powclock.record.recording.reader import NoRecording, Recording, is_recording, shown


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
    if number_of(which) or which in shipped_films():
        chapter = load_chapter(which)
        return Subject(chapter.scenario(), chapter)
    if which in shipped_names():
        return Subject(load_scenario(which))
    path = Path(which)
    if path.suffix == SUFFIX or is_recording(path):
        return _recorded(path)
    text = text_of_file(which, "scenario", _known)
    if not _has_steps(text):
        return Subject(parse_scenario(text, which))
    chapter = parse_chapter(text, which)
    return Subject(chapter.scenario(), chapter)


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


def _known() -> str:
    scenarios, scripts = ", ".join(shipped_names()), ", ".join(shipped_films())
    return f"shipped are {scenarios}; scripts are {scripts}; lessons have numbers"


def _has_steps(text: str) -> bool:
    """Whether it is a chapter; what is wrong with it is told by whoever reads it."""
    try:
        return "steps" in parse_toml(text)
    except NotToml:
        return False
