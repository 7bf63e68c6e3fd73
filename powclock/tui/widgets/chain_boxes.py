"""The chain with a box for each block."""

from dataclasses import dataclass

from rich.style import Style

from powclock.record.narrate import short_hash
from powclock.tui.glyphs import STALE
from powclock.tui.lanes import Placed
from powclock.tui.rows import Canvas
from powclock.tui.text import duration
from powclock.tui.widgets.chain_scene import Scene, centred

BOX = 8
MARGIN = 3
# The words after the slot to come: " 12 mining, split".
_WORDS = 17
# Where on a block the line to a rival child goes down: right of the interval's digits.
_STEM = 6


@dataclass(frozen=True)
class Outline:
    """The signs of a box: corners, sides, and where links attach."""

    top: str
    side: str
    bottom: str
    fill: str
    link_in: str
    link_out: str
    stem: str


PLAIN = Outline("╭─╮", "│", "╰─╯", "─", "┤", "├", "┬")
HEAD = Outline("┏━┓", "┃", "┗━┛", "━", "┨", "┠", "┳")
LOSER = Outline("╭┈╮", "┊", "╰┈╯", "┈", "┤", "├", "┬")
SLOT = Outline("╭╌╮", "┆", "╰╌╯", "╌", "┆", "┆", "╌")


@dataclass(frozen=True)
class Grid:
    """The sizes. Rivals get boxes too while there is room for all of them, and else a row each."""

    width: int
    height: int
    dense: bool = False

    @property
    def tall(self) -> bool:
        """Whether there is room for tall boxes."""
        return self.height >= 13

    @property
    def boxed(self) -> bool:
        """Whether rivals have boxes."""
        return self.tall and not self.dense

    @property
    def pitch(self) -> int:
        """Cells from one block to the next."""
        return 12 if self.width >= 130 else 11

    @property
    def columns(self) -> int:
        """Heights that fit, with the slot to come and its words."""
        return max((self.width - MARGIN - BOX - _WORDS) // self.pitch + 1, 2)

    @property
    def lanes(self) -> int:
        """Lanes that fit."""
        room = max(self.height - self.top(1), 0)
        return 1 + ((room + 1) // 4 if self.boxed else room)

    def top(self, lane: int) -> int:
        """The first row of a lane's boxes."""
        if lane == 0:
            return 1
        first = 6 if self.tall else 5
        return first + (lane - 1) * (4 if self.boxed else 1)

    def middle(self, lane: int) -> int:
        """The row in which a lane's links run."""
        return self.top(lane) + (1 if lane == 0 or self.boxed else 0)

    def bottom(self, lane: int) -> int:
        """The last row of a lane's boxes."""
        if lane == 0:
            return 4 if self.tall else 3
        return self.top(lane) + (2 if self.boxed else 0)


class Boxes:
    """Draws one scene."""

    def __init__(self, scene: Scene, grid: Grid) -> None:
        self._scene = scene
        self._grid = grid
        self._canvas = Canvas(grid.width, grid.height)
        self._places = {place.block.hash: place for place in scene.lanes.placed}

    def draw(self) -> Canvas:
        """Heights, links, boxes, and the slots to come."""
        scene, palette = self._scene, self._scene.state.palette
        for column in range(scene.first, scene.last + 1):
            here = column == scene.lanes.last
            style = palette.best if here else palette.muted
            self._canvas.put(self._x(column), 0, centred(str(column), BOX, " "), style)
        shown = [
            place
            for place in scene.lanes.placed
            if scene.shows(place.column) and place.lane < self._grid.lanes
        ]
        for place in shown:
            self._link(place)
        for place in shown:
            self._block(place)
        return self._canvas

    def _x(self, column: int) -> int:
        return MARGIN + (column - self._scene.first) * self._grid.pitch

    def _link(self, place: Placed) -> None:
        canvas, style = self._canvas, self._link_style(place)
        x, y = self._x(place.column), self._grid.middle(place.lane)
        parent = self._places.get(place.block.parent)
        if parent is None or not self._scene.shows(parent.column):
            if place.column > 0:
                canvas.put(x - MARGIN, y, "···", self._scene.state.palette.muted)
            return
        if parent.lane == place.lane:
            start = self._x(parent.column) + BOX
            canvas.put(start, y, "─" * (x - start), style)
            return
        stem = self._x(parent.column) + _STEM
        for row in range(self._grid.bottom(parent.lane) + 1, y):
            passed = {"╰": "├", "─": "┼"}.get(canvas.at(stem, row), "│")
            canvas.put(stem, row, passed, style)
        canvas.put(stem, y, "╰" + "─" * (x - stem - 1), style)

    def _link_style(self, place: Placed) -> Style:
        palette = self._scene.state.palette
        return palette.muted if place.lane == 0 else self._scene.style(place)

    def _block(self, place: Placed) -> None:
        scene, grid = self._scene, self._grid
        style = scene.style(place)
        x, lane = self._x(place.column), place.lane
        if place.block.hash == scene.frame.head:
            outline = HEAD
        elif scene.alive(place):
            outline = PLAIN
        else:
            outline = LOSER
        slot = scene.next_slot(place)
        child = not place.last or slot is not None
        self._box(x, lane, outline, style, linked=(place.column > 0, child))
        if place.block.hash in scene.forked and grid.bottom(lane) > grid.middle(lane):
            self._canvas.put(x + _STEM, grid.bottom(lane), outline.stem, style)
        self._words(place, x, outline)
        self._notes(place, x)
        if slot is not None:
            self._slot(place, slot)

    def _box(
        self, x: int, lane: int, outline: Outline, style: Style, *, linked: tuple[bool, bool]
    ) -> None:
        canvas, grid = self._canvas, self._grid
        top, middle, bottom = grid.top(lane), grid.middle(lane), grid.bottom(lane)
        left = outline.link_in if linked[0] else outline.side
        right = outline.link_out if linked[1] else outline.side
        canvas.put(x, middle, left + " " * (BOX - 2) + right, style)
        if top == bottom:
            return
        for row, corners in ((top, outline.top), (bottom, outline.bottom)):
            canvas.put(x, row, corners[0] + corners[1] * (BOX - 2) + corners[2], style)
        for row in range(middle + 1, bottom):
            canvas.put(x, row, outline.side + " " * (BOX - 2) + outline.side, style)

    def _words(self, place: Placed, x: int, outline: Outline) -> None:
        scene, grid = self._scene, self._grid
        palette, block = scene.state.palette, place.block
        head = block.hash == scene.frame.head
        faded = palette.stale if not scene.alive(place) else palette.text
        text = palette.strong if head else faded
        name = centred(short_hash(block.hash), BOX - 2, " ")
        self._canvas.put(x + 1, grid.middle(place.lane), name, text)
        hue = scene.state.node(block.author)
        hue = palette.bold(hue) if head else hue
        if place.lane == 0 and grid.tall:
            self._canvas.put(x + 1, 3, centred(block.author, BOX - 2, " "), hue)
        elif grid.bottom(place.lane) > grid.middle(place.lane):
            name = centred(block.author, BOX - 3, outline.fill)
            self._canvas.put(x + 1, grid.bottom(place.lane), name, hue)

    def _notes(self, place: Placed, x: int) -> None:
        """Under a box: how long it took, and who has it as head; beside it, where it is a row."""
        scene, grid, canvas = self._scene, self._grid, self._canvas
        palette = scene.state.palette
        holders = scene.holders(place)
        under = grid.bottom(place.lane) + 1
        if place.lane == 0:
            if place.column > 0:
                took = duration(place.block.interval_s).replace(" ", "")
                canvas.put(x + 1, under, took[: _STEM - 1], palette.muted)
            if holders:
                canvas.put(x + BOX, under, *holders)
            return
        if not place.last:
            return
        alive = scene.alive(place)
        words = holders if alive else (f"{STALE} stale", palette.stale)
        if words is None:
            return
        if grid.boxed:
            canvas.put(x + 1, under, *words)
        elif not alive or scene.next_slot(place) is None:
            canvas.put(x + BOX + 1, under - 1, *words)

    def _slot(self, place: Placed, slot: tuple[str, str]) -> None:
        share, words = slot
        palette, grid, lane = self._scene.state.palette, self._grid, place.lane
        style = palette.accent if lane == 0 else palette.rival
        x, y = self._x(place.column + 1), grid.middle(lane)
        start = self._x(place.column) + BOX
        self._canvas.put(start, y, "╌" * (x - start), style)
        self._box(x, lane, SLOT, style, linked=(True, False))
        if lane == 0 and grid.tall:
            self._canvas.put(x + 1, y + 1, centred("wait", BOX - 2, " "), palette.muted)
        self._canvas.put(x + 1, y, centred(share, BOX - 2, " "), palette.text)
        self._canvas.put(x + BOX + 1, y, words, palette.muted)
