"""Gives the screen's library the time of a film.

Its timers, its animations and its notes each read the machine's clock by a name of their own
module, and it takes no other clock; so for as long as a film is made these names are the film's.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from textual import _time, app, message_pump, notifications


@contextmanager
def screen_time(now_s: Callable[[], float]) -> Iterator[None]:
    """While this lasts, all screens go by this clock."""

    class Note(notifications.Notification):
        """A note that counts from when it is made."""

        def __init__(self, *told: Any, **more: Any) -> None:
            super().__init__(*told, **{"raised_at": now_s(), **more})

    names: list[tuple[Any, str, object]] = [
        (_time, "get_time", now_s),
        (message_pump, "time", now_s),
        (notifications, "time", now_s),
        (app, "Notification", Note),
    ]
    before = [getattr(module, name) for module, name, _ in names]
    for module, name, ours in names:
        setattr(module, name, ours)
    try:
        yield
    finally:
        for (module, name, _), own in zip(names, before, strict=True):
            setattr(module, name, own)
