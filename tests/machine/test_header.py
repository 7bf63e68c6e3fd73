import json
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from powclock.machine.header import NO_PARENT, BlockHeader, display, from_display, sha256d, short
from powclock.machine.reason import Invalid
from powclock.machine.target import bits_to_target
from tests.builders import mainnet_headers, refused

GENESIS_HASH = "000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f"
GENESIS_ROOT = "4a5e1e4baab89f3a32518a88c31bc87f618f76673e2cc77ab2127b7afdeda33b"
BITCOIN_GENESIS = BlockHeader(
    version=1,
    parent=NO_PARENT,
    merkle_root=bytes.fromhex(GENESIS_ROOT)[::-1],
    time=1231006505,
    bits=0x1D00FFFF,
    nonce=2083236893,
)
BITCOIN_GENESIS_BYTES = bytes.fromhex(
    "01000000"
    "0000000000000000000000000000000000000000000000000000000000000000"
    "3ba3edfd7a7b12b27ac72c3e67768f617fc81bc3888a51323a9fb8aa4b1e5e4a"
    "29ab5f49"
    "ffff001d"
    "1dac2b7c"
)

headers = st.builds(
    BlockHeader,
    version=st.integers(-(2**31), 2**31 - 1),
    parent=st.binary(min_size=32, max_size=32),
    merkle_root=st.binary(min_size=32, max_size=32),
    time=st.integers(0, 2**32 - 1),
    bits=st.integers(0, 2**32 - 1),
    nonce=st.integers(0, 2**32 - 1),
)


def test_the_genesis_header_of_bitcoin_has_its_known_bytes_and_hash() -> None:
    assert BITCOIN_GENESIS.serialise() == BITCOIN_GENESIS_BYTES
    assert display(BITCOIN_GENESIS.hash) == GENESIS_HASH
    assert BITCOIN_GENESIS.hash == from_display(GENESIS_HASH)
    assert display(BITCOIN_GENESIS.merkle_root) == GENESIS_ROOT
    assert BlockHeader.parse(BITCOIN_GENESIS_BYTES) == BITCOIN_GENESIS


def test_a_header_is_short_by_its_last_four_digits() -> None:
    assert BITCOIN_GENESIS.short == "e26f"
    assert short(from_display(GENESIS_HASH)) == GENESIS_HASH[-4:]


def test_mainnet_headers_parse_link_and_meet_their_targets(vectors: Path) -> None:
    data = (vectors / "bitcoin" / "mainnet_0_4031.bin").read_bytes()
    chain = mainnet_headers(vectors)
    assert len(chain) == 4032
    assert chain[0] == BITCOIN_GENESIS
    assert b"".join(header.serialise() for header in chain) == data
    assert [header.parent for header in chain[1:]] == [header.hash for header in chain[:-1]]
    for header in chain:
        assert int(display(header.hash), 16) <= bits_to_target(header.bits)


def test_a_stale_header_is_as_good_a_header_as_its_sibling(vectors: Path) -> None:
    (case,) = json.loads((vectors / "bitcoin" / "mainnet_stale_headers.json").read_text())
    stale = BlockHeader.parse(bytes.fromhex(case["stale_header_hex"]))
    main = BlockHeader.parse(bytes.fromhex(case["main_header_hex"]))
    assert display(stale.hash) == case["stale_hash"]
    assert display(main.hash) == case["main_hash"]
    assert stale.parent == main.parent
    assert stale.bits == main.bits
    for header in (stale, main):
        assert int(display(header.hash), 16) <= bits_to_target(header.bits)


def test_truncated_and_trailing_bytes_are_different_reasons() -> None:
    data = BITCOIN_GENESIS_BYTES
    with refused("truncated-message: a header has 80 bytes, not 79", Invalid):
        BlockHeader.parse(data[:-1])
    with refused("truncated-message: a header has 80 bytes, not 0", Invalid):
        BlockHeader.parse(b"")
    with refused("trailing-bytes: a header has 80 bytes, not 81", Invalid):
        BlockHeader.parse(data + b"\0")


@given(headers)
def test_every_header_survives_its_80_bytes(header: BlockHeader) -> None:
    data = header.serialise()
    parsed = BlockHeader.parse(data)
    assert len(data) == 80
    assert parsed == header
    assert parsed.hash == sha256(sha256(data).digest()).digest() == sha256d(data)


@given(st.binary(min_size=80, max_size=80))
def test_any_80_bytes_are_one_header(data: bytes) -> None:
    assert BlockHeader.parse(data).serialise() == data


@pytest.mark.parametrize("field", ["version", "time", "bits", "nonce"])
def test_every_field_is_under_the_hash(field: str) -> None:
    start = {"version": 0, "time": 68, "bits": 72, "nonce": 76}[field]
    data = bytearray(BITCOIN_GENESIS_BYTES)
    data[start] ^= 1
    changed = BlockHeader.parse(bytes(data))
    assert getattr(changed, field) == getattr(BITCOIN_GENESIS, field) ^ 1
    assert changed.hash != BITCOIN_GENESIS.hash
