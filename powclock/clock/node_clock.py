"""A node's belief about what time it is.

A node reads nothing but its own clock. Real clocks are off by an offset and gain or lose by a
drift; durations (`sleep`) are short and taken as exact.
"""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass
from math import fsum
from typing import Any, Protocol

from powclock.clock.virtual_loop import NANOSECONDS, VirtualLoop

# A race starts when Bitcoin did: the time in its genesis header, in seconds.
EPOCH_S = 1_231_006_505


_LONG_NS = 1 << 60  # 36 years: then a sleeper looks again


class Clock(Protocol):
    """The only time that a node may read."""

    def now(self) -> int:
        """Nanoseconds since 1970."""
        ...

    def monotonic(self) -> int:
        """Nanoseconds since some moment; setting the clock does not move it."""
        ...

    async def sleep(self, duration_ns: int) -> None:
        """Return after a duration."""
        ...

    async def sleep_until(self, when_ns: int) -> None:
        """Return when this clock says `when_ns` or more."""
        ...


class RaceClock:
    """The true time of a race."""

    def __init__(self, loop: VirtualLoop) -> None:
        self._loop = loop

    def now(self) -> int:
        return EPOCH_S * NANOSECONDS + self._loop.now_ns

    def monotonic(self) -> int:
        return self._loop.now_ns

    def sleep(self, duration_ns: int) -> Coroutine[Any, Any, None]:
        return self.doze(duration_ns, self.alarm())

    def alarm(self) -> asyncio.Future[None]:
        """What wakes a sleeper before its time, if it is set."""
        return self._loop.create_future()

    async def doze(self, duration_ns: int, awake: asyncio.Future[None]) -> None:
        """Return after a duration, or as soon as the alarm is set."""
        until_ns = self._loop.now_ns + duration_ns
        timer = self._loop.schedule(until_ns, _wake, awake)
        try:
            await awake
        finally:
            if self._loop.now_ns < until_ns or not awake.done() or awake.cancelled():
                self._loop.discard(timer)

    async def sleep_until(self, when_ns: int) -> None:
        await self.sleep(max(0, when_ns - self.now()))


def _wake(awake: asyncio.Future[None]) -> None:
    if not awake.done():
        awake.set_result(None)


@dataclass(frozen=True, slots=True)
class _Skew:
    offset_ns: int
    drift: float
    since_ns: int


class SkewedClock:
    """Another clock, off by offsets and drifts (seconds gained a second) that have names.

    Who waits for a time by it wakes at the right moment however it is set meanwhile.
    """

    def __init__(self, true: RaceClock) -> None:
        self._true = true
        self._skews: dict[str, _Skew] = {}
        self._alarms: dict[asyncio.Future[None], None] = {}
        self._suspended = False

    @property
    def skew_ns(self) -> int:
        """By how much this clock is ahead now."""
        if not self._skews:
            return 0
        now_ns = self._true.now()
        return sum(
            skew.offset_ns + int(skew.drift * (now_ns - skew.since_ns))
            for skew in self._skews.values()
        )

    def set_skew(self, name: str, offset_ns: int, drift: float = 0.0) -> None:
        """Be ahead by this much more from now on."""
        self._skews[name] = _Skew(offset_ns, drift, self._true.now())
        self._wake_all()

    def end_skew(self, name: str) -> None:
        """Take one skew away."""
        self._skews.pop(name, None)
        self._wake_all()

    def suspend(self) -> None:
        """Its machine stands still: nobody wakes by this clock until it goes on."""
        self._suspended = True

    def resume(self) -> None:
        """Its machine goes on: whoever should have woken meanwhile wakes now, late."""
        self._suspended = False
        self._wake_all()

    def _wake_all(self) -> None:
        """Let all who wait for a time look at the clock again."""
        for alarm in list(self._alarms):
            _wake(alarm)

    def now(self) -> int:
        now_ns = self._true.now()
        return now_ns + self.skew_ns if self._skews else now_ns

    def monotonic(self) -> int:
        return self._true.monotonic()

    def sleep(self, duration_ns: int) -> Coroutine[Any, Any, None]:
        return self._true.sleep(duration_ns)

    async def sleep_until(self, when_ns: int) -> None:
        while (remaining_ns := when_ns - self.now()) > 0 or self._suspended:
            drift = fsum(skew.drift for skew in self._skews.values())
            duration_ns = _LONG_NS if self._suspended else int(remaining_ns / (1 + drift))
            alarm = self._true.alarm()
            self._alarms[alarm] = None
            try:
                await self._true.doze(min(max(1, duration_ns), _LONG_NS), alarm)
            finally:
                del self._alarms[alarm]
