"""Blocks as the checker reads them from the wire's bytes."""

import json
from pathlib import Path

import msgpack
import pytest
from hypothesis import given
from hypothesis import strategies as st

from powclock.machine.header import HEADER_BYTES
from powclock.machine.merkle import merkle_root as machine_root
from powclock.network.faults.links import flip
from powclock.network.wire import CHECKSUM_BYTES, Announce, Deliver, encode, framed
from powclock.record.checker.broken import Wrong
from powclock.record.checker.parse import check_body, merkle_root, read_block, read_header, twice
from tests.builders import GENESIS, address, block_of, transfer, with_body
from tests.edges import ANYTHING, damaged, replaced
from tests.network.test_wire import corpus_bytes

TRANSFERS = [
    transfer("alice", "bob", amount=60, fee=5),
    transfer("bob", "carol", amount=20, fee=1),
    transfer("alice", "alice", amount=30, fee=2, nonce=1),
]
BLOCK = block_of(GENESIS.hash, 1, TRANSFERS, extra=b"hello", time=77)


def test_every_field_comes_back() -> None:
    header, body = read_block(encode(Deliver(BLOCK)))
    theirs = BLOCK.header
    assert header == (BLOCK.hash, 1, GENESIS.hash, theirs.merkle_root, 77, theirs.bits, 0)
    assert (body.height, body.author, body.amount) == (1, address("miner"), BLOCK.coinbase.amount)
    assert (body.extra, body.seal, body.coinbase_id) == (b"hello", b"", BLOCK.coinbase.id)
    assert [transfer_.id for transfer_ in body.transfers] == [each.id for each in TRANSFERS]
    assert [transfer_.message for transfer_ in body.transfers] == [
        each.signed_bytes() for each in TRANSFERS
    ]
    check_body(header, body, 1, 3)


def test_what_is_no_block_is_not_read() -> None:
    with pytest.raises(Wrong, match="its frame holds no block"):
        read_block(encode(Announce(blocks=(BLOCK.hash,))))
    with pytest.raises(Wrong, match="its frame does not have the checksum of what follows"):
        read_block(flip(encode(Deliver(BLOCK)), 100))
    with pytest.raises(Wrong, match="its header has 79 bytes"):
        read_header(bytes(HEADER_BYTES - 1))


FIELDS = msgpack.unpackb(encode(Deliver(BLOCK))[CHECKSUM_BYTES:])


@given(
    st.one_of(
        st.binary(),
        damaged(st.just(msgpack.packb(FIELDS))),
        ANYTHING.map(msgpack.packb),
        replaced(FIELDS).map(msgpack.packb),
    )
)
def test_any_bytes_are_a_block_or_wrong(payload: bytes) -> None:
    try:
        header, body = read_block(framed(payload))
    except Wrong:
        return
    assert len(header.parent) == len(body.author) == 32


def test_nothing_of_the_malformed_corpus_is_a_block(vectors: Path) -> None:
    corpus = json.loads((vectors / "msgpack" / "malformed_corpus.json").read_text())
    for case in corpus["cases"]:
        with pytest.raises(Wrong):
            read_block(framed(corpus_bytes(case)))


@pytest.mark.parametrize("count", range(1, 20))
def test_the_root_is_the_machine_s(count: int) -> None:
    leaves = [twice(bytes([number])) for number in range(count)]
    assert merkle_root(leaves) == machine_root(leaves)[0]


@pytest.mark.parametrize(
    ("transfers", "height", "most", "detail"),
    [
        (TRANSFERS[:2], 1, 3, "its transfers are not those under its Merkle root"),
        (TRANSFERS, 1, 2, "it has 3 transfers, at most 2 are allowed"),
        (TRANSFERS, 2, 3, "its coinbase says height 1, it stands at 2"),
    ],
)
def test_a_body_that_does_not_fit_says_why(
    transfers: list[object], height: int, most: int, detail: str
) -> None:
    header, body = read_block(encode(Deliver(with_body(BLOCK, transfers))))  # type: ignore[arg-type]
    with pytest.raises(Wrong) as wrong:
        check_body(header, body, height, most)
    assert (wrong.value.invariant, wrong.value.detail) == (1, detail)


def test_a_repeated_tail_is_seen_though_the_root_is_the_same() -> None:
    two = block_of(GENESIS.hash, 1, TRANSFERS[:2])
    header, body = read_block(encode(Deliver(with_body(two, [*TRANSFERS[:2], TRANSFERS[1]]))))
    with pytest.raises(Wrong, match="it repeats its last transfers"):
        check_body(header, body, 1, 9)
