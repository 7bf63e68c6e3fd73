"""An election: what one race knows of its answer to "who may append next?".

A rule is one node's; the election is the race's. It is made once from what all nodes agree on
before the race (`Setting`), and gives every node a rule of its own whenever it comes up.

An election says what it `offers`, and a fault what it needs: hash rates cannot fall where nobody
hashes. `WORK`: hashes elect. `BLOCKS`: nodes append blocks to a chain. `LEADERS`: it is known
beforehand whose turn it is.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from powclock.clock.node_clock import Clock
from powclock.election.difficulty import Difficulty
from powclock.election.rule import NodeId, Rule
from powclock.machine.block import Block
from powclock.machine.keys import SigningKey
from powclock.mining.miner import Miner
from powclock.record.facts import ScheduleInfo

WORK, BLOCKS, LEADERS = "work", "blocks", "leaders"


@dataclass(frozen=True, slots=True)
class Setting:
    """What all nodes of a race agree on before it starts.

    `nodes` are the names and public keys of the first ones, in order; who joins later is not among
    them. `epoch_ns` is when the race begins, in nanoseconds since 1970; `interval_s` is how long a
    tick should take as the scenario says; `options` are its `[rule_options]`.
    """

    seed: int
    chain_id: int
    epoch_ns: int
    interval_s: float
    nodes: tuple[tuple[NodeId, bytes], ...]
    options: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A node that may be elected, with what it brings: its key, its clock, and its hashes."""

    name: NodeId
    key: SigningKey
    clock: Clock
    miner: Miner


@dataclass(frozen=True, slots=True)
class WorkTerms:
    """What makes a proof of work good: bits by `difficulty`, from `initial_bits`, below `limit`.

    A proof may miss its target by `proof_scale`, a time be ahead by `future_limit_s`. By a
    difficulty rule of ours these terms are all: the checker demands a header that is its own proof,
    a block without a seal that weighs its work, and nothing else. A rule that wants other things
    has a difficulty rule of its own.
    """

    difficulty: Difficulty
    initial_bits: int
    limit: int
    future_limit_s: int
    proof_scale: int


class Election(Protocol):
    """One race's answer."""

    @property
    def interval_s(self) -> float:
        """How long a tick should take."""
        ...

    @property
    def work(self) -> WorkTerms | None:
        """What makes a proof of work good; None where nobody hashes."""
        ...

    @property
    def schedule(self) -> ScheduleInfo | None:
        """The table of who leads when, where there is one; the checker demands it of each block."""
        ...

    def rule(self, candidate: Candidate) -> Rule:
        """A rule for a node that comes up."""
        ...

    def leaders(self, now_ns: int, /) -> tuple[NodeId, ...]:
        """Who may speak at a time, in nanoseconds since 1970; nobody where only work can tell."""
        ...

    def admits(self, key: bytes, /) -> bool:
        """Whether a node with this key may ever lead."""
        ...

    def reseal(self, block: Block, key: SigningKey, /) -> Block:
        """The block with the best proof for its header that whoever has this key can make.

        Faults ask for it: a forger has changed the header, an equivocator seals another block.
        """
        ...


MakeElection = Callable[[Setting], Election]
