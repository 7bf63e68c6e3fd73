"""A race on a film's clock: the engine of every live race, in the screen's own process.

It is one that the screen may ask things of like any other (`messages.Race`). Its last word comes
when the film is over, so that the screen stays until then.
"""

import asyncio
import queue
from collections.abc import Callable

from powclock.film.loop import NANOSECONDS, FilmClock
from powclock.race.commands import AnyCommand
from powclock.race.engine import Engine
from powclock.race.messages import AnyMessage, Ended, Shown
from powclock.race.plan import Plan
from powclock.record.checker.broken import BrokenInvariant

# The race is moved on in steps of this length at least: nobody sees shorter ones.
STEP_NS = NANOSECONDS // 50


class FilmRace:
    """One race; `over` comes when it has reached the end of its plan, or its lesson's."""

    def __init__(self, plan: Plan, clock: FilmClock, loop: asyncio.AbstractEventLoop) -> None:
        self._engine = Engine(plan, queue.SimpleQueue(), self._told, wall_ns=clock.ns)
        self._clock = clock
        self._loop = loop
        self._next: asyncio.Handle | None = None
        self._on_message: Callable[[AnyMessage], None] = lambda message: None
        self.over: asyncio.Future[str] = loop.create_future()
        self.seen: list[Callable[[Shown], None]] = []
        self.ended: Ended | None = None

    def listen(self, on_message: Callable[[AnyMessage], None]) -> None:
        """Begin, and give every message but the last to a function."""
        self._on_message = on_message
        self._engine.begin()
        self._next = self._loop.call_soon(self._go_on)

    def send(self, command: AnyCommand) -> None:
        """Ask something of the race; harmless once it has ended."""
        if self.over.done() or self._next is None:
            return
        self._engine.obey(command)
        self._next.cancel()
        self._next = self._loop.call_soon(self._go_on)

    def _told(self, message: AnyMessage) -> None:
        match message:
            case Ended():
                self.ended = message
                return
            case Shown():
                for see in self.seen:
                    see(message)
        self._on_message(message)

    def _go_on(self) -> None:
        """Race up to now, and say when to look again."""
        engine = self._engine
        try:
            engine.go_on()
        except BrokenInvariant as broken:
            self._end(str(broken))
        except BaseException as error:
            self.over.set_exception(error)
            raise
        else:
            if engine.over:
                self._end("")
                return
            step_ns = max(round(engine.idle_s() * NANOSECONDS), STEP_NS)
            due_ns = self._clock.now_ns + step_ns
            self._next = self._loop.call_at(due_ns / NANOSECONDS, self._go_on)

    def _end(self, trouble: str) -> None:
        self._engine.finish(trouble)
        if not self.over.done():
            self.over.set_result(trouble)

    def stop(self) -> None:
        """The film is over: so is the race."""
        if self._next is not None:
            self._next.cancel()
        if not self.over.done():
            self._end("")
