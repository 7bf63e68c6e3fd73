"""The event log, newest first."""

from rich.style import Style

from powclock.record.frame import EventLine
from powclock.tui.glyphs import BEST, CUT, DOWN, FORK, HEALED, POINTER, REORG, STALE
from powclock.tui.rows import Row
from powclock.tui.text import clock
from powclock.tui.theme import Palette
from powclock.tui.widgets.panel import Panel, Part


def sign(kind: str, palette: Palette) -> tuple[str, Style]:
    """Glyph and hue of a kind of event; the word is the first of its text."""
    signs = {
        "tick": (BEST, palette.best),
        "fork": (FORK, palette.rival),
        "reorg": (REORG, palette.rival),
        "fault": (CUT, palette.bad),
        "heal": (HEALED, palette.good),
        "refused": (STALE, palette.stale),
        "orphan": ("∅", palette.stale),
        "down": (DOWN, palette.bad),
        "up": ("↑", palette.good),
        "join": ("+", palette.good),
        "leave": ("−", palette.bad),
        "difficulty": ("▲", palette.accent),
        "start": (POINTER, palette.accent),
    }
    return signs.get(kind, ("·", palette.muted))


class Events(Panel):
    """What happened, in words."""

    TITLE = "EVENTS"
    NAME = "events"
    NUMBER = 4

    def aside(self) -> list[Part]:
        """How many were left out."""
        left_out = self.state.events_left_out
        return [(f"{left_out} left out", self.state.palette.muted)] if left_out else []

    def body(self, width: int, height: int) -> list[Row]:
        """As many of the last events as fit."""
        events = self.state.events
        count = min(height, len(events))
        return [self._event(events[-1 - index], width) for index in range(count)]

    def _event(self, event: EventLine, width: int) -> Row:
        palette = self.state.palette
        glyph, style = sign(event.kind, palette)
        row = Row(width).put(f"{clock(event.time_ns)} ", palette.muted).put(f"{glyph} ", style)
        plain = palette.text if event.kind == "tick" else style
        return row.put(event.text, plain)
