"""A disk keeps the very bytes that came."""

import pytest

from powclock.network.storage import DECODED_MAX, Disk
from powclock.network.wire import Deliver, encode
from tests.builders import chain


def test_the_bytes_that_came_are_kept_as_the_same_object() -> None:
    one, two = Disk(), Disk()
    (block,) = chain(1)
    frame = encode(Deliver(block))
    for disk in (one, two):
        disk.expect(block.hash, frame)
        disk[block.hash] = block
    assert one.frame(block.hash) is frame
    assert two.frame(block.hash) is frame
    assert one.frame(bytes(32)) is None


def test_a_frame_of_another_block_is_not_kept() -> None:
    disk = Disk()
    first, second = chain(2)
    disk.expect(first.hash, b"of the first")
    disk[second.hash] = second
    disk[first.hash] = first  # what was expected is forgotten by now
    assert disk.frame(second.hash) == encode(Deliver(second))
    assert disk.frame(first.hash) == encode(Deliver(first))


def test_blocks_come_back_in_order_also_when_they_are_no_longer_decoded() -> None:
    disk = Disk()
    blocks = chain(DECODED_MAX + 8)
    for block in blocks:
        disk[block.hash] = block
    assert list(disk) == [block.hash for block in blocks]
    assert len(disk) == len(blocks)
    assert len(disk._decoded) == DECODED_MAX
    assert disk[blocks[-1].hash] is blocks[-1]
    assert [disk[block.hash] for block in blocks] == blocks
    assert len(disk._decoded) == DECODED_MAX


def test_a_removed_block_is_gone() -> None:
    disk = Disk()
    (block,) = chain(1)
    disk[block.hash] = block
    del disk[block.hash]
    assert (len(disk), disk.frame(block.hash), list(disk)) == (0, None, [])
    with pytest.raises(KeyError):
        disk[block.hash]
