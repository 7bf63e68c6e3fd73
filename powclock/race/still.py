"""A race that stands still: run headless to a moment, then shown from there.

It answers a screen as a live race that is paused does: it tells its moment, and tells it again
where the screen looks closer. Whatever else it is asked changes nothing.
"""

from collections.abc import Callable
from types import TracebackType
from typing import Self

from powclock.race.commands import AnyCommand, Look
from powclock.race.driver import Driver
from powclock.race.messages import AnyMessage, Shown
from powclock.race.probe import WorldProbe
from powclock.race.scenario import Scenario
from powclock.record.camera import Camera
from powclock.record.frame import Pace

_TURNS_AT_ONCE = 10_000
_PACE = Pace(rate=1.0, reached=1.0, paused=False, behind=False)


class StillRace:
    """The moment of a race at which it has run for so long (`messages.Race`)."""

    def __init__(self, scenario: Scenario, until_ns: int) -> None:
        self._driver = Driver(scenario)
        self._driver.start()
        while not self._driver.world.advance(until_ns, turns_max=_TURNS_AT_ONCE):
            pass
        view = self._driver.view
        self._camera = Camera(view, WorldProbe(self._driver.world, view))
        self._time_ns = until_ns
        self._tell: Callable[[AnyMessage], None] = lambda _: None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._driver.close()

    def listen(self, on_message: Callable[[AnyMessage], None]) -> None:
        """Tell the moment."""
        self._tell = on_message
        self._show()

    def send(self, command: AnyCommand) -> None:
        """Show what the screen looks at."""
        if isinstance(command, Look):
            self._camera.focus = command.focus
            self._show()

    def _show(self) -> None:
        self._tell(Shown(self._camera.take(self._time_ns), _PACE))
