"""Transactions that wait for a leader.

Kept by sender in nonce order and selected by fee. Bounded in number and in how far a sender may run
ahead; when full, the lowest fee goes. A reorg puts the disconnected transactions back.
"""

import heapq
from collections.abc import Container, Iterable, Iterator
from contextlib import suppress

from powclock.machine.ledger import Ledger
from powclock.machine.reason import InvalidTransaction, Reason
from powclock.machine.transaction import Transaction

TRANSACTIONS_MAX = 5_000
SENDER_AHEAD_MAX = 64


class Mempool:
    """Valid transfers by id, next to a ledger that decides what may come next."""

    def __init__(self, transactions_max: int = TRANSACTIONS_MAX) -> None:
        self._transactions_max = transactions_max
        self._by_id: dict[bytes, Transaction] = {}
        self._by_sender: dict[bytes, dict[int, Transaction]] = {}
        self._by_fee: list[tuple[int, int, bytes]] = []  # lowest fee first, latest arrival first
        self._arrivals = 0

    def __len__(self) -> int:
        return len(self._by_id)

    def __contains__(self, transaction_id: bytes) -> bool:
        return transaction_id in self._by_id

    def __iter__(self) -> Iterator[Transaction]:
        return iter(self._by_id.values())

    @property
    def transactions_max(self) -> int:
        """How many may wait."""
        return self._transactions_max

    @property
    def full(self) -> bool:
        """Whether one more would push another out."""
        return len(self._by_id) >= self._transactions_max

    def waiting(self, sender: bytes, nonce: int) -> Transaction | None:
        """The transfer with this place in its sender's history, if one waits here."""
        return self._by_sender.get(sender, {}).get(nonce)

    def get(self, transaction_id: bytes) -> Transaction | None:
        """The transfer of an id, if it waits here."""
        return self._by_id.get(transaction_id)

    def add(self, transaction: Transaction, ledger: Ledger, chain_id: int) -> None:
        """Take a transfer in; a higher fee replaces one of the same sender and nonce.

        Raises:
            InvalidTransaction: with the reason; the mempool is as before.
        """
        if transaction.id in self._by_id:
            raise InvalidTransaction(Reason.TXN_ALREADY_IN_MEMPOOL)
        transaction.check(chain_id)
        account = ledger.account(transaction.sender)
        if transaction.nonce < account.nonce:
            raise InvalidTransaction(
                Reason.BAD_TXNS_NONCE_SPENT, f"nonce {transaction.nonce}, expected {account.nonce}"
            )
        if transaction.nonce >= account.nonce + SENDER_AHEAD_MAX:
            raise InvalidTransaction(Reason.TOO_LONG_MEMPOOL_CHAIN)
        if transaction.amount + transaction.fee > account.balance:
            raise InvalidTransaction(Reason.BAD_TXNS_IN_BELOWOUT)
        self._admit(transaction)

    def _admit(self, transaction: Transaction) -> None:
        rival = self._by_sender.get(transaction.sender, {}).get(transaction.nonce)
        if rival is not None and rival.fee >= transaction.fee:
            raise InvalidTransaction(Reason.TXN_MEMPOOL_CONFLICT)
        if rival is not None:
            self._remove(rival)
        elif self.full:
            self._make_room(transaction.fee)
        self._insert(transaction)

    def _insert(self, transaction: Transaction) -> None:
        self._arrivals += 1
        self._by_id[transaction.id] = transaction
        self._by_sender.setdefault(transaction.sender, {})[transaction.nonce] = transaction
        heapq.heappush(self._by_fee, (transaction.fee, -self._arrivals, transaction.id))
        if len(self._by_fee) > 2 * len(self._by_id) + 64:
            newest = {item[2]: item for item in sorted(self._by_fee, reverse=True)}
            self._by_fee = sorted(newest[transaction_id] for transaction_id in self._by_id)

    def _make_room(self, fee: int) -> None:
        while self._by_fee and self._by_fee[0][2] not in self._by_id:
            heapq.heappop(self._by_fee)
        if self._by_fee[0][0] >= fee:
            raise InvalidTransaction(Reason.MEMPOOL_FULL)
        self._remove(self._by_id[heapq.heappop(self._by_fee)[2]])

    def _remove(self, transaction: Transaction) -> None:
        del self._by_id[transaction.id]
        waiting = self._by_sender[transaction.sender]
        del waiting[transaction.nonce]
        if not waiting:
            del self._by_sender[transaction.sender]

    def select(
        self, ledger: Ledger, count_max: int, without: Container[bytes] = ()
    ) -> tuple[Transaction, ...]:
        """The next transfers for a block: by fee, each sender's in nonce order, all affordable.

        Senders `without` are left out.
        """
        ready: list[tuple[int, bytes, Transaction]] = []
        spendable: dict[bytes, int] = {}
        for sender, waiting in self._by_sender.items():
            if sender in without:
                continue
            account = ledger.account(sender)
            spendable[sender] = account.balance
            first = waiting.get(account.nonce)
            if first is not None:
                ready.append((-first.fee, first.id, first))
        heapq.heapify(ready)
        selected: list[Transaction] = []
        while ready and len(selected) < count_max:
            _, _, transaction = heapq.heappop(ready)
            cost = transaction.amount + transaction.fee
            if cost > spendable[transaction.sender]:
                continue
            spendable[transaction.sender] -= cost
            selected.append(transaction)
            following = self._by_sender[transaction.sender].get(transaction.nonce + 1)
            if following is not None:
                heapq.heappush(ready, (-following.fee, following.id, following))
        return tuple(selected)

    def clean(self, ledger: Ledger) -> None:
        """Follow a ledger that was built again: drop what is spent or too far ahead there."""
        for sender, waiting in list(self._by_sender.items()):
            first = ledger.account(sender).nonce
            for nonce in [n for n in waiting if not first <= n < first + SENDER_AHEAD_MAX]:
                self._remove(waiting[nonce])

    def head_changed(
        self,
        ledger: Ledger,
        returned: Iterable[Transaction],
        confirmed: Iterable[Transaction],
    ) -> None:
        """Follow a head change: take disconnected transfers back in, drop what is spent now.

        A transfer that its sender cannot pay on the new branch waits too: the branch may change
        again, or coins may come.
        """
        touched = {transaction.sender: None for transaction in confirmed}
        for transaction in returned:
            touched[transaction.sender] = None
            if transaction.nonce >= ledger.account(transaction.sender).nonce:
                with suppress(InvalidTransaction):  # in conflict with one that pays more
                    self._admit(transaction)
        for sender in touched:
            nonce = ledger.account(sender).nonce
            for spent in [n for n in self._by_sender.get(sender, {}) if n < nonce]:
                self._remove(self._by_sender[sender][spent])
