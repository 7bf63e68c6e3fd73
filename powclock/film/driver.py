"""Where a screen without a terminal writes to."""

from collections.abc import Callable

from textual.driver import Driver
from textual.drivers.headless_driver import HeadlessDriver

from powclock.tui.thrift import with_differences


def driver_to(take: Callable[[str], None]) -> type[Driver]:
    """A kind of driver that gives what a terminal would get, and asks nothing of one."""

    class FilmDriver(HeadlessDriver):
        """A terminal that takes everything."""

        @property
        def is_headless(self) -> bool:
            """Not so: what is drawn is wanted."""
            return False

        def write(self, data: str) -> None:
            """Take what is drawn."""
            take(with_differences(data))

    return FilmDriver
