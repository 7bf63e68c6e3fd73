"""The app of one race."""

from dataclasses import dataclass
from typing import Unpack

from textual.screen import Screen

from powclock.race.commands import AnyCommand, Quit, SetRate
from powclock.race.messages import AnyMessage, Declined, Ended, Found, Noted, Race, Shown
from powclock.record.timeline import Timeline
from powclock.tui.screens.card import Card, CardScreen
from powclock.tui.screens.race import RaceScreen
from powclock.tui.shell import Look, Shell


@dataclass(frozen=True)
class Opening:
    """What comes before the race: a card, and the rate at which a race that waits then begins."""

    card: Card
    rate: float | None = None


def opening_of(named: str, title: str, countdown: int, rate: float | None = None) -> Opening | None:
    """The opening of a race with this name, if somebody wants a title or a countdown."""
    if not title and not countdown:
        return None
    return Opening(Card(title or named, named if title else "", countdown), rate)


class PowclockApp(Shell[Ended]):
    """The screen of one race."""

    def __init__(self, race: Race, *, opening: Opening | None = None, **look: Unpack[Look]) -> None:
        """Make the screen; it starts to listen once it runs, and its opening is over.

        Raises:
            ThemeError: the theme cannot be used.
        """
        super().__init__(**look)
        self._race = race
        self._restarts = 0
        self._opening = opening
        self._listens = False
        self.race_state = self.new_state()
        self.race_screen = RaceScreen(self.race_state, self.send)

    @property
    def ground(self) -> RaceScreen:
        """The race is under all sheets."""
        return self.race_screen

    @property
    def has_axis(self) -> bool:
        """While a moment of the past is shown."""
        return self.race_state.timeline is not None

    def get_default_screen(self) -> Screen[None]:
        """The race is the first thing to see."""
        return self.race_screen

    def on_mount(self) -> None:
        """Listen from now on, or once the card was shown."""
        if self._opening is None:
            self._begin()
        else:
            self.push_screen(CardScreen(self.race_state, self._opening.card, self._begin))

    def _begin(self) -> None:
        self._listen()
        if self._opening is not None and self._opening.rate is not None and not self._leaving:
            self.send(SetRate(self._opening.rate))

    def _listen(self) -> None:
        if not self._listens:
            self._listens = True
            self.listen_to(self._race, self._take)

    def send(self, command: AnyCommand) -> None:
        """Ask something of the race."""
        self._race.send(command)

    def _take(self, message: AnyMessage) -> bool:
        match message:
            case Shown(frame=frame, pace=pace, restarts=restarts, timeline=timeline):
                if restarts != self._restarts:
                    self._restarts = restarts
                    self.race_screen.go_elsewhere()
                self._see_past(timeline)
                self.race_state.see(frame, pace)
                self.race_screen.controls.seen()
                return True
            case Declined(text=text) | Noted(text=text):
                self.tell(text)
            case Found():
                self.race_screen.found(message)
            case Ended():
                self._end(message)
        return False

    def _see_past(self, timeline: Timeline | None) -> None:
        before, self.race_state.timeline = self.race_state.timeline, timeline
        if timeline is not None and timeline.damage and not (before and before.damage):
            self.tell(f"the recording is not whole: {timeline.damage}; it plays up to there")

    def _end(self, ended: Ended) -> None:
        self.race_state.ended = ended
        if self._leaving or not ended.trouble:  # trouble stays on the screen until it is read
            self.exit(ended)
        else:
            self.paint()

    # The way out.

    def all_over(self) -> bool:
        """Whether the race has said its last word."""
        return self.race_state.ended is not None

    def outcome(self) -> Ended | None:
        """Its last word."""
        return self.race_state.ended

    def ask_to_end(self) -> None:
        """Ask the race for its last word, also of one that has not begun."""
        self._listen()
        self.send(Quit())
