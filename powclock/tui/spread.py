"""The spread of the newest block, shown again in slow motion.

A block reaches a network within a fraction of a second, too fast to follow. So its arrivals are
shown over a time that an eye can follow, and the picture says by what factor it is slowed. While
the block is still on its way the picture never runs ahead of what is known. One spread is shown at
a time: ticks that come meanwhile wait, and of those the newest alone is shown.
"""

from collections.abc import Collection
from dataclasses import dataclass
from math import inf

from powclock.record.detail import Spread

# How long a spread is shown; how long at most, where the block is slow to arrive, and at least; and
# how long what is left of it, where that turns out to be more than was thought.
SHOWN_S = 1.2
SHOWN_MAX_S = 1.8
_SHOWN_MIN_S = 0.6
_HURRY_S = 0.3
# A block that is older than this when the picture opens has spread already.
FRESH_NS = 1_500_000_000
# Before anything is known about a network: what a spread may take.
_USUAL_NS = 300_000_000
_USUAL_MAX_NS = 3_000_000_000


@dataclass(frozen=True)
class Coverage:
    """How far a block has spread among the nodes that run, and when it had reached them.

    `half_ns` and `last_ns` are delays after the find; None before half of them have it, or any.
    """

    have: int
    running: int
    half_ns: int | None
    last_ns: int | None

    @property
    def complete(self) -> bool:
        """Whether every node that runs has it."""
        return self.have >= self.running > 0


def coverage(spread: Spread, running: Collection[str], until_ns: float = inf) -> Coverage:
    """Count arrivals at nodes that run, up to a delay after the find."""
    delays = [
        arrival.delay_ns
        for arrival in spread.arrivals
        if arrival.delay_ns <= until_ns and arrival.node in running
    ]
    half = -(-len(running) // 2)
    return Coverage(
        have=len(delays),
        running=len(running),
        half_ns=delays[half - 1] if 0 < half <= len(delays) else None,
        last_ns=delays[-1] if delays else None,
    )


class Replay:
    """Chooses which spread is shown, and how much of it at a moment.

    `factor` is how much slower than the race it is shown, and `live` says that it waits for the
    race. `thirds_ns` are the delays by which a third and two thirds of the nodes have a block, as
    the last spread that was complete had it, or the first one so far.
    """

    def __init__(self) -> None:
        self.spread: Spread | None = None
        self.factor = 1.0
        self.live = False
        self.thirds_ns = (_USUAL_NS // 3, _USUAL_NS * 2 // 3)
        self._running = False
        self._seen: str | None = None
        self._started_s = 0.0
        self._anchor_s = 0.0
        self._anchor_ns = 0.0
        self._known_ns = 0.0
        self._end_ns = 0.0
        self._complete = False
        self._learned = False
        self._usual_ns = _USUAL_NS

    def see(
        self,
        spread: Spread | None,
        time_ns: int,
        running: Collection[str],
        now_s: float,
        *,
        motion: bool = True,
    ) -> None:
        """Take in the spread of a frame at `time_ns` of race time and `now_s` of wall time."""
        if spread is None:
            self.spread, self._running, self._seen = None, False, None
            return
        age_ns = time_ns - spread.found_ns
        if self.spread is not None and spread.hash == self.spread.hash:
            self.spread = spread
            if self._running:
                self._plan(spread, age_ns, running, now_s)
        if not motion:
            self._running = False
        if self.moves(now_s):
            return
        self._running = False
        first, self.spread = self._seen is None, spread
        if spread.hash != self._seen:
            self._seen = spread.hash
            self._learn(spread, running)
            if motion and not (first and age_ns > FRESH_NS):
                self._running = True
                self._started_s = self._anchor_s = now_s
                self._anchor_ns = self.factor = 0.0
                self._plan(spread, age_ns, running, now_s)

    def _learn(self, spread: Spread, running: Collection[str]) -> Coverage:
        """How far the block has come; once it has reached all, what spreads take here."""
        reached = coverage(spread, running)
        if reached.complete or (reached.have and not self._learned):
            delays = [arrival.delay_ns for arrival in spread.arrivals if arrival.node in running]
            count = len(delays)
            self.thirds_ns = (delays[-(-count // 3) - 1], delays[-(-2 * count // 3) - 1])
        if reached.complete:
            self._learned = True
            self._usual_ns = min(max(reached.last_ns or 0, 1), _USUAL_MAX_NS)
        return reached

    def _plan(self, spread: Spread, age_ns: int, running: Collection[str], now_s: float) -> None:
        """Choose how fast to go on, so that the end comes in time."""
        reached = self._learn(spread, running)
        known_ns = float(reached.last_ns or 0)
        self._complete = reached.complete
        self._known_ns = inf if reached.complete else float(age_ns)
        self._end_ns = known_ns if reached.complete else max(known_ns, float(self._usual_ns))
        shown_ns = self._at(now_s)
        left_s = (self._end_ns - shown_ns) / 1e9
        # A plan that ends in time is kept, so that the pace that is told is steady.
        ends_s = now_s + left_s * self.factor - self._started_s
        if not self.factor or not _SHOWN_MIN_S <= ends_s <= SHOWN_MAX_S:
            shown_s = max(self._started_s + SHOWN_S - now_s, _HURRY_S)
            self._anchor_s, self._anchor_ns = now_s, shown_ns
            self.factor = shown_s / max(left_s, 1e-3)

    def _at(self, now_s: float) -> float:
        if not self.factor:
            return 0.0
        planned = self._anchor_ns + (now_s - self._anchor_s) * 1e9 / self.factor
        self.live = planned > self._known_ns
        return min(planned, self._known_ns)

    def moves(self, now_s: float) -> bool:
        """Whether a spread is being shown at this moment of wall time."""
        if not self._running or now_s >= self._started_s + SHOWN_MAX_S:
            return False
        return not self._complete or self._at(now_s) < self._end_ns

    def shown_ns(self, now_s: float) -> float:
        """How much of the spread is shown: a delay after the find, infinite at rest."""
        return self._at(now_s) if self.moves(now_s) else inf
