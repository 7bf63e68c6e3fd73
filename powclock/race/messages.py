"""What the race's process tells the screen's, and what the screen may ask of a race."""

from collections.abc import Callable
from typing import Protocol

import msgspec

from powclock.race.commands import AnyCommand
from powclock.race.lesson.told import Told
from powclock.race.session import End
from powclock.race.summary import Summary
from powclock.record.detail import Hit
from powclock.record.frame import Frame, Pace
from powclock.record.timeline import Timeline


class FromRace(msgspec.Struct, frozen=True, tag_field="message"):
    """A message from the race."""


class Shown(FromRace, frozen=True, tag="shown"):
    """A moment to draw.

    In a lesson it says how far that is; `restarts` counts how often its race has begun again, or
    has gone elsewhere. `timeline` is there while the moment is of the past.
    """

    frame: Frame
    pace: Pace
    lesson: Told | None = None
    restarts: int = 0
    timeline: Timeline | None = None


class Declined(FromRace, frozen=True, tag="declined"):
    """A command that could not be carried out: one line that says why, and the mend."""

    text: str


class Noted(FromRace, frozen=True, tag="noted"):
    """Something that a person asked for is done: one line that says what; `recording` is whether
    the race is being recorded for the person.

    Once another race goes on than the one that was asked for, `future` is the file that it is
    recorded to, which is empty if there is none.
    """

    text: str
    recording: bool
    future: str | None = None


class Found(FromRace, frozen=True, tag="found"):
    """What a search found, the best first; `text` is what was searched for."""

    text: str
    hits: tuple[Hit, ...]


class Ended(FromRace, frozen=True, tag="ended"):
    """The race is over.

    `summary` is the last word of a race that ended as asked; otherwise `trouble` says what
    happened. `again` is the command that runs the same race again, or says that there is none;
    `end` is where it stopped. `recording` says what came of the recordings that a person asked for,
    `recorded` whether they are whole. `figures` are those of the summary.
    """

    trouble: str
    summary: str
    again: str
    end: End | None = None
    recording: str = ""
    recorded: bool = True
    figures: Summary | None = None


AnyMessage = Shown | Declined | Noted | Found | Ended


class Race(Protocol):
    """A race that runs somewhere else; callbacks come from another thread, one at a time."""

    def listen(self, on_message: Callable[[AnyMessage], None]) -> None:
        """Start telling; the last message is always `Ended`."""
        ...

    def send(self, command: AnyCommand) -> None:
        """Ask something of the race; harmless once it has ended."""
        ...
