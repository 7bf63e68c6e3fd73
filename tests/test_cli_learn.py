"""`powclock learn`: the list, one's own file, the check, lines, and a real terminal."""

import shlex
from pathlib import Path

import pytest

from powclock.race.lesson.chapter import parse_chapter
from powclock.race.lesson.rehearsal import rehearse
from powclock.race.lesson.shelf import load_chapter, shipped_chapters, shipped_files, shipped_text
from tests.command import called, powclock_
from tests.race.lesson.chapters import HEAD, SPLIT
from tests.terminal import Terminal
from tests.test_terminal import again_in, digest_in, rerun

SHORT = """
[[steps]]
caption = "It begins."
lasts_s = 1
[[steps]]
caption = "It breaks."
question = "Who?"
answer = "Bob."
faults = [{ kind = "crash", nodes = ["bob"] }]
lasts_s = 1
expect = [{ claim = "running", at_least = 4, at_most = 4 }]
"""


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    """A teacher's own chapter."""
    path = tmp_path / "mine.toml"
    path.write_text(HEAD + SHORT)
    return path


def test_the_chapters_are_listed_by_number() -> None:
    done = called("learn")
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    chapters = shipped_chapters()
    assert lines[: 2 * len(chapters)] == [
        line
        for number, chapter in enumerate(chapters, start=1)
        for line in (f"{number:>3}  {chapter.title}", f"     {chapter.about}")
    ]
    assert lines[-1] == "powclock learn 1 plays the first of them"


def test_a_chapter_is_copied_for_editing_and_never_over_a_file(tmp_path: Path) -> None:
    path = tmp_path / "my chapter.toml"
    done = called("learn", "1", "--copy", path)
    again = shlex.join(["powclock", "learn", str(path)])
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"{path} is yours to edit; play it with: {again}\n"
    assert path.read_text("utf-8") == shipped_text(1)
    path.write_text("mine")
    done = called("learn", "1", "--copy", path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"powclock: {path}: there is such a file already: name another\n"
    assert path.read_text() == "mine"


def test_a_script_for_a_film_is_copied_as_well(tmp_path: Path) -> None:
    done = powclock_("learn", "demo", "--copy", tmp_path / "mine.toml")
    assert (done.returncode, done.stderr) == (0, "")
    assert load_chapter(str(tmp_path / "mine.toml")) == load_chapter("demo")


def test_what_cannot_be_is_one_line(tmp_path: Path, mine: Path) -> None:
    number = len(shipped_files())
    known = f"`powclock learn` lists 1 to {number}; or name a file"
    bad = tmp_path / "bad.toml"
    bad.write_bytes(b"\xff\xfe")
    for arguments, line in (
        (("99",), f"99: no such chapter; {known}"),
        (("0",), f"0: no such chapter; {known}"),
        (("forks",), f"forks: no such chapter; {known}"),
        (("no.toml",), "no.toml: cannot be read: No such file or directory"),
        ((bad,), f"{bad}: not a text file in UTF-8: save it as one"),
        ((mine, "--copy", "x.toml"), f"--copy: {mine} is a file already: copy that"),
        (("1", "--copy", "/nowhere/x"), "/nowhere/x: cannot be written: No such file or directory"),
        (
            ("demo", "--check"),
            (
                "demo: its steps press keys, which needs a screen: play it on a terminal, or "
                "`powclock film demo -o film.cast`"
            ),
        ),
        (("--check",), "which chapter? say `powclock learn 1`, or name a file"),
    ):
        done = called("learn", *arguments)
        assert (done.returncode, done.stdout, done.stderr) == (2, "", f"powclock: {line}\n")


def test_a_check_says_whether_the_claims_hold(mine: Path) -> None:
    done = called("learn", mine, "--check")
    assert (done.returncode, done.stdout, done.stderr) == (
        0,
        f"{mine}: 2 steps, all 1 claims hold\n",
        "",
    )
    mine.write_text(HEAD + SHORT.replace("at_least = 4, at_most = 4", "at_least = 5"))
    done = called("learn", mine, "--check")
    line = f"{mine}: step 2: running is 4, and should be at least 5\n"
    assert (done.returncode, done.stdout, done.stderr) == (1, "", line)


def test_a_pipe_gets_captions_between_the_lines_of_the_race(mine: Path) -> None:
    done = powclock_("learn", mine)
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[:4] == [
        "A test",
        "  0:00.000  start       5 nodes race by pow",
        "",
        "1/2 It begins.",
    ]
    assert [line for line in lines if line[:4] in {"2/2 ", "  ? ", "  = "}] == [
        "2/2 It breaks.",
        "  ? Who?",
        "  = Bob.",
    ]
    assert lines[-1].startswith("digest")


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs a pseudo-terminal")
def test_a_lesson_in_a_terminal_and_the_same_race_again(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(HEAD + SPLIT)
    presses = (
        ("All is well.", "n"),
        ("Two are cut off.", "n"),
        ("What happens?", "\x1b[5~"),  # page up
        ("Two are cut off.", "\x1b[6~"),  # page down
        ("What happens?", "n"),
        ("The lighter side reorgs.", "n"),
        ("the end", "q"),
    )
    with Terminal("learn", str(path), state=tmp_path, columns=100, rows=30) as terminal:
        for words, key in presses:
            terminal.until(lambda text, words=words: words in text)  # type: ignore[misc]
            terminal.press(key)
        told = terminal.to_the_end()
    assert terminal.process.returncode == 0
    assert rerun(again_in(told), tmp_path) == digest_in(told)
    assert digest_in(told) == rehearse(parse_chapter(HEAD + SPLIT, "mine")).digest
