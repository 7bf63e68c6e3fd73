"""A sheet of rows that opens over the race, with its keys in its last row.

Sheets are live: each is painted again with every frame. The mouse works in them: the wheel scrolls,
a click chooses, two follow, and one outside closes.
"""

from typing import ClassVar, Generic, TypeVar

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.await_complete import AwaitComplete
from textual.binding import Binding
from textual.events import Click, MouseScrollDown, MouseScrollUp
from textual.screen import ModalScreen

from powclock.tui.click import click
from powclock.tui.rows import Row
from powclock.tui.screens.no_selection import NoSelection
from powclock.tui.state import State
from powclock.tui.text import in_sight
from powclock.tui.widgets.panel import Border, Panel, Part

Result = TypeVar("Result")

_WHEEL = 3
_HIGH = 32


class Sheet(NoSelection, ModalScreen[Result], Generic[Result]):
    """A panel in the middle, as large as its rows need and the terminal allows.

    Bindings that have a tooltip are shown in the last row; the last of them always is.
    """

    CSS = "Sheet { overflow: hidden; }"
    AUTO_FOCUS = None
    WIDTH: ClassVar[int] = 76
    HEADING: ClassVar[str] = ""

    def __init__(self, state: State) -> None:
        super().__init__()
        self.state = state
        self.top = 0
        self.panel = _Rows(state, self)

    def rows(self, width: int) -> list[Row]:
        """All rows."""
        raise NotImplementedError

    def height_for(self, width: int) -> int:
        """How many rows there are to show, without border and keys."""
        return len(self.rows(width))

    def seen_rows(self, width: int, height: int) -> list[Row]:
        """The rows that fit: those from where one has scrolled to."""
        rows = self.rows(width)
        self.top = min(self.top, max(len(rows) - height, 0))
        return rows[self.top :][:height]

    def heading(self) -> str:
        """What stands in the border."""
        return self.HEADING

    def aside(self) -> list[Part]:
        """What stands at the right of the heading."""
        return []

    @property
    def shown_keys(self) -> list[Binding]:
        """Bindings that have a tooltip."""
        return [each for each in self.BINDINGS if isinstance(each, Binding) and each.tooltip]

    def keys(self) -> list[Binding]:
        """The keys to show."""
        return self.shown_keys

    def dismiss(self, result: Result | None = None) -> AwaitComplete:
        """Close with a result; a second click may come when the sheet is closed already."""
        return super().dismiss(result) if self.is_current else AwaitComplete()

    def close(self) -> None:
        """Back to what is below."""
        self.dismiss(None)

    def action_close(self) -> None:
        """Back to what is below."""
        self.close()

    # The mouse, in cells from the upper left corner of the rows.

    def clicked(self, x: int, y: int, *, double: bool) -> None:
        """A click on a row."""

    def scrolled(self, x: int, y: int, step: int) -> None:
        """The wheel, over a row."""
        self.scroll_rows(step)

    def compose(self) -> ComposeResult:
        """The panel."""
        yield self.panel

    def on_mount(self) -> None:
        """Find the size."""
        self.paint()

    def on_resize(self) -> None:
        """Find the size again."""
        self.paint()

    def on_click(self, event: Click) -> None:
        """A click outside closes; one on a note that is shown there does not."""
        x, y = event.screen_x, event.screen_y
        if not self.panel.region.contains(x, y) and self.get_widget_at(x, y)[0] is self:
            self.close()

    def paint(self) -> None:
        """Find the size and repaint what changed."""
        width = min(self.WIDTH, self.app.size.width)
        height = min(self.height_for(width - 4) + 2 + self.key_rows, self.app.size.height)
        styles = self.panel.styles
        styles.width, styles.height = width, height
        styles.offset = ((self.app.size.width - width) // 2, (self.app.size.height - height) // 2)
        self.panel.paint()

    @property
    def room(self) -> int:
        """Rows that can be seen at once."""
        return max(self.panel.inner.height - self.key_rows, 1)

    @property
    def key_rows(self) -> int:
        """Rows that the keys take; a high terminal has an empty one above them."""
        return 0 if not self.keys() else 1 if self.app.size.height < _HIGH else 2

    def keep_in_sight(self, row: int) -> None:
        """Scroll as far as a row needs."""
        self.top = in_sight(self.top, row, self.room)
        self.panel.paint()

    def scroll_rows(self, step: int) -> None:
        """Show rows that are further up or down."""
        last = max(len(self.rows(self.panel.inner.width)) - self.room, 0)
        self.top = min(max(self.top + step, 0), last)
        self.panel.paint()


class _Rows(Panel):
    def __init__(self, state: State, sheet: Sheet[Result]) -> None:
        super().__init__(state, border=Border.BOX)
        self._sheet = sheet

    def heading(self) -> str:
        """The sheet's own."""
        return self._sheet.heading()

    def aside(self) -> list[Part]:
        """The sheet's own."""
        return self._sheet.aside()

    def body(self, width: int, height: int) -> list[Row]:
        """What fits, and the keys."""
        keys = self._sheet.keys()
        if not keys:
            return self._sheet.seen_rows(width, height)
        rows = self._sheet.seen_rows(width, self._sheet.room)[: height - 1]
        rows += [Row(width) for _ in range(height - 1 - len(rows))]
        return [*rows, self._keys(keys, width)]

    def _keys(self, keys: list[Binding], width: int) -> Row:
        palette = self.state.palette
        row = Row(width)
        *first, last = [(each.key_display or each.key, each) for each in keys]
        room = width - cell_len(last[0]) - cell_len(last[1].description) - 1
        for key, binding in first:
            length = cell_len(key) + cell_len(binding.description) + 3
            if width - row.room + length > room:
                break
            self._key(row, key, binding).gap(2)
        row.gap(row.room - (width - room))
        return self._key(row, *last) if row.room else row.put(last[0], palette.title)

    def _key(self, row: Row, key: str, binding: Binding) -> Row:
        palette = self.state.palette
        act = click(binding.action)
        row.put(key, palette.title + act).put(" ", palette.muted + act)
        return row.put(binding.description, palette.muted + act)

    def on_click(self, event: Click) -> None:
        """For the sheet, unless it is on the border or the keys."""
        x, y = event.x - 2, event.y - self.inside_top
        if 0 <= y < self._sheet.room and 0 <= x < self.inner.width:
            self._sheet.clicked(x, y, double=event.chain > 1)

    def on_mouse_scroll_down(self, event: MouseScrollDown) -> None:
        """For the sheet."""
        self._sheet.scrolled(event.x - 2, event.y - self.inside_top, _WHEEL)

    def on_mouse_scroll_up(self, event: MouseScrollUp) -> None:
        """For the sheet."""
        self._sheet.scrolled(event.x - 2, event.y - self.inside_top, -_WHEEL)
