"""Faults of nodes: whether they run, what their clocks say, how fast they mine, who takes part."""

from collections.abc import Collection
from typing import Annotated, ClassVar

import msgspec

from powclock.clock.virtual_loop import NANOSECONDS
from powclock.election.election import WORK
from powclock.network.faults.breakable import Breakable, NodeId, Undo
from powclock.network.faults.fault import Fault, FaultError
from powclock.record.labels import clean_label


class Crash(Fault, frozen=True, tag="crash"):
    """The nodes stop; when they come back their disk is empty if `lose_disk`.

    The `lose_last` blocks that they accepted last were not synced to the disk yet: they are gone.
    """

    lose_disk: bool = False
    lose_last: Annotated[int, msgspec.Meta(ge=0, le=100_000)] = 0

    @property
    def label(self) -> str:
        if self.lose_disk:
            return "crash, disk lost"
        return f"crash, last {self.lose_last} lost" if self.lose_last else "crash"

    def check(self, nodes: Collection[NodeId], clients: Collection[str]) -> None:
        super().check(nodes, clients)
        if self.lose_disk and self.lose_last:
            raise FaultError(
                "with lose_disk there are no last blocks to lose: leave one out", "lose_last"
            )

    def begin(self, race: Breakable) -> Undo:
        targets = self.targets(race)
        for node in targets:
            race.stop(node)

        def undo() -> None:
            for node in targets:
                if node in race.node_names():
                    race.start_node(node, wipe=self.lose_disk, lose_last=self.lose_last)

        return undo


class Pause(Fault, frozen=True, tag="pause"):
    """The nodes freeze; when this ends they go on with all that came meanwhile, late.

    Time goes on around them, so their clocks are right when they thaw, but deadlines are over.
    """

    @property
    def label(self) -> str:
        return "frozen"

    def begin(self, race: Breakable) -> Undo:
        targets = self.targets(race)
        rates = [race.hash_rate(node) for node in targets]
        for node, rate in zip(targets, rates, strict=True):
            rate.set_factor(self.id, 0.0)
            race.suspend(node, self.id)

        def undo() -> None:
            for node, rate in zip(targets, rates, strict=True):
                rate.set_factor(self.id, None)
                race.resume(node, self.id)

        return undo


class ClockSkew(Fault, frozen=True, tag="clock_skew"):
    """The nodes' clocks are ahead by an offset and gain by a drift."""

    needs_history: ClassVar[bool] = False

    offset_s: Annotated[float, msgspec.Meta(ge=-1e6, le=1e6)] = 90.0
    drift_ppm: Annotated[float, msgspec.Meta(ge=-1e5, le=1e5)] = 0.0

    @property
    def label(self) -> str:
        drift = f", drift {self.drift_ppm:+g} ppm" if self.drift_ppm else ""
        return f"clock {self.offset_s:+g} s{drift}"

    def begin(self, race: Breakable) -> Undo:
        clocks = [race.clock(node) for node in self.targets(race)]
        for clock in clocks:
            clock.set_skew(self.id, round(self.offset_s * NANOSECONDS), self.drift_ppm / 1e6)

        def undo() -> None:
            for clock in clocks:
                clock.end_skew(self.id)

        return undo


class HashRateFactor(Fault, frozen=True, tag="hash_rate"):
    """The nodes' hash rate is multiplied."""

    needs_history: ClassVar[bool] = False

    factor: Annotated[float, msgspec.Meta(ge=0, le=1000)] = 2.0

    @property
    def needs(self) -> frozenset[str]:
        return frozenset({WORK})

    @property
    def label(self) -> str:
        return f"hash rate ×{self.factor:g}"

    def begin(self, race: Breakable) -> Undo:
        rates = [race.hash_rate(node) for node in self.targets(race)]
        for rate in rates:
            rate.set_factor(self.id, self.factor)

        def undo() -> None:
            for rate in rates:
                rate.set_factor(self.id, None)

        return undo


class Join(Fault, frozen=True, tag="join"):
    """A node that nobody knew joins; `nodes` is its name. It leaves when this ends."""

    hash_rate: Annotated[float, msgspec.Meta(ge=0, le=1e15)] = 8_000.0

    @property
    def label(self) -> str:
        return "joined"

    def check(self, nodes: Collection[NodeId], clients: Collection[str]) -> None:  # noqa: ARG002
        if len(self.nodes) != 1:
            raise FaultError("join takes exactly one name in nodes", "nodes")
        if clean_label(self.nodes[0]) != self.nodes[0]:
            raise FaultError("a name has visible characters alone and fits in 24 cells", "nodes")

    def targets(self, race: Breakable) -> tuple[NodeId, ...]:
        targets = super().targets(race)
        if targets[0] in race.node_names():
            raise FaultError(f"there is a node {targets[0]!r} already: choose another name")
        return targets

    def begin(self, race: Breakable) -> Undo:
        (name,) = self.targets(race)
        race.join(name, self.hash_rate)

        def undo() -> None:
            if name in race.node_names():
                race.leave(name)

        return undo


class Leave(Fault, frozen=True, tag="leave"):
    """Nodes leave for good; those that come back when this ends are new ones of the same name."""

    @property
    def label(self) -> str:
        return "left"

    def check(self, nodes: Collection[NodeId], clients: Collection[str]) -> None:
        if not self.nodes:
            raise FaultError("leave needs at least one name in nodes", "nodes")
        super().check(nodes, clients)
        if len(set(self.nodes)) == len(nodes):
            raise FaultError("the last node cannot leave: there would be no race", "nodes")

    def begin(self, race: Breakable) -> Undo:
        rates = {node: race.hash_rate(node).base for node in self.targets(race)}
        for node in rates:
            race.leave(node)

        def undo() -> None:
            for node, rate in rates.items():
                if node not in race.node_names():
                    race.join(node, rate)

        return undo
