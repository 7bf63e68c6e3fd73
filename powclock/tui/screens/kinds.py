"""Which kinds of events are shown."""

from typing import ClassVar

from textual.binding import Binding, BindingType

from powclock.tui.click import click
from powclock.tui.event_log import KINDS
from powclock.tui.glyphs import CHECKED, POINTER, UNCHECKED
from powclock.tui.rows import PLAIN, Row
from powclock.tui.screens.choices import Choices
from powclock.tui.state import State
from powclock.tui.widgets.events import sign


class KindsScreen(Choices):
    """A check box for each kind, and one for the selected node; the log behind follows at once."""

    WIDTH = 44
    HEADING = "EVENTS TO SHOW"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "choose(-1)", "up"),
        Binding("down", "choose(1)", "down"),
        Binding("space,enter", "act", "show", key_display="space",
                tooltip="Show this kind, or not"),
        Binding("o", "only", "only it", tooltip="Show this kind alone"),
        Binding("a", "all", "all", tooltip="Show all kinds"),
        Binding("n", "selected_only", "node", tooltip="Keep to the selected node, or not"),
        Binding("escape,q,e", "close", "close", key_display="esc", tooltip="Back to the race"),
    ]  # fmt: skip

    def __init__(self, state: State) -> None:
        super().__init__(state)
        self._at = 0

    def rows(self, width: int) -> list[Row]:
        """The kinds and the node."""
        palette, log = self.state.palette, self.state.events
        counts = dict.fromkeys(KINDS, 0)
        for entry in log.entries:
            counts[entry.kind] = counts.get(entry.kind, 0) + 1
        rows = []
        for index, kind in enumerate(KINDS):
            glyph, style = sign(kind, palette)
            shown = not log.kinds or kind in log.kinds
            row = self._box(width, index, checked=shown)
            ground = (palette.selected if index == self._at else PLAIN) + click(f"act({index})")
            row.put(f"{glyph} {kind}".ljust(16), style + ground)
            count = f"{counts[kind]:,}".rjust(row.room)
            rows.append(row.put(count, palette.muted + ground))
        selected = self.state.selected
        row = self._box(width, len(KINDS), checked=log.selected_only)
        ground = palette.selected if self._at == len(KINDS) else PLAIN
        ground += click(f"act({len(KINDS)})")
        row.put("selected node only: ", palette.text + ground)
        name = selected or "none is selected"
        style = self.state.node(selected) if selected else palette.muted
        return [*rows, row.put(name.ljust(row.room), style + ground)]

    def _box(self, width: int, index: int, *, checked: bool) -> Row:
        palette, here = self.state.palette, index == self._at
        ground = (palette.selected if here else PLAIN) + click(f"act({index})")
        row = Row(width).put(f"{POINTER} " if here else "  ", palette.accent + ground)
        box = CHECKED if checked else UNCHECKED
        return row.put(f"{box} ", (palette.good if checked else palette.faint) + ground)

    def action_choose(self, step: int) -> None:
        """To another row."""
        self._at = (self._at + step) % (len(KINDS) + 1)
        self.keep_in_sight(self._at)

    def action_act(self, index: int = -1) -> None:
        """Show a kind or not; all of them is no filter."""
        log = self.state.events
        self._at = self._at if index < 0 else index
        if self._at == len(KINDS):
            log.selected_only = not log.selected_only
        else:
            kinds = (log.kinds or frozenset(KINDS)) ^ {KINDS[self._at]}
            log.kinds = frozenset() if len(kinds) == len(KINDS) else kinds
        self.keep_in_sight(self._at)

    def action_only(self) -> None:
        """This kind alone."""
        if self._at < len(KINDS):
            self.state.events.kinds = frozenset({KINDS[self._at]})
        self.keep_in_sight(self._at)

    def action_all(self) -> None:
        """All kinds."""
        self.state.events.kinds = frozenset()
        self.keep_in_sight(self._at)

    def action_selected_only(self) -> None:
        """Keep to the selected node, or not."""
        self.action_act(len(KINDS))
