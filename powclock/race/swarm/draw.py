"""What a seed stands for: a network, a workload, and faults with their times.

Everything is drawn from streams named by what they are for, so a new kind of fault leaves the
network of a seed as it is. A new kind is one line in `DRAWS`.

All faults are over by `HEAL_S`. The interval is kept above the time in which a block reaches every
node and back, so that the race can agree between two blocks.
"""

from collections.abc import Callable, Sequence
from typing import get_args

import msgspec

from powclock.clock.streams import Stream
from powclock.network.faults.bandwidth import Bandwidth
from powclock.network.faults.censor import Censor
from powclock.network.faults.conflict import Conflict
from powclock.network.faults.cuts import Isolate, OneWay, Partition
from powclock.network.faults.double_spend import DoubleSpend
from powclock.network.faults.eclipse import Eclipse
from powclock.network.faults.equivocate import Equivocate
from powclock.network.faults.every import AnyFault
from powclock.network.faults.flood import Flood
from powclock.network.faults.forge import Flaw, Forge
from powclock.network.faults.links import BitFlips, Delay, Duplicate, Jitter, Loss, Reorder
from powclock.network.faults.memory import MemoryFlips
from powclock.network.faults.nodes import (
    ClockSkew,
    Crash,
    HashRateFactor,
    Join,
    Leave,
    Pause,
)
from powclock.network.faults.selfish import SelfishMining
from powclock.network.faults.swizzle import Swizzle
from powclock.network.faults.withhold import Withhold
from powclock.network.topology import Kind, diameter, edges
from powclock.race.rules import in_slots, offers_of
from powclock.race.scenario import (
    Chain,
    Difficulty,
    Links,
    Mining,
    Nodes,
    Planned,
    Scenario,
    Schedule,
    Workload,
    checked,
)

PREFIX = "check:"
HEAL_S = 60.0
KIND_SHARE = 0.25
FAULTS_A_KIND_MAX = 2
FORGERIES_MAX = 16  # most flaws are found at once, and the peer is dropped
MESSAGES_A_HOP = 3  # announce, request, deliver

Draw = Callable[[Stream, Sequence[str]], AnyFault]


def _some(stream: Stream, names: Sequence[str], share_all: float = 0.3) -> tuple[str, ...]:
    """A few nodes, or none, which means all."""
    if stream.random() < share_all:
        return ()
    return tuple(stream.shuffled(names)[: 1 + stream.below(3)])


def _few(stream: Stream, names: Sequence[str]) -> tuple[str, ...]:
    """At least one node, and not all."""
    return tuple(stream.shuffled(names)[: 1 + stream.below(min(3, len(names) - 1))])


def _eclipse(victim: str, attacker: str) -> Eclipse:
    return Eclipse(nodes=(victim,), attacker=attacker)


# fmt: off
DRAWS: dict[str, Draw] = {
    "crash": lambda s, names: Crash(nodes=_some(s, names)),
    "crash, disk lost": lambda s, names: Crash(nodes=_some(s, names, 0.1), lose_disk=True),
    "partition": lambda s, _: Partition(share=s.uniform(0.1, 0.9)),
    "isolate": lambda s, names: Isolate(nodes=_few(s, names)),
    "one way": lambda s, names: OneWay(nodes=_few(s, names), deaf=s.random() < 0.5),
    "swizzle": lambda s, names: Swizzle(
        nodes=_some(s, names), share=s.uniform(0.2, 1), step_s=s.uniform(0.2, 5)),
    "delay": lambda s, names: Delay(nodes=_some(s, names), delay_ms=s.uniform(0, 5_000)),
    "jitter": lambda s, names: Jitter(nodes=_some(s, names), jitter_ms=s.uniform(0, 2_000)),
    "reorder": lambda s, names: Reorder(
        nodes=_some(s, names), probability=s.random(), delay_ms=s.uniform(0, 3_000)),
    "bandwidth": lambda s, names: Bandwidth(
        nodes=_some(s, names), kilobytes_per_s=s.uniform(0.5, 50)),
    "loss": lambda s, names: Loss(nodes=_some(s, names), probability=s.random()),
    "duplicate": lambda s, names: Duplicate(nodes=_some(s, names), probability=s.random()),
    "bit flips": lambda s, names: BitFlips(nodes=_some(s, names), probability=s.random()),
    "clock skew": lambda s, names: ClockSkew(
        nodes=_some(s, names), offset_s=s.uniform(-100, 100), drift_ppm=s.uniform(-500, 500)),
    "hash rate": lambda s, names: HashRateFactor(
        nodes=_some(s, names), factor=s.choice((0.0, 0.1, 2.0, 8.0))),
    "join": lambda s, _: Join(nodes=(f"guest{s.below(3)}",), hash_rate=s.uniform(0, 20_000)),
    "leave": lambda s, names: Leave(nodes=_few(s, names)),
    # One flaw: a peer is dropped for the first of several, so the others would not be looked at.
    "forge": lambda s, names: Forge(nodes=(s.choice(names),), flaw=s.choice(get_args(Flaw))),
    "flood": lambda s, names: Flood(nodes=_few(s, names), per_s=s.uniform(0.5, 10)),
    "withhold": lambda s, names: Withhold(nodes=_some(s, names), delay_s=s.uniform(0, 20)),
    "selfish": lambda s, names: SelfishMining(nodes=(s.choice(names),), gamma=s.random()),
    "double spend": lambda s, names: DoubleSpend(
        nodes=(s.choice(names),), confirmations=1 + s.below(4), give_up=1 + s.below(6),
        head_start=s.random() < 0.5),
    "eclipse": lambda s, names: _eclipse(*s.shuffled(names)[:2]),
    "crash, last lost": lambda s, names: Crash(nodes=_some(s, names), lose_last=1 + s.below(5)),
    "pause": lambda s, names: Pause(nodes=_some(s, names, 0.1)),
    "memory": lambda s, names: MemoryFlips(
        nodes=_some(s, names), every_s=s.choice((0.0, 2.0, 10.0))),
    "censor": lambda s, names: Censor(
        nodes=_some(s, names), clients=(f"client{1 + s.below(2)}",)),
    "conflict": lambda s, names: Conflict(nodes=tuple(s.shuffled(names)[:s.below(3)])),
    "equivocate": lambda s, names: Equivocate(nodes=_few(s, names)),
}
# fmt: on


def draw(seed: int, rule: str = "pow") -> Scenario:
    """The race of a seed under a rule."""
    stream = Stream(seed, "check network")
    count = 3 + stream.below(14)
    interval_s = stream.choice((2, 3, 5, 8))
    clients_min = 2 if {"censor", "conflict"} & set(drawn_kinds(seed, rule)) else 0
    scenario = Scenario(
        name=f"{PREFIX}{seed}",
        title="Drawn by powclock check",
        seed=seed,
        rule=rule,
        nodes=Nodes(
            count=count,
            hash_rate=20_000.0,
            spread=round(stream.uniform(0, 0.9), 3),
            wander=stream.choice((0.0, 0.1)),
        ),
        difficulty=_difficulty(stream, interval_s),
        schedule=_schedule(seed, interval_s) if in_slots(rule) else Schedule(),
        links=_links(stream, seed, count, interval_s),
        workload=Workload(
            clients=max(stream.choice((0, 2, 5, 20)), clients_min),
            transactions_per_s=round(stream.uniform(0.2, 2), 3),
        ),
        mining=Mining(miner="sampled", proof_hashes=16),
        chain=Chain(
            transactions_max=stream.choice((3, 20, 200)),
            halving_interval=stream.choice((0, 3, 10, 210_000)),
            future_limit_s=stream.choice((0, 10, 200)),
        ),
    )
    return checked(
        msgspec.structs.replace(scenario, faults=_faults(seed, rule, scenario.node_names()))
    )


def _difficulty(stream: Stream, interval_s: int) -> Difficulty:
    if stream.random() < 0.5:
        half_life_s = stream.choice((30, 60, 200))
        return Difficulty(rule="asert", interval_s=interval_s, half_life_s=half_life_s)
    return Difficulty(rule="bitcoin", interval_s=interval_s, window=stream.choice((2, 4, 6, 16)))


def _schedule(seed: int, interval_s: int) -> Schedule:
    """Beats as long as an interval, whatever the slot."""
    stream = Stream(seed, "check schedule")
    blocks = stream.choice((1, 1, 2, 4))
    early_ms = stream.choice((0.0, 100.0, 500.0, 5_000.0))
    return Schedule(slot_s=float(interval_s * blocks), blocks=blocks, early_ms=early_ms)


def _links(stream: Stream, seed: int, count: int, interval_s: int) -> Links:
    kinds: tuple[Kind, ...] = ("full_mesh", "random_regular", "random_regular", "ring", "line")
    topology = stream.choice(kinds)
    degree = 2 + stream.below(4)
    graph = edges(topology, count, degree, Stream(seed, "topology"))
    hop_ms_max = interval_s * 1_000 / (2 * diameter(count, graph) * MESSAGES_A_HOP)
    latency_ms = stream.uniform(1, min(400, hop_ms_max))
    jitter_ms = stream.choice((0.0, 0.1, 0.3)) * latency_ms
    return Links(
        topology=topology,
        degree=degree,
        latency_ms=round(latency_ms, 1),
        jitter_ms=round(jitter_ms, 1),
    )


def _faults(seed: int, rule: str, names: Sequence[str]) -> tuple[Planned, ...]:
    planned = []
    for kind in drawn_kinds(seed, rule):
        stream = Stream(seed, "check fault", kind)
        count_max = FORGERIES_MAX if kind == "forge" else FAULTS_A_KIND_MAX
        for _ in range(1 + stream.below(count_max)):
            begin_s = round(stream.uniform(0, HEAL_S - 2), 3)
            lasts_s = round(stream.uniform(1, HEAL_S - begin_s), 3)
            fault = DRAWS[kind](stream, names)
            planned.append(Planned(fault=fault, at_s=begin_s, lasts_s=lasts_s))
    planned.sort(key=lambda each: each.at_s)
    return tuple(planned)


def kinds_under(rule: str) -> list[str]:
    """The kinds of faults that mean something under a rule."""
    offers, names = offers_of(rule), ("one", "two", "three")
    return [kind for kind, make in DRAWS.items() if make(Stream(0), names).needs <= offers]


def drawn_kinds(seed: int, rule: str = "pow") -> list[str]:
    """The kinds of faults in the race of a seed under a rule; at least one."""
    possible = kinds_under(rule)
    kinds = [k for k in possible if Stream(seed, "check kind", k).random() < KIND_SHARE]
    return kinds or [Stream(seed, "check kind").choice(possible)]
