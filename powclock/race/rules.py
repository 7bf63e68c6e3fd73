"""The rules that a race can be run by: three of our own, and those that packages register.

By name, as on the command line and in scenarios. A rule is chosen here and nowhere else: whatever
runs a race asks its election.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING

from powclock.clock.node_clock import EPOCH_S
from powclock.clock.virtual_loop import NANOSECONDS
from powclock.election import plug_ins
from powclock.election.difficulty import AsertDifficulty, BitcoinDifficulty, Difficulty
from powclock.election.election import BLOCKS, WORK, Election, Setting, WorkTerms
from powclock.election.naive import NAIVE, NaiveElection
from powclock.election.proof_of_work import WorkElection
from powclock.election.schedule import LeaderSchedule
from powclock.machine.keys import SigningKey
from powclock.machine.target import (
    LIMIT,
    bits_to_target,
    target_to_bits,
    target_to_work,
    work_to_target,
)

if TYPE_CHECKING:
    from powclock.race.scenario import Scenario

SCHEDULE = "schedule"
FUTURE_LIMIT_INTERVALS = 12  # Bitcoin's two hours are twelve of its intervals


class RuleError(ValueError):
    """A rule that cannot be used: one line with the mend."""


def rule_names() -> list[str]:
    """All that a race can be run by, our own first."""
    return [*_BUILT_IN, *(name for name in plug_ins.plug_in_names() if name not in _BUILT_IN)]


def is_plug_in(name: str) -> bool:
    """Whether a rule is a third party's.

    Raises:
        RuleError: there is no such rule.
    """
    if name in _BUILT_IN:
        return False
    if name not in rule_names():
        raise RuleError(f"{name[:60]!r} is not one of {', '.join(rule_names())}")
    return True


def offers_of(name: str) -> frozenset[str]:
    """What a rule offers to faults: the words of `election.election`.

    Raises:
        RuleError: it cannot be used.
    """
    if not is_plug_in(name):
        return _BUILT_IN[name][0]
    try:
        return plug_ins.offers(name)
    except plug_ins.PlugInError as error:
        raise RuleError(str(error)) from error


@lru_cache
def has_blocks(name: str) -> bool:
    """Whether nodes append blocks under a rule, so that it has ticks, leaders and a chain.

    Raises:
        RuleError: it cannot be used.
    """
    return BLOCKS in offers_of(name)


def in_slots(name: str) -> bool:
    """Whether a tick takes as long as `[schedule]` of a scenario says, not its `[difficulty]`."""
    return name == SCHEDULE


def election_of(scenario: "Scenario", chain_id: int) -> Election:
    """The election of a scenario's race.

    Raises:
        RuleError: its rule cannot be used.
    """
    name = scenario.rule
    setting = Setting(
        seed=scenario.seed,
        chain_id=chain_id,
        epoch_ns=EPOCH_S * NANOSECONDS,
        interval_s=scenario.difficulty.interval_s,
        nodes=tuple((each, node_key(scenario.seed, each).public) for each in scenario.node_names()),
        options=scenario.rule_options,
    )
    if not is_plug_in(name):
        return _BUILT_IN[name][1](scenario, setting)
    try:
        return plug_ins.make(name, setting)
    except plug_ins.PlugInError as error:
        raise RuleError(str(error)) from error


@lru_cache(maxsize=4096)
def node_key(seed: int, name: str) -> SigningKey:
    """The key of a node, by its name alone."""
    return SigningKey.derive(seed, f"node {name}")


# Our own.


def _proof_of_work(scenario: "Scenario", _: Setting) -> Election:
    interval_s = scenario.difficulty.interval_s
    work = max(1.0, scenario.nodes.hash_rate * interval_s)
    initial_bits = target_to_bits(min(LIMIT, work_to_target(work)))
    actual_work = target_to_work(bits_to_target(initial_bits))
    sampled = scenario.mining.miner == "sampled"
    return WorkElection(
        float(interval_s),
        WorkTerms(
            difficulty=_difficulty(scenario, initial_bits),
            initial_bits=initial_bits,
            limit=LIMIT,
            future_limit_s=scenario.chain.future_limit_s or FUTURE_LIMIT_INTERVALS * interval_s,
            proof_scale=max(1, actual_work // scenario.mining.proof_hashes) if sampled else 1,
        ),
    )


def _difficulty(scenario: "Scenario", initial_bits: int) -> Difficulty:
    table = scenario.difficulty
    if table.rule == "bitcoin":
        return BitcoinDifficulty(table.interval_s, table.window, initial_bits, LIMIT)
    return AsertDifficulty(table.interval_s, table.half_life_s, initial_bits, LIMIT, EPOCH_S)


def _naive(scenario: "Scenario", _: Setting) -> Election:
    return NaiveElection(float(scenario.difficulty.interval_s))


def _schedule(scenario: "Scenario", setting: Setting) -> Election:
    table = scenario.schedule
    return LeaderSchedule(
        setting,
        slot_ns=round(table.slot_s * NANOSECONDS),
        blocks=table.blocks,
        early_ns=round(table.early_ms * NANOSECONDS / 1000),
    )


_Make = Callable[["Scenario", Setting], Election]
_BUILT_IN: dict[str, tuple[frozenset[str], _Make]] = {
    NAIVE: (frozenset(), _naive),
    "pow": (frozenset({WORK, BLOCKS}), _proof_of_work),
    SCHEDULE: (LeaderSchedule.offers, _schedule),
}
