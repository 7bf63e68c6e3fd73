"""The tips: who builds on which head, with how much of the hash rate, and how the network is cut.

The more room there is, the more is told of each head: one row says it in numbers, a second one
draws its nodes as a bar in their hues, further ones name them.
"""

from collections.abc import Sequence

from rich.cells import cell_len
from rich.style import Style

from powclock.record.frame import Frame, TipRow
from powclock.record.narrate import short_hash
from powclock.tui.answers import Answer, answer_of
from powclock.tui.glyphs import BAR_ON, BEST, CUT, POINTER, RIVAL, SHADE
from powclock.tui.rows import PLAIN, Row
from powclock.tui.state import State
from powclock.tui.text import age, count, in_sight, percent
from powclock.tui.widgets.agreement import Agreement
from powclock.tui.widgets.panel import Border, Panel, Part

# A bar in the row of the numbers is not shorter than this.
_BAR_MIN = 4
# Below this width a count is written without its word; from this height on names tell since when.
_NARROW = 34
_AGES_ROWS = 12


class Tips(Panel):
    """A few rows for each head, best first, and one for each side of a partition."""

    TITLE = "TIPS"
    NAME = "tips"
    NUMBER = 6

    def __init__(self, state: State, *, border: Border = Border.NONE) -> None:
        super().__init__(state, border=border)
        self._states = Agreement(state)

    def instead(self) -> Panel | None:
        """Without blocks there are no heads, but states."""
        return self._states if answer_of(self.state.frame) is Answer.NOBODY else None

    def aside(self) -> list[Part]:
        """Whether all agree."""
        frame, palette = self.state.frame, self.state.palette
        if frame is None or not frame.tips:
            return []
        if len(frame.tips) == 1:
            return [("all agree", palette.good)]
        return [(f"{len(frame.tips)} heads", palette.rival)]

    def basis(self) -> object | None:
        """Heads, sides and shares; ages are in whole seconds."""
        frame = self.state.frame
        if frame is None:
            return None
        running = tuple(row.state for row in frame.nodes)
        seconds = frame.time_ns // 1_000_000_000
        return frame.tips, frame.sides, frame.hash_rate, running, self.state.block, seconds

    def body(self, width: int, height: int) -> list[Row]:
        """Heads, then sides; what does not fit is counted."""
        frame = self.state.frame
        if frame is None:
            return []
        if height == 1:
            return [self._line(frame, width)]
        return [row for row, _ in self._rows(frame, width, height)]

    def _rows(self, frame: Frame, width: int, height: int) -> list[tuple[Row, TipRow | None]]:
        """All rows, each with the head that it tells of."""
        sides = self._sides(frame, width)
        if len(sides) + len(frame.tips) > height:
            sides = self._sides_in_one(frame, width)
        room = max(height - len(sides), 1)
        rows = self._heads(frame, width, room)
        if sides and len(frame.tips) < len(rows) < room:
            rows.append((Row(width), None))
        return [*rows, *((side, None) for side in sides)]

    def _heads(self, frame: Frame, width: int, room: int) -> list[tuple[Row, TipRow | None]]:
        """The heads as fully as there is room for all of them."""
        ages = room >= _AGES_ROWS
        for names in (None, 2, 1, 0):
            told = [self._told(tip, frame, width, names, ages=ages) for tip in frame.tips]
            # An empty row between heads, where names would run into the next head.
            apart = names != 0 and sum(map(len, told)) + len(told) - 1 <= room
            if sum(map(len, told)) <= room:
                rows: list[tuple[Row, TipRow | None]] = []
                for tip, lines in zip(frame.tips, told, strict=True):
                    if apart and rows:
                        rows.append((Row(width), None))
                    rows += [(line, tip) for line in lines]
                return rows
        shown = self._window(frame, room)
        rows = [(self._numbers(tip, frame, width, bar=True), tip) for tip in shown]
        if len(shown) < len(frame.tips) and len(rows) < room:
            nodes = sum(len(tip.nodes) for tip in frame.tips if tip not in shown)
            heads = count(len(frame.tips) - len(shown), "more head")
            text = f"  {heads}, {count(nodes, 'node')}"
            rows.append((Row(width).put(text, self.state.palette.muted), None))
        return rows

    def _window(self, frame: Frame, room: int) -> Sequence[TipRow]:
        """The heads that are shown: as far down as the chosen one needs."""
        if len(frame.tips) <= room:
            return frame.tips
        fit = max(room - 1, 1)
        at = next((at for at, tip in enumerate(frame.tips) if tip.hash == self.state.block), 0)
        first = in_sight(0, at, fit)
        return frame.tips[first : first + fit]

    def _told(
        self, tip: TipRow, frame: Frame, width: int, names: int | None, *, ages: bool
    ) -> list[Row]:
        """One head: numbers and bar in two rows and so many of names, None for all it takes."""
        rows = [self._numbers(tip, frame, width, bar=False), self._bar(tip, frame, width)]
        if names == 0:
            return rows
        seen = {row.name: row.seen_ns for row in frame.nodes} if ages and names is None else {}
        texts = [
            (name, f" {age(frame.time_ns, seen[name])} " if name in seen else "")
            for name in tip.nodes
        ]
        return rows + self._names(texts, width, names)

    def _numbers(self, tip: TipRow, frame: Frame, width: int, *, bar: bool) -> Row:
        palette = self.state.palette
        chosen = tip.hash == self.state.block
        ground = palette.selected if chosen else PLAIN
        style = palette.best if tip.best else palette.rival
        nodes = len(tip.nodes)
        row = Row(width)
        if any(other.hash == self.state.block for other in frame.tips):
            # All rows make room for the pointer, so their columns stay below each other.
            row.put(POINTER if chosen else " ", palette.accent + ground)
        row.put(f"{BEST if tip.best else RIVAL} {tip.height} ", style + ground)
        row.put(f"{short_hash(tip.hash)} ", palette.text + ground)
        many = f"{count(nodes, 'node'):<{len(str(nodes)) + 6}} "
        share = percent(self.state.rate_share(tip.nodes))
        if bar:
            narrow = width < _NARROW
            row.put(f" ×{nodes} " if narrow else many.rjust(10), palette.muted + ground)
            if row.room >= 5 + _BAR_MIN:
                row.put(f"{share:>5} ", palette.muted + ground)
            if row.room >= _BAR_MIN:
                row.extend(self._bar(tip, frame, row.room))
            return row
        row.put(f" {many}", palette.text + ground)
        for text in self._words(tip, frame, share):
            if cell_len(text) > row.room:
                break
            row.put(text, palette.muted + ground)
        if chosen:
            row.put(" " * row.room, ground)
        return row

    def _words(self, tip: TipRow, frame: Frame, share: str) -> list[str]:
        """What else is told of a head, as far as there is room."""
        of = "hash rate" if answer_of(frame) is Answer.WORK else "nodes"
        words = [f"{share} of {of}"]
        block = next((block for block in frame.chain if block.hash == tip.hash), None)
        if block is not None and block.author:
            words += [f" · by {block.author}", f" · for {age(frame.time_ns, block.found_ns)}"]
        return words

    def _bar(self, tip: TipRow, frame: Frame, width: int) -> Row:
        """All nodes are the whole width; those of this head are lit, each in its hue if it fits."""
        palette = self.state.palette
        total = max(len(frame.nodes), 1)
        row = Row(width)
        if width < total:
            lit = max(round(width * len(tip.nodes) / total), 1)
            row.put(BAR_ON * lit, palette.best if tip.best else palette.rival)
        else:
            for index, name in enumerate(tip.nodes):
                end = width * (index + 1) // total
                row.put(BAR_ON * (end - width + row.room), self.state.node(name))
        return row.put(SHADE * row.room, palette.faint)

    def _names(
        self, texts: Sequence[tuple[str, str]], width: int, rows_max: int | None
    ) -> list[Row]:
        """A head's nodes, each with what is said of it; where rows run out, the rest is counted."""
        palette = self.state.palette
        rows = [Row(width)]
        for index, (name, words) in enumerate(texts):
            last = rows_max is not None and len(rows) == rows_max
            rest = len(texts) - index
            spare = len(f"+{rest}") + 1 if last and rest > 1 else 0
            if cell_len(name) + len(words.rstrip()) + spare > rows[-1].room < width:
                if last:
                    rows[-1].put(f"+{rest}", palette.muted)
                    break
                rows.append(Row(width))
            rows[-1].put(name, self.state.node(name)).put(words, palette.muted).gap()
        return rows

    def _sides(self, frame: Frame, width: int) -> list[Row]:
        palette = self.state.palette
        rows = []
        for side in frame.sides:
            row = Row(width).put(f"{CUT} {len(side):>2} ", palette.bad)
            for index, name in enumerate(side):
                if row.room < len(name) + 5 and index < len(side) - 1:
                    row.put(f"+{len(side) - index}", palette.muted)
                    break
                row.put(name, self.state.node(name)).gap()
            rows.append(row)
        return rows

    def _sides_in_one(self, frame: Frame, width: int) -> list[Row]:
        palette = self.state.palette
        if not frame.sides:
            return []
        counts = " | ".join(str(len(side)) for side in frame.sides)
        row = Row(width).put(f"{CUT} split {counts} ", palette.bad)
        for name in min(frame.sides, key=len):
            row.put(name, self.state.node(name)).gap()
        return [row]

    def _line(self, frame: Frame, width: int) -> Row:
        palette = self.state.palette
        split = [(f" {CUT} split", palette.bad)] if frame.sides else []
        room = width - 1 - sum(cell_len(text) for text, _ in split)
        parts: list[Part] = []
        for index, tip in enumerate(frame.tips):
            text = f" {BEST if tip.best else RIVAL}{tip.height}×{len(tip.nodes)}"
            rest = len(frame.tips) - index
            if len(text) + (4 if rest > 1 else 0) > room:
                parts.append((f" +{rest}", palette.rival))
                break
            parts.append((text, self._tip_style(tip)))
            room -= len(text)
        return Row(width).right(*parts, *split, (" ", palette.text))

    def _tip_style(self, tip: TipRow) -> Style:
        palette = self.state.palette
        style = palette.best if tip.best else palette.rival
        return style + palette.selected if tip.hash == self.state.block else style

    # Keys and the mouse.

    def move(self, across: int, down: int) -> bool:
        """Choose the head above or below."""
        frame = self.state.frame
        if across or frame is None or not frame.tips or self.instead() is not None:
            return False
        hashes = [tip.hash for tip in frame.tips]
        if self.state.block in hashes:
            index = (hashes.index(self.state.block) + down) % len(hashes)
        else:
            index = 0 if down > 0 else len(hashes) - 1
        self.state.block = hashes[index]
        return True

    def enter(self) -> bool:
        """Look into the block of the chosen head; without a choice, of the best one."""
        frame = self.state.frame
        if frame is None or self.board is None or not frame.tips or self.instead() is not None:
            return False
        hashes = [tip.hash for tip in frame.tips]
        chosen = self.state.block if self.state.block in hashes else hashes[0]
        assert chosen is not None
        self.board.inspect_block(chosen)
        return True

    def clicked(self, x: int, y: int, *, double: bool) -> None:
        """Choose the head under the pointer, or none; twice looks into its block."""
        frame, (width, height) = self.state.frame, self.inner
        if frame is None or height < 2:
            return
        rows = self._rows(frame, width, height)
        tip = rows[y][1] if 0 <= y < len(rows) else None
        if tip is None:
            return
        if double and self.board is not None:
            self.board.inspect_block(tip.hash)
        else:
            self.state.block = None if self.state.block == tip.hash else tip.hash
