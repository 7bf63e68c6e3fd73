"""The time of a film: an event loop that never waits.

All that is on the screen goes by one clock: the screen's own timers, its motion and the race's
pace. Where an ordinary loop would sleep until the next timer, this one says that it is that time
already. What happens at one moment happens in the order in which it was asked for, so a film is the
same whatever the machine does meanwhile.
"""

import asyncio
import math
import selectors

NANOSECONDS = 1_000_000_000


class Standstill(RuntimeError):
    """Nothing is due and nothing can come any more: a bug of whoever waits."""


class FilmClock:
    """The time of a film, from 0; `now_ns` only grows."""

    def __init__(self) -> None:
        self.now_ns = 0

    def ns(self) -> int:
        """Nanoseconds since the film began."""
        return self.now_ns

    def s(self) -> float:
        """Seconds since the film began."""
        return self.now_ns / NANOSECONDS


class _NoWait(selectors.DefaultSelector):
    """Looks what is there, and instead of waiting moves the clock on."""

    clock: FilmClock

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """What is there now."""
        found = super().select(0)
        if found or timeout == 0:
            return found
        if timeout is None:
            raise Standstill("the film stands still: nothing is due any more")
        self.clock.now_ns += max(math.ceil(timeout * NANOSECONDS), 1)
        return []


class FilmLoop(asyncio.SelectorEventLoop):
    """An event loop on a film's clock."""

    def __init__(self, clock: FilmClock) -> None:
        selector = _NoWait()
        selector.clock = clock
        self._film_clock = clock
        super().__init__(selector)

    def time(self) -> float:
        """Seconds since the film began."""
        return self._film_clock.s()
