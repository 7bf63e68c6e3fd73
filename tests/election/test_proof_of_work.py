import json
from dataclasses import replace
from pathlib import Path

import pytest

from powclock.clock.node_clock import RaceClock
from powclock.clock.streams import Stream
from powclock.clock.virtual_loop import NANOSECONDS, VirtualLoop
from powclock.election.difficulty import BitcoinDifficulty, Difficulty
from powclock.election.election import Candidate, WorkTerms
from powclock.election.proof_of_work import (
    MEDIAN_TIME_SPAN,
    ProofOfWork,
    WorkElection,
    check_proof,
    median_time_past,
)
from powclock.election.rule import Rule
from powclock.machine.block import Block
from powclock.machine.reason import InvalidBlock, Reason
from powclock.machine.target import bits_to_target
from powclock.machine.transaction import Coinbase
from powclock.machine.tree import Entry
from powclock.mining.hash_rate import HashRate
from powclock.mining.miner import GrindingMiner
from tests.builders import (
    EASY_BITS,
    EASY_LIMIT,
    GENESIS,
    GENESIS_TIME,
    append,
    block_of,
    entries,
    key,
    mainnet_headers,
    mined,
    parent_of,
    refused,
    replica_with,
)

LIMIT = 2**224 - 1
FUTURE_LIMIT_S = 7200
GENESIS_ENTRY = Entry(GENESIS.header, None, 1)
NOW_NS = GENESIS_TIME * NANOSECONDS


class Constant:
    """A difficulty rule that never changes its mind."""

    def next_bits(self, parent: Entry) -> int:
        return EASY_BITS

    def outlook(self, parent: Entry) -> tuple[int, int]:
        return parent.height + 1, EASY_BITS


def rule_of(
    difficulty: Difficulty | None = None,
    *,
    limit: int = EASY_LIMIT,
    proof_scale: int = 1,
    loop: VirtualLoop | None = None,
) -> ProofOfWork:
    loop = loop or VirtualLoop()
    rate = HashRate(100.0, 0.0, Stream(0, "rate"), lambda: loop.now_ns)
    return ProofOfWork(
        difficulty or Constant(),
        GrindingMiner(rate, lambda: loop.now_ns),
        limit=limit,
        future_limit_s=FUTURE_LIMIT_S,
        proof_scale=proof_scale,
    )


def unproven(block: Block) -> Block:
    """The block with a nonce that is no proof."""
    while int.from_bytes(block.hash, "little") <= bits_to_target(block.header.bits):
        block = replace(block, header=replace(block.header, nonce=block.header.nonce + 1))
    return block


def test_a_proof_is_a_hash_that_does_not_exceed_its_target() -> None:
    target = bits_to_target(0x1D00_FFFF)
    check_proof(target.to_bytes(32, "little"), 0x1D00_FFFF, LIMIT)
    check_proof(bytes(32), 0x1D00_FFFF, LIMIT)
    with refused("high-hash"):
        check_proof((target + 1).to_bytes(32, "little"), 0x1D00_FFFF, LIMIT)


def test_what_bitcoin_core_rejects_is_no_proof(vectors: Path) -> None:
    data = json.loads((vectors / "nbits" / "core_nbits_and_retarget.json").read_text())
    assert int(data["pow_limit_hex_be"], 16) == LIMIT
    messages = {}
    for case in data["check_proof_of_work_reject"]:
        hash_ = bytes.fromhex(case.get("hash_hex_be", "00" * 31 + "01"))[::-1]
        with pytest.raises(InvalidBlock) as caught:
            check_proof(hash_, int(case["nbits"], 16), LIMIT)
        messages[case["case"]] = str(caught.value)
    assert messages == {
        "negative powlimit": "bad-diffbits: bits 1d80ffff encode no target of this chain",
        "overflow ~0x00800000": "bad-diffbits: bits ff7fffff encode no target of this chain",
        "too easy powLimit*2": "bad-diffbits: bits 1d01ffff encode no target of this chain",
        "zero": "bad-diffbits: bits 00000000 encode no target of this chain",
        "hash = 2*powLimit with nbits=powLimit": "high-hash",
    }


def test_a_scaled_proof_may_be_lighter_by_its_scale_and_no_more() -> None:
    target = bits_to_target(0x1D00_FFFF)
    check_proof((1000 * target).to_bytes(32, "little"), 0x1D00_FFFF, LIMIT, 1000)
    with refused("high-hash"):
        check_proof((1000 * target + 1).to_bytes(32, "little"), 0x1D00_FFFF, LIMIT, 1000)
    check_proof(b"\xff" * 32, EASY_BITS, EASY_LIMIT, 1000)


@pytest.mark.parametrize(
    ("times", "median"),
    [
        ([5], 5),
        ([5, 9], 9),
        ([5, 9, 7], 7),
        ([5, 9, 7, 8], 8),
        (list(range(11)), 5),
        ([100, *range(11)], 5),
        ([100] * 6 + [1] * 6, 1),
        ([100] * 7 + [1] * 5, 100),
    ],
)
def test_the_median_is_that_of_the_last_eleven_times(times: list[int], median: int) -> None:
    assert MEDIAN_TIME_SPAN == 11
    assert median_time_past(entries(times)[-1]) == median


def test_mainnet_headers_pass_every_check(vectors: Path) -> None:
    headers = mainnet_headers(vectors)
    rule = rule_of(BitcoinDifficulty(600, 2016, 0x1D00_FFFF, LIMIT), limit=LIMIT)
    parent = Entry(headers[0], None, 4_295_032_833)
    check_proof(headers[0].hash, headers[0].bits, LIMIT)
    for header in headers[1:]:
        assert median_time_past(parent) < header.time
        block = Block(header, Coinbase(parent.height + 1, bytes(32), 0))
        rule.verify(block, parent, header.time * NANOSECONDS)
        parent = Entry(header, parent, rule.weight(block))
    assert parent.height == 4031
    assert parent.chain_work == 4032 * 4_295_032_833


def test_a_header_drafted_for_a_parent_can_be_verified_there() -> None:
    rule = rule_of()
    time, bits, _ = rule.prepare(GENESIS_ENTRY, NOW_NS + 5 * NANOSECONDS + 999)
    assert (time, bits) == (GENESIS_TIME + 5, EASY_BITS)
    rule.verify(mined(block_of(GENESIS.hash, 1, time=time, bits=bits)), GENESIS_ENTRY, NOW_NS)


def test_a_draft_is_never_older_than_the_median_allows() -> None:
    rule = rule_of()
    assert rule.prepare(GENESIS_ENTRY, NOW_NS) == (GENESIS_TIME + 1, EASY_BITS, 0)
    assert rule.prepare(GENESIS_ENTRY, 0) == (GENESIS_TIME + 1, EASY_BITS, 0)
    assert rule.prepare(GENESIS_ENTRY, NOW_NS + NANOSECONDS - 1) == (GENESIS_TIME + 1, EASY_BITS, 0)


def test_the_work_of_a_block_is_its_weight_and_nobody_is_leader() -> None:
    rule: Rule = rule_of()
    assert rule.weight(block_of(GENESIS.hash, 1, bits=0x1D00_FFFF)) == 4_295_032_833
    assert rule.weight(block_of(GENESIS.hash, 1)) == 2
    assert rule.leader(GENESIS_ENTRY, NOW_NS) is None


def sealed(block: Block) -> Block:
    return replace(block, seal=b"seal")


@pytest.mark.parametrize(
    ("block", "message"),
    [
        (
            sealed(mined(block_of(GENESIS.hash, 1))),
            "bad-seal: under proof of work the header is the proof",
        ),
        (
            block_of(GENESIS.hash, 1, bits=0x2100_FFFF),
            "bad-diffbits: bits 2100ffff encode no target of this chain",
        ),
        (unproven(block_of(GENESIS.hash, 1)), "high-hash"),
        (
            mined(block_of(GENESIS.hash, 1, bits=0x2000_FFFF)),
            "bad-diffbits: 2000ffff instead of 207fffff",
        ),
        (mined(block_of(GENESIS.hash, 1, version=0)), "bad-version: 0"),
        (mined(block_of(GENESIS.hash, 1, version=-1)), "bad-version: -1"),
        (
            mined(block_of(GENESIS.hash, 1, time=GENESIS_TIME)),
            "time-too-old: 1231006505 is not after the median 1231006505",
        ),
        (
            mined(block_of(GENESIS.hash, 1, time=GENESIS_TIME + 7201)),
            "time-too-new: 7201 s ahead, at most 7200 s",
        ),
    ],
)
def test_a_block_is_refused_for_its_reason(block: Block, message: str) -> None:
    with refused(message):
        rule_of().verify(block, GENESIS_ENTRY, NOW_NS)


def test_times_may_reach_their_bounds() -> None:
    for time in (GENESIS_TIME + 1, GENESIS_TIME + 7200):
        rule_of().verify(mined(block_of(GENESIS.hash, 1, time=time)), GENESIS_ENTRY, NOW_NS)


def test_the_first_reason_that_applies_is_given() -> None:
    parent = entries([GENESIS_TIME + 10_000] * 11)[-1]
    height = 11

    def block(bits: int, version: int, time: int) -> Block:
        return block_of(parent.hash, height, bits=bits, version=version, time=time)

    worst = block(0x2100_FFFF, 0, GENESIS_TIME)
    hard = block(0x2000_FFFF, 0, GENESIS_TIME)
    steps = [
        (sealed(worst), "bad-seal"),
        (worst, "bad-diffbits"),
        (unproven(hard), "high-hash"),
        (mined(hard), "bad-diffbits"),
        (mined(block(EASY_BITS, 0, GENESIS_TIME)), "bad-version"),
        (mined(block(EASY_BITS, 1, GENESIS_TIME + 10_000)), "time-too-old"),
        (mined(block(EASY_BITS, 1, GENESIS_TIME + 10_001)), "time-too-new"),
    ]
    for candidate, reason in steps:
        with pytest.raises(InvalidBlock) as caught:
            rule_of().verify(candidate, parent, NOW_NS)
        assert caught.value.reason.value == reason


def test_a_block_from_the_future_is_good_once_its_time_has_come() -> None:
    rule, replica = rule_of(), replica_with({})
    block = mined(block_of(GENESIS.hash, 1, time=GENESIS_TIME + 7201))
    parent = parent_of(replica, block)
    with pytest.raises(InvalidBlock) as caught:
        rule.verify(block, parent, NOW_NS)
    assert caught.value.reason is Reason.TIME_TOO_NEW
    assert caught.value.reason.temporary
    with pytest.raises(InvalidBlock):
        rule.verify(block, parent, NOW_NS + NANOSECONDS - 1)
    rule.verify(block, parent, NOW_NS + NANOSECONDS)
    append(replica, block, rule.weight(block))
    assert (replica.head.hash, replica.head.chain_work) == (block.hash, 3)


def test_a_sampled_miner_s_rule_accepts_lighter_proofs() -> None:
    block = mined(block_of(GENESIS.hash, 1, bits=0x1D00_FFFF), proof_scale=2**30)

    class Hard:
        def next_bits(self, parent: Entry) -> int:
            return 0x1D00_FFFF

        def outlook(self, parent: Entry) -> tuple[int, int]:
            return parent.height + 1, 0x1D00_FFFF

    rule_of(Hard(), limit=LIMIT, proof_scale=2**30).verify(block, GENESIS_ENTRY, NOW_NS)
    with refused("high-hash"):
        rule_of(Hard(), limit=LIMIT).verify(block, GENESIS_ENTRY, NOW_NS)
    assert rule_of(Hard(), limit=LIMIT, proof_scale=2**30).weight(block) == 4_295_032_833


def test_sealing_a_block_spends_hashes_until_it_verifies() -> None:
    loop = VirtualLoop()
    clock = RaceClock(loop)
    rule = rule_of(loop=loop)

    class Drafts:
        def bits(self) -> int:
            return rule.prepare(GENESIS_ENTRY, clock.now())[1]

        def __call__(self) -> Block:
            time, bits, _ = rule.prepare(GENESIS_ENTRY, clock.now())
            return block_of(GENESIS.hash, 1, time=time, bits=bits)

    block = loop.run_until_complete(rule.seal(Drafts(), clock))
    rule.verify(block, GENESIS_ENTRY, clock.now())
    assert block.header.parent == GENESIS.hash
    assert loop.now_ns == (block.header.nonce + 1) * NANOSECONDS // 100


def test_under_work_anybody_may_lead_and_nobody_is_accused_of_two_proofs() -> None:
    terms = WorkTerms(Constant(), EASY_BITS, EASY_LIMIT, 10, 1)
    election = WorkElection(600.0, terms)
    assert (election.interval_s, election.work, election.leaders(NOW_NS)) == (600.0, terms, ())
    assert election.admits(key("zoe").public)
    rate = HashRate(0, 0, Stream(1), lambda: 0)
    miner = GrindingMiner(rate, lambda: 0)
    rule = election.rule(Candidate("zoe", key("zoe"), RaceClock(VirtualLoop()), miner))
    block = election.reseal(block_of(GENESIS.hash, 1), key("zoe"))
    rule.verify_alone(block)
    assert rule.claim(block) is None
    assert rule.leader(GENESIS_ENTRY, NOW_NS) is None
    assert rule.weight(block) == rule.weight(block) == 2
