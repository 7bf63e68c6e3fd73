"""Faults that keep nodes apart: links that carry nothing."""

from typing import Annotated

import msgspec

from powclock.network.faults.fault import Breakable, Fault, FaultError, Sides, Undo
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
