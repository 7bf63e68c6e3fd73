"""Slots as a screen shows them: filled by the blocks of their beats, whenever these came."""

from powclock.machine.header import BlockHeader
from powclock.record.blocks import Blocks
from powclock.record.events import BlockFound
from powclock.record.facts import NodeInfo, ScheduleInfo
from powclock.record.turns import SLOTS_MAX, SealedSlot, turns
from tests.builders import seconds

NODES = (NodeInfo("alice", "aa", "", 0.0), NodeInfo("bob", "bb", "", 0.0))
SCHEDULE = ScheduleInfo(0, seconds(2), 2, seconds(1) // 2, ("aa", "bb"))


def _found(blocks: Blocks, name: str, parent: str, height: int, beat: int) -> None:
    header = BlockHeader(1, bytes(32), bytes(32), 0, 0, beat).serialise()
    event = BlockFound(name, parent, height, header.hex(), 1, 1, 0, 0)
    blocks.found(event, "alice", 0)


def test_blocks_fill_the_slots_of_their_beats() -> None:
    blocks = Blocks(100)
    blocks.start("g", BlockHeader(1, bytes(32), bytes(32), 0, 0, 9).serialise())
    for name, parent, height, beat in (
        ("a", "g", 1, 1), ("b", "a", 2, 2), ("c", "b", 3, 6), ("x", "b", 3, 5), ("d", "c", 4, 7),
        ("y", "d", 5, 12),
    ):  # fmt: skip
        _found(blocks, name, parent, height, beat)
    blocks.choose("d")
    shown = turns(SCHEDULE, NODES, blocks, seconds(13))
    assert shown.past == (
        SealedSlot(0, 2, 0), SealedSlot(1, 0, 0), SealedSlot(2, 1, 1), SealedSlot(3, 1, 0),
    )  # fmt: skip
    assert shown.ahead == (SealedSlot(5, 0, 1),)  # by a clock that is fast
    assert (shown.slot_at(seconds(13)), shown.leader_of(3), shown.slot_ns) == (
        3, "bob", seconds(4),
    )  # fmt: skip


def test_only_the_last_slots_are_told() -> None:
    blocks = Blocks(100)
    blocks.start("g", bytes(80))
    shown = turns(SCHEDULE, NODES, blocks, seconds(4 * 1_000))
    assert (shown.past[0].slot, shown.past[-1].slot) == (1_000 - SLOTS_MAX + 1, 1_000)
