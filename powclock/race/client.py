"""A client: the holder of an account, who asks one replica at a time.

To a client the network is a database with many copies. It needs five answers of a copy (`Replica`),
and both a node with a chain and one without give them. It counts its own account nonces; what a
replica lacks of its writes it hands over again, as a wallet does.
"""

from typing import Protocol

from powclock.clock.streams import Stream
from powclock.machine.keys import SigningKey
from powclock.machine.transaction import COIN, Transaction

FEE_MAX = COIN // 1000
PENDING_MAX = 16
SENT_MAX = 64


class Replica(Protocol):
    """One copy of the database, as clients see it."""

    @property
    def chain_id(self) -> int:
        """What transactions are signed for."""
        ...

    def submit(self, transaction: Transaction, *, relay: bool = True) -> bool:
        """Take a transaction, and tell others of it if it is to `relay`; whether it is taken."""
        ...

    def balance(self, account: bytes) -> int:
        """What an account owns, as this replica has it."""
        ...

    def done(self, account: bytes, made: int) -> int:
        """How many of the `made` payments of an account need not be handed over again.

        These are applied here: what a client is told then is that its write is done.
        """
        ...

    def holds(self, id_: bytes) -> bool:
        """Whether a transaction needs no second hand-over: it waits here, or is applied."""
        ...


class Client:
    """One account holder."""

    def __init__(self, name: str, key: SigningKey) -> None:
        self.name = name
        self.key = key
        self._next_nonce = 0
        self._sent: dict[int, Transaction] = {}  # the newest, also confirmed: a reorg may ask

    def remind(self, replica: Replica, *, relay: bool) -> int:
        """Give a replica what it lacks of this client's transactions; how many are pending."""
        done = replica.done(self.key.public, self._next_nonce)
        if done < self._next_nonce and done not in self._sent:
            # The chain that had our transactions is lost with its last disk: begin again from here.
            self._sent.clear()
            self._next_nonce = done
        pending = [self._sent[nonce] for nonce in self._sent if nonce >= done]
        for waiting in pending:
            if not replica.holds(waiting.id):
                replica.submit(waiting, relay=relay)
        return len(pending)

    def write(
        self, replica: Replica, others: list[bytes], stream: Stream, *, relay: bool
    ) -> Transaction | None:
        """Remind a replica and make a transaction for it; None while too many are pending."""
        if self.remind(replica, relay=relay) >= PENDING_MAX:
            return None
        transaction = Transaction.signed(
            self.key,
            chain_id=replica.chain_id,
            recipient=stream.choice(others),
            amount=1 + stream.below(COIN),
            fee=1 + stream.below(FEE_MAX),
            nonce=max(self._next_nonce, replica.done(self.key.public, self._next_nonce)),
        )
        self._next_nonce = transaction.nonce + 1
        self._sent[transaction.nonce] = transaction
        if len(self._sent) > SENT_MAX:
            del self._sent[next(iter(self._sent))]
        return transaction
