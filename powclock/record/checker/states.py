"""The ledger after any block, by replay from genesis.

A few ledgers stand at the tips that grow, and move from block to block: forwards through bodies,
backwards through what each block changed, kept for the newest ones. So a block's effects are
computed once, however many nodes accept it, and memory does not grow with the chain.

The state root is the machine's definition (a sum of one hash for each account, modulo 2²⁰⁴⁸),
computed from the net change of each account.
"""

from collections import deque
from collections.abc import Callable
from hashlib import sha256, shake_256
from typing import NamedTuple

from powclock.record.checker.blocks import Seen, paths
from powclock.record.checker.broken import Wrong
from powclock.record.checker.parse import Body, check_limits, little
from powclock.record.checker.signature import Signatures
from powclock.record.facts import ChainInfo

UNDO_BLOCKS_MAX = 256
LEDGERS_MAX = 4
FAR_BLOCKS = 4

MODULUS = 1 << 2048

BodyOf = Callable[[Seen], Body]


class Account(NamedTuple):
    """A balance, and how many transfers went out."""

    balance: int
    nonce: int


EMPTY = Account(0, 0)
Changes = dict[bytes, Account]


def subsidy(chain: ChainInfo, height: int) -> int:
    """New coins of a block at this height above genesis."""
    halvings = height // chain.halving_interval if chain.halving_interval else 0
    return chain.subsidy >> halvings


def share(address: bytes, account: Account) -> int:
    """What an account adds to the sum under the state root; nothing if it is empty."""
    if account == EMPTY:
        return 0
    data = address + little(account.balance, 8) + little(account.nonce, 8)
    return int.from_bytes(shake_256(data).digest(256), "little")


class Ledger:
    """Balances and nonces right after one block."""

    def __init__(self, at: Seen, accounts: dict[bytes, Account], total: int) -> None:
        self.at = at
        self.total = total
        self._accounts = accounts
        self._undo: deque[Changes] = deque(maxlen=UNDO_BLOCKS_MAX)

    @classmethod
    def at_genesis(cls, genesis: Seen, allocation: dict[bytes, int]) -> "Ledger":
        """The state before the first block."""
        accounts = {address: Account(amount, 0) for address, amount in allocation.items()}
        total = sum(share(*item) for item in accounts.items()) % MODULUS
        return cls(genesis, accounts, total)

    def copy(self) -> "Ledger":
        """Another one at the same block."""
        twin = Ledger(self.at, dict(self._accounts), self.total)
        twin._undo.extend(self._undo)
        return twin

    @property
    def undoable(self) -> int:
        """How many blocks can be taken back."""
        return len(self._undo)

    def account(self, address: bytes) -> Account:
        """An account; those that do not exist are empty."""
        return self._accounts.get(address, EMPTY)

    def root(self) -> bytes:
        """The state root."""
        return sha256(self.total.to_bytes(256, "little")).digest()

    def supply(self) -> int:
        """All coins."""
        return sum(account.balance for account in self._accounts.values())

    def apply(self, block: Seen, changes: Changes) -> None:
        """Go one block on."""
        before: Changes = {}
        for address, account in changes.items():
            before[address] = self.account(address)
            self._set(address, account)
        self._undo.append(before)
        self.at = block

    def undo(self) -> None:
        """Go one block back."""
        assert self.at.parent is not None, "genesis stays"
        for address, account in self._undo.pop().items():
            self._set(address, account)
        self.at = self.at.parent

    def _set(self, address: bytes, account: Account) -> None:
        change = share(address, account) - share(address, self.account(address))
        self.total = (self.total + change) % MODULUS
        if account == EMPTY:
            self._accounts.pop(address, None)
        else:
            self._accounts[address] = account


class States:
    """Ledgers at the tips of a race."""

    def __init__(self, chain: ChainInfo, genesis: Seen) -> None:
        self._chain = chain
        allocation = {bytes.fromhex(address): amount for address, amount in chain.allocation}
        self._signatures = Signatures(chain.chain_id)
        self._base = Ledger.at_genesis(genesis, allocation)
        genesis.state_root = self._base.root()
        self._ledgers = [self._base.copy()]  # the one used last comes last

    def append(self, block: Seen, body: Body, body_of: BodyOf) -> None:
        """Say what a block makes of the ledger: its state root, or the flaw in it."""
        assert block.parent is not None
        block.flaw = block.parent.flaw
        if block.flaw is not None:
            return
        ledger = self.at(block.parent, body_of)
        try:
            changes = self._effects(block, body, ledger)
        except Wrong as wrong:
            block.flaw = (wrong.invariant, wrong.detail)
            return
        ledger.apply(block, changes)
        block.state_root = ledger.root()

    def at(self, block: Seen, body_of: BodyOf) -> Ledger:
        """A ledger that stands at a block without a flaw."""
        for ledger in reversed(self._ledgers):
            if ledger.at is block:
                break
        else:
            ledger = self._moved(block, body_of)
        if ledger is not self._ledgers[-1]:
            self._ledgers.remove(ledger)
            self._ledgers.append(ledger)
        return ledger

    def _moved(self, block: Seen, body_of: BodyOf) -> Ledger:
        """The ledger that is nearest, moved; a copy of it where it is needed at its place too."""
        nearest, length = self._base, block.height - self._base.at.height + 1
        back, joined = 0, None
        for ledger in reversed(self._ledgers):
            if abs(ledger.at.height - block.height) >= length:
                continue  # at least so many steps
            left, ahead = paths(ledger.at, block)
            if len(left) <= ledger.undoable and len(left) + len(ahead) < length:
                nearest, length = ledger, len(left) + len(ahead)
                back, joined = len(left), ahead
        ledger = nearest
        if joined is None:
            joined = paths(ledger.at, block)[1]
        if length > FAR_BLOCKS or ledger is self._base:
            ledger = ledger.copy()
            self._ledgers.append(ledger)
            del self._ledgers[:-LEDGERS_MAX]
        for _ in range(back):
            ledger.undo()
        for step in joined:
            ledger.apply(step, self._effects(step, body_of(step), ledger, judged=True))
        return ledger

    def forget(self, block: Seen, body_of: BodyOf) -> None:
        """Replay begins at this block from now on: all before it will be forgotten."""
        for step in paths(self._base.at, block)[1]:
            changes = self._effects(step, body_of(step), self._base, judged=True)
            self._base.apply(step, changes)
        self._ledgers = [ledger for ledger in self._ledgers if ledger.at.height >= block.height]

    def _effects(self, block: Seen, body: Body, ledger: Ledger, *, judged: bool = False) -> Changes:
        """Every account that a block touches, as it is afterwards; signatures are judged once."""
        after: Changes = {}

        def account(address: bytes) -> Account:
            return after[address] if address in after else ledger.account(address)

        fees = 0
        for transfer in body.transfers:
            check_limits(transfer)
            if not judged:
                self._signatures.check(transfer)
            balance, nonce = account(transfer.sender)
            if transfer.nonce != nonce:
                raise Wrong(8, f"a transfer has nonce {transfer.nonce}, its sender is at {nonce}")
            balance -= transfer.amount + transfer.fee
            if balance < 0:
                raise Wrong(8, f"a transfer takes {-balance} more than its sender has")
            after[transfer.sender] = Account(balance, nonce + 1)
            balance, nonce = account(transfer.recipient)
            after[transfer.recipient] = Account(balance + transfer.amount, nonce)
            fees += transfer.fee
        allowed = subsidy(self._chain, block.height) + fees
        if body.amount > allowed:
            raise Wrong(7, f"its coinbase pays {body.amount}, subsidy and fees are {allowed}")
        if not self._signatures.sound(body.author):
            raise Wrong(9, "its coinbase pays a key of small order")
        balance, nonce = account(body.author)
        after[body.author] = Account(balance + body.amount, nonce)
        return after
