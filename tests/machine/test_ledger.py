from collections.abc import Sequence
from hashlib import sha256, shake_256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from powclock.machine.block import Block, ChainParameters
from powclock.machine.ledger import Account, CorruptState, Ledger
from powclock.machine.reason import InvalidBlock, InvalidTransaction
from powclock.machine.transaction import Transaction
from tests.builders import (
    GENESIS,
    PARAMETERS,
    SUBSIDY,
    address,
    block_of,
    refused,
    transfer,
)

NAMES = ("alice", "bob", "carol")


def ledger_of(**balances: int) -> Ledger:
    return Ledger(PARAMETERS, {address(name): amount for name, amount in balances.items()})


def contents(ledger: Ledger) -> tuple[dict[bytes, Account], bytes, int]:
    return dict(ledger), ledger.state_root, ledger.supply


def named(ledger: Ledger, *names: str) -> dict[str, tuple[int, int]]:
    accounts = {name: ledger.account(address(name)) for name in names}
    return {name: (account.balance, account.nonce) for name, account in accounts.items()}


def test_a_new_ledger_holds_its_allocation() -> None:
    ledger = ledger_of(alice=70, bob=30, carol=0)
    assert dict(ledger) == {address("alice"): Account(70, 0), address("bob"): Account(30, 0)}
    assert len(ledger) == 2
    assert ledger.supply == 100
    assert ledger.account(address("carol")) == Account(0, 0)
    assert len(Ledger(PARAMETERS)) == 0


def test_a_block_moves_amounts_fees_and_the_subsidy() -> None:
    ledger = ledger_of(alice=100)
    transactions = [
        transfer("alice", "bob", amount=60, fee=5),
        transfer("bob", "carol", amount=20, fee=1),
        transfer("alice", "alice", amount=30, fee=2, nonce=1),
    ]
    ledger.apply(block_of(GENESIS.hash, 1, transactions, amount=SUBSIDY + 8))
    assert named(ledger, "alice", "bob", "carol", "miner") == {
        "alice": (33, 2),
        "bob": (39, 1),
        "carol": (20, 0),
        "miner": (SUBSIDY + 8, 0),
    }
    assert ledger.supply == 100 + SUBSIDY


def test_a_leader_may_take_less_than_it_is_due() -> None:
    ledger = ledger_of()
    ledger.apply(block_of(GENESIS.hash, 1, amount=3))
    assert ledger.supply == 3
    empty = ledger_of()
    empty.apply(block_of(GENESIS.hash, 1, amount=0))
    assert len(empty) == 0


def test_an_account_that_paid_everything_is_remembered_by_its_nonce() -> None:
    ledger = ledger_of(alice=10)
    ledger.apply(block_of(GENESIS.hash, 1, [transfer("alice", amount=10)], amount=0))
    assert dict(ledger) == {address("alice"): Account(0, 1), address("bob"): Account(10, 0)}


@pytest.mark.parametrize(
    ("transaction", "message"),
    [
        (transfer("alice", amount=101), "bad-txns-in-belowout: 101 + 0 from 100"),
        (transfer("alice", amount=98, fee=3), "bad-txns-in-belowout: 98 + 3 from 100"),
        (transfer("carol"), "bad-txns-in-belowout: 1 + 0 from 0"),
        (transfer("alice", nonce=1), "bad-txns-nonce-gap: nonce 1, expected 0"),
        (transfer("bob", nonce=0), "bad-txns-inputs-missingorspent: nonce 0, expected 1"),
        (transfer("alice", chain_id=8), "bad-txns-chain-id: 8 instead of 7"),
    ],
)
def test_a_transfer_that_may_not_come_next_is_refused(
    transaction: Transaction, message: str
) -> None:
    ledger = ledger_of(alice=100, bob=100)
    ledger.apply(block_of(GENESIS.hash, 1, [transfer("bob", "bob")]))
    before = contents(ledger)
    with refused(message, InvalidTransaction):
        ledger.check(transaction)
    with refused(message, InvalidBlock):
        ledger.apply(block_of(GENESIS.hash, 2, [transaction]))
    assert contents(ledger) == before


def test_a_transfer_may_take_the_whole_balance() -> None:
    ledger = ledger_of(alice=100)
    ledger.check(transfer("alice", amount=97, fee=3))
    assert named(ledger, "alice") == {"alice": (100, 0)}


@pytest.mark.parametrize("position", range(4))
def test_a_block_refused_at_its_nth_transfer_changes_nothing(position: int) -> None:
    ledger = ledger_of(alice=10)
    transactions = [transfer("alice", "bob", amount=2, nonce=nonce) for nonce in range(4)]
    transactions[position] = transfer("alice", "bob", amount=11, nonce=position)
    before = contents(ledger)
    with refused(f"bad-txns-in-belowout: 11 + 0 from {10 - 2 * position}"):
        ledger.apply(block_of(GENESIS.hash, 1, transactions))
    assert contents(ledger) == before


def test_a_leader_may_not_take_more_than_subsidy_and_fees() -> None:
    ledger = ledger_of(alice=10)
    transactions = [transfer("alice", "bob", amount=2, fee=3)]
    before = contents(ledger)
    with refused("bad-cb-amount: 1004 of 1003"):
        ledger.apply(block_of(GENESIS.hash, 1, transactions, amount=SUBSIDY + 4))
    assert contents(ledger) == before
    ledger.apply(block_of(GENESIS.hash, 1, transactions, amount=SUBSIDY + 3))


def test_the_subsidy_is_that_of_the_height() -> None:
    ledger = Ledger(ChainParameters(chain_id=7, subsidy=100, halving_interval=2))
    with refused("bad-cb-amount: 51 of 50"):
        ledger.apply(block_of(GENESIS.hash, 2, amount=51))
    ledger.apply(block_of(GENESIS.hash, 1, amount=100))
    ledger.apply(block_of(GENESIS.hash, 2, amount=50))
    with refused("bad-cb-amount: 26 of 25"):
        ledger.apply(block_of(GENESIS.hash, 4, amount=26))
    assert ledger.supply == 150


def test_a_coinbase_may_not_pay_a_key_of_small_order() -> None:
    ledger = ledger_of(alice=10)
    block = block_of(GENESIS.hash, 1, [transfer("alice")])
    coinbase = type(block.coinbase)(1, bytes(32), SUBSIDY)
    before = contents(ledger)
    with refused("bad-txns-key: the coinbase pays a key of small order"):
        ledger.apply(Block(block.header, coinbase, block.transactions))
    assert contents(ledger) == before


def test_what_was_never_applied_cannot_be_undone() -> None:
    ledger = ledger_of(alice=10)
    with pytest.raises(CorruptState, match=r"would have Account\(balance=-1000, nonce=0\)$"):
        ledger.undo(block_of(GENESIS.hash, 1))
    rich = ledger_of(bob=10, miner=SUBSIDY)
    with pytest.raises(CorruptState, match=r"would have Account\(balance=1, nonce=-1\)$"):
        rich.undo(block_of(GENESIS.hash, 1, [transfer("alice", "bob")]))


def test_the_state_root_is_the_sum_of_one_hash_an_account() -> None:
    total = 0
    for name, balance in (("alice", 70), ("bob", 30)):
        packed = address(name) + balance.to_bytes(8, "little") + bytes(8)
        total += int.from_bytes(shake_256(packed).digest(256), "little")
    expected = sha256((total % 2**2048).to_bytes(256, "little")).digest()
    assert ledger_of(alice=70, bob=30).state_root == expected
    assert ledger_of(bob=30, alice=70).state_root == expected
    assert ledger_of().state_root == sha256(bytes(256)).digest()


balances = st.fixed_dictionaries({name: st.integers(0, 3) for name in NAMES})


@given(balances, balances)
def test_state_roots_are_equal_exactly_where_the_accounts_are(
    first: dict[str, int], second: dict[str, int]
) -> None:
    one, other = ledger_of(**first), ledger_of(**second)
    assert (one.state_root == other.state_root) == (dict(one) == dict(other)) == (first == second)


def test_a_nonce_is_in_the_state_root() -> None:
    paid_itself = ledger_of(alice=10)
    paid_itself.apply(block_of(GENESIS.hash, 1, [transfer("alice", "alice")], amount=0))
    assert paid_itself.supply == 10
    assert paid_itself.state_root != ledger_of(alice=10).state_root


intents = st.lists(
    st.lists(
        st.tuples(
            st.sampled_from(NAMES), st.sampled_from(NAMES), st.integers(1, 6), st.integers(0, 2)
        ),
        max_size=3,
    ),
    max_size=5,
)


def blocks_of(ledger: Ledger, wishes: Sequence[Sequence[tuple[str, str, int, int]]]) -> list[Block]:
    """Blocks with those of the wished transfers that the ledger allows, in order; it is moved."""
    blocks: list[Block] = []
    for height, row in enumerate(wishes, start=1):
        transactions: list[Transaction] = []
        for sender, recipient, amount, fee in row:
            earlier = sum(transaction.sender == address(sender) for transaction in transactions)
            nonce = ledger.account(address(sender)).nonce + earlier
            wished = transfer(sender, recipient, amount=amount, fee=fee, nonce=nonce)
            block = block_of(GENESIS.hash, height, [*transactions, wished], amount=0)
            try:
                ledger.apply(block)
            except InvalidBlock:
                continue
            ledger.undo(block)
            transactions.append(wished)
        fees = sum(transaction.fee for transaction in transactions)
        block = block_of(
            GENESIS.hash, height, transactions, author=NAMES[height % 3], amount=SUBSIDY + fees
        )
        ledger.apply(block)
        blocks.append(block)
    return blocks


@given(intents)
def test_undo_after_apply_is_the_identity(
    wishes: list[list[tuple[str, str, int, int]]],
) -> None:
    ledger = ledger_of(alice=10, bob=5)
    blocks = blocks_of(ledger_of(alice=10, bob=5), wishes)
    states = [contents(ledger)]
    for block in blocks:
        ledger.apply(block)
        states.append(contents(ledger))
    for block in reversed(blocks):
        assert contents(ledger) == states.pop()
        ledger.undo(block)
    assert [contents(ledger)] == states


@given(intents)
def test_the_moved_ledger_is_the_one_made_afresh_from_its_accounts(
    wishes: list[list[tuple[str, str, int, int]]],
) -> None:
    ledger = ledger_of(alice=10, bob=5)
    blocks = blocks_of(ledger, wishes)
    fresh = Ledger(PARAMETERS)
    for owner, account in reversed(list(ledger)):
        fresh._set(owner, account)
    replayed = ledger_of(alice=10, bob=5)
    for block in blocks:
        replayed.apply(block)
    assert contents(ledger) == contents(fresh) == contents(replayed)
    assert ledger.supply == 15 + SUBSIDY * len(blocks)


def test_a_transfer_without_a_block_moves_the_amount_alone_and_counts_a_payment() -> None:
    ledger = Ledger(PARAMETERS, {address("alice"): 10})
    ledger.pay(transfer("alice", amount=4, fee=9, nonce=7))
    assert dict(ledger) == {address("alice"): Account(6, 1), address("bob"): Account(4, 0)}
    ledger.pay(transfer("alice", "alice", amount=6, nonce=7))
    assert dict(ledger) == {address("alice"): Account(6, 2), address("bob"): Account(4, 0)}
    root = ledger.state_root
    with refused("bad-txns-in-belowout: 7 from 6", InvalidTransaction):
        ledger.pay(transfer("alice", amount=7))
    with refused("bad-txns-chain-id: 8 instead of 7", InvalidTransaction):
        ledger.pay(transfer("alice", chain_id=8))
    assert (ledger.state_root, ledger.sound()) == (root, True)
