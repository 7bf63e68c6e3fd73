"""Naive replication: nobody leads. What not to do, and the reason for all the rest.

Every replica takes every valid request, applies it at once, says so to its client, and tells every
other replica directly: one message to each in turn. In fair weather that works: transfers commute
where everybody has enough, so replicas that have seen the same requests have the same state, in
whatever order they came. But nothing else holds them together:

- A message that is lost is lost for ever: nobody asks for it, as nobody knows that it was sent.
  Nobody passes on what others sent. What came while a replica was down or cut off is missing.
- A replica that crashes in the middle of its round has told some and not the others.
- A bit that flips in a replica's memory stays: there is no chain to build the state again from,
  and none to say which state is right.
- Two requests that exclude each other, at two replicas at once, are both acknowledged: each
  replica refuses the other's when it comes. Nobody decides which of them was first.

A transfer is valid if its owner signed it for this chain and the account has the amount. The nonces
of an account need not be in order, as nobody puts them in order; ids tell what was applied already.
Nobody is elected, so nobody earns fees: they stay with the sender, and the sum of all coins is the
same at every replica at every time. A peer that sends nonsense is refused and not dropped: each
pair has one link, and what is not told over it is told nowhere else.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial

from powclock.machine.block import ChainParameters
from powclock.machine.header import display
from powclock.machine.ledger import Ledger
from powclock.machine.reason import Invalid, InvalidTransaction, Reason
from powclock.machine.transaction import Transaction
from powclock.network.gossip import SendTo
from powclock.network.journal import Journal
from powclock.network.pending import Later
from powclock.network.wire import Pass, decode, encode
from powclock.record.events import AnyEvent, MessageRefused, StateMoved, TransactionRefused

ROUNDS_MAX = 1_000  # that a replica tells at once; a client that comes then is refused

NodeId = str


class NaiveNode:
    """One replica that takes part (`Member`).

    Args:
        name: how records call it.
        parameters: what all replicas agree on.
        allocation: what accounts own before the first transfer.
        later: calls back after a duration.
        send: gives bytes to a link.
        peers: all others that it is connected to; the network changes it.
        journal: what it has applied; one with transfers in it is read first.
        emit: takes its events.
        spacing_ns: how long after the message to one peer that to the next is sent.
    """

    def __init__(
        self,
        *,
        name: NodeId,
        parameters: ChainParameters,
        allocation: Mapping[bytes, int],
        later: Later,
        send: SendTo,
        peers: Mapping[NodeId, object],
        journal: Journal,
        emit: Callable[[AnyEvent], None],
        spacing_ns: int,
    ) -> None:
        self.name = name
        self.chain_id = parameters.chain_id
        self.ledger = Ledger(parameters, allocation)
        self.journal = journal
        self._later = later
        self._send = send
        self._peers = peers
        self._emit = emit
        self._spacing_ns = spacing_ns
        self._running = True
        self._rounds = 0
        for transaction in journal.transactions():
            with suppress(InvalidTransaction):  # damaged memory had let it pass
                self.ledger.pay(transaction)

    # Life.

    async def run(self) -> None:
        """Take part until cancelled; all that it does are answers to what comes."""
        try:
            await asyncio.get_running_loop().create_future()
        finally:
            self.stop()

    def stop(self) -> None:
        """Tell nobody anything more: a round that is under way ends in its middle."""
        self._running = False

    def connected(self, peer: NodeId) -> None:
        """A link came up. Nothing follows: what was missed is not made up for."""

    def search_anew(self) -> None:
        """There is no search."""

    # Requests.

    def submit(self, transaction: Transaction, *, relay: bool = True) -> bool:
        """Apply a client's transfer, and tell the others if asked to; whether it is applied."""
        if self._rounds >= ROUNDS_MAX and transaction.id not in self.journal:
            self._refuse(transaction, "client", Reason.MEMPOOL_FULL)
            return False
        frame = encode(Pass(transaction))
        if self._apply(transaction, frame, "client") and relay:
            self._rounds += 1
            self._tell_next(frame, deque(self._peers))
        return transaction.id in self.journal

    def receive(self, peer: NodeId, data: bytes) -> None:
        """Apply a transfer that another replica took; it is not passed on."""
        try:
            message = decode(data)
        except Invalid as refusal:
            self._emit(MessageRefused(peer=peer, reason=refusal.reason, bytes=len(data)))
            return
        if isinstance(message, Pass):
            self._apply(message.transaction, data, peer)
        else:  # of blocks
            self._emit(MessageRefused(peer=peer, reason=Reason.MALFORMED, bytes=len(data)))

    def _apply(self, transaction: Transaction, frame: bytes, source: str) -> bool:
        """Apply a transfer if it is new and valid; whether it was."""
        if transaction.id in self.journal:
            return False
        try:
            self.ledger.pay(transaction)
        except InvalidTransaction as refusal:
            self._refuse(transaction, source, refusal.reason)
            return False
        self.journal.append(transaction, frame)
        self._emit(
            StateMoved(
                id=display(transaction.id),
                applied=len(self.journal),
                state_root=self.ledger.state_root.hex(),
            )
        )
        return True

    def _refuse(self, transaction: Transaction, source: str, reason: Reason) -> None:
        self._emit(TransactionRefused(id=display(transaction.id), peer=source, reason=reason))

    def _tell_next(self, frame: bytes, left: deque[NodeId]) -> None:
        """Send to the next peer of a round, and to the others later."""
        if not self._running:
            return
        if left:
            self._send(left.popleft(), frame)
        if left:
            self._later(self._spacing_ns, partial(self._tell_next, frame, left))
        else:
            self._rounds -= 1

    # Answers.

    def balance(self, account: bytes) -> int:
        """What an account owns, as this replica has it."""
        return self.ledger.account(account).balance

    def done(self, _account: bytes, made: int, /) -> int:
        """All: what is acknowledged is applied, and nobody hands it over again."""
        return made

    def holds(self, id_: bytes) -> bool:
        """Whether a transfer is applied."""
        return id_ in self.journal

    # Figures.

    @property
    def head(self) -> None:
        """There are no blocks."""
        return None

    @property
    def peer_count(self) -> int:
        """How many links lead from it, severed or not."""
        return len(self._peers)

    @property
    def mempool_count(self) -> int:
        """Nothing waits for a leader."""
        return 0

    def queues(self) -> tuple[tuple[str, float, float], ...]:
        """What others can make longer: its name, its length and its bound."""
        return (("rounds under way", self._rounds, ROUNDS_MAX),)
