"""A partition concerns every node on one of its sides, whichever links it has."""

from powclock.record.camera import Camera
from powclock.record.events import (
    FaultOff,
    FaultOn,
    NodeDown,
    NodeJoined,
    NodeUp,
    RaceStarted,
    Record,
    Sampled,
)
from powclock.record.facts import NodeInfo, NodeSample
from powclock.record.view import View
from tests.record.examples import CHAIN

GENESIS = "00" * 32
NAMES = ("alice", "bob", "carol")


def info(name: str) -> NodeInfo:
    return NodeInfo(name, "ab" * 32, "", 1_000.0)


def states(view: View) -> dict[str, str]:
    return {row.name: row.state for row in Camera(view).take(1).nodes}


def test_a_node_on_a_side_is_split_even_if_none_of_its_peers_is_cut_off() -> None:
    view = View()
    number = 0

    def apply(event: object, node: str | None = None) -> None:
        nonlocal number
        view.apply(Record(number, number, node, event))  # type: ignore[arg-type]
        number += 1

    nodes = tuple(info(name) for name in NAMES)
    apply(
        RaceStarted(
            "1", "test", 7, "pow", "grinding", 5.0, GENESIS, "00" * 80, 1, CHAIN, 0.1, nodes, ()
        )
    )
    for name in NAMES:
        apply(NodeUp(0), name)
    apply(Sampled(tuple(NodeSample(name, 5.0, 9.0, 0, 1, 0, 0.0) for name in NAMES), 1, 1))
    assert states(view) == dict.fromkeys(NAMES, "mining")
    apply(FaultOn("partition", "partition", "partition", (), (("alice",), ("bob", "carol"))))
    apply(NodeDown(), "carol")
    apply(NodeJoined(info("dave"), ()), "dave")
    apply(NodeUp(0), "dave")
    assert states(view) == {"alice": "split", "bob": "split", "carol": "down", "dave": "idle"}
    apply(FaultOff("partition", "partition", "partition", 1.0))
    assert states(view) == {"alice": "mining", "bob": "mining", "carol": "down", "dave": "idle"}
