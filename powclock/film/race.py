"""A race on a film's clock: the engine of every live race, in the screen's own process.

It is one that the screen may ask things of like any other (`messages.Race`). Its last word comes
when the film is over, so that the screen stays until then.
"""

import asyncio
import queue
from collections.abc import Callable

from powclock.film.loop import NANOSECONDS, FilmClock
from powclock.race.commands import AnyCommand, Hold, Input
from powclock.race.driver import Driver
from powclock.race.engine import TROUBLES, Engine
from powclock.race.messages import AnyMessage, Declined, Ended, Found, FromRace, Noted, Shown
from powclock.race.plan import Plan
from powclock.record.events import Record

# The race is moved on in steps of this length at least: nobody sees shorter ones.
STEP_NS = NANOSECONDS // 50


def never(_: object) -> bool:
    """Not with this."""
    return False


class FilmRace:
    """One race; `over` comes at the end of its plan or its lesson, with a frame that is waited for
    (`until`), or with a record that is (`at`): there the race stands, and its last frame is of that
    moment. Its future is what went wrong, in a line, empty if nothing did.
    """

    def __init__(
        self,
        plan: Plan,
        clock: FilmClock,
        loop: asyncio.AbstractEventLoop,
        *,
        inputs: tuple[Input, ...] = (),
        until: Callable[[Shown], bool] = never,
        at: Callable[[Record], bool] = never,
    ) -> None:
        self._engine = Engine(
            plan, queue.SimpleQueue(), self._told, wall_ns=clock.ns, inputs=inputs
        )
        self._until = until
        self._at = at
        self._watched: Driver | None = None
        self._there = False
        self._clock = clock
        self._loop = loop
        self._next: asyncio.Handle | None = None
        self._on_message: Callable[[AnyMessage], None] = lambda _: None
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

    def _told(self, message: FromRace) -> None:
        match message:
            case Ended():
                self.ended = message
            case Shown():
                for see in self.seen:
                    see(message)
                told = message.lesson
                self._there |= self._until(message) or (told is not None and told.over)
                self._on_message(message)
            case Declined() | Noted() | Found():
                self._on_message(message)

    def _go_on(self) -> None:
        """Race up to now, and say when to look again."""
        engine = self._engine
        self._watch(engine.driver)
        try:
            engine.go_on()
        except TROUBLES as broken:
            self._end(str(broken))
        except KeyboardInterrupt as interrupt:  # between two steps of the race, which is whole
            self._until = never
            engine.finish()
            self.over.set_exception(interrupt)
        except BaseException as error:  # noqa: BLE001 (who waits for the end raises it)
            self.over.set_exception(error)
        else:
            if engine.over or self._there:
                self._end("")
                return
            step_ns = max(round(engine.idle_s() * NANOSECONDS), STEP_NS)
            due_ns = self._clock.now_ns + step_ns
            self._next = self._loop.call_at(due_ns / NANOSECONDS, self._go_on)

    def _watch(self, driver: Driver) -> None:
        """See every record of a race."""
        if driver is self._watched or self._at is never:
            return
        self._watched = driver

        def see(record: Record) -> None:
            if not self._there and self._at(record):
                self._there = True
                self._engine.obey(Hold(record.time_ns))
                driver.world.loop.stop()

        driver.world.recorder.listen(see)

    def _end(self, trouble: str) -> None:
        self._engine.finish(trouble)
        if not self.over.done():
            self.over.set_result(trouble)

    def stop(self) -> None:
        """The film is over: so is the race."""
        if self._next is not None:
            self._next.cancel()
        if self.over.done():
            return
        if self._next is None:
            self.over.set_result("")  # it has never begun
        else:
            self._end("")
