"""Builds what a scenario asks for: nodes with their accounts, clocks and miners, and their links.

It keeps nothing: each name leads to the same key and the same streams whenever it is asked for.
"""

import asyncio
from collections.abc import Callable, Iterable
from math import fsum

from powclock.clock.node_clock import RaceClock, SkewedClock
from powclock.clock.streams import Stream
from powclock.clock.virtual_loop import VirtualLoop
from powclock.election.election import WorkTerms
from powclock.machine.keys import SigningKey
from powclock.mining.hash_rate import HashRate
from powclock.mining.miner import GrindingMiner, Miner, SampledMiner
from powclock.network.fabric import Distance
from powclock.network.host import Host
from powclock.network.journal import Journal
from powclock.network.member import Member
from powclock.network.storage import Disk
from powclock.network.template import Template
from powclock.network.topology import edges
from powclock.race.rules import node_key
from powclock.race.scenario import Scenario


class Seat:
    """What belongs to a node whether or not it runs: account, clock, hash rate, host, disk.

    The disk holds blocks; where there are none, the journal of applied transfers.
    """

    def __init__(
        self,
        name: str,
        region: str,
        key: SigningKey,
        clock: SkewedClock,
        miner: Miner,
        host: Host,
    ) -> None:
        self.name = name
        self.region = region
        self.key = key
        self.address = key.public
        self.clock = clock
        self.miner = miner
        self.host = host
        self.template = Template()
        self.disk = Disk()
        self.journal = Journal()
        self.node: Member | None = None
        self.task: asyncio.Task[None] | None = None


class Builder:
    """Builds for one scenario, on a loop's time; where there is no `work`, nobody hashes."""

    def __init__(self, scenario: Scenario, loop: VirtualLoop, work: WorkTerms | None) -> None:
        self._scenario = scenario
        self._loop = loop
        self._work = work
        self._true_clock = RaceClock(loop)

    def places(self) -> Iterable[tuple[str, float, str]]:
        """The name, hash rate (hashes a second) and region of each first node.

        Nobody mines where there are no blocks.
        """
        scenario = self._scenario
        names = scenario.node_names()
        regions = [region.name for region in scenario.regions for _ in range(region.nodes)]
        stream = Stream(scenario.seed, "shares")
        spread = scenario.nodes.spread
        shares = list(scenario.nodes.shares) or [
            stream.uniform(1 - spread, 1 + spread) for _ in names
        ]
        total = fsum(shares)
        for i, name in enumerate(names):
            rate = scenario.nodes.hash_rate * shares[i] / total if scenario.has_blocks else 0.0
            yield name, rate, regions[i] if regions else ""

    def pairs(self) -> Iterable[tuple[str, str]]:
        """The pairs of first nodes that are peers; all where nobody passes on what others sent."""
        names, links, seed = self._scenario.node_names(), self._scenario.links, self._scenario.seed
        topology = links.topology if self._scenario.has_blocks else "full_mesh"
        for a, b in edges(topology, len(names), links.degree, Stream(seed, "topology")):
            yield names[a], names[b]

    def seat(self, name: str, hash_rate: float, region: str, joins: int) -> Seat:
        """A node that does not run yet; `joins` tells it from one that had its name before."""
        seed = self._scenario.seed
        rate = HashRate(
            hash_rate if self._work is not None else 0.0,
            self._scenario.nodes.wander,
            Stream(seed, "hash rate", name),
            self._race_ns,
        )
        key = node_key(seed, name)
        clock = SkewedClock(self._true_clock)
        miner = self._miner(name, rate, joins)
        seat = Seat(name, region, key, clock, miner, Host(self._later))
        rate.on_change = lambda: seat.node.search_anew() if seat.node is not None else None
        return seat

    def _miner(self, name: str, rate: HashRate, joins: int) -> Miner:
        if self._scenario.mining.miner == "grinding":
            return GrindingMiner(rate, self._race_ns)
        # A node that comes back under its name must not draw the same numbers again.
        stream = Stream(self._scenario.seed, "miner", name, joins)
        proof_scale = self._work.proof_scale if self._work is not None else 1
        return SampledMiner(rate, self._race_ns, stream, proof_scale)

    def _race_ns(self) -> int:
        return self._loop.now_ns

    def _later(self, delay_ns: int, callback: Callable[[], None]) -> None:
        self._loop.schedule(self._loop.now_ns + delay_ns, callback)

    def distance(self, one: str, two: str) -> Distance:
        """How far apart nodes of two regions are."""
        links = self._scenario.links
        latency_ms = links.latency_ms
        if one != two:
            between = {region.name: region.latency_ms for region in self._scenario.regions}
            latency_ms = between.get(one, {}).get(
                two, between.get(two, {}).get(one, links.latency_ms)
            )
        return Distance(latency_ms, links.jitter_ms, links.kilobytes_per_s)
