"""The cursor of the chain: which block comes next in a direction."""

from collections.abc import Iterable

from powclock.record.events import Hash
from powclock.tui.lanes import Lanes, Placed
from powclock.tui.widgets.chain_scene import Window


def step(lanes: Lanes, block: Hash, across: int, down: int) -> Placed | None:
    """The block to go to from this one; None if it is not there, or nothing lies that way.

    To the left is the parent, so a branch leads back to where it began; to the right the child in
    the same lane; above and below what lies nearest to straight up or down.
    """
    here = next((place for place in lanes.placed if place.block.hash == block), None)
    if here is None:
        return None
    if across < 0:
        return _first(place for place in lanes.placed if place.block.hash == here.block.parent)
    if across > 0:
        return _first(
            place
            for place in lanes.placed
            if place.block.parent == block and place.lane == here.lane
        )
    beyond = [place for place in lanes.placed if (place.lane - here.lane) * down > 0]
    return min(
        beyond,
        key=lambda place: (
            abs(place.column - here.column), abs(place.lane - here.lane), place.column,
        ),
        default=None,
    )  # fmt: skip


def entry(lanes: Lanes, shown: Window, head: Hash, across: int) -> Placed | None:
    """Where a cursor begins: at the head, or, where that is out of sight, at the end of the best
    chain's part in the picture from which the person comes.
    """
    best = [place for place in lanes.placed if place.block.best and place.column in shown]
    at_head = _first(place for place in best if place.block.hash == head)
    if at_head is not None or not best:
        return at_head
    return best[0] if across > 0 else best[-1]


def _first(places: Iterable[Placed]) -> Placed | None:
    return next(iter(places), None)
