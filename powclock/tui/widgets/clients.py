"""What clients see: a replicated database is judged by who asks it, not by its chain.

How many requests found an answer, against the line that people expect; how soon a transaction
counts everywhere; what reads contradict each other, and what was promised and is lost. The last row
shows to whom the newest transactions were handed, each as a square in that node's hue: gossip
carries them to all, whoever they came to; a client that knows the leader hands them to it.
"""

from math import log10

from powclock.record.frame import Frame
from powclock.record.service import AVAILABILITY_TARGET, Service
from powclock.tui.glyphs import BAR_ON, FITS, OUTSIDE, SHADE, SQUARES
from powclock.tui.rows import Row
from powclock.tui.text import count, duration
from powclock.tui.widgets.panel import Panel, Part

# A gauge has room for so many nines.
_NINES_MAX = 5.0
_GAUGE_MIN = 10
_WIDE = 44
_NAME_CELLS = 10


class Clients(Panel):
    """Availability first; with more room, more."""

    TITLE = "CLIENTS"
    NAME = "clients"
    NUMBER = 8

    def aside(self) -> list[Part]:
        """How many requests there were."""
        frame, palette = self.state.frame, self.state.palette
        if frame is None:
            return []
        return [(count(frame.service.clients.requests, "request"), palette.muted)]

    def basis(self) -> object | None:
        """The figures."""
        frame = self.state.frame
        return None if frame is None else (frame.service, frame.entered)

    def body(self, width: int, height: int) -> list[Row]:
        """As many facts as there are rows, several in a row where it is wide."""
        frame = self.state.frame
        if frame is None or height < 1:
            return []
        if not frame.service.clients.requests:
            return [Row(width).put("no client has asked yet", self.state.palette.muted)]
        service = frame.service
        groups = [
            self._available(service),
            self._confirmed(service),
            self._waits(service),
            self._reads(service),
            self._writes(service),
        ]
        if height < 5:
            # The last of them share their rows.
            pairs = [(0, 1), (2,), (3, 4)] if width >= _WIDE else [(0,), (2,), (3, 4)]
            rows = [self._row(width, [groups[index] for index in pair]) for pair in pairs]
            return rows[:height]
        rows = [self._row(width, [group]) for group in groups]
        rows[0] = self._gauge(rows[0], service.availability)
        if height > 5:
            rows.append(self._entered(frame, width))
        if height > 6:
            rows.append(self._row(width, [self._costs(service)]))
        return rows

    def _row(self, width: int, groups: list[list[Part]]) -> Row:
        row = Row(width)
        for index, parts in enumerate(groups):
            if index:
                row.gap(2)
            for text, style in parts:
                row.put(text, style)
        return row

    # The figures.

    def _available(self, service: Service) -> list[Part]:
        palette = self.state.palette
        met = service.on_target
        style = palette.good if met else palette.bad
        value = f"{100 * service.availability:.3f}".rstrip("0").rstrip(".")
        sign = FITS if met else OUTSIDE
        target = f"{100 * AVAILABILITY_TARGET:.2f}"
        return [
            ("answered ", palette.muted),
            (f"{value} % ", style),
            (f"{sign} {target}", style if not met else palette.muted),
        ]

    def _gauge(self, row: Row, availability: float) -> Row:
        """Nines: each is as long, so the target is at four of five."""
        palette = self.state.palette
        if row.room < _GAUGE_MIN + 2:
            return row
        missing = max(1 - availability, 10**-_NINES_MAX)
        cells = min(row.room - 2, 30)
        lit = round(min(-log10(missing), _NINES_MAX) / _NINES_MAX * cells)
        line = round(-log10(1 - AVAILABILITY_TARGET) / _NINES_MAX * cells)
        row.gap(2)
        style = palette.good if lit >= line else palette.bad
        for cell in range(cells):
            if cell == line:
                row.put("│", palette.text)
            else:
                row.put(BAR_ON if cell < lit else SHADE, style if cell < lit else palette.faint)
        return row

    def _confirmed(self, service: Service) -> list[Part]:
        palette = self.state.palette
        return [
            ("confirmed ", palette.muted),
            (f"{service.confirmed_per_s:.2f}/s", palette.text),
            (f", now {service.recent_per_s:.2f}", palette.muted),
        ]

    def _waits(self, service: Service) -> list[Part]:
        palette = self.state.palette
        if service.wait_median_s is None or service.wait_95_s is None:
            return [("nothing is confirmed yet", palette.muted)]
        return [
            ("waits ", palette.muted),
            (duration(service.wait_median_s), palette.text),
            (", 95 % ", palette.muted),
            (duration(service.wait_95_s), palette.text),
        ]

    def _reads(self, service: Service) -> list[Part]:
        palette, counts = self.state.palette, service.clients
        share = 100 * counts.contradicting / counts.reads if counts.reads else 0.0
        style = palette.bad if counts.contradicting else palette.good
        return [(f"{share:.0f} %" if share >= 1 or not share else "<1 %", style),
                (" reads differ", palette.muted)]  # fmt: skip

    def _writes(self, service: Service) -> list[Part]:
        palette, counts = self.state.palette, service.clients
        style = palette.bad if counts.lost else palette.good
        return [(f"{counts.lost:,}", style), (" lost", palette.muted)]

    def _costs(self, service: Service) -> list[Part]:
        palette = self.state.palette
        return [
            (f"{service.messages_per_confirmed:,.0f} messages", palette.text),
            (" and ", palette.muted),
            (f"{service.bytes_per_confirmed / 1000:,.1f} kB", palette.text),
            (" for each confirmed", palette.muted),
        ]

    def _entered(self, frame: Frame, width: int) -> Row:
        """To whom the newest transactions were handed, the newest at the right."""
        row = Row(width).put("handed to ", self.state.palette.muted)
        shown = frame.entered[-max(row.room - _NAME_CELLS, 0) :]
        for name in shown:
            row.put(SQUARES[0], self.state.node(name))
        if shown:
            row.gap().put(shown[-1], self.state.node(shown[-1]))
        return row
