"""Who led a race: how far leading was spread over its nodes.

Counted are the blocks of the best chain. A block that went stale led nobody, and an attacker who
throws others' blocks off the chain leads more often than it mines.
"""

from collections.abc import Iterable

import msgspec

from powclock.lab.theory.decentralisation import (
    gini_coefficient,
    leader_entropy_bits,
    leader_entropy_part,
    nakamoto_coefficient,
)
from powclock.race.summary import Summary


class Leading(msgspec.Struct, frozen=True, kw_only=True):
    """The figures of `lab.theory.decentralisation` for a race; nodes that led nothing count too."""

    nakamoto: int
    gini: float
    entropy_bits: float
    entropy_part: float


def leading_of(summary: Summary) -> Leading:
    """Who led, by a race's summary."""
    return leading(summary.led_by_node.values())


def leading(blocks: Iterable[int]) -> Leading:
    """Who led, by how many blocks of the best chain each node has sealed."""
    led = list(blocks)
    return Leading(
        nakamoto=nakamoto_coefficient(led),
        gini=gini_coefficient(led),
        entropy_bits=leader_entropy_bits(led),
        entropy_part=leader_entropy_part(led),
    )
