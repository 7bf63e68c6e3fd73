"""The chain with a word or a single cell for each block."""

from powclock.record.narrate import short_hash
from powclock.tui.glyphs import STALE
from powclock.tui.lanes import Placed
from powclock.tui.rows import Canvas
from powclock.tui.widgets.chain_scene import Scene, centred

_MARGIN = 3
_WORDS = 17
_CELL = "■"


class Words:
    """One word for each block: its height on the best chain, its hash on others."""

    # Room for a height or a hash with its brackets, and a link.
    PITCH = 8

    @classmethod
    def columns(cls, width: int) -> int:
        """Heights that fit."""
        return max((width - _MARGIN - _WORDS) // cls.PITCH, 2)

    def __init__(self, scene: Scene, width: int, height: int) -> None:
        self._scene = scene
        self._canvas = Canvas(width, height)
        self._places = {place.block.hash: place for place in scene.lanes.placed}

    def draw(self) -> Canvas:
        """Links first, then words."""
        shown = [place for place in self._scene.lanes.placed if self._scene.shows(place.column)]
        for place in shown:
            self._link(place)
        for place in shown:
            self._block(place)
        return self._canvas

    def _x(self, column: int) -> int:
        return _MARGIN + (column - self._scene.first) * self.PITCH

    @staticmethod
    def _y(lane: int) -> int:
        return 0 if lane == 0 else 1 + lane

    def _link(self, place: Placed) -> None:
        canvas, scene = self._canvas, self._scene
        palette = scene.state.palette
        style = palette.faint if place.lane == 0 else scene.style(place)
        x, y = self._x(place.column), self._y(place.lane)
        parent = self._places.get(place.block.parent)
        if parent is None or not scene.shows(parent.column):
            if place.column > 0:
                canvas.put(x - _MARGIN, y, "···", palette.muted)
            return
        if parent.lane == place.lane:
            canvas.put(x - self.PITCH, y, "─" * self.PITCH, style)
            return
        stem = self._x(parent.column) + 2
        for row in range(max(self._y(parent.lane) + 1, 2), y):
            canvas.put(stem, row, {"╰": "├", "─": "┼"}.get(canvas.at(stem, row), "│"), style)
        canvas.put(stem, y, "╰" + "─" * (x - stem - 1), style)

    def _block(self, place: Placed) -> None:
        scene, canvas = self._scene, self._canvas
        palette, block = scene.state.palette, place.block
        x, y = self._x(place.column), self._y(place.lane)
        head = block.hash == scene.frame.head
        hue = scene.state.node(block.author)
        if place.lane == 0:
            word = f"[{place.column}]" if head else str(place.column)
            style = scene.style(place) if head else palette.text
            canvas.put(x, y, centred(word, 6, "─" if place.column > scene.first else " "),
                       palette.faint)  # fmt: skip
            canvas.put(x + (6 - len(word)) // 2, y, word, style)
            canvas.put(x, 1, centred(block.author, 6, " "), palette.bold(hue) if head else hue)
            if holders := None if head else scene.holders(place):
                canvas.put(x + 6, 1, *holders)
        else:
            canvas.put(x, y, f" {short_hash(block.hash)} ", scene.style(place))
        slot = scene.next_slot(place)
        style = palette.accent if place.lane == 0 else palette.rival
        if slot is not None:
            share, words = slot
            next_x = x + self.PITCH
            canvas.put(x + 6, y, f"╌╌({share})", style)
            canvas.put(next_x + len(share) + 3, y, words, palette.muted)
        elif place.last and place.lane:
            stale = ("", style) if scene.alive(place) else (f"{STALE} stale", palette.stale)
            canvas.put(x + 6, y, *(scene.holders(place) or stale))


class Cells:
    """One cell for each block, in the hue of its leader."""

    @staticmethod
    def columns(width: int) -> int:
        """Heights that fit."""
        return max(width - _MARGIN - _WORDS, 2)

    def __init__(self, scene: Scene, width: int, height: int) -> None:
        self._scene = scene
        self._canvas = Canvas(width, height)
        self._places = {place.block.hash: place for place in scene.lanes.placed}

    def draw(self) -> Canvas:
        """A ruler, then the lanes."""
        scene, canvas = self._scene, self._canvas
        palette = scene.state.palette
        for column in range(scene.first, scene.last):
            if column % 10 == 0:
                canvas.put(self._x(column), 0, str(column), palette.muted)
        for place in scene.lanes.placed:
            if scene.shows(place.column):
                self._block(place)
        for place in scene.lanes.placed:
            if scene.shows(place.column):
                self._slot(place)
        return canvas

    def _x(self, column: int) -> int:
        return _MARGIN + column - self._scene.first

    def _block(self, place: Placed) -> None:
        scene, canvas = self._scene, self._canvas
        palette = scene.state.palette
        x, y = self._x(place.column), 1 + place.lane
        parent = self._places.get(place.block.parent)
        alive = scene.alive(place)
        hue = scene.state.node(place.block.author) if alive else palette.stale
        if parent is not None and parent.lane != place.lane:
            for row in range(2 + parent.lane, y):
                sign = {"╰": "├"}.get(canvas.at(x - 1, row), "│")
                canvas.put(x - 1, row, sign, palette.stale)
            canvas.put(x - 1, y, "╰", scene.style(place))
        canvas.put(x, y, _CELL if alive else STALE, hue)

    def _slot(self, place: Placed) -> None:
        """Behind a head, as many words as the branches beside it leave room for."""
        scene, canvas = self._scene, self._canvas
        palette = scene.state.palette
        slot, holders = scene.next_slot(place), scene.holders(place)
        if slot is None or holders is None:
            return
        x, y = self._x(place.column) + 1, 1 + place.lane
        for text, style in (("╌" + " ".join(slot), palette.muted), holders):
            if all(canvas.at(x + index, y) == " " for index in range(len(text) + 1)):
                canvas.put(x, y, text, style)
                return
