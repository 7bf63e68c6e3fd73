"""The palette: every key by its words, made from the bindings.

Textual has one of its own. It fails where its list has no room or is clicked while it changes, and
it draws signs that an ASCII terminal has not got.
"""

from rich.cells import cell_len

from powclock.tui.binding import Binding
from powclock.tui.rows import PLAIN, Row
from powclock.tui.screens.line import LineSheet
from powclock.tui.state import State


class PaletteScreen(LineSheet[Binding]):
    """Type some words of what is wanted; the result is the binding to act on."""

    HEADING = "PALETTE"
    HINT = "words of what you want"

    def __init__(self, state: State) -> None:
        super().__init__(state)
        self._left = state.keys.bindings

    def changed(self) -> None:
        """Keep the bindings that have all the words that were typed, in any order."""
        wanted = self.text.casefold().split()
        self._left = tuple(
            binding
            for binding in self.state.keys.bindings
            if all(word in _words(binding) for word in wanted)
        )
        self.at = 0

    def count(self) -> int:
        """The bindings that are left."""
        return len(self._left)

    def choices(self, width: int) -> list[tuple[Row, int | None]]:
        """A row for each binding: its key, its name, and what it does."""
        palette = self.state.palette
        if not self._left:
            return [(Row(width).gap(2).put("no key does that", palette.muted), None)]
        rows: list[tuple[Row, int | None]] = []
        for index, binding in enumerate(self._left):
            ground = palette.selected if index == self.at else PLAIN
            key = binding.key_display
            row = Row(width).put(" " * max(7 - cell_len(key), 1), ground)
            row.put(key, palette.title + ground).put("  ", ground)
            row.put(f"{binding.description:<14} ", palette.text + ground)
            row.put(binding.tooltip, palette.muted + ground)
            rows.append((row.put(" " * row.room, ground), index))
        return rows

    def go(self) -> None:
        """Act on the binding."""
        if self.at < len(self._left):
            self.dismiss(self._left[self.at])


def _words(binding: Binding) -> str:
    return f"{binding.description} {binding.tooltip} {binding.group.description}".casefold()
