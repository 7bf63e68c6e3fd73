"""The footer: the keys that one needs first, made from the bindings."""

from rich.cells import cell_len
from rich.style import Style

from powclock.tui.rows import Row
from powclock.tui.widgets.panel import Panel

# These stay when there is little room.
_LAST = ("help", "leave_race")


class Footer(Panel):
    """One row; what does not fit is in the help."""

    def body(self, width: int, height: int) -> list[Row]:  # noqa: ARG002
        """The keys."""
        palette = self.state.palette
        shown = [binding for binding in self.state.keys.bindings if binding.show]
        last = [binding for binding in shown if binding.id in _LAST]
        first = [binding for binding in shown if binding.id not in _LAST]
        words = [] if self.state.ascii_only else [("^p", "palette", "app.command_palette")]
        words[:0] = [(b.key_display or b.key, b.description, f"screen.{b.action}") for b in last]
        right = sum(cell_len(key) + cell_len(text) + 3 for key, text, _ in words)
        row = Row(width)
        for binding in first:
            key = binding.key_display or binding.key
            if row.room - right < cell_len(key) + cell_len(binding.description) + 3:
                break
            click = Style.from_meta({"@click": f"screen.{binding.action}"})
            row.put(f" {key}", palette.title + click)
            row.put(f" {binding.description} ", palette.muted + click)
        if row.room > right:
            row.gap(row.room - right)
        for key, text, action in words:
            click = Style.from_meta({"@click": action})
            row.put(f" {key}", palette.title + click).put(f" {text} ", palette.muted + click)
        return [row]
