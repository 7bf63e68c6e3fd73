"""The checker's numbers against the machine's, and against those of others."""

from pathlib import Path

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from powclock.election.difficulty import AsertDifficulty, BitcoinDifficulty, Difficulty
from powclock.election.proof_of_work import median_time_past
from powclock.machine.target import decode_compact, target_to_bits
from powclock.record.checker.blocks import Seen
from powclock.record.checker.header import bits_of, expected_bits, median_time, target_of, work_of
from powclock.record.checker.parse import read_header
from tests.builders import entries, mainnet_headers
from tests.record.examples import CHAIN

LIMIT_BITS = 0x2000FFFF
START_BITS = 0x1D00FFFF


def branch(times: list[int], bits: int) -> list[Seen]:
    """Blocks on each other."""
    blocks: list[Seen] = []
    for index, time in enumerate(times):
        parent = blocks[-1] if blocks else None
        hash_ = index.to_bytes(32, "little")
        blocks.append(Seen(hash_, parent, index, time=time, bits=bits, work=1, fingerprint=0))
    return blocks


@given(st.integers(0, 2**256 - 1))
def test_compact_numbers_are_written_as_the_machine_writes_them(target: int) -> None:
    assert bits_of(target) == target_to_bits(target)


@given(st.integers(0, 2**32 - 1))
def test_compact_numbers_are_read_as_the_machine_reads_them(bits: int) -> None:
    compact = decode_compact(bits)
    sound = not compact.negative and not compact.overflow and not bits & 0x800000
    assert target_of(bits) == (compact.target if sound else 0)


def test_work_is_that_of_the_mainnet() -> None:
    assert work_of(0x1D00FFFF) == 0x100010001


@given(
    st.lists(st.integers(-20, 400), min_size=1, max_size=60),
    st.sampled_from(["asert", "bitcoin"]),
    st.integers(2, 20),
    st.integers(1, 300),
)
def test_difficulties_are_those_of_the_machine(
    gaps_s: list[int], rule: str, window: int, half_life_s: int
) -> None:
    times = [1_231_006_505]
    for gap_s in gaps_s:
        times.append(times[-1] + gap_s)
    chain = msgspec.structs.replace(
        CHAIN,
        difficulty=rule,
        window=window,
        half_life_s=half_life_s,
        initial_bits=START_BITS,
        limit_bits=LIMIT_BITS,
    )
    limit = target_of(LIMIT_BITS)
    theirs: Difficulty = BitcoinDifficulty(chain.interval_s, window, START_BITS, limit)
    if rule == "asert":
        theirs = AsertDifficulty(chain.interval_s, half_life_s, START_BITS, limit, times[0])
    ours, machine = branch(times, START_BITS), entries(times, START_BITS)
    for seen, entry in zip(ours, machine, strict=True):
        assert expected_bits(chain, seen, ours[0]) == theirs.next_bits(entry)
        assert median_time(seen) == median_time_past(entry)


def test_the_mainnet_carries_the_bits_that_the_checker_expects(vectors: Path) -> None:
    chain = msgspec.structs.replace(
        CHAIN,
        difficulty="bitcoin",
        window=2016,
        interval_s=600,
        initial_bits=START_BITS,
        limit_bits=START_BITS,
    )
    headers = [read_header(header.serialise()) for header in mainnet_headers(vectors)]
    blocks = branch([header.time for header in headers], START_BITS)
    for header, parent in zip(headers[1:], blocks, strict=False):
        assert header.bits == expected_bits(chain, parent, blocks[0])
        assert header.time > median_time(parent)
