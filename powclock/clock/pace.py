"""Racing against the wall clock.

At rate 1 a second of the race takes a second, at infinity it runs as fast as the machine can, at 0
it stands. The race's time is computed from an absolute start, so that errors do not add up; where
the machine cannot keep up, the start is moved and the pace that it really reaches is reported.
"""

import math
import time
from collections.abc import Callable

from powclock.clock.virtual_loop import NANOSECONDS

BEHIND_NS_MAX = NANOSECONDS // 2


class Pacer:
    """Says how far the race may be at this moment."""

    def __init__(
        self, rate: float, race_ns: int, wall_ns: Callable[[], int] = time.monotonic_ns
    ) -> None:
        self._wall_ns = wall_ns
        self.rate = rate
        self.behind = False
        self._start_race_ns = race_ns
        self._start_wall_ns = wall_ns()

    def set_rate(self, rate: float, race_ns: int) -> None:
        """Go on from `race_ns` at another rate."""
        self.rate = rate
        self.behind = False
        self._restart(race_ns)

    def _restart(self, race_ns: int) -> None:
        self._start_race_ns = race_ns
        self._start_wall_ns = self._wall_ns()

    def goal_ns(self, race_ns: int) -> int | None:
        """Where the race should be now, given where it is; None for as far as it gets."""
        if math.isinf(self.rate):
            return None
        elapsed_ns = self._wall_ns() - self._start_wall_ns
        goal_ns = self._start_race_ns + int(elapsed_ns * self.rate)
        if self.rate and goal_ns - race_ns > BEHIND_NS_MAX * max(1.0, self.rate):
            self.behind = True
            self._restart(race_ns)
            return race_ns
        if self.behind and elapsed_ns > 2 * NANOSECONDS:
            self.behind = False
        return goal_ns

    def wall_wait_s(self, due_ns: int) -> float:
        """Seconds of wall time until the race reaches `due_ns`; infinite while it stands."""
        if self.rate == 0:
            return math.inf
        if math.isinf(self.rate):
            return 0.0
        due_wall_ns = self._start_wall_ns + (due_ns - self._start_race_ns) / self.rate
        return max(0.0, (due_wall_ns - self._wall_ns()) / NANOSECONDS)

    def sleep(self, wait_s: float) -> None:
        """Wait in wall time."""
        time.sleep(wait_s)


class Speedometer:
    """Measures how fast a race really goes, about once a second."""

    def __init__(self, race_ns: int, wall_ns: Callable[[], int] = time.monotonic_ns) -> None:
        self._wall_ns = wall_ns
        self._rate = 0.0
        self.restart(race_ns)

    def restart(self, race_ns: int) -> None:
        """Measure from here on."""
        self._from = self._wall_ns(), race_ns

    def read(self, race_ns: int) -> float:
        """Seconds of the race a second, when that was last measured."""
        now_wall_ns, (from_wall_ns, from_ns) = self._wall_ns(), self._from
        if now_wall_ns - from_wall_ns > NANOSECONDS:
            self._rate = (race_ns - from_ns) / (now_wall_ns - from_wall_ns)
            self._from = now_wall_ns, race_ns
        return self._rate


def wall_ns() -> int:
    """Nanoseconds of wall time since some moment, for those who pace a race."""
    return time.monotonic_ns()
