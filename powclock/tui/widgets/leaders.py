"""Who leads when: each leader's slots as a row of its own, and its share of the blocks.

Where there is little room, all of them are one row of slots and one bar of shares.
"""

from collections.abc import Sequence

from rich.cells import set_cell_size

from powclock.record.frame import Frame
from powclock.record.turns import Turns
from powclock.tui.glyphs import BAR_ON, POINTER, SHADE
from powclock.tui.rows import Row
from powclock.tui.text import percent
from powclock.tui.widgets.panel import Panel, Part
from powclock.tui.widgets.slots import filled, sign_of, slots_row

_NAME_CELLS = 9
_SHARE_CELLS = 6
# A leader's row of its own needs so many slots beside its name.
_SLOTS_MIN = 12


class Leaders(Panel):
    """Leaders from top to bottom, slots from left to right."""

    TITLE = "LEADERS"
    NAME = "leaders"

    def aside(self) -> list[Part]:
        """How many of the slots were filled."""
        frame, palette = self.state.frame, self.state.palette
        if frame is None or frame.turns is None:
            return []
        full, over = filled(frame.turns, frame.turns.slot_at(frame.time_ns))
        if not over:
            return []
        style = palette.good if full == over else palette.bad
        return [(f"{percent(full / over)}", style), (f" of {over} slots filled", palette.muted)]

    def basis(self) -> object | None:
        """Slots, and who won how many blocks."""
        frame = self.state.frame
        if frame is None or frame.turns is None:
            return None
        won = tuple((row.name, row.won) for row in frame.nodes)
        return frame.turns.past, frame.turns.slot_at(frame.time_ns), won

    def body(self, width: int, height: int) -> list[Row]:
        """A row a leader where they fit, else bar, names and slots."""
        frame = self.state.frame
        if frame is None or frame.turns is None or height < 1 or width < 8:
            return []
        leaders = list(dict.fromkeys(frame.turns.leaders))
        if len(leaders) <= height and width >= _NAME_CELLS + _SLOTS_MIN + _SHARE_CELLS:
            return [self._leader(name, frame, frame.turns, width) for name in leaders]
        rows = [slots_row(self.state, frame, width)]
        if height > 1:
            rows.append(self._shares(leaders, frame, width))
        if height > 2:
            rows += self._names(leaders, frame, width, height - 2)
        return rows

    def _leader(self, name: str, frame: Frame, turns: Turns, width: int) -> Row:
        """One leader: its slots where they were, and its share of all blocks."""
        palette, now = self.state.palette, turns.slot_at(frame.time_ns)
        leads = turns.leader_of(now) == name
        row = Row(width).put(POINTER if leads else " ", palette.accent)
        row.put(set_cell_size(name, _NAME_CELLS - 1), self.state.node(name))
        cells = width - _NAME_CELLS - _SHARE_CELLS
        past = turns.past[-cells:]
        row.gap(cells - len(past))
        for sealed in past:
            if turns.leader_of(sealed.slot) != name:
                row.put("·", palette.faint)
            elif sealed.slot == now and not (sealed.best or sealed.stale):
                row.put(POINTER, palette.accent)
            else:
                row.put(*sign_of(sealed, turns, self.state))
        return row.right((percent(self._share(name, frame)), palette.text))

    @staticmethod
    def _share(name: str, frame: Frame) -> float:
        won = sum(row.won for row in frame.nodes)
        return sum(row.won for row in frame.nodes if row.name == name) / max(won, 1)

    def _shares(self, leaders: Sequence[str], frame: Frame, width: int) -> Row:
        """All blocks are the whole width."""
        row = Row(width)
        reached = 0.0
        for name in leaders:
            reached += self._share(name, frame)
            row.put(BAR_ON * (round(reached * width) - (width - row.room)), self.state.node(name))
        return row.put(SHADE * row.room, self.state.palette.faint)

    def _names(self, leaders: Sequence[str], frame: Frame, width: int, rows_max: int) -> list[Row]:
        palette = self.state.palette
        rows = [Row(width)]
        for name in leaders:
            share = f" {percent(self._share(name, frame))}  "
            if len(name) + len(share) > rows[-1].room:
                if len(rows) == rows_max:
                    break
                rows.append(Row(width))
            rows[-1].put(name, self.state.node(name)).put(share, palette.muted)
        return rows
