"""Evidence of equivocation: a leader sealed two different blocks for one beat.

Each of them is valid, so both are kept and the first seen is built upon. A node tells once of each
such pair, and goes on with the leader: who passed the second block on is honest, and what follows
from the evidence is for people, or for rules with stakes, to say.

The evidence is not passed on by itself. A node that has one of the blocks gets to know the other as
it gets to know any: from peers that build on it. An honest node pushes nothing of a branch that it
has not judged in full, as a peer may drop it for that (`conduct`).
"""

from collections.abc import Callable

from powclock.election.rule import Claim
from powclock.machine.header import display
from powclock.record.events import AnyEvent, Equivocation, Hash

CLAIMS_MAX = 2_000


class Evidence:
    """The turns that one node has seen blocks for; `name_of` is for records."""

    def __init__(self, name_of: Callable[[bytes], str], emit: Callable[[AnyEvent], None]) -> None:
        self._name_of = name_of
        self._emit = emit
        self._first: dict[Claim, Hash] = {}
        self._told: dict[Claim, None] = {}

    def __len__(self) -> int:
        return len(self._first)

    def seen(self, claim: Claim | None, hash_: bytes) -> None:
        """Take in a block that was accepted; tell if it is the second one for its turn."""
        if claim is None:
            return
        shown = display(hash_)
        first = self._first.setdefault(claim, shown)
        if first != shown and claim not in self._told:
            self._told[claim] = None
            author = self._name_of(claim.author)
            self._emit(
                Equivocation(author, claim.author.hex(), claim.slot, claim.beat, first, shown)
            )
        if len(self._first) > CLAIMS_MAX:
            oldest = next(iter(self._first))
            del self._first[oldest]
            self._told.pop(oldest, None)
