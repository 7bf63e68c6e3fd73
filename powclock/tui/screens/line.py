"""The base of sheets with a line to type in and choices below it that follow what is typed."""

from typing import ClassVar, Generic

from rich.cells import cell_len
from textual.binding import Binding, BindingType
from textual.events import Key, Paste

from powclock.record.labels import clean_label
from powclock.tui.rows import Row
from powclock.tui.screens.sheet import Result, Sheet
from powclock.tui.state import State
from powclock.tui.text import in_sight

_ROWS_SHOWN = 14


class LineSheet(Sheet[Result], Generic[Result]):
    """A line, and the choices that it leaves; `at` is the chosen one."""

    WIDTH = 84
    HINT: ClassVar[str] = ""
    CELLS_MAX: ClassVar[int] = 64
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,shift+tab", "choose(-1)", "choose", key_display="↑ ↓", id="line_up",
                tooltip="The choice above"),
        Binding("down,tab", "choose(1)", "choose", id="line_down"),
        Binding("pageup", "choose(-10)", "up", id="line_page_up"),
        Binding("pagedown", "choose(10)", "down", id="line_page_down"),
        Binding("enter", "go", "take it", key_display="⏎", id="line_go", tooltip="Take the choice"),
        Binding("backspace,ctrl+h", "erase", "erase", id="line_erase"),
        Binding("ctrl+u,ctrl+w", "clear", "clear", key_display="^u", id="line_clear",
                tooltip="Empty the line"),
        Binding("escape", "close", "close", key_display="esc", id="line_close",
                tooltip="Close, and do nothing"),
    ]  # fmt: skip

    def __init__(self, state: State) -> None:
        super().__init__(state)
        self.text = ""
        self.at = 0
        # Which choice each row shows.
        self._row_choices: list[int | None] = []

    # What kinds of sheets say.

    def changed(self) -> None:
        """The text is another one."""

    def count(self) -> int:
        """How many choices there are."""
        raise NotImplementedError

    def choices(self, width: int) -> list[tuple[Row, int | None]]:
        """The rows below the line, each with the choice that it shows."""
        raise NotImplementedError

    def go(self) -> None:
        """Take the choice, if there is one."""
        raise NotImplementedError

    # Typing.

    def on_key(self, event: Key) -> None:
        """What can be seen is text; all else is for the bindings."""
        if event.is_printable and event.character is not None:
            event.stop()
            event.prevent_default()
            self._type(event.character)

    def on_paste(self, event: Paste) -> None:
        """Text from elsewhere, whatever is in it."""
        event.stop()
        self._type(event.text)

    def _type(self, text: str) -> None:
        # A space may stand at the end while one is typing, but nowhere else.
        space = " " if text == " " and self.text else ""
        self._ask(clean_label(self.text + text, self.CELLS_MAX) + space)

    def _ask(self, text: str) -> None:
        if text != self.text:
            self.text = text
            self.changed()
            self.paint()

    def action_erase(self) -> None:
        """Take the last character back."""
        self._ask(self.text[:-1])

    def action_clear(self) -> None:
        """Empty the line."""
        self._ask("")

    # Choosing.

    def height_for(self, width: int) -> int:
        """The same whatever is left, so that nothing jumps while one types."""
        return _ROWS_SHOWN + 2

    def seen_rows(self, width: int, height: int) -> list[Row]:
        """The line, and the choices around the chosen one."""
        rows = self.choices(width)
        self._row_choices = [choice for _, choice in rows]
        at = self._row_choices.index(self.at) if self.at in self._row_choices else 0
        room = max(height - 2, 1)
        self.top = min(in_sight(self.top, at, room), max(at - 1, 0))
        self.top = max(min(self.top, len(rows) - room), 0)
        return [self._line(width), Row(width), *(row for row, _ in rows[self.top :][:room])]

    def _line(self, width: int) -> Row:
        palette = self.state.palette
        row = Row(width).put("/ ", palette.title)
        # Of a text that is too long, the end is what one is typing.
        shown = self.text
        while cell_len(shown) > max(width - 3, 0):
            shown = shown[1:]
        row.put(shown, palette.strong).put("█", palette.accent)
        if not self.text:
            row.put(f" {self.HINT}", palette.muted)
        return row

    def clicked(self, x: int, y: int, *, double: bool) -> None:
        """Choose, or take it."""
        index = self.top + y - 2
        choice = self._row_choices[index] if y >= 2 and index < len(self._row_choices) else None
        if choice is not None:
            self.at = choice
            self.paint()
            if double:
                self.go()

    def scrolled(self, x: int, y: int, step: int) -> None:
        """The wheel chooses."""
        self.action_choose(1 if step > 0 else -1)

    def action_choose(self, step: int) -> None:
        """Another choice."""
        self.at = min(max(self.at + step, 0), max(self.count() - 1, 0))
        self.paint()

    def action_go(self) -> None:
        """Take the choice."""
        self.go()
