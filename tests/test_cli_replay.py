"""`powclock replay`: what is told where there is nothing to show; on the screen see `tui`."""

from pathlib import Path

import msgspec
import pytest
import typer

from powclock.cli_moment import Moment, moment, moment_of_still
from powclock.record.recording.content import Head
from powclock.record.recording.writer import Writer
from tests.builders import seconds
from tests.command import powclock_
from tests.race.tapes import record_race, write_raw
from tests.scenarios.races import scenario


def complaint(*args: str | Path) -> str:
    """The one line on standard error."""
    done = powclock_("replay", *args)
    assert (done.returncode, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    return line


def test_what_is_no_recording_is_said_in_a_line(tmp_path: Path) -> None:
    nonsense = tmp_path / "nonsense"
    assert complaint(nonsense) == f"powclock: {nonsense}: cannot be read: No such file or directory"
    nonsense.write_bytes(bytes(range(256)) * 9)
    assert complaint(nonsense) == (
        f"powclock: {nonsense}: no recording: `powclock watch --record FILE` makes one"
    )
    nonsense.write_bytes(b"powclock recording 1\n" + bytes(99))
    assert complaint(nonsense) == (
        f"powclock: {nonsense}: damaged at byte 21 (frame 0): this is no frame"
    )
    write_raw(nonsense, "0", b"{}", [])
    assert complaint(nonsense).startswith(f"powclock: {nonsense}: scenario: ")
    head = Head("0", 1, msgspec.Raw(msgspec.json.encode(scenario())))
    Writer(nonsense.open("wb", buffering=0), head).close()
    assert complaint(nonsense) == f"powclock: {nonsense}: there is no record in it that is whole"


def test_without_a_terminal_it_names_what_needs_none(tmp_path: Path) -> None:
    file = tmp_path / "r"
    record_race(file, scenario(), ticks=2)
    assert complaint(file) == (
        "powclock: a replay needs a screen, and this is no terminal: `powclock export` prints the "
        "records of a recording, `powclock rerun` races it again"
    )
    assert complaint(file, "--from", "soon") == (
        "powclock: --from: 'soon' is no moment: write 10m, 3:20 or 'tick 12'"
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("10m", Moment(seconds(600))),
        ("90", Moment(seconds(90))),
        ("3:20", Moment(seconds(200))),
        ("1:00:00.5", Moment(seconds(3_600.5))),
        ("tick 12", Moment(tick=12)),
        ("tick12", Moment(tick=12)),
    ],
)
def test_moments_to_begin_at(text: str, expected: Moment) -> None:
    assert moment(text) == expected
    assert moment_of_still(text) == expected  # one way to write it for both


@pytest.mark.parametrize("text", ["", "tick", "tick -1", "-5s", "1:2:3:4", "noon"])
def test_what_is_no_moment(text: str) -> None:
    with pytest.raises(typer.BadParameter, match="is no moment: write"):
        moment(text)
