"""Targets, their compact form, and work.

A header's hash, read as a little-endian number, must not exceed its target. The header carries the
target as `bits`: a byte of size and three bytes of mantissa with a sign bit (Bitcoin's `nBits`).
A hash meets a target t with probability (t + 1) / 2²⁵⁶, so a block stands for 2²⁵⁶ // (t + 1)
expected hashes: its work.
"""

from functools import lru_cache
from typing import NamedTuple

from powclock.machine.reason import InvalidBlock, Reason

TARGET_END = 1 << 256


class Compact(NamedTuple):
    """What a compact number says; `target` means nothing where `overflow` is set."""

    target: int
    negative: bool
    overflow: bool


def decode_compact(bits: int) -> Compact:
    """Read 32 bits as Bitcoin Core's `arith_uint256::SetCompact` does."""
    size = bits >> 24
    mantissa = bits & 0x007F_FFFF
    if size <= 3:
        mantissa >>= 8 * (3 - size)
        target = mantissa
    else:
        target = mantissa << 8 * (size - 3)
    negative = mantissa != 0 and bits & 0x0080_0000 != 0
    overflow = mantissa != 0 and (
        size > 34 or (mantissa > 0xFF and size > 33) or (mantissa > 0xFFFF and size > 32)
    )
    return Compact(target, negative, overflow)


def target_to_bits(target: int) -> int:
    """Write a target in 32 bits, rounded down to a 15- to 23-bit mantissa (`GetCompact`)."""
    assert 0 <= target < TARGET_END
    size = (target.bit_length() + 7) // 8
    mantissa = target << 8 * (3 - size) if size <= 3 else target >> 8 * (size - 3)
    if mantissa & 0x0080_0000:
        mantissa >>= 8
        size += 1
    return size << 24 | mantissa


@lru_cache(maxsize=256)
def bits_to_target(bits: int, limit: int = TARGET_END - 1) -> int:
    """The target that `bits` encode.

    Raises:
        InvalidBlock: bad-diffbits, if it is negative, zero, overflows or is above `limit`.
    """
    target, negative, overflow = decode_compact(bits)
    if negative or overflow or target == 0 or target > limit:
        raise InvalidBlock(Reason.BAD_DIFFBITS, f"bits {bits:08x} encode no target of this chain")
    return target


def target_to_work(target: int) -> int:
    """Expected hashes until one meets the target."""
    return TARGET_END // (target + 1)


def work_to_target(work: float) -> int:
    """The target that takes `work` hashes on average; the inverse of `target_to_work`."""
    assert 1 <= work <= TARGET_END
    return TARGET_END * 65536 // int(work * 65536) - 1


# The easiest target of a race: 256 hashes on average. Genesis has it, so that its proof costs
# nothing; the first block after it has the target that the scenario's hash rate asks for.
LIMIT = bits_to_target(target_to_bits((1 << 248) - 1))
