"""The ledger by replay, on many branches, against the machine's own."""

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from powclock.machine.block import Block
from powclock.machine.ledger import Ledger as MachineLedger
from powclock.machine.transaction import Transaction
from powclock.network.wire import Deliver, encode
from powclock.record.checker import states as states_module
from powclock.record.checker.blocks import Seen, paths
from powclock.record.checker.parse import Body, read_block
from powclock.record.checker.states import States
from tests.builders import CHAIN_ID, GENESIS, PARAMETERS, SUBSIDY, address, block_of, transfer
from tests.record.examples import CHAIN

OWNERS = {address(name): 100_000 for name in ("alice", "bob", "carol")}
INFO = msgspec.structs.replace(
    CHAIN,
    chain_id=CHAIN_ID,
    subsidy=SUBSIDY,
    halving_interval=0,
    allocation=tuple((owner.hex(), amount) for owner, amount in OWNERS.items()),
)


class Tree:
    """Blocks with their bodies, and the states that the checker gives them."""

    def __init__(self) -> None:
        self.genesis = Seen(GENESIS.hash, None, 0, time=0, bits=0, work=1, fingerprint=0)
        self.states = States(INFO, self.genesis)
        self.seen = [self.genesis]
        self.blocks: list[Block] = [GENESIS]
        self.bodies: list[Body] = [read_block(encode(Deliver(GENESIS)))[1]]

    def body(self, block: Seen) -> Body:
        return self.bodies[block.index]

    def add(self, parent: Seen, transfers: list[Transaction], amount: int = SUBSIDY) -> Seen:
        """One more block."""
        extra = len(self.blocks).to_bytes(4, "little")
        block = block_of(parent.hash, parent.height + 1, transfers, amount=amount, extra=extra)
        index = len(self.seen)
        seen = Seen(block.hash, parent, index, time=0, bits=0, work=1, fingerprint=0)
        self.seen.append(seen)
        self.blocks.append(block)
        self.bodies.append(read_block(encode(Deliver(block)))[1])
        self.states.append(seen, self.bodies[-1], self.body)
        return seen

    def machine_root(self, block: Seen) -> bytes:
        """What the machine makes of the branch, from genesis."""
        ledger = MachineLedger(PARAMETERS, OWNERS)
        for step in paths(self.genesis, block)[1]:
            ledger.apply(self.blocks[step.index])
        return ledger.state_root

    def nonce(self, block: Seen, name: str) -> int:
        """How many transfers of a name the branch has."""
        return sum(
            transaction.sender == address(name)
            for step in paths(self.genesis, block)[1]
            for transaction in self.blocks[step.index].transactions
        )


def test_genesis_has_the_machine_s_root() -> None:
    tree = Tree()
    assert tree.genesis.state_root == tree.machine_root(tree.genesis)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 1_000), st.integers(0, 2)), max_size=40))
def test_states_on_any_branches_are_the_machine_s(steps: list[tuple[int, int]]) -> None:
    tree = Tree()
    for where, count in steps:
        # Mostly on one of the newest blocks, so that branches become long.
        parent = tree.seen[max(0, len(tree.seen) - 1 - where % 7 * (where % 3))]
        nonce = tree.nonce(parent, "alice")
        transfers = [
            transfer("alice", "bob", amount=5, fee=2, nonce=nonce + number)
            for number in range(count)
        ]
        tree.add(parent, transfers, SUBSIDY + 2 * count)
    for block in tree.seen:
        assert block.flaw is None
        assert block.state_root == tree.machine_root(block)


def test_branches_far_apart_have_ledgers_of_their_own_and_old_ones_are_replayed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(states_module, "UNDO_BLOCKS_MAX", 8)
    tree = Tree()
    tips = [tree.genesis] * 6
    for _ in range(12):
        for number, tip in enumerate(tips):
            transfers = [transfer("carol", nonce=tree.nonce(tip, "carol"), amount=1 + number)]
            tips[number] = tree.add(tip, transfers)
    late = tree.add(tree.genesis, [])
    assert {block.state_root for block in [*tips, late]} == {
        tree.machine_root(block) for block in [*tips, late]
    }
    assert len(tree.states._ledgers) == states_module.LEDGERS_MAX


def test_what_is_forgotten_is_not_replayed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(states_module, "UNDO_BLOCKS_MAX", 4)
    monkeypatch.setattr(states_module, "LEDGERS_MAX", 1)
    tree = Tree()
    trunk = tree.genesis
    for number in range(30):
        trunk = tree.add(trunk, [transfer("carol", nonce=number)])
        if number == 9:
            base = trunk
    asked: list[int] = []

    def body(block: Seen) -> Body:
        asked.append(block.height)
        return tree.body(block)

    tree.states.forget(base, body)
    assert asked == list(range(1, 11))
    late = tree.seen[15]
    index = len(tree.seen)
    block = block_of(late.hash, 16, [transfer("carol", nonce=15, amount=7)], amount=SUBSIDY)
    tree.blocks.append(block)
    tree.bodies.append(read_block(encode(Deliver(block)))[1])
    branch = Seen(block.hash, late, index, time=0, bits=0, work=1, fingerprint=0)
    root = tree.machine_root(branch)
    base.parent = None
    tree.states.append(branch, tree.bodies[-1], body)
    assert asked[10:] == list(range(11, 16))
    assert branch.state_root == root
    tree.states.forget(tree.seen[20], body)
    assert {ledger.at.height for ledger in tree.states._ledgers} <= {30}


@pytest.mark.parametrize(
    ("transfers", "amount", "flaw"),
    [
        ([transfer("dave")], SUBSIDY, (8, "a transfer takes 1 more than its sender has")),
        (
            [transfer("alice", nonce=1)],
            SUBSIDY,
            (8, "a transfer has nonce 1, its sender is at 0"),
        ),
        (
            [transfer("alice"), transfer("alice", amount=2)],
            SUBSIDY,
            (8, "a transfer has nonce 0, its sender is at 1"),
        ),
        (
            [transfer("alice", fee=3)],
            SUBSIDY + 4,
            (7, "its coinbase pays 1004, subsidy and fees are 1003"),
        ),
        ([transfer("alice", amount=0)], SUBSIDY, (7, "it moves 0 for a fee of 0")),
        ([transfer("alice", chain_id=3)], SUBSIDY, (9, "it has a transfer for chain 3")),
    ],
)
def test_a_flaw_has_its_reason_and_is_inherited(
    transfers: list[Transaction], amount: int, flaw: tuple[int, str]
) -> None:
    tree = Tree()
    first = tree.add(tree.genesis, [])
    flawed = tree.add(first, transfers, amount)
    child = tree.add(flawed, [])
    sound = tree.add(first, [])
    assert (flawed.flaw, child.flaw, sound.flaw) == (flaw, flaw, None)
    assert sound.state_root == tree.machine_root(sound)
