"""A monkey at the keyboard: random keys, clicks, wheel turns and sizes, from a seed.

Keys come from the bindings of the race and of every sheet, so what is added is pressed as well.
Events are posted without waiting for what comes of them, as from a person who is quicker than the
screen; now and then it gets the time to catch up.
"""

import asyncio
import pkgutil
import threading
from collections.abc import Callable, Iterator
from importlib import import_module
from random import Random

from textual import events
from textual.binding import Binding
from textual.geometry import Size
from textual.screen import Screen

from powclock.race.commands import AnyCommand
from powclock.race.messages import AnyMessage, Ended, Race
from powclock.tui import screens
from powclock.tui.app import PowclockApp
from powclock.tui.keys import BINDINGS
from tests.tui.pictures import drained, press

SIZES = (20, 300), (5, 100)
# Keys that nothing of ours is bound to.
UNBOUND = ("i", "Q", "%", "f5", "ctrl+w", "insert", "backspace", "delete", "é", "中", "[")
CATCH_UP_EVERY = 25


class ListenedTo:
    """A race whose last word is kept, whether or not the screen is there to hear it."""

    def __init__(self, race: Race) -> None:
        self._race = race
        self._over = threading.Event()
        self.ended: Ended | None = None

    def listen(self, on_message: Callable[[AnyMessage], None]) -> None:
        """Pass everything on."""

        def hear(message: AnyMessage) -> None:
            on_message(message)
            if isinstance(message, Ended):
                self.ended = message
                self._over.set()

        self._race.listen(hear)

    def send(self, command: AnyCommand) -> None:
        """Pass it on."""
        self._race.send(command)

    def last_word(self, patience_s: float) -> Ended:
        """How the race ended."""
        assert self._over.wait(patience_s), "the race does not end"
        assert self.ended is not None
        return self.ended


class StayingApp(PowclockApp):
    """The screen, but whoever asks it to end is only counted: a monkey would, at once."""

    asked_to_leave = 0

    def leave(self) -> None:
        """Stay."""
        self.asked_to_leave += 1


def keys() -> list[str]:
    """Every key that is bound anywhere on the screen, and some that are not."""
    for module in pkgutil.iter_modules(screens.__path__):
        import_module(f"{screens.__name__}.{module.name}")
    bound = [binding.key for binding in BINDINGS]
    for screen in _all_of(Screen):
        if screen.__module__.startswith(screens.__name__):
            bound += [
                binding.key if isinstance(binding, Binding) else binding[0]
                for binding in screen.BINDINGS
            ]
    return list(dict.fromkeys([key for each in bound for key in each.split(",")] + [*UNBOUND]))


def _all_of(kind: type[Screen[object]]) -> Iterator[type[Screen[object]]]:
    for below in kind.__subclasses__():
        yield below
        yield from _all_of(below)


async def play(app: PowclockApp, draw: Random, actions: int) -> None:
    """So many random actions; a screen that breaks raises."""
    known = keys()
    driver = app._driver
    assert driver is not None
    for count in range(1, actions + 1):
        kind = draw.random()
        if kind < 0.8:
            press(app, known[int(draw.random() * len(known))])
        elif kind < 0.97:
            x = int(draw.random() * app.size.width)
            y = int(draw.random() * app.size.height)
            for event in _mouse(draw, x, y):
                driver.send_message(event)
        else:
            (narrow, wide), (low, high) = SIZES
            size = Size(draw.randint(narrow, wide), draw.randint(low, high))
            driver._size = size
            app.post_message(events.Resize(size, size))
        await asyncio.sleep(0)
        if count % CATCH_UP_EVERY == 0:
            await drained(app)
            assert app.is_running, app.broke
    await drained(app)


def _mouse(draw: Random, x: int, y: int) -> list[events.MouseEvent]:
    kind = draw.random()
    if kind < 0.2:
        return [_at(events.MouseScrollDown, x, y)]
    if kind < 0.4:
        return [_at(events.MouseScrollUp, x, y)]
    click = [_at(events.MouseDown, x, y, 1), _at(events.MouseUp, x, y, 1)]
    return click * 2 if kind < 0.6 else [_at(events.MouseMove, x, y), *click]


def _at(kind: type[events.MouseEvent], x: int, y: int, button: int = 0) -> events.MouseEvent:
    return kind(None, x, y, 0, 0, button, False, False, False, x, y)
