"""A member: whatever takes part in a race under its rule, as the world around it sees it.

Under most rules it is a node with a chain (`network/node`), under naive replication a replica
without one (`network/naive`). Who seats, stops, samples, freezes and asks it needs no more than
this, so all of that, links and faults too, is the same for both.
"""

from typing import Protocol

from powclock.machine.ledger import Ledger
from powclock.machine.transaction import Transaction
from powclock.machine.tree import Entry

NodeId = str


class Member(Protocol):
    """One replica that takes part; `name` is how records call it."""

    name: NodeId

    # The world.

    async def run(self) -> None:
        """Take part until cancelled."""
        ...

    def stop(self) -> None:
        """Do nothing more, whatever is still to come: the host has crashed."""
        ...

    def receive(self, peer: NodeId, data: bytes) -> None:
        """Handle what a link delivers; bad input is refused by reason and changes nothing."""
        ...

    def connected(self, peer: NodeId) -> None:
        """The link to a peer came up."""
        ...

    def search_anew(self) -> None:
        """The hash rate changed: begin the search for a block again, if there is one."""
        ...

    # Clients.

    def submit(self, transaction: Transaction, *, relay: bool = True) -> bool:
        """Take a transfer from a client, telling others if it is to `relay`; whether it did."""
        ...

    def balance(self, account: bytes) -> int:
        """What an account owns, as this replica has it."""
        ...

    def done(self, account: bytes, made: int, /) -> int:
        """How many of the `made` payments of an account need not be handed over again."""
        ...

    def holds(self, id_: bytes) -> bool:
        """Whether a transfer needs no second hand-over: it waits here, or is applied."""
        ...

    # Observers.

    @property
    def chain_id(self) -> int:
        """What transactions are signed for."""
        ...

    @property
    def ledger(self) -> Ledger:
        """Its replica state."""
        ...

    @property
    def head(self) -> Entry | None:
        """The tip that it builds on; None where there are no blocks."""
        ...

    @property
    def peer_count(self) -> int:
        """How many links lead from it, severed or not."""
        ...

    @property
    def mempool_count(self) -> int:
        """How many transfers wait here for a leader."""
        ...
