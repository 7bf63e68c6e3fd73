"""The time axis of the past: a row over the whole width, with what happened when.

Where several kinds of moments share a cell, the one that is rarest in the race is drawn, as it says
most. Kinds that would make a wall of signs keep some of them, and else only tint the line. A click
goes to that time.
"""

from collections.abc import Callable

from rich.cells import cell_len
from rich.style import Style
from textual.events import Click

from powclock.record import timeline as times
from powclock.record.events import NANOSECONDS
from powclock.record.timeline import BINS, Timeline
from powclock.tui.glyphs import AXIS, AXIS_BEFORE, CUT, DOWN, FORK, HEALED, LIVE, REORG
from powclock.tui.rows import Row
from powclock.tui.state import State
from powclock.tui.widgets.panel import Panel

_CELLS_MIN = 10
# Signs may fill one cell of so many; what is more common than that keeps so far from all others.
_CROWD = 3
_APART = 3


class Axis(Panel):
    """One row; `seek` goes to a time, `to_end` to the end if it is True, else to the start."""

    def __init__(
        self, state: State, seek: Callable[[int], None], to_end: Callable[[bool], None]
    ) -> None:
        super().__init__(state)
        self._seek = seek
        self._to_end = to_end

    def body(self, width: int, height: int) -> list[Row]:
        """Begin, axis, end."""
        frame, timeline, palette = self.state.frame, self.state.timeline, self.state.palette
        if frame is None or timeline is None:
            return [Row(width)]
        row = Row(width)
        left, cells, end = self._places(timeline, width)
        if left:
            row.put(" 0:00 ", palette.muted)
        needle = min(frame.time_ns * cells // max(timeline.end_ns, 1), cells - 1)
        known = timeline.known_ns * cells // max(timeline.end_ns, 1)
        marks = self._marks(timeline, cells)
        for cell in range(cells):
            if cell == needle:
                row.put(LIVE, palette.strong)
                continue
            line, usual = AXIS_BEFORE, palette.accent
            if cell > needle:
                line, usual = AXIS, palette.muted if cell <= known else palette.faint
            sign, style = marks.get(cell, ("", usual))
            row.put(sign or line, style)
        return [row.put(end, palette.bad if timeline.damage else palette.muted)]

    def _places(self, timeline: Timeline, width: int) -> tuple[int, int, str]:
        """Where the axis begins, how long it is, and what stands at its end."""
        end = f" {'now' if timeline.goes_on else _minutes(timeline.end_ns)} "
        if timeline.damage:
            end += f"{DOWN} damaged "
        left = 6
        if width - left - cell_len(end) < _CELLS_MIN:
            return 0, max(width, 1), ""
        return left, width - left - cell_len(end), end

    def _marks(self, timeline: Timeline, cells: int) -> dict[int, tuple[str, Style]]:
        """The sign and the colour of each cell with moments; one without a sign is tinted."""
        palette = self.state.palette
        there = [_flags(timeline, cell, cells) for cell in range(cells)]
        kinds = (
            (timeline.faults, times.FAULT, CUT, palette.bad),
            (timeline.faults, times.HEALED, HEALED, palette.good),
            (timeline.reorgs, times.REORG, REORG, palette.warning),
            (timeline.forks, times.FORK, FORK, palette.rival),
        )
        marks: dict[int, tuple[str, Style]] = {}
        signs: set[int] = set()
        for _, flag, sign, style in sorted(kinds, key=lambda kind: kind[0]):
            own = [cell for cell, flags in enumerate(there) if flags & flag and cell not in marks]
            crowded = (len(signs) + len(own)) * _CROWD > cells
            for cell in own:
                if crowded and not signs.isdisjoint(range(cell - _APART, cell + _APART + 1)):
                    marks[cell] = "", style
                else:
                    marks[cell] = sign, palette.bold(style)
                    signs.add(cell)
        return marks

    def on_click(self, event: Click) -> None:
        """Go to the time that was clicked: beside the axis, to its start or end."""
        timeline = self.state.timeline
        if timeline is None:
            return
        left, cells, _ = self._places(timeline, self.size.width)
        cell = event.x - left
        if 0 <= cell < cells:
            self._seek((2 * cell + 1) * timeline.end_ns // (2 * cells))
        else:
            self._to_end(cell >= cells)


def _flags(timeline: Timeline, cell: int, cells: int) -> int:
    """The kinds of moments in a cell."""
    first = cell * BINS // cells
    flags = 0
    for part in timeline.bins[first : max((cell + 1) * BINS // cells, first + 1)]:
        flags |= part
    return flags


def _minutes(time_ns: int) -> str:
    """A time in whole seconds: 4:00, 1:00:00."""
    minutes, seconds = divmod(time_ns // NANOSECONDS, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"
