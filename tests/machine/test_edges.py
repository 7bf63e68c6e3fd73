"""Whatever fields a header, a transfer or a block has: it is good, or there is a reason."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from powclock.machine.block import Block, check_body
from powclock.machine.header import HEADER_BYTES, BlockHeader
from powclock.machine.keys import acceptable_key, verify_signature
from powclock.machine.ledger import Ledger
from powclock.machine.mempool import Mempool
from powclock.machine.reason import Invalid, InvalidBlock, InvalidTransaction, Reason
from powclock.machine.target import TARGET_END, bits_to_target, target_to_bits, target_to_work
from powclock.machine.transaction import Coinbase, Transaction
from tests.builders import CHAIN_ID, PARAMETERS, address, block_of, refused, transfer
from tests.edges import line_of

NAMES = ("alice", "bob", "carol")
keys = st.one_of(
    st.sampled_from([address(name) for name in NAMES]), st.binary(min_size=32, max_size=32)
)
numbers = st.one_of(st.integers(0, 6), st.integers(0, 2**64 - 1))
signed = st.builds(
    transfer,
    st.sampled_from(NAMES),
    st.sampled_from(NAMES),
    amount=st.integers(0, 8),
    fee=st.integers(0, 3),
    nonce=st.integers(0, 3),
    chain_id=st.sampled_from([CHAIN_ID, CHAIN_ID, CHAIN_ID, 8]),
)
forged = st.builds(
    lambda whole, **changes: replace(
        whole, **{name: value for name, value in changes.items() if value is not None}
    ),
    signed,
    sender=st.none() | keys,
    recipient=st.none() | keys,
    amount=st.none() | numbers,
    fee=st.none() | numbers,
    nonce=st.none() | numbers,
    signature=st.none() | st.binary(min_size=64, max_size=64),
)
transfers = st.one_of(signed, signed, forged)
coinbases = st.builds(
    Coinbase,
    height=st.integers(0, 3) | st.integers(0, 2**32 - 1),
    recipient=keys,
    amount=numbers,
    extra=st.binary(max_size=101),
)


def reason_of(what: Callable[[], object]) -> Reason | None:
    """Why a block or a part of it is refused, if it is; nothing else may come out."""
    try:
        what()
    except InvalidBlock as refusal:
        line_of(refusal)
        return refusal.reason
    return None


@given(st.binary(max_size=2 * HEADER_BYTES))
def test_only_80_bytes_are_a_header(data: bytes) -> None:
    if len(data) == HEADER_BYTES:
        assert BlockHeader.parse(data).serialise() == data
        return
    with pytest.raises(Invalid) as caught:
        BlockHeader.parse(data)
    short = len(data) < HEADER_BYTES
    assert caught.value.reason is (Reason.TRUNCATED if short else Reason.TRAILING)
    assert caught.value.detail == f"a header has 80 bytes, not {len(data)}"


@given(st.binary(min_size=HEADER_BYTES, max_size=HEADER_BYTES), st.integers(0, 639))
def test_another_bit_is_another_header(data: bytes, bit: int) -> None:
    flipped = bytearray(data)
    flipped[bit // 8] ^= 1 << bit % 8
    one, other = BlockHeader.parse(data), BlockHeader.parse(bytes(flipped))
    assert one != other
    assert one.hash != other.hash


@given(st.integers(0, 2**32 - 1), st.integers(1, TARGET_END - 1))
def test_any_bits_are_a_target_within_its_limit_or_refused(bits: int, limit: int) -> None:
    reason = reason_of(lambda: bits_to_target(bits, limit))
    if reason is not None:
        assert reason is Reason.BAD_DIFFBITS
        return
    target = bits_to_target(bits, limit)
    assert 0 < target <= limit
    assert target_to_work(target) >= 1
    assert bits_to_target(target_to_bits(target)) == target


@given(st.binary(max_size=40), st.binary(max_size=70), st.binary(max_size=40))
def test_any_bytes_are_a_key_and_a_signature_or_not(
    public: bytes, signature: bytes, message: bytes
) -> None:
    assert acceptable_key(public) in {True, False}
    assert not verify_signature(public, signature, message)


Contents = tuple[dict[bytes, tuple[int, int]], bytes, list[Transaction]]


def state(ledger: Ledger, pool: Mempool) -> Contents:
    return (
        {owner: (account.balance, account.nonce) for owner, account in ledger},
        ledger.state_root,
        list(pool),
    )


def endowed() -> Ledger:
    return Ledger(PARAMETERS, {address("alice"): 10, address("bob"): 5})


@given(st.lists(transfers, max_size=6))
def test_any_transfers_are_taken_in_or_leave_a_mempool_as_it_was(
    arrivals: list[Transaction],
) -> None:
    ledger, pool = endowed(), Mempool(transactions_max=3)
    for arrival in arrivals:
        before = state(ledger, pool)
        try:
            pool.add(arrival, ledger, CHAIN_ID)
        except InvalidTransaction:
            assert state(ledger, pool) == before
        else:
            assert arrival.id in pool
            assert verify_signature(arrival.sender, arrival.signature, arrival.signed_bytes())
        assert len(pool) <= 3


@given(coinbases, st.lists(transfers, max_size=5), st.binary(max_size=3))
def test_any_block_is_applied_or_leaves_a_ledger_as_it_was(
    coinbase: Coinbase, body: list[Transaction], seal: bytes
) -> None:
    ledger, pool = endowed(), Mempool()
    honest = block_of(bytes(32), coinbase.height, body, time=1)
    block = replace(block_of(bytes(32), 0), coinbase=coinbase, transactions=tuple(body), seal=seal)
    before = state(ledger, pool)
    for each in (block, honest):
        reason_of(partial(check_body, each, 1, PARAMETERS))
        if reason_of(partial(ledger.apply, each)) is None:
            ledger.undo(each)
        assert state(ledger, pool) == before


@given(st.lists(signed, max_size=5), st.data())
def test_a_body_with_anything_changed_is_not_its_header_s(
    body: list[Transaction], data: st.DataObject
) -> None:
    block = block_of(bytes(32), 1, body)
    reason = reason_of(lambda: check_body(block, 1, PARAMETERS))
    assert reason in {None, Reason.BAD_TXNS_DUPLICATE, Reason.BAD_BLK_LENGTH}
    other = data.draw(st.lists(signed, max_size=5).filter(lambda others: others != body))
    with pytest.raises(InvalidBlock) as caught:
        check_body(Block(block.header, block.coinbase, tuple(other)), 1, PARAMETERS)
    assert caught.value.reason in {Reason.BAD_TXNMRKLROOT, Reason.BAD_TXNS_DUPLICATE}
    with refused("bad-txnmrklroot"):
        check_body(replace(block, coinbase=Coinbase(1, block.author, 1)), 1, PARAMETERS)
