"""The app of one race."""

from typing import Unpack

from textual.screen import Screen

from powclock.race.commands import AnyCommand, Quit
from powclock.race.messages import AnyMessage, Declined, Ended, Found, Noted, Race, Shown
from powclock.record.timeline import Timeline
from powclock.tui.screens.race import RaceScreen
from powclock.tui.shell import Look, Shell


class PowclockApp(Shell[Ended]):
    """The screen of one race."""

    def __init__(self, race: Race, **look: Unpack[Look]) -> None:
        """Make the screen; it starts to listen once it runs.

        Raises:
            ThemeError: the theme cannot be used.
        """
        super().__init__(**look)
        self._race = race
        self._restarts = 0
        self.race_state = self.new_state()
        self.race_screen = RaceScreen(self.race_state, self.send)

    @property
    def ground(self) -> RaceScreen:
        """The race is under all sheets."""
        return self.race_screen

    def get_default_screen(self) -> Screen[None]:
        """The race is the first thing to see."""
        return self.race_screen

    def on_mount(self) -> None:
        """Listen from now on."""
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
        """Ask the race for its last word."""
        self.send(Quit())
