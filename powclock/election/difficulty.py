"""Difficulty rules: how the clock is kept at its rate.

Both look at nothing but the headers behind a block. Bitcoin's rule corrects once a window; ASERT
(aserti3-2d, Bitcoin Cash 2020) corrects with every block, exponentially in how far the chain is
ahead of or behind an ideal schedule.
"""

from dataclasses import dataclass
from typing import Protocol

from powclock.machine.target import bits_to_target, target_to_bits
from powclock.machine.tree import Entry

# The longest and shortest correction of Bitcoin's rule is by this factor.
_CLAMP = 4

_RADIX_BITS = 16
_RADIX = 1 << _RADIX_BITS


class Difficulty(Protocol):
    """Says which bits the block after `parent` must carry."""

    def next_bits(self, parent: Entry) -> int:
        """The only value that its header may have."""
        ...

    def outlook(self, parent: Entry) -> tuple[int, int]:
        """The next height after `parent` whose bits may differ, and what they are bound to be.

        Judged by the blocks up to `parent`; what follows may still change them.
        """
        ...


def retarget(bits: int, timespan_s: int, ideal_s: int, limit: int) -> int:
    """Bitcoin's correction: bits after a window that took `timespan_s` instead of `ideal_s`."""
    clamped_s = min(max(timespan_s, ideal_s // _CLAMP), ideal_s * _CLAMP)
    target = bits_to_target(bits) * clamped_s // ideal_s
    return target_to_bits(min(target, limit))


@dataclass(frozen=True, slots=True)
class BitcoinDifficulty:
    """Every `window` blocks, by the time that the last `window` blocks took.

    The time covers `window` − 1 intervals, as in Bitcoin, so the mean interval settles at
    interval · window / (window − 2), a little too long.
    """

    interval_s: int
    window: int
    initial_bits: int
    limit: int

    def next_bits(self, parent: Entry) -> int:
        if parent.height == 0:
            return self.initial_bits
        if (parent.height + 1) % self.window:
            return parent.bits
        first = parent.ancestor(parent.height + 1 - self.window)
        return retarget(
            parent.bits,
            parent.time - first.time,
            self.window * self.interval_s,
            self.limit,
        )

    def outlook(self, parent: Entry) -> tuple[int, int]:
        height = (parent.height // self.window + 1) * self.window
        first = parent.ancestor(height - self.window)
        done = parent.height - first.height
        if height == parent.height + 1 or done == 0:
            return height, self.next_bits(parent)
        timespan_s = (parent.time - first.time) * (self.window - 1) // done
        ideal_s = self.window * self.interval_s
        return height, retarget(parent.bits, timespan_s, ideal_s, self.limit)


@dataclass(frozen=True, slots=True)
class AsertDifficulty:
    """Every block; a chain that is one half-life late has twice its target.

    The anchor is the genesis block, whose parent is taken to lie one interval before it.
    """

    interval_s: int
    half_life_s: int
    initial_bits: int
    limit: int
    genesis_time: int

    def next_bits(self, parent: Entry) -> int:
        target = asert_target(
            anchor_target=bits_to_target(self.initial_bits),
            time_delta_s=parent.time - (self.genesis_time - self.interval_s),
            height_delta=parent.height,
            interval_s=self.interval_s,
            half_life_s=self.half_life_s,
            limit=self.limit,
        )
        return target_to_bits(target)

    def outlook(self, parent: Entry) -> tuple[int, int]:
        return parent.height + 1, self.next_bits(parent)


def asert_target(
    *,
    anchor_target: int,
    time_delta_s: int,
    height_delta: int,
    interval_s: int,
    half_life_s: int,
    limit: int,
) -> int:
    """The next target by aserti3-2d, in integers alone.

    Args:
        anchor_target: the anchor block's target.
        time_delta_s: from the anchor's parent to the newest block.
        height_delta: from the anchor to the newest block.
        interval_s: the ideal interval.
        half_life_s: lateness that doubles the target.
        limit: the easiest target.
    """
    exponent = (time_delta_s - interval_s * (height_delta + 1)) * _RADIX // half_life_s
    shifts = exponent >> _RADIX_BITS
    fraction = exponent & (_RADIX - 1)
    # A cubic for 2^(fraction / 65536), off by less than 0.013 %.
    factor = _RADIX + (
        (
            195_766_423_245_049 * fraction
            + 971_821_376 * fraction**2
            + 5_127 * fraction**3
            + (1 << 47)
        )
        >> 48
    )
    shifts -= _RADIX_BITS
    target = anchor_target * factor
    if shifts > 256:  # far above any limit; do not build a number of astronomic length
        return limit
    target = target << shifts if shifts >= 0 else target >> -shifts
    return min(max(target, 1), limit)
