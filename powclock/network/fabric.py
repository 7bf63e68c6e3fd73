"""The wires between nodes: every link by source and target, and who is there to receive.

What arrives at a node that does not run is lost, as on any network.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from powclock.clock.streams import Stream
from powclock.clock.virtual_loop import NANOSECONDS, VirtualLoop
from powclock.network.host import Receive
from powclock.network.link import Link, Traffic

NodeId = str


@dataclass(frozen=True, slots=True)
class Distance:
    """What lies between two nodes."""

    latency_ms: float
    jitter_ms: float
    kilobytes_per_s: float


class Fabric:
    """Links and receivers of one race."""

    def __init__(self, loop: VirtualLoop, seed: int) -> None:
        self._loop = loop
        self._seed = seed
        self._peers: dict[NodeId, dict[NodeId, Link]] = {}
        self._receivers: dict[NodeId, Receive] = {}
        self._traffic = Traffic()

    def peers(self, node: NodeId) -> Mapping[NodeId, Link]:
        """The links that lead from a node, by where they lead; a live view."""
        return self._peers.setdefault(node, {})

    def links(self) -> Iterator[Link]:
        """Every link, in the order in which nodes and links were made."""
        for outgoing in self._peers.values():
            yield from outgoing.values()

    def connect(self, a: NodeId, b: NodeId, distance: Distance) -> list[Link]:
        """Link two nodes, both ways."""
        made = []
        for source, target in ((a, b), (b, a)):
            link = Link(
                self._loop,
                Stream(self._seed, "link", source, target),
                source=source,
                target=target,
                latency_ns=round(distance.latency_ms * NANOSECONDS / 1000),
                jitter_ns=round(distance.jitter_ms * NANOSECONDS / 1000),
                bytes_per_s=distance.kilobytes_per_s * 1000,
                deliver=self._deliver,
                traffic=self._traffic,
            )
            self._peers.setdefault(source, {})[target] = link
            made.append(link)
        return made

    def remove(self, node: NodeId) -> None:
        """Take a node and all its links out."""
        outgoing = self._peers.pop(node, {})
        gone = list(outgoing.values())
        outgoing.clear()  # whoever still looks at it sees that nobody is left
        for others in self._peers.values():
            link = others.pop(node, None)
            if link is not None:
                gone.append(link)
        self._retire(gone)

    def disconnect(self, a: NodeId, b: NodeId) -> None:
        """Take the link between two nodes out, both ways."""
        self._retire([self._peers[a].pop(b), self._peers[b].pop(a)])

    def _retire(self, gone: list[Link]) -> None:
        for link in gone:
            link.retire()

    def apart(
        self, a: NodeId, b: NodeId, counts: Callable[[NodeId, NodeId], bool] = lambda *_: True
    ) -> bool:
        """Whether no way of links that count leads from one node to another, working or not."""
        reached = {a}
        frontier = [a]
        while frontier:
            node = frontier.pop()
            for peer in self._peers.get(node, ()):
                if peer not in reached and counts(node, peer):
                    reached.add(peer)
                    frontier.append(peer)
        return b not in reached

    def attach(self, name: NodeId, receive: Receive) -> None:
        """From now on what is sent to the node is received."""
        self._receivers[name] = receive

    def detach(self, name: NodeId) -> None:
        """From now on what is sent to the node is lost."""
        self._receivers.pop(name, None)

    def sender(self, source: NodeId) -> Callable[[NodeId, bytes], None]:
        """What puts a node's bytes on the link to a target; they are lost if there is none."""
        outgoing = self._peers.setdefault(source, {})

        def send(target: NodeId, data: bytes) -> None:
            link = outgoing.get(target)
            if link is not None:
                link.send(data)

        return send

    def severed(self) -> Mapping[NodeId, int]:
        """How many of the links that lead from a node lose everything, where any does."""
        if not self._traffic.severed:
            return {}
        return Counter(link.source for link in self.links() if link.severed)

    def _deliver(self, source: NodeId, target: NodeId, data: bytes) -> None:
        receive = self._receivers.get(target)
        if receive is not None:
            receive(source, data)

    def traffic(self) -> tuple[int, int]:
        """Messages and bytes sent so far."""
        return self._traffic.messages, self._traffic.bytes
