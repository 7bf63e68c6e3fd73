"""The replica state: balances and account nonces.

A transfer can be undone without a log: it moves known amounts and steps one nonce, so `undo` is the
exact inverse of `apply`. An account that is empty and unused does not exist, so equal histories
give equal states.

The state root is a set hash (AdHash, Bellare and Micciancio 1997): the sum modulo 2²⁰⁴⁸ of one hash
for each account. It moves with each change instead of being computed again over all accounts; the
modulus is wide enough that a generalised birthday attack (Wagner 2002) takes some 2⁹⁰ steps.
"""

import struct
from collections.abc import Iterator, Mapping
from functools import lru_cache
from hashlib import sha256, shake_256
from typing import NamedTuple

from powclock.machine.block import Block, ChainParameters
from powclock.machine.keys import acceptable_key
from powclock.machine.reason import Invalid, InvalidBlock, InvalidTransaction, Reason
from powclock.machine.transaction import Transaction

_ACCOUNT = struct.Struct("<32sQQ")
_SET_HASH_BYTES = 256
_SET_HASH_MASK = (1 << 8 * _SET_HASH_BYTES) - 1
_ELEMENTS_KEPT = 8_192  # some 500 bytes each: all nodes of a race hash the same accounts


class Account(NamedTuple):
    """What one key owns and how often it has paid."""

    balance: int = 0
    nonce: int = 0


_ABSENT = Account()


class CorruptState(Exception):
    """What is in memory cannot have come from the blocks: build it again from them."""


class Ledger:
    """Accounts by public key, moved block by block."""

    def __init__(
        self, parameters: ChainParameters, allocation: Mapping[bytes, int] | None = None
    ) -> None:
        self._parameters = parameters
        self._accounts: dict[bytes, Account] = {}
        self._set_hash = 0
        for address, amount in (allocation or {}).items():
            self._set(address, Account(amount, 0))

    def account(self, address: bytes) -> Account:
        """The account of a key; absent ones are empty."""
        return self._accounts.get(address, _ABSENT)

    def __iter__(self) -> Iterator[tuple[bytes, Account]]:
        return iter(self._accounts.items())

    def __len__(self) -> int:
        return len(self._accounts)

    @property
    def supply(self) -> int:
        """The sum of all balances."""
        return sum(account.balance for account in self._accounts.values())

    @property
    def state_root(self) -> bytes:
        """32 bytes that are equal where the accounts are."""
        return sha256(self._set_hash.to_bytes(_SET_HASH_BYTES, "little")).digest()

    @property
    def audited_root(self) -> bytes:
        """What the state root should be: hashes all accounts again, damaged or not."""
        return sha256(self._accounts_hash().to_bytes(_SET_HASH_BYTES, "little")).digest()

    def _accounts_hash(self) -> int:
        total = sum(_element(address, account) for address, account in self._accounts.items())
        return total & _SET_HASH_MASK

    def sound(self) -> bool:
        """Whether the accounts are still those of the state root; hashes all of them again.

        A bit that flipped in an account is told at any later time, also when the account has moved
        on since: what it once added to the sum and what is taken away from it differ for good.
        """
        return self._accounts_hash() == self._set_hash

    def overwrite(self, address: bytes, account: Account) -> None:
        """Change an account behind the state root's back, as memory that fails does."""
        self._accounts[address] = account

    def check(self, transaction: Transaction) -> None:
        """Whether the transfer may come next here.

        Raises:
            InvalidTransaction: with the first reason that applies.
        """
        transaction.check(self._parameters.chain_id)
        self._check_account(transaction)

    def _check_account(self, transaction: Transaction) -> None:
        sender = self.account(transaction.sender)
        if transaction.nonce < sender.nonce:
            raise InvalidTransaction(
                Reason.BAD_TXNS_NONCE_SPENT, f"nonce {transaction.nonce}, expected {sender.nonce}"
            )
        if transaction.nonce > sender.nonce:
            raise InvalidTransaction(
                Reason.BAD_TXNS_NONCE_GAP, f"nonce {transaction.nonce}, expected {sender.nonce}"
            )
        if transaction.amount + transaction.fee > sender.balance:
            raise InvalidTransaction(
                Reason.BAD_TXNS_IN_BELOWOUT,
                f"{transaction.amount} + {transaction.fee} from {sender.balance}",
            )

    def apply(self, block: Block) -> None:
        """Append a block's effects; all of them or none.

        Raises:
            InvalidBlock: a transaction's reason, or bad-cb-amount.
        """
        applied = 0
        try:
            for transaction in block.transactions:
                self.check(transaction)
                self._transfer(transaction)
                applied += 1
            self._check_coinbase(block)
        except Invalid as refusal:
            for transaction in reversed(block.transactions[:applied]):
                self._transfer_back(transaction)
            raise InvalidBlock(refusal.reason, refusal.detail) from refusal
        self._add(block.author, block.coinbase.amount)

    def pay(self, transaction: Transaction) -> None:
        """Apply one transfer by itself, without a block around it.

        There is no leader: so nobody earns its fee, which stays with the sender, and nobody puts an
        account's transfers in order, so its nonce may be any. The nonce of the account counts on.

        Raises:
            InvalidTransaction: with the first reason that applies; nothing has changed.
        """
        transaction.check(self._parameters.chain_id)
        sender = self.account(transaction.sender)
        if transaction.amount > sender.balance:
            raise InvalidTransaction(
                Reason.BAD_TXNS_IN_BELOWOUT, f"{transaction.amount} from {sender.balance}"
            )
        self._set(
            transaction.sender, Account(sender.balance - transaction.amount, sender.nonce + 1)
        )
        self._add(transaction.recipient, transaction.amount)

    def _check_coinbase(self, block: Block) -> None:
        allowed = self._parameters.subsidy_at(block.coinbase.height) + block.fees
        if block.coinbase.amount > allowed:
            raise InvalidBlock(Reason.BAD_CB_AMOUNT, f"{block.coinbase.amount} of {allowed}")
        if not acceptable_key(block.author):
            raise InvalidBlock(Reason.BAD_TXNS_KEY, "the coinbase pays a key of small order")

    def undo(self, block: Block) -> None:
        """Take back the last applied block.

        Raises:
            CorruptState: no account can have got here; some of the block's effects are undone.
        """
        self._add(block.author, -block.coinbase.amount)
        for transaction in reversed(block.transactions):
            self._transfer_back(transaction)

    def _transfer(self, transaction: Transaction) -> None:
        sender = self.account(transaction.sender)
        self._set(
            transaction.sender,
            Account(sender.balance - transaction.amount - transaction.fee, sender.nonce + 1),
        )
        self._add(transaction.recipient, transaction.amount)

    def _transfer_back(self, transaction: Transaction) -> None:
        self._add(transaction.recipient, -transaction.amount)
        sender = self.account(transaction.sender)
        self._set(
            transaction.sender,
            Account(sender.balance + transaction.amount + transaction.fee, sender.nonce - 1),
        )

    def _add(self, address: bytes, amount: int) -> None:
        account = self.account(address)
        self._set(address, Account(account.balance + amount, account.nonce))

    def _set(self, address: bytes, account: Account) -> None:
        if account.balance < 0 or account.nonce < 0:
            raise CorruptState(f"{address.hex()} would have {account}")
        before = self._accounts.get(address)
        change = 0
        if before is not None:
            change -= _element(address, before)
        if account == _ABSENT:
            self._accounts.pop(address, None)
        else:
            self._accounts[address] = account
            change += _element(address, account)
        self._set_hash = (self._set_hash + change) & _SET_HASH_MASK


@lru_cache(_ELEMENTS_KEPT)
def _element(address: bytes, account: Account) -> int:
    digest = shake_256(_ACCOUNT.pack(address, *account)).digest(_SET_HASH_BYTES)
    return int.from_bytes(digest, "little")
