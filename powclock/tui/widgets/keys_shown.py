"""Keys as they are pressed, over the screen: the last one loud, with what it does."""

from textual.geometry import Region

from powclock.tui.key_presses import KeyPresses
from powclock.tui.rows import Row
from powclock.tui.state import State
from powclock.tui.text import fit
from powclock.tui.widgets.panel import Border, Panel

_HEIGHT = 3
_WORDS_MAX = 24


class KeysShown(Panel):
    """A box that is there while there are keys to show."""

    DEFAULT_CSS = "KeysShown { display: none; }"

    def __init__(self, state: State, presses: KeyPresses) -> None:
        super().__init__(state, border=Border.BOX)
        self._presses = presses

    def line(self) -> Row:
        """The keys, and what the last of them does."""
        palette, now_s = self.state.palette, self.state.wall_s()
        presses = self._presses.shown(now_s)
        row = Row(200)
        for index, press in enumerate(presses):
            last = index == len(presses) - 1
            loud = last and self._presses.fresh(now_s)
            if index:
                row.gap()
            row.put(f" {press.key} ", palette.solid(palette.accent if loud else palette.muted))
            if press.times > 1:
                row.put(f"×{press.times}", palette.text if last else palette.muted)
            if last and press.words:
                row.gap().put(
                    fit(press.words, min(len(press.words), _WORDS_MAX)),
                    palette.strong if loud else palette.muted,
                )
        return row

    def body(self, width: int, height: int) -> list[Row]:
        """The line."""
        return [Row(width).extend(self.line())]

    def show(self, bottom: int, width: int) -> None:
        """Be in the middle, right above a row, or nowhere if there is nothing to show."""
        row = self.line()
        cells = row.width - row.room
        self.display = bool(cells) and bottom >= _HEIGHT
        if not self.display:
            return
        cells = min(cells + 4, width)
        place = Region((width - cells) // 2, bottom - _HEIGHT, cells, _HEIGHT)
        self.styles.width, self.styles.height = place.width, place.height
        self.styles.offset = (place.x, place.y)
        self.refresh()
        self.paint()
