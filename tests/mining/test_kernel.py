from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from powclock.machine.target import TARGET_END, bits_to_target
from powclock.mining.kernel import NONCE_END, find_nonce

GENESIS_PREFIX = bytes.fromhex(
    "01000000"
    "0000000000000000000000000000000000000000000000000000000000000000"
    "3ba3edfd7a7b12b27ac72c3e67768f617fc81bc3888a51323a9fb8aa4b1e5e4a"
    "29ab5f49"
    "ffff001d"
)
GENESIS_NONCE = 2_083_236_893
GENESIS_HASH = 0x000000000019D6689C085AE165831E934FF763AE46A2A6C172B3F1B60A8CE26F


def hash_of(prefix: bytes, nonce: int) -> int:
    digest = sha256(sha256(prefix + nonce.to_bytes(4, "little")).digest()).digest()
    return int.from_bytes(digest, "little")


def test_the_kernel_finds_the_nonce_of_the_genesis_block() -> None:
    target = bits_to_target(0x1D00_FFFF)
    start = GENESIS_NONCE - 1_000
    assert find_nonce(GENESIS_PREFIX, target, start, 1_001) == GENESIS_NONCE
    assert find_nonce(GENESIS_PREFIX, target, start, 1_000) is None
    assert find_nonce(GENESIS_PREFIX, target, GENESIS_NONCE, 1) == GENESIS_NONCE
    assert find_nonce(GENESIS_PREFIX, target, GENESIS_NONCE + 1, 1_000) is None


def test_a_hash_may_reach_the_target_but_not_exceed_it() -> None:
    assert hash_of(GENESIS_PREFIX, GENESIS_NONCE) == GENESIS_HASH
    assert find_nonce(GENESIS_PREFIX, GENESIS_HASH, GENESIS_NONCE, 1) == GENESIS_NONCE
    assert find_nonce(GENESIS_PREFIX, GENESIS_HASH - 1, GENESIS_NONCE, 1) is None


def test_nonces_end_at_2_to_the_32() -> None:
    assert NONCE_END == 2**32
    assert find_nonce(GENESIS_PREFIX, 0, NONCE_END - 5, 100) is None
    assert find_nonce(GENESIS_PREFIX, TARGET_END - 1, NONCE_END - 1, 100) == NONCE_END - 1
    assert find_nonce(GENESIS_PREFIX, TARGET_END - 1, NONCE_END, 100) is None


def test_trying_nothing_finds_nothing() -> None:
    assert find_nonce(GENESIS_PREFIX, TARGET_END - 1, 7, 0) is None
    assert find_nonce(GENESIS_PREFIX, TARGET_END - 1, 7, 1) == 7


@pytest.mark.parametrize("length", [75, 77])
def test_a_prefix_has_76_bytes(length: int) -> None:
    with pytest.raises(AssertionError):
        find_nonce(bytes(length), TARGET_END - 1, 0, 1)


@given(
    st.binary(min_size=76, max_size=76),
    st.integers(240, 256),
    st.integers(0, NONCE_END - 1),
    st.integers(0, 200),
)
def test_the_first_nonce_that_meets_the_target_is_found(
    prefix: bytes, target_bits: int, start: int, count: int
) -> None:
    target = 2**target_bits - 1
    met = [
        nonce
        for nonce in range(start, min(start + count, NONCE_END))
        if hash_of(prefix, nonce) <= target
    ]
    assert find_nonce(prefix, target, start, count) == (met[0] if met else None)
