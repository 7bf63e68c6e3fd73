import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from powclock.machine.reason import InvalidBlock
from powclock.machine.target import (
    TARGET_END,
    Compact,
    bits_to_target,
    decode_compact,
    target_to_bits,
    target_to_work,
    work_to_target,
)
from tests.builders import mainnet_headers, refused


def nbits(vectors: Path) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(
        (vectors / "nbits" / "core_nbits_and_retarget.json").read_text()
    )
    return data


def test_compact_targets_decode_as_in_bitcoin_core(vectors: Path) -> None:
    cases = nbits(vectors)["set_compact"]
    assert len(cases) == 20
    for case in cases:
        decoded = decode_compact(int(case["nbits"], 16))
        assert (decoded.negative, decoded.overflow) == (case["negative"], case["overflow"]), case
        if case["target_hex_be"] is None:
            assert decoded.overflow, case
        else:
            assert decoded.target == int(case["target_hex_be"], 16), case


def test_compact_targets_encode_as_in_bitcoin_core(vectors: Path) -> None:
    encoded = 0
    for case in nbits(vectors)["set_compact"]:
        if case["recompact"] is None:
            continue
        sign = 0x0080_0000 if case["recompact_with_negative_flag"] else 0
        bits = target_to_bits(int(case["target_hex_be"], 16)) | sign
        assert bits == int(case["recompact"], 16), case
        encoded += 1
    assert encoded == 19
    (case,) = nbits(vectors)["get_compact"]
    assert target_to_bits(int(case["target_hex_be"], 16)) == int(case["nbits"], 16)


@pytest.mark.parametrize(
    ("bits", "compact"),
    [
        (0x2100_FFFF, Compact(0xFFFF << 240, negative=False, overflow=False)),
        (0x2101_0000, Compact(1 << 256, negative=False, overflow=True)),
        (0x2200_00FF, Compact(0xFF << 248, negative=False, overflow=False)),
        (0x2200_0100, Compact(1 << 256, negative=False, overflow=True)),
        (0x2300_0001, Compact(1 << 256, negative=False, overflow=True)),
        (0x2300_0000, Compact(0, negative=False, overflow=False)),
    ],
)
def test_overflow_begins_at_2_to_the_256(bits: int, compact: Compact) -> None:
    assert decode_compact(bits) == compact


@pytest.mark.parametrize("bits", [0x0000_0000, 0x0100_3456, 0x04923456, 0xFF12_3456, 0x2300_0001])
def test_bits_that_are_zero_negative_or_overflow_encode_no_target(bits: int) -> None:
    with refused(f"bad-diffbits: bits {bits:08x} encode no target of this chain"):
        bits_to_target(bits)


def test_bits_may_reach_the_limit_but_not_exceed_it() -> None:
    target = 0xFFFF << 208
    assert bits_to_target(0x1D00_FFFF) == target
    assert bits_to_target(0x1D00_FFFF, target) == target
    with refused("bad-diffbits: bits 1d00ffff encode no target of this chain"):
        bits_to_target(0x1D00_FFFF, target - 1)


@given(st.integers(1, TARGET_END - 1))
def test_bits_round_a_target_down_to_15_to_23_bits(target: int) -> None:
    bits = target_to_bits(target)
    rounded = bits_to_target(bits)
    assert rounded <= target
    assert (target - rounded) << 15 <= target
    assert target_to_bits(rounded) == bits


@given(st.integers(0, 2**32 - 1))
def test_a_valid_target_survives_any_bits_that_encode_it(bits: int) -> None:
    try:
        target = bits_to_target(bits)
    except InvalidBlock:
        compact = decode_compact(bits)
        assert compact.negative or compact.overflow or compact.target == 0
        return
    assert 0 < target < TARGET_END
    assert bits_to_target(target_to_bits(target)) == target


def test_work_is_the_expected_number_of_hashes() -> None:
    assert target_to_work(0xFFFF << 208) == 0x1_0001_0001
    assert target_to_work(TARGET_END - 1) == 1
    assert target_to_work(TARGET_END // 2) == 1
    assert target_to_work(TARGET_END // 2 - 1) == 2
    assert target_to_work(1) == 2**255


def test_the_work_of_a_mainnet_header_is_that_of_its_bits(vectors: Path) -> None:
    works = {target_to_work(bits_to_target(header.bits)) for header in mainnet_headers(vectors)}
    assert works == {4_295_032_833}


@given(st.integers(1, 2**64))
def test_work_to_target_is_the_inverse_of_target_to_work(work: int) -> None:
    assert target_to_work(work_to_target(work)) == work


@given(st.floats(1, 2.0**64))
def test_fractional_work_is_kept_to_a_16th_bit(work: float) -> None:
    assert TARGET_END / (work_to_target(work) + 1) == pytest.approx(work, abs=2**-15, rel=1e-12)


def test_the_easiest_target_takes_one_hash() -> None:
    assert work_to_target(1) == TARGET_END - 1
    assert work_to_target(2) == TARGET_END // 2 - 1
