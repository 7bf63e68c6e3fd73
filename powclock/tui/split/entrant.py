"""One of the races next to each other: its rule, its model, its column and its full screen."""

from collections.abc import Callable
from typing import Protocol

from powclock.race.commands import AnyCommand, Look
from powclock.race.messages import Ended, Race
from powclock.record.detail import Focus
from powclock.record.frame import EventLine
from powclock.tui.screens.race import RaceScreen
from powclock.tui.state import State
from powclock.tui.widgets.agreement import Agreement
from powclock.tui.widgets.clients import Clients
from powclock.tui.widgets.clock import Clock
from powclock.tui.widgets.events import Events
from powclock.tui.widgets.network import Network
from powclock.tui.widgets.panel import Panel
from powclock.tui.widgets.race_head import RaceHead
from powclock.tui.widgets.race_note import RaceNote

# Heights of the chain that a column needs; it draws none, but tips are told with their blocks.
_HEIGHTS = 1


class Owner(Protocol):
    """The screen of all races, as a column sees it."""

    def choose(self, index: int) -> None:
        """Let keys act on a race."""
        ...

    def open(self, index: int) -> None:
        """Give a race the whole screen."""
        ...

    def say(self, text: str) -> None:
        """A line for the person."""
        ...

    def paint(self) -> None:
        """Repaint what changed."""
        ...


class Entrant:
    """A race with all that shows it; `send` asks something of all races, or looks at this one."""

    def __init__(
        self, index: int, rule: str, race: Race, state: State, send: Callable[[AnyCommand], None]
    ) -> None:
        self.index = index
        self.rule = rule
        self.race = race
        self.state = state
        self.screen = RaceScreen(state, send)
        self.head = RaceHead(state, rule)
        self.note = RaceNote(state)
        self.panels: dict[str, Panel] = {
            "head": self.head,
            "clock": Clock(state),
            "agreement": Agreement(state),
            "network": Network(state),
            "clients": Clients(state),
            "events": Events(state),
            "note": self.note,
        }
        for panel in self.panels.values():
            panel.numbered = False
        self._focus: Focus | None = None

    @property
    def ended(self) -> Ended | None:
        """Its last word."""
        return self.state.ended

    def place(self, owner: Owner) -> None:
        """Say on which screen its column stands."""
        for panel in self.panels.values():
            panel.board = ColumnBoard(self, owner)

    def decline(self, text: str) -> None:
        """Say in this column alone that something could not be done, for a moment and in its log.

        The others may have done it.
        """
        self.note.decline(text)
        time_ns = self.state.frame.time_ns if self.state.frame is not None else 0
        line = EventLine(0, time_ns, "declined", None, f"declined: {text}")
        self.state.events.extend([line])

    def look(self, *, network: bool) -> None:
        """Tell the race what its column shows, if that has changed."""
        focus = Focus(heights=_HEIGHTS, network=network)
        if focus != self._focus:
            self._focus = focus
            self.race.send(Look(focus))

    def look_away(self) -> None:
        """Its column and its screen take turns: each says anew what it shows."""
        self._focus = None
        self.screen.look_anew()


class ColumnBoard:
    """What a panel of a column may ask for (`panel.Board`): it is always about its race."""

    def __init__(self, entrant: Entrant, owner: Owner) -> None:
        self._entrant = entrant
        self._owner = owner

    def focus_panel(self, name: str) -> None:
        """A click in the column chooses its race."""
        self._owner.choose(self._entrant.index)

    def maximise(self, name: str) -> None:
        """A click on a title opens the race."""
        self._owner.open(self._entrant.index)

    def inspect_node(self, name: str) -> None:
        """Open the race, and look into a node."""
        self._owner.open(self._entrant.index)
        self._entrant.screen.inspect_node(name)

    def inspect_block(self, hash_: str) -> None:
        """Open the race, and look into a block."""
        self._owner.open(self._entrant.index)
        self._entrant.screen.inspect_block(hash_)

    def say(self, text: str) -> None:
        """A line for the person."""
        self._owner.say(text)

    def paint(self) -> None:
        """Repaint what changed."""
        self._owner.paint()
