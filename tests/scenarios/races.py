"""Races for tests: small, seeded, and closed whatever happens."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import msgspec

from powclock.clock.virtual_loop import NANOSECONDS
from powclock.network.faults.every import AnyFault
from powclock.network.node import Node
from powclock.race.commands import Break, Heal, HealAll
from powclock.race.driver import Driver
from powclock.race.scenario import Scenario, checked
from powclock.record.events import AnyEvent, BlockFound, Record

E = TypeVar("E", bound=AnyEvent)


def scenario(seed: int = 1, *, miner: str = "sampled", **tables: object) -> Scenario:
    """A scenario; `tables` are as in a file."""
    nodes = {"count": 6} | dict(tables.pop("nodes", {}))  # type: ignore[call-overload]
    plain = {"name": "test", "seed": seed, "mining": {"miner": miner}, "nodes": nodes, **tables}
    return checked(msgspec.convert(plain, Scenario))


class Race:
    """A running race with everything that it has recorded."""

    def __init__(self, driver: Driver) -> None:
        self.driver = driver
        self.world = driver.world
        self.view = driver.view
        self.records: list[Record] = []
        self.world.recorder.listen(self.records.append)

    @property
    def now_s(self) -> float:
        """Race time in seconds."""
        return self.driver.now_ns / NANOSECONDS

    def run(self, seconds: float) -> None:
        """Let so much race time pass."""
        self.world.advance(self.driver.now_ns + round(seconds * NANOSECONDS))

    def run_until(self, done: Callable[[], bool], seconds_max: float) -> None:
        """Go on, one callback at a time, until something is so."""
        until_ns = self.driver.now_ns + round(seconds_max * NANOSECONDS)
        reached = self.driver.step_until(done, turns_max=10_000_000, until_ns=until_ns)
        assert reached, f"not within {seconds_max} s"

    def begin(self, fault: AnyFault) -> None:
        """Break something now."""
        self.world.act(Break(fault))

    def heal(self, fault: AnyFault) -> None:
        """End one fault now."""
        self.world.act(Heal(fault.id))

    def heal_all(self) -> None:
        """End every fault now."""
        self.world.act(HealAll())

    def nodes(self) -> dict[str, Node]:
        """Nodes that run."""
        return self.world.running()

    def heads(self) -> set[bytes]:
        """The heads that running nodes hold."""
        return {node.head.hash for node in self.nodes().values()}

    def agreed(self) -> bool:
        """Whether all running nodes hold one head."""
        return len(self.heads()) == 1

    def events(self, kind: type[E], since_s: float = 0.0) -> list[E]:
        """Events of one kind, in order."""
        return [
            record.event
            for record in self.records
            if isinstance(record.event, kind) and record.time_ns >= since_s * NANOSECONDS
        ]

    def found(self) -> list[BlockFound]:
        """Every block that was mined."""
        return self.events(BlockFound)

    def check_states(self) -> None:
        """Equal heads have equal states, and nobody made a coin out of nothing."""
        roots: dict[bytes, bytes] = {}
        for node in self.nodes().values():
            replica = node.replica
            root = replica.ledger.state_root
            assert roots.setdefault(node.head.hash, root) == root
            subsidies = sum(
                replica.parameters.subsidy_at(height) for height in range(node.head.height + 1)
            )
            assert replica.ledger.supply == endowment(self) + subsidies


def endowment(race: Race) -> int:
    """What clients own before the first block."""
    return sum(race.world._rules.genesis.allocation.values())


@contextmanager
def race(what: Scenario) -> Iterator[Race]:
    """Start a race, and end it; ending asserts that no task is left over."""
    driver = Driver(what)
    running = Race(driver)
    try:
        driver.start()
        yield running
    finally:
        driver.close()
