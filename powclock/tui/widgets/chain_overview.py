"""Below a picture that has room to spare: the same chain again, with one cell for each block.

So the whole of a large screen shows both what happens now and what came before.
"""

from powclock.record.events import Hash
from powclock.record.frame import Frame
from powclock.tui.rows import Row
from powclock.tui.state import State
from powclock.tui.widgets.chain_cells import Cells, lines
from powclock.tui.widgets.chain_scene import Scene, Window, scene

# A rule, and two lines of cells.
ROWS = 9


class Overview:
    """Draws cells below the picture, if it is to be seen at all."""

    def __init__(self) -> None:
        self._cells: Cells | None = None
        self._scene: Scene | None = None

    @property
    def window(self) -> Window | None:
        """The heights that it shows."""
        return None if self._scene is None else self._scene.window

    def hide(self) -> None:
        """There is no room for it."""
        self._cells = self._scene = None

    def draw(self, state: State, frame: Frame, width: int) -> list[Row]:
        """A rule that names the heights, and the lines."""
        shape = lines(width, ROWS - 1)
        shown = shape.window(state, frame)
        self._scene = scene(state, frame, shown, before=self._scene)
        self._cells = Cells(self._scene, width, ROWS - 1, shape)
        last = min(shown.last, frame.chain_high)
        words = f" {shown.first} to {last}, one cell a block "
        rule = Row(width).put("───", state.palette.faint).put(words, state.palette.muted)
        rule.put("─" * rule.room, state.palette.faint)
        return [rule, *self._cells.rows()]

    def block_at(self, x: int, y: int) -> Hash | None:
        """The block under a cell, counted from the rule."""
        return None if self._cells is None else self._cells.block_at(x, y - 1)
