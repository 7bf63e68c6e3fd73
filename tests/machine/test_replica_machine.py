"""Whatever happens to a replica, in whatever order, it stands where its naive model stands.

Blocks come on any other block, flawed ones too, before their parents, twice, or with the weight of
a rival; a branch that nobody judged becomes the heaviest and turns out invalid; transfers come in
between. After every step the model, which judges all chains from genesis again, says what must be.
"""

from dataclasses import replace

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from powclock.machine.block import Block
from powclock.machine.mempool import Mempool
from powclock.machine.reason import Invalid
from powclock.machine.replica import Replica
from powclock.machine.transaction import Coinbase, Transaction
from powclock.machine.tree import HeadChange
from tests.builders import (
    CHAIN_ID,
    GENESIS,
    PARAMETERS,
    SUBSIDY,
    address,
    block_of,
    replica_with,
    transfer,
    with_body,
)
from tests.conftest import LONG
from tests.machine.naive import SMALL_ORDER, Accounts, Naive, Refused, earn, pay, state_root

Hands = list[tuple[str, str, int, int]]  # who pays whom, how much, for which fee

NAMES = ("alice", "bob", "carol", "miner")
NAME_OF = {address(name): name for name in NAMES}
ALLOCATION = {"alice": 40, "bob": 15}
POOL_MAX = 6
HANDS = st.lists(
    st.tuples(
        st.sampled_from(NAMES), st.sampled_from(NAMES), st.integers(1, 20), st.integers(0, 3)
    ),
    max_size=3,
)
WEIGHTS = st.sampled_from([1, 1, 1, 2, 3])
FLAWS = (
    "nonce gap", "nonce spent", "overdraft", "signature", "chain", "nothing", "coinbase",
    "coinbase key", "height", "extra", "other body", "repeated tail", "too many",
)  # fmt: skip


def _flawed_transfers(flaw: str, body: list[Transaction], accounts: Accounts) -> list[Transaction]:
    """What spoils a block that holds these transfers, and has led to these accounts."""
    sender = NAME_OF[body[-1].sender] if body else "alice"
    balance, nonce = accounts.get(address(sender), (0, 0))
    match flaw:
        case "nonce gap":
            return [transfer(sender, nonce=nonce + 1)]
        case "nonce spent":
            return [transfer(sender, nonce=max(0, nonce - 1), fee=3)]
        case "overdraft":
            return [transfer(sender, amount=balance + 1, nonce=nonce)]
        case "signature":
            return [replace(transfer(sender, nonce=nonce), signature=bytes(64))]
        case "chain":
            return [transfer(sender, nonce=nonce, chain_id=CHAIN_ID + 1)]
        case "nothing":
            return [transfer(sender, amount=0, nonce=nonce)]
        case "too many":
            return [transfer(sender, nonce=nonce + n) for n in range(5)]
        case _:
            return []


class Whole(RuleBasedStateMachine):
    """A replica and its model."""

    def __init__(self) -> None:
        super().__init__()
        self.replica: Replica = replica_with(ALLOCATION)
        self.replica.mempool = Mempool(POOL_MAX)
        allocation = {address(name): amount for name, amount in ALLOCATION.items()}
        self.model = Naive(PARAMETERS, GENESIS, allocation, POOL_MAX)
        self.made: list[tuple[Block, int]] = [(GENESIS, 1)]  # each with its weight
        self.above: dict[bytes, Block] = {}

    @initialize(length=st.integers(0, 3))
    def grow_a_little(self, length: int) -> None:
        for _ in range(length):
            self._deliver(*self._make(self._made(0)[0], [], "", 1))

    # What may happen.

    @rule(back=st.integers(0, 6), hands=HANDS, weight=WEIGHTS)
    def a_good_block_comes(self, back: int, hands: Hands, weight: int) -> None:
        self._deliver(*self._make(self._made(back)[0], hands, "", weight))

    @rule(hands=HANDS, weight=WEIGHTS)
    def a_block_comes_on_the_head(self, hands: Hands, weight: int) -> None:
        head = self.replica.head.hash
        place = next(n for n, (block, _) in enumerate(reversed(self.made)) if block.hash == head)
        self._deliver(*self._make(self._made(place)[0], hands, "", weight))

    @rule(back=st.integers(0, 4), hands=HANDS, flaw=st.sampled_from(FLAWS), weight=WEIGHTS)
    def a_flawed_block_comes(self, back: int, hands: Hands, flaw: str, weight: int) -> None:
        self._deliver(*self._make(self._made(back)[0], hands, flaw, weight))

    @rule(
        depth=st.integers(0, 4),
        bodies=st.lists(HANDS, min_size=1, max_size=6),
        flaw=st.sampled_from(("", *FLAWS)),
        place=st.integers(0, 8),
    )
    def a_rival_branch_comes(self, depth: int, bodies: list[Hands], flaw: str, place: int) -> None:
        """From some blocks below the head, block by block; one of them may be flawed."""
        path = self.model.path(self.model.head)
        fork = path[max(0, len(path) - 1 - depth)]
        parent = next(block for block, _ in self.made if block.hash == fork)
        for number, hands in enumerate(bodies):
            parent, weight = self._make(parent, hands, flaw if number == place else "", 1)
            self._deliver(parent, weight)

    @rule(back=st.integers(0, 3), hands=HANDS, flaw=st.sampled_from(("", "", *FLAWS)))
    def a_block_is_kept_back(self, back: int, hands: Hands, flaw: str) -> None:
        self._make(self._made(back)[0], hands, flaw, 1)

    @rule(back=st.integers(0, 12))
    def a_block_comes_late_or_again(self, back: int) -> None:
        self._deliver(*self._made(back))

    @rule(back=st.integers(0, 12))
    def a_whole_branch_comes(self, back: int) -> None:
        branch = [self._made(back)]
        while branch[-1][0].header.parent in self.above:
            parent = branch[-1][0].header.parent
            branch.append(next(item for item in self.made if item[0].hash == parent))
        for block, weight in reversed(branch):
            self._deliver(block, weight)

    @rule(
        sender=st.sampled_from(NAMES),
        recipient=st.sampled_from(NAMES),
        amount=st.integers(0, 30),
        fee=st.integers(0, 4),
        ahead=st.integers(-1, 3),
    )
    def a_transfer_comes(
        self, sender: str, recipient: str, amount: int, fee: int, ahead: int
    ) -> None:
        nonce = max(0, self.replica.ledger.account(address(sender)).nonce + ahead)
        self._send(transfer(sender, recipient, amount=amount, fee=fee, nonce=nonce))

    @rule(back=st.integers(0, 12))
    def a_transfer_of_a_block_comes(self, back: int) -> None:
        for transaction in self._made(back)[0].transactions:
            self._send(transaction)

    @rule(count=st.integers(0, 5))
    def the_leader_seals_what_waits(self, count: int) -> None:
        selected = self.replica.mempool.select(self.replica.ledger, count)
        assert list(selected) == self.model.selected(count)
        parent = self.replica.head
        fees = sum(transaction.fee for transaction in selected)
        extra = len(self.made).to_bytes(2, "big")
        block = block_of(
            parent.hash, parent.height + 1, selected, amount=SUBSIDY + fees, extra=extra
        )
        self._keep(block, 1)
        if len(selected) <= PARAMETERS.transactions_max:
            assert self._deliver(block, 1), "what was selected makes a valid block"

    # How it is made to happen.

    def _made(self, back: int) -> tuple[Block, int]:
        return self.made[-1 - back % len(self.made)]

    def _keep(self, block: Block, weight: int) -> tuple[Block, int]:
        self.made.append((block, weight))
        self.above[block.hash] = block
        return block, weight

    def _make(self, parent: Block, hands: Hands, flaw: str, weight: int) -> tuple[Block, int]:
        """A block on another; it is valid after valid ones, but for its flaw."""
        accounts, height = self._after(parent)
        body: list[Transaction] = []
        for sender, recipient, amount, fee in hands:
            balance, nonce = accounts.get(address(sender), (0, 0))
            if amount + fee <= balance:
                body.append(transfer(sender, recipient, amount=amount, fee=fee, nonce=nonce))
                pay(accounts, body[-1])
        body += _flawed_transfers(flaw, body, accounts)
        fees = sum(transaction.fee for transaction in body)
        block = block_of(
            parent.hash,
            height + 1 + (flaw == "height"),
            body,
            author=NAMES[len(self.made) % len(NAMES)],
            amount=SUBSIDY + fees + (flaw == "coinbase"),
            extra=len(self.made).to_bytes(2, "big") + bytes(99 * (flaw == "extra")),
        )
        if flaw == "coinbase key":
            coinbase = Coinbase(height + 1, SMALL_ORDER[1], 1)
            block = Block(replace(block.header, merkle_root=coinbase.id), coinbase)
        self._keep(block, weight)
        if flaw in {"other body", "repeated tail"}:
            # Under the header of an honest block, which may come too.
            tail = body[-1:] if flaw == "repeated tail" else [transfer("alice", nonce=9)]
            self.made.append((with_body(block, [*body, *tail]), weight))
        return self.made[-1]

    def _after(self, tip: Block) -> tuple[Accounts, int]:
        """Accounts after a block and its height, were all of its branch valid."""
        branch: list[Block] = []
        hash_ = tip.hash
        while hash_ in self.above:
            branch.append(self.above[hash_])
            hash_ = branch[-1].header.parent
        accounts: Accounts = {address(name): (amount, 0) for name, amount in ALLOCATION.items()}
        for block in reversed(branch):
            for transaction in block.transactions:
                pay(accounts, transaction)
            earn(accounts, block.author, block.coinbase.amount)
        return accounts, len(branch)

    def _deliver(self, block: Block, weight: int) -> bool:
        """Give a block to both; whether it was taken in."""
        old = self.model.path(self.model.head)
        expected: str | bool
        try:
            expected = self.model.deliver(block, weight)
        except Refused as refusal:
            expected = refusal.args[0]
        change: HeadChange | None = None
        came: str | bool
        try:
            parent = self.replica.parent_of(block)
            if parent is not None:
                change = self.replica.append(block, parent, weight)
            came = parent is not None
        except Invalid as refusal:
            came = str(refusal.reason)
        assert came == expected
        new = self.model.path(self.model.head)
        assert (change is not None) == (new != old)
        if change is not None:
            assert [change.old.hash, change.new.hash] == [old[-1], new[-1]]
            disconnected = [hash_ for hash_ in reversed(old) if hash_ not in new]
            assert [entry.hash for entry in change.disconnected] == disconnected
            connected = [hash_ for hash_ in new if hash_ not in old]
            assert [entry.hash for entry in change.connected] == connected
        return came is True

    def _send(self, transaction: Transaction) -> None:
        """Give a transfer to both."""
        expected = came = ""
        try:
            self.model.add(transaction)
        except Refused as refusal:
            expected = refusal.args[0]
        try:
            self.replica.add_transaction(transaction)
        except Invalid as refusal:
            came = str(refusal.reason)
        assert came == expected

    # What must be so after every step.

    @invariant()
    def the_head_is_the_heaviest_and_of_those_the_first_seen(self) -> None:
        assert self.replica.head.hash == max(self.model.weights, key=self.model.work)
        path = self.model.path(self.model.head)
        assert [entry.hash for entry in self.replica.tree.best_chain] == path

    @invariant()
    def the_tree_holds_what_came_and_is_not_condemned(self) -> None:
        entries = self.replica.tree.entries
        assert list(entries) == list(self.model.weights)
        assert {hash_: (e.height, e.chain_work) for hash_, e in entries.items()} == {
            hash_: (len(self.model.path(hash_)) - 1, self.model.work(hash_)) for hash_ in entries
        }
        assert self.replica.blocks == self.model.blocks
        assert self.replica.invalid_count == len(self.model.invalid)
        assert all(map(self.replica.condemned, self.model.invalid))

    @invariant()
    def the_ledger_is_that_of_a_replay_from_genesis(self) -> None:
        accounts = self.model.accounts()
        assert dict(self.replica.ledger) == accounts
        assert self.replica.ledger.state_root == state_root(accounts)
        chain = [self.model.blocks[hash_] for hash_ in self.model.path(self.model.head)[1:]]
        minted = sum(block.coinbase.amount - block.fees for block in chain)
        assert self.replica.ledger.supply == sum(ALLOCATION.values()) + minted

    @invariant()
    def the_mempool_is_that_of_the_model(self) -> None:
        assert list(self.replica.mempool) == self.model.pool
        for transaction in self.model.pool:
            waiting = self.replica.mempool.waiting(transaction.sender, transaction.nonce)
            assert waiting == transaction


TestWhole = Whole.TestCase
TestWhole.settings = settings(
    max_examples=3_000 if LONG else 300, stateful_step_count=120 if LONG else 40
)
