"""Gives the screen's library the time of a film.

Its timers, its animations and its notes each read the machine's clock by a name of their own
module, and it takes no other clock; so for as long as a film is made these names are the film's.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from textual import _time, message_pump, notifications

_NAMES = ((_time, "get_time"), (message_pump, "time"), (notifications, "time"))


@contextmanager
def screen_time(now_s: Callable[[], float]) -> Iterator[None]:
    """While this lasts, all screens go by this clock."""
    before = [getattr(module, name) for module, name in _NAMES]
    for module, name in _NAMES:
        setattr(module, name, now_s)
    try:
        yield
    finally:
        for (module, name), own in zip(_NAMES, before, strict=True):
            setattr(module, name, own)
