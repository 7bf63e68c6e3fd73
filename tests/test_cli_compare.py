"""`powclock compare` as a command: what it prints, writes and refuses."""

import csv
import json
from io import StringIO
from pathlib import Path

import pytest

from powclock.race.rules import rule_names
from tests.command import called, powclock_

QUICK = ("--nodes", "4", "--faults", "loss=5%,crash=5s", "--for", "70s")
KINDS = "loss=5%, flips=1%, delay=500ms, clock=-20s, crash=30s, pause=30s, partition=60s or none"
KNOWN = ", ".join(rule_names())
WHEN = "at_s and lasts_s, without at_tick and on"


def test_a_table_and_a_picture(tmp_path: Path) -> None:
    done = powclock_("compare", *QUICK, "--seeds", "4:6", "--plot", tmp_path / "compare.svg")
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[:3] == [
        "compare · 4 nodes · 2 seeds, 70 s of each race",
        "faults    loss 5% (30–55 s), crash of bob (40–45 s)",
        "heal      at 55 s",
    ]
    assert lines[4].split() == ["naive", "schedule", "pow"]
    assert lines[5].split() == ["agree", "again", "never", *("2", "of", "2") * 2]
    assert (tmp_path / "compare.svg").read_text().startswith("<?xml")
    assert max(map(len, lines)) <= 80


def test_json_and_csv_tell_the_same_races() -> None:
    what = (*QUICK, "--rules", "pow,naive", "--seed", "3")
    told = powclock_("compare", *what, "--json")
    assert (told.returncode, told.stderr) == (0, "")
    races = json.loads(told.stdout)["races"]
    assert [(race["rule"], race["seed"]) for race in races] == [("pow", 3), ("naive", 3)]
    done = powclock_("compare", *what, "--csv", "--jobs", "1")
    assert (done.returncode, done.stderr) == (0, "")
    lines = list(csv.DictReader(StringIO(done.stdout)))
    assert [line["digest"] for line in lines] == [race["digest"] for race in races]


@pytest.mark.parametrize(
    ("args", "line"),
    [
        (
            ("--faults", "loss"),
            f"--faults: loss needs a value: write {KINDS}",
        ),
        (("--rules", "pow,pow"), "--rules: a rule stands there twice: name each once"),
        (
            ("--rules", ",".join("abcdefghi")),
            "--rules: 9 rules are too many: name at most 8",
        ),
        (
            ("--seed", "1", "--seeds", "1:3"),
            "--seed and --seeds both say which seeds: leave one out",
        ),
        (("--rules", "pow,"), f"--rules: '' is not one of {KNOWN}"),
        (("--rules", "magic"), f"--rules: 'magic' is not one of {KNOWN}"),
        (("--seeds", "3:1"), "--seeds: '3:1' are no seeds: write 17 or 0:1000"),
        (("--json", "--csv"), "--json and --csv both go to standard output: leave one out"),
        (
            ("--for", "1m"),
            "--for: all heals at 150 s: let the races last longer, to see who agrees again",
        ),
        (("--plot", "x.jpg"), "--plot: x.jpg is neither SVG nor PNG: name it plot.svg or plot.png"),
        (
            ("flaky",),
            f"faults[0]: a comparison waits for the heal: give it {WHEN}",
        ),
    ],
)  # fmt: skip
def test_wrong_use_is_one_line(args: tuple[str, ...], line: str) -> None:
    done = called("compare", *args)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"powclock: {line}\n")
