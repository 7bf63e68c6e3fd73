"""The banner over the last frame of a race that ended by itself."""

from powclock.tui.rows import Row
from powclock.tui.text import wrapped
from powclock.tui.widgets.panel import Panel


class Banner(Panel):
    """What happened, and the command that runs the same race again."""

    TITLE = "THE RACE HAS ENDED"

    def body(self, width: int, height: int) -> list[Row]:
        """The trouble, or the summary; then what to do."""
        ended, palette = self.state.ended, self.state.palette
        if ended is None:
            return []
        style = palette.bold(palette.bad) if ended.trouble else palette.text
        rows = [
            Row(width).put(text, style) for text in wrapped(ended.trouble or ended.summary, width)
        ]
        rows = rows[: max(height - 2, 1)]
        again = wrapped(f"again: {ended.again}", width) if ended.again else []
        rows += [Row(width).put(text, palette.text) for text in again[: height - len(rows) - 1]]
        leave = self.state.keys.label("leave_race")
        return [
            *rows,
            Row(width).put(f"{leave} leaves; the last moment stays on the screen", palette.muted),
        ]

    def height_for(self, width: int) -> int:
        """Rows with the border, so that all is told."""
        ended = self.state.ended
        if ended is None:
            return 0
        inner = max(width - 4, 1)
        lines = len(wrapped(ended.trouble or ended.summary, inner))
        return lines + (len(wrapped(f"again: {ended.again}", inner)) if ended.again else 0) + 3
