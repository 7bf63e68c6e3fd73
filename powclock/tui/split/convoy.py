"""Keeps races at one time, each of which runs in a process of its own.

All are paced by the same clock, and none may run further ahead of the slowest than a moment: each
is told until when it may go on, and told again as the slowest gets there. Where all have been
paused, those that stopped a little earlier go on to where the foremost stands; so a step of one
race is a step of all. And faults strike all at one time of theirs: a moment after the key, where
none of them has been.
"""

import math
from collections.abc import Callable, Sequence

from powclock.race.commands import (
    ActAt,
    AnyCommand,
    Break,
    Heal,
    HealAll,
    Hold,
    Keep,
    SetRate,
    StepEvent,
    StepTick,
    StepTo,
)
from powclock.record.events import NANOSECONDS
from powclock.record.frame import Pace

Send = Callable[[AnyCommand], None]

# Where the rate is higher, or none, the moment is as long as at this one.
_RATE_MAX = 100.0
_RATE_MIN = 0.05
# A command is on its way for so long, and the slowest is heard of once in some frames.
_LATENCY_S = 0.2
_FRAMES = 3


class Convoy:
    """Sends what all races are to do, and what keeps them together."""

    def __init__(self, sends: Sequence[Send], rate: float, frames_per_s: int) -> None:
        self._sends = list(sends)
        self.rate = rate
        self._moment_s = _LATENCY_S + _FRAMES / max(frames_per_s, 1)
        self._times: list[int | None] = [None] * len(sends)
        self._paces: list[Pace | None] = [None] * len(sends)
        self._over = [False] * len(sends)
        self._asked_ns: list[int] = [-1] * len(sends)
        self._held_ns = -1
        self._started = False
        self._standing = False

    @property
    def running(self) -> list[int]:
        """The races that have not ended."""
        return [index for index, over in enumerate(self._over) if not over]

    def behind_ns(self, index: int) -> int:
        """How far a race is behind the foremost."""
        times = [time_ns for time_ns in self._times if time_ns is not None]
        return max(times, default=0) - (self._times[index] or 0)

    def pace(self) -> Pace:
        """That of all: paused where all are, as slow as the slowest; all else where one is."""
        paces = [pace for index in self.running if (pace := self._paces[index]) is not None]
        if not paces or not self._started:
            return Pace(rate=self.rate, reached=0.0, paused=False, behind=False)
        recorded = [each.recorded_ns for each in paces if each.recorded_ns is not None]
        return Pace(
            rate=max(pace.rate for pace in paces),
            reached=min(pace.reached for pace in paces),
            paused=all(pace.paused for pace in paces),
            behind=any(pace.behind for pace in paces),
            stepping=any(pace.stepping for pace in paces),
            recorded_ns=max(recorded) if recorded else None,
        )

    def send(self, command: AnyCommand, chosen: int) -> None:
        """To all; a step goes to the chosen race, and the others follow to where it gets."""
        step = isinstance(command, StepEvent | StepTick)
        if step or isinstance(command, SetRate):
            self._standing = step or command == SetRate(0.0)
        if isinstance(command, SetRate) and command.rate:
            self.rate = command.rate
            self._hold()
        if isinstance(command, Keep):  # not every other one, where one could not be recorded
            command = Keep(on=self.pace().recorded_ns is None)
        if isinstance(command, Break | Heal | HealAll):
            command = ActAt(self._soon_ns(), command)
        for index in self.running:
            self._sends[index](SetRate(0.0) if step else command)
        if step:
            leads = chosen if not self._over[chosen] else next(iter(self.running), chosen)
            self._sends[leads](command)

    def _soon_ns(self) -> int:
        """A time that no race has passed, as far as can be known: where all stand, or soon."""
        foremost_ns = max((time_ns or 0 for time_ns in self._times), default=0)
        if self._standing or not self._started:
            return foremost_ns
        return foremost_ns + round(_LATENCY_S * self._rate_for_moments * NANOSECONDS)

    @property
    def _rate_for_moments(self) -> float:
        """The rate by which a moment of wall time becomes one of the race."""
        return _RATE_MAX if math.isinf(self.rate) else min(max(self.rate, _RATE_MIN), _RATE_MAX)

    def seen(self, index: int, time_ns: int, pace: Pace) -> None:
        """A race has told where it is."""
        self._times[index], self._paces[index] = time_ns, pace
        self._keep_together()

    def ended(self, index: int) -> None:
        """A race is over: nobody waits for it."""
        self._over[index] = True
        self._keep_together()

    def _keep_together(self) -> None:
        running = self.running
        if not running or any(self._times[index] is None for index in running):
            return
        if not self._started:
            self._started = True
            self.send(SetRate(self.rate), 0)
        elif not self._standing:
            self._hold()
        elif all(self._paused(index) for index in running):
            self._catch_up(running)

    def _paused(self, index: int) -> bool:
        pace = self._paces[index]
        return pace is not None and pace.paused

    def _catch_up(self, running: list[int]) -> None:
        """All stand: let them stand at one time."""
        foremost_ns = max(self._times[index] or 0 for index in running)
        for index in running:
            if (self._times[index] or 0) < foremost_ns != self._asked_ns[index]:
                self._asked_ns[index] = foremost_ns
                self._sends[index](StepTo(foremost_ns))

    def _hold(self) -> None:
        """Let all go on a moment further than the slowest has come."""
        slowest_ns = min(self._times[index] or 0 for index in self.running)
        until_ns = slowest_ns + round(self._moment_s * self._rate_for_moments * NANOSECONDS)
        if until_ns != self._held_ns:
            self._held_ns = until_ns
            for index in self.running:
                self._sends[index](Hold(until_ns))
