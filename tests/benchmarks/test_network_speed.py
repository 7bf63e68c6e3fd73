"""How fast races are, and how much memory they take.

Run by hand, `pytest -s tests/benchmarks/test_network_speed.py` prints messages and deliveries (of a
block to a node) for each second of processor time, beside a bare SimPy model of the same messages
on the same graph, and how long a year of Bitcoin would take. With POWCLOCK_LONG=1 it measures for
longer, 1,000 nodes too, races that year and a million ticks, and holds them to their bars. Every
measurement has a process of its own, so its peak of memory is its own too. Blocks are empty, the
miner is sampled, hash rates do not wander; decoding is strict, and every record is made, digested
and folded.
"""

import os
import resource
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from time import process_time
from typing import ParamSpec, TypeVar

import pytest

from powclock.clock.streams import Stream
from powclock.clock.virtual_loop import NANOSECONDS
from powclock.network.topology import edges
from powclock.race.driver import Driver
from powclock.race.garbage import seldom_sought
from powclock.race.headless import Outputs, run_race
from powclock.race.scenario import Scenario
from tests.benchmarks.simpy_model import JITTER_MEAN_S, LATENCY_S, Network
from tests.scenarios.races import scenario

LONG = os.environ.get("POWCLOCK_LONG") == "1"
long = pytest.mark.skipif(not LONG, reason="takes minutes; POWCLOCK_LONG=1 runs it")

INTERVAL_S = 600
YEAR_BLOCKS = 52_560
YEAR_S_MAX = 90
MESSAGES_PER_S_MIN = 60_000
MILLION_MB_MAX = 500
SLICES = 24 if LONG else 5

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True)
class Figures:
    """Of one measurement; rates are of the median slice, `best` of the one disturbed least."""

    messages_per_s: float
    best: float
    deliveries_per_s: float
    peak_mb: float

    def __str__(self) -> str:
        return (
            f"{self.messages_per_s:9,.0f} messages/s (best slice {self.best:,.0f}), "
            f"{self.deliveries_per_s:6,.0f} deliveries/s, peak {self.peak_mb:.0f} MB"
        )


def alone(measure: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """What a function gives in a process of its own."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(_with_little_garbage, partial(measure, *args, **kwargs)).result()


def _with_little_garbage(measure: Callable[[], R]) -> R:
    """As headless races run; the SimPy model has the same advantage."""
    with seldom_sought():
        return measure()


def peak_mb() -> float:
    """The most memory that this process ever had.

    On Linux the kernel's own mark is read: what `getrusage` gives begins with the parent's.
    """
    status = Path("/proc/self/status")
    if status.exists():
        (mark,) = (line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(mark.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def race_of(nodes: int, degree: int) -> Scenario:
    """A network like Bitcoin's; a degree of 0 is a full mesh."""
    links = {"topology": "random_regular", "degree": degree} if degree else {}
    return scenario(
        1,
        nodes={"count": nodes, "wander": 0.0},
        links={
            "topology": "full_mesh",
            "latency_ms": LATENCY_S * 1000,
            "jitter_ms": JITTER_MEAN_S * 1000,
            **links,
        },
        difficulty={"rule": "bitcoin", "interval_s": INTERVAL_S, "window": 2016},
        workload={"transactions_per_s": 0, "reads_per_s": 0},
    )


def figures(slices: list[tuple[float, int, int]]) -> Figures:
    """From slices of a run: seconds of processor time, messages and deliveries."""
    return Figures(
        messages_per_s=median(messages / seconds for seconds, messages, _ in slices),
        best=max(messages / seconds for seconds, messages, _ in slices),
        deliveries_per_s=median(deliveries / seconds for seconds, _, deliveries in slices),
        peak_mb=peak_mb(),
    )


def measured_race(nodes: int, degree: int, blocks: int, *, check: bool) -> Figures:
    """A race, in slices of so many blocks."""
    driver = Driver(race_of(nodes, degree), check=check)
    driver.start()
    slices = []
    for number in range(1, SLICES + 1):
        sent, _ = driver.world.traffic()
        found = driver.view.counts.blocks_mined
        began = process_time()
        while driver.view.height < number * blocks:
            driver.world.advance(driver.now_ns + INTERVAL_S * NANOSECONDS)
        seconds = process_time() - began
        deliveries = nodes * (driver.view.counts.blocks_mined - found)
        slices.append((seconds, driver.world.traffic()[0] - sent, deliveries))
    driver.close()
    return figures(slices)


def measured_model(nodes: int, degree: int, blocks: int) -> Figures:
    """The bare SimPy model, in as many slices."""
    kind = "random_regular" if degree else "full_mesh"
    graph = edges(kind, nodes, degree, Stream(1, "topology"))  # type: ignore[arg-type]
    network = Network(nodes, graph, INTERVAL_S, 1)
    slices = []
    for number in range(1, SLICES + 1):
        sent, delivered = network.messages, network.deliveries
        began = process_time()
        network.run(number * blocks)
        seconds = process_time() - began
        slices.append((seconds, network.messages - sent, network.deliveries - delivered))
    return figures(slices)


@pytest.mark.parametrize(
    ("nodes", "degree", "blocks"),
    [(8, 0, 60), (100, 8, 4), pytest.param(1_000, 8, 1, marks=long)],
    ids=str,
)
def test_messages_beside_a_bare_simpy_model(nodes: int, degree: int, blocks: int) -> None:
    plain = alone(measured_race, nodes, degree, blocks, check=False)
    checked = alone(measured_race, nodes, degree, blocks, check=True)
    model = alone(measured_model, nodes, degree, blocks)
    ratio = plain.messages_per_s / model.messages_per_s
    cost = 1 - checked.messages_per_s / plain.messages_per_s
    print(f"\n{nodes:,} nodes, {f'degree {degree}' if degree else 'full mesh'}")
    print(f"  powclock             {plain}")
    print(f"  powclock, checked    {checked}; the checker takes {cost:.0%} of it")
    print(f"  bare SimPy           {model}")
    print(f"  powclock / SimPy     {ratio:.2f}")
    if nodes == 100:
        print(f"  bar: {MESSAGES_PER_S_MIN:,} messages/s")
    # Proofs, checksums, strict decoding and records for at most forty times what SimPy takes for a
    # bare number: both ran on the same machine, however busy it was.
    assert ratio > 1 / 40


def headless(nodes: int, ticks: int, *, check: bool) -> tuple[float, float]:
    """Seconds of processor time and peak MB of a race in full mesh."""
    began = process_time()
    summary = run_race(
        race_of(nodes, 0),
        ticks=ticks,
        outputs=Outputs(),
        progress=lambda _height, _time_ns: None,
        check=check,
    )
    assert summary.ticks == ticks
    return process_time() - began, peak_mb()


@pytest.mark.parametrize("check", [False, True], ids=["unchecked", "checked"])
def test_a_year_of_bitcoin(check: bool) -> None:
    blocks = YEAR_BLOCKS if LONG else YEAR_BLOCKS // 100
    seconds, peak = alone(headless, 8, blocks, check=check)
    year_s = seconds * YEAR_BLOCKS / blocks
    how = "checked" if check else "unchecked"
    print(f"\na year of Bitcoin, 8 nodes in full mesh, {how}: {blocks:,} of {YEAR_BLOCKS:,} blocks")
    print(f"  {seconds:.1f} s, so a year {year_s:.1f} s (bar {YEAR_S_MAX} s); peak {peak:.0f} MB")
    assert not LONG or year_s < YEAR_S_MAX


@long
def test_a_million_ticks() -> None:
    seconds, peak = alone(headless, 4, 1_000_000, check=True)
    print(f"\na million ticks, 4 nodes in full mesh, checked: {seconds:.0f} s")
    print(f"  peak {peak:.0f} MB (bar {MILLION_MB_MAX} MB)")
    assert peak < MILLION_MB_MAX
