"""Transfers: what one node makes of those that clients and peers give it; each is judged once."""

from collections.abc import Callable

from powclock.machine.header import display
from powclock.machine.reason import InvalidTransaction, Reason
from powclock.machine.replica import Replica
from powclock.machine.transaction import Transaction
from powclock.record.events import TransactionRefused

RECENT_MAX = 2_000


class Transfers:
    """The transfers of one node; `recent` are the ids of good ones, the oldest first."""

    def __init__(self, replica: Replica, emit: Callable[[TransactionRefused], None]) -> None:
        self._replica = replica
        self._emit = emit
        self.recent: dict[bytes, None] = {}

    def take(self, transaction: Transaction, peer: str | None) -> Reason | None:
        """Judge one, from a peer or a client; why it is refused, or None: then it is recent."""
        try:
            self._replica.add_transaction(transaction)
        except InvalidTransaction as refusal:
            self._emit(
                TransactionRefused(
                    id=display(transaction.id), peer=peer or "client", reason=refusal.reason
                )
            )
            return refusal.reason
        self.recent[transaction.id] = None
        if len(self.recent) > RECENT_MAX:
            del self.recent[next(iter(self.recent))]
        return None
