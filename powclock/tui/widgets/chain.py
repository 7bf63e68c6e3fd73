"""The chain: what was agreed, what was not, and where the next block is being searched for."""

from dataclasses import replace

from powclock.record.detail import HEIGHTS
from powclock.tui.glyphs import MORE_LEFT, RIVAL
from powclock.tui.rows import Row
from powclock.tui.state import Zoom
from powclock.tui.widgets.chain_boxes import Boxes, Grid
from powclock.tui.widgets.chain_lines import Cells, Words
from powclock.tui.widgets.chain_scene import Scene, scene
from powclock.tui.widgets.panel import Panel, Part

# Lower or narrower than this, boxes would show less than words do.
_BOX_ROWS = 6
_BOX_COLUMNS = 60
_PAN = 4


class Chain(Panel):
    """Blocks from left to right, rival branches below the best chain."""

    TITLE = "CHAIN"
    NAME = "chain"
    NUMBER = 2

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self._scene: Scene | None = None
        self._lanes_shown = 0

    def body(self, width: int, height: int) -> list[Row]:
        """The chain as large as the zoom says and the room allows."""
        if width < 12 or height < 1:
            return []
        zoom = self.state.zoom
        boxes = height >= _BOX_ROWS and width >= _BOX_COLUMNS and self.boxes_fit
        if zoom is Zoom.BOXES and boxes:
            grid = Grid(width, height)
            self._scene = scene(self.state, grid.columns)
            if self._scene is not None and self._scene.lanes.count > grid.lanes:
                grid = replace(grid, dense=True)
            self._lanes_shown = grid.lanes
            return Boxes(self._scene, grid).draw().rows() if self._scene else []
        if zoom is Zoom.CELLS:
            self._scene = scene(self.state, Cells.columns(width))
            self._lanes_shown = height - 1
            return Cells(self._scene, width, height).draw().rows() if self._scene else []
        self._scene = scene(self.state, Words.columns(width))
        self._lanes_shown = height - 1
        return Words(self._scene, width, height).draw().rows() if self._scene else []

    @property
    def boxes_fit(self) -> bool:
        """Whether the screen is of a size for boxes."""
        return self.border.value == "box"

    @property
    def heights_wanted(self) -> int:
        """Heights that the race should send: what is shown, and some more to move to."""
        return max(HEIGHTS, self._columns + _PAN)

    @property
    def _columns(self) -> int:
        return 0 if self._scene is None else self._scene.last - self._scene.first + 1

    def pan(self, heights: int) -> None:
        """Move the camera; at the tip it follows again."""
        frame = self.state.frame
        if frame is None:
            return
        tip = frame.chain_high + 1
        lowest = min(frame.chain_low + self._columns - 1, tip)
        right = (tip if self.state.camera is None else self.state.camera) + heights
        self.state.camera = None if right >= tip else max(right, lowest)

    def move(self, across: int, down: int) -> bool:  # noqa: ARG002
        """Earlier or later blocks."""
        self.pan(_PAN * across)
        return bool(across)

    def page(self, step: int) -> bool:
        """A picture's width."""
        self.pan(step * max(self._columns - 2, 1))
        return True

    def end(self, *, last: bool) -> bool:
        """The oldest blocks, or the tip."""
        frame = self.state.frame
        if last or frame is None:
            self.state.camera = None
        else:
            self.pan(frame.chain_low - frame.chain_high)
        return True

    def scrolled(self, step: int) -> None:
        """The wheel moves the camera."""
        self.pan(step)

    def aside(self) -> list[Part]:
        """What is not in the picture."""
        palette, shown = self.state.palette, self._scene
        if shown is None:
            return []
        parts: list[Part] = []
        if shown.first > 0:
            parts.append((f"{MORE_LEFT} {_count(shown.first, 'block')} hidden", palette.muted))
        if heads := shown.heads_before:
            parts.append((f"{RIVAL} {_count(heads, 'head')} there", palette.rival))
        if shown.later:
            key = self.state.keys.label("last")
            parts.append((f"{shown.later} later, {key} follows", palette.warning))
        if (below := shown.lanes.count - self._lanes_shown) > 0:
            parts.append((f"{below} more below", palette.warning))
        between = (" · ", palette.faint)
        return [part for shown in parts for part in (between, shown)][1:]


def _count(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"
