"""The chain: what was agreed, what was not, and where the next block is being searched for."""

from dataclasses import replace

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


class Chain(Panel):
    """Blocks from left to right, rival branch{'es' * (below > 1)} below the best chain."""

    TITLE = "CHAIN"

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
            key = self.state.keys.label("follow")
            parts.append((f"{shown.later} later, {key} follows", palette.warning))
        if (below := shown.lanes.count - self._lanes_shown) > 0:
            parts.append((f"{below} more below", palette.warning))
        between = (" · ", palette.faint)
        return [part for shown in parts for part in (between, shown)][1:]


def _count(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"
