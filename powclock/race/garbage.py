"""How often Python looks for cyclic garbage while a race runs as fast as it can.

A race makes next to none: what it no longer needs goes when its last reference does. With Python's
default, a look each time that 700 more objects live than before, looking takes a tenth of the time.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

OBJECTS_A_LOOK = 50_000


@contextmanager
def seldom_sought() -> Iterator[None]:
    """Look seldom; afterwards as often as before."""
    before = gc.get_threshold()
    gc.set_threshold(OBJECTS_A_LOOK, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
