"""Under which conditions a race runs: what decides which closed forms hold for its figures.

Two things are measured here. The *delay* is how long after it was found another node accepted a
block. The time spent *behind* is how long nodes searched below a height that somebody had reached
already, weighted by hash rate: whatever they find meanwhile goes stale or makes a rival stale.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from math import fsum

import msgspec

from powclock.record.events import NANOSECONDS, NodeId, RaceStarted
from powclock.record.facts import ChainInfo, NodeInfo

HEIGHTS_KEPT = 1_000


class DifficultyInfo(msgspec.Struct, frozen=True):
    """How the clock is kept at its rate; `half_life_s` is for asert, `window` for bitcoin."""

    rule: str
    half_life_s: int
    window: int


class Conditions(msgspec.Struct, frozen=True):
    """What a race was run under, from its start to now.

    `hash_rate` is of all nodes together as
    nominal, `wander` by how much rates wander, `miners` how many nodes spend hashes, `equal`
    whether all of them as many, and `same_miner` the probability that two blocks are of one.
    The delays are the shortest and the longest so far, `behind` is the part of all hashing that was
    spent behind the best height, and `faults_begun` counts faults that are over, too.
    """

    difficulty: DifficultyInfo
    hash_rate: float
    wander: float
    miners: int
    equal: bool
    same_miner: float
    delay_min_s: float
    delay_max_s: float
    behind: float
    faults_begun: int


@dataclass(slots=True)
class Delays:
    """The shortest and the longest way of a block to another node, so far."""

    count: int = 0
    min_ns: int = 0
    max_ns: int = 0

    def accepted(self, delay_ns: int) -> None:
        """Take in that a node accepted a block of another."""
        self.min_ns = min(self.min_ns, delay_ns) if self.count else delay_ns
        self.max_ns = max(self.max_ns, delay_ns)
        self.count += 1


@dataclass(slots=True)
class Lag:
    """Time that nodes spent behind, times their hash rates, so far.

    A node's time counts once it moves on. When each height was reached is remembered for the newest
    heights; a node that is further behind than that was behind since it last moved.
    """

    weighted_ns: float = 0.0
    _best: int = 0
    _first_ns: dict[int, int] = field(default_factory=dict)
    _nodes: dict[NodeId, tuple[int, int]] = field(default_factory=dict)

    def ticked(self, height: int, time_ns: int) -> None:
        """Take in that somebody reached a height first."""
        self._first_ns.setdefault(height, time_ns)
        self._best = max(self._best, height)
        if len(self._first_ns) > HEIGHTS_KEPT:
            del self._first_ns[next(iter(self._first_ns))]

    def moved(self, node: NodeId, height: int, time_ns: int, hash_rate: float) -> None:
        """Take in that a node builds on a block of another height from now on."""
        before, since_ns = self._nodes.get(node, (0, 0))
        self._nodes[node] = (height, time_ns)
        if before < self._best:
            behind_from_ns = max(since_ns, self._first_ns.get(before + 1, since_ns))
            self.weighted_ns += hash_rate * (time_ns - behind_from_ns)


def conditions_of(
    started: RaceStarted,
    nodes: Iterable[NodeInfo],
    delays: Delays,
    lag: Lag,
    faults_begun: int,
    time_ns: int,
) -> Conditions:
    """The conditions of a race with these nodes up to a time."""
    rates = [info.hash_rate for info in nodes if info.hash_rate > 0]
    total = fsum(rates)
    return Conditions(
        difficulty=_difficulty(started.chain),
        hash_rate=total,
        wander=started.wander,
        miners=len(rates),
        equal=bool(rates) and max(rates) - min(rates) < 1e-9 * total,
        same_miner=fsum((rate / total) ** 2 for rate in rates),
        delay_min_s=delays.min_ns / NANOSECONDS,
        delay_max_s=delays.max_ns / NANOSECONDS,
        behind=lag.weighted_ns / (total * time_ns) if total and time_ns else 0.0,
        faults_begun=faults_begun,
    )


def _difficulty(chain: ChainInfo) -> DifficultyInfo:
    return DifficultyInfo(chain.difficulty, chain.half_life_s, chain.window)
