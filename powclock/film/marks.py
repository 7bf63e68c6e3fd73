"""Marks of a film: forks and reorgs, at the moments at which they can be seen."""

from powclock.film.loop import FilmClock
from powclock.film.reel import Reel
from powclock.race.messages import Shown

_MARKED = ("fork", "reorg")


class Marks:
    """Marks on a reel what frames tell; a reorg that several nodes make is one."""

    def __init__(self, reel: Reel, clock: FilmClock) -> None:
        self._reel = reel
        self._clock = clock
        self._told: set[str] = set()

    def see(self, shown: Shown) -> None:
        """Look at what a frame tells."""
        for event in shown.frame.events:
            if event.kind not in _MARKED:
                continue
            if event.group in self._told:
                continue
            if event.group:
                self._told.add(event.group)
            self._reel.mark(self._clock.now_ns, " ".join(event.text.split()))
