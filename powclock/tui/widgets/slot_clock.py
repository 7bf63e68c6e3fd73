"""The clock where leaders take turns: the number of the slot, who leads now and who is next.

A schedule needs clocks that agree, so it is told here who thinks that it leads: a clock that is
wrong makes two leaders at once, or none; and the clocks that are wrong are named.
"""

from powclock.record.events import NANOSECONDS
from powclock.record.frame import Frame
from powclock.record.turns import Turns
from powclock.tui.digits import small
from powclock.tui.glyphs import BEST
from powclock.tui.rows import Row
from powclock.tui.text import duration
from powclock.tui.widgets.panel import Panel, Part
from powclock.tui.widgets.slots import believers, slots_row


class SlotClock(Panel):
    """Digits with the facts beside them; in one row where there is just one."""

    TITLE = "SLOT"
    NAME = "slot_clock"

    def aside(self) -> list[Part]:
        """How long a slot lasts, and how many blocks it has."""
        frame, palette = self.state.frame, self.state.palette
        if frame is None or frame.turns is None:
            return []
        turns = frame.turns
        blocks = f", {turns.blocks} blocks" if turns.blocks > 1 else ""
        return [(f"{duration(turns.slot_ns / NANOSECONDS)} each{blocks}", palette.muted)]

    def body(self, width: int, height: int) -> list[Row]:
        """The slot, the leaders, the slots before, and the clocks."""
        frame, palette = self.state.frame, self.state.palette
        if frame is None or frame.turns is None:
            return []
        turns = frame.turns
        now = turns.slot_at(frame.time_ns)
        left_s = ((now + 1) * turns.slot_ns - frame.time_ns) / NANOSECONDS
        leader, after = turns.leader_of(now), turns.leader_of(now + 1)
        if height < 3 or width < 24:
            row = Row(width).put(f" SLOT {now}  ", palette.title).put(f"{BEST} ", palette.best)
            row.put(f"{leader} ", palette.bold(self.state.node(leader)))
            row.put(f"then {after} in {duration(left_s)}  ", palette.muted)
            return [row.extend(slots_row(self.state, frame, max(row.room - 1, 0)))]
        digits = small(str(now), ascii_only=self.state.ascii_only)
        rows = [Row(width).put(line, palette.best).gap(3) for line in digits]
        _put(rows[0], [("leader ", palette.muted), *self._leaders(frame, leader)])
        _put(rows[1], [("next ", palette.muted), (after, self.state.node(after)),
                       (f" in {duration(left_s)}", palette.muted)])  # fmt: skip
        if height < 5:
            rows[2].extend(slots_row(self.state, frame, rows[2].room))
            return rows
        _put(rows[2], [("beat ", palette.muted), (f"{self._beat(frame, turns)}", palette.text),
                       (f" of {turns.blocks} · height ", palette.muted),
                       (str(frame.height), palette.text)])  # fmt: skip
        if height >= 6:
            rows.append(Row(width))
        return [*rows, slots_row(self.state, frame, width), _put(Row(width), self._clocks(frame))]

    @staticmethod
    def _beat(frame: Frame, turns: Turns) -> int:
        """Which block of its slot is due, from 1."""
        into_ns = frame.time_ns - turns.slot_at(frame.time_ns) * turns.slot_ns
        return min(into_ns * turns.blocks // turns.slot_ns + 1, turns.blocks)

    def _leaders(self, frame: Frame, leader: str) -> list[Part]:
        """Whose slot it is, and who else thinks that it is its own."""
        palette = self.state.palette
        rows = believers(frame)
        others = [row.name for row in rows if row.name != leader]
        parts = [(f"{BEST} ", palette.best), (leader, palette.bold(self.state.node(leader)))]
        if all(row.name != leader for row in rows):
            row = self.state.row(leader)
            why = " down" if row is None or row.state == "down" else " thinks not"
            parts.append((why, palette.bad))
        if others:
            parts.append((f" + {' '.join(others)}", palette.bad))
        return parts

    def _clocks(self, frame: Frame) -> list[Part]:
        """Who thinks that it leads, where that is not one; or else the clocks that are wrong."""
        palette = self.state.palette
        leading = believers(frame)
        if len(leading) > 1:
            names = ", ".join(row.name for row in leading)
            return [(f"{len(leading)} leaders at once: {names}", palette.bad)]
        skewed = [row for row in frame.nodes if row.skew_s]
        if not leading:
            return [("nobody thinks that it leads", palette.bad)]
        if not skewed:
            return [("all clocks agree", palette.muted)]
        parts: list[Part] = [("clocks ", palette.muted)]
        for row in skewed:
            sign = "+" if row.skew_s > 0 else "−"
            parts.append((row.name, self.state.node(row.name)))
            parts.append((f" {sign}{duration(abs(row.skew_s))}  ", palette.warning))
        return parts


def _put(row: Row, parts: list[Part]) -> Row:
    for text, style in parts:
        row.put(text, style)
    return row
