"""Every block of a race with what became of it, as a table and as a graph.

Nothing is forgotten: a table is made of a whole recording, once. A block is best where it is on the
chain of the race's last tick.
"""

import csv
import io
from collections.abc import Iterable, Iterator

import msgspec

from powclock.record.events import (
    BlockAccepted,
    BlockFound,
    Hash,
    LeaderElected,
    NodeId,
    RaceStarted,
    Record,
)

NANOSECONDS = 1_000_000_000
_SHORT = 8


class Row(msgspec.Struct):
    """A block; times are seconds of race time.

    `interval_s` is since its parent was found. So many nodes `accepted` it; the last one that did
    so did it `spread_s` after it was found. `header` is its 80 bytes, in hexadecimal.
    """

    height: int
    hash: Hash
    parent: Hash
    author: NodeId
    found_s: float
    interval_s: float
    best: bool
    accepted: int
    spread_s: float
    transactions: int
    fees: int
    work: int
    bits: int
    header: str


COLUMNS = Row.__struct_fields__


class BlockTable:
    """A fold of records."""

    def __init__(self) -> None:
        self._rows: dict[Hash, Row] = {}
        self._accepted: dict[Hash, set[NodeId]] = {}
        self._best: Hash = ""
        self._genesis: Hash = ""

    def apply(self, record: Record) -> None:
        """Take a record in."""
        match record.event:
            case RaceStarted(genesis=genesis):
                self._genesis = self._best = genesis
            case BlockFound() as found:
                self._found(found, record.node or "", record.time_ns)
            case BlockAccepted(hash=hash_):
                row = self._rows.get(hash_)
                nodes = self._accepted.setdefault(hash_, set())
                if row is not None and record.node is not None and record.node not in nodes:
                    nodes.add(record.node)
                    row.accepted += 1
                    row.spread_s = round(record.time_ns / NANOSECONDS - row.found_s, 9)
            case LeaderElected(hash=hash_):
                self._best = hash_
            case _:
                pass

    def _found(self, found: BlockFound, author: NodeId, time_ns: int) -> None:
        found_s = time_ns / NANOSECONDS
        parent = self._rows.get(found.parent)
        self._rows[found.hash] = Row(
            height=found.height,
            hash=found.hash,
            parent=found.parent,
            author=author,
            found_s=found_s,
            interval_s=round(found_s - (0.0 if parent is None else parent.found_s), 9),
            best=False,
            accepted=0,
            spread_s=0.0,
            transactions=found.transactions,
            fees=found.fees,
            work=found.work,
            bits=found.bits,
            header=found.header,
        )

    def rows(self) -> list[Row]:
        """All blocks but genesis, in the order in which they were found."""
        best = set()
        row = self._rows.get(self._best)
        while row is not None and row.hash not in best:
            best.add(row.hash)
            row = self._rows.get(row.parent)
        return [msgspec.structs.replace(each, best=hash_ in best)
                for hash_, each in self._rows.items()]  # fmt: skip

    def as_csv(self) -> Iterator[str]:
        """Lines of a table with a header; true and false are 1 and 0."""
        yield ",".join(COLUMNS) + "\n"
        for row in self.rows():
            line = io.StringIO()
            values = msgspec.structs.astuple(msgspec.structs.replace(row, best=int(row.best)))
            csv.writer(line, lineterminator="\n").writerow(values)
            yield line.getvalue()

    def as_dot(self) -> Iterator[str]:
        """Lines of a graph for graphviz: from each block an arrow to its parent."""
        yield "digraph blocks {\n"
        yield "  rankdir=RL;\n"
        yield '  node [shape=box, fontname="monospace"];\n'
        if self._genesis:
            yield f'  "{_quoted(self._genesis)}" [label="0\\ngenesis", style=bold];\n'
        for row in self.rows():
            style = "bold" if row.best else "dashed"
            words = f"{row.height} {_quoted(row.author)}\\n{row.hash[-_SHORT:]}"
            label = f'label="{words}\\n{row.found_s:.1f} s"'
            yield f'  "{_quoted(row.hash)}" [{label}, style={style}];\n'
            yield f'  "{_quoted(row.hash)}" -> "{_quoted(row.parent)}";\n'
        yield "}\n"


def _quoted(text: str) -> str:
    """Text as it may stand between the quotes of a graph."""
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ")


def table_of(records: Iterable[Record]) -> BlockTable:
    """The table of a whole recording."""
    table = BlockTable()
    for record in records:
        table.apply(record)
    return table
