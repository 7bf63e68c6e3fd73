"""How to cut a network in two by hash rate, without tearing either side apart."""

from collections.abc import Iterable, Mapping
from math import fsum

from powclock.network.link import Link

NodeId = str

_STARTS_MAX = 16


def side_by_share(
    rates: Mapping[NodeId, float], links: Iterable[Link], share: float
) -> set[NodeId]:
    """Nodes whose hash rates add up to about the share, and who stay connected, as do the others.

    Grows a side from each of some nodes in turn, by the neighbour after which the share is closest.
    Sums are exact, so that they do not depend on the order of a set.
    """
    total = fsum(rates.values()) or 1.0
    peers: dict[NodeId, list[NodeId]] = {name: [] for name in rates}
    for link in links:
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
