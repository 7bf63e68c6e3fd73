"""The chain's caption says why a node does not build on the best block, if the frame knows."""

import pytest
from msgspec.structs import replace

from powclock.record.frame import Frame
from powclock.tui.widgets.chain_late import late
from tests.tui.frames import NAMES, frame, hash_of, node

BEHIND = hash_of("b002")


def behind(**states: str) -> Frame:
    """Those that are named are in these states at an older head; who is not mining has no peer."""
    shown = frame()
    rows = tuple(
        node(name, state=states.get(name, "mining"), head=BEHIND if name in states else shown.head,
             peers=3 if states.get(name, "mining") == "mining" else 0)
        for name in NAMES
    )  # fmt: skip
    return replace(shown, nodes=rows)


@pytest.mark.parametrize(
    ("states", "words"),
    [
        ({"alice": "mining"}, "the others have not heard of it yet"),
        ({"alice": "eclipsed"}, "alice is eclipsed"),
        ({"alice": "split", "bob": "split"}, "2 nodes are cut off"),
        ({"alice": "dropped"}, "alice is dropped by all peers"),
        ({"alice": "frozen", "bob": "mining", "carol": "down"},
         "alice is frozen, the others have not heard of it yet"),
        ({"alice": "frozen", "bob": "split"}, "alice is frozen, bob is cut off"),
    ],
)  # fmt: skip
def test_why_some_are_late(states: dict[str, str], words: str) -> None:
    assert late(behind(**states))[0] == f"; {words}"


def test_who_has_peers_left_may_hear_of_it_still() -> None:
    shown = behind(alice="split")
    some = tuple(replace(row, peers=1) if row.name == "alice" else row for row in shown.nodes)
    assert late(replace(shown, nodes=some))[0] == "; the others have not heard of it yet"


def test_the_best_block_does_not_cross_a_partition() -> None:
    sides = (("alice", "bob"), ("carol", "dave"))
    across = replace(behind(alice="mining", bob="mining"), sides=sides)
    assert late(across) == ("; 2 nodes are on the other side",) * 2 + ("; on the other side",)
    beside = replace(behind(alice="mining"), sides=sides)
    assert late(beside)[0] == "; the others have not heard of it yet"
