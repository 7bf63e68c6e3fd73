"""The help: every key, made from the bindings."""

from itertools import chain, zip_longest
from typing import ClassVar

from rich.cells import cell_len
from textual.binding import Binding, BindingType

from powclock.tui.binding import Binding as Key
from powclock.tui.keys import GROUPS
from powclock.tui.rows import Row
from powclock.tui.screens.sheet import Sheet

# From this width on, two columns of keys stand beside each other.
_TWO_COLUMNS = 140
_GAP = 2


class HelpScreen(Sheet[None]):
    """All keys by group."""

    WIDTH = 152
    HEADING = "KEYS"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,space,enter", "close", "close"),
        # By their ids, so that they stay the same keys when a key map moves them.
        Binding("question_mark", "close", "close", id="help"),
        Binding("q", "close", "close", id="leave_race"),
        Binding("up", "scroll_rows(-1)", "up"),
        Binding("down", "scroll_rows(1)", "down"),
        Binding("pageup", "scroll_rows(-10)", "up"),
        Binding("pagedown", "scroll_rows(10)", "down"),
    ]

    def rows(self, width: int) -> list[Row]:
        """A heading for each group, and a row for each key; in two columns where there is room."""
        used = {binding.group for binding in self.state.keys.bindings}
        groups = [group for group in GROUPS if group in used]
        if width >= _TWO_COLUMNS:
            column = (width - _GAP) // 2
            left, right = _halves([self._group(group, column) for group in groups])
            rows = []
            for one, two in zip_longest(left, right, fillvalue=Row(column)):
                rows.append(Row(width).extend(one).to(column + _GAP).extend(two))
        else:
            rows = [row for group in groups for row in self._group(group, width)]
        return [*rows, Row(width).put("esc closes, ↑ ↓ scroll", self.state.palette.muted)]

    def _group(self, group: Key.Group, width: int) -> list[Row]:
        palette = self.state.palette
        rows = [Row(width).put(group.description, palette.title)]
        for binding in self.state.keys.bindings:
            if binding.group is group:
                key = binding.key_display or binding.key
                row = Row(width).gap(max(7 - cell_len(key), 1)).put(key, palette.strong)
                row.gap(2).put(binding.description, palette.text).to(24).gap()
                rows.append(row.put(binding.tooltip, palette.muted))
        return [*rows, Row(width)]

    def action_scroll_rows(self, step: int) -> None:
        """Scroll."""
        self.scroll_rows(step)


def _halves(groups: list[list[Row]]) -> tuple[list[Row], list[Row]]:
    """The groups in their order in two columns that are as equal as they can be."""

    def longer(cut: int) -> int:
        return max(sum(map(len, groups[:cut])), sum(map(len, groups[cut:])))

    cut = min(range(1, len(groups)), key=longer)
    return list(chain(*groups[:cut])), list(chain(*groups[cut:]))
