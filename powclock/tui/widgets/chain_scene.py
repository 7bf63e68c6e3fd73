"""What the chain shows, apart from how large it is drawn: lanes, camera and the slots to come."""

from dataclasses import dataclass, field, replace

from rich.style import Style

from powclock.record.events import Hash
from powclock.record.frame import ChainBlock, Frame, TipRow
from powclock.tui.answers import Answer, answer_of
from powclock.tui.glyphs import BEST, RIVAL
from powclock.tui.lanes import Lanes, Placed, lay_out
from powclock.tui.state import State
from powclock.tui.text import count, percent


@dataclass(frozen=True)
class Slot:
    """The block that is to come on a tip: how unusual the wait is, and who searches.

    Where nobody searches, whose turn it is stands for the wait, and who follows for who searches.
    """

    unusual: str
    nodes: int
    share: str
    cut: bool
    heading: str = "wait"
    verb: str = "mined"
    of: str = "rate"

    @property
    def nodes_words(self) -> str:
        """How many nodes search for it."""
        return count(self.nodes, "node")


@dataclass(frozen=True)
class Window:
    """Heights in the picture; the last of them may be the slot to come."""

    first: int
    last: int

    def __contains__(self, height: int) -> bool:
        return self.first <= height <= self.last

    def wider(self, heights: int) -> "Window":
        """The same with some more on both sides."""
        return Window(self.first - heights, self.last + heights)


@dataclass(frozen=True)
class Scene:
    """A stretch of the chain; `lanes` has what is `seen` of it while it glides to its `window`."""

    state: State
    frame: Frame
    window: Window
    seen: Window
    lanes: Lanes
    tips: dict[Hash, TipRow]
    held: frozenset[Hash]
    forked: dict[Hash, bool]
    places: dict[Hash, Placed] = field(repr=False)

    @property
    def later(self) -> int:
        """How many heights there are to the right of the picture."""
        return max(self.frame.chain_high - self.window.last, 0)

    @property
    def heads_before(self) -> int:
        """How many heads lie to the left of the picture."""
        return sum(tip.height < self.window.first for tip in self.frame.tips)

    @property
    def missing(self) -> Window | None:
        """Heights in the picture that the race has blocks of but has not sent."""
        frame = self.frame
        first, last = (
            max(self.window.first, frame.chain_low),
            min(self.window.last, frame.chain_high),
        )
        sent = (frame.chain[0].height, frame.chain[-1].height) if frame.chain else (1, 0)
        if first > last or (sent[0] <= first and last <= sent[1]):
            return None
        if sent[0] <= first <= sent[1]:
            return Window(sent[1] + 1, last)
        if sent[0] <= last <= sent[1]:
            return Window(first, sent[0] - 1)
        return Window(first, last)

    def head(self, place: Placed) -> bool:
        """Whether the block is what the clock shows."""
        return place.block.hash == self.frame.head

    def chosen(self, place: Placed) -> bool:
        """Whether the block is the one that the person chose."""
        return place.block.hash == self.state.block

    def style(self, place: Placed) -> Style:
        """The hue of a block's outline."""
        palette = self.state.palette
        if place.block.withheld:
            return palette.bad
        if self.head(place):
            return palette.bold(palette.best)
        if place.block.best:
            return palette.muted
        return palette.rival if self.alive(place) else palette.stale

    def link_style(self, place: Placed) -> Style:
        """The hue of the link to a block's parent: a thread of gold runs through the best chain."""
        palette = self.state.palette
        if place.block.withheld:
            return palette.bad
        if place.block.best:
            return palette.best
        return palette.rival if self.alive(place) else palette.stale

    def alive(self, place: Placed) -> bool:
        """Whether some node still builds on the block."""
        return place.block.best or place.block.withheld or place.block.hash in self.held

    def holders(self, place: Placed) -> tuple[str, Style] | None:
        """How many nodes have the block as head."""
        palette = self.state.palette
        if not place.block.holders:
            return None
        if self.head(place):
            return f"{BEST}{place.block.holders}", palette.best
        return f"{RIVAL}{place.block.holders}", palette.rival

    def next_slot(self, place: Placed) -> Slot | None:
        """Where nodes mine on a block that has no child in its lane."""
        tip = self.tips.get(place.block.hash)
        if tip is None or not place.last:
            return None
        state = self.state
        miners = state.miners(tip.nodes)
        if not miners:
            return None
        answer = answer_of(self.frame)
        cut = bool(self.frame.sides) and not place.block.best
        if answer is not Answer.WORK:
            turns = self.frame.turns
            turn = turns.leader_of(turns.slot_at(self.frame.time_ns)) if turns is not None else "?"
            share_words = percent(state.rate_share(tip.nodes))
            return Slot(turn, miners, share_words, cut, "turn", "followed", "nodes")
        if self.head(place):
            share = state.wait_unusual
        else:
            share = state.branch_unusual(tip.nodes, place.block.found_ns)
        return Slot(
            f">{percent(share).replace(' ', '')}",
            miners,
            percent(state.rate_share(tip.nodes)),
            cut,
        )


def window(state: State, frame: Frame, columns: int) -> Window:
    """The heights that so many columns show: up to the slot after the newest block, or to where the
    person's camera is.
    """
    tip = frame.chain_high + 1
    lowest = min(frame.chain_low + columns - 1, tip)
    last = tip if state.camera is None else max(min(state.camera, tip), lowest)
    return Window(max(last - columns + 1, frame.chain_low), last)


def scene(
    state: State, frame: Frame, shown: Window, spare: int = 0, before: Scene | None = None
) -> Scene:
    """What is to be seen in a window, and so many heights beside it.

    Most frames bring no block: then what was laid out for the scene before still holds.
    """
    if before is not None and before.seen == shown.wider(spare):
        old = before.frame
        if old is frame or (old.chain == frame.chain and old.tips == frame.tips):
            return replace(before, state=state, frame=frame, window=shown)
    blocks = {block.hash: block for block in frame.chain}
    seen = shown.wider(spare)
    lanes = lay_out(_reaching(frame, seen, blocks))
    held = _held(frame, blocks)
    return Scene(
        state,
        frame,
        shown,
        seen,
        lanes,
        {tip.hash: tip for tip in frame.tips},
        held,
        _forked(lanes, held),
        {place.block.hash: place for place in lanes.placed},
    )


def _reaching(frame: Frame, shown: Window, blocks: dict[Hash, ChainBlock]) -> list[ChainBlock]:
    """The blocks in the picture, and those by which they hang on the best chain, so that a lane is
    not kept for what is not to be seen.
    """
    kept: set[Hash] = set()
    for block in frame.chain:
        if block.height in shown:
            below: ChainBlock | None = block
            while below is not None and below.hash not in kept:
                kept.add(below.hash)
                below = None if below.best else blocks.get(below.parent)
    return [block for block in frame.chain if block.hash in kept]


def _held(frame: Frame, blocks: dict[Hash, ChainBlock]) -> frozenset[Hash]:
    """The blocks off the best chain below every head that a node holds."""
    held: set[Hash] = set()
    for tip in frame.tips:
        block = blocks.get(tip.hash)
        while block is not None and not block.best and block.hash not in held:
            held.add(block.hash)
            block = blocks.get(block.parent)
    return frozenset(held)


def _forked(lanes: Lanes, held: frozenset[Hash]) -> dict[Hash, bool]:
    """The blocks from which another lane begins, and whether it is undecided which one wins."""
    forked: dict[Hash, bool] = {}
    for place in lanes.placed:
        if place.parent_lane is not None and place.parent_lane != place.lane:
            parent = place.block.parent
            forked[parent] = forked.get(parent, False) or place.block.hash in held
    return forked
