"""How quick the screen is, in a real pseudo-terminal; the figures are printed."""

import subprocess
import sys
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter

from tests.terminal import Terminal

PRESSES = 40


def key_to_paint_s(terminal: Terminal) -> list[float]:
    """From a press of ↓ until the line with the mark of the selected node is written."""
    durations = []
    for _ in range(PRESSES):
        for _ in range(4):
            terminal.read_some(0.04)
        seen = len(terminal.raw)
        began = perf_counter()
        terminal.press("down")
        while "▸".encode() not in terminal.raw[seen:]:
            assert terminal.read_some(1.0)
        durations.append(perf_counter() - began)
    return durations


def test_a_saturated_race_hardly_slows_a_key(tmp_path: Path) -> None:
    with Terminal(state=tmp_path) as terminal:
        terminal.until(lambda text: "alice" in text)
        terminal.press(" ")
        terminal.until(lambda text: "PAUSED" in text)
        idle = key_to_paint_s(terminal)
        terminal.press(" ", *"]" * 8)
        terminal.until(lambda text: "max" in text)
        busy = key_to_paint_s(terminal)
        terminal.press("q")
        terminal.to_the_end()
    tail = quantiles(busy, n=20)[-1]
    print(
        f"key to paint: idle {median(idle) * 1e3:.0f} ms, race saturated {median(busy) * 1e3:.0f} "
        f"ms, 95th percentile {tail * 1e3:.0f} ms"
    )
    # The slowest keys under full load against a frame, of which there are ten a second.
    assert tail < 20 * median(idle)


def test_the_first_paint_costs_little_more_than_loading_textual(tmp_path: Path) -> None:
    loading, painting = [], []
    for _ in range(3):
        began = perf_counter()
        subprocess.run([sys.executable, "-c", "import textual.app, textual.screen"], check=True)
        loading.append(perf_counter() - began)
        began = perf_counter()
        with Terminal("--miner", "sampled", state=tmp_path) as terminal:
            terminal.until(lambda text: "TICK" in text)
            painting.append(perf_counter() - began)
            terminal.press("q")
            terminal.to_the_end()
    print(f"first paint {min(painting):.2f} s, loading textual {min(loading):.2f} s")
    assert min(painting) < 6 * min(loading)
