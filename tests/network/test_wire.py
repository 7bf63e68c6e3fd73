"""The wire: one encoding a message, and nothing but a reason for everything else."""

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgpack
import pytest
from hypothesis import given
from hypothesis import strategies as st

from powclock.machine.block import Block
from powclock.machine.header import BlockHeader
from powclock.machine.reason import Invalid, Reason
from powclock.machine.transaction import Coinbase, Transaction
from powclock.network.faults.links import flip
from powclock.network.wire import (
    CHECKSUM_BYTES,
    FRAME_BYTES_MAX,
    HASHES_MAX,
    LOCATOR_MAX,
    TRANSACTIONS_MAX,
    Announce,
    Deliver,
    Fetch,
    Hello,
    Message,
    Pass,
    Request,
    decode,
    encode,
    framed,
)
from tests.builders import block_of, refused, transfer

HASH = bytes(range(32))

hashes = st.binary(min_size=32, max_size=32)
many_hashes = st.lists(hashes, max_size=4).map(tuple)
uint32 = st.integers(0, 2**32 - 1)
uint64 = st.integers(0, 2**64 - 1)
headers = st.builds(
    BlockHeader,
    version=st.integers(-(2**31), 2**31 - 1),
    parent=hashes,
    merkle_root=hashes,
    time=uint32,
    bits=uint32,
    nonce=uint32,
)
transactions = st.builds(
    Transaction,
    chain_id=uint32,
    sender=hashes,
    recipient=hashes,
    amount=uint64,
    fee=uint64,
    nonce=uint64,
    signature=st.binary(min_size=64, max_size=64),
)
coinbases = st.builds(
    Coinbase, height=uint32, recipient=hashes, amount=uint64, extra=st.binary(max_size=100)
)
blocks = st.builds(
    Block,
    header=headers,
    coinbase=coinbases,
    transactions=st.lists(transactions, max_size=3).map(tuple),
    seal=st.binary(max_size=256),
)
messages: st.SearchStrategy[Message] = st.one_of(
    st.builds(Hello, genesis=hashes, chain_work=st.integers(0, 2**256 - 1), locator=many_hashes),
    st.builds(Announce, blocks=many_hashes, transactions=many_hashes),
    st.builds(Request, blocks=many_hashes, transactions=many_hashes),
    st.builds(Fetch, locator=many_hashes),
    st.builds(Deliver, block=blocks),
    st.builds(Pass, transaction=transactions),
)
BLOCK = block_of(HASH, 7, (transfer("alice"), transfer("alice", nonce=1)), extra=b"extra")
EXAMPLES: list[Message] = [
    Hello(HASH, 2**200, (HASH, HASH)),
    Announce((HASH,), (HASH,)),
    Request((HASH,), (HASH,)),
    Fetch((HASH,)),
    Deliver(BLOCK),
    Pass(transfer("alice")),
]


def reason_of(data: bytes) -> Reason | None:
    """Why bytes are refused, if they are; nothing but `Invalid` may come out."""
    try:
        message = decode(data)
    except Invalid as refusal:
        return refusal.reason
    assert encode(message) == data
    return None


@given(messages)
def test_every_message_comes_back_from_its_bytes(message: Message) -> None:
    assert decode(encode(message)) == message


ABOUT_ONE_HASH = (
    Announce(blocks=(HASH,)),
    Announce(transactions=(HASH,)),
    Request(blocks=(HASH,)),
    Request(transactions=(HASH,)),
)


@pytest.mark.parametrize("message", ABOUT_ONE_HASH, ids=str)
def test_around_the_hash_of_a_message_about_one_no_byte_may_differ(message: Message) -> None:
    payload = encode(message)[CHECKSUM_BYTES:]
    assert decode(framed(payload)) == message
    at = payload.index(HASH)
    others = []
    for place in (*range(at), *range(at + len(HASH), len(payload))):
        for byte in set(range(256)) - {payload[place]}:
            damaged = framed(payload[:place] + bytes([byte]) + payload[place + 1 :])
            try:
                others.append(decode(damaged))
            except Invalid:
                continue
            assert encode(others[-1]) == damaged
    # The kind is the only byte that can be another: 2 announces and 3 requests.
    (other,) = others
    assert isinstance(other, Announce | Request)
    assert type(other) is not type(message)


@pytest.mark.parametrize(
    ("message", "data"),
    [
        (Announce(), "93029090"),
        (Request((HASH,)), "930391c420" + HASH.hex() + "90"),
        (Fetch((HASH,)), "920491c420" + HASH.hex()),
        (Hello(HASH, 1, ()), "9401c420" + HASH.hex() + "c420" + bytes(31).hex() + "0190"),
    ],
)
def test_the_bytes_are_these(message: Message, data: str) -> None:
    payload = bytes.fromhex(data)
    assert encode(message) == sha256(sha256(payload).digest()).digest()[:4] + payload
    assert decode(framed(payload)) == message


def test_an_empty_announcement_begins_with_this_checksum() -> None:
    assert encode(Announce()).hex() == "ff8669f793029090"


@pytest.mark.parametrize("message", EXAMPLES, ids=lambda message: type(message).__name__)
def test_a_cut_message_is_truncated_and_a_longer_one_has_trailing_bytes(message: Message) -> None:
    payload = encode(message)[CHECKSUM_BYTES:]
    cut = [framed(payload[:length]) for length in range(len(payload))]
    longer = [framed(payload + bytes([extra])) for extra in range(256)]
    assert {reason_of(data) for data in cut} == {Reason.TRUNCATED}
    assert {reason_of(data) for data in longer} == {Reason.TRAILING}


def fields(message: Message) -> list[Any]:
    """What msgpack reads from a message."""
    return list(msgpack.unpackb(encode(message)[CHECKSUM_BYTES:]))


def refilled(fields: list[Any]) -> bytes:
    """The frame of a message with these fields, which may be wrong."""
    return framed(msgpack.packb(fields))


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "truncated-message"),
        (b"\x05", "malformed-message: a message is an array that starts with its kind"),
        (b"\x90", "malformed-message: a message is an array that starts with its kind"),
        (b"\x80", "malformed-message: a message is an array that starts with its kind"),
        (b"\x93\xc3\x90\x90", "malformed-message: a message is an array that starts with its kind"),
        (b"\x93\xcb@\0\0\0\0\0\0\0\x90\x90",
         "malformed-message: a message is an array that starts with its kind"),
        (b"\x93\xcc\x02\x90\x90", "malformed-message: not in the one encoding that is allowed"),
        (b"\xdc\0\x03\x02\x90\x90", "malformed-message: not in the one encoding that is allowed"),
        (b"\x93\x02\x90\xdc\0\0", "malformed-message: not in the one encoding that is allowed"),
        (b"\x91\x02", "malformed-message: no message has this shape"),
        (b"\x94\x02\x90\x90\x90", "malformed-message: no message has this shape"),
        (b"\x93\x07\x90\x90", "malformed-message: no message has this shape"),
        (b"\x93\x02\x90\xc0", "malformed-message: at most 1000 hashes expected"),
        (b"\x93\x02\x90\x91\xc4\x01a", "malformed-message: 32 bytes expected"),
        (b"\x82\x01\x01\x01\x02", "malformed-message"),
        (b"\x92\x04\xdd\xff\xff\xff\xff", "malformed-message"),
        (b"\x92\x04\xc6\xff\xff\xff\xff", "truncated-message"),
        (b"\x91\xd6\xff\0\0\0\0", "malformed-message"),
        (b"\x91\xa1a", "malformed-message"),
        (b"\x91" * 5_000, "malformed-message"),
    ],
)  # fmt: skip
def test_malformed_bytes_are_refused_by_reason(data: bytes, message: str) -> None:
    with refused(message, Invalid):
        decode(framed(data))


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (bytes(FRAME_BYTES_MAX + 1), "oversized-message: 262145 bytes, at most 262144"),
        (framed(bytes(FRAME_BYTES_MAX - 3)), "oversized-message: 262145 bytes, at most 262144"),
        (bytes(FRAME_BYTES_MAX), "bad-checksum: damaged on the way"),
        (framed(b"\x05")[1:], "bad-checksum: damaged on the way"),
        (framed(b"\x05") + b"\x05", "bad-checksum: damaged on the way"),
        (b"", "truncated-message: shorter than a checksum"),
        (b"\x93\x02\x90", "truncated-message: shorter than a checksum"),
    ],
    ids=range(7),
)
def test_the_size_is_judged_first_and_the_checksum_before_the_content(
    data: bytes, message: str
) -> None:
    with refused(message, Invalid):
        decode(data)


def test_lists_have_their_limits() -> None:
    decode(encode(Announce((HASH,) * HASHES_MAX, (HASH,) * HASHES_MAX)))
    decode(encode(Fetch((HASH,) * LOCATOR_MAX)))
    with refused("malformed-message: at most 1000 hashes expected", Invalid):
        decode(encode(Announce((HASH,) * (HASHES_MAX + 1))))
    with refused("malformed-message: at most 1000 hashes expected", Invalid):
        decode(encode(Request((), (HASH,) * (HASHES_MAX + 1))))
    with refused("malformed-message: at most 64 hashes expected", Invalid):
        decode(encode(Fetch((HASH,) * (LOCATOR_MAX + 1))))
    with refused("malformed-message: at most 64 hashes expected", Invalid):
        decode(encode(Hello(HASH, 1, (HASH,) * (LOCATOR_MAX + 1))))
    with refused("malformed-message", Invalid):
        decode(encode(Announce((HASH,) * 2_000)))


def test_blocks_have_their_limits() -> None:
    full = block_of(HASH, 1, (transfer("alice"),) * TRANSACTIONS_MAX, extra=bytes(100))
    decode(encode(Deliver(full)))
    one_more = block_of(HASH, 1, (transfer("alice"),) * (TRANSACTIONS_MAX + 1))
    with refused("malformed-message: at most 1000 transactions expected", Invalid):
        decode(encode(Deliver(one_more)))
    with refused("malformed-message: at most 100 bytes expected", Invalid):
        decode(encode(Deliver(block_of(HASH, 1, extra=bytes(101)))))
    sealed = fields(Deliver(BLOCK))
    sealed[2] = bytes(257)
    with refused("malformed-message", Invalid):
        decode(refilled(sealed))


COINBASE_FIELD, TRANSFERS_FIELD = 3, 4


@pytest.mark.parametrize("wrong", [True, 1.0, None, -1, 2**64 - 1, "7", b"7", [], {}])
def test_a_number_is_an_integer_in_range(wrong: object) -> None:
    height = fields(Deliver(BLOCK))
    height[COINBASE_FIELD][0] = wrong
    assert reason_of(refilled(height)) is Reason.MALFORMED
    chain_id = fields(Pass(transfer("alice")))
    chain_id[1][0] = wrong
    assert reason_of(refilled(chain_id)) is Reason.MALFORMED


@pytest.mark.parametrize("place", [1, 2, COINBASE_FIELD, TRANSFERS_FIELD])
@pytest.mark.parametrize("wrong", [True, 1, 1.0, None, "", {}, [[]], [1], [0] * 7])
def test_every_field_of_a_block_has_its_type(place: int, wrong: object) -> None:
    block = fields(Deliver(BLOCK))
    block[place] = wrong
    assert reason_of(refilled(block)) is Reason.MALFORMED


@pytest.mark.parametrize("message", EXAMPLES, ids=lambda message: type(message).__name__)
def test_a_flipped_bit_is_always_told_from_a_malformed_message(message: Message) -> None:
    data = encode(message)
    reasons = {reason_of(flip(data, bit)) for bit in range(8 * len(data))}
    assert reasons == {Reason.BAD_CHECKSUM}


@given(st.binary(max_size=200))
def test_any_bytes_are_a_message_or_a_reason(data: bytes) -> None:
    reason_of(data)
    reason_of(framed(data))


@given(messages, st.data())
def test_any_damage_is_a_message_or_a_reason(message: Message, data: st.DataObject) -> None:
    whole = encode(message)[CHECKSUM_BYTES:]
    place = data.draw(st.integers(0, len(whole) - 1))
    length = data.draw(st.integers(0, 8))
    damaged = whole[:place] + data.draw(st.binary(max_size=8)) + whole[place + length :]
    assert reason_of(damaged) in (Reason.BAD_CHECKSUM, Reason.TRUNCATED)
    reason_of(framed(damaged))


def corpus_bytes(case: dict[str, Any]) -> bytes:
    """A case's bytes; long ones are given by how they begin, and repeat their last three."""
    if "hex" in case:
        return bytes.fromhex(case["hex"])
    start = bytes.fromhex(case["gen"]["prefix_hex"])
    length: int = case["gen"]["length"]
    period = next(n for n in (1, 3) if start[-n:] == start[-2 * n : -n])
    return (start + start[-period:] * length)[:length]


def test_nothing_but_our_own_error_escapes_the_malformed_corpus(vectors: Path) -> None:
    corpus = json.loads((vectors / "msgpack" / "malformed_corpus.json").read_text())
    accepted = [
        case["name"]
        for case in corpus["cases"]
        if None in (reason_of(corpus_bytes(case)), reason_of(framed(corpus_bytes(case))))
    ]
    assert len(corpus["cases"]) == 556
    assert accepted == []
