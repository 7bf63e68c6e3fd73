"""Lanes: the best chain on top, every branch in the nearest lane that is free."""

from powclock.record.frame import ChainBlock
from powclock.tui.lanes import lay_out
from tests.tui.frames import block


def lanes(blocks: list[ChainBlock]) -> dict[str, tuple[int, int, int | None]]:
    """Lane, column and parent's lane by the last digits of the hash."""
    return {
        place.block.hash[-4:]: (place.lane, place.column, place.parent_lane)
        for place in lay_out(blocks).placed
    }


def test_nothing_needs_no_lane() -> None:
    assert lay_out([]).count == 0


def test_a_chain_without_forks_is_one_lane() -> None:
    blocks = [block("a000", "ffff", 0), block("b000", "a000", 1), block("c000", "b000", 2)]
    assert lanes(blocks) == {"a000": (0, 0, None), "b000": (0, 1, 0), "c000": (0, 2, 0)}
    assert lay_out(blocks).count == 1


def test_a_stale_block_is_below_its_rival() -> None:
    blocks = [
        block("a000", "ffff", 0),
        block("b000", "a000", 1),
        block("b111", "a000", 1, best=False),
    ]
    assert lanes(blocks)["b111"] == (1, 1, 0)


def test_forks_far_apart_share_a_lane() -> None:
    blocks = [block(f"a{height:03}", f"a{height - 1:03}", height) for height in range(8)]
    blocks += [block("b001", "a000", 1, best=False), block("b007", "a006", 7, best=False)]
    placed = lanes(blocks)
    assert placed["b001"][0] == placed["b007"][0] == 1


def test_two_rivals_of_one_block_get_a_lane_each() -> None:
    blocks = [
        block("a000", "ffff", 0),
        block("a001", "a000", 1),
        block("b001", "a000", 1, best=False),
        block("c001", "a000", 1, best=False, found_ns=99),
    ]
    assert sorted(place.lane for place in lay_out(blocks).placed) == [0, 0, 1, 2]


def test_an_older_fork_lies_below_a_newer_one_so_that_its_line_crosses_nothing() -> None:
    blocks = [block(f"a{height:03}", f"a{height - 1:03}", height) for height in range(6)]
    blocks += [
        block("b002", "a001", 2, best=False),
        block("b003", "b002", 3, best=False),
        block("b004", "b003", 4, best=False),
        block("c003", "a002", 3, best=False),
    ]
    placed = lanes(blocks)
    assert placed["c003"][0] == 1
    assert {placed[name][0] for name in ("b002", "b003", "b004")} == {2}


def test_a_fork_of_a_branch_lies_below_that_branch() -> None:
    blocks = [block(f"a{height:03}", f"a{height - 1:03}", height) for height in range(5)]
    blocks += [
        block("b001", "a000", 1, best=False),
        block("b002", "b001", 2, best=False),
        block("c002", "b001", 2, best=False, found_ns=10**12),
    ]
    placed = lanes(blocks)
    assert placed["b002"] == (1, 2, 1)
    assert placed["c002"] == (2, 2, 1)


def test_a_reorg_swaps_the_lanes() -> None:
    before = [block("a000", "ffff", 0), block("a001", "a000", 1), block("b001", "a000", 1)]
    first = [before[0], before[1], block("b001", "a000", 1, best=False)]
    second = [
        before[0],
        block("a001", "a000", 1, best=False),
        before[2],
        block("b002", "b001", 2),
    ]
    assert (lanes(first)["a001"][0], lanes(first)["b001"][0]) == (0, 1)
    assert (lanes(second)["a001"][0], lanes(second)["b001"][0]) == (1, 0)


def test_a_branch_whose_parent_is_gone_is_still_shown() -> None:
    blocks = [block("a009", "a008", 9), block("b009", "b008", 9, best=False)]
    assert lanes(blocks)["b009"] == (1, 9, None)
