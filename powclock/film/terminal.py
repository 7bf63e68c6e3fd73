"""The terminal of a film, as far as the screen's library asks the environment for it.

What it reads there decides on colours, sizes and frames; for a film it is the same everywhere.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager

_HAS = {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
_HAS_NOT = ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES", "TTY_COMPATIBLE", "TTY_INTERACTIVE")
_LIBRARY = "TEXTUAL"


@contextmanager
def film_terminal() -> Iterator[None]:
    """While this lasts, the library is loaded and screens are made for that terminal."""
    names = {*_HAS, *_HAS_NOT, *(name for name in os.environ if name.startswith(_LIBRARY))}
    before = {name: os.environ.pop(name) for name in names if name in os.environ}
    os.environ.update(_HAS)
    try:
        yield
    finally:
        for name in _HAS:
            del os.environ[name]
        os.environ.update(before)
