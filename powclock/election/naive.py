"""Nobody is elected: every replica appends what it gets, and tells the others.

The answer of naive replication to "who may append next?" is "everybody, always", so there is
nothing to wait for, to prove or to verify, and no blocks that a rule could judge. What replicas do
instead is in `network/naive`; here is what a race asks of its election.
"""

from typing import NoReturn

from powclock.election.election import Candidate
from powclock.election.rule import NodeId
from powclock.machine.block import Block
from powclock.machine.keys import SigningKey

NAIVE = "naive"  # on the command line and in scenarios


class NaiveElection:
    """The election of a race in which nobody leads; `interval_s` is how often gauges are taken."""

    work = None
    schedule = None

    def __init__(self, interval_s: float) -> None:
        self.interval_s = interval_s

    def rule(self, candidate: Candidate) -> NoReturn:
        """There is none to give."""
        raise AssertionError(f"{candidate.name} has no blocks to judge")

    def leaders(self, _now_ns: int, /) -> tuple[NodeId, ...]:
        """Nobody leads."""
        return ()

    def admits(self, _key: bytes, /) -> bool:
        """Anybody: whoever takes part appends."""
        return True

    def reseal(self, _block: Block, _key: SigningKey, /) -> Block:
        """There are no blocks."""
        raise AssertionError("a race without blocks has none to seal")
