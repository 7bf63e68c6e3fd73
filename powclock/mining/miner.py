"""Miners: they spend hashes until a header meets its target.

The *grinding* miner computes real hashes in slices and charges each slice to the race's clock at
the node's hash rate, so a proof is found at the very moment at which its nonce is reached. The
*sampled* miner draws that moment instead: each hash is an independent trial, so the wait is
exponential with mean work / rate. Both forget everything when they are cancelled, as the search has
no memory.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from powclock.clock.node_clock import Clock
from powclock.clock.streams import Stream
from powclock.clock.virtual_loop import NANOSECONDS
from powclock.machine.block import Block
from powclock.machine.target import TARGET_END, bits_to_target, target_to_work
from powclock.mining.hash_rate import HashRate
from powclock.mining.kernel import NONCE_END, find_nonce

SLICE_NS = NANOSECONDS // 10
REDRAFT_NS = NANOSECONDS
RATE_MIN = 1e-6  # hashes a second; less is nothing


class Draft(Protocol):
    """What a node would seal now, with the newest time and transactions, each time it is asked."""

    def __call__(self) -> Block:
        """A block that lacks nothing but its proof."""
        ...

    def bits(self) -> int:
        """The bits of such a block, where the rest of it does not matter yet."""
        ...


class Miner(Protocol):
    """Spends a node's hashes."""

    rate: HashRate

    def hashes(self) -> float:
        """How many hashes were spent so far."""
        ...

    async def search(self, draft: Draft, clock: Clock) -> Block:
        """Ask for drafts, with the newest time and transactions, until one has its proof."""
        ...


class _Meter:
    """Counts the hashes of a search while it goes on, also if it is cancelled midway."""

    def __init__(self, race_ns: Callable[[], int]) -> None:
        self._race_ns = race_ns
        self._done = 0.0
        self._began_ns = 0
        self._rate = 0.0

    def start(self, rate: float) -> None:
        self._began_ns, self._rate = self._race_ns(), rate

    def stop(self) -> None:
        self._done = self.total()
        self._rate = 0.0

    def total(self) -> float:
        return self._done + self._rate * (self._race_ns() - self._began_ns) / NANOSECONDS


class GrindingMiner:
    """Computes every hash; what it finds any Bitcoin library can check."""

    def __init__(self, rate: HashRate, race_ns: Callable[[], int]) -> None:
        self.rate = rate
        self._meter = _Meter(race_ns)
        self.hashes = self._meter.total  # asked of every node at each sample

    async def search(self, draft: Draft, clock: Clock) -> Block:
        while True:
            block = draft()
            nonce = await self._grind(block, clock)
            if nonce is not None:
                return replace(block, header=replace(block.header, nonce=nonce))

    async def _grind(self, block: Block, clock: Clock) -> int | None:
        prefix = block.header.serialise()[:76]
        target = bits_to_target(block.header.bits)
        nonce = 0
        spent_ns = 0
        while spent_ns < REDRAFT_NS and nonce < NONCE_END:
            rate = self.rate.now()
            if rate < RATE_MIN:
                await clock.sleep(REDRAFT_NS)
                return None
            count = max(1, int(rate * SLICE_NS / NANOSECONDS))
            found = find_nonce(prefix, target, nonce, count)
            tried = count if found is None else found - nonce + 1
            slice_ns = round(tried / rate * NANOSECONDS)
            self._meter.start(rate)
            try:
                await clock.sleep(slice_ns)
            finally:
                self._meter.stop()
            if found is not None:
                return found
            nonce += count
            spent_ns += slice_ns
        return None


class SampledMiner:
    """Draws the moment of the find; the proof it leaves is scaled down by `proof_scale`."""

    def __init__(
        self, rate: HashRate, race_ns: Callable[[], int], stream: Stream, proof_scale: int
    ) -> None:
        self.rate = rate
        self._meter = _Meter(race_ns)
        self.hashes = self._meter.total  # asked of every node at each sample
        self._stream = stream
        self._proof_scale = proof_scale

    async def search(self, draft: Draft, clock: Clock) -> Block:
        target = bits_to_target(draft.bits())
        remaining = self._stream.exponential(target_to_work(target))
        steady_ns = self.rate.steady_ns
        while remaining > 0:
            rate = self.rate.now()
            works = rate > RATE_MIN
            wait_ns = round(remaining / rate * NANOSECONDS) if works else steady_ns
            slice_ns = min(wait_ns, steady_ns)
            self._meter.start(rate)
            try:
                await clock.sleep(slice_ns)
            finally:
                self._meter.stop()
            remaining = (
                0.0
                if works and slice_ns == wait_ns
                else (remaining - rate * slice_ns / NANOSECONDS)
            )
        return prove(draft(), self._proof_scale)


def scaled_target(target: int, proof_scale: int) -> int:
    """What a sampled proof must meet: a target that is easier by `proof_scale`."""
    return min(TARGET_END - 1, target * proof_scale)


def prove(block: Block, proof_scale: int) -> Block:
    """The block with the first nonce that meets its scaled target."""
    prefix = block.header.serialise()[:76]
    target = scaled_target(bits_to_target(block.header.bits), proof_scale)
    nonce = find_nonce(prefix, target, 0, NONCE_END)
    assert nonce is not None, "a scaled target is met within a few hundred hashes"
    return replace(block, header=replace(block.header, nonce=nonce))
