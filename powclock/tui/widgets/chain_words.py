"""The chain with a word for each block: its height on the best chain, its hash on others."""

from powclock.record.narrate import short_hash
from powclock.tui.glyphs import FORK, MORE_LEFT, POINTER, REORG, STALE, WITHHELD
from powclock.tui.lanes import Placed
from powclock.tui.rows import Row
from powclock.tui.text import centred
from powclock.tui.widgets.chain_picture import HIDDEN, MARGIN, Moves, Picture
from powclock.tui.widgets.chain_reorg import Reorgs
from powclock.tui.widgets.chain_scene import Scene, Slot

# Between two words.
_LINK = 2
# After the slot: "╌╌(>47%) 12 nodes, 100 %".
_WORDS = 18


class Words(Picture):
    """Draws one scene; with room for it, a leader stands under each word."""

    @staticmethod
    def columns(width: int, pitch: int) -> int:
        """Heights that fit."""
        return max((width - MARGIN - _WORDS) // pitch, 2)

    def __init__(
        self, scene: Scene, width: int, height: int, pitch: int, moves: Moves, reorgs: Reorgs
    ) -> None:
        super().__init__(scene, width, height, pitch, moves)
        self._word = pitch - _LINK
        self._reorgs = reorgs
        self._authors = self.canvas.height >= 2 * scene.lanes.count
        self._lanes = self.lanes(height)

    @staticmethod
    def lanes(height: int) -> int:
        """Lanes that fit."""
        return max(height - 1, 1)

    def row_of(self, lane: int) -> int:
        """The row in which a lane belongs."""
        return 0 if lane == 0 else 2 * lane if self._authors else 1 + lane

    def rows(self) -> list[Row]:
        """Links first, then words."""
        self.unsent(0)
        shown = [place for place in self.scene.lanes.placed if place.lane < self._lanes]
        shown.sort(key=lambda place: (place.block.best, self.scene.alive(place), -place.lane))
        for place in shown:
            self._link(place)
        for place in shown:
            self._block(place)
        for place in shown:
            self._after(place)
        return super().rows()

    def _y(self, place: Placed) -> int:
        return self.y(place, self.row_of(place.lane))

    def _link(self, place: Placed) -> None:
        canvas, scene = self.canvas, self.scene
        style = scene.link_style(place)
        x, y = self.x(place.column), self._y(place)
        parent = scene.places.get(place.block.parent)
        if parent is None or self.x(parent.column) + self._word < _LINK:
            if place.column > 0:
                canvas.put(x - MARGIN, y, HIDDEN, self.palette.muted)
            return
        from_y = self._y(parent)
        line = "╍" if place.block.withheld else "─"
        if y == from_y:
            canvas.put(x - self.pitch, y, line * self.pitch, style)
            return
        stem = self.x(parent.column) + 2
        top = min(from_y, y) + 1 + (1 if parent.lane == 0 or self._authors else 0)
        self.stem(stem, top, max(from_y, y), style)
        if y > from_y:
            self.corner(stem, y, line * (x - stem - 1), style)
        else:
            canvas.put(stem, y, "╭" + "─" * (x - stem - 1), style)

    def _block(self, place: Placed) -> None:
        scene, canvas, palette, block = self.scene, self.canvas, self.palette, place.block
        x, y = self.x(place.column), self._y(place)
        head, chosen, alive = scene.head(place), scene.chosen(place), scene.alive(place)
        word = str(place.column) if block.best else short_hash(block.hash)
        plain = block.best and not head and not block.withheld
        style = palette.text if plain else scene.style(place)
        if chosen:
            word, style = f"{POINTER}{word}{MORE_LEFT}", palette.bold(palette.accent)
            style += palette.selected
        elif block.withheld:
            word = f"{WITHHELD}{word}"
        elif head:
            word = f"[{word}]"
        elif not block.best and self._word > 4:
            word = f" {word} "
        line = "╍" if block.withheld else "─"
        fill = line if block.parent in scene.places else " "
        canvas.put(x, y, centred("", self._word, fill if block.best else " "),
                   scene.link_style(place))  # fmt: skip
        canvas.put(x + (self._word - len(word)) // 2, y, word, style)
        if block.best or self._authors:
            hue = scene.state.node(block.author) if alive else palette.stale
            author = centred(block.author, self._word)
            canvas.put(x, y + 1, author, palette.bold(hue) if head else hue)
        self.covers(x, y, self._word, 2 if block.best or self._authors else 1, place)
        slot = scene.next_slot(place)
        if slot is not None:
            self._slot(place, slot)

    def _slot(self, place: Placed, slot: Slot) -> None:
        style = self.palette.accent if place.block.best else self.palette.rival
        x, y = self.x(place.column) + self._word, self._y(place)
        ghost = f"{'╌' * _LINK}({slot.unusual})"
        self.canvas.put(x, y, ghost, style)
        cut = ", split" if slot.cut else ""
        words = f"{slot.nodes_words}, {slot.share}"
        self.put_first(x + len(ghost) + 1, y, (words + cut, words, slot.nodes_words),
                       self.palette.muted)  # fmt: skip

    def _after(self, place: Placed) -> None:
        """Who has a block as head, that it is stale, and where it is undecided what will be."""
        scene, palette = self.scene, self.palette
        x, y = self.x(place.column) + self._word, self._y(place)
        holders = scene.holders(place)
        if holders is not None and scene.next_slot(place) is None:
            self.put_first(x, y + (1 if place.block.best else 0), (holders[0],), holders[1])
        elif place.last and not scene.alive(place):
            size, words = self._reorgs.lost_by(place.block.hash), f"{STALE} stale"
            reorg = (f"{words} · reorg {size}", f"{words} {REORG} {size}") if size else ()
            self.put_first(x + 1, y, (*reorg, words, STALE), palette.stale)
        if scene.forked.get(place.block.hash):
            below = self.row_of(1)
            self.put_first(self.x(place.column) - 5, below, (f"{FORK} fork", FORK),
                           palette.bold(palette.rival))  # fmt: skip
