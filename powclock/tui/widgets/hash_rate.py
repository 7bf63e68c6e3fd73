"""The network's hash rate over time, with the faults where they began and ended."""

from collections.abc import Sequence

from powclock.record.frame import Frame, Mark
from powclock.tui.glyphs import BARS, FAULTS, FULL
from powclock.tui.rows import Canvas, Row
from powclock.tui.text import duration, hash_rate, scaled
from powclock.tui.widgets.panel import Panel, Part

_AXIS_CELLS = 6


class HashRate(Panel):
    """A chart; its right edge is now."""

    TITLE = "HASH RATE"
    NAME = "hash_rate"
    NUMBER = 5

    def aside(self) -> list[Part]:
        """The rate now, and how much time is drawn."""
        frame = self.state.frame
        if frame is None:
            return []
        shown = min(len(frame.hash_rate_history), self._columns(self.size.width - 4))
        span = duration(shown * frame.sample_every_ns / 1e9)
        palette = self.state.palette
        return [(hash_rate(frame.hash_rate), palette.text), (f" last {span}", palette.muted)]

    @staticmethod
    def _columns(width: int) -> int:
        return max(width - _AXIS_CELLS, 1)

    def body(self, width: int, height: int) -> list[Row]:
        """Bars over an axis with marks."""
        frame = self.state.frame
        if frame is None or height < 2 or width <= _AXIS_CELLS + 2:
            return []
        canvas = Canvas(width, height)
        columns = self._columns(width)
        samples = frame.hash_rate_history[-columns:]
        top = max(max(samples, default=0.0), 1.0)
        rows = height - 1
        number, prefix = scaled(top)
        palette = self.state.palette
        canvas.put(0, 0, f"{number}{prefix}".rjust(_AXIS_CELLS - 1)[: _AXIS_CELLS - 1],
                   palette.muted)  # fmt: skip
        canvas.put(_AXIS_CELLS - 2, rows - 1, "0", palette.muted) if rows > 1 else None
        left = width - len(samples)
        for index, sample in enumerate(samples):
            self._bar(canvas, left + index, rows, sample / top)
        self._axis(canvas, frame, samples, rows)
        return canvas.rows()

    def _bar(self, canvas: Canvas, x: int, rows: int, share: float) -> None:
        palette = self.state.palette
        eighths = round(share * rows * 8)
        for row in range(rows):
            level = min(max(eighths - 8 * row, 0), 8)
            if level:
                tip = eighths <= 8 * (row + 1)
                canvas.put(x, rows - 1 - row, FULL if level == 8 else BARS[level],
                           palette.accent if tip else palette.chart_low)  # fmt: skip

    def _axis(self, canvas: Canvas, frame: Frame, samples: Sequence[float], y: int) -> None:
        palette = self.state.palette
        width = canvas.width
        canvas.put(_AXIS_CELLS, y, "─" * (width - _AXIS_CELLS), palette.faint)
        oldest = max(width - len(samples), _AXIS_CELLS)
        marks = {width - 1 - _age(frame, mark): mark for mark in frame.marks}
        places = sorted(x for x in marks if oldest <= x < width)
        for x, following in zip(places, [*places[1:], width + 1], strict=False):
            mark = marks[x]
            style = palette.bad if mark.on else palette.good
            glyph = FAULTS.get(mark.fault, "▲") if mark.on else "△"
            canvas.put(x, y, glyph, style)
            # A word that does not fit is left out, the sign never is.
            word = f" {mark.fault.replace('_', ' ') if mark.on else 'healed'} "
            if x + 1 + len(word) <= following:
                canvas.put(x + 1, y, word, style)


def _age(frame: Frame, mark: Mark) -> int:
    """How many samples ago."""
    return (frame.time_ns - mark.time_ns) // max(frame.sample_every_ns, 1)
