"""The comparison: one network, one set of clients and one fault plan, under one rule after another.

Each seed is raced under every rule, so that what differs between the columns is the rule alone.
"""

from collections.abc import Callable, Sequence
from contextlib import closing

import msgspec
from msgspec.structs import replace

from powclock.clock.virtual_loop import NANOSECONDS
from powclock.lab.agreement import Agreement, race_and_look
from powclock.lab.fault_plan import heal_s
from powclock.lab.leading import leading_of
from powclock.race.driver import Driver
from powclock.race.garbage import seldom_sought
from powclock.race.scenario import Planned, Scenario, ScenarioError, adapted
from powclock.race.summary import Summary
from powclock.race.swarm.pool import in_processes
from powclock.record.checker.broken import BrokenInvariant

AFTER_HEAL_S = 120.0


class Trial(msgspec.Struct, frozen=True):
    """One race of a comparison, up to a time."""

    scenario: Scenario
    heal_s: float
    until_s: float


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """What one race came to; what its rule does not have is None.

    `agreed_after_s` and `agreed_part` are those of `Agreement`, what clients saw is that of
    `record.service`: parts of requests, and of the reads and of the writes that were acknowledged.
    `broken` says which invariant was broken, if one was; then the figures are of the race up to
    there.
    """

    rule: str
    seed: int
    race_s: float
    agreed_after_s: float | None
    agreed_part: float
    availability: float
    contradicting_reads: float
    writes_lost: float
    confirmed: int
    confirmed_per_s: float
    wait_median_s: float | None
    wait_95_s: float | None
    forks: int | None
    reorgs: int | None
    messages_per_confirmed: float | None
    bytes_per_confirmed: float | None
    nakamoto: int | None
    gini: float | None
    entropy_bits: float | None
    reign_mean_s: float | None
    digest: str
    broken: str = ""


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """All that `powclock compare --json` prints: every race, by rule and then by seed."""

    scenario: str
    nodes: int
    rules: tuple[str, ...]
    seeds: tuple[int, ...]
    faults: tuple[str, ...]
    heal_s: float
    until_s: float
    races: tuple[Figures, ...]

    def of(self, rule: str) -> list[Figures]:
        """The races under a rule, by seed."""
        return [race for race in self.races if race.rule == rule]


def trials_of(
    scenario: Scenario, rules: Sequence[str], seeds: Sequence[int], until_s: float | None
) -> list[Trial]:
    """Every race of a comparison, by rule and then by seed.

    Raises:
        ScenarioError: a rule cannot be raced under this plan, or the plan never heals in time.
    """
    heals_s = heal_s(scenario.faults)
    end_s = until_s or heals_s + AFTER_HEAL_S
    if end_s <= heals_s:
        raise ScenarioError(
            f"--for: all heals at {heals_s:g} s: let the races last longer, to see who agrees again"
        )
    return [
        Trial(replace(under, seed=seed), heals_s, end_s)
        for under in (adapted(scenario, rule=rule) for rule in rules)
        for seed in seeds
    ]


def figures(trial: Trial) -> Figures:
    """Race one race of a comparison; what it came to."""
    driver = Driver(trial.scenario)
    agreement, broken = Agreement(None, 0.0), ""
    with closing(driver), seldom_sought():
        driver.start()
        try:
            agreement = race_and_look(
                driver, round(trial.heal_s * NANOSECONDS), round(trial.until_s * NANOSECONDS)
            )
        except BrokenInvariant as error:
            broken = str(error)
        return _figures(driver.summary(), agreement, broken)


def _figures(summary: Summary, agreement: Agreement, broken: str) -> Figures:
    service, clients = summary.service, summary.service.clients
    some = summary.transactions_confirmed > 0
    led = summary.reigns > 0
    leading = leading_of(summary)
    return Figures(
        rule=summary.rule,
        seed=summary.seed,
        race_s=summary.race_seconds,
        agreed_after_s=agreement.after_s,
        agreed_part=agreement.part,
        availability=service.availability,
        contradicting_reads=clients.contradicting / max(1, clients.reads),
        writes_lost=clients.lost / max(1, clients.acknowledged),
        confirmed=summary.transactions_confirmed,
        confirmed_per_s=service.confirmed_per_s,
        wait_median_s=service.wait_median_s,
        wait_95_s=service.wait_95_s,
        forks=summary.forks if summary.has_blocks else None,
        reorgs=summary.reorgs if summary.has_blocks else None,
        messages_per_confirmed=service.messages_per_confirmed if some else None,
        bytes_per_confirmed=service.bytes_per_confirmed if some else None,
        nakamoto=leading.nakamoto if led else None,
        gini=leading.gini if led else None,
        entropy_bits=leading.entropy_bits if led else None,
        reign_mean_s=summary.reign_mean_s if led else None,
        digest=summary.digest,
        broken=broken,
    )


def compare(trials: Sequence[Trial], jobs: int, tell: Callable[[Figures], None]) -> Comparison:
    """Race all races of a comparison, at least one; each is told as soon as it is over."""
    return compared(trials[0], in_processes(figures, trials, jobs, tell))


def compared(first: Trial, races: Sequence[Figures]) -> Comparison:
    """The comparison that these races are, of which the first trial was the first."""
    scenario = first.scenario
    return Comparison(
        scenario=scenario.name,
        nodes=len(scenario.node_names()),
        rules=tuple(dict.fromkeys(race.rule for race in races)),
        seeds=tuple(dict.fromkeys(race.seed for race in races)),
        faults=tuple(_words(planned) for planned in scenario.faults),
        heal_s=first.heal_s,
        until_s=first.until_s,
        races=tuple(races),
    )


def _words(planned: Planned) -> str:
    fault = planned.fault
    of = f" of {', '.join(fault.nodes)}" if fault.nodes else ""
    return f"{fault.label}{of} ({planned.at_s:g}–{planned.at_s + planned.lasts_s:g} s)"
