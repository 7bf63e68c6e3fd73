"""A line to type in: the text, its cursor, and its picture; a panel or a sheet draws it as a row.

It is no widget of textual's, so nothing has to move the focus before the next key: while a line is
open, the screen hands it every key in the order in which they were typed, and no key of the race
fires. What is typed or pasted comes from outside and is cleaned here.
"""

from collections.abc import Callable

from rich.cells import cell_len

from powclock.record.labels import clean_label
from powclock.tui.glyphs import CURSOR
from powclock.tui.rows import PLAIN, Row
from powclock.tui.text import fit
from powclock.tui.theme import Palette

CELLS_MAX = 80


class Prompt:
    """One line of text with a cursor.

    `changed` is called with the text after each change, and `closed` once, when the line closes:
    True for enter, which keeps the text, False for esc, which gives it up.
    """

    def __init__(
        self,
        text: str = "",
        *,
        hint: str = "",
        changed: Callable[[str], None],
        closed: Callable[[bool], None],
    ) -> None:
        self.text = text
        self.hint = hint
        self._at = len(text)
        self._changed = changed
        self._closed = closed

    def take(self, key: str, character: str | None) -> bool:
        """A key; whether it was of use here: arrows up and down, say, are not."""
        if key in _CLOSING:
            self.close(keep=_CLOSING[key])
        elif key in _MOVES:
            self._at = min(max(_MOVES[key](self._at, len(self.text)), 0), len(self.text))
        elif key in _ERASES:
            first, last = _ERASES[key](self.text, self._at)
            self._change(max(first, 0), last, "")
        elif character is not None and character.isprintable():
            self._change(self._at, self._at, character)
        else:
            return False
        return True

    def paste(self, text: str) -> None:
        """Text from the clipboard: its first line."""
        self._change(self._at, self._at, text.strip().partition("\n")[0])

    def close(self, *, keep: bool) -> None:
        """Close the line."""
        self._closed(keep)

    def _change(self, first: int, last: int, text: str) -> None:
        """Put a text in the place of a part of the line."""
        # A space at an end is being typed, so only what cannot be seen is dropped.
        text = " " if text == " " else clean_label(text, CELLS_MAX)
        changed = self.text[:first] + text + self.text[last:]
        if cell_len(changed) > CELLS_MAX:
            return
        self._at = first + len(text)
        if changed != self.text:
            self.text = changed
            self._changed(changed)

    def row(self, width: int, palette: Palette, *, note: str = "") -> Row:
        """The line in so many cells, the cursor in sight, and a note at its right end."""
        row = Row(width).put("/", palette.title)
        room = max(width - cell_len(note) - 3, 1)
        before = self.text[: self._at]
        while cell_len(before) > room - 1:
            before = before[1:]
        row.put(before, palette.strong).put(CURSOR, palette.accent)
        if not self.text:
            row.put(fit(self.hint, row.room - cell_len(note) - 1), palette.muted)
        row.put(fit(self.text[self._at :], row.room - cell_len(note) - 1).rstrip(), palette.strong)
        return row.right((note, palette.muted), (" ", PLAIN))


_CLOSING = {"enter": True, "tab": True, "escape": False}
_MOVES: dict[str, Callable[[int, int], int]] = {
    "left": lambda at, _: at - 1,
    "right": lambda at, _: at + 1,
    "home": lambda _, __: 0,
    "ctrl+a": lambda _, __: 0,
    "end": lambda _, length: length,
    "ctrl+e": lambda _, length: length,
}
_ERASES: dict[str, Callable[[str, int], tuple[int, int]]] = {
    "backspace": lambda _, at: (at - 1, at),
    "delete": lambda _, at: (at, at + 1),
    "ctrl+h": lambda _, at: (at - 1, at),
    "ctrl+w": lambda text, at: (text[:at].rstrip().rfind(" ") + 1, at),
    "ctrl+u": lambda _, at: (0, at),
}
