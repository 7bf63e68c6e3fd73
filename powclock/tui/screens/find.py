"""The search: type a name, a height or some digits, and go there."""

from collections.abc import Callable
from typing import ClassVar

from rich.cells import cell_len
from textual.binding import Binding, BindingType
from textual.events import Key, Paste

from powclock.race.commands import Find
from powclock.race.messages import Found
from powclock.record.detail import Hit
from powclock.record.labels import clean_label
from powclock.tui.glyphs import BEST, POINTER, STALE
from powclock.tui.rows import PLAIN, Row
from powclock.tui.screens.sheet import Sheet
from powclock.tui.state import State

# A hash has 64 digits.
CELLS_MAX = 64
_ROWS_SHOWN = 14
_KINDS = {"node": "NODES", "block": "BLOCKS", "transfer": "TRANSACTIONS"}
_HINT = "a name, a height, or digits of a hash or transaction"


class FindScreen(Sheet[Hit]):
    """A line to type in, and what is found; the result is where to go."""

    WIDTH = 84
    HEADING = "GO TO"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,shift+tab", "move(-1)", "choose", key_display="↑ ↓", id="find_up",
                tooltip="The hit above"),
        Binding("down,tab", "move(1)", "choose", id="find_down"),
        Binding("pageup", "move(-10)", "up", id="find_page_up"),
        Binding("pagedown", "move(10)", "down", id="find_page_down"),
        Binding("enter", "go", "go there", key_display="⏎", id="find_go", tooltip="Go there"),
        Binding("backspace,ctrl+h", "erase", "erase", id="find_erase"),
        Binding("ctrl+u,ctrl+w", "clear", "clear", key_display="^u", id="find_clear",
                tooltip="Empty the line"),
        Binding("escape", "close", "close", key_display="esc", id="find_close",
                tooltip="Close, and go nowhere"),
    ]  # fmt: skip

    def __init__(self, state: State, send: Callable[[Find], None]) -> None:
        super().__init__(state)
        self._send = send
        self.text = ""
        self._found: Found | None = None
        self._at = 0
        # Which hit each row shows.
        self._row_hits: list[int | None] = []

    @property
    def hits(self) -> tuple[Hit, ...]:
        """What was found for what is typed, or was just before."""
        return self._found.hits if self._found is not None and self.text.strip() else ()

    def found(self, found: Found) -> None:
        """Take in what was found, unless it answers an older question."""
        if found.text == self.text:
            chosen = self.hits[self._at].id if self._at < len(self.hits) else ""
            self._found = found
            ids = [hit.id for hit in found.hits]
            self._at = ids.index(chosen) if chosen in ids and self._at else 0
            self.paint()

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
        self._ask(clean_label(self.text + text, CELLS_MAX) + space)

    def _ask(self, text: str) -> None:
        if text != self.text:
            self.text = text
            if text.strip():
                self._send(Find(text))
            self.paint()

    def action_erase(self) -> None:
        """Take the last character back."""
        self._ask(self.text[:-1])

    def action_clear(self) -> None:
        """Empty the line."""
        self._ask("")

    # Hits.

    def height_for(self, width: int) -> int:  # noqa: ARG002
        """The same whatever is found, so that nothing jumps while one types."""
        return _ROWS_SHOWN + 2

    def seen_rows(self, width: int, height: int) -> list[Row]:
        """The line, and the hits around the chosen one."""
        rows, at = self._hits(width)
        room = max(height - 2, 1)
        self.top = min(max(self.top, at - room + 1), max(at - 1, 0))
        self.top = max(min(self.top, len(rows) - room), 0)
        return [self._line(width), Row(width), *rows[self.top :][:room]]

    def _line(self, width: int) -> Row:
        palette = self.state.palette
        row = Row(width).put("/ ", palette.title)
        # Of a text that is too long, the end is what one is typing.
        shown = self.text
        while cell_len(shown) > max(width - 3, 0):
            shown = shown[1:]
        row.put(shown, palette.strong).put("█", palette.accent)
        if not self.text:
            row.put(f" {_HINT}", palette.muted)
        return row

    def _hits(self, width: int) -> tuple[list[Row], int]:
        """All hits by kind, and the row of the chosen one."""
        palette = self.state.palette
        if not self.hits:
            asked = self._found is not None and self._found.text == self.text
            words = "nothing is called that" if asked and self.text.strip() else ""
            return [Row(width).gap(2).put(words, palette.muted)], 0
        rows: list[Row] = []
        self._row_hits = []
        kind, at = "", 0
        for index, hit in enumerate(self.hits):
            if hit.kind != kind:
                kind = hit.kind
                rows.append(Row(width).put(_KINDS.get(kind, kind), palette.title))
                self._row_hits.append(None)
            if index == self._at:
                at = len(rows)
            rows.append(self._hit(hit, width, chosen=index == self._at))
            self._row_hits.append(index)
        return rows, at

    def _hit(self, hit: Hit, width: int, *, chosen: bool) -> Row:
        palette = self.state.palette
        ground = palette.selected if chosen else PLAIN
        row = Row(width).put(f"{POINTER} " if chosen else "  ", palette.accent + ground)
        sign, style = {
            "node": ("●", self.state.node(hit.id)),
            "block": (STALE, palette.stale) if hit.stale else (BEST, palette.best),
        }.get(hit.kind, ("→", palette.muted))
        row.put(f"{sign} ", style + ground).put(hit.text, palette.text + ground)
        return row.put(" " * row.room, ground) if chosen else row

    def clicked(self, x: int, y: int, *, double: bool) -> None:  # noqa: ARG002
        """Choose, or go there."""
        index = self.top + y - 2
        if y >= 2 and self.hits and index < len(self._row_hits):
            hit = self._row_hits[index]
            if hit is not None:
                self._at = hit
                self.paint()
                if double:
                    self.action_go()

    def scrolled(self, x: int, y: int, step: int) -> None:  # noqa: ARG002
        """The wheel chooses."""
        self.action_move(1 if step > 0 else -1)

    def action_move(self, step: int) -> None:
        """Another hit."""
        self._at = min(max(self._at + step, 0), max(len(self.hits) - 1, 0))
        self.paint()

    def action_go(self) -> None:
        """To the chosen hit."""
        if self._at < len(self.hits):
            self.dismiss(self.hits[self._at])

    def action_close(self) -> None:
        """Back to where one was."""
        self.close()
