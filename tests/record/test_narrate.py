"""Notable events in words."""

import pytest

from powclock.record.events import AnyEvent, FaultOff, FaultOn, NodeUp, Record
from powclock.record.frame import EventLine
from powclock.record.narrate import narrate
from tests.record.examples import EXAMPLES


@pytest.mark.parametrize(
    ("event", "node", "line"), EXAMPLES, ids=[type(event).__name__ for event, _, _ in EXAMPLES]
)
def test_each_kind_is_told_in_a_line_or_not_at_all(
    event: AnyEvent, node: str | None, line: tuple[str, str] | None
) -> None:
    expected = None if line is None else EventLine(5, 9, line[0], node, line[1])
    assert narrate(Record(5, 9, node, event)) == expected


@pytest.mark.parametrize(
    ("event", "text"),
    [
        (FaultOn("crash", "crash", "crash", ()), "crash on: all nodes"),
        (
            FaultOn("partition", "partition", "partition", (), (("a", "b"), ("c",))),
            "partition on: a b | c",
        ),
        (FaultOff("crash", "crash", "crash", 0.4), "crash off after 0 s"),
    ],
)
def test_where_a_fault_is(event: AnyEvent, text: str) -> None:
    line = narrate(Record(0, 0, None, event))
    assert line is not None
    assert line.text == text


def test_nodes_that_are_up_from_the_start_are_not_told() -> None:
    assert narrate(Record(0, 0, "alice", NodeUp(0))) is None
