"""Leaders in turn, as a screen shows them: whose slot it is, and what became of those before.

By the race's own time, which no node has: what a node believes follows from how far its clock is
off. A slot is filled by the blocks that its leader sealed in it; those that are not on the best
chain were sealed at another time than the others thought, on another side, or twice.
"""

import msgspec

from powclock.record.blocks import Blocks
from powclock.record.events import NodeId
from powclock.record.facts import NodeInfo, ScheduleInfo

SLOTS_MAX = 120


class SealedSlot(msgspec.Struct, frozen=True, array_like=True):
    """A slot that is over, or now: its blocks on the best chain, and beside it."""

    slot: int
    best: int
    stale: int


class Turns(msgspec.Struct, frozen=True):
    """A schedule: slots of `slot_ns` from the race's beginning on belong to `leaders` in turn.

    Each has `blocks` beats; `past` are the last slots up to that of now, the oldest first, and
    `ahead` those to come that have been sealed already, by clocks that are fast.
    """

    leaders: tuple[NodeId, ...]
    slot_ns: int
    blocks: int
    early_ns: int
    past: tuple[SealedSlot, ...]
    ahead: tuple[SealedSlot, ...] = ()

    def slot_at(self, time_ns: int) -> int:
        """The slot of a time, from 0."""
        return max(time_ns, 0) // self.slot_ns

    def leader_of(self, slot: int) -> NodeId:
        """Whose slot it is."""
        return self.leaders[slot % len(self.leaders)]


def turns(
    schedule: ScheduleInfo, nodes: tuple[NodeInfo, ...], blocks: Blocks, time_ns: int
) -> Turns:
    """The schedule of a race, and its last slots."""
    names = {node.address: node.name for node in nodes}
    slot_ns = schedule.beat_ns * schedule.blocks
    now = time_ns // slot_ns
    first = max(now - SLOTS_MAX + 1, 0)
    best: dict[int, int] = {}
    stale: dict[int, int] = {}
    heights = (now - first + 1) * schedule.blocks
    for block in blocks.between(blocks.highest - heights + 1, blocks.highest):
        if block.height:
            counts = best if block.best else stale
            slot = (block.nonce - 1) // schedule.blocks  # its beat, of which the first one is 1
            counts[slot] = counts.get(slot, 0) + 1
    return Turns(
        leaders=tuple(names.get(key, "?") for key in schedule.leaders),
        slot_ns=slot_ns,
        blocks=schedule.blocks,
        early_ns=schedule.early_ns,
        past=tuple(
            SealedSlot(slot, best.get(slot, 0), stale.get(slot, 0))
            for slot in range(first, now + 1)
        ),
        ahead=tuple(
            SealedSlot(slot, best.get(slot, 0), stale.get(slot, 0))
            for slot in sorted({*best, *stale})
            if now < slot <= now + SLOTS_MAX
        ),
    )
