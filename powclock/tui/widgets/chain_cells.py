"""The chain with one cell for each block: a texture in the hues of the leaders.

Heights are written like text: a line of them, and below it the next. A line begins at the same
height for ever, so nothing moves when a block is found, until a line is full. A cell has the
leader's first letter on the leader's hue.
"""

from dataclasses import dataclass

from rich.cells import cell_len

from powclock.record.frame import Frame
from powclock.tui.glyphs import BEST, STALE, WITHHELD
from powclock.tui.lanes import Placed
from powclock.tui.motion import Swap
from powclock.tui.rows import Row
from powclock.tui.state import State
from powclock.tui.widgets.chain_picture import MARGIN, Moves, Picture
from powclock.tui.widgets.chain_scene import Scene, Window

BELOW = "▾"
# A ruler, the best chain, and two rival lanes.
_LINE_ROWS = 4
_LINE_ROWS_MAX = 8
# After the newest block: "╌ >47% 12 nodes".
_WORDS = 16
_HEIGHTS_MAX = 900


@dataclass(frozen=True)
class Lines:
    """Lines of so many heights; there is room for `height` rows."""

    length: int
    height: int

    @property
    def count_max(self) -> int:
        """Lines that fit."""
        return max(min(self.height // _LINE_ROWS, _HEIGHTS_MAX // self.length), 1)

    def rows(self, shown: Window) -> int:
        """Rows of a line: more while there are few lines."""
        count = (shown.last - shown.first + 1) // self.length
        return max(min(self.height // count, _LINE_ROWS_MAX), 2)

    def window(self, state: State, frame: Frame) -> Window:
        """Whole lines, up to that of the tip or of the person's camera."""
        tip, lowest = (frame.chain_high + 1) // self.length, frame.chain_low // self.length
        last = tip if state.camera is None else min(state.camera // self.length, tip)
        last = max(last, min(lowest + self.count_max - 1, tip))
        first = max(last - self.count_max + 1, lowest)
        return Window(first * self.length, (last + 1) * self.length - 1)


def lines(width: int, height: int) -> Lines:
    """As many heights as there is room for, in tens if there can be."""
    room = width - MARGIN - _WORDS
    return Lines(room // 10 * 10 if room >= 10 else max(width - MARGIN - 1, 1), height)


class Cells(Picture):
    """Draws one scene."""

    def __init__(self, scene: Scene, width: int, height: int, shape: Lines) -> None:
        super().__init__(scene, width, height, 1, Moves(0, Swap(), 0.0))
        self._lines = shape
        self._rows = shape.rows(scene.window)

    @property
    def lanes(self) -> int:
        """Lanes that fit below the ruler of a line."""
        return self._rows - 1

    @property
    def length(self) -> int:
        """Heights in a line."""
        return self._lines.length

    def x(self, column: int) -> int:
        """The cell of a height in its line."""
        return MARGIN + column % self._lines.length

    def _ruler(self, column: int) -> int:
        shape = self._lines
        return (column // shape.length - self.scene.window.first // shape.length) * self._rows

    def rows(self) -> list[Row]:
        """Rulers, then the lanes, then the words behind heads."""
        scene, palette = self.scene, self.palette
        newest = scene.frame.chain_high + 1
        for column in range(scene.window.first, min(scene.window.last, newest) + 1, 10):
            self.canvas.put(self.x(column), self._ruler(column), str(column), palette.muted)
        if missing := scene.missing:
            for column in range(missing.first, missing.last + 1):
                self.canvas.put(self.x(column), self._ruler(column) + 1, "·", palette.faint)
        shown = [
            place
            for place in scene.lanes.placed
            if place.column in scene.window and place.lane < self.lanes
        ]
        for place in shown:
            self._block(place)
        for place in shown:
            self._slot(place)
        return super().rows()

    def _block(self, place: Placed) -> None:
        scene, canvas, palette = self.scene, self.canvas, self.palette
        x, ruler = self.x(place.column), self._ruler(place.column)
        y = ruler + 1 + place.lane
        alive = scene.alive(place)
        parent = scene.places.get(place.block.parent)
        if parent is not None and parent.lane != place.lane:
            self.stem(x - 1, ruler + 2 + parent.lane, y, scene.link_style(place))
            self.corner(x - 1, y, "", scene.link_style(place))
        letter = (place.block.author or "0")[0]
        style = palette.solid(scene.state.node(place.block.author))
        if not place.block.author:
            style = palette.solid(palette.muted)
        if place.block.withheld:
            letter, style = WITHHELD, palette.bad
        if not alive:
            letter, style = STALE, palette.stale
        if scene.chosen(place):
            style = palette.solid(palette.text)
            canvas.put(x, ruler, f"{BELOW}{place.column} ", palette.bold(palette.accent))
        canvas.put(x, y, letter if cell_len(letter) == 1 else "▇", style)
        self.covers(x, y, 1, 1, place)

    def _slot(self, place: Placed) -> None:
        """Behind a head, as many words as the branches beside it leave room for."""
        scene, palette = self.scene, self.palette
        slot, holders = scene.next_slot(place), scene.holders(place)
        if slot is None or holders is None:
            return
        x, y = self.x(place.column) + 1, self._ruler(place.column) + 1 + place.lane
        style = palette.best if holders[0].startswith(BEST) else palette.rival
        sign, wait = holders[0][0], f"{slot.unusual}"
        for text in (f"╌{sign} {wait} {slot.nodes_words}", f"╌{sign} {wait}", holders[0]):
            if self.free(x, y, len(text) + 1):
                self.canvas.put(x, y, text, style)
                return
