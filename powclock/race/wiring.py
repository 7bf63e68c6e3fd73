"""The wiring of a race: who is linked with whom, by the scenario, by faults, and by what nodes do.

A link may be made at any time, by a node that joins or one that lost its way to others. Whoever
changes links, as many faults do, is told of each new one, and both ends of a link that works again
say how far they are.
"""

from collections.abc import Callable, Iterable

from powclock.network.fabric import Distance, Fabric
from powclock.network.link import Link
from powclock.race.partings import Partings
from powclock.race.recorder import Recorder
from powclock.race.told import link_infos, links_from
from powclock.record.events import LinksChanged, PeersFound

NodeId = str


class Wiring:
    """The links of one race.

    `distance` is what lies between two nodes; `connected` lets a node know that the link to a peer
    is up, if it runs.
    """

    def __init__(
        self,
        fabric: Fabric,
        recorder: Recorder,
        distance: Callable[[NodeId, NodeId], Distance],
        connected: Callable[[NodeId, NodeId], None],
    ) -> None:
        self.partings = Partings(fabric, self.connect, self.reconnect)
        self._fabric = fabric
        self._recorder = recorder
        self._distance = distance
        self._connected = connected
        self._on_new_link: list[Callable[[Link], None]] = []

    def connect(self, one: NodeId, two: NodeId) -> list[Link]:
        """Link two nodes, both ways."""
        made = self._fabric.connect(one, two, self._distance(one, two))
        for link in made:
            for apply in self._on_new_link:
                apply(link)
        return made

    def links(self) -> Iterable[Link]:
        """Every direction of every pair of peers."""
        return self._fabric.links()

    def on_links(self, apply: Callable[[Link], None]) -> Callable[[], None]:
        """Apply something to every link there is, and to every new one until it is taken back."""
        self._on_new_link.append(apply)
        for link in self.links():
            apply(link)
        return lambda: self._on_new_link.remove(apply)

    def greet(self, node: NodeId) -> None:
        """The peers of a node that comes up say how far they are."""
        for peer in self._fabric.peers(node):
            self._connected(peer, node)

    def reconnect(self, links: Iterable[Link]) -> None:
        """Both ends of links that work again say how far they are."""
        for link in links:
            if not link.severed:
                self._connected(link.source, link.target)

    def drop(self, node: NodeId, peer: NodeId) -> None:
        """Cut what a node dropped, and tell which peers it found instead."""
        found = self.partings.drop(node, peer)
        if found:
            self._recorder.emit(node, PeersFound(links_from(found)))

    def make_peers(self, one: NodeId, two: NodeId) -> Callable[[], None]:
        """Link two nodes, if they are not; what is returned takes that link away."""
        one, two = sorted((one, two))
        if two in self._fabric.peers(one):
            return lambda: None
        self.connect(one, two)
        self._recorder.emit(None, LinksChanged(made=link_infos([self._fabric.peers(one)[two]])))

        def part() -> None:
            if two not in self._fabric.peers(one):
                return  # one of them has left
            gone = link_infos([self._fabric.peers(one)[two]])
            self._fabric.disconnect(one, two)
            if self._fabric.apart(one, two):  # others have left, and these two need each other
                self.connect(one, two)
            else:
                self._recorder.emit(None, LinksChanged(gone=gone))

        return part
