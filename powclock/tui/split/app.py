"""The app of several races: one column each, or one of them on the whole screen."""

from collections.abc import Sequence
from functools import partial
from typing import Unpack

from textual.screen import Screen

from powclock.race.commands import AnyCommand, Find, Look, OfPast, Quit, SetRate
from powclock.race.messages import AnyMessage, Declined, Ended, Found, Noted, Race, Shown
from powclock.tui.shell import Look as Drawn
from powclock.tui.shell import Painted, Shell
from powclock.tui.split.convoy import Convoy
from powclock.tui.split.entrant import Entrant
from powclock.tui.split.screen import NO_PAST, SplitScreen

# Within this time all races have answered a key.
_ANSWERS_S = 0.25
Lasts = tuple[Ended | None, ...]


class SplitApp(Shell[Lasts]):
    """The screen of several races; `rate` is how fast all of them begin."""

    def __init__(
        self,
        races: Sequence[tuple[str, Race]],
        *,
        rate: float = 1.0,
        **drawn: Unpack[Drawn],
    ) -> None:
        """Make the screen of races by rule; it starts to listen once it runs.

        Raises:
            ThemeError: the theme cannot be used.
        """
        super().__init__(**drawn)
        sends = [race.send for _, race in races]
        self.convoy = Convoy(sends, rate, drawn.get("fps", 10))
        self.entrants = [
            Entrant(index, rule, race, self.new_state(), partial(self.send, index))
            for index, (rule, race) in enumerate(races)
        ]
        self._opened: Entrant | None = None
        self._notes: list[str] = []
        self.split_screen = SplitScreen(
            self.new_state(), self.entrants, self.convoy, self.send_to_all, self.open
        )

    @property
    def ground(self) -> Painted:
        """The columns, or the race that has been opened."""
        return self.split_screen if self._opened is None else self._opened.screen

    def get_default_screen(self) -> Screen[None]:
        """The columns are the first thing to see."""
        return self.split_screen

    def on_mount(self) -> None:
        """Listen from now on."""
        for entrant in self.entrants:
            self.install_screen(entrant.screen, f"race {entrant.index}")
            self.listen_to(entrant.race, partial(self._take, entrant))

    # Commands.

    def send_to_all(self, command: AnyCommand) -> None:
        """Ask something of every race."""
        self.send(self.split_screen.chosen, command)

    def send(self, index: int, command: AnyCommand) -> None:
        """From the screen of one race: it alone is looked at, all else is for all of them."""
        if isinstance(command, Look | Find):
            self.entrants[index].race.send(command)
        elif isinstance(command, OfPast) or (isinstance(command, SetRate) and command.rate < 0):
            self.tell(NO_PAST)
        else:
            self.convoy.send(command, index)

    # Messages.

    def _take(self, entrant: Entrant, message: AnyMessage) -> bool:
        match message:
            case Shown(frame=frame, pace=pace):
                entrant.state.see(frame, pace)
                entrant.screen.controls.seen()
                self.convoy.seen(entrant.index, frame.time_ns, pace)
            case Declined(text=text):
                entrant.decline(text)
                if self._opened is entrant:
                    self.tell(text)
            case Noted(text=text):
                self._note(text)
            case Found():
                entrant.screen.found(message)
            case Ended():
                self._end(entrant, message)
        return True

    def _note(self, text: str) -> None:
        """Tell what several races say to one key in one note."""
        self._notes.append(text)
        if len(self._notes) == 1:
            self.set_timer(_ANSWERS_S, self._tell_notes)

    def _tell_notes(self) -> None:
        self.tell("\n".join(self._notes))
        self._notes.clear()

    def _end(self, entrant: Entrant, ended: Ended) -> None:
        entrant.state.ended = ended
        self.convoy.ended(entrant.index)
        # Trouble stays on the screen until it is read.
        if self.all_over() and (self._leaving or not any(e.trouble for e in self._lasts() if e)):
            self.exit(self.outcome())

    # One race on the whole screen, and back.

    def open(self, index: int) -> None:
        """Give a race the whole screen."""
        entrant = self.entrants[index]
        if self._opened is not None:
            return
        self._opened = entrant
        entrant.look_away()
        self.push_screen(f"race {index}")
        self.paint()

    def side_by_side(self) -> bool:
        """Back to the columns; whether there are any to go back to."""
        if self._opened is None:
            return False
        opened, self._opened = self._opened, None
        opened.look_away()
        self.split_screen.state.selected = opened.state.selected
        self.pop_screen()
        self.paint()
        return True

    # The way out.

    def _lasts(self) -> Lasts:
        return tuple(entrant.ended for entrant in self.entrants)

    def all_over(self) -> bool:
        """Whether every race has said its last word."""
        return all(ended is not None for ended in self._lasts())

    def outcome(self) -> Lasts:
        """The last words, as far as they have come."""
        return self._lasts()

    def ask_to_end(self) -> None:
        """Ask every race for its last word."""
        for entrant in self.entrants:
            entrant.race.send(Quit())
