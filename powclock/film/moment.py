"""A moment of a race for a still: after some time, at a tick, or at the first of something."""

from dataclasses import dataclass

from powclock.record.events import LeaderElected, Record
from powclock.record.narrate import narrate

HAPPENS = ("fork", "reorg", "fault", "heal")


@dataclass(frozen=True)
class Moment:
    """One of these: seconds of the race, a tick, or what happens."""

    after_s: float = 0.0
    tick: int = 0
    happens: str = ""

    @property
    def of_blocks(self) -> bool:
        """Whether it can come only where blocks are."""
        return bool(self.tick) or self.happens in {"fork", "reorg"}

    def comes_with(self, record: Record) -> bool:
        """Whether a record is of this moment; a time is the end of the race instead."""
        if self.tick:
            return isinstance(record.event, LeaderElected) and record.event.height >= self.tick
        line = narrate(record) if self.happens else None
        return line is not None and line.kind == self.happens

    def words(self) -> str:
        """What it is, as one writes it."""
        return f"tick {self.tick}" if self.tick else self.happens or f"{self.after_s:g}s"


def of_race(text: str) -> Moment | None:
    """`tick 12`, `fork`, `reorg`, `fault` or `heal`; None if it is none of these."""
    words = text.lower().split()
    if len(words) == 2 and words[0] == "tick" and words[1].isdecimal() and int(words[1]):
        return Moment(tick=int(words[1]))
    if len(words) == 1 and words[0] in HAPPENS:
        return Moment(happens=words[0])
    return None
