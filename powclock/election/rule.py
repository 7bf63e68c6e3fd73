"""The protocol that every answer implements.

A rule decides two things: when this node may speak (`seal`), and whether another was allowed to
(`verify`). Everything else in powclock is the same under every rule.
"""

from typing import NamedTuple, Protocol

from powclock.clock.node_clock import Clock
from powclock.machine.block import Block
from powclock.machine.tree import Entry
from powclock.mining import miner

NodeId = str


class Claim(NamedTuple):
    """The turn that a block claims: its author, the slot, and the beat within all slots."""

    author: bytes
    slot: int
    beat: int


class Draft(miner.Draft, Protocol):
    """What a node would seal now, with the newest time and transactions, each time it is asked."""

    @property
    def parent(self) -> Entry:
        """What such a block follows."""
        ...


class Rule(Protocol):
    """One node's election rule."""

    def prepare(self, parent: Entry, now_ns: int) -> tuple[int, int, int]:
        """Time, bits and nonce of a header that would follow `parent`, drafted at `now_ns`."""
        ...

    async def seal(self, draft: Draft, clock: Clock) -> Block:
        """Wait for the right to speak, then prove it.

        `draft` gives a block that may be sealed now, with the newest time and transactions; ask it
        as often as a fresh one is wanted. A new head cancels the call.
        """
        ...

    def verify_alone(self, block: Block) -> None:
        """Check what can be checked while the parent is unknown: is the block worth holding?

        Raises:
            InvalidBlock: with the reason.
        """
        ...

    def verify(self, block: Block, parent: Entry, now_ns: int) -> None:
        """Check that the author was the leader; never changes any state.

        Raises:
            InvalidBlock: with the reason.
        """
        ...

    def weight(self, block: Block, /) -> int:
        """What a branch is judged by; the first seen wins a tie."""
        ...

    def claim(self, block: Block, /) -> Claim | None:
        """Which turn a block claims; None where a second block for it is no misbehaviour."""
        ...

    def leader(self, head: Entry, now_ns: int, /) -> NodeId | None:
        """Who may speak now; None where only work can tell."""
        ...
