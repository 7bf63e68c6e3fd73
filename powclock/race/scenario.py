"""Scenarios: all that defines a race, as a TOML file.

Decoded into frozen structs with their bounds, so an error names its place. Names are cleaned here,
once. The same scenario and seed give the same race.
"""

from typing import Annotated, Literal, TypeVar

import msgspec
from msgspec import Meta

from powclock.network.faults.every import AnyFault
from powclock.network.faults.fault import FaultError
from powclock.network.faults.nodes import Join
from powclock.network.topology import Kind
from powclock.race.choices import choices
from powclock.race.names import client_name, default_name
from powclock.race.rules import RuleError, election_of, has_blocks, is_plug_in, offers_of
from powclock.race.toml_text import NotToml, parse_toml
from powclock.record.labels import clean_label

NODES_MAX = 1_000
BEAT_S_MIN = 0.05

Positive = Annotated[float, Meta(ge=0.001, le=1e15)]
NotNegative = Annotated[float, Meta(ge=0, le=1e15)]
Fraction = Annotated[float, Meta(ge=0, le=0.9)]
Text = Annotated[str, Meta(max_length=2_000)]
Option = bool | int | float | Text | tuple[bool | int | float | Text, ...]


class ScenarioError(ValueError):
    """A scenario that cannot be used: one line with file, place and mend."""


class _Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    pass


class Region(_Table, frozen=True):
    """Nodes that are close together, and how far the other regions are."""

    name: Text
    nodes: Annotated[int, Meta(ge=1, le=NODES_MAX)]
    latency_ms: dict[str, NotNegative] = {}


class Nodes(_Table, frozen=True):
    """Who takes part; `hash_rate` is of all nodes together, hashes a second.

    `shares` gives each node's part of it (any unit); without them, parts are drawn within ±`spread`
    of equal. `wander` is the relative deviation of a rate over time.
    """

    count: Annotated[int, Meta(ge=1, le=NODES_MAX)] = 10
    names: tuple[Text, ...] = ()
    shares: tuple[NotNegative, ...] = ()
    hash_rate: Positive = 60_000.0
    spread: Fraction = 0.5
    wander: Fraction = 0.05


class Difficulty(_Table, frozen=True):
    """How the clock is kept: `half_life_s` is for asert, `window` (blocks) for bitcoin."""

    rule: Literal["asert", "bitcoin"] = "asert"
    interval_s: Annotated[int, Meta(ge=1, le=86_400)] = 5
    half_life_s: Annotated[int, Meta(ge=1, le=10_000_000)] = 60
    window: Annotated[int, Meta(ge=2, le=100_000)] = 16


class Schedule(_Table, frozen=True):
    """Leaders in turn: how long each leads, how many blocks it seals in that time, and how much
    too early a block may come.
    """

    slot_s: Annotated[float, Meta(ge=0.05, le=86_400)] = 5.0
    blocks: Annotated[int, Meta(ge=1, le=1_000)] = 1
    early_ms: Annotated[float, Meta(ge=0, le=1e9)] = 500.0


class Links(_Table, frozen=True):
    """How nodes are connected; `latency_ms` is within a region, `jitter_ms` a mean."""

    topology: Kind = "random_regular"
    degree: Annotated[int, Meta(ge=2, le=NODES_MAX)] = 4
    latency_ms: NotNegative = 40.0
    jitter_ms: NotNegative = 10.0
    kilobytes_per_s: Positive = 1_000.0


class Workload(_Table, frozen=True):
    """Clients that pay each other and read their balances, so many times a second in all.

    They `send` by gossip through a random node, or to the leader of now. A node that does not
    answer within `answer_s` is given up for another.
    """

    clients: Annotated[int, Meta(ge=0, le=10_000)] = 20
    transactions_per_s: NotNegative = 1.0
    reads_per_s: NotNegative = 1.0
    send: Literal["gossip", "leader"] = "gossip"
    answer_s: Positive = 1.0


class Mining(_Table, frozen=True):
    """Grinding computes every hash; sampled draws the time of a find and leaves a lighter proof of
    about `proof_hashes` hashes.
    """

    miner: Literal["grinding", "sampled"] = "grinding"
    proof_hashes: Annotated[int, Meta(ge=1, le=100_000)] = 64


class Chain(_Table, frozen=True):
    """What a block may hold; `future_limit_s` of 0 means twelve intervals (Bitcoin: two hours)."""

    transactions_max: Annotated[int, Meta(ge=0, le=1_000)] = 200
    halving_interval: Annotated[int, Meta(ge=0, le=100_000_000)] = 210_000
    future_limit_s: Annotated[int, Meta(ge=0, le=1_000_000)] = 0


class Naive(_Table, frozen=True):
    """Naive replication: a replica sends to one peer, and to the next `spacing_ms` later."""

    spacing_ms: Annotated[float, Meta(ge=0, le=10_000)] = 5.0


class Planned(_Table, frozen=True):
    """A fault and when: at a time, at a tick, or at the first event of a kind after `at_s`.

    A payment is one that a client hands to a node of the fault.
    """

    fault: AnyFault
    at_s: NotNegative = 0.0
    at_tick: Annotated[int, Meta(ge=0)] = 0
    on: Literal["", "fork", "reorg", "payment"] = ""
    lasts_s: NotNegative = 0.0


class Scenario(_Table, frozen=True):
    """A whole race; `rule_options` are for a third party's rule, which says what they mean."""

    name: Text
    title: Text = ""
    seed: Annotated[int, Meta(ge=0, le=2**63 - 1)] = 42
    rule: Text = "pow"
    rule_options: Annotated[dict[str, Option], Meta(max_length=100)] = {}
    nodes: Nodes = Nodes()
    regions: tuple[Region, ...] = ()
    difficulty: Difficulty = Difficulty()
    schedule: Schedule = Schedule()
    links: Links = Links()
    workload: Workload = Workload()
    mining: Mining = Mining()
    chain: Chain = Chain()
    naive: Naive = Naive()
    faults: Annotated[tuple[Planned, ...], Meta(max_length=10_000)] = ()

    @property
    def has_blocks(self) -> bool:
        """Whether its rule has blocks, and so ticks, leaders, a search and a chain."""
        return has_blocks(self.rule)

    def node_names(self) -> tuple[str, ...]:
        """The names of all nodes at the start."""
        if self.nodes.names:
            return self.nodes.names
        return tuple(default_name(i) for i in range(self.nodes.count))


AnyScenario = TypeVar("AnyScenario", bound=Scenario)


def parse_scenario(text: str, file: str) -> Scenario:
    """Read TOML; `file` is named in errors.

    Raises:
        ScenarioError: one line with file, place and mend.
    """
    try:
        table = parse_toml(text)
    except NotToml as error:
        raise ScenarioError(f"{file}: is no TOML: {error}: mend that line") from error
    if "steps" in table:
        raise ScenarioError(f"{file}: this is a lesson: `powclock learn {file}` plays it")
    try:
        return checked(msgspec.convert(table, Scenario))
    except msgspec.ValidationError as error:
        raise ScenarioError(f"{file}: {_in_words(place_first(str(error)))}") from error
    except ScenarioError as error:
        raise ScenarioError(f"{file}: {error}") from error


def place_first(message: str) -> str:
    """msgspec's "what is wrong - at `$.place`" with the place in front."""
    what, _, place = message.partition(" - at ")
    what = clean_label(what[:1].lower() + what[1:], 160)
    return f"{place.strip('`').removeprefix('$.')}: {what}" if place else what


def _in_words(message: str) -> str:
    place, _, what = message.partition(": ")
    start, _, value = what.partition(" value ")
    words = choices(Scenario, place) if start in {"invalid", "invalid enum"} else []
    if not words:
        return message.replace("`array`", "a list").replace("`object`", "a table")
    return f"{place}: {value} is not one of {', '.join(words)}"


def checked(scenario: AnyScenario) -> AnyScenario:
    """What types alone cannot say; names come out cleaned."""
    _check_rule(scenario)
    if scenario.schedule.slot_s / scenario.schedule.blocks < BEAT_S_MIN:
        raise ScenarioError(
            f"schedule.blocks: {scenario.schedule.blocks} blocks in {scenario.schedule.slot_s:g} s:"
            f" a block takes at least {BEAT_S_MIN * 1000:g} ms"
        )
    nodes = scenario.nodes
    if nodes.names and nodes.count not in (len(nodes.names), Nodes().count):
        raise ScenarioError(f"nodes.count: {nodes.count}, but nodes.names has {len(nodes.names)}")
    if len(nodes.names) > NODES_MAX:
        raise ScenarioError(f"nodes.names: at most {NODES_MAX} nodes")
    names = tuple(_name(name, "nodes.names") for name in nodes.names)
    count = len(names) or nodes.count
    if len(set(names)) < len(names):
        raise ScenarioError("nodes.names: two nodes have one name: give each its own")
    if nodes.shares and len(nodes.shares) != count:
        raise ScenarioError(f"nodes.shares: {len(nodes.shares)} shares for {count} nodes")
    if nodes.shares and not sum(nodes.shares):
        raise ScenarioError("nodes.shares: somebody must mine: make one share positive")
    regions = tuple(
        msgspec.structs.replace(
            region,
            name=_name(region.name, "regions.name"),
            latency_ms={_name(k, "regions.latency_ms"): v for k, v in region.latency_ms.items()},
        )
        for region in scenario.regions
    )
    _check_regions(regions, count)
    return msgspec.structs.replace(
        scenario,
        name=_name(scenario.name, "name"),
        title=clean_label(scenario.title, 100),
        nodes=msgspec.structs.replace(nodes, names=names, count=count),
        regions=regions,
        faults=_checked_faults(scenario, names or scenario.node_names()),
    )


def _check_rule(scenario: Scenario) -> None:
    """Whether its rule is known, and takes its options; a third party's is loaded and tried."""
    try:
        if not is_plug_in(scenario.rule):
            if scenario.rule_options:
                raise ScenarioError(
                    f"rule_options: {scenario.rule} takes none; they are for a rule of your own"
                )
            return
        election_of(scenario, chain_id=0)
    except RuleError as error:
        raise ScenarioError(f"rule: {error}") from error


def _checked_faults(scenario: Scenario, names: tuple[str, ...]) -> tuple[Planned, ...]:
    cleaned = []
    known = dict.fromkeys(names)
    for index, planned in enumerate(scenario.faults):
        place = f"faults[{index}].fault.nodes"
        nodes = tuple(_name(node, place) for node in planned.fault.nodes)
        fault = msgspec.structs.replace(planned.fault, nodes=nodes)
        cleaned.append(msgspec.structs.replace(planned, fault=fault))
        if isinstance(fault, Join):
            known.update(dict.fromkeys(nodes))
    offers = offers_of(scenario.rule)
    clients = {client_name(i) for i in range(scenario.workload.clients)}
    for index, planned in enumerate(cleaned):
        try:
            planned.fault.check(known, clients)
            planned.fault.check_rule(scenario.rule, offers)
        except FaultError as error:
            place = f"faults[{index}].fault" + (f".{error.field}" if error.field else "")
            raise ScenarioError(f"{place}: {error}") from error
    return tuple(cleaned)


def _name(text: str, place: str) -> str:
    name = clean_label(text)
    if not name:
        raise ScenarioError(f"{place}: a name needs a visible character")
    return name


def _check_regions(regions: tuple[Region, ...], count: int) -> None:
    if not regions:
        return
    total = sum(region.nodes for region in regions)
    if total != count:
        raise ScenarioError(f"regions.nodes: {total} nodes in regions, nodes.count is {count}")
    known = {region.name for region in regions}
    if len(known) < len(regions):
        raise ScenarioError("regions.name: two regions have one name: give each its own")
    for region in regions:
        for other in region.latency_ms:
            if other not in known:
                raise ScenarioError(f"regions.latency_ms: there is no region {other!r}")


def adapted(
    scenario: AnyScenario, *, seed: int | None = None, nodes: int | None = None,
    miner: Literal["grinding", "sampled"] | None = None, rule: str | None = None,
) -> AnyScenario:  # fmt: skip
    """The scenario with what the command line says instead.

    Raises:
        ScenarioError: the number of nodes does not go with names, shares, regions or faults, or
            the rule is unknown or takes other faults.
    """
    if rule is not None and rule != scenario.rule:
        try:
            is_plug_in(rule)
        except RuleError as error:
            raise ScenarioError(f"--rule: {error}") from error
        try:
            scenario = checked(msgspec.structs.replace(scenario, rule=rule))
        except ScenarioError as error:
            raise ScenarioError(f"--rule {clean_label(rule)}: {error}") from error
    if seed is not None:
        scenario = msgspec.structs.replace(scenario, seed=seed)
    if miner is not None:
        mining = msgspec.structs.replace(scenario.mining, miner=miner)
        scenario = msgspec.structs.replace(scenario, mining=mining)
    if nodes is not None:
        table = scenario.nodes
        if table.names or table.shares or scenario.regions:
            raise ScenarioError(
                f"--nodes: scenario {scenario.name} names its nodes one by one: edit its file"
            )
        table = msgspec.structs.replace(table, count=nodes)
        try:
            scenario = checked(msgspec.structs.replace(scenario, nodes=table))
        except ScenarioError as error:
            raise ScenarioError(f"--nodes: {error}") from error
    return scenario
