"""A replica that keeps nothing: it judges every chain from genesis, each time anew.

Written from the rules alone, so that it shares no mistake with the machine: no undo, no running
sums, no second index. It says what a block or a transfer must lead to, and what stands thereafter.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256, shake_256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from powclock.machine.block import Block, ChainParameters
from powclock.machine.transaction import Transaction

Accounts = dict[bytes, tuple[int, int]]  # balance and nonce of each key

MONEY_MAX = 21_000_000 * 100_000_000
AHEAD_MAX = 64
SMALL_ORDER = (bytes(32), b"\1" + bytes(31))  # those that the tests use


class Refused(Exception):
    """The reason, as the machine would name it."""


def twice(data: bytes) -> bytes:
    """SHA-256 of SHA-256."""
    return sha256(sha256(data).digest()).digest()


@cache
def is_signed(transaction: Transaction) -> bool:
    """Whether the sender's signature is under all other fields."""
    message = (
        transaction.chain_id.to_bytes(4, "little")
        + transaction.sender
        + transaction.recipient
        + b"".join(
            number.to_bytes(8, "little")
            for number in (transaction.amount, transaction.fee, transaction.nonce)
        )
    )
    try:
        Ed25519PublicKey.from_public_bytes(transaction.sender).verify(
            transaction.signature, message
        )
    except InvalidSignature:
        return False
    return True


def root_of(leaves: list[bytes]) -> bytes:
    """The Merkle root, an odd leaf paired with itself."""
    while len(leaves) > 1:
        leaves = leaves + leaves[-1:] if len(leaves) % 2 else leaves
        leaves = [twice(leaves[n] + leaves[n + 1]) for n in range(0, len(leaves), 2)]
    return leaves[0]


def state_root(accounts: Accounts) -> bytes:
    """One hash of all accounts, summed anew."""
    total = 0
    for owner, (balance, nonce) in accounts.items():
        data = owner + balance.to_bytes(8, "little") + nonce.to_bytes(8, "little")
        total += int.from_bytes(shake_256(data).digest(256), "little")
    return sha256((total % 2**2048).to_bytes(256, "little")).digest()


def pay(accounts: Accounts, transaction: Transaction) -> None:
    """Move the coins of a transfer, whatever that leads to."""
    balance, nonce = accounts.get(transaction.sender, (0, 0))
    spent = transaction.amount + transaction.fee
    accounts[transaction.sender] = (balance - spent, nonce + 1)
    earn(accounts, transaction.recipient, transaction.amount)


def earn(accounts: Accounts, owner: bytes, amount: int) -> None:
    """Give coins to an account."""
    balance, nonce = accounts.get(owner, (0, 0))
    accounts[owner] = (balance + amount, nonce)


def check_alone(transaction: Transaction, chain_id: int) -> None:
    """What is wrong with a transfer whatever came before it."""
    if transaction.chain_id != chain_id:
        raise Refused("bad-txns-chain-id")
    if not 1 <= transaction.amount <= MONEY_MAX:
        raise Refused("bad-txns-vout-toolarge")
    if not is_signed(transaction):
        raise Refused("bad-txns-signature")


def run_block(accounts: Accounts, block: Block, parameters: ChainParameters) -> None:
    """A block's effects on accounts, all of which were valid."""
    for transaction in block.transactions:
        check_alone(transaction, parameters.chain_id)
        balance, nonce = accounts.get(transaction.sender, (0, 0))
        if transaction.nonce != nonce:
            spent = transaction.nonce < nonce
            raise Refused("bad-txns-inputs-missingorspent" if spent else "bad-txns-nonce-gap")
        if transaction.amount + transaction.fee > balance:
            raise Refused("bad-txns-in-belowout")
        pay(accounts, transaction)
    fees = sum(transaction.fee for transaction in block.transactions)
    if block.coinbase.amount > parameters.subsidy + fees:
        raise Refused("bad-cb-amount")
    if block.coinbase.recipient in SMALL_ORDER:
        raise Refused("bad-txns-key")
    earn(accounts, block.coinbase.recipient, block.coinbase.amount)


@dataclass
class Naive:
    """All blocks that are not known to be invalid, in the order of arrival, and the mempool."""

    parameters: ChainParameters
    genesis: Block
    allocation: Mapping[bytes, int]
    pool_max: int
    weights: dict[bytes, int] = field(default_factory=dict)
    blocks: dict[bytes, Block] = field(default_factory=dict)
    invalid: set[bytes] = field(default_factory=set)
    head: bytes = b""
    pool: list[Transaction] = field(default_factory=list)  # the latest arrival last

    def __post_init__(self) -> None:
        self.head = self.genesis.hash
        self.weights[self.head] = 1

    def path(self, tip: bytes) -> list[bytes]:
        """Hashes from genesis to a block."""
        reversed_path = [tip]
        while tip != self.genesis.hash:
            tip = self.blocks[tip].header.parent
            reversed_path.append(tip)
        return reversed_path[::-1]

    def work(self, tip: bytes) -> int:
        """The weight of a whole branch."""
        return sum(self.weights[hash_] for hash_ in self.path(tip))

    def accounts(self, tip: bytes | None = None) -> Accounts:
        """Balances and nonces after a valid branch; those that are empty and unused are none.

        Raises:
            Refused: by the first block that is not valid, which `args[1]` names.
        """
        accounts: Accounts = {owner: (amount, 0) for owner, amount in self.allocation.items()}
        for hash_ in self.path(self.head if tip is None else tip)[1:]:
            try:
                run_block(accounts, self.blocks[hash_], self.parameters)
            except Refused as refusal:
                raise Refused(refusal.args[0], hash_) from refusal
        return {owner: account for owner, account in accounts.items() if account != (0, 0)}

    def deliver(self, block: Block, weight: int) -> bool:
        """Take a block in; whether it is there now: not if its parent is not known.

        Raises:
            Refused: the reason.
        """
        if block.hash in self.weights:
            raise Refused("duplicate")
        if block.hash in self.invalid:
            raise Refused("duplicate-invalid")
        if block.header.parent in self.invalid:
            self.invalid.add(block.hash)
            raise Refused("bad-prevblk")
        if block.header.parent not in self.weights:
            return False
        self._check_body(block)
        self.blocks[block.hash], self.weights[block.hash] = block, weight
        if self.work(block.hash) > self.work(self.head):
            self._try_head(block.hash)
        return True

    def _check_body(self, block: Block) -> None:
        ids = [block.coinbase.id, *(transaction.id for transaction in block.transactions)]
        if root_of(ids) != block.header.merkle_root:
            raise Refused("bad-txnmrklroot")
        if len(set(ids)) < len(ids) and self._repeats(ids):
            raise Refused("bad-txns-duplicate")
        if len(block.transactions) > self.parameters.transactions_max:
            raise Refused("bad-blk-length")
        if block.coinbase.height != len(self.path(block.header.parent)):
            self.invalid.add(block.hash)
            raise Refused("bad-cb-height")
        if len(block.coinbase.extra) > 100:
            self.invalid.add(block.hash)
            raise Refused("bad-cb-length")

    @staticmethod
    def _repeats(ids: list[bytes]) -> bool:
        """Whether a shorter list has the same root."""
        return any(root_of(ids[:length]) == root_of(ids) for length in range(1, len(ids)))

    def _try_head(self, tip: bytes) -> None:
        try:
            accounts = self.accounts(tip)
        except Refused as refusal:
            self._condemn(refusal.args[1])
            raise
        old, new = self.path(self.head), self.path(tip)
        self.head = tip
        back = [hash_ for hash_ in old if hash_ not in new]
        for transaction in (t for hash_ in back for t in self.blocks[hash_].transactions):
            if transaction.nonce >= nonce_of(accounts, transaction.sender):
                try:
                    self._wait(transaction)
                except Refused:
                    continue  # it pays less than one in its place, or than all in a full pool
        self.pool = [t for t in self.pool if t.nonce >= nonce_of(accounts, t.sender)]

    def _condemn(self, bad: bytes) -> None:
        for hash_ in [known for known in self.weights if bad in self.path(known)]:
            self.invalid.add(hash_)
            del self.weights[hash_]
        self.blocks = {h: block for h, block in self.blocks.items() if h in self.weights}

    def add(self, transaction: Transaction) -> None:
        """Take a transfer in.

        Raises:
            Refused: the reason.
        """
        if transaction in self.pool:
            raise Refused("txn-already-in-mempool")
        check_alone(transaction, self.parameters.chain_id)
        balance, nonce = self.accounts().get(transaction.sender, (0, 0))
        if transaction.nonce < nonce:
            raise Refused("bad-txns-inputs-missingorspent")
        if transaction.nonce >= nonce + AHEAD_MAX:
            raise Refused("too-long-mempool-chain")
        if transaction.amount + transaction.fee > balance:
            raise Refused("bad-txns-in-belowout")
        self._wait(transaction)

    def _wait(self, transaction: Transaction) -> None:
        place = (transaction.sender, transaction.nonce)
        rival = next((t for t in self.pool if (t.sender, t.nonce) == place), None)
        if rival is not None and rival.fee >= transaction.fee:
            raise Refused("txn-mempool-conflict")
        if rival is not None:
            self.pool.remove(rival)
        elif len(self.pool) >= self.pool_max:
            least = min(reversed(self.pool), key=lambda t: t.fee)
            if least.fee >= transaction.fee:
                raise Refused("mempool-full")
            self.pool.remove(least)
        self.pool.append(transaction)

    def selected(self, count: int) -> Sequence[Transaction]:
        """What the next block would hold: the best fee that may come next, again and again."""
        accounts = self.accounts()
        chosen: list[Transaction] = []
        while len(chosen) < count:
            ready = [t for t in self.pool if _may_follow(accounts, t)]
            if not ready:
                break
            best = min(ready, key=lambda t: (-t.fee, t.id))
            balance, nonce = accounts[best.sender]  # what it pays to others they cannot spend yet
            accounts[best.sender] = (balance - best.amount - best.fee, nonce + 1)
            chosen.append(best)
        return chosen


def nonce_of(accounts: Accounts, owner: bytes) -> int:
    """How often a key has paid."""
    return accounts.get(owner, (0, 0))[1]


def _may_follow(accounts: Accounts, transaction: Transaction) -> bool:
    balance, nonce = accounts.get(transaction.sender, (0, 0))
    return transaction.nonce == nonce and transaction.amount + transaction.fee <= balance
