"""What a world tells of itself: its nodes, its links and its first record."""

from collections.abc import Iterable

from powclock import __version__
from powclock.clock.virtual_loop import NANOSECONDS
from powclock.machine.header import display
from powclock.network.link import Link
from powclock.race.builder import Seat
from powclock.race.genesis import Rules
from powclock.race.scenario import Scenario
from powclock.record.events import RaceStarted
from powclock.record.facts import LinkInfo, NodeInfo


def node_info(seat: Seat) -> NodeInfo:
    """A node as records have it."""
    return NodeInfo(seat.name, seat.address.hex(), seat.region, seat.miner.rate.base)


def link_infos(links: Iterable[Link]) -> tuple[LinkInfo, ...]:
    """Each pair of peers once."""
    return links_from(link for link in links if link.source < link.target)


def links_from(links: Iterable[Link]) -> tuple[LinkInfo, ...]:
    """Links as records have them, each from its source."""
    return tuple(
        LinkInfo(link.source, link.target, link.latency_ns / NANOSECONDS * 1000) for link in links
    )


def race_started(
    scenario: Scenario, rules: Rules, seats: Iterable[Seat], links: Iterable[Link]
) -> RaceStarted:
    """The first record of a race."""
    genesis, work = rules.genesis.block, rules.election.work
    return RaceStarted(
        version=__version__,
        scenario=scenario.name,
        seed=scenario.seed,
        rule=scenario.rule,
        miner=scenario.mining.miner if work is not None else "",
        interval_s=float(rules.election.interval_s),
        genesis=display(genesis.hash),
        genesis_header=genesis.header.serialise().hex(),
        proof_scale=work.proof_scale if work is not None else 1,
        chain=rules.info,
        wander=scenario.nodes.wander,
        nodes=tuple(node_info(seat) for seat in seats),
        links=link_infos(links),
    )
