"""A moment of a race as one writes it: a time, a tick, or the first of something that happens."""

import re
from dataclasses import dataclass

import typer

from powclock.cli_options import seconds
from powclock.clock.virtual_loop import NANOSECONDS
from powclock.race.replay.player import time_of
from powclock.record.events import LeaderElected, Record
from powclock.record.narrate import narrate

HAPPENS = ("fork", "reorg", "fault", "heal")
_TICK = re.compile(r"tick\s*([0-9]{1,9})")


@dataclass(frozen=True)
class Moment:
    """One of these: a time of the race, a tick, or what happens; none of them is the start."""

    time_ns: int = 0
    tick: int = 0
    happens: str = ""

    @property
    def of_blocks(self) -> bool:
        """Whether it can come only where blocks are."""
        return bool(self.tick) or self.happens in {"fork", "reorg"}

    def comes_with(self, record: Record) -> bool:
        """Whether a record is of this moment; no record is of a time."""
        if self.tick:
            return isinstance(record.event, LeaderElected) and record.event.height >= self.tick
        line = narrate(record) if self.happens else None
        return line is not None and line.kind == self.happens

    def words(self) -> str:
        """What it is, as one writes it."""
        at = f"{self.time_ns / NANOSECONDS:g}s"
        return f"tick {self.tick}" if self.tick else self.happens or at


def moment(text: str) -> Moment:
    """10m, 3:20, or tick 12: where a replay begins.

    Raises:
        typer.BadParameter: it is none of these.
    """
    found = _time_or_tick(text)
    if found is None:
        raise typer.BadParameter(f"{text!r} is no moment: write 10m, 3:20 or 'tick 12'")
    return found


def moment_of_still(text: str) -> Moment:
    """The same, or what happens; at the start there is nothing to see.

    Raises:
        typer.BadParameter: it is none of these.
    """
    word = text.strip().lower()
    found = Moment(happens=word) if word in HAPPENS else _time_or_tick(text)
    if found is None or found == Moment():
        raise typer.BadParameter(
            f"{text!r} is no moment: write 42s, 3:20, 'tick 12', or one of {', '.join(HAPPENS)}"
        )
    return found


def _time_or_tick(text: str) -> Moment | None:
    tick = _TICK.fullmatch(text.strip().lower())
    if tick is not None:
        return Moment(tick=int(tick[1]))
    time_ns = time_of(text)
    if time_ns is not None:
        return Moment(time_ns)
    try:
        return Moment(round(seconds(text) * NANOSECONDS))
    except typer.BadParameter:
        return None
