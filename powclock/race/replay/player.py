"""The player: moves through a past by the wall clock and by what a person asks.

Whoever owns it calls `play` before each frame; in between nothing needs to move.
"""

import math
import re
from collections.abc import Callable
from copy import copy

import msgspec

from powclock.clock.pace import wall_ns
from powclock.clock.virtual_loop import NANOSECONDS
from powclock.race.commands import (
    AnyCommand,
    Jump,
    Look,
    Seek,
    SeekTick,
    SetRate,
    Shift,
    StepEvent,
    StepTick,
    ToEnd,
)
from powclock.record.camera import Camera
from powclock.record.detail import Focus, Hit
from powclock.record.find import find
from powclock.record.frame import Frame, Pace
from powclock.record.moments import Kind
from powclock.record.past import CHUNK_RECORDS, WRONG, Needle, Past, Unfounded
from powclock.record.timeline import Bins, Timeline
from powclock.record.view import View

# As fast as it goes: so many records a frame.
HURRY_RECORDS = 4 * CHUNK_RECORDS


class Player:
    """Stands in a past, at `time_ns`; `whole` says that no more of it will come, and `last_ns` that
    its end is later than its last record.
    """

    def __init__(
        self, past: Past, *, rate: float, time_ns: int = 0, wall: Callable[[], int] = wall_ns
    ) -> None:
        self._past = past
        self._wall = wall
        self._needle = Needle(past)
        self.whole = False
        self.last_ns = 0
        self.time_ns = time_ns
        self._rate = rate
        self._started = wall(), time_ns
        self._camera: Camera | None = None
        self._jumps = 0
        self._frame: Frame | None = None
        self.damage = ""
        self._bins = Bins()
        self.focus = Focus()
        self.seek(time_ns)

    # Moving.

    @property
    def rate(self) -> float:
        """Seconds of the race a second; less than 0 is backwards, 0 stands."""
        return self._rate

    @property
    def end_ns(self) -> int:
        """The end of what is known."""
        return max(self._past.end_ns, self.last_ns)

    @property
    def at_end(self) -> bool:
        """Whether there is nothing after this."""
        return self.whole and self.time_ns >= self.end_ns

    def set_rate(self, rate: float) -> None:
        """Play at this rate from here on."""
        self._rate = rate
        self._started = self._wall(), self.time_ns

    def seek(self, time_ns: int) -> None:
        """Go to when a time is over, and play on from there."""
        self.time_ns = min(max(time_ns, 0), self.end_ns)
        self._started = self._wall(), self.time_ns

    def _stand_at(self, time_ns: int) -> None:
        """Go to a time, and pause."""
        self.time_ns = time_ns
        self.set_rate(0.0)

    def play(self) -> None:
        """Go on as far as the wall clock says."""
        if self._rate == 0:
            return
        if math.isinf(self._rate):
            self.time_ns = self._later_ns() if self._rate > 0 else self._earlier_ns()
        else:
            since_ns, from_ns = self._started
            goal_ns = from_ns + int((self._wall() - since_ns) * self._rate)
            self.time_ns = min(max(goal_ns, 0), self.end_ns)
            if self.time_ns != goal_ns:
                self._started = self._wall(), self.time_ns
        if (self._rate < 0 and self.time_ns == 0) or (self._rate > 0 and self.at_end):
            self.set_rate(0.0)

    def _later_ns(self) -> int:
        """After the next records, or the end, which may be later than the last of them."""
        past = self._past
        count = past.count_at(self.time_ns) + HURRY_RECORDS
        return past.time_of(count) if count < past.count else self.end_ns

    def _earlier_ns(self) -> int:
        """Before the last records; if more than those are of one time, before all of that."""
        past, now_ns = self._past, self.time_ns
        count = min(past.count_at(now_ns) - HURRY_RECORDS, past.count_at(now_ns - 1))
        return past.time_of(count) if count > 0 else 0

    def knows(self, command: AnyCommand) -> bool:
        """Whether as much of the past is known as it takes to do what is asked."""
        past, now_ns, end_ns = self._past, self.time_ns, self.end_ns
        match command:
            case Seek(time_ns):
                known = time_ns < end_ns
            case Shift(by_ns):
                known = now_ns + by_ns < end_ns
            case SeekTick(height):
                known = past.moments.tick(height) is not None
            case StepEvent():
                known = past.moments.after(Kind.EVENT, now_ns) is not None
            case StepTick():
                known = past.moments.after(Kind.TICK, now_ns) is not None
            case Jump(kind, back):
                known = back or past.moments.after(kind, now_ns) is not None
            case ToEnd(last):
                known = not last
            case _:
                known = True
        return known or self.whole

    def obey(self, command: AnyCommand) -> str | None:
        """Do what is asked, if it is about moving; in a line why that cannot be. None: it is not
        about moving.
        """
        match command:
            case SetRate(rate):
                self.set_rate(rate)
            case Seek(time_ns):
                self.seek(time_ns)
            case Shift(by_ns):
                self.seek(self.time_ns + by_ns)
            case SeekTick(height):
                return self._to(self._past.moments.tick(height), f"tick {height}")
            case StepEvent():
                return self._jump(Kind.EVENT, back=False)
            case StepTick():
                return self._jump(Kind.TICK, back=False)
            case Jump(kind, back):
                return self._jump(kind, back=back)
            case ToEnd(last):
                self._stand_at(self.end_ns if last else 0)
            case Look(focus):
                self.focus = focus
            case _:
                return None
        return ""

    def _jump(self, kind: Kind, *, back: bool) -> str:
        moments = self._past.moments
        time_ns = moments.before(kind, self.time_ns) if back else moments.after(kind, self.time_ns)
        return self._to(time_ns, f"{kind.value} {'before' if back else 'after'} this")

    def _to(self, time_ns: int | None, what: str) -> str:
        if time_ns is None:
            return f"there is no {what}"
        self._stand_at(time_ns)
        return ""

    # Showing.

    @property
    def jumps(self) -> int:
        """How often the view has become another one, and not only grown."""
        return self._needle.jumps

    @property
    def view(self) -> View:
        """The view where it stands."""
        self._needle.to(max(self._past.count_at(self.time_ns), 1))
        return self._needle.view

    def frame(self) -> Frame:
        """The moment where it stands, and as much of what is looked at as can be shown.

        A recording may say anything, so records that follow from each other may still be what no
        race has; `damage` then says so, in a line. Where nothing can be shown of a moment, that is
        the last one that could.

        Raises:
            Unfounded: there is none.
        """
        view = self.view
        if self._camera is None or self._jumps != self._needle.jumps:
            self._jumps = self._needle.jumps
            self._camera = Camera(view)
        self.damage = ""
        blind = msgspec.structs.replace(self.focus, block=None, network=False)
        cause: Exception | None = None
        for focus in (self.focus, blind):
            camera = copy(self._camera)  # one that fails has told its events to nobody
            camera.focus = focus
            try:
                frame = camera.take(self.time_ns)
                msgspec.msgpack.encode(frame)  # what cannot be sent cannot be shown
            except WRONG as error:
                self.damage = f"what is recorded at {_clock(self.time_ns)} cannot be shown"
                cause = error
            else:
                self._camera, self._frame = camera, frame
                gone = self.focus.block if self.damage else frame.block_gone
                return msgspec.structs.replace(frame, block_gone=gone)
        if self._frame is None:
            raise Unfounded(self.damage) from cause
        return msgspec.structs.replace(
            self._frame, time_ns=self.time_ns, events=(), events_left_out=0
        )

    def find(self, text: str) -> tuple[Hit, ...]:
        """What the words of a person may mean: also a tick or a time that one can go to."""
        return (*self._moments(text), *find(self.view, text))

    def _moments(self, text: str) -> tuple[Hit, ...]:
        words = text.strip().casefold()
        hits = []
        number = words.removeprefix("tick").strip()
        if number.isdecimal() and number.isascii() and len(number) < 10:
            height = int(number)
            tick_ns = self._past.moments.tick(height)
            if tick_ns is not None and height > 0:
                hits.append(Hit("tick", str(height), f"tick {height} at {_clock(tick_ns)}"))
        time_ns = time_of(words)
        if time_ns is not None and time_ns <= self.end_ns:
            hits.append(Hit("time", str(time_ns), f"to {_clock(time_ns)}"))
        return tuple(hits)

    def pace(self) -> Pace:
        """How it moves."""
        return Pace(rate=self._rate, reached=self._rate, paused=self._rate == 0, behind=False)

    def timeline(
        self,
        end_ns: int,
        *,
        goes_on: bool = False,
        damage: str = "",
        making: float | None = None,
    ) -> Timeline:
        """The axis; it ends where it is told to, or at what is known if that is later."""
        past = self._past
        end_ns = max(end_ns, self.end_ns)
        forks, reorgs, faults = (
            len(past.moments.times(kind)) for kind in (Kind.FORK, Kind.REORG, Kind.FAULT)
        )
        bins, damage = self._bins.of(past.moments, end_ns), damage or self.damage
        return Timeline(end_ns, self.end_ns, bins, forks, reorgs, faults, goes_on, damage, making)


_TIME = re.compile(r"(?:([0-9]{1,5}):)?([0-9]{1,5}):([0-9]{1,2}(?:\.[0-9]{1,9})?)")


def time_of(text: str) -> int | None:
    """A time that is written as 3:20 or 1:02:03.5, in nanoseconds; None if it is none."""
    parts = _TIME.fullmatch(text.strip())
    if parts is None:
        return None
    whole_s = 3_600 * int(parts[1] or 0) + 60 * int(parts[2])
    return round((whole_s + float(parts[3])) * NANOSECONDS)


def _clock(time_ns: int) -> str:
    seconds = time_ns / NANOSECONDS
    return f"{int(seconds // 60)}:{seconds % 60:04.1f}"
