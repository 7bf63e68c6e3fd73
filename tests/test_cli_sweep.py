"""`powclock sweep` as a command: what it prints, writes and refuses."""

import csv
import json
import os
import shlex
import sys
from io import StringIO
from pathlib import Path

import pytest

from tests.command import called, environment, powclock_

QUICK = ("--intervals", "2,6", "--sizes", "3", "--seeds", "1:3", "--nodes", "4", "--for", "30s")
BEAT = "a beat is schedule.slot_s / schedule.blocks of the scenario"


def test_a_table_a_plot_and_a_picture(tmp_path: Path) -> None:
    done = powclock_("sweep", *QUICK, "--plot", tmp_path / "sweep.svg")
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[0] == "sweep · pow · 4 nodes · 2 seeds, 30 s of each race"
    assert [line.split()[0] for line in lines[4:6]] == ["2", "6"]
    assert lines[12] == "transactions a second"
    assert lines[-1].strip() == "o 3 a block"
    assert (tmp_path / "sweep.svg").read_text().startswith("<?xml")
    assert max(map(len, lines)) <= 80


def test_json_and_csv_tell_the_same_races() -> None:
    told = powclock_("sweep", *QUICK, "--json")
    assert (told.returncode, told.stderr) == (0, "")
    races = json.loads(told.stdout)["races"]
    assert [(race["interval_s"], race["seed"]) for race in races] == [
        (2, 1),
        (2, 2),
        (6, 1),
        (6, 2),
    ]
    done = powclock_("sweep", *QUICK, "--csv", "--jobs", "1")
    assert (done.returncode, done.stderr) == (0, "")
    lines = list(csv.DictReader(StringIO(done.stdout)))
    assert [line["digest"] for line in lines] == [race["digest"] for race in races]


@pytest.mark.parametrize(
    ("args", "line"),
    [
        (
            ("--intervals", "1,soon"),
            "--intervals: 'soon' is no duration: write 30s, 10m or 1h",
        ),
        (
            ("--intervals", "500ms"),
            "--intervals: a block takes whole seconds, as headers have them: not 0.5 s",
        ),
        (
            ("--sizes", "5,0"),
            "--sizes: '5,0' are no block sizes: write 20,80, each 1 to 1000",
        ),
        (
            ("--rule", "schedule", "--intervals", "1,1.3"),
            f"--intervals: a slot is 1 to 1000 beats of 0.5 s, 1.3 s is not: {BEAT}",
        ),
        (("--rule", "naive"), "--rule: under naive nobody leads: sweep another rule"),
        (("--sizes", ""), "--sizes: '' are no block sizes: write 20,80, each 1 to 1000"),
        (
            ("--sizes", ",".join(map(str, range(1, 102)))),
            "--sizes: 101 values are too many: write at most 100",
        ),
        (("--seeds", "3:1"), "--seeds: '3:1' are no seeds: write 17 or 0:1000"),
        (("--json", "--csv"), "--json and --csv both go to standard output: leave one out"),
        (
            ("--plot", "sweep.pdf"),
            "--plot: sweep.pdf is neither SVG nor PNG: name it plot.svg or plot.png",
        ),
        (
            ("--plot", "no/where.svg"),
            "--plot: no/where.svg: there is no folder no: make it first",
        ),
    ],
)
def test_wrong_use_is_one_line(args: tuple[str, ...], line: str) -> None:
    done = called("sweep", *args)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"powclock: {line}\n")


def test_a_plot_without_matplotlib_is_one_line_before_the_races(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(
        "import importlib.util as util\n"
        "right = util.find_spec\n"
        "def find(name, *rest): return right(name, *rest) if name != 'matplotlib' else None\n"
        "util.find_spec = find\n"
    )
    places = os.pathsep.join((str(tmp_path), environment()["PYTHONPATH"]))
    done = powclock_("sweep", "--plot", tmp_path / "sweep.svg", PYTHONPATH=places)
    assert done.returncode == 2
    install = shlex.join([sys.executable, "-m", "pip", "install", "matplotlib"])
    assert done.stderr == f"powclock: --plot needs matplotlib: {install}\n"


def test_a_plot_that_cannot_be_written_is_one_line_after_the_table(tmp_path: Path) -> None:
    (tmp_path / "sweep.svg").mkdir()
    done = powclock_("sweep", *QUICK, "--plot", tmp_path / "sweep.svg")
    assert done.returncode == 2
    assert done.stdout.startswith("sweep · pow · 4 nodes")
    assert done.stderr == (
        f"powclock: --plot: {tmp_path / 'sweep.svg'}: cannot be written: Is a directory\n"
    )
