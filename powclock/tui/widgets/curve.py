"""A curve of shares over time: how many nodes have had a block, so long after it was found."""

from collections.abc import Sequence
from dataclasses import dataclass

from powclock.tui.glyphs import BARS, FULL
from powclock.tui.rows import Canvas, Row
from powclock.tui.text import delay
from powclock.tui.theme import Palette

_AXIS = 6


@dataclass(frozen=True, slots=True)
class Spreading:
    """When a block reached each node, in nanoseconds after it was found and in that order."""

    delays_ns: Sequence[int]
    nodes: int

    @property
    def half_ns(self) -> int | None:
        """When half of the nodes had it."""
        return self._reached((self.nodes + 1) // 2)

    @property
    def all_ns(self) -> int | None:
        """When the last node had it."""
        return self._reached(self.nodes)

    def _reached(self, nodes: int) -> int | None:
        return self.delays_ns[nodes - 1] if 0 < nodes <= len(self.delays_ns) else None

    def share(self, time_ns: float) -> float:
        """The share of the nodes that had it by then."""
        return sum(each <= time_ns for each in self.delays_ns) / max(self.nodes, 1)


def curve(spreading: Spreading, palette: Palette, width: int, height: int) -> list[Row]:
    """Bars over an axis; its right end is the last arrival, half and all are marked on it."""
    canvas = Canvas(width, height)
    rows, columns = height - 1, width - _AXIS
    if rows < 1 or columns < 8 or not spreading.delays_ns:
        return canvas.rows()
    end_ns = max(spreading.delays_ns[-1], 1)
    for y, label in ((0, "all"), ((rows - 1) // 2, "half"), (rows - 1, "0")):
        if y == rows - 1 or rows > 2:
            canvas.put(_AXIS - 1 - len(label), y, label, palette.muted)
    half_row = (rows - 1) // 2
    canvas.put(_AXIS, half_row, "┈" * columns, palette.faint)
    for column in range(columns):
        share = spreading.share(end_ns * (column + 1) / columns)
        _bar(canvas, palette, _AXIS + column, rows, share)
    _axis(canvas, palette, spreading, end_ns, rows)
    return canvas.rows()


def _bar(canvas: Canvas, palette: Palette, x: int, rows: int, share: float) -> None:
    eighths = round(share * rows * 8)
    for row in range(rows):
        level = min(max(eighths - 8 * row, 0), 8)
        if level:
            top = eighths <= 8 * (row + 1)
            sign = FULL if level == 8 else BARS[level]
            canvas.put(x, rows - 1 - row, sign, palette.accent if top else palette.chart_low)


def _axis(canvas: Canvas, palette: Palette, spreading: Spreading, end_ns: int, y: int) -> None:
    """The marks on the axis, from the right: a word that does not fit is left out."""
    columns = canvas.width - _AXIS
    canvas.put(_AXIS, y, "─" * columns, palette.faint)
    right = canvas.width
    half_ns, all_ns = spreading.half_ns, spreading.all_ns
    words = f" all {delay(all_ns)} " if all_ns is not None else f" {delay(end_ns)} "
    canvas.put(right - len(words) - 1, y, words, palette.text)
    canvas.put(right - 1, y, "┴", palette.text)
    right -= len(words) + 1
    if half_ns is not None:
        x = _AXIS + max(-(-half_ns * columns // end_ns) - 1, 0)
        words = f" half {delay(half_ns)} "
        if x + 1 + len(words) <= right:
            canvas.put(x + 1, y, words, palette.text)
        elif x - len(words) >= _AXIS and x < right:
            canvas.put(x - len(words), y, words, palette.text)
        else:
            return
        canvas.put(x, y, "┴", palette.text)
