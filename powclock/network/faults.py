"""Faults: outside changes of a race, as data.

They wrap, they do not branch: loss, delay, bit flips and cuts are stages around a link, a skew sits
in a clock, a factor on a hash rate, and a crash stops a node's tasks. No node knows of any of this.

A new fault is one class here: its fields, a `label`, and `begin`, which puts it in place and
returns how to take it away. It is then usable in scenarios and over the pipe; a key for it is one
line in `tui/keys.py`.
"""

from collections.abc import Callable, Iterable, Mapping
from math import fsum
from typing import Annotated, Protocol

import msgspec

from powclock.clock.node_clock import SkewedClock
from powclock.clock.streams import Stream
from powclock.clock.virtual_loop import NANOSECONDS
from powclock.mining.hash_rate import HashRate
from powclock.network.link import Link, Send
from powclock.record.labels import clean_label

NodeId = str
Undo = Callable[[], None]
Sides = tuple[tuple[NodeId, ...], ...]

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Probability = Annotated[float, msgspec.Meta(ge=0, le=1)]

_STARTS_MAX = 16
_MILLISECOND = NANOSECONDS // 1000


class Breakable(Protocol):
    """What a fault may lay hands on."""

    def node_names(self) -> list[NodeId]:
        """Nodes that take part, running or not."""
        ...

    def stream(self, *name: object) -> Stream:
        """A stream of random numbers of the race."""
        ...

    def schedule_in(self, delay_ns: int, callback: Callable[[bytes], None], data: bytes) -> None:
        """Call back with the data after a delay."""
        ...

    def links(self) -> Iterable[Link]:
        """Every direction of every pair of peers."""
        ...

    def clock(self, node: NodeId) -> SkewedClock: ...

    def hash_rate(self, node: NodeId) -> HashRate: ...

    def stop(self, node: NodeId) -> None: ...

    def start_node(self, node: NodeId, *, wipe: bool) -> None:
        """Run a stopped node again; `wipe` empties its disk first."""
        ...

    def join(self, name: NodeId, hash_rate: float) -> None:
        """Add a node that nobody knew."""
        ...

    def leave(self, name: NodeId) -> None:
        """Take a node and its links out."""
        ...

    def reconnect(self, links: Iterable[Link]) -> None:
        """Tell both ends of links that they work again."""
        ...


class FaultError(ValueError):
    """A fault that cannot be put in place, with the mend."""


class Fault(msgspec.Struct, frozen=True, tag_field="kind", forbid_unknown_fields=True):
    """An outside change; `nodes` are its targets, none meaning all."""

    nodes: tuple[Name, ...] = ()

    @property
    def kind(self) -> str:
        """The name in scenarios."""
        return str(self.__struct_config__.tag)

    @property
    def id(self) -> str:
        """Two faults with one id are the same fault: a second one replaces the first."""
        return ":".join((self.kind, *self.nodes))

    @property
    def label(self) -> str:
        """A few words for people, with the strength."""
        return self.kind

    def targets(self, race: Breakable) -> tuple[NodeId, ...]:
        """The nodes meant.

        Raises:
            FaultError: one is not in the race.
        """
        known = race.node_names()
        for node in self.nodes:
            if node not in known:
                raise FaultError(f"there is no node {node!r}: the race has {', '.join(known)}")
        return self.nodes or tuple(known)

    def sides(self, race: Breakable) -> Sides:  # noqa: ARG002
        """The groups that a partition makes; none for other faults."""
        return ()

    def begin(self, race: Breakable) -> Undo:  # noqa: ARG002
        """Put the fault in place; what is returned takes it away."""
        raise AssertionError(f"{self.kind} does nothing")

    def _touched(self, race: Breakable) -> list[Link]:
        targets = set(self.targets(race))
        return [link for link in race.links() if link.source in targets or link.target in targets]

    def _wrap(self, race: Breakable, stage: Callable[[Link, Send], Send]) -> Undo:
        """Put a stage around every link of the targets."""
        links = self._touched(race)
        for link in links:
            link.wrap(self.id, lambda send, link=link: stage(link, send))  # type: ignore[misc]

        def undo() -> None:
            for link in links:
                link.unwrap(self.id)

        return undo


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
        first = set(self.targets(race)) if self.nodes else _by_share(race, self.share)
        sides = (
            tuple(name for name in names if name in first),
            tuple(name for name in names if name not in first),
        )
        if not all(sides):
            raise FaultError("a partition needs a node on each side")
        return sides

    def begin(self, race: Breakable) -> Undo:
        first = set(self.sides(race)[0])
        cut = [link for link in race.links() if (link.source in first) != (link.target in first)]
        for link in cut:
            link.sever(self.id)

        def undo() -> None:
            for link in cut:
                link.mend(self.id)
            race.reconnect(cut)

        return undo


def _by_share(race: Breakable, share: float) -> set[NodeId]:
    """Nodes whose hash rates add up to about the share, and who stay connected, as do the others.

    Grows a side from each of some nodes in turn, by the neighbour after which the share is closest.
    Sums are exact, so that they do not depend on the order of a set.
    """
    rates = {name: race.hash_rate(name).nominal for name in race.node_names()}
    total = fsum(rates.values()) or 1.0
    peers: dict[NodeId, list[NodeId]] = {name: [] for name in rates}
    for link in race.links():
        peers[link.source].append(link.target)
    best: set[NodeId] = set()
    best_miss = (True, 1.0)  # is the other side torn apart, and how far is the share off?
    for start in list(rates)[:_STARTS_MAX]:
        side = {start}
        while len(side) < len(rates):
            rest = [name for name in rates if name not in side]
            miss = (
                not _connected(rest, peers),
                abs(fsum(rates[name] for name in side) / total - share),
            )
            if miss < best_miss:
                best, best_miss = set(side), miss
            near = [name for name in rest if any(peer in side for peer in peers[name])]
            if not near or fsum(rates[name] for name in side) >= share * total:
                break
            gap = share * total - fsum(rates[name] for name in side)
            side.add(min(near, key=lambda name: (abs(gap - rates[name]), name)))
    return best or {next(iter(rates))}


def _connected(names: list[NodeId], peers: Mapping[NodeId, list[NodeId]]) -> bool:
    reached = {names[0]}
    frontier = [names[0]]
    wanted = set(names)
    while frontier:
        for peer in peers[frontier.pop()]:
            if peer in wanted and peer not in reached:
                reached.add(peer)
                frontier.append(peer)
    return reached == wanted


class Delay(Fault, frozen=True, tag="delay"):
    """Messages from and to the nodes take longer."""

    delay_ms: Annotated[float, msgspec.Meta(ge=0, le=3_600_000)] = 1000.0

    @property
    def label(self) -> str:
        return f"delay +{self.delay_ms:g} ms"

    def begin(self, race: Breakable) -> Undo:
        delay_ns = round(self.delay_ms * _MILLISECOND)
        return self._wrap(race, lambda _, send: lambda data: race.schedule_in(delay_ns, send, data))


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

        return self._wrap(race, stage)


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

        return self._wrap(race, stage)


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
            clock.set_skew(round(self.offset_s * NANOSECONDS), self.drift_ppm / 1e6)

        def undo() -> None:
            for clock in clocks:
                clock.set_skew(0)

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


AnyFault = Crash | Partition | Delay | Loss | BitFlips | ClockSkew | HashRateFactor | Join | Leave
