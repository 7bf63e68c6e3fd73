"""The chain with a box for each block."""

from dataclasses import dataclass

from rich.style import Style

from powclock.record.narrate import short_hash
from powclock.tui.glyphs import FORK, MORE_LEFT, POINTER, REORG, STALE, WITHHELD
from powclock.tui.lanes import Placed
from powclock.tui.rows import Row
from powclock.tui.text import centred, count, duration
from powclock.tui.widgets.chain_grid import Grid
from powclock.tui.widgets.chain_picture import HIDDEN, MARGIN, Moves, Picture
from powclock.tui.widgets.chain_reorg import Reorgs
from powclock.tui.widgets.chain_scene import Scene, Slot


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
SECRET = Outline("╭╍╮", "╏", "╰╍╯", "╍", "┤", "├", "┬")
LOSER = Outline("╭┈╮", "┊", "╰┈╯", "┈", "┤", "├", "┬")
SLOT = Outline("╭╌╮", "┆", "╰╌╯", "╌", "┆", "┆", "╌")
CHOSEN = Outline("╔═╗", "║", "╚═╝", "═", "╢", "╟", "╤")


class Boxes(Picture):
    """Draws one scene."""

    def __init__(self, scene: Scene, grid: Grid, moves: Moves, reorgs: Reorgs) -> None:
        super().__init__(scene, grid.width, grid.height, grid.pitch, moves)
        self._grid = grid
        self._reorgs = reorgs

    def rows(self) -> list[Row]:
        """Heights, links, boxes, and the slots to come."""
        self._heights()
        self.unsent(1 + self._grid.middle(0))
        # What lost lies lowest, and the best chain on top of all, also while lanes swap.
        shown = sorted(
            (place for place in self.scene.lanes.placed if place.lane < self._grid.lanes),
            key=lambda place: (place.block.best, self.scene.alive(place), -place.lane),
        )
        for place in shown:
            self._link(place)
        for place in shown:
            self._block(place)
        for place in shown:
            self._notes(place)
        return super().rows()

    def _heights(self) -> None:
        scene, palette, grid = self.scene, self.palette, self._grid
        chosen = scene.places.get(scene.state.block or "")
        first = max(scene.seen.first, scene.frame.chain_low)
        last = min(scene.seen.last, scene.frame.chain_high + 1)
        for column in range(first, last + 1):
            style = palette.best if column == scene.frame.height else palette.muted
            text = str(column)
            if chosen is not None and column == chosen.column:
                text, style = f"{POINTER} {column} {MORE_LEFT}", palette.bold(palette.accent)
            self.canvas.put(self.x(column), 0, centred(text, grid.box), style)

    def _top(self, place: Placed) -> int:
        return self.y(place, self._grid.top(place.lane))

    def _link(self, place: Placed) -> None:
        canvas, grid, style = self.canvas, self._grid, self.scene.link_style(place)
        x, y = self.x(place.column), self._top(place) + grid.middle(place.lane)
        parent = self.scene.places.get(place.block.parent)
        if parent is None or self.x(parent.column) + grid.box <= 0:
            if place.column > 0:
                canvas.put(x - MARGIN, y, HIDDEN, self.palette.muted)
            return
        line = "╍" if place.block.withheld else "─"
        parent_x, parent_top = self.x(parent.column), self._top(parent)
        start, from_y = parent_x + grid.box, parent_top + grid.middle(parent.lane)
        stem, below = parent_x + grid.stem, parent_top + grid.rows_of(parent.lane)
        if y == from_y:
            canvas.put(start, y, line * (x - start), style)
        elif y >= below and parent.lane != place.lane:
            self.stem(stem, below, y, style)
            self.corner(stem, y, line * (x - stem - 1), style)
        else:
            self._bend(start, from_y, x, y, style)

    def _bend(self, start: int, from_y: int, x: int, y: int, style: Style) -> None:
        """A link between blocks that are not yet where they belong: it turns in the gap."""
        middle, down = (start + x) // 2, y > from_y
        self.canvas.put(start, from_y, "─" * (middle - start) + ("╮" if down else "╯"), style)
        for row in range(min(y, from_y) + 1, max(y, from_y)):
            self.canvas.put(middle, row, "│", style)
        self.canvas.put(middle, y, ("╰" if down else "╭") + "─" * (x - middle - 1), style)

    def _block(self, place: Placed) -> None:
        scene, grid = self.scene, self._grid
        style = scene.style(place)
        x, top, rows = self.x(place.column), self._top(place), grid.rows_of(place.lane)
        if scene.chosen(place):
            outline = CHOSEN
            style = self.palette.bold(self.palette.accent)
        elif place.block.withheld:
            outline = SECRET
        elif scene.head(place):
            outline = HEAD
        else:
            outline = PLAIN if scene.alive(place) else LOSER
        slot = scene.next_slot(place)
        child = not place.last or slot is not None
        self._box(x, top, rows, outline, style, linked=(place.column > 0, child))
        self.covers(x, top, grid.box, rows, place)
        if place.block.hash in scene.forked and rows > 1:
            self.canvas.put(x + grid.stem, top + rows - 1, outline.stem, style)
        self._words(place, x, top, outline)
        if slot is not None:
            self._slot(place, slot)

    def _box(
        self, x: int, top: int, rows: int, outline: Outline, style: Style,
        *, linked: tuple[bool, bool],
    ) -> None:  # fmt: skip
        canvas, inner = self.canvas, self._grid.box - 2
        middle = top + (rows - 1) // 2
        for row in range(top, top + rows):
            left = outline.link_in if linked[0] and row == middle else outline.side
            right = outline.link_out if linked[1] and row == middle else outline.side
            filling = " " * inner
            if rows > 1 and row in {top, top + rows - 1}:
                corners = outline.top if row == top else outline.bottom
                left, filling, right = corners[0], corners[1] * inner, corners[2]
            canvas.put(x, row, left + filling + right, style)

    def _words(self, place: Placed, x: int, top: int, outline: Outline) -> None:
        scene, grid, palette, block = self.scene, self._grid, self.palette, place.block
        inner, rows = grid.box - 2, grid.rows_of(place.lane)
        text, hue = palette.text, scene.state.node(block.author)
        if scene.head(place):
            text, hue = palette.strong, palette.bold(hue)
        elif not scene.alive(place):
            text = hue = palette.stale
        name = block.hash[-8:] if inner > 8 else short_hash(block.hash)
        ground = palette.selected if scene.chosen(place) else None
        lines = [(name, text), (block.author or ("genesis" if inner > 6 else ""), hue)]
        if rows == 5:
            carried = count(block.transactions, "transaction")
            if len(carried) > inner:
                carried = f"{block.transactions} tx"
            lines.append((carried, palette.muted if scene.alive(place) else hue))
        first = top if rows == 1 else top + 1
        for row, (line, style) in enumerate(lines[: max(rows - 2, 1)], start=first):
            shown = style if ground is None else style + ground
            self.canvas.put(x + 1, row, centred(line, inner), shown)
        if rows == 3:
            author = centred(block.author, inner, outline.fill)
            start = len(author) - len(author.lstrip(outline.fill))
            self.canvas.put(x + 1 + start, top + 2, author.strip(outline.fill), hue)

    def _notes(self, place: Placed) -> None:
        """Under a box: how long it took, and who has it as head; by a fork: what it is."""
        scene, grid, palette = self.scene, self._grid, self.palette
        x, top, rows = self.x(place.column), self._top(place), grid.rows_of(place.lane)
        under = top + rows
        holders = scene.holders(place)
        if rows > 1:
            if place.block.withheld:
                words = (f"{WITHHELD} withheld", f"{WITHHELD} secret", WITHHELD)
                self.put_first(x, under, words, palette.bad)
            elif place.column > 0:
                took = duration(place.block.interval_s).replace(" ", "")
                style = palette.muted if scene.alive(place) else palette.stale
                self.put_free(x + 1, under, took[: grid.stem - 1], style)
            if holders is not None and not place.block.withheld:
                self.put_first(x + grid.box, under, (holders[0],), holders[1])
        if scene.forked.get(place.block.hash):
            row = min(under + 1, grid.top(1) + grid.middle(1)) if place.lane == 0 else under
            self.put_first(x - 1, row, (f"{FORK} fork", FORK), palette.bold(palette.rival))
        slot = scene.next_slot(place)
        if slot is not None:
            self._miners(x + grid.pitch + grid.box + 1, top, rows, slot)
        if place.last and not scene.alive(place):
            self._lost(place, x + grid.box + 1, top + grid.middle(place.lane))

    def _lost(self, place: Placed, x: int, y: int) -> None:
        """Beside the end of a branch that no node builds on: that it is stale, and by what."""
        palette, rows = self.palette, self._grid.rows_of(place.lane)
        size = self._reorgs.lost_by(place.block.hash)
        words = f"{STALE} stale"
        if size is None:
            self.put_first(x, y, (words, STALE), palette.stale)
        elif rows == 1:
            texts = (f"{words} · reorg {size}", f"{words} {REORG} {size}", words, STALE)
            self.put_first(x, y, texts, palette.stale)
        else:
            self.put_first(x, y, (words, STALE), palette.stale)
            shorter = (f"{REORG} reorg {size}", f"{REORG} {size}", size)
            self.put_first(x, y + 1, shorter, palette.stale)

    def _slot(self, place: Placed, slot: Slot) -> None:
        palette, grid, lane = self.palette, self._grid, place.lane
        style = palette.accent if place.block.best else palette.rival
        rows, top = grid.rows_of(lane), self._top(place)
        x, middle = self.x(place.column + 1), top + grid.middle(lane)
        start = self.x(place.column) + grid.box
        self.canvas.put(start, middle, "╌" * (x - start), style)
        self._box(x, top, rows, SLOT, style, linked=(True, False))
        lines = [(slot.unusual, palette.bold(palette.text))]
        if rows >= 4:
            lines.insert(0, (slot.heading, palette.muted))
        first = top if rows == 1 else top + 1
        for row, (line, ink) in enumerate(lines, start=first):
            self.canvas.put(x + 1, row, centred(line, grid.box - 2), ink)

    def _miners(self, x: int, top: int, rows: int, slot: Slot) -> None:
        """Beside a slot: how many nodes search for it, with which part of the hash rate."""
        palette = self.palette
        if rows == 1:
            cut = " split" if slot.cut else ""
            self.put_free(x, top, f"{slot.nodes_words}, {slot.share}{cut}", palette.muted)
            return
        first = top + 1 if rows == 5 else top
        lines = [(f"{slot.verb} by", palette.muted), (slot.nodes_words, palette.text)]
        if rows == 3:
            lines = [(f"{slot.verb} by {slot.nodes}", palette.text)]
        lines.append((f"{slot.share} of {slot.of}", palette.muted))
        if slot.cut:
            lines.append(("split", palette.bad))
        for row, (line, ink) in enumerate(lines, start=first):
            self.put_free(x, row, line, ink)
