"""A sheet of rows that opens over the race."""

from typing import ClassVar, Generic, TypeVar

from textual.app import ComposeResult
from textual.screen import ModalScreen

from powclock.tui.rows import Row
from powclock.tui.screens.no_selection import NoSelection
from powclock.tui.state import State
from powclock.tui.widgets.panel import Border, Panel

Result = TypeVar("Result")


class Sheet(NoSelection, ModalScreen[Result], Generic[Result]):
    """A panel in the middle, as large as its rows need and the terminal allows."""

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

    def compose(self) -> ComposeResult:
        """The panel."""
        yield self.panel

    def on_mount(self) -> None:
        """Find the size."""
        self.paint()

    def on_resize(self) -> None:
        """Find the size again."""
        self.paint()

    def paint(self) -> None:
        """Find the size and repaint what changed."""
        width = min(self.WIDTH, self.app.size.width)
        height = min(len(self.rows(width - 4)) + 2, self.app.size.height)
        styles = self.panel.styles
        styles.width, styles.height = width, height
        styles.offset = ((self.app.size.width - width) // 2, (self.app.size.height - height) // 2)
        self.panel.paint()

    def scroll_rows(self, step: int) -> None:
        """Show rows that are further up or down."""
        room = self.panel.size.height - 2
        last = max(len(self.rows(self.panel.size.width - 4)) - room, 0)
        self.top = min(max(self.top + step, 0), last)
        self.panel.paint()


class _Rows(Panel):
    def __init__(self, state: State, sheet: Sheet[Result]) -> None:
        super().__init__(state, border=Border.BOX)
        self._sheet = sheet
        self.TITLE = sheet.HEADING  # type: ignore[misc]

    def body(self, width: int, height: int) -> list[Row]:
        """What fits, from the row that was scrolled to."""
        return self._sheet.rows(width)[self._sheet.top :][:height]
