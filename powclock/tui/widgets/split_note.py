"""Where a terminal is too small for races next to each other: which one is shown, and the mend."""

from collections.abc import Sequence

from powclock.tui.rows import Row
from powclock.tui.split.places import COLUMN_CELLS_MIN, ROWS_MIN
from powclock.tui.state import State
from powclock.tui.widgets.panel import Panel


class SplitNote(Panel):
    """One row."""

    NAME = "split_note"

    def __init__(self, state: State, rules: Sequence[str]) -> None:
        super().__init__(state)
        self._rules = rules

    def body(self, width: int, height: int) -> list[Row]:
        """One race at a time; what size would show all."""
        palette = self.state.palette
        tab = self.state.keys.label("next_panel")
        row = Row(width).put(f" {len(self._rules)} races: ", palette.warning)
        row.put(tab, palette.title).put(" shows the next", palette.text)
        cells = (COLUMN_CELLS_MIN + 1) * len(self._rules) - 1
        wider = f" · {cells}×{ROWS_MIN} shows all "
        return [row.right((wider, palette.muted))]
