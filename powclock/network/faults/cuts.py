"""Faults that keep nodes apart: links that carry nothing."""

from collections.abc import Callable, Collection
from typing import Annotated

import msgspec

from powclock.network.faults.breakable import Breakable, Links, NodeId, Undo
from powclock.network.faults.fault import Fault, FaultError, Sides
from powclock.network.faults.sides import side_by_share
from powclock.network.link import Link


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

    def check(self, nodes: Collection[NodeId], clients: Collection[str]) -> None:
        super().check(nodes, clients)
        if len(set(self.nodes)) == len(nodes) or len(nodes) == 1:
            raise FaultError("a partition needs a node on each side", "nodes")

    def sides(self, race: Breakable, /) -> Sides:
        names = race.node_names()
        first = set(self.targets(race))
        if not self.nodes:
            rates = {name: race.hash_rate(name).nominal for name in names}
            first = side_by_share(rates, race.links(), self.share)
        return (
            tuple(name for name in names if name in first),
            tuple(name for name in names if name not in first),
        )

    def begin(self, race: Breakable) -> Undo:
        side_of = {name: side for side in self.sides(race) for name in side}

        def lies_between(link: Link) -> bool:
            # Who joins meanwhile is on the side of the first peer.
            source = side_of.setdefault(link.source, side_of.get(link.target, ()))
            return source is not side_of.setdefault(link.target, source)

        return cut(race, self.id, lies_between)


class Isolate(Fault, frozen=True, tag="isolate"):
    """Cut every link of the nodes, both ways, also those between them."""

    @property
    def label(self) -> str:
        return "isolated"

    def begin(self, race: Breakable) -> Undo:
        alone = frozenset(self.targets(race))
        everybody = not self.nodes
        return cut(
            race,
            self.id,
            lambda link: everybody or link.source in alone or link.target in alone,
        )


class OneWay(Fault, frozen=True, tag="one_way"):
    """What the nodes send to the others is lost, but they hear; links among them work.

    `deaf` turns it round: they are heard, and hear nothing.
    """

    deaf: bool = False

    @property
    def label(self) -> str:
        return "one way: deaf" if self.deaf else "one way: mute"

    def check(self, nodes: Collection[NodeId], clients: Collection[str]) -> None:
        if not self.nodes:
            raise FaultError("one_way needs at least one name in nodes", "nodes")
        super().check(nodes, clients)
        if len(set(self.nodes)) == len(nodes):
            raise FaultError(
                "one_way needs a node that is not in nodes: links among them work", "nodes"
            )

    def begin(self, race: Breakable) -> Undo:
        nodes = frozenset(self.targets(race))
        leads_in = self.deaf

        def lost(link: Link) -> bool:
            inside, outside = (link.target, link.source) if leads_in else (link.source, link.target)
            return inside in nodes and outside not in nodes

        return cut(race, self.id, lost)


def cut(race: Links, key: str, which: Callable[[Link], bool]) -> Undo:
    """Sever the links that are meant, also those made later, until it is taken back."""

    def apply(link: Link) -> None:
        if which(link):
            link.sever(key)

    stop = race.on_links(apply)

    def undo() -> None:
        stop()
        mend(race, key)

    return undo


def mend(race: Links, key: str) -> None:
    """Take a reason to lose everything from every link; both ends say how far they are.

    Both, also where one direction alone was cut: who is behind may be the one that was heard.
    """
    severed = [link for link in race.links() if link.severed_by(key)]
    for link in severed:
        link.mend(key)
    pairs = {(link.source, link.target) for link in severed}
    race.reconnect(
        [
            link
            for link in race.links()
            if (link.source, link.target) in pairs or (link.target, link.source) in pairs
        ]
    )
