"""The head of a race's column: by which rule it is raced, and how it keeps up with the others."""

from powclock.record.events import NANOSECONDS
from powclock.tui.glyphs import POINTER
from powclock.tui.rows import Row
from powclock.tui.state import State
from powclock.tui.text import duration
from powclock.tui.widgets.panel import Panel, Part

# Who leads under a rule, in the words of the essay.
LEADS = {"naive": "nobody leads", "schedule": "a schedule leads", "pow": "work leads"}
# A race that lags by less keeps up.
_BEHIND_S = 0.25


class RaceHead(Panel):
    """One row; that of the chosen race stands out."""

    NAME = "head"

    def __init__(self, state: State, rule: str) -> None:
        super().__init__(state)
        self.rule = rule
        self.chosen = False
        self.behind_ns = 0

    def body(self, width: int, height: int) -> list[Row]:
        """The rule, who leads under it, and what there is to say of the time."""
        palette = self.state.palette
        style = palette.solid(palette.accent) if self.chosen else palette.banner
        row = Row(width).put(f"{POINTER if self.chosen else ' '}{self.rule.upper()} ", style)
        text, told = self._time()
        words = LEADS.get(self.rule, "a rule of its own")
        if len(words) + len(text) + 2 <= row.room:
            row.put(f" {words}", style)
        row.put(" " * max(row.room - len(text) - 1, 0), style)
        return [row.put(text, told or style).put(" " * row.room, style)]

    def _time(self) -> Part | tuple[str, None]:
        """That the race has ended, or is behind."""
        palette = self.state.palette
        if self.state.ended is not None:
            return (" BROKEN " if self.state.ended.trouble else " ENDED "), palette.alarm
        if self.state.frame is None:
            return "starting", None
        behind_s = self.behind_ns / NANOSECONDS
        if self.state.pace.behind or behind_s > _BEHIND_S * max(min(self.state.pace.rate, 100), 1):
            return f"{duration(behind_s)} behind", None
        return "", None
