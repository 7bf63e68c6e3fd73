"""What events of several nodes have in common, and which block an event leads to."""

import pytest

from powclock.record.events import (
    AnyEvent,
    BlockHeld,
    BlockRefused,
    ForkOpened,
    LeaderElected,
    MessageRefused,
    NodeUp,
    Record,
    Reorg,
    TransactionRefused,
)
from powclock.record.narrate import narrate, together

A, B, C = "00" * 30 + "aaaa", "00" * 30 + "bbbb", "00" * 30 + "cccc"


@pytest.mark.parametrize(
    ("event", "block", "height", "group", "words"),
    [
        (LeaderElected("alice", 4, B, 2.3, 70_000), B, 4, "", ""),
        (ForkOpened(A, 5, (B, C)), C, 5, "", ""),
        (
            Reorg(C, 3, B, A, 1, 2, "ee"),
            C,
            3,
            "−1 +2  bbbb → cccc",
            "reorg 7 nodes −1 +2  bbbb → cccc",
        ),
        (
            BlockRefused(B, "bob", "high-hash", "detail"),
            B,
            None,
            "refuse bbbb: high-hash",
            "7 nodes refuse bbbb: high-hash",
        ),
        (
            BlockHeld(C, B, "alice"),
            C,
            None,
            "hold cccc, ask for bbbb",
            "7 nodes hold cccc, ask for bbbb",
        ),
        (
            MessageRefused("bob", "trailing-bytes", 100),
            None,
            None,
            "refuse bytes: trailing-bytes",
            "7 nodes refuse bytes: trailing-bytes",
        ),
        (
            TransactionRefused(C, "bob", "mempool-full"),
            None,
            None,
            "refuse transactions: mempool-full",
            "7 nodes refuse transactions: mempool-full",
        ),
    ],
)
def test_where_an_event_leads_and_what_it_shares(
    event: AnyEvent, block: str | None, height: int | None, group: str, words: str
) -> None:
    node = None if isinstance(event, LeaderElected | ForkOpened) else "alice"
    line = narrate(Record(1, 2, node, event))
    assert line is not None
    assert (line.block, line.height, line.group) == (block, height, group)
    if group:
        assert together(line.kind, line.group, 7) == words


def test_nodes_that_do_the_same_at_their_own_peers_share_a_group() -> None:
    groups = {
        line.group
        for peer, node in (("bob", "alice"), ("alice", "carol"))
        if (line := narrate(Record(1, 2, node, BlockRefused(B, peer, "high-hash", "")))) is not None
    }
    assert groups == {"refuse bbbb: high-hash"}


def test_what_a_node_does_alone_has_no_group() -> None:
    line = narrate(Record(1, 2, "alice", NodeUp(3)))
    assert line is not None
    assert (line.block, line.height, line.group) == (None, None, "")
