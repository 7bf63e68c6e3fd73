"""Two requests that exclude each other: a client spends all its money at two nodes at once.

Each payment by itself is good, and each node that gets one pays itself with it. Together they are
more than the client has, so somebody must decide which of them was first. Where a leader decides,
one of them is confirmed and the other can never be; where nobody leads, each node keeps the one
that it saw first.

Nobody does anything that a rule forbids: two honest shops with one dishonest customer, or one
honest customer whose wallet runs twice. It happens in a moment; when this ends nothing is undone.
"""

from collections.abc import Collection
from typing import Annotated, ClassVar

import msgspec

from powclock.machine.ledger import Ledger
from powclock.machine.transaction import COIN, Transaction
from powclock.network.faults.breakable import Breakable, NodeId, Undo
from powclock.network.faults.fault import Fault, FaultError

FEE = COIN // 100  # more than clients pay, so that no payment of its own is in the way


class Conflict(Fault, frozen=True, tag="conflict"):
    """A client hands a payment of all its money to each of two nodes at the same moment.

    `nodes` are these two; those that are not named are drawn from the others. Without a name the
    client is the richest one.
    """

    needs_history: ClassVar[bool] = False

    client: Annotated[str, msgspec.Meta(max_length=200)] = ""

    @property
    def label(self) -> str:
        return f"{self.client} spends twice" if self.client else "all money spent twice"

    def check(self, nodes: Collection[NodeId], clients: Collection[str]) -> None:
        if len(self.nodes) > 2 or len(set(self.nodes)) < len(self.nodes):
            raise FaultError("conflict takes at most two nodes, each once", "nodes")
        if len(nodes) < 2:
            raise FaultError("conflict needs two nodes: the race has one", "nodes")
        if not clients:
            raise FaultError("conflict needs a client: the race has none", "client")
        if self.client and self.client not in clients:
            has = f"the race has {len(clients)}, from client1 on"
            raise FaultError(f"there is no client {self.client!r}: {has}", "client")
        super().check(nodes, clients)

    def begin(self, race: Breakable) -> Undo:
        named = self.targets(race) if self.nodes else ()
        others = [node for node in race.node_names() if node not in named]
        chosen = [*named, *race.stream("conflict", *named).shuffled(others)]
        running = [(node, ledger) for node in chosen if (ledger := race.ledger(node)) is not None]
        if running:
            client = self.client or _richest(race, running[0][1])
            payments = [(node, _all(race, client, node, ledger)) for node, ledger in running[:2]]
            for node, payment in payments:
                if payment is not None:
                    race.hand_over(node, payment)
        return lambda: None


def _richest(race: Breakable, ledger: Ledger) -> str:
    """The client that owns most in a ledger; the first of equals."""
    clients = race.clients()
    return max(clients, key=lambda client: ledger.account(clients[client]).balance)


def _all(race: Breakable, client: str, node: NodeId, ledger: Ledger) -> Transaction | None:
    """A payment to a node of all that a client has in its ledger; None if that is nothing.

    It has the client's next nonce, so two of them exclude each other even if the client earns more.
    """
    key = race.client_key(client)
    balance, nonce = ledger.account(key.public)
    if balance <= FEE:
        return None
    return Transaction.signed(
        key,
        chain_id=race.chain_id,
        recipient=race.key(node).public,
        amount=balance - FEE,
        fee=FEE,
        nonce=nonce,
    )
