"""Who is connected to whom.

A topology gives undirected edges between nodes numbered from 0. Every topology is connected: a race
that cannot agree because of its wiring would teach the wrong thing.
"""

from collections import deque
from collections.abc import Iterable
from typing import Literal

from powclock.clock.streams import Stream

Kind = Literal["full_mesh", "random_regular", "ring", "line"]
Edge = tuple[int, int]

_TRIES_MAX = 1_000


def edges(kind: Kind, count: int, degree: int, stream: Stream) -> list[Edge]:
    """Edges (a, b) with a < b, sorted; `degree` matters for random_regular alone."""
    match kind:
        case "full_mesh":
            return [(a, b) for a in range(count) for b in range(a + 1, count)]
        case "line":
            return [(a, a + 1) for a in range(count - 1)]
        case "ring":
            closing = [(0, count - 1)] if count > 2 else []
            return sorted([(a, a + 1) for a in range(count - 1)] + closing)
        case "random_regular":
            return _random_regular(count, degree, stream)


def _random_regular(count: int, degree: int, stream: Stream) -> list[Edge]:
    """Each node has `degree` peers, or one more or less where the numbers do not work out.

    Starts from a ring with chords, which is regular and connected, and swaps pairs of edges at
    random; a swap keeps every degree. Tries again from there until the result is connected.
    """
    if degree >= count - 1:
        return edges("full_mesh", count, degree, stream)
    if degree <= 2:
        return edges("ring", count, degree, stream)
    graph = {
        _edge(a, (a + step) % count) for a in range(count) for step in range(1, degree // 2 + 1)
    }
    if degree % 2:
        half = count // 2
        graph |= {_edge(a, a + half) for a in range(half)}
    current = sorted(graph)
    for _ in range(_TRIES_MAX):
        current = _swap(current, 10 * len(current), stream)
        if is_connected(count, current):
            return sorted(current)
    raise AssertionError("a random graph of degree 3 or more is almost always connected")


def _swap(graph: list[Edge], swaps: int, stream: Stream) -> list[Edge]:
    current = list(graph)
    present = set(current)
    for _ in range(swaps):
        i, j = stream.below(len(current)), stream.below(len(current))
        (a, b), (c, d) = current[i], current[j]
        if stream.random() < 0.5:
            c, d = d, c
        one, two = _edge(a, d), _edge(c, b)
        if len({a, b, c, d}) < 4 or one in present or two in present:
            continue
        present -= {current[i], current[j]}
        present |= {one, two}
        current[i], current[j] = one, two
    return current


def _edge(a: int, b: int) -> Edge:
    return (a, b) if a < b else (b, a)


def distances(count: int, graph: Iterable[Edge], start: int) -> list[int | None]:
    """Hops from one node to every node; None where there is no way."""
    neighbours: list[list[int]] = [[] for _ in range(count)]
    for a, b in graph:
        neighbours[a].append(b)
        neighbours[b].append(a)
    hops: list[int | None] = [None] * count
    hops[start] = 0
    queue = deque([start])
    while queue:
        node = queue.popleft()
        for neighbour in neighbours[node]:
            if hops[neighbour] is None:
                hops[neighbour] = (hops[node] or 0) + 1
                queue.append(neighbour)
    return hops


def is_connected(count: int, graph: Iterable[Edge]) -> bool:
    """Whether every node can be reached from every other."""
    return None not in distances(count, graph, 0)


def diameter(count: int, graph: Iterable[Edge]) -> int:
    """The longest of all shortest ways, in hops."""
    known = list(graph)
    return max(
        hop for start in range(count) for hop in distances(count, known, start) if hop is not None
    )
