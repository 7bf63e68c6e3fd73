"""What is filmed: files of every kind, and those that are none."""

import os
from pathlib import Path

import pytest

from powclock.film.subject import load_subject
from powclock.race.scenario import ScenarioError
from powclock.race.scenario_files import FILE_BYTES_MAX
from tests.command import powclock_
from tests.film.films import FORKING, SCRIPT


def refused(which: Path) -> str:
    with pytest.raises(ScenarioError) as error:
        load_subject(str(which))
    return str(error.value)


def test_a_file_with_steps_is_a_script_whatever_its_name(tmp_path: Path) -> None:
    for name in ("told.toml", "told"):
        file = tmp_path / name
        file.write_text(SCRIPT, "utf-8")
        chapter = load_subject(str(file)).chapter
        assert chapter is not None
        assert len(chapter.steps) == 4
        file.write_text(FORKING, "utf-8")
        subject = load_subject(str(file))
        assert (subject.scenario.name, subject.chapter) == ("forking", None)


@pytest.mark.parametrize("command", ["film", "learn", "watch"])
@pytest.mark.parametrize("name", ["pipe", "pipe.toml"])
def test_nobody_waits_for_a_pipe(command: str, name: str, tmp_path: Path) -> None:
    pipe = tmp_path / name
    os.mkfifo(pipe)
    to = ("-o", tmp_path / "x.cast") if command == "film" else ()
    done = powclock_(command, pipe, *to)
    told = f"powclock: {pipe}: a pipe or a device: save it as a file\n"
    assert (done.returncode, done.stdout, done.stderr) == (2, "", told)


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    file = tmp_path / "large.toml"
    with file.open("wb") as large:
        large.truncate(1 << 40)
    assert refused(file) == f"{file}: larger than {FILE_BYTES_MAX} bytes; is it a scenario?"


def test_what_is_wrong_with_a_script_is_told(tmp_path: Path) -> None:
    file = tmp_path / "told.toml"
    file.write_text("steps = 1", "utf-8")
    assert refused(file) == f"{file}: steps: expected a list, got `int`"
    file.write_text("steps = ", "utf-8")
    assert refused(file).startswith(f"{file}: is no TOML: ")
