"""The clock: the height is the time, and who sealed the last block was the leader.

The search for the next block has no memory, so there is no progress to show. What is shown is how
unusual the wait is: the curve of all waits, with the part that is shorter than this one lit.
"""

import math

from powclock.record.frame import Frame
from powclock.tui.glyphs import BARS, BEST, DIGITS
from powclock.tui.rows import Row
from powclock.tui.text import duration, percent
from powclock.tui.widgets.panel import Border, Panel, Part

# The curve ends at this many expected intervals: 95 % of all waits are shorter.
_CURVE_END = 3.0


class Clock(Panel):
    """The tick and its leader, as large as there is room for."""

    TITLE = "TICK"
    NAME = "clock"
    NUMBER = 1

    def body(self, width: int, height: int) -> list[Row]:
        """Large digits with the facts beside them; in one row where there is just one."""
        frame = self.state.frame
        if frame is None:
            return []
        if height < 3:
            return [self._line(frame, width)]
        digits = str(frame.height)
        rows = [Row(width) for _ in range(3)]
        for index, row in enumerate(rows):
            for digit in digits:
                row.put(DIGITS[digit][index], self.state.palette.best).gap()
            row.gap(2)
        for row, parts in zip(rows, self._facts(frame, height), strict=False):
            for text, style in parts:
                row.put(text, style)
        if height < 5:
            return rows
        palette = self.state.palette
        waiting = Row(width).put("waiting ", palette.muted)
        waiting.put(duration(self.state.wait_s), palette.text)
        waiting.put(f" for tick {frame.height + 1}", palette.muted)
        return [*rows, waiting, self._wait(Row(width), 12)]

    def aside(self) -> list[Part]:
        """What the difficulty aims at."""
        frame = self.state.frame
        goal = f"goal {duration(frame.interval_s)}" if frame else ""
        return [(goal, self.state.palette.muted)] if self.border is Border.BOX and goal else []

    def _facts(self, frame: Frame, height: int) -> list[list[Part]]:
        palette = self.state.palette
        leader = self._leader(frame)
        if frame.height == 0:
            return [leader]
        found = (f"{duration(frame.found_after_s)}", palette.text)
        mean = (f"{duration(frame.interval_mean_s)}", palette.text)
        if height >= 5:
            return [
                [("leader ", palette.muted), *leader],
                [("found after ", palette.muted), found],
                [("mean wait   ", palette.muted), mean],
            ]
        third = Row(40)
        self._wait(third, 8, words=False)
        return [
            [("leader ", palette.muted), *leader],
            [found, (", mean ", palette.muted), mean],
            [(text, style or palette.text) for text, style, _ in third.segments],
        ]

    def _leader(self, frame: Frame) -> list[Part]:
        palette = self.state.palette
        if frame.leader is None:
            return [("nobody yet", palette.muted)]
        hue = palette.bold(self.state.node(frame.leader))
        return [(f"{BEST} ", palette.best), (frame.leader, hue)]

    def _wait(self, row: Row, cells: int, *, words: bool = True) -> Row:
        palette, frame = self.state.palette, self.state.frame
        assert frame is not None
        expected = frame.expected_interval_s
        reached = self.state.wait_s / expected / _CURVE_END * cells if expected > 0 else 0
        for index in range(cells):
            level = math.exp(-_CURVE_END * index / cells)
            lit = index < reached
            row.put(BARS[max(1, round(8 * level))], palette.accent if lit else palette.faint)
        share = percent(self.state.wait_unusual)
        if words:
            return (
                row.put(" longer than ", palette.muted)
                .put(share, palette.text)
                .put(" of ticks", palette.muted)
            )
        return row.put(f" >{share}", palette.text)

    def _line(self, frame: Frame, width: int) -> Row:
        palette = self.state.palette
        row = Row(width).put(" TICK ", palette.title)
        row.put(f"{frame.height}", palette.bold(palette.best)).gap(2)
        for text, style in self._leader(frame):
            row.put(text, style)
        if frame.height:
            row.put(f"  {duration(frame.found_after_s)}", palette.muted)
        row.put("  wait ", palette.muted)
        self._wait(row, 8, words=False)
        return row
