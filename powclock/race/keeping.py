"""What becomes of the recording of a race on the screen: the person may keep it, or have named it.

Every race is recorded; what a person keeps has a name of its own and stays.
"""

from collections.abc import Callable

from powclock.race.messages import Declined, FromRace, Noted
from powclock.race.summary import Summary
from powclock.race.tape import Lost, Tape


class Keeping:
    """The tape of one race, if it has one; `chosen` says that a person named its file."""

    def __init__(
        self, tape: Tape | None, tell: Callable[[FromRace], None], *, chosen: bool
    ) -> None:
        self.tape = tape
        self._tell = tell
        self._chosen = chosen

    @property
    def trouble(self) -> str:
        """In a line why there is no recording, or not all of it."""
        return "this race cannot be recorded" if self.tape is None else self.tape.trouble

    @property
    def kept(self) -> bool:
        """Whether a person keeps it."""
        tape = self.tape
        return tape is not None and not tape.trouble and bool(self._chosen or tape.kept)

    @property
    def again(self) -> str:
        """The command that runs the race again; empty where it is not recorded."""
        return "" if self.tape is None else self.tape.again

    def beat(self) -> None:
        """Write what is due, and tell what went wrong if it has now."""
        trouble = self.tape.beat() if self.tape is not None else ""
        if trouble:
            self._tell(Declined(trouble))

    def keep(self, *, on: bool | None) -> None:
        """Begin or end what the person keeps of the recording."""
        tape = self.tape
        if tape is None or tape.trouble:
            self._tell(Declined(self.trouble))
        elif self._chosen:
            self._tell(Noted(f"this race is recorded to {tape.path}", recording=True))
        elif on is None or on == (tape.kept is None):
            if tape.kept is None:
                self._kept(lambda: Noted(f"recording to {tape.keep()}", recording=True))
            else:
                self._kept(lambda: Noted(f"recorded to {tape.end_kept()}", recording=False))

    def _kept(self, change: Callable[[], Noted | None]) -> None:
        """Begin or end what is kept, and tell what came of it."""
        assert self.tape is not None
        where = self.tape.kept or self.tape.path
        try:
            noted = change()
        except Lost as lost:
            self.tape.beat()  # which would say it again
            self._tell(Declined(str(lost)))
        except OSError as error:
            self._tell(
                Declined(
                    f"{error.filename or where}: cannot be written: {error.strerror}: mend that "
                    "and ask again, or race with --record FILE"
                )
            )
        else:
            if noted is not None:
                self._tell(noted)

    def begin_again(self) -> None:
        """Leave the file to another tape, as the race begins again."""
        if self.tape is not None:
            self._kept(self.tape.begin_again)

    def cut(self) -> None:
        """The race has failed: write what there is, and no end."""
        if self.tape is not None:
            self.tape.cut()

    def end(self, summary: Summary | None) -> tuple[str, bool]:
        """What came of the recording, if a person asked for one, and whether it is whole."""
        tape = self.tape
        if tape is None:
            return "", True
        tape.end(summary)
        path = tape.path if self._chosen else tape.kept
        trouble = tape.trouble or tape.kept_trouble
        return trouble or (str(path) if path else ""), not trouble
