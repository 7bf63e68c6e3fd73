"""The program in a pseudo-terminal that gives it trouble: resized, broken, or not reading."""

import os
import random
import re
from pathlib import Path

import pytest

import powclock
from tests.terminal import LEAVES_ALTERNATE_SCREEN, PATIENCE_S, Terminal, alive, bytes_written

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/io").exists(), reason="looks at processes through /proc"
)

RESIZES = 60
# What the race must have told meanwhile: far more than fits into pipes and into the terminal.
TOLD_BYTES = 3_000_000

BREAK_ON_A_KEY = """
from powclock.cli import main
from powclock.tui.screens.race import RaceScreen

def broken(self):
    raise RuntimeError("two\\nlines, \\x1b]0;owned\\x07 and [/red]")

RaceScreen.action_zoom = broken
main()
"""
BREAK_WHILE_PAINTING = """
from powclock.cli import main
from powclock.tui.widgets.clock import Clock

body = Clock.body

def broken(self, width, height):
    if self.state.frame is not None and self.state.zoom.value == "compact":
        raise ZeroDivisionError("two\\nlines, \\x1b]0;owned\\x07 and [/red]")
    return body(self, width, height)

Clock.body = broken
main()
"""


@pytest.mark.parametrize("seed", [1, 2])
def test_any_size_at_any_moment(tmp_path: Path, seed: int) -> None:
    draw = random.Random(seed)
    with Terminal("--miner", "sampled", "--speed", "30", state=tmp_path) as terminal:
        terminal.until(lambda text: "alice" in text)
        for step in range(RESIZES):
            terminal.resize(draw.randint(20, 300), draw.randint(5, 100))
            terminal.read_some(draw.choice([0.0, 0.0, 0.02, 0.1]))
            if step % 8 == 0:
                terminal.press(draw.choice(["1", "2", "3", "4", "5", "6", "7", "m", "z", "p", "?"]))
        terminal.resize(160, 45)
        # The first may only close a sheet that one of the keys has opened.
        for _ in range(2):
            terminal.press("q")
            for _ in range(100):
                if LEAVES_ALTERNATE_SCREEN in terminal.raw:
                    break
                terminal.read_some(0.1)
            if LEAVES_ALTERNATE_SCREEN in terminal.raw:
                break
        text = terminal.to_the_end()
    assert terminal.process.returncode == 0
    assert "digest" in text


@pytest.mark.parametrize(
    ("program", "error"),
    [(BREAK_ON_A_KEY, "RuntimeError"), (BREAK_WHILE_PAINTING, "ZeroDivisionError")],
    ids=["key", "paint"],
)
def test_a_bug_of_the_screen_is_one_line_on_a_restored_terminal(
    tmp_path: Path, program: str, error: str
) -> None:
    with Terminal("--miner", "sampled", state=tmp_path, program=program) as terminal:
        terminal.until(lambda text: "alice" in text)
        (race,) = terminal.children()
        terminal.press("z")
        text = terminal.to_the_end()
    assert terminal.process.returncode == 1
    assert not alive(race)
    _, left, after = bytes(terminal.raw).rpartition(LEAVES_ALTERNATE_SCREEN)
    assert left
    assert b"\x1b[?25h" in after
    assert b"\x1b]0" not in after
    assert [line for line in text.split("\n") if line] == [
        f"powclock: the screen broke: {error}: two lines, ]0;owned and [/red] in broken (<string>)"
    ]


# The race runs in a process of its own: this is read by every Python that starts.
PAYS_TWICE = """
from powclock.machine.block import ChainParameters

right = ChainParameters.subsidy_at
ChainParameters.subsidy_at = lambda self, height: right(self, height) * (1 + (height > 3))
"""


def test_a_broken_invariant_stops_the_race_and_stays_on_the_screen(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(PAYS_TWICE)
    path = os.pathsep.join((str(tmp_path), str(Path(powclock.__file__).parents[1])))
    with Terminal(
        "--miner", "sampled", "--speed", "max", state=tmp_path, environment={"PYTHONPATH": path}
    ) as terminal:
        text = terminal.until(lambda text: "q leaves" in text)
        terminal.press("q")
        said = terminal.to_the_end()
    assert terminal.process.returncode == 1
    broken = "invariant 7 (no coin comes from nothing)"
    assert "THE RACE HAS ENDED" in text
    assert broken in text
    whole = said.replace("\n", "")  # a terminal breaks lines
    assert f"powclock: the race stopped: {broken}: " in whole
    assert f"again: powclock rerun {tmp_path}/powclock/sessions/default-42-pow-1.powclock" in whole


def shown_s(text: str) -> float:
    """The race time on the screen."""
    found = re.search(r" t (?:(\d+):)?(\d+):(\d+\.\d)", text)
    if found is None:
        return -1.0
    hours, minutes, seconds = found.groups()
    return int(hours or 0) * 3600 + int(minutes) * 60 + float(seconds)


def test_a_terminal_that_does_not_read_stops_neither_race_nor_keys(tmp_path: Path) -> None:
    with Terminal(
        "--miner", "sampled", "--speed", "100", "--fps", "60", state=tmp_path
    ) as terminal:
        before_s = shown_s(terminal.until(lambda text: "alice" in text and shown_s(text) > 0))
        (race,) = terminal.children()
        told = bytes_written(race)
        terminal.without_reading(lambda: bytes_written(race) > told + TOLD_BYTES // 2)
        painted = bytes_written(terminal.process.pid)
        terminal.without_reading(lambda: bytes_written(race) > told + TOLD_BYTES)
        # All buffers up to the screen are full: it waits, and the race went on.
        assert bytes_written(terminal.process.pid) == painted
        terminal.until(lambda text: shown_s(text) > before_s + 60)
        terminal.press("p")
        terminal.until(lambda text: "PARTITION" in text)
        terminal.press("\r")
        terminal.until(lambda text: "on: ⊘ partition" in text)
        terminal.press("q")
        text = terminal.to_the_end()
    assert terminal.process.returncode == 0
    assert "digest" in text


def test_no_process_stays_when_the_terminal_is_closed(tmp_path: Path) -> None:
    with Terminal("--miner", "sampled", "--speed", "5", state=tmp_path) as terminal:
        terminal.until(lambda text: "alice" in text)
        (race,) = terminal.children()
        terminal.hang_up()
        terminal.process.wait(PATIENCE_S)
        assert not alive(race)
