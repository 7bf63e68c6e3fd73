"""The base of sheets in which one chooses among rows, while the race behind follows at once."""

from typing import TYPE_CHECKING, Any, cast

from powclock.tui.screens.sheet import Sheet

if TYPE_CHECKING:
    from powclock.tui.shell import Shell


class Choices(Sheet[None]):
    """A sheet that changes what the race behind it shows."""

    def keep_in_sight(self, row: int) -> None:
        """Scroll as far as a row needs."""
        super().keep_in_sight(row)
        self.changed()

    def changed(self) -> None:
        """Paint the sheet, and the race behind it."""
        cast("Shell[Any]", self.app).paint()
