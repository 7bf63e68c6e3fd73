"""The command line: exit codes, one-line errors, files and pipes, each in a process of its own."""

import json
import os
import re
import signal
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import msgspec
import pytest

import powclock
from powclock.race.rules import rule_names
from powclock.race.scenario import Scenario
from powclock.race.scenario_files import shipped_names, shipped_scenarios
from powclock.record.events import Record
from tests.command import FAST, PATIENCE_S, called, environment, figures, powclock_


def test_version_scenarios_and_paths() -> None:
    assert powclock_("--version").stdout == f"powclock {powclock.__version__}\n"
    listed = called("scenarios")
    assert listed.returncode == 0
    assert [line.split()[0] for line in listed.stdout.splitlines()][:2] == [
        "default",
        "compare",
    ]
    titles = [scenario.title for scenario in shipped_scenarios()]
    columns = zip(listed.stdout.splitlines(), titles, strict=True)
    assert {line.index(title) for line, title in columns} == {len("double-spend  ")}
    said = called("paths", XDG_CONFIG_HOME="/etc/xdg").stdout.splitlines()
    assert [line.split()[0] for line in said] == [
        "scenarios",
        "themes",
        "keys",
        "recordings",
        "sessions",
    ]
    if sys.platform == "linux":
        assert said[1:3] == [
            "themes     /etc/xdg/powclock/themes", "keys       /etc/xdg/powclock/keys.toml",
        ]  # fmt: skip
    shown = called("--help")
    assert (shown.returncode, shown.stderr) == (0, "")
    assert "Watch proof of work elect its leader" in shown.stdout


@pytest.mark.parametrize(
    ("args", "line"),
    [
        (
            ("check", "--seeds", "5:5"),
            "--seeds: '5:5' are no seeds: write 17 or 0:1000",
        ),
        (("run",), "a race has no end of its own: say --ticks 200 or --until 10m"),
        (
            ("run", "nope", "--ticks", "1"),
            f"nope: no such scenario; shipped are {', '.join(shipped_names())}",
        ),
        (
            ("run", "--ticks", "0"),
            "--ticks: '0' will not do: write a whole number, 1 or more",
        ),
        (
            ("run", "--until", "soon"),
            "--until: 'soon' is no duration: write 30s, 10m or 1h",
        ),
        (
            ("watch", "--speed", "-1"),
            "--speed: '-1' is no speed: write 0.1, 1, 10 or max",
        ),
        (
            ("run", "--seed", "-1", "--ticks", "1"),
            "--seed: '-1' will not do: write a whole number, 0 or more",
        ),
        (
            ("watch", "--nodes", "1001"),
            "--nodes: '1001' will not do: write a whole number, 1 to 1000",
        ),
        (("run", "--miner", "coal"), "--miner: 'coal' is not one of 'grinding', 'sampled'"),
        (
            ("watch", "--rules", "pow"),
            "--rules: 'pow': name two or three rules, such as naive,schedule,pow; --rule names one",
        ),
        (("check", "--rule", ""), f"--rule: '' is not one of {', '.join(rule_names())}"),
        (
            ("watch", "--keys", "nope.toml"),
            "--keys: nope.toml: cannot be read (No such file or directory): check the path",
        ),
        (("keys", "mine"), "Got unexpected extra argument(s) (mine): see `powclock keys --help`"),
        (("export",), "Missing argument 'FILE': see `powclock export --help`"),
        (
            ("export", "no.powclock", "--format", "xml"),
            "--format: 'xml' is not one of 'jsonl', 'csv', 'dot', 'json'",
        ),
        (("run", "--bogus"), "No such option: --bogus: see `powclock run --help`"),
        (("rerun", "no.powclock"), "no.powclock: cannot be read: No such file or directory"),
        (
            ("run", "--ticks", "1", "--events", "no/where"),
            "--events: no/where: cannot be written: No such file or directory",
        ),
        (
            ("run", "naive", "--ticks", "5"),
            "--ticks: a naive race has no ticks and no blocks: say --until 10m",
        ),
        (
            ("run", "naive", "--until", "5s", "--headers", "x"),
            "--headers: a naive race has no ticks and no blocks: say --until 10m",
        ),
        (
            ("run", "selfish", "--rule", "naive", "--until", "5s"),
            "--rule naive: faults[0].fault: selfish needs blocks: under naive there are none",
        ),
        (
            ("run", "regions", "--ticks", "1", "--nodes", "3"),
            "--nodes: scenario regions names its nodes one by one: edit its file",
        ),
    ],
)
def test_wrong_use_is_one_line_and_exit_status_2(args: tuple[str, ...], line: str) -> None:
    done = called(*args)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"powclock: {line}\n")


def test_a_broken_scenario_is_one_line(tmp_path: Path) -> None:
    file = tmp_path / "broken.toml"
    file.write_text('name = "x"\n[nodes]\ncount = "many"')
    done = called("run", file, "--ticks", "1")
    assert done.returncode == 2
    assert done.stderr == f"powclock: {file}: nodes.count: expected `int`, got `str`\n"


def _mining() -> type:
    return type(Scenario(name="x").mining)


def test_a_bug_is_exit_status_1() -> None:
    script = (
        "import sys; from powclock.race import headless; from powclock import cli\n"
        "def broken(*args, **options): raise AssertionError('a bug')\n"
        "headless.run_race = broken\n"
        "sys.argv = ['powclock', 'run', '--ticks', '1']\n"
        "cli.main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        env=environment(),
        timeout=PATIENCE_S,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == "AssertionError: a bug"


BREAKS = (
    "import sys; from powclock.machine.ledger import Ledger; from powclock import cli\n"
    "right = Ledger.undo\n"
    "def undo(self, block): right(self, block); self._add(block.author, 1)\n"
    "Ledger.undo = undo\n"
    "sys.argv = ['powclock', *{args!r}]\n"
    "cli.main()"
)


@pytest.mark.parametrize(
    ("args", "again"),
    [
        (["run", *FAST, "--until", "2h"], "powclock run --miner sampled --until 2h"),
        (
            ["--plain", *FAST, "--nodes", "9", "--for", "2h", "--speed", "max"],
            "powclock run default --seed 42 --miner sampled --nodes 9 --until TIME",
        ),
    ],
)
def test_a_broken_invariant_says_what_where_and_how_to_see_it_again(
    args: list[str], again: str
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", BREAKS.format(args=args)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        stdin=subprocess.DEVNULL,
        env=environment(),
        timeout=PATIENCE_S,
        check=False,
    )
    assert done.returncode == 1
    what, how = done.stderr.splitlines()
    assert re.fullmatch(
        r"powclock: the race stopped: invariant 6 \(same tip, same state\): .* "
        r"\(\w+, block …\w{16}, record \d+, [\d.]+ s\)",
        what,
    )
    assert how == f"again: {again}"


def test_seeds_are_checked_and_one_of_them_is_a_scenario(tmp_path: Path) -> None:
    done = powclock_("check", "--seeds", "3:5", "--jobs", "1", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    report = json.loads(done.stdout)
    assert (report["seeds"], report["failures"]) == (2, [])
    assert powclock_("check", "--seeds", "3:5").stdout.splitlines()[3] == (
        f"digest    {report['digest']}"
    )
    shown = called("check", "--show", "4")
    (tmp_path / "race.toml").write_text(shown.stdout, encoding="utf-8")
    by_name = figures("check:4", "--until", "40s")
    assert figures(tmp_path / "race.toml", "--until", "40s") == by_name
    assert by_name["scenario"] == "check:4"


def test_a_seed_that_fails_is_exit_status_1_with_the_commands_that_show_it() -> None:
    script = (
        "from powclock.race.swarm import pool\n"
        "from powclock.race.swarm.trial import try_seed\n"
        "import msgspec\n"
        "def race_seeds(seeds, jobs, tell, rule):\n"
        "    result = msgspec.structs.replace(try_seed(seeds[0]), broken='invariant 4: oh')\n"
        "    tell(result)\n"
        "    return [result]\n"
        "pool.race_seeds = race_seeds\n"
        + BREAKS.format(args=["check", "--seeds", "17"]).replace("Ledger.undo = undo\n", "")
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        env=environment(),
        timeout=PATIENCE_S,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "seed 17: invariant 4: oh",
        "  again    powclock check --seeds 17",
        "  watch    powclock watch check:17",
    ]
    assert "seeds     1, 1 failed" in done.stdout.splitlines()


# Whoever runs these tests in the background has interrupts ignored, which is inherited.
INTERRUPTIBLE = (
    "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
    "from powclock.race.swarm import pool\n"
    "begin = pool.ProcessPoolExecutor\n"
    "def told(*args):\n"
    "    print('racing', flush=True)\n"
    "    return begin(*args)\n"
    "pool.ProcessPoolExecutor = told\n"
    "from powclock import cli\n"
    "sys.argv = ['powclock', *{args}]\n"
    "cli.main()"
)


@pytest.mark.skipif(os.name == "nt", reason="there is no SIGINT to send on Windows")
@pytest.mark.parametrize(
    "args",
    [("check", "--seeds", "0:100000"), ("sweep", "--for", "1000h"), ("compare", "--for", "1000h")],
)
def test_an_interrupt_ends_many_races_in_a_line(args: tuple[str, ...]) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", INTERRUPTIBLE.format(args=(*args, "--jobs", "2"))],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"racing\n"
    process.send_signal(signal.SIGINT)
    output, errors = process.communicate(timeout=PATIENCE_S)
    assert (process.returncode, errors) == (130, b"powclock: interrupted\n")
    assert output.startswith(b"seeds     ") == (args[0] == "check")


@pytest.mark.skipif(os.name == "nt", reason="there is no SIGINT to send on Windows")
@pytest.mark.parametrize("form", ["--json", "--no-check"])
def test_an_interrupt_ends_a_headless_race_with_its_summary(tmp_path: Path, form: str) -> None:
    events = tmp_path / "events.jsonl"
    process = subprocess.Popen(
        [sys.executable, "-c", INTERRUPTIBLE.format(
            args=("run", "--until", "100000h", "--events", str(events), form))],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
    )  # fmt: skip
    while not (events.exists() and events.stat().st_size):  # until it races
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(0.05)
    process.send_signal(signal.SIGINT)
    output, errors = process.communicate(timeout=PATIENCE_S)
    assert (process.returncode, errors) == (
        130,
        b"powclock: interrupted: this is the race so far\n",
    )
    digest = sha256(events.read_bytes()).hexdigest()
    if form == "--json":
        assert json.loads(output)["digest"] == digest
    else:
        assert output.decode().splitlines()[-1] == f"digest    {digest}"


def test_the_figures_as_json_and_as_text() -> None:
    result = figures("--seed", "7", "--ticks", "20", *FAST)
    required = {
        "version", "scenario", "rule", "seed", "digest", "race_seconds", "ticks", "blocks_mined",
        "blocks_stale", "stale_of_mined", "reorgs", "reorg_depth_max", "blocks_by_node", "hashes",
        "transactions_confirmed", "conditions", "expected_interval_s", "expected_interval_s_band",
        "expected_stale_of_mined", "expected_stale_of_mined_band",
    }  # fmt: skip
    assert required <= set(result)
    assert (result["version"], result["scenario"], result["rule"], result["seed"]) == (
        powclock.__version__, "default", "pow", 7,
    )  # fmt: skip
    assert result["ticks"] == 20
    text = powclock_("run", "--seed", "7", "--ticks", "20", *FAST)
    assert text.returncode == 0
    assert text.stdout.splitlines()[0] == "default · seed 7 · pow, sampled"
    assert text.stdout.splitlines()[-1] == f"digest    {result['digest']}"


def test_events_and_headers_go_to_files(tmp_path: Path) -> None:
    events, headers = tmp_path / "events.jsonl", tmp_path / "chain.bin"
    result = figures("--ticks", "20", "--events", events, "--headers", headers, *FAST)
    assert sha256(events.read_bytes()).hexdigest() == result["digest"]
    lines = events.read_bytes().splitlines()
    assert len(lines) == result["records"]
    assert msgspec.json.decode(lines[-1], type=Record).sequence == len(lines) - 1
    assert len(headers.read_bytes()) == 80 * 21


def test_plain_lines_through_a_pipe() -> None:
    done = powclock_("split", "--plain", "--speed", "max", "--for", "40s", *FAST)
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[0] == "  0:00.000  start       10 nodes race by pow"
    fault = next(line for line in lines if " fault " in line)
    assert fault.startswith("  0:30.000  fault       partition on: ")
    assert "\x1b" not in done.stdout
    assert lines[-1].startswith("digest    ")
    bare = powclock_("split", "--speed", "max", "--for", "40s", *FAST)  # no terminal: plain too
    assert bare.stdout == done.stdout


@pytest.mark.parametrize(
    "args",
    [
        ("--plain", "--speed", "max", "--for", "10h", *FAST),
        ("run", "--ticks", "5", *FAST),
    ],
)
def test_a_closed_pipe_ends_quietly(args: tuple[str, ...]) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "powclock", *args],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
    )
    assert process.stdout is not None
    assert process.stderr is not None
    if args[0] == "--plain":
        assert process.stdout.readline()
    process.stdout.close()
    with process.stderr as errors:
        assert errors.read() == b""
    assert process.wait(PATIENCE_S) == 0


@pytest.mark.skipif(os.name == "nt", reason="there is no SIGINT to send on Windows")
def test_an_interrupt_ends_a_plain_race_with_its_summary() -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "powclock", "--plain", "--for", "10h", "--speed", "max"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
    )
    assert process.stdout is not None
    for _ in range(2):  # by the second line it is grinding
        assert process.stdout.readline()
    process.send_signal(signal.SIGINT)
    output, errors = process.communicate(timeout=PATIENCE_S)
    assert errors == b""
    assert process.returncode == 0
    assert output.splitlines()[-1].startswith(b"digest    ")


def test_headless_commands_never_load_textual() -> None:
    script = (
        "import sys; from powclock import cli\n"
        "FEW = ['--nodes', '2', '--seeds', '1', '--for', '2s', '--jobs', '1']\n"
        "for args in (['run', '--ticks', '2', '--miner', 'sampled'], ['scenarios'], ['paths'],\n"
        "             ['themes'], ['keys'], ['--version'], ['--help'], ['check', '--show', '3'],\n"
        "             ['--plain', '--for', '1s', '--speed', 'max'],\n"
        "             ['sweep', *FEW, '--sizes', '1'], ['compare', *FEW, '--faults', 'none']):\n"
        "    sys.argv = ['powclock', *args]\n"
        "    try: cli.main()\n"
        "    except SystemExit as end: assert end.code == 0, args\n"
        "    assert not {'textual', 'matplotlib'} & sys.modules.keys(), args\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        env=environment(),
        timeout=PATIENCE_S,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


THEMES = Path(__file__).parents[1] / "themes"


def test_themes_are_listed_without_escapes(tmp_path: Path) -> None:
    own = tmp_path / "powclock" / "themes"
    own.mkdir(parents=True)
    text = (THEMES / "dark.toml").read_text(encoding="utf-8")
    (own / "mine.toml").write_text(text.replace("clear hues", "\\u001b[31mmy hues"))
    (own / "torn.toml").write_text("dark = ")
    done = called("themes", XDG_CONFIG_HOME=str(tmp_path))
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert [line.split()[0] for line in lines] == [
        "dark", "light", "colourblind", "stage", "nocturne", "phosphor", "mine", "torn",
    ]  # fmt: skip
    assert lines[0] == "dark           clear hues on blue-black, the default"
    assert lines[-2] == "mine           [31mmy hues on blue-black, the default"
    assert lines[-1].startswith(f"torn           cannot be used: {own / 'torn.toml'}: is no TOML: ")
    assert done.stdout.replace("\n", "").isprintable()


def test_keys_are_printed_as_a_file_that_can_be_used(tmp_path: Path) -> None:
    file = tmp_path / "keys.toml"
    file.write_text(called("keys", XDG_CONFIG_HOME=str(tmp_path)).stdout)
    assert 'zoom = "z"' in file.read_text()
    file.write_text(file.read_text().replace('zoom = "z"', 'zoom = "ctrl+z"'))
    again = called("keys", "--keys", file, XDG_CONFIG_HOME=str(tmp_path))
    assert 'zoom = "ctrl+z" ' in again.stdout
    file.write_text('[keys]\nzom = "z"')
    broken = called("keys", "--keys", file)
    assert (broken.returncode, broken.stdout) == (2, "")
    assert broken.stderr == f"powclock: --keys: {file}: keys.zom: is no id: did you mean zoom?\n"


@pytest.mark.parametrize(
    ("words", "completed"),
    [
        ("powclock sc", "scenarios"),
        ("powclock run --mi", "--miner"),
        ("powclock sp --se", "--seed"),
    ],
)
def test_the_shell_completes_commands_and_options(words: str, completed: str) -> None:
    environment = {
        **os.environ,
        "_POWCLOCK_COMPLETE": "complete_bash",
        "COMP_WORDS": words,
        "COMP_CWORD": str(len(words.split()) - 1),
    }
    program = "import sys; sys.argv = ['powclock']; from powclock.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == [completed]


@pytest.mark.parametrize("command", [(), ("--plain",)])
def test_a_theme_and_keys_that_cannot_be_used_are_told_on_a_pipe_too(
    tmp_path: Path, command: tuple[str, ...]
) -> None:
    absent = tmp_path / "absent"
    for option, line in (
        ("--keys", f"{absent}: cannot be read (No such file or directory): check the path"),
        ("--theme", f"{absent}.toml: cannot be read (No such file or directory): check the path"),
    ):
        name = absent if option == "--keys" else f"{absent}.toml"
        done = powclock_(*command, option, name, "--for", "1s")
        told = f"powclock: {option}: {line}\n"
        assert (done.returncode, done.stdout, done.stderr) == (2, "", told)


def test_a_race_that_stands_still_ends_and_says_so(tmp_path: Path) -> None:
    scenario = tmp_path / "still.toml"
    scenario.write_text(
        'name = "still"\n[workload]\nreads_per_s = 0\ntransactions_per_s = 0\n'
        '[[faults]]\nat_s = 0\nfault = { kind = "crash" }\n'
    )
    done = powclock_("run", scenario, "--ticks", "1", "--json", *FAST)
    line = "powclock: it stands still at tick 0: say --until 10m to end it at a time\n"
    assert (done.returncode, done.stderr) == (1, line)
    assert json.loads(done.stdout)["ticks"] == 0
