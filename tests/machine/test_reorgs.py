"""Thousands of blocks of one tree in random orders: replicas agree on work, and lose nothing.

A tree grows at random, some of its blocks are flawed, and each replica sees it in an order of its
own in which parents come before children. What a replica is in the end must be what one sees that
got its best chain alone; and each step back must lead to the very state before the step.
"""

from functools import cache

import pytest

from powclock.clock.streams import Stream
from powclock.machine.block import Block
from powclock.machine.ledger import Ledger
from powclock.machine.reason import InvalidBlock, Reason
from powclock.machine.replica import Replica
from powclock.machine.transaction import Transaction
from powclock.machine.tree import HeadChange
from tests.builders import (
    GENESIS,
    PARAMETERS,
    SUBSIDY,
    address,
    append,
    block_of,
    replica_with,
    transfer,
)
from tests.conftest import LONG
from tests.machine.naive import Accounts, earn, pay, run_block, state_root

SEEDS = range(40 if LONG else 3)
BLOCKS = 3_000
REPLICAS = 4
NAMES = ("alice", "bob", "carol", "dave", "erin")
ALLOCATION = dict.fromkeys(NAMES, 100)
START: Accounts = {address(name): (amount, 0) for name, amount in ALLOCATION.items()}
# A few blocks below the last ones a branch may begin; older ones are left behind.
REACH = 6

Tree = list[tuple[Block, int, bool]]  # each with its parent's place, -1 for genesis; flawed or not


@cache
def tree_of(seed: int) -> Tree:
    """A tree that grows at its newest ends, with a branch here and there, and flaws."""
    stream = Stream(seed, "tree")
    tree: Tree = []
    states: list[Accounts] = []
    sound: list[int] = []  # those without a flaw in them or before them
    for number in range(BLOCKS):
        newest = range(number) if stream.below(6) == 0 else sound
        place = newest[-1 - stream.below(min(len(newest), REACH))] if newest else -1
        parent = GENESIS if place < 0 else tree[place][0]
        accounts = dict(START if place < 0 else states[place])
        body: list[Transaction] = []
        for _ in range(stream.below(3)):
            sender, recipient = (NAMES[stream.below(len(NAMES))] for _ in range(2))
            balance, nonce = accounts.get(address(sender), (0, 0))
            amount, fee = 1 + stream.below(20), stream.below(4)
            if amount + fee <= balance:
                body.append(transfer(sender, recipient, amount=amount, fee=fee, nonce=nonce))
                pay(accounts, body[-1])
        flawed = stream.below(30) == 0
        block = block_of(
            parent.hash,
            parent.coinbase.height + 1,
            body,
            author=NAMES[stream.below(len(NAMES))],
            amount=SUBSIDY + sum(transaction.fee for transaction in body) + flawed,
            extra=number.to_bytes(2, "big"),
        )
        earn(accounts, block.author, block.coinbase.amount)
        tree.append((block, place, flawed))
        if not flawed and (place < 0 or place in sound):
            sound.append(number)
        states.append(accounts)
    return tree


def order_of(tree: Tree, stream: Stream) -> list[Block]:
    """The tree's blocks, mostly as they were made, but each before or after many of its time."""
    children: list[list[int]] = [[] for _ in tree]
    ready: list[int] = []
    for number, (_, parent, _) in enumerate(tree):
        (ready if parent < 0 else children[parent]).append(number)
    order: list[Block] = []
    while ready:
        ready.sort()
        number = ready.pop(stream.below(min(len(ready), 8)))
        order.append(tree[number][0])
        ready += children[number]
    return order


def state(ledger: Ledger) -> tuple[dict[bytes, tuple[int, int]], bytes, int]:
    """All that a ledger is."""
    return (
        {owner: (account.balance, account.nonce) for owner, account in ledger},
        ledger.state_root,
        ledger.supply,
    )


class Follower:
    """A replica that is given blocks; what it went through is kept."""

    def __init__(self) -> None:
        self.replica: Replica = replica_with(ALLOCATION)
        self.depths: list[int] = []  # blocks given up by each reorg
        self.refused = 0
        self.waiting: dict[tuple[bytes, int], Transaction] = {}  # by sender and nonce
        self.states = {GENESIS.hash: state(self.replica.ledger)}

    def take(self, block: Block) -> None:
        """Deliver a block, as a node does; its parent came before, or was refused."""
        before = self.replica.head
        try:
            change = append(self.replica, block)
        except InvalidBlock as refusal:
            reason = refusal.reason
        else:
            if change is not None:
                self._follow(change)
            return
        assert reason in {Reason.BAD_CB_AMOUNT, Reason.BAD_PREVBLK, Reason.DUPLICATE_INVALID}
        self.refused += 1
        assert self.replica.head is before
        assert state(self.replica.ledger) == self.states[before.hash]

    def _follow(self, change: HeadChange) -> None:
        if change.is_reorg:
            self.depths.append(len(change.disconnected))
        self._check_mempool(change)
        now = state(self.replica.ledger)
        assert self.states.setdefault(change.new.hash, now) == now

    def _check_mempool(self, change: HeadChange) -> None:
        """What was given up waits, but where its place is taken; nothing that is spent waits."""
        ledger, pool = self.replica.ledger, self.replica.mempool
        for entry in reversed(change.disconnected):
            for transaction in self.replica.blocks[entry.hash].transactions:
                place = (transaction.sender, transaction.nonce)
                rival = self.waiting.get(place)
                if rival is None or rival.fee < transaction.fee:
                    self.waiting[place] = transaction
        self.waiting = {
            (sender, nonce): transaction
            for (sender, nonce), transaction in self.waiting.items()
            if nonce >= ledger.account(sender).nonce
        }
        assert {(t.sender, t.nonce): t for t in pool} == self.waiting
        assert len(pool) == len(self.waiting)


def height_of_the_valid(tree: Tree) -> int:
    """How far up the blocks reach that are without a flaw, and all before them too."""
    good: list[bool] = []
    heights = [0]
    for block, parent, flawed in tree:
        good.append(not flawed and (parent < 0 or good[parent]))
        if good[-1]:
            heights.append(block.coinbase.height)
    return max(heights)


@pytest.mark.parametrize("seed", SEEDS)
def test_who_saw_the_same_blocks_agrees_on_work_whatever_the_order(seed: int) -> None:
    tree = tree_of(seed)
    height = height_of_the_valid(tree)
    for number in range(REPLICAS):
        follower = Follower()
        for block in order_of(tree, Stream(seed, "order", number)):
            follower.take(block)
        replica = follower.replica
        assert (replica.head.chain_work, replica.head.height) == (height + 1, height)
        assert len(follower.depths) > 200
        assert max(follower.depths) > 10
        assert follower.refused > 10
        check_ledger(replica)


def check_ledger(replica: Replica) -> None:
    """Block by block back to genesis, a ledger is what a replay had been there."""
    chain = [replica.blocks[entry.hash] for entry in replica.tree.best_chain[1:]]
    accounts = dict(START)
    replayed = [dict(accounts)]
    for block in chain:
        run_block(accounts, block, PARAMETERS)
        replayed.append({owner: each for owner, each in accounts.items() if each != (0, 0)})
    whole = state(replica.ledger)
    for block, then in zip(chain[::-1], replayed[:0:-1], strict=True):
        assert state(replica.ledger)[:2] == (then, state_root(then))
        replica.ledger.undo(block)
    assert dict(replica.ledger) == START
    for block in chain:
        replica.ledger.apply(block)
    assert state(replica.ledger) == whole
