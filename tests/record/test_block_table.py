"""The table and the graph of all blocks."""

import csv
import io

from powclock.record.block_table import COLUMNS, table_of
from powclock.record.events import (
    AnyEvent,
    BlockAccepted,
    BlockFound,
    LeaderElected,
    Record,
)
from tests.record.examples import EXAMPLES, A, B, C

D = "00" * 30 + "dddd"
STARTED = EXAMPLES[0][0]


def found(hash_: str, parent: str, height: int) -> BlockFound:
    """A block."""
    return BlockFound(hash_, parent, height, "11" * 80, 7, 70, 2, 12)


EVENTS: list[tuple[int, str | None, AnyEvent]] = [
    (0, None, STARTED),
    (1, "alice", found(B, A, 1)),
    (1, "alice", BlockAccepted(B, 1, "alice", None)),
    (1, None, LeaderElected("alice", 1, B, 1.0, 70)),
    (2, "bob", found(C, A, 1)),
    (3, "bob", BlockAccepted(B, 1, "alice", "alice")),
    (4, "bob", BlockAccepted(B, 1, "alice", "alice")),
    (5, 'b"o', found(D, C, 2)),
    (5, None, LeaderElected("bob", 2, D, 4.0, 70)),
]
RECORDS = [Record(n, t * 10**9, node, event) for n, (t, node, event) in enumerate(EVENTS)]


def test_a_row_for_each_block() -> None:
    rows = list(csv.reader(io.StringIO("".join(table_of(RECORDS).as_csv()))))
    assert tuple(rows[0]) == COLUMNS
    assert [row[:11] for row in rows[1:]] == [
        ["1", B, A, "alice", "1.0", "1.0", "0", "2", "2.0", "2", "12"],
        ["1", C, A, "bob", "2.0", "2.0", "1", "0", "0.0", "2", "12"],
        ["2", D, C, 'b"o', "5.0", "3.0", "1", "0", "0.0", "2", "12"],
    ]
    assert rows[1][11:] == ["70", "7", "11" * 80]


def test_the_graph_of_blocks() -> None:
    lines = "".join(table_of(RECORDS).as_dot()).splitlines()
    assert lines[:4] == [
        "digraph blocks {",
        "  rankdir=RL;",
        '  node [shape=box, fontname="monospace"];',
        f'  "{A}" [label="0\\ngenesis", style=bold];',
    ]
    assert lines[4:6] == [
        f'  "{B}" [label="1 alice\\n0000bbbb\\n1.0 s", style=dashed];',
        f'  "{B}" -> "{A}";',
    ]
    assert lines[8:] == [
        f'  "{D}" [label="2 b\\"o\\n0000dddd\\n5.0 s", style=bold];',
        f'  "{D}" -> "{C}";',
        "}",
    ]


def test_blocks_in_a_circle_end() -> None:
    rows = table_of([
        Record(0, 0, "alice", found(B, C, 1)),
        Record(1, 0, "alice", found(C, B, 1)),
        Record(2, 0, None, LeaderElected("alice", 1, B, 1.0, 70)),
    ]).rows()  # fmt: skip
    assert [row.best for row in rows] == [True, True]
