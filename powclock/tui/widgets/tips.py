"""The tips: who builds on which head, and how the network is cut."""

from rich.cells import cell_len

from powclock.record.frame import Frame, TipRow
from powclock.record.narrate import short_hash
from powclock.tui.glyphs import BAR_ON, BEST, CUT, RIVAL, SHADE
from powclock.tui.rows import Row
from powclock.tui.widgets.panel import Panel, Part


class Tips(Panel):
    """A row for each head, best first, and one for each side of a partition."""

    TITLE = "TIPS"
    NAME = "tips"
    NUMBER = 6

    def aside(self) -> list[Part]:
        """Whether all agree."""
        frame, palette = self.state.frame, self.state.palette
        if frame is None or not frame.tips:
            return []
        if len(frame.tips) == 1:
            return [("all agree", palette.good)]
        return [(f"{len(frame.tips)} heads", palette.rival)]

    def body(self, width: int, height: int) -> list[Row]:
        """Heads, then sides; what does not fit is counted."""
        frame = self.state.frame
        if frame is None:
            return []
        if height == 1:
            return [self._line(frame, width)]
        sides = self._sides(frame, width)
        if len(sides) + len(frame.tips) > height:
            sides = self._sides_in_one(frame, width)
        room = height - len(sides)
        shown = frame.tips if len(frame.tips) <= room else frame.tips[: max(room - 1, 1)]
        rows = [self._tip(tip, frame, width) for tip in shown]
        if len(shown) < len(frame.tips) and len(rows) < room:
            hidden = frame.tips[len(shown) :]
            nodes = sum(len(tip.nodes) for tip in hidden)
            rows.append(
                Row(width).put(f"  {len(hidden)} more heads, {nodes} nodes",
                               self.state.palette.muted)
            )  # fmt: skip
        return [*rows, *sides]

    def _tip(self, tip: TipRow, frame: Frame, width: int) -> Row:
        palette = self.state.palette
        style = palette.best if tip.best else palette.rival
        count, total = len(tip.nodes), max(len(frame.nodes), 1)
        row = Row(width).put(f"{BEST if tip.best else RIVAL} {tip.height} ", style)
        row.put(f"{short_hash(tip.hash)} ", palette.text)
        row.put(f"{count:>3} {'node ' if count == 1 else 'nodes'} ", palette.muted)
        cells = min(total, max(row.room, 0))
        lit = max(round(cells * count / total), 1 if cells else 0)
        return row.put(BAR_ON * lit, style).put(SHADE * (cells - lit), palette.faint)

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
            parts.append((text, palette.best if tip.best else palette.rival))
            room -= len(text)
        return Row(width).right(*parts, *split, (" ", palette.text))
