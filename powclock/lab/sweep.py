"""The sweep: what a longer or shorter interval, and larger or smaller blocks, give and take.

Under our schedule the interval is a slot, and its beats stay as far apart as the scenario has them:
the next leader cannot build on blocks that are still on their way to it, so each change of leader
costs about that time, and longer slots lose less of it. Under other rules the interval is a
block's: with shorter ones more transactions a second are confirmed and leaders change more often,
but more blocks go stale. Clients offer more than blocks hold, so that blocks alone are the limit.
"""

import math
from collections.abc import Callable, Sequence
from contextlib import closing
from math import fsum

import msgspec
from msgspec.structs import replace

from powclock.clock.virtual_loop import NANOSECONDS
from powclock.lab.leading import leading_of
from powclock.race.client import PENDING_MAX
from powclock.race.driver import Driver
from powclock.race.garbage import seldom_sought
from powclock.race.rules import election_of, in_slots
from powclock.race.scenario import Scenario, ScenarioError
from powclock.race.summary import Summary
from powclock.race.swarm.pool import in_processes
from powclock.record.checker.broken import BrokenInvariant

OFFERED = 1.5  # times what blocks can hold
BACKLOG_BLOCKS = 4  # clients have so many blocks' transfers under way, so that a quick one is full
CLIENTS_MAX = 10_000
BLOCKS_MAX = 1_000


class Task(msgspec.Struct, frozen=True):
    """One race of a sweep, up to a time."""

    scenario: Scenario
    interval_s: float
    until_s: float


class Measured(msgspec.Struct, frozen=True, kw_only=True):
    """What one race came to.

    `filled` is the part of the room in blocks of the best chain that transfers took. `broken` says
    which invariant was broken, if one was; then the figures are of the race up to there.
    """

    interval_s: float
    transactions_max: int
    seed: int
    race_s: float
    ticks: int
    transactions_per_s: float
    filled: float
    reign_mean_s: float
    reign_max_s: float
    nakamoto: int
    gini: float
    entropy_bits: float
    entropy_part: float
    stale_of_mined: float
    digest: str
    broken: str = ""


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """The means of an interval and a block size over all seeds; `reign_max_s` is the longest."""

    interval_s: float
    transactions_max: int
    ticks: float
    transactions_per_s: float
    filled: float
    reign_mean_s: float
    reign_max_s: float
    nakamoto: float
    gini: float
    entropy_bits: float
    entropy_part: float
    stale_of_mined: float


class Sweep(msgspec.Struct, frozen=True, kw_only=True):
    """All that `powclock sweep --json` prints: a row for each interval and size, and every race."""

    scenario: str
    rule: str
    nodes: int
    seeds: int
    until_s: float
    offered: float
    rows: tuple[Row, ...]
    races: tuple[Measured, ...]


def paced(scenario: Scenario, interval_s: float) -> Scenario:
    """The scenario with another interval; its difficulty follows as many blocks as before.

    Raises:
        ScenarioError: its rule cannot have this interval.
    """
    if not scenario.has_blocks:
        raise ScenarioError(f"--rule: under {scenario.rule} nobody leads: sweep another rule")
    if in_slots(scenario.rule):
        return _with_slots(scenario, interval_s)
    table = scenario.difficulty
    if interval_s < 1 or interval_s % 1:
        raise ScenarioError(
            f"--intervals: a block takes whole seconds, as headers have them: not {interval_s:g} s"
        )
    half_life_s = max(1, round(table.half_life_s * interval_s / table.interval_s))
    table = replace(table, interval_s=int(interval_s), half_life_s=half_life_s)
    scenario = replace(scenario, difficulty=table)
    takes_s = block_interval_s(scenario)
    if takes_s != interval_s:
        raise ScenarioError(
            f"--intervals: under {scenario.rule} a block takes {takes_s:g} s whatever the scenario "
            "says: sweep another rule"
        )
    return scenario


def _with_slots(scenario: Scenario, slot_s: float) -> Scenario:
    beat_s = block_interval_s(scenario)
    blocks = round(slot_s / beat_s)
    if not 1 <= blocks <= BLOCKS_MAX or not math.isclose(blocks * beat_s, slot_s):
        raise ScenarioError(
            f"--intervals: a slot is 1 to {BLOCKS_MAX} beats of {beat_s:g} s, {slot_s:g} s is not: "
            "a beat is schedule.slot_s / schedule.blocks of the scenario"
        )
    return replace(scenario, schedule=replace(scenario.schedule, slot_s=slot_s, blocks=blocks))


def block_interval_s(scenario: Scenario) -> float:
    """How far blocks should be apart."""
    if in_slots(scenario.rule):
        return scenario.schedule.slot_s / scenario.schedule.blocks
    return election_of(scenario, chain_id=0).interval_s


def saturated(scenario: Scenario, transactions_max: int) -> Scenario:
    """The scenario with blocks of a size, and clients who offer more than goes into them."""
    clients = max(2, math.ceil(BACKLOG_BLOCKS * transactions_max / PENDING_MAX))
    per_s = OFFERED * transactions_max / block_interval_s(scenario)
    return replace(
        scenario,
        chain=replace(scenario.chain, transactions_max=transactions_max),
        workload=replace(
            scenario.workload,
            clients=max(scenario.workload.clients, min(clients, CLIENTS_MAX)),
            transactions_per_s=per_s,
            reads_per_s=0.0,
        ),
    )


def tasks_of(
    scenario: Scenario,
    intervals_s: Sequence[float],
    sizes: Sequence[int],
    seeds: Sequence[int],
    until_s: float,
) -> list[Task]:
    """Every race of a sweep: by size, interval and seed.

    Raises:
        ScenarioError: the rule cannot have one of the intervals.
    """
    return [
        Task(replace(saturated(paced(scenario, interval_s), size), seed=seed), interval_s, until_s)
        for size in sizes
        for interval_s in intervals_s
        for seed in seeds
    ]


def measure(task: Task) -> Measured:
    """Race one race of a sweep; what it came to."""
    driver = Driver(task.scenario)
    broken = ""
    with closing(driver), seldom_sought():
        driver.start()
        try:
            driver.world.advance(round(task.until_s * NANOSECONDS))
        except BrokenInvariant as error:
            broken = str(error)
        return _measured(task, driver.summary(), broken)


def _measured(task: Task, summary: Summary, broken: str) -> Measured:
    size = task.scenario.chain.transactions_max
    leading = leading_of(summary)
    room = summary.ticks * size
    return Measured(
        interval_s=task.interval_s,
        transactions_max=size,
        seed=summary.seed,
        race_s=summary.race_seconds,
        ticks=summary.ticks,
        transactions_per_s=summary.transactions_confirmed / summary.race_seconds,
        filled=summary.transactions_confirmed / room if room else 0.0,
        reign_mean_s=summary.reign_mean_s,
        reign_max_s=summary.reign_max_s,
        nakamoto=leading.nakamoto,
        gini=leading.gini,
        entropy_bits=leading.entropy_bits,
        entropy_part=leading.entropy_part,
        stale_of_mined=summary.stale_of_mined,
        digest=summary.digest,
        broken=broken,
    )


def sweep(tasks: Sequence[Task], jobs: int, tell: Callable[[Measured], None]) -> Sweep:
    """Race all races of a sweep, which are at least one; each is told as soon as it is over."""
    races = in_processes(measure, tasks, jobs, tell)
    return gathered(tasks[0], races)


def gathered(first: Task, races: Sequence[Measured]) -> Sweep:
    """The sweep that these races are, of which the first task was the first."""
    cells: dict[tuple[int, float], list[Measured]] = {}
    for race in races:
        cells.setdefault((race.transactions_max, race.interval_s), []).append(race)
    scenario = first.scenario
    return Sweep(
        scenario=scenario.name,
        rule=scenario.rule,
        nodes=len(scenario.node_names()),
        seeds=len({race.seed for race in races}),
        until_s=first.until_s,
        offered=OFFERED,
        rows=tuple(_row(cell) for cell in cells.values()),
        races=tuple(races),
    )


def _row(cell: Sequence[Measured]) -> Row:
    def mean(name: str) -> float:
        return fsum(getattr(race, name) for race in cell) / len(cell)

    first = cell[0]
    return Row(
        interval_s=first.interval_s,
        transactions_max=first.transactions_max,
        ticks=mean("ticks"),
        transactions_per_s=mean("transactions_per_s"),
        filled=mean("filled"),
        reign_mean_s=mean("reign_mean_s"),
        reign_max_s=max(race.reign_max_s for race in cell),
        nakamoto=mean("nakamoto"),
        gini=mean("gini"),
        entropy_bits=mean("entropy_bits"),
        entropy_part=mean("entropy_part"),
        stale_of_mined=mean("stale_of_mined"),
    )
