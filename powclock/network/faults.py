"""Faults: outside changes of a race, as data.

They wrap, they do not branch: loss, delay, bit flips and cuts are stages around a link, a skew sits
in a clock, a factor on a hash rate, and a crash stops a node's tasks. No node knows of any of this.

A new fault is one class here: its fields, a `label`, and `begin`, which puts it in place and
returns how to take it away. It is then usable in scenarios and over the pipe; a key for it is one
line in `tui/keys.py`.
"""

from typing import Annotated

import msgspec

from powclock.clock.virtual_loop import NANOSECONDS
from powclock.network.fault import Breakable, Fault, FaultError, NodeId, Sides, Undo
from powclock.network.forge import Forge
from powclock.network.link import Link, Send
from powclock.network.sides import side_by_share
from powclock.network.withhold import Withholder
from powclock.record.labels import clean_label

Probability = Annotated[float, msgspec.Meta(ge=0, le=1)]

_MILLISECOND = NANOSECONDS // 1000


class Crash(Fault, frozen=True, tag="crash"):
    """The nodes stop; when they come back their disk is empty if `lose_disk`."""

    lose_disk: bool = False

    @property
    def id(self) -> str:
        return ":".join(("crash", *self.nodes))

    @property
    def label(self) -> str:
        return "crash, disk lost" if self.lose_disk else "crash"

    def begin(self, race: Breakable) -> Undo:
        targets = self.targets(race)
        for node in targets:
            race.stop(node)

        def undo() -> None:
            for node in targets:
                if node in race.node_names():
                    race.start_node(node, wipe=self.lose_disk)

        return undo


class Partition(Fault, frozen=True, tag="partition"):
    """Cut every link between different sides.

    `nodes` is the first side and all others are the second. Without `nodes`, `share` is the part of
    the hash rate that the first side gets, as nearly as whole nodes allow.
    """

    share: Annotated[float, msgspec.Meta(gt=0, lt=1)] = 0.5

    @property
    def id(self) -> str:
        return "partition"

    @property
    def label(self) -> str:
        return "partition"

    def sides(self, race: Breakable) -> Sides:
        names = race.node_names()
        if self.nodes:
            first = set(self.targets(race))
        else:
            rates = {name: race.hash_rate(name).nominal for name in names}
            first = side_by_share(rates, race.links(), self.share)
        sides = (
            tuple(name for name in names if name in first),
            tuple(name for name in names if name not in first),
        )
        if not all(sides):
            raise FaultError("a partition needs a node on each side")
        return sides

    def begin(self, race: Breakable) -> Undo:
        side_of = {name: side for side in self.sides(race) for name in side}

        def apply(link: Link) -> None:
            # Who joins meanwhile is on the side of the first peer.
            source = side_of.setdefault(link.source, side_of.get(link.target, ()))
            if source is not side_of.setdefault(link.target, source):
                link.sever(self.id)

        stop = race.on_links(apply)

        def undo() -> None:
            stop()
            cut = [link for link in race.links() if link.severed_by(self.id)]
            for link in cut:
                link.mend(self.id)
            race.reconnect(cut)

        return undo


class Delay(Fault, frozen=True, tag="delay"):
    """Messages from and to the nodes take longer."""

    delay_ms: Annotated[float, msgspec.Meta(ge=0, le=3_600_000)] = 1000.0

    @property
    def label(self) -> str:
        return f"delay +{self.delay_ms:g} ms"

    def begin(self, race: Breakable) -> Undo:
        delay_ns = round(self.delay_ms * _MILLISECOND)
        return self.wrap_links(
            race, lambda _, send: lambda data: race.schedule_in(delay_ns, send, data)
        )


class Loss(Fault, frozen=True, tag="loss"):
    """Messages from and to the nodes get lost."""

    probability: Probability = 0.3

    @property
    def label(self) -> str:
        return f"loss {self.probability:.0%}"

    def begin(self, race: Breakable) -> Undo:
        def stage(link: Link, send: Send) -> Send:
            stream = race.stream("loss", link.source, link.target)

            def lossy(data: bytes) -> None:
                if stream.random() >= self.probability:
                    send(data)

            return lossy

        return self.wrap_links(race, stage)


class BitFlips(Fault, frozen=True, tag="bit_flips"):
    """One bit of a message from or to the nodes flips on the way, with a probability."""

    probability: Probability = 0.3

    @property
    def label(self) -> str:
        return f"bit flips {self.probability:.0%}"

    def begin(self, race: Breakable) -> Undo:
        def stage(link: Link, send: Send) -> Send:
            stream = race.stream("bit flips", link.source, link.target)

            def flipping(data: bytes) -> None:
                if stream.random() < self.probability:
                    data = flip(data, stream.below(8 * len(data)))
                send(data)

            return flipping

        return self.wrap_links(race, stage)


def flip(data: bytes, bit: int) -> bytes:
    """The data with one bit changed, counted from the first byte's lowest."""
    flipped = bytearray(data)
    flipped[bit // 8] ^= 1 << bit % 8
    return bytes(flipped)


class ClockSkew(Fault, frozen=True, tag="clock_skew"):
    """The nodes' clocks are ahead by an offset and gain by a drift."""

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

    factor: Annotated[float, msgspec.Meta(ge=0, le=1000)] = 2.0

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

    def targets(self, race: Breakable) -> tuple[NodeId, ...]:
        if len(self.nodes) != 1:
            raise FaultError("join takes exactly one name in nodes")
        if clean_label(self.nodes[0]) != self.nodes[0]:
            raise FaultError("a name has visible characters alone and fits in 24 cells")
        if self.nodes[0] in race.node_names():
            raise FaultError(f"there is a node {self.nodes[0]!r} already: choose another name")
        return self.nodes

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

    def begin(self, race: Breakable) -> Undo:
        if not self.nodes:
            raise FaultError("leave needs at least one name in nodes")
        rates = {node: race.hash_rate(node).base for node in self.targets(race)}
        if len(rates) >= len(race.node_names()):
            raise FaultError("the last node cannot leave: there would be no race")
        for node in rates:
            race.leave(node)

        def undo() -> None:
            for node, rate in rates.items():
                if node not in race.node_names():
                    race.join(node, rate)

        return undo


class SelfishMining(Fault, frozen=True, tag="selfish"):
    """A node withholds the blocks that it finds, to make the work of the others worthless.

    In a tie, `gamma` of the others hear its block first. When this ends it publishes all it has.
    """

    gamma: Probability = 0.5

    @property
    def label(self) -> str:
        return f"selfish, γ {self.gamma:g}"

    def targets(self, race: Breakable) -> tuple[NodeId, ...]:
        if len(self.nodes) != 1:
            raise FaultError("selfish takes exactly one name in nodes")
        return super().targets(race)

    def begin(self, race: Breakable) -> Undo:
        (attacker,) = self.targets(race)
        withholder = Withholder(race, attacker, self.gamma, race.stream("selfish", attacker))
        unwatch = race.watch(withholder.watch)
        unwrap = self.wrap_links(race, withholder.around)

        def undo() -> None:
            withholder.publish_all()
            unwrap()
            unwatch()

        return undo


AnyFault = (
    Crash
    | Partition
    | Delay
    | Loss
    | BitFlips
    | ClockSkew
    | HashRateFactor
    | Join
    | Leave
    | SelfishMining
    | Forge
)
