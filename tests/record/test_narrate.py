"""Notable events in words."""

import pytest

from powclock.record.events import (
    AnyEvent,
    BlockHeld,
    BlockRefused,
    FaultOff,
    FaultOn,
    ForkOpened,
    LeaderElected,
    MessageRefused,
    NodeUp,
    Record,
    Reorg,
)
from powclock.record.narrate import narrate
from tests.record.examples import EXAMPLES, A, B, C


@pytest.mark.parametrize(
    ("event", "node", "line"), EXAMPLES, ids=[type(event).__name__ for event, _, _ in EXAMPLES]
)
def test_each_kind_is_told_in_a_line_or_not_at_all(
    event: AnyEvent, node: str | None, line: tuple[str, str] | None
) -> None:
    told = narrate(Record(5, 9, node, event))
    assert (None if told is None else (told.kind, told.text)) == line
    if told is not None:
        assert (told.sequence, told.time_ns, told.node) == (5, 9, node)


@pytest.mark.parametrize(
    ("event", "block", "group"),
    [
        (LeaderElected("alice", 4, B, 2.345, 70_000), B, ""),
        (ForkOpened(A, 5, (B, C)), C, ""),
        (Reorg(C, 3, B, A, 1, 2, "ee"), C, "−1 +2  bbbb → cccc"),
        (BlockHeld(C, B, "alice"), C, "hold cccc, ask for bbbb"),
        (BlockRefused(B, "bob", "high-hash", "detail"), B, "refuse bbbb: high-hash"),
        (MessageRefused("bob", "trailing-bytes", 100), None, "refuse bytes: trailing-bytes"),
    ],
)
def test_a_line_says_which_block_it_is_about_and_what_others_have_in_common(
    event: AnyEvent, block: str | None, group: str
) -> None:
    told = narrate(Record(5, 9, "alice", event))
    assert told is not None
    assert (told.block, told.group) == (block, group)


@pytest.mark.parametrize(
    ("event", "text"),
    [
        (FaultOn("crash", "crash", "crash", ()), "crash on: all nodes"),
        (
            FaultOn("partition", "partition", "partition", (), (("a", "b"), ("c",))),
            "partition on: a b | c",
        ),
        (FaultOff("crash", "crash", "crash", 0.4), "crash off after 0 s"),
        (FaultOff("join:zoe", "join", "joined", 9.0), "joined off: zoe after 9 s"),
    ],
)
def test_where_a_fault_is(event: AnyEvent, text: str) -> None:
    line = narrate(Record(0, 0, None, event))
    assert line is not None
    assert line.text == text


def test_a_tick_on_another_branch_says_what_went_stale() -> None:
    line = narrate(Record(0, 0, None, LeaderElected("bob", 4, B, 0.5, 70_000, stale=1)))
    assert line is not None
    assert line.text == "tick 4 → bob +0.5 s, 1 block now stale"


def test_a_node_that_joins_says_so_itself() -> None:
    assert narrate(Record(0, 0, None, FaultOn("join:zoe", "join", "joined", ("zoe",)))) is None


@pytest.mark.parametrize(
    ("blocks", "text"),
    [
        (None, "bob is up"),
        (0, "bob is up with no blocks on disk"),
        (1, "bob is up with 1 block on disk"),
    ],
)
def test_a_node_that_comes_up_tells_its_blocks_where_there_are_any(
    blocks: int | None, text: str
) -> None:
    line = narrate(Record(0, 9, "bob", NodeUp(blocks)))
    assert line is not None
    assert line.text == text


def test_nodes_that_are_up_from_the_start_are_not_told() -> None:
    assert narrate(Record(0, 0, "alice", NodeUp(0))) is None
