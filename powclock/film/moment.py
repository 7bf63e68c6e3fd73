"""A moment of a race for a still: after some time, at a tick, or at the first of something."""

from dataclasses import dataclass

from powclock.race.messages import Shown

HAPPENS = ("fork", "reorg", "fault", "heal")


@dataclass(frozen=True)
class Moment:
    """One of these: seconds of the race, a tick, or what happens."""

    after_s: float = 0.0
    tick: int = 0
    happens: str = ""

    def has_come(self, shown: Shown) -> bool:
        """Whether a frame is of this moment, or later; a time is the end of the race instead."""
        if self.tick:
            return shown.frame.height >= self.tick
        return any(event.kind == self.happens for event in shown.frame.events)

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
