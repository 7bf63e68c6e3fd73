"""The footer: the keys that one needs first, made from the bindings; those of the panel lead."""

from rich.cells import cell_len
from rich.style import Style
from textual.binding import Binding

from powclock.tui.keys import BINDINGS
from powclock.tui.rows import Row
from powclock.tui.widgets.panel import Panel

# These stay when there is little room.
_LAST = ("help", "leave_race")
# The keys that matter on a panel, the first ones first.
_OF_PANEL = {
    "nodes": ("enter", "filter", "sort", "order", "maximise", "escape"),
    "events": ("enter", "filter", "kinds", "first", "maximise", "escape"),
    "chain": ("enter", "left", "right", "last", "zoom", "maximise", "escape"),
    "network": ("enter", "maximise", "escape"),
    "clock": ("step_tick", "slower", "faster", "maximise", "escape"),
    "hash_rate": ("maximise", "fault_faster", "fault_slower", "escape"),
    "tips": ("enter", "partition", "maximise", "escape"),
}
_TYPING = ("type to filter", "⏎ keeps it", "esc clears it", "↑ ↓ choose")

_BY_ID = {binding.id: binding for binding in BINDINGS}
_CLICKS = {
    binding.id: Style.from_meta({"@click": f"screen.{binding.action}"}) for binding in BINDINGS
}
_PALETTE_CLICK = Style.from_meta({"@click": "app.command_palette"})


class Footer(Panel):
    """One row; what does not fit is in the help."""

    def body(self, width: int, height: int) -> list[Row]:  # noqa: ARG002
        """The keys."""
        palette = self.state.palette
        if self.state.prompt is not None:
            return [Row(width).gap().put("   ".join(_TYPING), palette.muted)]
        first = self._first()
        words = [
            (_key(binding), binding.description, _CLICKS[binding.id])
            for binding in BINDINGS
            if binding.id in _LAST
        ]
        if not self.state.ascii_only:
            words.append(("^p", "palette", _PALETTE_CLICK))
        right = sum(cell_len(key) + cell_len(text) + 3 for key, text, _ in words)
        row = Row(width)
        for binding in first:
            key = _key(binding)
            if row.room - right < cell_len(key) + cell_len(binding.description) + 3:
                break
            click = _CLICKS[binding.id]
            row.put(f" {key}", palette.title + click)
            row.put(f" {binding.description} ", palette.muted + click)
        if row.room > right:
            row.gap(row.room - right)
        for key, text, click in words:
            row.put(f" {key}", palette.title + click).put(f" {text} ", palette.muted + click)
        return [row]

    def _first(self) -> list[Binding]:
        """The keys of the panel that the keys act on, then those that are always of use."""
        own = [_BY_ID[id_] for id_ in _OF_PANEL.get(self.state.panel or "", ()) if id_ in _BY_ID]
        shown = [each for each in BINDINGS if each.show and each.id not in _LAST]
        return [*own, *(binding for binding in shown if binding not in own)]


def _key(binding: Binding) -> str:
    return binding.key_display or binding.key
