"""The help: every key, made from the bindings."""

from typing import ClassVar

from rich.cells import cell_len
from textual.binding import Binding, BindingType

from powclock.tui.keys import GROUPS
from powclock.tui.rows import Row
from powclock.tui.screens.sheet import Sheet


class HelpScreen(Sheet[None]):
    """All keys by group."""

    WIDTH = 84
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
        """A heading for each group, and a row for each key."""
        palette = self.state.palette
        rows: list[Row] = []
        for group in GROUPS:
            rows.append(Row(width).put(group.description, palette.title))
            for binding in self.state.keys.bindings:
                if binding.group is group:
                    key = binding.key_display or binding.key
                    row = Row(width).gap(max(7 - cell_len(key), 1)).put(key, palette.strong)
                    row.gap(2).put(binding.description, palette.text).to(28).gap()
                    rows.append(row.put(binding.tooltip, palette.muted))
        rows.append(Row(width).put("esc closes, ↑ ↓ scroll", palette.muted))
        return rows

    def action_scroll_rows(self, step: int) -> None:
        """Scroll."""
        self.scroll_rows(step)

    def action_close(self) -> None:
        """Back to the race."""
        self.dismiss(None)
