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

# How long a spread is shown, and how long at most where the block is slow to arrive.
SHOWN_S = 1.2
SHOWN_MAX_S = 2.0
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
    """Chooses which spread is shown, and how much of it at a moment."""

    def __init__(self) -> None:
        self.spread: Spread | None = None
        self.factor = 1.0
        self.live = False
        self._running = False
        self._seen: str | None = None
        self._started_s = 0.0
        self._anchor_s = 0.0
        self._anchor_ns = 0.0
        self._known_ns = 0.0
        self._usual_ns = _USUAL_NS
        self._end_ns = 0.0

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
            if motion and not (first and age_ns > FRESH_NS):
                self._running = True
                self._started_s = self._anchor_s = now_s
                self._anchor_ns = self.factor = 0.0
                self._plan(spread, age_ns, running, now_s)

    def _plan(self, spread: Spread, age_ns: int, running: Collection[str], now_s: float) -> None:
        """Choose how fast to go on, so that the end comes in time."""
        reached = coverage(spread, running)
        known = float(reached.last_ns or 0)
        if reached.complete:
            self._usual_ns = min(max(int(known), 1), _USUAL_MAX_NS)
            self._known_ns = inf
        else:
            self._known_ns = float(age_ns)
        self._end_ns = known if reached.complete else max(known, float(self._usual_ns))
        shown_ns = self._at(now_s)
        left_s = max(self._started_s + SHOWN_S - now_s, 0.2)
        factor = left_s / max((self._end_ns - shown_ns) / 1e9, 1e-3)
        # A plan that holds is kept, so that the pace and the number that is shown are steady.
        if not self.factor or factor < 0.8 * self.factor or factor > 1.25 * self.factor:
            self._anchor_s, self._anchor_ns, self.factor = now_s, shown_ns, factor

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
        return self._at(now_s) < self._end_ns

    def shown_ns(self, now_s: float) -> float:
        """How much of the spread is shown: a delay after the find, infinite at rest."""
        return self._at(now_s) if self.moves(now_s) else inf
