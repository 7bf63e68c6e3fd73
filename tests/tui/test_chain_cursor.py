"""The cursor of the chain: along a lane, between lanes, and what the camera does for it."""

import pytest

from powclock.record.frame import Frame
from powclock.tui.state import State, Zoom
from powclock.tui.widgets.chain import Chain
from powclock.tui.widgets.panel import Border
from tests.tui.frames import block, frame, hash_of
from tests.tui.panels import FakeBoard, state, text
from tests.tui.test_chain import long_frame

LEFT, RIGHT, UP, DOWN = (-1, 0), (1, 0), (0, -1), (0, 1)


def forked() -> Frame:
    """Two branches beside six blocks: b of two blocks on a001, and c of one on a004."""
    best = [block("0000", "ffff", 0, author="")]
    best += [
        block(f"a{height:03}", f"a{height - 1:03}" if height > 1 else "0000", height)
        for height in range(1, 7)
    ]
    rivals = [
        block("b002", "a001", 2, best=False),
        block("b003", "b002", 3, best=False),
        block("c005", "a004", 5, best=False),
    ]
    blocks = sorted([*best, *rivals], key=lambda each: (each.height, not each.best))
    return frame(chain=tuple(blocks), head=hash_of("a006"), height=6, chain_high=6, tips=())


def focused(first: Frame, width: int = 100) -> tuple[State, Chain]:
    """A chain panel that has the keys."""
    made = state(first)
    made.panel = "chain"
    chain = Chain(made, border=Border.BOX)
    chain.body(width, 14)
    return made, chain


def walk(made: State, chain: Chain, *steps: tuple[int, int], width: int = 100) -> list[str]:
    """The last digits of the blocks on the way."""
    seen = []
    for step in steps:
        assert chain.move(*step)
        chain.body(width, 14)
        seen.append((made.block or "")[-4:])
    return seen


def test_the_cursor_begins_at_the_head_and_goes_along_the_lane() -> None:
    made, chain = focused(forked())
    assert walk(made, chain, LEFT, LEFT, LEFT, RIGHT, RIGHT, RIGHT) == [
        "a006", "a005", "a004", "a005", "a006", "a006",
    ]  # fmt: skip


def test_up_and_down_go_to_the_nearest_block_of_the_next_lane() -> None:
    made, chain = focused(forked())
    assert walk(made, chain, DOWN, DOWN, DOWN, UP) == ["a006", "c005", "b003", "a003"]
    assert walk(made, chain, DOWN, DOWN, UP) == ["b003", "b003", "a003"]


def test_a_branch_leads_back_to_where_it_began() -> None:
    made, chain = focused(forked())
    made.block = hash_of("b003")
    assert walk(made, chain, LEFT, RIGHT, RIGHT, LEFT, LEFT, LEFT, LEFT) == [
        "b002", "b003", "b003", "b002", "a001", "0000", "0000",
    ]  # fmt: skip


def test_the_camera_follows_the_cursor_as_far_as_needed() -> None:
    made, chain = focused(long_frame(40))
    walk(made, chain, *[LEFT] * 6)
    assert (made.block, made.camera) == (hash_of("a035"), None)
    walk(made, chain, LEFT)
    assert (made.block, made.camera) == (hash_of("a034"), 40)
    walk(made, chain, LEFT)
    assert (made.block, made.camera) == (hash_of("a033"), 39)
    walk(made, chain, *[RIGHT] * 5)
    assert (made.block, made.camera) == (hash_of("a038"), 39)
    walk(made, chain, RIGHT)
    assert (made.block, made.camera) == (hash_of("a039"), 40)
    walk(made, chain, RIGHT)
    assert (made.block, made.camera) == (hash_of("a040"), None)


@pytest.mark.parametrize(("step", "block_name"), [(LEFT, "a020"), (RIGHT, "a014")])
def test_a_cursor_out_of_sight_begins_at_the_edge(step: tuple[int, int], block_name: str) -> None:
    made, chain = focused(long_frame(40))
    made.block = hash_of("a039")
    made.camera = 20
    chain.body(100, 14)
    assert walk(made, chain, step) == [block_name]
    assert made.camera in {20, 21}


def test_the_chosen_block_stands_out_and_is_told_in_a_line() -> None:
    made, chain = focused(forked())
    made.block = hash_of("b003")
    rows = text(chain.body(100, 14))
    assert rows[0] == "      1          2        ▸ 3 ◂        4          5          6          7"
    assert rows[10:13] == [
        "         │    ╭┈┈┈┈┈┈╮   ╔══════╗",
        "         ╰────┤ b002 ├───╢ b003 ║ × stale",
        "              ╰carol┈╯   ╚═dave═╝",
    ]
    assert rows[13] == (
        "▸ 3 000000000000b003  by dave 6.0 s after its parent  1 transaction  "
        "stale                 ⏎ inspect"
    )


def test_the_line_tells_how_many_nodes_have_the_block_as_head() -> None:
    made, chain = focused(frame())
    made.block = hash_of("c003")
    assert (
        text(chain.body(100, 14))[13]
        == (
            "▸ 3 000000000000c003  by dave 6.0 s after its parent  1 transaction  head of 4 nodes"
        ).ljust(91)
        + "⏎ inspect"
    )
    made.block = hash_of("0000")
    assert text(chain.body(100, 14))[13].startswith(
        "▸ 0 0000000000000000  genesis, which nobody found"
    )
    made.block = hash_of("eeee")
    assert text(chain.body(100, 14))[13] == ("▸ 000000000000eeee is not in this part of the chain")


def test_the_chosen_block_in_words_and_cells() -> None:
    made, chain = focused(frame())
    made.block, made.zoom = hash_of("b002"), Zoom.COMPACT
    assert text(chain.body(100, 14))[0].startswith("     0   ────1──────▸2◂─────[3]──╌╌")
    made.zoom = Zoom.CELLS
    assert text(chain.body(100, 14))[:2] == ["   0 ▾2", "   0bcd╌◆ >33% 4 nodes"]


def test_enter_looks_into_the_chosen_block() -> None:
    made, chain = focused(frame())
    board = FakeBoard()
    chain.board = board
    assert not chain.enter()
    made.block = hash_of("b002")
    assert chain.enter()
    assert board.inspected == [hash_of("b002")]


@pytest.mark.parametrize(
    ("zoom", "at"),
    [(Zoom.BOXES, (28, 2)), (Zoom.COMPACT, (21, 0)), (Zoom.CELLS, (5, 1))],
)
def test_a_click_chooses_a_block_and_a_double_click_looks_into_it(
    zoom: Zoom, at: tuple[int, int]
) -> None:
    made, chain = focused(frame())
    board = FakeBoard()
    chain.board = board
    made.zoom = zoom
    chain.body(100, 14)
    chain.clicked(*at, double=False)
    assert (made.block, board.inspected) == (hash_of("b002"), [])
    chain.clicked(*at, double=True)
    assert board.inspected == [hash_of("b002")]


def test_a_click_on_a_slot_or_beside_blocks_does_nothing() -> None:
    made, chain = focused(frame())
    for x, y in ((50, 2), (0, 0), (22, 2), (99, 13)):
        chain.clicked(x, y, double=True)
    assert made.block is None


def test_without_the_keys_the_arrows_move_the_camera() -> None:
    made, chain = focused(long_frame(40))
    made.panel = None
    assert chain.move(*LEFT)
    assert not chain.move(*DOWN)
    assert (made.block, made.camera) == (None, 37)
    chain.body(100, 14)
    chain.scrolled(-1)
    assert made.camera == 36
