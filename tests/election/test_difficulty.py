import json
from fractions import Fraction
from math import floor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from powclock.election.difficulty import (
    AsertDifficulty,
    BitcoinDifficulty,
    asert_target,
    retarget,
)
from powclock.machine.target import TARGET_END, bits_to_target, target_to_bits
from powclock.machine.tree import Entry
from tests.builders import EASY_BITS, GENESIS_TIME, entries, mainnet_headers

DAY_S = 86_400
LIMIT = 2**224 - 1
LIMIT_BITS = 0x1D00_FFFF
BITCOIN = BitcoinDifficulty(600, 2016, LIMIT_BITS, LIMIT)


def retargets(vectors: Path) -> list[dict[str, str | int]]:
    data = json.loads((vectors / "nbits" / "core_nbits_and_retarget.json").read_text())
    assert int(data["pow_limit_hex_be"], 16) == LIMIT
    cases: list[dict[str, str | int]] = data["retarget"]
    assert len(cases) == 4
    return cases


def test_retargets_are_those_of_bitcoin_core(vectors: Path) -> None:
    for case in retargets(vectors):
        timespan_s = int(case["last_time"]) - int(case["first_time"])
        bits = retarget(int(str(case["last_nbits"]), 16), timespan_s, 14 * DAY_S, LIMIT)
        assert f"{bits:08x}" == case["expected"], case


def test_a_whole_window_is_corrected_as_in_bitcoin_core(vectors: Path) -> None:
    for case in retargets(vectors):
        first, last = int(case["first_time"]), int(case["last_time"])
        times = [first, *[first + 1] * 2014, last]
        branch = entries(times, int(str(case["last_nbits"]), 16), int(case["last_height"]) - 2015)
        assert branch[-1].height == case["last_height"]
        assert f"{BITCOIN.next_bits(branch[-1]):08x}" == case["expected"], case


def test_bitcoin_s_rule_demands_the_bits_that_the_mainnet_carries(vectors: Path) -> None:
    parent: Entry | None = None
    for header in mainnet_headers(vectors):
        if parent is not None:
            assert BITCOIN.next_bits(parent) == header.bits
        parent = Entry(header, parent, 1)
    assert parent is not None
    assert parent.height == 4031
    assert BITCOIN.next_bits(parent) == LIMIT_BITS  # 16 % too slow, but no target is easier


@pytest.mark.parametrize(
    ("timespan_s", "factor"),
    [
        (0, Fraction(1, 4)),
        (-5, Fraction(1, 4)),
        (250, Fraction(1, 4)),
        (500, Fraction(1, 2)),
        (1_000, Fraction(1)),
        (2_000, Fraction(2)),
        (4_000, Fraction(4)),
        (4_001, Fraction(4)),
        (10**9, Fraction(4)),
    ],
)
def test_a_correction_is_in_proportion_within_a_factor_of_four(
    timespan_s: int, factor: Fraction
) -> None:
    target = 0x10_0000 << 160
    corrected = retarget(target_to_bits(target), timespan_s, 1_000, TARGET_END - 1)
    assert bits_to_target(corrected) == target * factor


def test_a_correction_stops_at_the_limit() -> None:
    target = 0x10_0000 << 160
    limit = 3 * target
    assert bits_to_target(retarget(target_to_bits(target), 2_000, 1_000, limit)) == 2 * target
    assert bits_to_target(retarget(target_to_bits(target), 4_000, 1_000, limit)) == limit


def test_bits_change_with_every_window_and_only_then() -> None:
    rule = BitcoinDifficulty(10, 4, 0x1E01_0000, TARGET_END - 1)
    times = [0, 5, 10, 15, 20, 25, 30, 40]
    branch = entries(times, 0x1F01_0000)
    corrected = [rule.next_bits(parent) for parent in branch]
    assert corrected == [
        0x1E01_0000,
        0x1F01_0000,
        0x1F01_0000,
        retarget(0x1F01_0000, 15, 40, TARGET_END - 1),
        0x1F01_0000,
        0x1F01_0000,
        0x1F01_0000,
        retarget(0x1F01_0000, 20, 40, TARGET_END - 1),
    ]
    assert bits_to_target(corrected[3]) == (1 << 16 + 8 * 28) * 15 // 40 >> 216 << 216


# ASERT, written again from the reference and checked against exact powers of two.

INTERVAL_S, HALF_LIFE_S = 600, 2 * DAY_S
ANCHOR = 0xFFFF << 184


def reference(anchor: int, late_s: int, half_life_s: int, limit: int) -> int:
    """aserti3-2d in rational numbers, from how late the chain is."""
    exponent = floor(Fraction(late_s * 65536, half_life_s))
    shifts = floor(Fraction(exponent, 65536))
    fraction = exponent - 65536 * shifts
    cubic = Fraction(
        195766423245049 * fraction + 971821376 * fraction**2 + 5127 * fraction**3 + 2**47, 2**48
    )
    target = floor(Fraction(anchor * (65536 + floor(cubic))) * Fraction(2) ** (shifts - 16))
    return max(1, min(limit, target))


def asert(
    late_s: int,
    *,
    anchor: int = ANCHOR,
    height: int = 0,
    half_life_s: int = HALF_LIFE_S,
    limit: int = TARGET_END - 1,
) -> int:
    """The target of a chain that is late by so many seconds."""
    return asert_target(
        anchor_target=anchor,
        time_delta_s=INTERVAL_S * (height + 1) + late_s,
        height_delta=height,
        interval_s=INTERVAL_S,
        half_life_s=half_life_s,
        limit=limit,
    )


@pytest.mark.parametrize("height", [0, 1, 2016, 1_000_000])
def test_on_schedule_the_target_stays(height: int) -> None:
    assert asert(0, height=height) == ANCHOR


@pytest.mark.parametrize("height", [0, 1, 2016])
def test_each_half_life_of_lateness_doubles_the_target(height: int) -> None:
    assert asert(HALF_LIFE_S, height=height) == 2 * ANCHOR
    assert asert(5 * HALF_LIFE_S, height=height) == 32 * ANCHOR
    assert asert(-HALF_LIFE_S, height=height) == ANCHOR // 2
    assert asert(-3 * HALF_LIFE_S, height=height) == ANCHOR // 8


def test_half_a_half_life_by_hand() -> None:
    # 195766423245049·2¹⁵ + 971821376·2³⁰ + 5127·2⁴⁵ + 2⁴⁷ = 7638890426949992448 = 27138.7·2⁴⁸
    assert asert(HALF_LIFE_S // 2, anchor=65536) == 65536 + 27138
    assert asert(-HALF_LIFE_S // 2, anchor=65536) == (65536 + 27138) // 2


def test_a_target_is_at_least_1_and_at_most_the_limit() -> None:
    assert asert(-300 * HALF_LIFE_S) == 1
    assert asert(-(10**15)) == 1
    assert asert(-HALF_LIFE_S, anchor=1) == 1
    assert asert(HALF_LIFE_S, limit=2 * ANCHOR) == 2 * ANCHOR
    assert asert(HALF_LIFE_S + 10, limit=2 * ANCHOR) == 2 * ANCHOR
    assert asert(HALF_LIFE_S, limit=2 * ANCHOR - 1) == 2 * ANCHOR - 1
    assert asert(10**15, limit=LIMIT) == LIMIT
    assert asert(10**15) == TARGET_END - 1


@pytest.mark.parametrize("half_lives", [239, 240, 255, 256, 257, 271, 272, 273, 274, 1000])
def test_astronomic_lateness_is_the_limit_without_an_astronomic_number(half_lives: int) -> None:
    assert asert(half_lives * HALF_LIFE_S, anchor=1, limit=2**255 + 1) == min(
        2**half_lives, 2**255 + 1
    )


@given(
    st.integers(1, TARGET_END - 1),
    st.integers(-400 * DAY_S, 400 * DAY_S),
    st.integers(0, 10_000),
    st.integers(60, 10 * DAY_S),
    st.integers(1, TARGET_END - 1),
)
def test_asert_is_the_reference(
    anchor: int, late_s: int, height: int, half_life_s: int, limit: int
) -> None:
    assert asert(
        late_s, anchor=anchor, height=height, half_life_s=half_life_s, limit=limit
    ) == reference(anchor, late_s, half_life_s, limit)


@given(st.integers(-40 * HALF_LIFE_S, 40 * HALF_LIFE_S))
def test_the_cubic_is_within_0_013_percent_of_the_power_of_two(late_s: int) -> None:
    exponent = late_s * 65536 // HALF_LIFE_S / 65536
    exact = float(ANCHOR) * 2.0**exponent
    assert float(asert(late_s)) == pytest.approx(exact, rel=0.00013)


def test_the_cubic_is_that_good_over_the_whole_range_of_its_argument() -> None:
    worst = max(
        abs(asert(fraction, half_life_s=65536) / ANCHOR / 2 ** (fraction / 65536) - 1)
        for fraction in range(0, 65536, 16)
    )
    assert 0.0001 < worst < 0.00013


def test_the_rule_counts_from_the_parent_of_genesis_and_its_own_bits() -> None:
    genesis_time = GENESIS_TIME
    rule = AsertDifficulty(INTERVAL_S, HALF_LIFE_S, 0x1B00_FFFF, LIMIT, genesis_time)
    on_schedule = entries([genesis_time + INTERVAL_S * height for height in range(5)], EASY_BITS)
    assert {rule.next_bits(entry) for entry in on_schedule} == {0x1B00_FFFF}
    late = entries([genesis_time, genesis_time + INTERVAL_S + HALF_LIFE_S], EASY_BITS)
    assert rule.next_bits(late[1]) == target_to_bits(2 * bits_to_target(0x1B00_FFFF))
    early = entries([genesis_time, genesis_time + INTERVAL_S - HALF_LIFE_S], EASY_BITS)
    assert rule.next_bits(early[1]) == target_to_bits(bits_to_target(0x1B00_FFFF) // 2)
    very_late = entries([genesis_time, genesis_time + 100 * HALF_LIFE_S], EASY_BITS)
    assert rule.next_bits(very_late[1]) == LIMIT_BITS


def test_both_rules_look_at_headers_alone() -> None:
    (genesis,) = entries([0], EASY_BITS)
    assert BITCOIN.next_bits(genesis) == LIMIT_BITS
    assert AsertDifficulty(600, DAY_S, LIMIT_BITS, LIMIT, 0).next_bits(genesis) == LIMIT_BITS


def test_the_outlook_of_bitcoin_s_rule_is_the_end_of_the_window_at_the_pace_so_far() -> None:
    rule = BitcoinDifficulty(10, 4, 0x1E01_0000, TARGET_END - 1)
    branch = entries([0, 5, 10, 15, 20, 26, 38, 41], 0x1F01_0000)
    assert [rule.outlook(parent) for parent in branch] == [
        (4, 0x1E01_0000),  # nothing to judge by yet
        (4, retarget(0x1F01_0000, 15, 40, TARGET_END - 1)),
        (4, retarget(0x1F01_0000, 15, 40, TARGET_END - 1)),
        (4, retarget(0x1F01_0000, 15, 40, TARGET_END - 1)),
        (8, 0x1F01_0000),
        (8, retarget(0x1F01_0000, 18, 40, TARGET_END - 1)),
        (8, retarget(0x1F01_0000, 27, 40, TARGET_END - 1)),
        (8, retarget(0x1F01_0000, 21, 40, TARGET_END - 1)),
    ]
    last = branch[3], branch[7]
    assert [rule.outlook(parent)[1] for parent in last] == [rule.next_bits(e) for e in last]


def test_the_outlook_of_asert_is_the_next_block() -> None:
    rule = AsertDifficulty(INTERVAL_S, HALF_LIFE_S, 0x1B00_FFFF, LIMIT, GENESIS_TIME)
    late = entries([GENESIS_TIME, GENESIS_TIME + INTERVAL_S + HALF_LIFE_S], EASY_BITS)
    assert rule.outlook(late[0]) == (1, rule.next_bits(late[0]))
    assert rule.outlook(late[1]) == (2, target_to_bits(2 * bits_to_target(0x1B00_FFFF)))
