"""Topologies: connected, regular, and the same for the same seed."""

from collections import Counter
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from powclock.clock.streams import Stream
from powclock.network.topology import Edge, Kind, diameter, distances, edges, is_connected

KINDS: tuple[Kind, ...] = get_args(Kind)


def degrees(count: int, graph: list[Edge]) -> list[int]:
    """How many peers each node has."""
    peers = Counter(end for edge in graph for end in edge)
    return [peers[node] for node in range(count)]


@given(st.sampled_from(KINDS), st.integers(1, 40), st.integers(2, 12), st.integers(0, 1_000))
def test_every_topology_is_simple_connected_and_sorted(
    kind: Kind, count: int, degree: int, seed: int
) -> None:
    graph = edges(kind, count, degree, Stream(seed, "topology"))
    assert graph == sorted(set(graph))
    assert all(0 <= a < b < count for a, b in graph)
    assert is_connected(count, graph)
    assert graph == edges(kind, count, degree, Stream(seed, "topology"))


@given(st.integers(3, 60), st.integers(3, 12), st.integers(0, 1_000))
def test_a_random_regular_graph_is_regular(count: int, degree: int, seed: int) -> None:
    graph = edges("random_regular", count, degree, Stream(seed, "topology"))
    expected = Counter({min(degree, count - 1): count})
    if degree < count - 1 and degree % 2 and count % 2:
        expected = Counter({degree: count - 1, degree - 1: 1})  # the numbers do not work out
    assert Counter(degrees(count, graph)) == expected


def test_another_seed_gives_another_graph() -> None:
    graphs = [tuple(edges("random_regular", 12, 4, Stream(seed, "t"))) for seed in range(20)]
    assert len(set(graphs)) == 20


@pytest.mark.parametrize(
    ("kind", "count", "graph"),
    [
        ("full_mesh", 4, [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)]),
        ("line", 4, [(0, 1), (1, 2), (2, 3)]),
        ("ring", 4, [(0, 1), (0, 3), (1, 2), (2, 3)]),
        ("ring", 2, [(0, 1)]),
        ("random_regular", 3, [(0, 1), (0, 2), (1, 2)]),
        ("line", 1, []),
    ],
)
def test_small_graphs(kind: Kind, count: int, graph: list[Edge]) -> None:
    assert edges(kind, count, 2, Stream(1, "t")) == graph


@pytest.mark.parametrize(
    ("kind", "count", "hops"),
    [("full_mesh", 9, 1), ("line", 9, 8), ("ring", 9, 4), ("ring", 10, 5), ("line", 1, 0)],
)
def test_diameters(kind: Kind, count: int, hops: int) -> None:
    assert diameter(count, edges(kind, count, 2, Stream(1, "t"))) == hops


def test_distances_and_unreachable_nodes() -> None:
    graph = [(0, 1), (1, 2), (3, 4)]
    assert distances(5, graph, 0) == [0, 1, 2, None, None]
    assert not is_connected(5, graph)
    assert diameter(5, graph) == 2
