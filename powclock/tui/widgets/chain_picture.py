"""What all pictures of the chain have in common: where things are now, and what the mouse hits.

A picture is a canvas for one scene. While it glides, heights lie a little to the right or left of
where they belong, and blocks between the rows of two lanes.
"""

from dataclasses import dataclass

from rich.style import Style

from powclock.record.events import Hash
from powclock.tui.lanes import Placed
from powclock.tui.motion import Swap
from powclock.tui.rows import Canvas, Row
from powclock.tui.theme import Palette
from powclock.tui.widgets.chain_scene import Scene

MARGIN = 3
HIDDEN = "···"


@dataclass(frozen=True)
class Moves:
    """Where a picture that moves has got to: its left edge in cells, counted from height 0, and the
    rows of blocks.
    """

    left: int
    swap: Swap
    now_s: float


class Picture:
    """A canvas with a scene; a subclass draws it."""

    def __init__(self, scene: Scene, width: int, height: int, pitch: int, moves: Moves) -> None:
        self.scene = scene
        self.palette: Palette = scene.state.palette
        self.canvas = Canvas(width, height)
        self.pitch = pitch
        self._moves = moves
        self._hits: list[tuple[int, int, int, int, Hash]] = []

    def rows(self) -> list[Row]:
        """The picture."""
        return self.canvas.rows()

    def block_at(self, x: int, y: int) -> Hash | None:
        """The block under a cell, the uppermost if there are several."""
        for left, top, width, height, hash_ in reversed(self._hits):
            if left <= x < left + width and top <= y < top + height:
                return hash_
        return None

    def covers(self, x: int, y: int, width: int, height: int, place: Placed) -> None:
        """Note where a block was drawn."""
        self._hits.append((x, y, width, height, place.block.hash))

    def x(self, column: int) -> int:
        """The left cell of a height."""
        return MARGIN + column * self.pitch - self._moves.left

    def y(self, place: Placed, at_rest: int) -> int:
        """The row of a block now, given the one where it belongs."""
        row = self._moves.swap.row(place.block.hash, self._moves.now_s)
        return at_rest if row is None else row

    def free(self, x: int, y: int, cells: int) -> bool:
        """Whether so many cells are there and empty."""
        canvas = self.canvas
        if x < 0 or x + cells > canvas.width or not 0 <= y < canvas.height:
            return False
        return all(canvas.at(x + index, y) == " " for index in range(cells))

    def put_free(self, x: int, y: int, text: str, style: Style) -> None:
        """Write where nothing lies: words do not run over boxes that move."""
        if self.free(x, y, len(text)):
            self.canvas.put(x, y, text, style)

    def put_first(self, x: int, y: int, texts: tuple[str, ...], style: Style) -> bool:
        """Write the first of some texts for which there is room, with a cell on both sides."""
        for text in texts:
            if self.free(x - 1, y, len(text) + 1) and self.canvas.at(x + len(text), y) == " ":
                self.canvas.put(x, y, text, style)
                return True
        return False

    def stem(self, x: int, top: int, bottom: int, style: Style) -> None:
        """A line down, across or along what is there, which ends above a corner at `bottom`."""
        for row in range(top, bottom):
            sign = {"╰": "├", "─": "┼"}.get(self.canvas.at(x, row), "│")
            self.canvas.put(x, row, sign, style)

    def corner(self, x: int, y: int, text: str, style: Style) -> None:
        """The turn of a line down to the right; where another one goes on down, both are seen."""
        passed = self.canvas.at(x, y) in {"│", "├", "┼"}
        self.canvas.put(x, y, ("├" if passed else "╰") + text, style)

    def unsent(self, y: int) -> None:
        """Dots where there are blocks that the race has not sent yet."""
        missing = self.scene.missing
        if missing is not None:
            left, right = self.x(missing.first), self.x(missing.last + 1)
            dots = ("·" + " " * (min(self.pitch, 4) - 1)) * ((right - left) // min(self.pitch, 4))
            self.canvas.put(left, y, dots, self.palette.faint)
