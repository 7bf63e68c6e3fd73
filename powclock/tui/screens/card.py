"""The card before a race: a title, and a countdown for those who are not ready yet."""

from collections.abc import Callable
from dataclasses import dataclass

from textual.app import ComposeResult
from textual.binding import Binding
from textual.screen import Screen

from powclock.tui.digits import large, large_width, small
from powclock.tui.rows import Row
from powclock.tui.screens.no_selection import NoSelection
from powclock.tui.state import State
from powclock.tui.text import centred, wrapped
from powclock.tui.widgets.panel import Panel

TITLE_S = 3.0
COUNT_MAX = 60
_LINE_CELLS_MAX = 72


@dataclass(frozen=True)
class Card:
    """What is told before the race; it counts down from `countdown`, a second each."""

    title: str = ""
    below: str = ""
    countdown: int = 0

    @property
    def lasts_s(self) -> float:
        """How long it stays, in seconds of the screen's time."""
        return float(self.countdown) if self.countdown else TITLE_S


class CardScreen(NoSelection, Screen[None]):
    """The card, on the whole screen; space and enter go on at once."""

    CSS = "CardScreen { background: $background; overflow: hidden; }"
    AUTO_FOCUS = None
    BINDINGS = [Binding("space,enter", "go_on", "go on")]  # noqa: RUF012 (as textual has it)

    def __init__(self, state: State, card: Card, go_on: Callable[[], None]) -> None:
        super().__init__()
        self._panel = _Face(state, card)
        self._card = card
        self._go_on = go_on

    def compose(self) -> ComposeResult:
        """The face alone."""
        yield self._panel

    def on_mount(self) -> None:
        """Count from now on."""
        self._fill()
        self._panel.begin()
        for second in range(1, self._card.countdown):
            self.set_timer(float(second), self._panel.paint)
        self.set_timer(self._card.lasts_s, self.action_go_on)

    def on_resize(self) -> None:
        """Be as large as the terminal."""
        self._fill()

    def _fill(self) -> None:
        self._panel.styles.width, self._panel.styles.height = self.app.size
        self._panel.refresh()

    def action_go_on(self) -> None:
        """To the race."""
        if self.is_current:
            self.dismiss(None)
            self._go_on()


class _Face(Panel):
    def __init__(self, state: State, card: Card) -> None:
        super().__init__(state)
        self._card = card
        self._since_s = state.wall_s()

    def begin(self) -> None:
        """The countdown begins."""
        self._since_s = self.state.wall_s()

    def body(self, width: int, height: int) -> list[Row]:
        """What there is to tell, in the middle."""
        palette, card = self.state.palette, self._card
        cells = min(width - 4, _LINE_CELLS_MAX)
        lines = [(text, palette.title) for text in wrapped(card.title, cells) if card.title]
        if card.below:
            lines += [("", palette.text)] * bool(lines)
            lines += [(text, palette.muted) for text in wrapped(card.below, cells)]
        if card.countdown:
            lines += [("", palette.text)] * (2 if lines else 0)
            room = height - len(lines)
            lines += [(text, palette.best) for text in self._number(width, room)]
        above = max(height - len(lines), 0) // 2
        rows = [Row(width) for _ in range(above)]
        return [*rows, *(Row(width).put(centred(text, width), style) for text, style in lines)]

    def _number(self, width: int, room: int) -> list[str]:
        left = self._card.countdown - round(self.state.wall_s() - self._since_s)
        text = str(max(left, 1))
        if not self.state.ascii_only and room >= 5 and large_width(text, 1) <= width:
            return large(text, 1)
        return small(text, ascii_only=self.state.ascii_only) if room >= 3 else [text]
