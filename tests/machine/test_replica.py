from dataclasses import replace

import pytest

from powclock.machine import replica as replica_module
from powclock.machine.block import Block
from powclock.machine.reason import InvalidBlock, InvalidTransaction
from powclock.machine.replica import INVALID_MAX, Replica
from powclock.machine.transaction import Coinbase, Transaction
from tests.builders import (
    GENESIS,
    SUBSIDY,
    address,
    append,
    block_of,
    chain,
    parent_of,
    refused,
    replica_with,
    transfer,
    with_body,
)

View = tuple[list[bytes], list[bytes], bytes, dict[bytes, tuple[int, int]], list[Transaction]]


def view(replica: Replica) -> View:
    """All that a refusal must leave as it was."""
    return (
        list(replica.tree.entries),
        [entry.hash for entry in replica.tree.best_chain],
        replica.ledger.state_root,
        {owner: (account.balance, account.nonce) for owner, account in replica.ledger},
        list(replica.mempool),
    )


def grow(replica: Replica, blocks: list[Block]) -> None:
    for block in blocks:
        append(replica, block)


def waiting(replica: Replica) -> list[Transaction]:
    return list(replica.mempool)


def test_a_new_replica_stands_at_genesis() -> None:
    replica = replica_with({"alice": 10})
    assert replica.head.hash == GENESIS.hash
    assert replica.head.chain_work == 1
    assert replica.ledger.supply == 10
    assert len(replica.mempool) == 0


def test_a_block_moves_tree_ledger_and_mempool_together() -> None:
    replica = replica_with({"alice": 10})
    first, second = transfer("alice"), transfer("alice", nonce=1)
    replica.add_transaction(first)
    replica.add_transaction(second)
    block = block_of(GENESIS.hash, 1, [first])
    change = append(replica, block, weight=3)
    assert change is not None
    assert [entry.hash for entry in change.connected] == [block.hash]
    assert (replica.head.hash, replica.head.chain_work) == (block.hash, 4)
    assert replica.blocks == {block.hash: block}
    assert replica.ledger.account(address("alice")) == (9, 1)
    assert waiting(replica) == [second]


def test_a_replica_forgets_old_blocks_with_their_bodies() -> None:
    replica, whole = replica_with({"alice": 10}), replica_with({"alice": 10})
    blocks = chain(6)
    for each in (replica, whole):
        grow(each, blocks)
    replica.forget(4)
    assert replica.blocks == {block.hash: block for block in blocks[3:]}
    assert list(replica.tree.entries) == [block.hash for block in [GENESIS, *blocks[3:]]]
    theirs = chain(4, blocks[3], 4, author="bob")
    for each in (replica, whole):
        grow(each, theirs)
    assert (replica.head.hash, replica.head.height) == (theirs[-1].hash, 8)
    assert replica.ledger.state_root == whole.ledger.state_root


def test_a_transfer_is_refused_for_the_mempool_s_reasons() -> None:
    replica = replica_with({"alice": 10})
    replica.add_transaction(transfer("alice"))
    with refused("txn-already-in-mempool", InvalidTransaction):
        replica.add_transaction(transfer("alice"))
    with refused("bad-txns-chain-id: 8 instead of 7", InvalidTransaction):
        replica.add_transaction(transfer("alice", chain_id=8))


def test_a_known_block_is_a_duplicate() -> None:
    replica = replica_with({})
    (block,) = chain(1)
    append(replica, block)
    before = view(replica)
    for known in (block, GENESIS):
        with refused("duplicate"):
            replica.parent_of(known)
    assert view(replica) == before


def test_a_block_without_its_parent_may_come_again() -> None:
    replica = replica_with({})
    first, second = chain(2)
    assert replica.parent_of(second) is None
    append(replica, first)
    append(replica, second)
    assert replica.head.hash == second.hash


def test_a_side_branch_moves_nothing_until_it_is_heavier() -> None:
    replica = replica_with({"alice": 10})
    ours, theirs = chain(1, author="alice"), chain(2, author="bob")
    grow(replica, ours)
    root = replica.ledger.state_root
    assert append(replica, theirs[0]) is None
    assert replica.ledger.state_root == root
    change = append(replica, theirs[1])
    assert change is not None
    assert change.is_reorg
    assert dict(replica.ledger) == {
        address("alice"): (10, 0),
        address("bob"): (2 * SUBSIDY, 0),
    }


def test_a_reorg_puts_disconnected_transfers_back_in_the_order_of_their_blocks() -> None:
    replica = replica_with({"alice": 10, "bob": 10, "carol": 10})
    unpaid, kept = transfer("alice"), transfer("bob")
    later = transfer("alice", nonce=1)
    rival, spent = transfer("carol", "alice"), transfer("carol", "bob", fee=1)
    first = block_of(GENESIS.hash, 1, [unpaid, kept], author="ours")
    second = block_of(first.hash, 2, [later, spent], author="ours")
    grow(replica, [first, second])
    assert waiting(replica) == []
    side = block_of(GENESIS.hash, 1, [kept, rival], author="theirs")
    grow(replica, [side, *chain(2, side, 1)])
    assert waiting(replica) == [unpaid, later]
    assert replica.mempool.select(replica.ledger, 10) == (unpaid, later)


def reorg_to_bad(bad_height: int) -> tuple[Replica, list[Block], list[Block]]:
    """A replica on its own branch of two, and another of three with a greedy coinbase in it."""
    replica = replica_with({"alice": 10, "bob": 10})
    first = block_of(GENESIS.hash, 1, [transfer("alice")], author="ours")
    second = block_of(first.hash, 2, [transfer("alice", nonce=1)], author="ours")
    ours = [first, second]
    theirs: list[Block] = []
    parent = GENESIS
    for height in range(1, 4):
        parent = block_of(
            parent.hash,
            height,
            [transfer("bob", nonce=height - 1)],
            author="theirs",
            amount=SUBSIDY + (height == bad_height),
        )
        theirs.append(parent)
    grow(replica, ours)
    replica.add_transaction(transfer("alice", nonce=2))
    replica.add_transaction(transfer("bob", fee=1))
    return replica, ours, theirs


@pytest.mark.parametrize("bad_height", [1, 2, 3])
def test_a_heavier_branch_that_turns_out_invalid_leaves_everything_as_before(
    bad_height: int,
) -> None:
    replica, ours, theirs = reorg_to_bad(bad_height)
    before = view(replica)
    assert append(replica, theirs[0]) is None
    assert append(replica, theirs[1]) is None
    with refused("bad-cb-amount: 1001 of 1000"):
        append(replica, theirs[2])
    good = theirs[: bad_height - 1]
    expected = (before[0] + [block.hash for block in good], *before[1:])
    assert view(replica) == expected
    assert list(replica.blocks) == [block.hash for block in [*ours, *good]]
    for block in theirs[bad_height - 1 :]:
        with refused("duplicate-invalid"):
            append(replica, block)
    assert view(replica) == expected


def test_the_children_of_an_invalid_block_are_invalid_too() -> None:
    replica, _, theirs = reorg_to_bad(3)
    grow(replica, theirs[:2])
    with refused("bad-cb-amount: 1001 of 1000"):
        append(replica, theirs[2])
    child, grandchild = chain(2, theirs[2], 3)
    with refused("bad-prevblk"):
        append(replica, child)
    with refused("bad-prevblk"):
        append(replica, grandchild)
    with refused("duplicate-invalid"):
        append(replica, child)


def test_a_branch_goes_on_from_its_last_valid_block() -> None:
    replica, _, theirs = reorg_to_bad(3)
    grow(replica, theirs[:2])
    with refused("bad-cb-amount: 1001 of 1000"):
        append(replica, theirs[2])
    (mended,) = chain(1, theirs[1], 2, author="theirs")
    change = append(replica, mended)
    assert change is not None
    assert change.is_reorg
    assert replica.head.hash == mended.hash
    assert waiting(replica) == [
        transfer("alice", nonce=2),
        transfer("alice"),
        transfer("alice", nonce=1),
    ]


@pytest.mark.parametrize(
    ("transactions", "message"),
    [
        ([transfer("alice", amount=11)], "bad-txns-in-belowout: 11 + 0 from 10"),
        ([transfer("alice", nonce=1)], "bad-txns-nonce-gap: nonce 1, expected 0"),
        (
            [transfer("alice"), transfer("alice", "carol")],
            "bad-txns-inputs-missingorspent: nonce 0, expected 1",
        ),
        (
            [replace(transfer("alice"), signature=bytes(64))],
            "bad-txns-signature",
        ),
    ],
)
def test_a_block_with_effects_that_cannot_be_is_remembered_as_invalid(
    transactions: list[Transaction], message: str
) -> None:
    replica = replica_with({"alice": 10})
    replica.add_transaction(transfer("alice"))
    before = view(replica)
    block = block_of(GENESIS.hash, 1, transactions)
    with refused(message):
        append(replica, block)
    assert view(replica) == before
    assert replica.blocks == {}
    with refused("duplicate-invalid"):
        append(replica, block)
    with refused("bad-prevblk"):
        append(replica, chain(1, block, 1)[0])


@pytest.mark.parametrize(
    ("block", "message"),
    [
        (block_of(GENESIS.hash, 2), "bad-cb-height: says 2, stands at 1"),
        (block_of(GENESIS.hash, 1, extra=bytes(101)), "bad-cb-length"),
    ],
)
def test_a_block_with_a_body_that_cannot_be_is_remembered_as_invalid(
    block: Block, message: str
) -> None:
    replica = replica_with({})
    before = view(replica)
    with refused(message):
        append(replica, block)
    assert view(replica) == before
    assert replica.blocks == {}
    with refused("duplicate-invalid"):
        append(replica, block)


def inner_node_as_coinbase(block: Block) -> Block:
    """The body of one leaf that stands for the block's two, were a coinbase 64 bytes long."""
    coinbase_id, transfer_id = block.leaves()
    node = coinbase_id + transfer_id
    coinbase = Coinbase(
        int.from_bytes(node[:4], "little"),
        node[4:36],
        int.from_bytes(node[36:44], "little"),
        node[44:],
    )
    return replace(block, coinbase=coinbase, transactions=())


HONEST = block_of(GENESIS.hash, 1, [transfer("alice"), transfer("alice", nonce=1)])
HONEST_PAIR = block_of(GENESIS.hash, 1, [transfer("alice")])


@pytest.mark.parametrize(
    ("honest", "mutated", "message"),
    [
        (
            HONEST,
            with_body(HONEST, [*HONEST.transactions, HONEST.transactions[1]]),
            "bad-txns-duplicate: the list repeats its tail (CVE-2012-2459)",
        ),
        (HONEST, with_body(HONEST, HONEST.transactions[:1]), "bad-txnmrklroot"),
        (HONEST_PAIR, inner_node_as_coinbase(HONEST_PAIR), "bad-txnmrklroot"),
    ],
)
def test_a_mutated_body_does_not_condemn_its_header(
    honest: Block, mutated: Block, message: str
) -> None:
    replica = replica_with({"alice": 10})
    before = view(replica)
    assert mutated.hash == honest.hash
    with refused(message):
        append(replica, mutated)
    assert view(replica) == before
    append(replica, honest)
    assert replica.head.hash == honest.hash
    assert replica.blocks == {honest.hash: honest}


def test_the_memory_of_invalid_blocks_is_bounded_and_forgets_the_oldest(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert INVALID_MAX == 1_000
    monkeypatch.setattr(replica_module, "INVALID_MAX", 2)
    replica = replica_with({})
    bad = [block_of(GENESIS.hash, 2, author=name) for name in ("alice", "bob", "carol")]
    message = "bad-cb-height: says 2, stands at 1"
    for block in bad:
        with refused(message):
            append(replica, block)
    with refused("duplicate-invalid"):
        append(replica, bad[1])
    with refused("duplicate-invalid"):
        append(replica, bad[2])
    with refused(message):
        append(replica, bad[0])
    assert list(replica._invalid) == [bad[2].hash, bad[0].hash]


def test_a_reorg_ends_in_the_state_of_a_replica_that_saw_one_branch_only() -> None:
    wandering, straight = (replica_with({"alice": 50, "bob": 50}) for _ in range(2))
    branches: list[list[Block]] = []
    for author, sender in (("ours", "alice"), ("theirs", "bob")):
        parent, branch = GENESIS, []
        for height in range(1, 7):
            parent = block_of(
                parent.hash,
                height,
                [transfer(sender, "carol", fee=height, nonce=height - 1)],
                author=author,
                amount=SUBSIDY + height,
            )
            branch.append(parent)
        branches.append(branch)
    ours, theirs = branches
    for height in range(6):
        append(wandering, theirs[height])
        append(wandering, ours[height])
        if height:
            assert wandering.head.hash == theirs[height].hash
    last = chain(1, ours[-1], 6)
    grow(wandering, last)
    grow(straight, ours + last)
    assert wandering.ledger.state_root == straight.ledger.state_root
    assert dict(wandering.ledger) == dict(straight.ledger)
    assert [entry.hash for entry in wandering.tree.best_chain] == [
        entry.hash for entry in straight.tree.best_chain
    ]
    assert waiting(wandering) == [block.transactions[0] for block in theirs]


def test_a_replica_forgets_bodies_with_their_blocks_and_goes_on() -> None:
    replica = replica_with({"alice": 10})
    blocks = chain(5)
    grow(replica, blocks)
    before = replica.ledger.state_root
    replica.forget(3)
    assert list(replica.blocks) == [block.hash for block in blocks[2:]]
    assert list(replica.tree.entries) == [GENESIS.hash, *replica.blocks]
    assert replica.ledger.state_root == before
    branch = chain(3, blocks[3], 4, author="bob")
    grow(replica, branch)
    assert replica.head.hash == branch[-1].hash
    assert dict(replica.ledger) == {
        address("alice"): (10, 0),
        address("miner"): (4 * SUBSIDY, 0),
        address("bob"): (3 * SUBSIDY, 0),
    }


def test_an_unverified_duplicate_is_refused_by_the_tree_itself() -> None:
    replica = replica_with({})
    (block,) = chain(1)
    parent = parent_of(replica, block)
    replica.append(block, parent, 1)
    before = view(replica)
    with pytest.raises(InvalidBlock, match=r"^duplicate$"):
        replica.append(block, parent, 1)
    assert view(replica) == before
