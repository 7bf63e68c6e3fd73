"""A note at the foot of a race's column: what this race declined, or that it broke, and where."""

from powclock.tui.rows import Row
from powclock.tui.state import State
from powclock.tui.text import wrapped
from powclock.tui.widgets.panel import Border, Panel

SHOWN_S = 6.0


class RaceNote(Panel):
    """What concerns one race alone; a decline is shown for some seconds, an end stays."""

    NAME = "note"

    def __init__(self, state: State) -> None:
        super().__init__(state, border=Border.BOX)
        self._declined = ""
        self._declined_s = 0.0

    def decline(self, text: str) -> None:
        """Say what could not be done here."""
        self._declined, self._declined_s = text, self.state.wall_s()

    @property
    def text(self) -> str:
        """What there is to say now."""
        ended = self.state.ended
        if ended is not None:
            return f"{ended.trouble or 'the race has ended'}\nagain: {ended.again}"
        fresh = self.state.wall_s() - self._declined_s < SHOWN_S
        return self._declined if fresh else ""

    def heading(self) -> str:
        """What kind of note it is."""
        if self.state.ended is None:
            return "DECLINED"
        return "THE RACE HAS STOPPED" if self.state.ended.trouble else "THE RACE HAS ENDED"

    def height_for(self, width: int) -> int:
        """Rows with the border; none where there is nothing to say."""
        return len(wrapped(self.text, max(width - 4, 1))) + 2 if self.text else 0

    def body(self, width: int, height: int) -> list[Row]:
        """The text."""
        palette, ended = self.state.palette, self.state.ended
        style = palette.bad if ended is not None and ended.trouble else palette.text
        return [Row(width).put(line, style) for line in wrapped(self.text, width)]
