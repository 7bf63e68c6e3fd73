"""Ends the program when its terminal is gone.

Textual writes from a thread, which dies when the terminal does; the screen's loop then waits for
room in the thread's queue and for nothing else, so it never learns of the end. This watch runs
beside it: the race is asked for its last word, and then no process stays.
"""

import os
import select
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

# For the screen to leave by itself and for the race to say its last word.
GRACE_S = 2.0
LOOK_MS = 500
STATUS = 129  # as of a shell's child that was ended by SIGHUP


@contextmanager
def ends_with_terminal(terminal: int, last_wish: Callable[[], None]) -> Iterator[None]:
    """While this lasts, a terminal (a file descriptor) that hangs up ends the process."""
    over = threading.Event()
    threading.Thread(target=_watch, args=(terminal, last_wish, over), daemon=True).start()
    try:
        yield
    finally:
        over.set()


def _watch(terminal: int, last_wish: Callable[[], None], over: threading.Event) -> None:
    poll = select.poll()
    poll.register(terminal, 0)  # no event but that it is gone
    while not over.is_set():
        if poll.poll(LOOK_MS):
            last_wish()
            if not over.wait(GRACE_S):
                os._exit(STATUS)
            return
