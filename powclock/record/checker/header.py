"""Proof, difficulty and time of a header, from the chain's parameters and the headers before it."""

from powclock.record.checker.blocks import Seen
from powclock.record.checker.broken import Wrong
from powclock.record.checker.parse import Header
from powclock.record.facts import ChainInfo

MEDIAN_OF = 11
_TOP = 1 << 256


def target_of(bits: int) -> int:
    """The target that a compact number stands for; 0 if it stands for none."""
    size, sign, mantissa = bits >> 24, bits >> 23 & 1, bits & 0x7FFFFF
    target = mantissa * 256 ** (size - 3) if size > 3 else mantissa // 256 ** (3 - size)
    return 0 if sign or target >= _TOP else target


def bits_of(target: int) -> int:
    """The compact number of a target, rounded down."""
    digits = target.to_bytes(-(-target.bit_length() // 8), "big")
    if digits and digits[0] >= 0x80:  # would read as a sign
        digits = bytes(1) + digits
    return len(digits) * 0x1000000 + int.from_bytes(digits[:3].ljust(3, bytes(1)), "big")


def work_of(bits: int) -> int:
    """How many hashes a block with these bits takes on average."""
    return _TOP // (target_of(bits) + 1)


def expected_bits(chain: ChainInfo, parent: Seen, genesis: Seen) -> int:
    """The bits that a block on `parent` must carry."""
    if chain.difficulty == "bitcoin":
        return _by_window(chain, parent)
    assert chain.difficulty == "asert", f"the checker knows no rule {chain.difficulty}"
    return _by_schedule(chain, parent, genesis)


def _by_window(chain: ChainInfo, parent: Seen) -> int:
    """Bitcoin: corrected with the last block of a window for the next, by at most four."""
    if parent.parent is None:
        return chain.initial_bits
    if (parent.height + 1) % chain.window:
        return parent.bits
    first = parent
    for _ in range(chain.window - 1):
        assert first.parent is not None
        first = first.parent
    ideal_s = chain.window * chain.interval_s
    took_s = sorted((ideal_s // 4, parent.time - first.time, ideal_s * 4))[1]
    return bits_of(min(target_of(chain.limit_bits), target_of(parent.bits) * took_s // ideal_s))


def _by_schedule(chain: ChainInfo, parent: Seen, genesis: Seen) -> int:
    """aserti3-2d, anchored at genesis, whose parent lies one interval before."""
    limit = target_of(chain.limit_bits)
    late_s = parent.time - genesis.time + chain.interval_s - chain.interval_s * (parent.height + 1)
    doublings, fraction = divmod(late_s * 65536 // chain.half_life_s, 65536)
    if doublings > 256:
        return bits_of(limit)
    cubic = 195766423245049 * fraction + 971821376 * fraction**2 + 5127 * fraction**3 + 2**47
    scaled = target_of(chain.initial_bits) * (65536 + (cubic >> 48))
    exponent = doublings - 16
    target = scaled * 2**exponent if exponent >= 0 else scaled // 2**-exponent
    return bits_of(max(1, min(limit, target)))


def median_time(parent: Seen) -> int:
    """The middle of the last eleven times up to `parent`, in seconds."""
    times: list[int] = []
    block: Seen | None = parent
    while block is not None and len(times) < MEDIAN_OF:
        times.append(block.time)
        block = block.parent
    return sorted(times)[len(times) // 2]


def check_header(
    chain: ChainInfo, proof_scale: int, header: Header, parent: Seen, genesis: Seen
) -> None:
    """Whether a header has its proof and may follow `parent`; the time of day is another matter."""
    bits = expected_bits(chain, parent, genesis)
    if header.bits != bits:
        raise Wrong(1, f"its bits are {header.bits:08x}, the rule says {bits:08x}")
    target = target_of(bits)
    if not 0 < target <= target_of(chain.limit_bits):
        raise Wrong(1, f"its bits {bits:08x} are no target of this chain")
    if int.from_bytes(header.hash, "little") > min(_TOP - 1, target * proof_scale):
        raise Wrong(1, "its hash is no proof: it misses the target")
    if header.version < 1:
        raise Wrong(1, f"its version is {header.version}")
    median = median_time(parent)
    if header.time <= median:
        raise Wrong(1, f"its time {header.time} is not after the median {median} before it")
