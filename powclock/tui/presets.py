"""Presets: several faults under one key, chosen from what the race is like at that moment.

A preset is data: a name, what it shows, and a pure function from a frame to faults. What reaches
the race are these faults, with their nodes and numbers, so a session with them can be run again. A
new preset is one entry here.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil

from powclock.network.faults.cuts import Partition
from powclock.network.faults.every import AnyFault
from powclock.network.faults.links import BitFlips, Delay, Loss
from powclock.network.faults.nodes import ClockSkew, Crash, HashRateFactor
from powclock.record.frame import Frame, NodeRow

# The share of the hash rate that the majority gets: enough to win in a few ticks.
_MAJORITY = 0.6
_FACTOR_MAX = 1_000.0


@dataclass(frozen=True)
class Preset:
    """Some faults; the function gives none where the race has too few nodes for it."""

    key: str
    name: str
    shows: str
    faults: Callable[[Frame], tuple[AnyFault, ...]]


def _names(rows: list[NodeRow] | tuple[NodeRow, ...]) -> tuple[str, ...]:
    return tuple(row.name for row in rows)


def _running(frame: Frame) -> list[NodeRow]:
    return [row for row in frame.nodes if row.state != "down"]


def _every(step: int, frame: Frame) -> tuple[str, ...]:
    """Every so-manieth running node, so that the order of the race does not matter."""
    return _names(_running(frame)[::step])


def split_brain(frame: Frame) -> tuple[AnyFault, ...]:
    """Two sides of half the hash rate each; the race keeps either side in one piece."""
    return (Partition(share=0.5),) if len(frame.nodes) > 1 else ()


def slow_continent(frame: Frame) -> tuple[AnyFault, ...]:
    """The region with the least hash rate, or a third of the nodes, is two seconds away."""
    shares: dict[str, float] = {}
    for row in frame.nodes:
        shares[row.region] = shares.get(row.region, 0.0) + row.share
    if len(shares) > 1:
        far = min(shares, key=lambda region: (shares[region], region))
        nodes = _names([row for row in frame.nodes if row.region == far])
    else:
        nodes = _every(3, frame)
    return (Delay(nodes, 2_000),) if 0 < len(nodes) < len(frame.nodes) else ()


def solar_storm(frame: Frame) -> tuple[AnyFault, ...]:
    """Bits flip and messages vanish everywhere, and a third of the clocks is too far ahead."""
    nodes = _every(3, frame)
    return (BitFlips((), 0.1), Loss((), 0.2), ClockSkew(nodes, 90)) if nodes else ()


def secret_majority(frame: Frame) -> tuple[AnyFault, ...]:
    """The largest miner gets 60 % of the hash rate and mines on its own."""
    rows = [row for row in _running(frame) if 0 < row.share < 1]
    if len(rows) < 2:
        return ()
    largest = max(rows, key=lambda row: row.share)
    factor = _MAJORITY * (1 - largest.share) / ((1 - _MAJORITY) * largest.share)
    factor = min(max(ceil(10 * factor) / 10, 1.0), _FACTOR_MAX)
    return HashRateFactor((largest.name,), factor), Partition((largest.name,))


def blackout(frame: Frame) -> tuple[AnyFault, ...]:
    """Every other node stops."""
    nodes = _every(2, frame)
    return (Crash(nodes),) if 0 < len(nodes) < len(_running(frame)) else ()


def flash_crowd(frame: Frame) -> tuple[AnyFault, ...]:
    """Everybody mines four times as fast."""
    return (HashRateFactor((), 4),)


PRESETS = (
    Preset("1", "split brain", "halves build chains of their own; one loses all of it",
           split_brain),
    Preset("2", "slow continent", "a region hears of blocks 2 s late: its own go stale",
           slow_continent),
    Preset("3", "solar storm", "bits flip, messages vanish, clocks run ahead: all refused",
           solar_storm),
    Preset("4", "secret majority", "60 % mine in secret; end it, and history is rewritten",
           secret_majority),
    Preset("5", "blackout", "half the nodes stop: ticks slow down, then all catch up",
           blackout),
    Preset("6", "flash crowd", "hash rate ×4: ticks rush until the difficulty follows",
           flash_crowd),
)  # fmt: skip
