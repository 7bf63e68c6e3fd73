import asyncio

import pytest
from scipy import stats

from powclock.clock.node_clock import RaceClock
from powclock.clock.streams import Stream
from powclock.clock.virtual_loop import VirtualLoop
from powclock.machine.block import Block
from powclock.machine.target import (
    TARGET_END,
    bits_to_target,
    target_to_bits,
    target_to_work,
    work_to_target,
)
from powclock.mining.hash_rate import HashRate
from powclock.mining.kernel import find_nonce
from powclock.mining.miner import (
    REDRAFT_NS,
    SLICE_NS,
    GrindingMiner,
    Miner,
    SampledMiner,
    prove,
    scaled_target,
)
from tests.builders import EASY_BITS, EASY_LIMIT, GENESIS, GENESIS_TIME, block_of, seconds


class Drafts:
    """What a bench would have sealed; no two are equal."""

    def __init__(self, bench: "Bench") -> None:
        self._bench = bench

    def __call__(self) -> Block:
        bench = self._bench
        bench.drafted_ns.append(bench.loop.now_ns)
        return block_of(
            GENESIS.hash,
            1,
            time=GENESIS_TIME + bench.found,
            bits=bench.bits,
            version=len(bench.drafted_ns),
        )

    def bits(self) -> int:
        return self._bench.bits


class Bench:
    """A loop with one node's clock, rate and drafts."""

    def __init__(self, rate: float, work: float = 300, wander: float = 0.0) -> None:
        self.loop = VirtualLoop()
        self.clock = RaceClock(self.loop)
        self.rate = HashRate(rate, wander, Stream(7, "rate"), self.race_ns)
        self.bits = target_to_bits(work_to_target(work))
        self.target = bits_to_target(self.bits)
        self.drafted_ns: list[int] = []
        self.found = 0

    def race_ns(self) -> int:
        return self.loop.now_ns

    @property
    def draft(self) -> "Drafts":
        return Drafts(self)

    def grinding(self) -> GrindingMiner:
        return GrindingMiner(self.rate, self.race_ns)

    def sampled(self, proof_scale: int = 1) -> SampledMiner:
        return SampledMiner(self.rate, self.race_ns, Stream(7, "sampled"), proof_scale)

    def search(self, miner: Miner) -> Block:
        block: Block = self.loop.run_until_complete(miner.search(self.draft, self.clock))
        self.found += 1
        return block

    def intervals_s(self, miner: Miner, count: int) -> list[float]:
        """How long each of some searches took."""
        intervals = []
        for _ in range(count):
            began_ns = self.loop.now_ns
            self.search(miner)
            intervals.append((self.loop.now_ns - began_ns) / seconds(1))
        return intervals


def meets(block: Block, target: int) -> bool:
    return int.from_bytes(block.hash, "little") <= target


# Grinding.


def test_slices_are_a_tenth_and_drafts_a_second() -> None:
    assert (SLICE_NS, REDRAFT_NS) == (100_000_000, 1_000_000_000)


@pytest.mark.parametrize("rate", [10.0, 1_000.0, 1_000_000.0])
def test_a_proof_is_found_at_the_moment_its_nonce_is_reached(rate: float) -> None:
    bench = Bench(rate, work=rate / 4)
    for _ in range(5):
        began_ns, drafts = bench.loop.now_ns, len(bench.drafted_ns)
        miner = bench.grinding()
        block = bench.search(miner)
        assert meets(block, bench.target)
        nonce = block.header.nonce
        redrafts = len(bench.drafted_ns) - drafts - 1
        assert find_nonce(block.header.serialise()[:76], bench.target, 0, nonce + 1) == nonce
        spent = redrafts * rate + nonce + 1
        assert bench.loop.now_ns - began_ns == round(spent / rate * seconds(1))
        assert miner.hashes() == pytest.approx(spent)


def test_the_draft_s_fields_are_kept_but_for_the_nonce() -> None:
    bench = Bench(1_000)
    block = bench.search(bench.grinding())
    expected = block_of(
        GENESIS.hash,
        1,
        time=GENESIS_TIME,
        bits=bench.bits,
        version=1,
        nonce=block.header.nonce,
    )
    assert block == expected
    assert block.hash == expected.hash


def test_a_fresh_draft_is_asked_for_every_second() -> None:
    bench = Bench(100, work=2**40)
    task = bench.loop.create_task(bench.grinding().search(bench.draft, bench.clock))
    bench.loop.advance(seconds(3.5))
    assert bench.drafted_ns == [0, seconds(1), seconds(2), seconds(3)]
    task.cancel()
    bench.loop.advance(seconds(4))
    bench.loop.close()


def test_a_slow_node_tries_one_nonce_at_a_time() -> None:
    bench = Bench(0.5, work=1)
    bench.search(bench.grinding())
    assert bench.loop.now_ns == seconds(2)


def test_all_nonces_may_be_spent_within_a_second() -> None:
    bench = Bench(2.0**36, work=1)
    block = bench.search(bench.grinding())
    assert block.header.nonce == 0
    tried: list[tuple[int, int]] = []
    exhausted = Bench(2.0**36, work=2.0**200)

    def note(prefix: bytes, target: int, start: int, count: int) -> None:
        tried.append((start, count))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("powclock.mining.miner.find_nonce", note)
        search = exhausted.grinding().search(exhausted.draft, exhausted.clock)
        task = exhausted.loop.create_task(search)
        exhausted.loop.advance(seconds(0.25))
        task.cancel()
        exhausted.loop.advance(seconds(0.25))
    assert exhausted.drafted_ns == [0, seconds(0.1), seconds(0.2)]
    assert tried == [(0, 2**36 // 10)] * 3
    exhausted.loop.close()


def test_a_node_without_hashes_waits_for_some() -> None:
    bench = Bench(100, work=1)
    bench.rate.set_factor("throttle", 0.0)
    miner = bench.grinding()
    task = bench.loop.create_task(miner.search(bench.draft, bench.clock))
    bench.loop.advance(seconds(2.5))
    assert bench.drafted_ns == [0, seconds(1), seconds(2)]
    assert miner.hashes() == 0
    bench.rate.set_factor("throttle", None)
    assert bench.loop.run_until_complete(task).header.nonce == 0
    assert bench.loop.now_ns == seconds(3.01)
    assert miner.hashes() == pytest.approx(1)


def search_cancelled_at(bench: Bench, miner: Miner, when_ns: int) -> None:
    task = bench.loop.create_task(miner.search(bench.draft, bench.clock))
    bench.loop.advance(when_ns)
    task.cancel()
    bench.loop.advance(when_ns)
    assert task.cancelled()


@pytest.mark.parametrize("kind", ["grinding", "sampled"])
def test_hashes_are_counted_while_they_are_spent_and_when_a_search_is_cancelled(kind: str) -> None:
    bench = Bench(1_000, work=2.0**60)
    miner: Miner = bench.grinding() if kind == "grinding" else bench.sampled()
    assert miner.hashes() == 0
    task = bench.loop.create_task(miner.search(bench.draft, bench.clock))
    counted = []
    for when_s in (0.0, 0.05, 0.1, 0.123, 1.5):
        bench.loop.advance(seconds(when_s))
        counted.append(miner.hashes())
    assert counted == pytest.approx([0, 50, 100, 123, 1_500])
    task.cancel()
    bench.loop.advance(seconds(1.5))
    assert task.cancelled()
    bench.loop.advance(seconds(10))
    assert miner.hashes() == pytest.approx(1_500)
    search_cancelled_at(bench, miner, seconds(10.25))
    assert miner.hashes() == pytest.approx(1_750)
    bench.loop.advance(seconds(10**12))
    bench.loop.close()


# Sampling.


def test_a_sampled_find_comes_when_its_draw_says() -> None:
    bench = Bench(50, work=30_000)
    miner = bench.sampled(proof_scale=1_000)
    draw = Stream(7, "sampled").exponential(target_to_work(bench.target))
    bench.search(miner)
    assert bench.loop.now_ns == round(draw / 50 * seconds(1))
    assert bench.drafted_ns == [bench.loop.now_ns]
    assert miner.hashes() == pytest.approx(draw)


def test_a_sampled_proof_meets_its_scaled_target() -> None:
    bench = Bench(1_000, work=2.0**40)
    miner = bench.sampled(proof_scale=2**36)
    for _ in range(20):
        block = bench.search(miner)
        assert block.header.bits == bench.bits
        assert meets(block, scaled_target(bench.target, 2**36))


def test_a_scaled_target_is_easier_by_the_scale_up_to_the_easiest() -> None:
    assert scaled_target(5, 1) == 5
    assert scaled_target(5, 1_000) == 5_000
    assert scaled_target(EASY_LIMIT, 3) == TARGET_END - 1


def test_a_block_is_proven_by_its_first_nonce() -> None:
    block = block_of(GENESIS.hash, 1, bits=0x2000_FFFF, nonce=99)
    proven = prove(block, 1)
    target = bits_to_target(0x2000_FFFF)
    assert find_nonce(block.header.serialise()[:76], target, 0, 2**20) == proven.header.nonce
    assert meets(proven, target)
    lighter = prove(block, 2**20)
    assert lighter.header.nonce == 0
    assert (proven.coinbase, proven.transactions) == (block.coinbase, block.transactions)
    assert proven.header.merkle_root == block.header.merkle_root


def test_sampled_intervals_are_exponential_with_mean_work_over_rate() -> None:
    bench = Bench(50, work=30_000)
    intervals = bench.intervals_s(bench.sampled(proof_scale=30_000), 2_000)
    mean_s = target_to_work(bench.target) / 50
    assert sum(intervals) / 2_000 == pytest.approx(mean_s, rel=4 / 2_000**0.5)
    assert stats.kstest(intervals, "expon", args=(0, mean_s)).pvalue > 0.01


def test_a_sampled_search_goes_on_through_a_wandering_rate() -> None:
    bench = Bench(50, work=3_000, wander=0.3)
    miner = bench.sampled(proof_scale=3_000)
    draw = Stream(7, "sampled").exponential(target_to_work(bench.target))
    bench.search(miner)
    assert miner.hashes() == pytest.approx(draw)
    fresh = HashRate(50, 0.3, Stream(7, "rate"), lambda: step * seconds(1))
    remaining, step = draw, 0
    while remaining > fresh.now():
        remaining -= fresh.now()
        step += 1
    assert step > 10
    assert bench.loop.now_ns == pytest.approx(
        step * seconds(1) + remaining / fresh.now() * seconds(1), abs=2
    )


@pytest.mark.parametrize("wander", [0.0, 0.1])
def test_a_sampled_search_without_hashes_waits_and_loses_nothing(wander: float) -> None:
    bench = Bench(50, work=3_000, wander=wander)
    bench.rate.set_factor("throttle", 0.0)
    miner = bench.sampled(proof_scale=3_000)
    task = bench.loop.create_task(miner.search(bench.draft, bench.clock))
    bench.loop.advance(seconds(1_000.5))
    assert miner.hashes() == 0
    assert not task.done()
    bench.rate.set_factor("throttle", None)
    bench.loop.run_until_complete(task)
    draw = Stream(7, "sampled").exponential(target_to_work(bench.target))
    assert miner.hashes() == pytest.approx(draw)
    assert bench.loop.now_ns > bench.rate.steady_ns


# Both.


def test_grinding_and_sampling_give_the_same_distribution_of_intervals() -> None:
    ground = Bench(50)
    sampled = Bench(50)
    assert target_to_work(ground.target) == 300
    ground_s = ground.intervals_s(ground.grinding(), 600)
    sampled_s = sampled.intervals_s(sampled.sampled(proof_scale=300), 600)
    assert stats.ks_2samp(ground_s, sampled_s).pvalue > 0.01
    for intervals in (ground_s, sampled_s):
        assert sum(intervals) / 600 == pytest.approx(6, rel=4 / 600**0.5)
        assert stats.kstest(intervals, "expon", args=(0, 6)).pvalue > 0.01


@pytest.mark.parametrize("kind", ["grinding", "sampled"])
def test_a_search_that_is_started_anew_costs_nothing(kind: str) -> None:
    """The wait from any moment on is the same, however long the search has gone on."""
    bench = Bench(50)
    miner: Miner = bench.grinding() if kind == "grinding" else bench.sampled(proof_scale=300)
    intervals: list[float] = []
    began_ns = 0
    while len(intervals) < 400:
        task = bench.loop.create_task(miner.search(bench.draft, bench.clock))
        if bench.loop.advance(bench.loop.now_ns + seconds(2)) and not task.done():
            task.cancel()
            bench.loop.advance(bench.loop.now_ns)
            continue
        intervals.append((bench.loop.now_ns - began_ns) / seconds(1))
        began_ns = bench.loop.now_ns
        bench.found += 1
    assert isinstance(task, asyncio.Task)
    assert sum(intervals) / 400 == pytest.approx(2 / (1 - 2.718281828 ** (-1 / 3)), rel=0.2)


def test_twice_the_rate_halves_the_wait() -> None:
    slow, fast = Bench(50), Bench(100)
    slow_s = slow.intervals_s(slow.sampled(proof_scale=300), 50)
    fast_s = fast.intervals_s(fast.sampled(proof_scale=300), 50)
    assert fast_s == pytest.approx([interval / 2 for interval in slow_s], rel=1e-6)


def test_the_easiest_bits_take_about_two_hashes() -> None:
    bench = Bench(50)
    bench.bits, bench.target = EASY_BITS, EASY_LIMIT
    intervals = bench.intervals_s(bench.grinding(), 400)
    assert sum(intervals) / 400 == pytest.approx(2 / 50, rel=0.2)
