"""Where nobody leads there is no clock: what counts up is the number of different states.

One is all well. More are replicas that have each accepted what others never heard of, and no rule
says which of them is right.
"""

from powclock.record.frame import Frame
from powclock.tui.digits import small
from powclock.tui.rows import Row
from powclock.tui.text import clock, count, duration
from powclock.tui.widgets.panel import Panel, Part

# Narrower, a state is not called different.
_WIDE = 30


class Nobody(Panel):
    """The number of states, as large as there is room for, and since when they differ."""

    TITLE = "NOBODY LEADS"
    NAME = "nobody"

    def aside(self) -> list[Part]:
        """The rule in a few words."""
        return [("everyone accepts, everyone tells", self.state.palette.muted)]

    def body(self, width: int, height: int) -> list[Row]:
        """Digits and facts; one row where there is just one."""
        frame, palette = self.state.frame, self.state.palette
        if frame is None:
            return []
        states = self._states(frame)
        style = palette.good if states == 1 else palette.rival
        facts = self._facts(frame, states, wide=width >= _WIDE)
        if height < 3 or width < 24:
            row = Row(width).put(f" {count(states, 'state')} ", style)
            for text, ink in facts[1]:
                row.put(text, ink)
            return [row]
        rows = []
        digits = small(str(states), ascii_only=self.state.ascii_only)
        for line, parts in zip(digits, facts, strict=False):
            row = Row(width).put(line, style).gap(3)
            for text, ink in parts:
                row.put(text, ink)
            rows.append(row)
        for parts in facts[3 : height if height >= 5 else 3]:
            row = Row(width)
            for text, ink in parts:
                row.put(text, ink)
            rows.append(row)
        return rows

    @staticmethod
    def _states(frame: Frame) -> int:
        if frame.states is None or not frame.states.groups:
            return 1
        return len(frame.states.groups) + frame.states.more_groups

    def _facts(self, frame: Frame, states: int, *, wide: bool) -> list[list[Part]]:
        palette, totals = self.state.palette, frame.totals
        since_ns = self.state.differ_since_ns
        running = sum(row.state != "down" for row in frame.nodes)
        sent: list[Part] = [
            (f"{totals.transactions_sent:,} ", palette.text),
            ("writes, everywhere ", palette.muted),
            (f"{totals.transactions_confirmed:,}", palette.text),
        ]
        if states == 1:
            return [
                [("state", palette.good)],
                [(f"all {running} replicas agree", palette.text)],
                sent,
            ]
        first: list[Part] = [("different states" if wide else "states", palette.rival)]
        if since_ns is None:
            return [first, [("young: on their way", palette.muted)], sent]
        return [
            first,
            [("for ", palette.muted), (duration(self.state.differ_s), palette.text)],
            [("since ", palette.muted), (clock(since_ns), palette.text)],
            sent,
            [("nothing here will bring them together", palette.muted)],
        ]
