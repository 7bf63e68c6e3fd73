from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from powclock.machine.ledger import Ledger
from powclock.machine.mempool import SENDER_AHEAD_MAX, TRANSACTIONS_MAX, Mempool
from powclock.machine.reason import InvalidTransaction
from powclock.machine.transaction import Transaction
from tests.builders import CHAIN_ID, GENESIS, PARAMETERS, address, block_of, refused, transfer


def ledger_of(**balances: int) -> Ledger:
    return Ledger(PARAMETERS, {address(name): amount for name, amount in balances.items()})


def pool_of(
    ledger: Ledger, *transactions: Transaction, transactions_max: int = TRANSACTIONS_MAX
) -> Mempool:
    pool = Mempool(transactions_max)
    for transaction in transactions:
        pool.add(transaction, ledger, CHAIN_ID)
    return pool


def refuse(
    pool: Mempool, ledger: Ledger, transaction: Transaction, message: str, chain_id: int = CHAIN_ID
) -> None:
    """Demand that the transfer is refused and the mempool as before."""
    before = list(pool), pool.select(ledger, 1000)
    with refused(message, InvalidTransaction):
        pool.add(transaction, ledger, chain_id)
    assert (list(pool), pool.select(ledger, 1000)) == before


def test_the_bounds_are_stated() -> None:
    assert (TRANSACTIONS_MAX, SENDER_AHEAD_MAX) == (5_000, 64)


def test_what_was_taken_in_can_be_asked_for() -> None:
    ledger = ledger_of(alice=10, bob=10)
    first, second = transfer("alice"), transfer("bob", "alice")
    pool = pool_of(ledger, first, second)
    assert len(pool) == 2
    assert list(pool) == [first, second]
    assert first.id in pool
    assert pool.get(first.id) is first
    assert bytes(32) not in pool
    assert pool.get(bytes(32)) is None


def test_the_same_transfer_is_refused_twice() -> None:
    ledger = ledger_of(alice=10)
    pool = pool_of(ledger, transfer("alice"))
    refuse(pool, ledger, transfer("alice"), "txn-already-in-mempool")


def test_a_transfer_of_another_chain_is_refused() -> None:
    ledger = ledger_of(alice=10)
    refuse(Mempool(), ledger, transfer("alice"), "bad-txns-chain-id: 7 instead of 8", chain_id=8)


def test_a_spent_nonce_is_refused() -> None:
    ledger = ledger_of(alice=10)
    ledger.apply(block_of(GENESIS.hash, 1, [transfer("alice"), transfer("alice", nonce=1)]))
    message = "bad-txns-inputs-missingorspent: nonce 1, expected 2"
    refuse(Mempool(), ledger, transfer("alice", fee=1, nonce=1), message)


def test_a_sender_may_run_64_transfers_ahead() -> None:
    ledger = ledger_of(alice=10)
    ledger.apply(block_of(GENESIS.hash, 1, [transfer("alice")]))
    pool = pool_of(ledger, transfer("alice", nonce=64))
    refuse(pool, ledger, transfer("alice", nonce=65), "too-long-mempool-chain")


def test_more_than_the_balance_is_refused() -> None:
    ledger = ledger_of(alice=10)
    refuse(Mempool(), ledger, transfer("alice", amount=9, fee=2), "bad-txns-in-belowout")
    assert len(pool_of(ledger, transfer("alice", amount=9, fee=1))) == 1


def test_only_a_higher_fee_replaces() -> None:
    ledger = ledger_of(alice=10)
    pool = pool_of(ledger, transfer("alice", fee=2))
    refuse(pool, ledger, transfer("alice", "carol", fee=2), "txn-mempool-conflict")
    refuse(pool, ledger, transfer("alice", "carol", fee=1), "txn-mempool-conflict")
    replacement = transfer("alice", "carol", fee=3)
    pool.add(replacement, ledger, CHAIN_ID)
    assert list(pool) == [replacement]
    assert pool.select(ledger, 10) == (replacement,)


def test_a_full_mempool_gives_up_its_lowest_fee() -> None:
    ledger = ledger_of(alice=10, bob=10, carol=10, dave=10)
    low, middle = transfer("alice", fee=1), transfer("bob", fee=2)
    pool = pool_of(ledger, low, middle, transactions_max=2)
    refuse(pool, ledger, transfer("carol", fee=1), "mempool-full")
    high = transfer("carol", fee=3)
    pool.add(high, ledger, CHAIN_ID)
    assert list(pool) == [middle, high]
    refuse(pool, ledger, transfer("dave", fee=2), "mempool-full")


def test_of_equal_fees_the_latest_arrival_goes() -> None:
    ledger = ledger_of(alice=10, bob=10, carol=10)
    first, second = transfer("alice", fee=1), transfer("bob", fee=1)
    pool = pool_of(ledger, first, second, transactions_max=2)
    pool.add(transfer("carol", fee=2), ledger, CHAIN_ID)
    assert list(pool) == [first, transfer("carol", fee=2)]


def test_a_replacement_needs_no_room() -> None:
    ledger = ledger_of(alice=10, bob=10)
    low, other = transfer("alice", fee=1), transfer("bob", fee=5)
    pool = pool_of(ledger, other, low, transactions_max=2)
    replacement = transfer("alice", fee=2)
    pool.add(replacement, ledger, CHAIN_ID)
    assert list(pool) == [other, replacement]


def test_a_replaced_transfer_no_longer_counts_as_the_lowest_fee() -> None:
    ledger = ledger_of(alice=10, bob=10, carol=10)
    middle, high = transfer("bob", fee=3), transfer("alice", fee=4)
    pool = pool_of(ledger, transfer("alice", fee=1), middle, high, transactions_max=2)
    refuse(pool, ledger, transfer("carol", fee=3), "mempool-full")
    newest = transfer("carol", fee=4)
    pool.add(newest, ledger, CHAIN_ID)
    assert list(pool) == [high, newest]


def test_selection_is_by_fee() -> None:
    ledger = ledger_of(alice=10, bob=10, carol=10)
    low, high, middle = (
        transfer(name, fee=fee) for name, fee in (("alice", 1), ("bob", 3), ("carol", 2))
    )
    pool = pool_of(ledger, low, high, middle)
    assert pool.select(ledger, 10) == (high, middle, low)
    assert pool.select(ledger, 2) == (high, middle)
    assert pool.select(ledger, 0) == ()
    assert len(pool) == 3


def test_each_sender_s_transfers_keep_their_order_whatever_they_pay() -> None:
    ledger = ledger_of(alice=20, bob=20)
    transactions = [
        transfer("alice", fee=1),
        transfer("alice", fee=9, nonce=1),
        transfer("bob", fee=5),
        transfer("bob", fee=0, nonce=1),
    ]
    pool = pool_of(ledger, *reversed(transactions))
    assert pool.select(ledger, 10) == (
        transactions[2],
        transactions[0],
        transactions[1],
        transactions[3],
    )


def test_a_gap_holds_back_what_follows_it() -> None:
    ledger = ledger_of(alice=10, bob=10)
    first, third = transfer("alice"), transfer("alice", nonce=2)
    early = transfer("bob", nonce=1)
    pool = pool_of(ledger, first, third, early)
    assert pool.select(ledger, 10) == (first,)


def test_only_what_a_sender_can_still_pay_is_selected() -> None:
    ledger = ledger_of(alice=10, bob=1)
    affordable = transfer("alice", amount=5, fee=1)
    too_much = transfer("alice", amount=4, fee=1, nonce=1)
    behind = transfer("alice", amount=1, nonce=2)
    other = transfer("bob", amount=1)
    pool = pool_of(ledger, affordable, too_much, behind, other)
    assert pool.select(ledger, 10) == (affordable, other)
    exact = transfer("alice", amount=2, fee=2, nonce=1)
    pool.add(exact, ledger, CHAIN_ID)
    assert pool.select(ledger, 10) == (affordable, exact, other)


def test_equal_fees_are_selected_in_an_order_that_all_replicas_share() -> None:
    ledger = ledger_of(alice=10, bob=10, carol=10)
    transactions = [transfer(name) for name in ("alice", "bob", "carol")]
    expected = tuple(sorted(transactions, key=lambda transaction: transaction.id))
    assert pool_of(ledger, *transactions).select(ledger, 10) == expected
    assert pool_of(ledger, *reversed(transactions)).select(ledger, 10) == expected


def head_changed(
    pool: Mempool,
    ledger: Ledger,
    returned: Sequence[Transaction] = (),
    confirmed: Sequence[Transaction] = (),
) -> list[Transaction]:
    """Follow a head change; what waits now."""
    pool.head_changed(ledger, returned=returned, confirmed=confirmed)
    return list(pool)


def test_confirmed_transfers_and_their_rivals_are_dropped() -> None:
    ledger = ledger_of(alice=10, bob=10)
    confirmed, later = transfer("alice"), transfer("alice", nonce=1)
    rival, other = transfer("bob", fee=1), transfer("bob", nonce=1)
    pool = pool_of(ledger, confirmed, later, rival, other)
    block = block_of(GENESIS.hash, 1, [confirmed, transfer("bob", "carol")])
    ledger.apply(block)
    assert head_changed(pool, ledger, confirmed=block.transactions) == [later, other]


def test_returned_transfers_wait_again_unless_they_are_spent_or_in_conflict() -> None:
    ledger = ledger_of(alice=10, bob=10, carol=10)
    spent, waits = transfer("alice", fee=1), transfer("bob", fee=1)
    conflicts, stays = transfer("carol", fee=1), transfer("carol", fee=2)
    pool = pool_of(ledger, stays)
    block = block_of(GENESIS.hash, 1, [transfer("alice", "carol")])
    ledger.apply(block)
    waiting = head_changed(pool, ledger, [spent, waits, conflicts], block.transactions)
    assert waiting == [stays, waits]


def test_a_returned_transfer_waits_even_if_its_sender_cannot_pay_now() -> None:
    ledger = ledger_of(bob=1)
    unpaid = transfer("alice")
    pool = Mempool()
    assert head_changed(pool, ledger, returned=[unpaid]) == [unpaid]
    assert pool.select(ledger, 10) == ()
    assert pool.select(ledger_of(alice=10), 10) == (unpaid,)


def test_nothing_waits_for_a_sender_of_whom_nothing_waits() -> None:
    ledger = ledger_of(alice=10)
    assert head_changed(Mempool(), ledger, confirmed=[transfer("bob")]) == []


def test_a_transfer_that_comes_and_goes_leaves_nothing_behind() -> None:
    ledger, after = ledger_of(alice=10, bob=10), ledger_of(alice=10, bob=10)
    coming, staying = transfer("alice"), transfer("bob")
    after.apply(block_of(GENESIS.hash, 1, [coming]))
    pool = pool_of(ledger, staying)
    for _ in range(300):
        assert head_changed(pool, ledger, returned=[coming]) == [staying, coming]
        assert head_changed(pool, after, confirmed=[coming]) == [staying]
        assert len(pool._by_fee) <= 2 * 2 + 64
    assert pool._by_sender == {staying.sender: {0: staying}}


def test_a_transfer_that_returned_counts_as_the_latest_arrival_after_tidying_too() -> None:
    ledger, after = (ledger_of(alice=10, bob=10, carol=10) for _ in range(2))
    coming, staying, high = transfer("alice"), transfer("bob"), transfer("carol", fee=1)
    after.apply(block_of(GENESIS.hash, 1, [coming]))
    pool = pool_of(ledger, coming, staying, transactions_max=2)
    sizes = [0]
    while len(pool._by_fee) >= sizes[-1] and len(sizes) < 100:
        sizes.append(len(pool._by_fee))
        head_changed(pool, after, confirmed=[coming])
        head_changed(pool, ledger, returned=[coming])
    assert sizes == [0, *range(2, 69)]
    pool.add(high, ledger, CHAIN_ID)
    assert list(pool) == [staying, high]


def test_after_it_was_tidied_the_lowest_fee_still_goes_first() -> None:
    ledger = ledger_of(alice=1_000, bob=1_000, carol=1_000, dave=1_000)
    pool = Mempool(transactions_max=3)
    for fee in range(1, 73):
        pool.add(transfer("alice", fee=fee), ledger, CHAIN_ID)
    assert len(pool._by_fee) < 72
    low, high = transfer("bob", fee=10), transfer("carol", fee=500)
    pool.add(low, ledger, CHAIN_ID)
    pool.add(high, ledger, CHAIN_ID)
    newest = transfer("dave", fee=400)
    pool.add(newest, ledger, CHAIN_ID)
    assert list(pool) == [transfer("alice", fee=72), high, newest]


NAMES = ("alice", "bob", "carol")
transfers = st.builds(
    lambda sender, recipient, amount, fee, nonce: transfer(
        sender, recipient, amount=amount, fee=fee, nonce=nonce
    ),
    st.sampled_from(NAMES),
    st.sampled_from(NAMES),
    st.integers(1, 4),
    st.integers(0, 3),
    st.integers(0, 3),
)


@given(st.lists(transfers, max_size=15), st.integers(1, 6), st.integers(0, 6))
def test_a_selection_always_makes_a_valid_block(
    wishes: list[Transaction], transactions_max: int, count_max: int
) -> None:
    ledger = ledger_of(alice=8, bob=5, carol=0)
    pool = Mempool(transactions_max)
    for wish in wishes:
        try:
            pool.add(wish, ledger, CHAIN_ID)
        except InvalidTransaction:
            continue
        assert wish.id in pool
    assert len(pool) <= transactions_max
    places = [(transaction.sender, transaction.nonce) for transaction in pool]
    assert len(set(places)) == len(places)
    selected = pool.select(ledger, count_max)
    assert len(selected) <= count_max
    ledger.apply(block_of(GENESIS.hash, 1, selected))
    remaining = head_changed(pool, ledger, confirmed=selected)
    assert all(transaction.id in pool for transaction in remaining)
    assert not {transaction.id for transaction in selected} & {t.id for t in remaining}


@pytest.mark.parametrize("transactions_max", [1, 2, 50])
def test_the_number_of_transfers_is_bounded(transactions_max: int) -> None:
    ledger = ledger_of(alice=1_000)
    pool = Mempool(transactions_max)
    assert pool.transactions_max == transactions_max
    for nonce in range(60):
        transaction = transfer("alice", fee=nonce, nonce=nonce)
        pool.add(transaction, ledger, CHAIN_ID)
        assert len(pool) == min(nonce + 1, transactions_max)
