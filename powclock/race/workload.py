"""Clients that pay each other, so that blocks carry something.

A client hands a transfer to a random node that runs. It counts its own account nonces; what is not
confirmed after a while it hands to the next node again, as a wallet does.
"""

from collections.abc import Callable, Mapping

from powclock.clock.streams import Stream
from powclock.clock.virtual_loop import NANOSECONDS
from powclock.machine.header import display
from powclock.machine.keys import SigningKey
from powclock.machine.transaction import COIN, Transaction
from powclock.network.member import Member
from powclock.race.scenario import client_name
from powclock.record.events import TransactionSent

ENDOWMENT = 1_000 * COIN
FEE_MAX = COIN // 1000
PENDING_MAX = 16
SENT_MAX = 64
WAIT_S_MAX = 1e9


class Client:
    """One account holder."""

    def __init__(self, name: str, key: SigningKey) -> None:
        self.name = name
        self.key = key
        self._next_nonce = 0
        self._sent: dict[int, Transaction] = {}  # the newest, also confirmed: a reorg may ask

    def hand_over(self, node: Member, others: list[bytes], stream: Stream) -> Transaction | None:
        """Give a node what it lacks of this client's transfers and a new one; the new one."""
        confirmed = node.done(self.key.public, self._next_nonce)
        if confirmed < self._next_nonce and confirmed not in self._sent:
            # The chain that had our transfers is lost with its last disk: begin again from here.
            self._sent.clear()
            self._next_nonce = confirmed
        pending = [self._sent[nonce] for nonce in self._sent if nonce >= confirmed]
        for waiting in pending:
            if not node.holds(waiting.id):
                node.submit(waiting)
        if len(pending) >= PENDING_MAX:
            return None
        transaction = Transaction.signed(
            self.key,
            chain_id=node.chain_id,
            recipient=stream.choice(others),
            amount=1 + stream.below(COIN),
            fee=1 + stream.below(FEE_MAX),
            nonce=max(self._next_nonce, confirmed),
        )
        self._next_nonce = transaction.nonce + 1
        self._sent[transaction.nonce] = transaction
        if len(self._sent) > SENT_MAX:
            del self._sent[next(iter(self._sent))]
        return transaction


class Workload:
    """All clients of a race; transfers come at random, `transfers_per_s` on average."""

    def __init__(
        self,
        *,
        seed: int,
        clients: int,
        transfers_per_s: float,
        running: Callable[[], Mapping[str, Member]],
        emit: Callable[[str, TransactionSent], None],
        later: Callable[[int, Callable[[], None]], object],
    ) -> None:
        self._stream = Stream(seed, "workload")
        self._clients = [
            Client(client_name(i), SigningKey.derive(seed, f"client {i + 1}"))
            for i in range(clients)
        ]
        self._addresses = [client.key.public for client in self._clients]
        self.keys = {client.name: client.key for client in self._clients}
        self.names = {client.key.public: client.name for client in self._clients}
        self._rate = transfers_per_s
        self._running = running
        self._emit = emit
        self._later = later

    def allocation(self) -> dict[bytes, int]:
        """What clients own at genesis."""
        return dict.fromkeys(self._addresses, ENDOWMENT)

    def start(self) -> None:
        """Send the first transfer after a while, and so on."""
        if self._rate > 0 and len(self._clients) > 1:
            self._wait()

    def _wait(self) -> None:
        wait_s = min(self._stream.exponential(1 / self._rate), WAIT_S_MAX)
        self._later(round(wait_s * NANOSECONDS), self._send)

    def _send(self) -> None:
        self._wait()
        client = self._stream.choice(self._clients)
        nodes = self._running()
        if not nodes:
            return
        name = self._stream.choice(list(nodes))
        others = [address for address in self._addresses if address != client.key.public]
        transaction = client.hand_over(nodes[name], others, self._stream)
        if transaction is not None:
            self._emit(
                name,
                TransactionSent(
                    display(transaction.id), client.name, transaction.amount, transaction.fee
                ),
            )
            nodes[name].submit(transaction)
