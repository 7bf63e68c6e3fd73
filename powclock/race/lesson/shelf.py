"""Where chapters are: those that come with the program, in order, and a teacher's own files."""

from importlib import resources
from pathlib import Path

from powclock.race.lesson.chapter import Chapter, parse_chapter
from powclock.race.scenario import ScenarioError
from powclock.race.scenario_files import text_of_file

FOLDER = "lessons"
FILMS = "films"


def shipped_files() -> list[str]:
    """The files of the shipped chapters without their ending, the first chapter first."""
    folder = resources.files("powclock.scenarios") / FOLDER
    return sorted(
        entry.name.removesuffix(".toml")
        for entry in folder.iterdir()
        if entry.name.endswith(".toml")
    )


def shipped_chapters() -> list[Chapter]:
    """Every chapter that comes with the program, in order."""
    return [parse_chapter(shipped_text(number), _file(number)) for number in _numbers()]


def shipped_text(number: int) -> str:
    """The file of a shipped chapter, as it is; chapters count from 1.

    Raises:
        ScenarioError: there is no such chapter.
    """
    return (resources.files("powclock.scenarios") / FOLDER / f"{_file(number)}.toml").read_text(
        "utf-8"
    )


def shipped_films() -> list[str]:
    """Names of the scripts for films that come with the program."""
    folder = resources.files("powclock.scenarios") / FILMS
    return sorted(
        entry.name.removesuffix(".toml")
        for entry in folder.iterdir()
        if entry.name.endswith(".toml")
    )


def load_chapter(which: str) -> Chapter:
    """A shipped chapter by its number, a shipped script by its name, or one from a file.

    Raises:
        ScenarioError: there is none, or it cannot be used.
    """
    number = number_of(which)
    if number:
        return parse_chapter(shipped_text(number), _file(number))
    if which in shipped_films():
        return parse_chapter(_film_text(which), which)
    return parse_chapter(text_of_file(which, "chapter", _known), which)


def number_of(which: str) -> int:
    """The number of a shipped chapter; 0 for a teacher's own file."""
    return int(which) if which.isascii() and which.isdecimal() and len(which) < 4 else 0


def copy_chapter(which: str, to: Path) -> None:
    """Write a shipped chapter's or script's file somewhere else, for editing; never over another.

    Raises:
        ScenarioError: there is no such chapter, or the file cannot be written.
    """
    number = number_of(which)
    if not number and which not in shipped_films():
        raise ScenarioError(f"--copy: {which} is a file already: copy that")
    text = shipped_text(number) if number else _film_text(which)
    try:
        with to.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError as error:
        raise ScenarioError(f"{to}: there is such a file already: name another") from error
    except OSError as error:
        raise ScenarioError(f"{to}: cannot be written: {error.strerror}") from error


def _film_text(name: str) -> str:
    folder = resources.files("powclock.scenarios") / FILMS
    return (folder / f"{name}.toml").read_text("utf-8")


def _file(number: int) -> str:
    files = shipped_files()
    if not 1 <= number <= len(files):
        raise ScenarioError(f"{number}: no such chapter; {_known()}")
    return files[number - 1]


def _numbers() -> range:
    return range(1, len(shipped_files()) + 1)


def _known() -> str:
    return f"`powclock learn` lists 1 to {len(shipped_files())}; or name a file"
