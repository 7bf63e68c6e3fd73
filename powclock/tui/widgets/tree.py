"""A node's own tree: a row for each block, the newest on top, with branches as lanes beside it."""

from collections.abc import Sequence
from dataclasses import dataclass

from powclock.record.detail import TreeBlock
from powclock.record.frame import ChainBlock
from powclock.tui.lanes import Placed, lay_out

_ON_BEST = "●"
_OFF_BEST = "○"


@dataclass(frozen=True, slots=True)
class TreeRow:
    """A block with the signs of its lanes: two cells for each."""

    block: TreeBlock
    signs: str


def tree_rows(blocks: Sequence[TreeBlock]) -> list[TreeRow]:
    """Rows from the newest block to the oldest.

    A branch runs down its lane to the row of its parent, and joins it there.
    """
    known = {block.hash: block for block in blocks}
    lanes = lay_out([_for_lanes(block) for block in blocks])
    placed = sorted(lanes.placed, key=lambda place: (-place.column, place.lane))
    rows = []
    # The hash of the parent that the line in each lane leads down to.
    open_lanes: dict[int, str] = {}
    for place in placed:
        hash_ = place.block.hash
        joins = [lane for lane, parent in open_lanes.items() if parent == hash_]
        signs = _signs(place, open_lanes, joins, lanes.count, known[hash_])
        for lane in joins:
            del open_lanes[lane]
        if place.block.parent in known:
            open_lanes[place.lane] = place.block.parent
        rows.append(TreeRow(known[hash_], signs))
    return rows


def _signs(
    place: Placed, open_lanes: dict[int, str], joins: list[int], count: int, block: TreeBlock
) -> str:
    last = max(joins, default=place.lane)
    signs = []
    for lane in range(count):
        across = place.lane < lane <= last
        if lane == place.lane:
            sign = _ON_BEST if block.best else _OFF_BEST
        elif across and lane in joins:
            sign = "╯" if lane == last else "┴"
        elif across:
            sign = "┼" if lane in open_lanes else "─"
        else:
            sign = "│" if lane in open_lanes else " "
        signs.append(sign + ("─" if place.lane <= lane < last else " "))
    return "".join(signs)


def _for_lanes(block: TreeBlock) -> ChainBlock:
    return ChainBlock(
        hash=block.hash,
        parent=block.parent,
        height=block.height,
        author=block.author,
        found_ns=0,
        interval_s=0.0,
        best=block.best,
        holders=0,
        transactions=0,
    )
