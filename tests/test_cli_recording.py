"""The commands of recordings, in processes of their own."""

import json
from hashlib import sha256
from pathlib import Path

import msgspec
import pytest

from powclock.race.folded import UNTOLD
from powclock.race.session import SUFFIX
from powclock.record.recording.content import Head
from powclock.record.recording.reader import Recording
from powclock.record.recording.writer import Writer
from tests.command import FAST, called, powclock_


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, object]]:
    """A recording, and what `run --json` said."""
    file = tmp_path_factory.mktemp("recorded") / f"r{SUFFIX}"
    done = powclock_("run", "--json", "--ticks", "9", "--record", file, *FAST)
    assert (done.returncode, done.stderr) == (0, "")
    return file, json.loads(done.stdout)


def test_a_recording_is_raced_again(recorded: tuple[Path, dict[str, object]]) -> None:
    file, figures = recorded
    done = powclock_("rerun", file)
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[0] == f"the same  {figures['records']} records, and the digest"
    assert lines[-1] == f"digest    {figures['digest']}"
    again = called("rerun", file, "--json")
    assert json.loads(again.stdout) == figures


def test_what_is_exported(recorded: tuple[Path, dict[str, object]]) -> None:
    file, figures = recorded
    lines = called("export", file).stdout
    assert sha256(lines.encode()).hexdigest() == figures["digest"]
    table = called("export", file, "--format", "csv").stdout.splitlines()
    assert table[0].startswith("height,hash,parent,author,found_s,")
    assert len(table) == 1 + int(str(figures["blocks_mined"]))
    assert sum(row.split(",")[6] == "1" for row in table[1:]) == figures["ticks"]
    graph = called("export", file, "--format", "dot").stdout
    assert graph.count("->") == figures["blocks_mined"]
    assert json.loads(called("export", file, "--format", "json").stdout) == figures


def test_a_damaged_recording_is_used_up_to_the_damage(
    recorded: tuple[Path, dict[str, object]], tmp_path: Path
) -> None:
    file, figures = recorded
    data = file.read_bytes()
    cut = tmp_path / "cut"
    cut.write_bytes(data[:-1])
    told = f"powclock: {cut}: damaged at byte "
    for args in (("rerun",), ("export",), ("export", "--format", "json")):
        done = called(args[0], cut, *args[1:])
        assert done.returncode == 1
        assert done.stderr.startswith(told)
        assert done.stderr.endswith("the file ends within a frame; what is before that was used\n")
        assert done.stderr.count("\n") == 1
    # All but the end is there: it is the same but for what only the end tells.
    exported = called("export", cut, "--format", "json")
    told_of = {name: value for name, value in figures.items() if name not in UNTOLD}
    assert json.loads(exported.stdout) == told_of
    again = called("rerun", cut)
    assert again.stdout.startswith(f"the same  {figures['records']} records, up to the damage\n")


def test_a_recording_without_its_end_is_used_and_is_an_exit_status(
    recorded: tuple[Path, dict[str, object]], tmp_path: Path
) -> None:
    file, figures = recorded
    cut = tmp_path / "cut"
    cut.write_bytes(file.read_bytes()[:-1])
    with Recording(cut) as recording:
        assert recording.damage is not None
        cut.write_bytes(file.read_bytes()[: recording.damage.offset])  # as of a killed process
    told = (
        f"powclock: {cut}: it has no end: it was cut off, or is being recorded; "
        "what is before that was used\n"
    )
    for args in (("rerun",), ("export",), ("export", "--format", "json")):
        done = called(args[0], cut, *args[1:])
        assert (done.returncode, done.stderr) == (1, told)
    again = called("rerun", cut).stdout
    start = f"the same  {figures['records']} records; the recording was cut off there\n"
    assert again.startswith(start)


def test_another_race_is_told(recorded: tuple[Path, dict[str, object]], tmp_path: Path) -> None:
    other = tmp_path / "other"
    with Recording(recorded[0]) as recording:
        head, ending = recording.head, recording.ending
        assert ending is not None
        scenario = bytes(head.scenario).replace(b'"seed":42', b'"seed":43')
        writer = Writer(other.open("wb", buffering=0), Head(head.version, 43,
                        msgspec.Raw(scenario)))  # fmt: skip
        for record, line in recording.both():
            writer.take(record, line)
    writer.end(ending.time_ns, ending.turn, ending.digest)
    done = called("rerun", other)
    assert (done.returncode, done.stdout) == (1, "")
    start = f"powclock: {other}: another race: record 0 at 0.000 s differs: recorded race_started "
    assert done.stderr.startswith(start)
    assert done.stderr.count("\n") == 1


def test_no_file_is_written_over_without_asking(tmp_path: Path) -> None:
    file = tmp_path / "mine"
    file.write_text("precious")
    run = ("run", "--ticks", "1", *FAST, "--record", file)
    done = called(*run)
    line = f"--record: {file} is there already: name another file, or add --force"
    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"powclock: {line}\n")
    assert file.read_text() == "precious"
    assert called(*run, "--force").returncode == 0
    assert called("rerun", file).returncode == 0


def test_a_recording_is_not_lost_to_what_else_is_written(
    recorded: tuple[Path, dict[str, object]], tmp_path: Path
) -> None:
    file = tmp_path / "r"
    whole = recorded[0].read_bytes()
    file.write_bytes(whole)
    for args in (("rerun", file, "--events", file), ("run", "--ticks", "1", "--headers", file)):
        done = powclock_(*args)
        line = f"powclock: {file} is a recording: name another file\n"
        assert (done.returncode, done.stdout, done.stderr) == (2, "", line)
        assert file.read_bytes() == whole


@pytest.mark.parametrize(
    ("args", "line"),
    [
        (("run", "--ticks", "1", "--record", "no/where"),
         "--record: no/where: cannot be written: No such file or directory"),
        (("run", "--ticks", "1", "--record", "/dev/full", "--force", *FAST), None),
        (("run", "--ticks", "1", "--force"),
         "--force goes with --record FILE, which it lets write over"),
        (("export", "/dev/null"),
         "/dev/null: no recording: `powclock watch --record FILE` makes one"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_one_line(args: tuple[str, ...], line: str | None) -> None:
    done = called(*args)
    if line is None:
        line = (
            "/dev/full: the recording ends at 0.0 s: No space left on device: free some room, "
            "and record the race again"
        )
        assert done.returncode == 1
        assert "digest" in done.stdout
    else:
        assert done.returncode == 2
    assert done.stderr == f"powclock: {line}\n"


def test_plain_lines_are_recorded_too(tmp_path: Path) -> None:
    file = tmp_path / "plain"
    done = powclock_("--plain", "--speed", "max", "--for", "20s", "--record", file, *FAST)
    assert (done.returncode, done.stderr) == (0, "")
    digest = done.stdout.splitlines()[-1]
    assert called("rerun", file).stdout.splitlines()[-1] == digest
