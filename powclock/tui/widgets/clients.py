"""What clients see: a replicated database is judged by who asks it, not by its chain.

How many requests found an answer, against the line that people expect; how soon a transaction
counts everywhere; what reads contradict each other, and what was promised and is lost. The last row
shows to whom the newest transactions were handed, each as a square in that node's hue: gossip
carries them to all, whoever they came to; a client that knows the leader hands them to it.
"""

from math import log10

from powclock.lab.leading import leading
from powclock.record.frame import Frame
from powclock.record.service import AVAILABILITY_TARGET, Service
from powclock.tui.answers import Answer, answer_of
from powclock.tui.glyphs import BAR_ON, FITS, OUTSIDE, SHADE, SQUARES
from powclock.tui.rows import Row
from powclock.tui.text import count, duration, percent
from powclock.tui.widgets.panel import Panel, Part

# A gauge has room for so many nines.
_NINES_MAX = 5.0
_GAUGE_MIN = 10
_WIDE = 44
_NAME_CELLS = 10
# From this size on every figure has a row with all that belongs to it.
_LARGE_ROWS = 10
_LARGE_CELLS = 70
_LABEL_CELLS = 14


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
        if height >= _LARGE_ROWS and width >= _LARGE_CELLS:
            return self._large(frame, service, width)
        groups = [
            self._available(service),
            self._confirmed(service),
            self._waits(service),
            self._reads(service),
            self._writes(service),
        ]
        if height < 5:
            # The last of them share their rows.
            groups[1] = groups[1][:2]
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

    def _large(self, frame: Frame, service: Service, width: int) -> list[Row]:
        """A figure a row, in whole sentences."""
        palette, counts = self.state.palette, service.clients
        text, muted = palette.text, palette.muted
        elsewhere = f"{counts.elsewhere:,} of them by another node than was asked first"
        confirmed = f"{frame.totals.transactions_confirmed:,} of {frame.totals.transactions_sent:,}"
        where = "everywhere" if answer_of(frame) is Answer.NOBODY else "on the best chain"
        lost = palette.bad if counts.lost else palette.good
        differ = palette.bad if counts.contradicting else palette.good
        told: list[tuple[str, list[Part]]] = [
            ("requests", [(f"{counts.requests:,}", text), (", answered ", muted),
                          (f"{counts.answered:,}", text), (f", {elsewhere}", muted)]),
            ("confirmed", [(confirmed, text), (f" {where}, ", muted),
                           (f"{service.confirmed_per_s:.2f}", text), (" a second, lately ", muted),
                           (f"{service.recent_per_s:.2f}", text)]),
            ("to confirm", self._waits(service)[1:] or self._waits(service)),
            ("reads", [(f"{counts.contradicting:,}", differ), (f" of {counts.reads:,} ", text),
                       ("differ from another replica at that moment", muted)]),
            ("writes", [(f"{counts.acknowledged:,}", text),
                        (" acknowledged by their node, ", muted), (f"{counts.lost:,}", lost),
                        (" lost; ", muted), (f"{counts.refused:,}", text), (" refused", muted)]),
            ("cost", self._costs(service)),
            ("leaders", self._leaders(frame)),
        ]  # fmt: skip
        first = Row(width).put("available".ljust(_LABEL_CELLS), muted)
        for part in self._available(service)[1:]:
            first.put(*part)
        rows = [self._gauge(first, service.availability)]
        for label, parts in told:
            rows += [Row(width), Row(width).put(label.ljust(_LABEL_CELLS), muted)]
            for words, style in parts:
                rows[-1].put(words, style)
        return [*rows, Row(width), self._entered(frame, width)]

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

    def _leaders(self, frame: Frame) -> list[Part]:
        """How far leading is spread over the nodes."""
        palette, led = self.state.palette, [row.led for row in frame.nodes]
        if not any(led):
            return [("nobody has led", palette.muted)]
        spread = leading(led)
        return [
            (f"{spread.nakamoto}", palette.text),
            (f" of {len(led)} lead more than half, Gini ", palette.muted),
            (f"{spread.gini:.2f}", palette.text),
            (", entropy ", palette.muted),
            (percent(spread.entropy_part), palette.text),
            (" of the most", palette.muted),
        ]

    def _entered(self, frame: Frame, width: int) -> Row:
        """To whom the newest transactions were handed, the newest at the right."""
        row = Row(width).put("handed to ", self.state.palette.muted)
        if width >= _LARGE_CELLS:
            row.to(_LABEL_CELLS)
        shown = frame.entered[-max(row.room - _NAME_CELLS, 0) :]
        for name in shown:
            row.put(SQUARES[0], self.state.node(name))
        if shown:
            row.gap().put(shown[-1], self.state.node(shown[-1]))
        return row
