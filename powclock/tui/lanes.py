"""Where blocks go: the best chain in lane 0, every other branch in the nearest lane that is free.

Columns are heights. Branches are laid out from the newest fork to the oldest, so the line that goes
down from an older fork passes to the left of all that was placed before it and crosses nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from powclock.record.events import Hash
from powclock.record.frame import ChainBlock


@dataclass(frozen=True)
class Placed:
    """A block in its lane; `parent_lane` is None where the parent is not among the blocks."""

    block: ChainBlock
    lane: int
    parent_lane: int | None
    last: bool

    @property
    def column(self) -> int:
        """Its height."""
        return self.block.height


@dataclass(frozen=True)
class Lanes:
    """All blocks in their places, by lane and height, and how many lanes there are."""

    placed: tuple[Placed, ...]
    count: int
    first: int
    last: int


def lay_out(chain: Sequence[ChainBlock]) -> Lanes:
    """Give each block a lane; after a branch there is room for a slot to come, or a word."""
    if not chain:
        return Lanes((), 0, 0, 0)
    by_hash = {block.hash: block for block in chain}
    children: dict[Hash, list[ChainBlock]] = {}
    for block in sorted(chain, key=lambda block: (block.height, block.found_ns, block.hash)):
        children.setdefault(block.parent, []).append(block)
    lane_of = {block.hash: 0 for block in chain if block.best}
    taken: dict[int, list[tuple[int, int]]] = {}
    roots = [
        block
        for block in chain
        if not block.best and (block.parent not in by_hash or by_hash[block.parent].best)
    ]
    roots.sort(key=lambda block: (-block.height, block.found_ns, block.hash))
    while roots:
        root = roots.pop(0)
        branch = _follow(root, children)
        span = (root.height - 1, branch[-1].height + 1)
        lane = 1 + lane_of.get(root.parent, 0)
        while any(span[0] <= high and low <= span[1] for low, high in taken.get(lane, ())):
            lane += 1
        taken.setdefault(lane, []).append(span)
        lane_of |= {block.hash: lane for block in branch}
        roots[:0] = _side_branches(branch, children)
    placed = [
        Placed(
            block,
            lane_of[block.hash],
            lane_of.get(block.parent) if block.parent in by_hash else None,
            last=not any(
                lane_of[child.hash] == lane_of[block.hash] for child in children.get(block.hash, ())
            ),
        )
        for block in chain
    ]
    placed.sort(key=lambda place: (place.lane, place.column))
    heights = [block.height for block in chain]
    return Lanes(tuple(placed), 1 + max(lane_of.values()), min(heights), max(heights))


def _follow(root: ChainBlock, children: dict[Hash, list[ChainBlock]]) -> list[ChainBlock]:
    """The branch from a block on; where it forks, along the child that was found first."""
    branch = [root]
    while following := children.get(branch[-1].hash):
        branch.append(following[0])
    return branch


def _side_branches(
    branch: list[ChainBlock], children: dict[Hash, list[ChainBlock]]
) -> list[ChainBlock]:
    """The forks of a branch, the newest first."""
    return [rival for block in reversed(branch) for rival in children.get(block.hash, ())[1:]]
