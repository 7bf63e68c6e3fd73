"""Proof of work: whoever finds the hash is the leader, and the hash is the proof.

Nobody needs to know anybody's key or what time it is. Clocks matter only within wide bounds: a
header's time must exceed the median of its eleven ancestors' (BIP 113 calls it median-time-past)
and must not lie more than `future_limit_s` ahead of the verifier's clock.
"""

from collections.abc import Coroutine
from typing import Any

from powclock.clock.node_clock import Clock
from powclock.clock.virtual_loop import NANOSECONDS
from powclock.election.difficulty import Difficulty
from powclock.election.election import Candidate, WorkTerms
from powclock.election.rule import NodeId, Rule
from powclock.machine.block import Block
from powclock.machine.keys import SigningKey
from powclock.machine.reason import InvalidBlock, Reason
from powclock.machine.target import bits_to_target, target_to_work
from powclock.machine.tree import Entry
from powclock.mining.miner import Draft, Miner, prove, scaled_target

MEDIAN_TIME_SPAN = 11
VERSION_MIN = 1


class ProofOfWork:
    """The rule of one node; `proof_scale` above 1 accepts the sampled miner's lighter proofs."""

    def __init__(
        self,
        difficulty: Difficulty,
        miner: Miner,
        *,
        limit: int,
        future_limit_s: int,
        proof_scale: int = 1,
    ) -> None:
        self._difficulty = difficulty
        self._miner = miner
        self._limit = limit
        self._future_limit_s = future_limit_s
        self._proof_scale = proof_scale
        self._median: tuple[Entry, int] | None = None
        self._work: tuple[int, int] = (0, 0)

    def _median_time_past(self, entry: Entry) -> int:
        """As the function; what was drafted on is what the next block is verified on."""
        if self._median is None or self._median[0] is not entry:
            self._median = (entry, median_time_past(entry))
        return self._median[1]

    def prepare(self, parent: Entry, now_ns: int) -> tuple[int, int, int]:
        """Time, bits and the first nonce to try of a header that would follow `parent`."""
        time_s = max(now_ns // NANOSECONDS, self._median_time_past(parent) + 1)
        return time_s, self._difficulty.next_bits(parent), 0

    def seal(self, draft: Draft, clock: Clock) -> Coroutine[Any, Any, Block]:
        """Spend hashes until one is a proof."""
        return self._miner.search(draft, clock)

    def verify_alone(self, block: Block) -> None:
        """Check that the block carries the work that its bits claim.

        Raises:
            InvalidBlock: bad-seal, bad-diffbits or high-hash.
        """
        if block.seal:
            raise InvalidBlock(Reason.BAD_SEAL, "under proof of work the header is the proof")
        check_proof(block.hash, block.header.bits, self._limit, self._proof_scale)

    def verify(self, block: Block, parent: Entry, now_ns: int) -> None:
        """Check proof, difficulty and time.

        Raises:
            InvalidBlock: bad-seal, bad-diffbits, high-hash, bad-version, time-too-old or
                time-too-new, in this order.
        """
        self.verify_alone(block)
        header = block.header
        expected = self._difficulty.next_bits(parent)
        if header.bits != expected:
            raise InvalidBlock(Reason.BAD_DIFFBITS, f"{header.bits:08x} instead of {expected:08x}")
        if header.version < VERSION_MIN:
            raise InvalidBlock(Reason.BAD_VERSION, str(header.version))
        median = self._median_time_past(parent)
        if header.time <= median:
            raise InvalidBlock(
                Reason.TIME_TOO_OLD, f"{header.time} is not after the median {median}"
            )
        ahead_s = header.time - now_ns // NANOSECONDS
        if ahead_s > self._future_limit_s:
            raise InvalidBlock(
                Reason.TIME_TOO_NEW, f"{ahead_s} s ahead, at most {self._future_limit_s} s"
            )

    def weight(self, block: Block) -> int:
        """The hashes that such a block takes on average."""
        bits = block.header.bits
        if bits != self._work[0]:  # it was the same in most blocks before
            self._work = (bits, target_to_work(bits_to_target(bits)))
        return self._work[1]

    def claim(self, _block: Block, /) -> None:
        """None: who finds two proofs has worked twice."""
        return

    def leader(self, _head: Entry, _now_ns: int, /) -> NodeId | None:
        """Only work can tell."""
        return None


class WorkElection:
    """The election of a race by work: every node spends the hashes of its own miner."""

    schedule = None

    def __init__(self, interval_s: float, work: WorkTerms) -> None:
        self.interval_s = interval_s
        self.work = work

    def rule(self, candidate: Candidate) -> Rule:
        """A rule for a node that comes up."""
        return ProofOfWork(
            self.work.difficulty,
            candidate.miner,
            limit=self.work.limit,
            future_limit_s=self.work.future_limit_s,
            proof_scale=self.work.proof_scale,
        )

    def leaders(self, _now_ns: int, /) -> tuple[NodeId, ...]:
        """Only work can tell."""
        return ()

    def admits(self, _key: bytes, /) -> bool:
        """Anybody: nobody needs to know a key."""
        return True

    def reseal(self, block: Block, _key: SigningKey, /) -> Block:
        """The block with its proof; the hashes are real, and charged to nobody."""
        return prove(block, self.work.proof_scale)


def check_proof(hash_: bytes, bits: int, limit: int, proof_scale: int = 1) -> None:
    """Check that a header's hash meets the target in its bits.

    Raises:
        InvalidBlock: bad-diffbits or high-hash.
    """
    target = scaled_target(bits_to_target(bits, limit), proof_scale)
    if int.from_bytes(hash_, "little") > target:
        raise InvalidBlock(Reason.HIGH_HASH)


def median_time_past(entry: Entry) -> int:
    """The median time in seconds of an entry and up to ten ancestors."""
    times = []
    ancestor: Entry | None = entry
    for _ in range(MEDIAN_TIME_SPAN):
        if ancestor is None:
            break
        times.append(ancestor.time)
        ancestor = ancestor.parent
    times.sort()
    return times[len(times) // 2]
