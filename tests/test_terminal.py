"""The whole program in a real pseudo-terminal, read back by a terminal emulator."""

import os
import re
import shlex
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.terminal import LEAVES_ALTERNATE_SCREEN, Terminal, alive

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/task").exists(), reason="looks at processes through /proc"
)

SHOWS_CURSOR = b"\x1b[?25h"
STOPS_MOUSE = b"\x1b[?1000l"


def rerun(again: str, state: Path, status: int = 0) -> str:
    """Run the command that the program named, which ends with this status; its digest."""
    words = shlex.split(again)
    assert words[0] == "powclock"
    done = subprocess.run(
        [sys.executable, "-m", "powclock", *words[1:]],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "XDG_STATE_HOME": str(state), "PYTHONHASHSEED": "5"},
    )
    assert done.returncode == status, done.stderr
    return digest_in(done.stdout)


def digest_in(text: str) -> str:
    found = re.search(r"digest +([0-9a-f]{64})", text)
    assert found, text
    return found[1]


def again_in(text: str) -> str:
    """The command after "again", which the terminal may have wrapped."""
    return "".join(text[text.index("again") :].split("\n")).removeprefix("again").strip(" :")


def test_keys_break_the_network_and_the_session_runs_again_to_the_same_digest(
    tmp_path: Path,
) -> None:
    with Terminal("--miner", "sampled", "--speed", "10", state=tmp_path) as terminal:
        terminal.until(lambda text: "alice" in text and "tick 1" in text)
        terminal.press("down", "down", "l")
        terminal.until(lambda text: "loss 30% on: bob" in text)
        terminal.press("p")
        terminal.until(lambda text: "PARTITION" in text)
        terminal.press("\r")
        terminal.until(lambda text: "partition on" in text)
        terminal.press("k", "h", "c", "a", "]")
        terminal.until(lambda text: "joins" in text)
        terminal.press(".", ">")
        terminal.until(lambda text: "PAUSED" in text)
        terminal.press(" ", "x", "0")
        terminal.until(lambda text: "no faults on" in text)
        (race,) = terminal.children()
        terminal.press("q")
        text = terminal.to_the_end()
    assert terminal.process.returncode == 0
    assert not alive(race)
    assert LEAVES_ALTERNATE_SCREEN in terminal.raw
    again = again_in(text)
    assert rerun(again, tmp_path) == digest_in(text)


def test_the_end_of_the_races_process_is_said_with_the_command_that_shows_it(
    tmp_path: Path,
) -> None:
    with Terminal("--miner", "sampled", "--speed", "10", state=tmp_path) as terminal:
        terminal.until(lambda text: "tick 1" in text)
        (race,) = terminal.children()
        os.kill(race, signal.SIGKILL)
        text = terminal.until(lambda text: "SIGKILL" in text and "powclock rerun" in text)
        assert "the race's process was ended by SIGKILL" in text
        assert "powclock rerun" in text
        assert "alice" in text, "the last moment stays on the screen"
        terminal.press("q")
        text = terminal.to_the_end()
    assert terminal.process.returncode == 1
    assert "the race stopped: the race's process was ended by SIGKILL" in text
    assert len(rerun(again_in(text), tmp_path, status=1)) == 64, "its recording has no end"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGQUIT])
def test_a_signal_restores_the_terminal_and_leaves_no_process(
    tmp_path: Path, number: signal.Signals
) -> None:
    with Terminal("--miner", "sampled", state=tmp_path) as terminal:
        terminal.until(lambda text: "alice" in text)
        (race,) = terminal.children()
        terminal.process.send_signal(number)
        terminal.to_the_end()
    for sequence in (LEAVES_ALTERNATE_SCREEN, SHOWS_CURSOR, STOPS_MOUSE):
        assert terminal.raw.rfind(sequence) > len(terminal.raw) - 4_000
    assert not alive(race)


def test_no_orphan_stays_when_the_screen_is_killed(tmp_path: Path) -> None:
    with Terminal("--miner", "sampled", "--speed", "max", state=tmp_path) as terminal:
        terminal.until(lambda text: "alice" in text)
        (race,) = terminal.children()
        terminal.process.kill()
        terminal.process.wait()
    waiting = subprocess.run(
        ["tail", f"--pid={race}", "-f", "/dev/null"], timeout=20, check=True
    )  # ends when that process does
    assert waiting.returncode == 0
    assert not alive(race)


def test_no_colour_and_ascii(tmp_path: Path) -> None:
    with Terminal(
        "--miner", "sampled", "--ascii", state=tmp_path, environment={"NO_COLOR": "1"}
    ) as terminal:
        text = terminal.until(lambda text: "alice" in text)
        terminal.press("q")
        terminal.to_the_end()
    assert text.isascii()
    assert not re.search(rb"\x1b\[[0-9;]*[34]8;[25]", bytes(terminal.raw)), "a colour was set"


def test_a_race_with_an_end_leaves_its_summary(tmp_path: Path) -> None:
    with Terminal(
        "--miner", "sampled", "--speed", "max", "--for", "60s", state=tmp_path
    ) as terminal:
        text = terminal.to_the_end()
    assert terminal.process.returncode == 0
    assert "race time 60.0 s" in text
    assert rerun(again_in(text), tmp_path) == digest_in(text)


def test_what_is_said_after_a_clean_screen_names_no_folder(tmp_path: Path) -> None:
    folder = tmp_path / "my talks"
    folder.mkdir()
    with Terminal(
        *("--miner", "sampled", "--speed", "max", "--for", "20s", "--clean"),
        *("--record", str(folder / "one two.powclock")),
        state=tmp_path,
    ) as terminal:
        text = terminal.to_the_end()
    last = [line.rstrip() for line in text.rstrip().split("\n")][-2:]
    assert last == ["again     powclock rerun 'one two.powclock'", "recorded  one two.powclock"]


def test_who_leaves_before_a_race_has_begun_is_told_of_its_recording(tmp_path: Path) -> None:
    file = tmp_path / "r.powclock"
    with Terminal("--title", "Soon", "--countdown", "60", "--record", str(file), state=tmp_path,
                  columns=200) as terminal:  # fmt: skip
        terminal.until(lambda text: "Soon" in text)
        terminal.press("\x03")
        text = terminal.to_the_end()
    assert terminal.process.returncode == 0
    assert "race time 0.0 s" in text
    last = [line.rstrip() for line in text.rstrip().split("\n")][-2:]
    assert last == [f"again     powclock rerun {file}", f"recorded  {file}"]


def test_the_terminal_itself_says_how_large_it_is(tmp_path: Path) -> None:
    elsewhere = {"COLUMNS": "60", "LINES": "20"}
    with Terminal("--miner", "sampled", state=tmp_path, environment=elsewhere) as terminal:
        whole = terminal.until(lambda text: "palette" in text.split("\n")[-1])
        terminal.press("q")
        terminal.to_the_end()
    assert max(len(line) for line in whole.split("\n")) > 150
