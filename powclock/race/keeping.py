"""What becomes of the recording of a race on the screen: the person may keep it, or have named it.

Every race is recorded; what a person keeps has a name of its own and stays.
"""

from collections.abc import Callable
from typing import NamedTuple

from powclock.clock.virtual_loop import NANOSECONDS
from powclock.race.messages import Declined, FromRace, Noted
from powclock.race.summary import Summary
from powclock.race.tape import Lost, Tape


class Outcome(NamedTuple):
    """What came of recordings that a person asked for: their files, if they are whole, or what went
    wrong.
    """

    told: str
    whole: bool


NOTHING = Outcome("", whole=True)


class Keeping:
    """The tape of one race, if it has one; `chosen` says that a person named its file.

    `before` is what `end` said of the race that this one has taken the place of.
    """

    def __init__(
        self,
        tape: Tape | None,
        tell: Callable[[FromRace], None],
        *,
        chosen: bool,
        before: Outcome = NOTHING,
    ) -> None:
        self.tape = tape
        self._tell = tell
        self._chosen = chosen
        self._before = before

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

    def begin_future(self, now_ns: int) -> None:
        """Tell that this race goes on from now in the place of another."""
        text = f"live from {now_ns / NANOSECONDS:.1f} s on, with a future of its own"
        future = "" if self.tape is None else str(self.tape.path)
        if self._before.told:
            ended = f"{self._before.told} ends here" if self._before.whole else self._before.told
            text += f", recorded to {future}; {ended}" if future else f"; {ended}"
        self._tell(Noted(text, recording=False, future=future))

    def cut(self) -> None:
        """The race has failed: write what there is, and no end."""
        if self.tape is not None:
            self.tape.cut()

    def end(self, summary: Summary | None) -> Outcome:
        """End the recording."""
        both = (self._before, self._end(summary))
        whole = all(each.whole for each in both)
        told = [each.told for each in both if each.told and each.whole == whole]
        return Outcome(", ".join(told), whole)

    def _end(self, summary: Summary | None) -> Outcome:
        tape = self.tape
        if tape is None:
            return NOTHING
        tape.end(summary)
        path = tape.path if self._chosen else tape.kept
        trouble = tape.trouble or tape.kept_trouble
        return Outcome(trouble or (str(path) if path else ""), not trouble)
