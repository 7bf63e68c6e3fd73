"""What the chain shows, apart from how large it is drawn: lanes, camera and the slots to come."""

from dataclasses import dataclass

from rich.cells import cell_len
from rich.style import Style

from powclock.record.frame import ChainBlock, Frame, TipRow
from powclock.tui.glyphs import BEST, RIVAL
from powclock.tui.lanes import Lanes, Placed, lay_out
from powclock.tui.state import State
from powclock.tui.text import percent


@dataclass(frozen=True)
class Scene:
    """A stretch of the chain, from one height to another, the last being the slot to come."""

    state: State
    frame: Frame
    lanes: Lanes
    tips: dict[str, TipRow]
    held: frozenset[str]
    forked: frozenset[str]
    first: int
    last: int

    @property
    def later(self) -> int:
        """How many heights lie between the picture and the newest block."""
        return max(self.frame.chain_high + 1 - self.last, 0)

    @property
    def heads_before(self) -> int:
        """How many heads lie to the left of the picture."""
        return sum(tip.height < self.first for tip in self.frame.tips)

    def shows(self, column: int) -> bool:
        """Whether a height is in the picture."""
        return self.first <= column <= self.last

    def style(self, place: Placed) -> Style:
        """The hue of a block's outline."""
        palette = self.state.palette
        if place.block.hash == self.frame.head:
            return palette.bold(palette.best)
        if place.lane == 0:
            return palette.muted
        return palette.rival if self.alive(place) else palette.stale

    def alive(self, place: Placed) -> bool:
        """Whether some node still builds on the block."""
        return place.lane == 0 or place.block.hash in self.held

    def holders(self, place: Placed) -> tuple[str, Style] | None:
        """How many nodes have the block as head."""
        palette = self.state.palette
        if not place.block.holders:
            return None
        if place.block.hash == self.frame.head:
            return f"{BEST}{place.block.holders}", palette.best
        return f"{RIVAL}{place.block.holders}", palette.rival

    def next_slot(self, place: Placed) -> tuple[str, str] | None:
        """Where nodes mine on a block: how unusual their wait is, and how many they are."""
        tip = self.tips.get(place.block.hash)
        if tip is None or not place.last:
            return None
        miners = self.state.miners(tip.nodes)
        if not miners:
            return None
        if place.block.hash == self.frame.head:
            share = self.state.wait_unusual
        else:
            share = self.state.branch_unusual(tip.nodes, place.block.found_ns)
        split = ", split" if self.frame.sides and place.lane else ""
        return f">{percent(share).replace(' ', '')}", f"{miners} mining{split}"


def scene(state: State, columns: int) -> Scene | None:
    """The part of the chain that so many columns show, where the person's camera is."""
    frame = state.frame
    if frame is None or not frame.chain:
        return None
    # A moved camera may ask for blocks that the race has not sent yet: the old ones stay meanwhile.
    newest = frame.chain[-1].height
    last = newest + 1 if state.camera is None else min(state.camera, newest + 1)
    first = max(last - columns + 1, frame.chain[0].height)
    lanes = lay_out(_reaching(frame, first, last))
    tips = {tip.hash: tip for tip in frame.tips}
    return Scene(state, frame, lanes, tips, _held(frame), _forked(lanes), first, last)


def _reaching(frame: Frame, first: int, last: int) -> list[ChainBlock]:
    """The blocks in the picture and all below them, so that a lane is not kept for what is not."""
    by_hash = {block.hash: block for block in frame.chain}
    kept: dict[str, ChainBlock] = {}
    for block in frame.chain:
        if first <= block.height <= last:
            below: ChainBlock | None = block
            while below is not None and below.hash not in kept:
                kept[below.hash] = below
                below = by_hash.get(below.parent)
    return [block for block in frame.chain if block.hash in kept]


def _held(frame: Frame) -> frozenset[str]:
    """The blocks below every head that a node holds."""
    parents = {block.hash: block.parent for block in frame.chain}
    held: set[str] = set()
    for tip in frame.tips:
        hash_ = tip.hash
        while hash_ in parents and hash_ not in held:
            held.add(hash_)
            hash_ = parents[hash_]
    return frozenset(held)


def _forked(lanes: Lanes) -> frozenset[str]:
    """The blocks from which another lane begins."""
    return frozenset(
        place.block.parent
        for place in lanes.placed
        if place.parent_lane is not None and place.parent_lane != place.lane
    )


def centred(text: str, width: int, fill: str) -> str:
    """The text, cut to the width, in the middle of a line."""
    while cell_len(text) > width:
        text = text[:-1]
    left = (width - cell_len(text)) // 2
    return fill * left + text + fill * (width - cell_len(text) - left)
