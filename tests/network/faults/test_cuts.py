"""Who hears whom: isolation, one-way partitions and swizzles, link by link."""

from itertools import pairwise

import pytest

from powclock.network.faults.cuts import Isolate, OneWay
from powclock.network.faults.nodes import Crash, Join, Leave
from powclock.network.faults.swizzle import Swizzle
from powclock.record.events import BlockAccepted
from tests.scenarios.races import Race, race, scenario

STILL = scenario(
    nodes={"count": 8, "wander": 0},
    links={"topology": "full_mesh"},
    workload={"transactions_per_s": 0},
)


def severed(running: Race) -> set[tuple[str, str]]:
    """The links that carry nothing, by source and target."""
    return {(link.source, link.target) for link in running.world.links() if link.severed}


def cut_off(running: Race) -> list[str]:
    """The nodes that have no link left that works."""
    working = {
        end
        for link in running.world.links()
        if not link.severed
        for end in (link.source, link.target)
    }
    return [name for name in running.world.node_names() if name not in working]


def links_of(running: Race, *nodes: str) -> set[tuple[str, str]]:
    """All links that begin or end at one of the nodes."""
    return {
        (link.source, link.target)
        for link in running.world.links()
        if link.source in nodes or link.target in nodes
    }


def test_who_is_isolated_has_no_link_left_and_the_others_have_all() -> None:
    with race(STILL) as running:
        running.begin(Isolate(nodes=("alice", "bob")))
        assert severed(running) == links_of(running, "alice", "bob")
        running.run(200)
        heads = {name: node.head.hash for name, node in running.nodes().items()}
        assert len({heads["alice"], heads["bob"], heads["carol"]}) == 3
        running.heal_all()
        assert severed(running) == set()
        running.run(10)
        running.run_until(running.agreed, 60)


def test_all_are_isolated_who_joins_too() -> None:
    with race(STILL) as running:
        running.begin(Isolate())
        running.begin(Join(nodes=("zara",)))
        assert cut_off(running) == running.world.node_names()
        running.run(60)
        accepted = [r for r in running.records if isinstance(r.event, BlockAccepted)]
        assert {record.event.peer for record in accepted} == {None}  # type: ignore[union-attr]


@pytest.mark.parametrize("deaf", [False, True])
def test_one_way_loses_one_direction_between_the_nodes_and_the_others(deaf: bool) -> None:
    nodes = ("alice", "bob")
    fault = OneWay(nodes=nodes, deaf=deaf)
    with race(STILL) as running:
        running.begin(fault)
        others = [name for name in STILL.node_names() if name not in nodes]
        out = {(node, other) for node in nodes for other in others}
        into = {(other, node) for node in nodes for other in others}
        assert severed(running) == (into if deaf else out)
        running.run(400)
        peers = {
            (record.event.peer, record.node)
            for record in running.records
            if isinstance(record.event, BlockAccepted) and record.event.peer is not None
        }
        # Nothing crosses: a block is announced, requested and delivered, which needs both ways.
        assert {(a in nodes, b in nodes) for a, b in peers} == {(True, True), (False, False)}
        running.heal(fault)
        running.run(10)
        running.run_until(running.agreed, 60)
        running.check_states()


@pytest.mark.parametrize("deaf", [False, True])
def test_after_one_way_both_ends_say_how_far_they_are(deaf: bool) -> None:
    with race(STILL) as running:
        running.run(5)
        fault = OneWay(nodes=("alice",), deaf=deaf)
        running.begin(fault)
        running.run(120)
        assert not running.agreed()
        heaviest = max(node.head.chain_work for node in running.nodes().values())
        before = len(running.found())
        running.heal(fault)
        running.run(1)
        assert len(running.found()) == before  # nobody was told by a new block
        assert {node.head.chain_work for node in running.nodes().values()} == {heaviest}


def test_swizzle_stops_nodes_one_by_one_and_brings_them_back_in_another_order() -> None:
    with race(STILL) as running:
        fault = Swizzle(share=0.5, step_s=2)
        running.begin(fault)
        rounds = []
        other_orders = 0
        for _ in range(6):
            seen: list[list[str]] = []
            for _ in range(9):
                seen.append(cut_off(running))
                running.run(2)
            sizes = [len(names) for names in seen]
            assert sizes == [1, 2, 3, 4, 3, 2, 1, 0, 0]
            changes = [set(later) ^ set(earlier) for earlier, later in pairwise(seen[:8])]
            assert all(len(change) == 1 for change in changes)
            stopped, back = [set(seen[0]), *changes[:3]], changes[3:]
            other_orders += stopped != back
            rounds.append(tuple(seen[3]))
        assert other_orders >= 5
        assert len(set(rounds)) > 1
        running.run(5)
        assert cut_off(running)
        running.heal(fault)
        assert severed(running) == set()
        running.run(10)
        running.run_until(running.agreed, 60)


def test_swizzle_among_some_nodes_leaves_the_others_alone() -> None:
    with race(STILL) as running:
        running.begin(Swizzle(nodes=("alice", "bob", "carol"), share=1, step_s=1))
        most: set[str] = set()
        for _ in range(40):
            assert severed(running) == links_of(running, *cut_off(running))
            most |= set(cut_off(running))
            running.run(1)
        assert most == {"alice", "bob", "carol"}


def test_swizzle_goes_on_while_nodes_join_crash_and_leave() -> None:
    with race(STILL) as running:
        running.begin(Swizzle(share=1, step_s=1))
        running.run(2.5)
        running.begin(Join(nodes=("zara",)))
        assert {end for pair in severed(running) for end in pair} >= {"zara"}
        running.begin(Crash(nodes=("bob",)))
        running.begin(Leave(nodes=("carol",)))
        running.run(30)
        running.heal_all()
        assert severed(running) == set()
        running.run(10)
        running.run_until(running.agreed, 60)
        running.check_states()
