"""The network's hash rate over time, with the faults where they began and ended.

A sample is a column, and its right edge is now. Where the rate hardly moves, an axis from 0 would
show a wall: then the axis begins higher, and says so.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

from powclock.record.frame import Frame
from powclock.tui.answers import Answer, answer_of
from powclock.tui.glyphs import BARS, FAULTS, FULL
from powclock.tui.rows import Canvas, Row
from powclock.tui.state import State
from powclock.tui.text import duration, hash_rate, scaled
from powclock.tui.widgets.clients import Clients
from powclock.tui.widgets.hash_rate_shares import draw_shares
from powclock.tui.widgets.leaders import Leaders
from powclock.tui.widgets.panel import Border, Panel, Part

AXIS_CELLS = 6
# A rate that stays within this part of its highest value is shown without the empty part below.
_STEADY = 0.4
# From this size on there is room for the nodes' shares, and for a line of times under the marks.
_SHARES_ROWS = 16
_SHARES_CELLS = 60
_TIMES_ROWS = 8
# Seconds between two times on the axis, and the cells that they should be apart.
_TIME_STEPS_S = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1_800, 3_600, 7_200, 21_600, 86_400)
_TIME_CELLS = 16


@dataclass(frozen=True)
class Scale:
    """The values at the foot and at the top of a chart."""

    low: float
    high: float

    def eighths(self, value: float, rows: int) -> int:
        """The height of a value in eighths of a row; what is not 0 is to be seen."""
        share = (value - self.low) / (self.high - self.low)
        height = min(max(round(share * rows * 8), 0), rows * 8)
        return max(height, 1) if value > 0 else height


def scale(samples: Sequence[float]) -> Scale:
    """A scale in round numbers that shows how a rate moves."""
    lowest, highest = min(samples, default=0.0), max(samples, default=0.0)
    if highest <= 0:
        return Scale(0.0, 1.0)
    if highest - lowest > _STEADY * highest:
        step = _round_step(highest / 8)
        return Scale(0.0, ceil(highest / step - 1e-9) * step)
    step = _round_step(max((highest - lowest) / 2, highest / 40))
    low = (floor(lowest / step + 1e-9) - 1) * step
    return Scale(max(low, 0.0), ceil(highest / step - 1e-9) * step)


def _round_step(size: float) -> float:
    """The next of 1, 2, 5, 10, 20, 50 and so on."""
    power = 10.0 ** floor(log10(size))
    return next(power * factor for factor in (1, 2, 5, 10) if power * factor >= size * (1 - 1e-9))


class HashRate(Panel):
    """A chart; its right edge is now."""

    TITLE = "HASH RATE"
    NAME = "hash_rate"
    NUMBER = 5

    def __init__(self, state: State, *, border: Border = Border.NONE) -> None:
        super().__init__(state, border=border)
        self._others: dict[Answer, Panel] = {
            Answer.SCHEDULE: Leaders(state),
            Answer.NOBODY: Clients(state),
            Answer.OTHER: Clients(state),
        }

    def instead(self) -> Panel | None:
        """Where nobody hashes, who leads when, or what clients see."""
        return self._others.get(answer_of(self.state.frame))

    def aside(self) -> list[Part]:
        """The rate now, and how much time is drawn."""
        frame = self.state.frame
        if frame is None:
            return []
        shown = min(len(frame.hash_rate_history), self._columns(self.inner.width))
        span = duration(shown * frame.sample_every_ns / 1e9)
        palette = self.state.palette
        return [(hash_rate(frame.hash_rate), palette.text), (f" last {span}", palette.muted)]

    def basis(self) -> object | None:
        """It moves by a column with each sample."""
        frame = self.state.frame
        if frame is None:
            return None
        columns = frame.time_ns // max(frame.sample_every_ns, 1)
        return columns, frame.hash_rate_history[-1:], frame.hash_rate, frame.marks

    @staticmethod
    def _columns(width: int) -> int:
        return max(width - AXIS_CELLS, 1)

    def body(self, width: int, height: int) -> list[Row]:
        """Bars over an axis with marks; where there is much room, the nodes' shares below."""
        frame = self.state.frame
        if frame is None or height < 2 or width <= AXIS_CELLS + 2:
            return []
        shares: list[Row] = []
        if height >= _SHARES_ROWS and width >= _SHARES_CELLS:
            shares = draw_shares(self.state, frame, width, height * 2 // 5)
            height -= len(shares)
        canvas = Canvas(width, height)
        samples = frame.hash_rate_history[-self._columns(width) :]
        times = height >= _TIMES_ROWS
        rows = height - 1 - times
        chosen = scale(samples)
        self._labels(canvas, chosen, rows)
        self._mean(canvas, chosen, samples, rows)
        left = width - len(samples)
        for index, sample in enumerate(samples):
            self._bar(canvas, left + index, rows, chosen.eighths(sample, rows))
        self._axis(canvas, frame, len(samples), rows)
        self._times(canvas, frame, len(samples), rows + times)
        return canvas.rows() + shares

    def _labels(self, canvas: Canvas, chosen: Scale, rows: int) -> None:
        """The values at top and foot; a foot that is not 0 is no small thing."""
        palette = self.state.palette
        canvas.put(0, 0, _label(chosen.high), palette.muted)
        if rows > 1:
            canvas.put(0, rows - 1, _label(chosen.low), palette.muted)
        if chosen.low:
            canvas.put(0, rows, "≠ 0".rjust(AXIS_CELLS - 1), palette.muted)

    def _mean(self, canvas: Canvas, chosen: Scale, samples: Sequence[float], rows: int) -> None:
        """A faint rule at the mean, to be seen where the rate is below it."""
        if rows < 3 or not samples:
            return
        mean = sum(samples) / len(samples)
        y = rows - 1 - min(max(chosen.eighths(mean, rows) - 1, 0) // 8, rows - 1)
        if 0 < y < rows - 1:
            canvas.put(0, y, "mean".rjust(AXIS_CELLS - 1), self.state.palette.muted)
        count = len(samples)
        canvas.put(canvas.width - count, y, "╌" * count, self.state.palette.faint)

    def _bar(self, canvas: Canvas, x: int, rows: int, eighths: int) -> None:
        """A column: brighter the higher it reaches, in bands that run across the chart."""
        palette = self.state.palette
        top = (eighths - 1) // 8
        for row in range(top + 1):
            level = min(eighths - 8 * row, 8)
            depth = rows - 1 - row
            style = (palette.accent, palette.chart)[depth] if depth < 2 else palette.chart_low
            canvas.put(x, rows - 1 - row, FULL if level == 8 else BARS[level], style)

    def _axis(self, canvas: Canvas, frame: Frame, shown: int, y: int) -> None:
        """A line with a sign, and where there is room a word, for every fault that is drawn."""
        palette = self.state.palette
        width = canvas.width
        canvas.put(AXIS_CELLS, y, "─" * (width - AXIS_CELLS), palette.faint)
        marks = {}
        for mark in frame.marks:
            x = width - _age(frame, mark.time_ns)
            if width - shown <= x < width:
                marks[x] = mark
        places = sorted(marks)
        for x, following in zip(places, [*places[1:], width + 1], strict=False):
            mark = marks[x]
            style = palette.bad if mark.on else palette.good
            glyph = FAULTS.get(mark.fault, "▲") if mark.on else "△"
            canvas.put(x, y, glyph, style)
            # A word that does not fit is left out, the sign never is.
            word = f" {mark.fault.replace('_', ' ') if mark.on else 'healed'} "
            if x + 1 + len(word) <= following:
                canvas.put(x + 1, y, word, style)

    def _times(self, canvas: Canvas, frame: Frame, shown: int, y: int) -> None:
        """How long ago it was, and now at the right; never over a mark."""
        width, muted = canvas.width, self.state.palette.muted
        self._write_if_free(canvas, width - 3, y, "now")
        second_cells = 1e9 / max(frame.sample_every_ns, 1)
        steps = [step for step in _TIME_STEPS_S if step * second_cells >= _TIME_CELLS]
        if not steps:
            return
        ago = steps[0]
        while ago * second_cells <= min(shown, width - AXIS_CELLS):
            x = width - round(ago * second_cells)
            text = f"−{_ago(ago)}"
            if self._write_if_free(canvas, x, y, text) and y and canvas.at(x, y - 1) == "─":
                canvas.put(x, y - 1, "┬", muted)
            ago += steps[0]

    def _write_if_free(self, canvas: Canvas, x: int, y: int, text: str) -> bool:
        around = "".join(canvas.at(at, y) for at in range(x - 1, x + len(text) + 1))
        if around.strip(" ─"):
            return False
        canvas.put(x, y, text, self.state.palette.muted)
        return True


def _label(value: float) -> str:
    number, prefix = scaled(value)
    return f"{number}{prefix}".rjust(AXIS_CELLS - 1)[: AXIS_CELLS - 1]


def _ago(seconds: int) -> str:
    if seconds < 60:
        return f"{seconds} s"
    return f"{seconds // 60} min" if seconds < 3_600 else f"{seconds // 3_600} h"


def _age(frame: Frame, time_ns: int) -> int:
    """How many samples ago; marks move with the columns, so they are counted in whole ones."""
    end_ns = frame.history_from_ns + len(frame.hash_rate_history) * frame.sample_every_ns
    return -(-(end_ns - time_ns) // max(frame.sample_every_ns, 1))
