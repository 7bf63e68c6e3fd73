"""Gauges taken at a steady rate of race time: hash rates, mempools, traffic."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from powclock.clock.virtual_loop import NANOSECONDS
from powclock.record.events import Sampled
from powclock.record.facts import ClientSample, NodeSample

if TYPE_CHECKING:
    from powclock.race.world import World

SAMPLES_AN_INTERVAL = 10


class Sampler:
    """Emits `Sampled` ten times an ideal interval; a rate is what was hashed in between."""

    def __init__(self, world: "World", later: Callable[[int, Callable[[], None]], None]) -> None:
        self._world = world
        self._later = later
        interval_ns = round(world.election.interval_s * NANOSECONDS)
        self.every_ns = interval_ns // SAMPLES_AN_INTERVAL
        self._hashes: dict[str, float] = {}

    def start(self) -> None:
        """Take the first sample after one period."""
        self._later(self.every_ns, self._sample)

    def _sample(self) -> None:
        self._later(self.every_ns, self._sample)
        world = self._world
        severed = world.severed()
        before, every_ns = self._hashes, self.every_ns
        samples = []
        for seat in world.seats():
            name, node = seat.name, seat.node
            hashes = seat.miner.hashes()
            spent = hashes - before.get(name, 0.0)
            before[name] = hashes
            if node is None:
                continue
            cut = severed.get(name, 0) if severed else 0
            samples.append(
                NodeSample(
                    name,
                    round(max(0.0, spent) * NANOSECONDS / every_ns, 3),
                    round(hashes, 3),
                    node.mempool_count,
                    node.peer_count - cut,
                    cut,
                    seat.clock.skew_ns / NANOSECONDS,
                )
            )
        messages, size = world.traffic()
        clients = ClientSample.of(world.client_counts())
        world.recorder.emit(None, Sampled(tuple(samples), messages, size, clients))
