"""Partings: connections that nodes drop, and the peers that they find instead.

A dropped connection loses everything both ways, until the node forgives its peer or stops. If the
peer was a node's only way to others, the node finds one of them: so a forger cannot stand between
honest nodes for ever. Each node finds so few that a network in which everybody misbehaves does not
become a mesh; there the forgiving mends what was cut.
"""

from collections.abc import Callable, Iterable
from itertools import pairwise

from powclock.network.fabric import Fabric
from powclock.network.link import Link

FOUND_MAX = 4

NodeId = str


class Partings:
    """Who has dropped whom in one race.

    `connect` makes two nodes peers, and `reconnect` lets both ends of links say how far they are.
    """

    def __init__(
        self,
        fabric: Fabric,
        connect: Callable[[NodeId, NodeId], list[Link]],
        reconnect: Callable[[Iterable[Link]], None],
    ) -> None:
        self._fabric = fabric
        self._connect = connect
        self._reconnect = reconnect
        self._apart: dict[tuple[NodeId, NodeId], None] = {}
        self._found: dict[NodeId, int] = {}

    def drop(self, node: NodeId, peer: NodeId) -> list[Link]:
        """Cut what a node dropped; the links that it made to others instead, from its end."""
        self._apart[node, peer] = None
        for link in self._both(node, peer):
            link.sever(_key(node))
        made = []
        for other in list(self._fabric.peers(peer)):
            if self._found.get(node, 0) < FOUND_MAX and self._lost(node, other):
                self._found[node] = self._found.get(node, 0) + 1
                made += self._connect(node, other)
        self._reconnect(made)
        return [link for link in made if link.source == node]

    def forgive(self, node: NodeId, peer: NodeId) -> None:
        """Let a node and a peer that it had dropped talk again."""
        self._mend(node, peer)
        self._reconnect(self._both(node, peer))

    def stopped(self, node: NodeId) -> None:
        """A node that stops forgets whom it dropped."""
        for one, peer in list(self._apart):
            if one == node:
                self._mend(node, peer)

    def leave(self, node: NodeId) -> list[Link]:
        """Take a node and its links out; the links between peers that only it connected."""
        peers = list(self._fabric.peers(node))
        self._fabric.remove(node)
        self._apart = {pair: None for pair in self._apart if node not in pair}
        self._found.pop(node, None)
        made = []
        for a, b in pairwise(peers):
            if self._fabric.apart(a, b):
                made += self._connect(a, b)
        return made

    def _mend(self, node: NodeId, peer: NodeId) -> None:
        self._apart.pop((node, peer), None)
        for link in self._both(node, peer):
            link.mend(_key(node))

    def _both(self, node: NodeId, peer: NodeId) -> list[Link]:
        ways = (self._fabric.peers(node).get(peer), self._fabric.peers(peer).get(node))
        return [link for link in ways if link is not None]

    def _lost(self, node: NodeId, other: NodeId) -> bool:
        if other == node or other in self._fabric.peers(node):
            return False
        return self._fabric.apart(node, other, self._talk)

    def _talk(self, node: NodeId, peer: NodeId) -> bool:
        return (node, peer) not in self._apart and (peer, node) not in self._apart


def _key(node: NodeId) -> str:
    return f"dropped by {node}"
