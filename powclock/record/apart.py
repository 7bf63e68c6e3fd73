"""Why links of a node carry nothing: a fault cuts them, an attacker, or those who dropped a peer.

Gauges only count the links that are cut. What records tell of eclipses and drops is taken off that
count, and what is left is the work of faults of links.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from powclock.record.events import NodeId
from powclock.record.view import View


@dataclass(frozen=True, slots=True)
class Apart:
    """Who is cut off at one moment, and how.

    `sided` are on a side of a partition, be they cut off from none of their peers. `explained`
    counts those links of a node that an eclipse or a drop has cut.
    """

    sided: frozenset[NodeId]
    eclipsed: frozenset[NodeId]
    dropped: frozenset[NodeId]
    explained: Mapping[NodeId, int]

    def word(self, node: NodeId, peers_cut: int) -> str:
        """ "eclipsed", "split" or "dropped", the gravest first; nothing for a node that is not."""
        if node in self.eclipsed:
            return "eclipsed"
        if node in self.sided or peers_cut > self.explained.get(node, 0):
            return "split"
        return "dropped" if node in self.dropped else ""


def apart(view: View) -> Apart:
    """Who is cut off now."""
    pairs = {frozenset(pair): None for pair in view.shunned}
    eclipsed = []
    for fault in view.faults.values():
        if fault.fault != "eclipse" or fault.attack is None:
            continue
        for victim in fault.nodes:
            eclipsed.append(victim)
            for link in view.links:
                if victim in link and fault.attack.attacker not in link:
                    pairs[frozenset(link)] = None
    explained: dict[NodeId, int] = {}
    for pair in pairs:
        for node in sorted(pair):
            explained[node] = explained.get(node, 0) + 1
    return Apart(
        sided=frozenset(name for side in view.sides for name in side),
        eclipsed=frozenset(eclipsed),
        dropped=frozenset(peer for _, peer in view.shunned),
        explained=explained,
    )
