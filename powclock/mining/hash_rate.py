"""How many hashes a node can spend each second.

Machines throttle and share their cores, so a rate may wander: a mean-reverting random walk of the
relative rate, one step a second, with a settable deviation.
"""

from collections.abc import Callable

from powclock.clock.streams import Stream
from powclock.clock.virtual_loop import NANOSECONDS

_MEMORY = 0.9  # of one step for the next: the walk forgets within about ten seconds
_LONG_NS = 365 * 86_400 * NANOSECONDS
_SHOCK = (1 - _MEMORY**2) ** 0.5  # keeps the walk's deviation at 1


class HashRate:
    """Hashes a second: a base, how it wanders, and factors that faults set.

    `on_change` is called when a factor moves: a search under way is started anew, which costs
    nothing, as it has no memory.
    """

    def __init__(
        self, base: float, wander: float, stream: Stream, race_ns: Callable[[], int]
    ) -> None:
        self.base = base
        self._wander = wander
        self._stream = stream
        self._race_ns = race_ns
        self._factors: dict[str, float] = {}
        self._factor = 1.0
        self._step = 0
        self._walk = 0.0
        self.on_change: Callable[[], None] = _nobody

    def set_factor(self, name: str, factor: float | None) -> None:
        """Multiply the rate under a name; None takes the factor back."""
        if factor is None:
            self._factors.pop(name, None)
        else:
            self._factors[name] = factor
        self._factor = 1.0
        for each in self._factors.values():
            self._factor *= each
        self.on_change()

    @property
    def steady_ns(self) -> int:
        """For how long the rate stays as it is, unless `on_change` is called."""
        return NANOSECONDS if self._wander else _LONG_NS

    @property
    def nominal(self) -> float:
        """The rate without its wandering."""
        return self.base * self._factor

    def now(self) -> float:
        """Hashes a second at this moment."""
        if self._wander == 0:
            return self.nominal
        step = self._race_ns() // NANOSECONDS
        while self._step < step:
            self._step += 1
            self._walk = _MEMORY * self._walk + _SHOCK * self._stream.normal()
        return self.nominal * max(0.1, 1.0 + self._wander * self._walk)


def _nobody() -> None:
    """Nobody listens yet."""
