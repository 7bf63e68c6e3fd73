"""The footer: the keys that one needs first, made from the bindings; those of the panel lead."""

from rich.cells import cell_len

from powclock.tui.binding import Binding
from powclock.tui.click import click
from powclock.tui.rows import Row
from powclock.tui.widgets.panel import Panel

# These stay when there is little room.
_LAST = ("help", "leave_race", "palette")
# The keys that matter on a panel, the first ones first.
_OF_PANEL = {
    "nodes": ("enter", "filter", "sort", "order", "maximise", "back"),
    "events": ("enter", "filter", "kinds", "first", "maximise", "back"),
    "chain": ("enter", "left", "right", "last", "zoom", "maximise", "back"),
    "network": ("enter", "maximise", "back"),
    "clock": ("step_tick", "slower", "faster", "maximise", "back"),
    "hash_rate": ("maximise", "fault_faster", "fault_slower", "back"),
    "clients": ("maximise", "back"),
    "tips": ("enter", "partition", "maximise", "back"),
}
_OF_LESSON = ("lesson_next", "lesson_back")
_OF_REPLAY = ("pause", "left", "right", "next_fork", "next_reorg", "next_fault", "fork_future")
_OF_MAKING = ("back", "now")
_TYPING = ("type to filter", "⏎ keeps it", "esc clears it", "↑ ↓ choose")


class Footer(Panel):
    """One row; what does not fit is in the help."""

    def basis(self) -> object | None:
        """The panel that the keys act on, whether one types, and what is told or made."""
        state = self.state
        lesson, past = state.lesson is None, state.timeline is None
        return state.panel, state.prompt is None, lesson, past, state.making

    def body(self, width: int, height: int) -> list[Row]:
        """The keys."""
        palette = self.state.palette
        if self.state.prompt is not None:
            return [Row(width).gap().put("   ".join(_TYPING), palette.muted)]
        first = self._first()
        words = [
            (binding.key_display, binding.description, click(binding.action))
            for binding in self.state.keys.bindings
            if binding.id in _LAST
        ]
        right = sum(cell_len(key) + cell_len(text) + 3 for key, text, _ in words)
        row = Row(width)
        for binding in first:
            key = binding.key_display
            if row.room - right < cell_len(key) + cell_len(binding.description) + 3:
                break
            act = click(binding.action)
            row.put(f" {key}", palette.title + act)
            row.put(f" {binding.description} ", palette.muted + act)
        if row.room > right:
            row.gap(row.room - right)
        for key, text, act in words:
            row.put(f" {key}", palette.title + act).put(f" {text} ", palette.muted + act)
        return [row]

    def _first(self) -> list[Binding]:
        """The keys of the panel that the keys act on, then those that are always of use."""
        bindings = self.state.keys.bindings
        by_id = {binding.id: binding for binding in bindings}
        if self.state.making:
            return [by_id[id_] for id_ in _OF_MAKING]
        told = self.state.lesson is not None and by_id[_OF_LESSON[0]].show
        lead: tuple[str, ...] = _OF_LESSON if told else ()
        if self.state.timeline is not None:
            lead = _OF_REPLAY if not self.state.timeline.goes_on else ("now", *_OF_REPLAY)
        own = [by_id[id_] for id_ in (*lead, *_OF_PANEL.get(self.state.panel or "", ()))]
        shown = [each for each in bindings if each.show and each.id not in _LAST]
        return [*own, *(binding for binding in shown if binding not in own)]
