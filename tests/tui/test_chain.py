"""The chain at rest: boxes, words and cells, with forks, and what is hidden at either end."""

from msgspec.structs import replace

from powclock.record.frame import ChainBlock, Frame, TipRow
from powclock.tui.state import State, Zoom
from powclock.tui.widgets.chain import Chain
from powclock.tui.widgets.panel import Border
from tests.tui.frames import NAMES, SECOND, block, frame, hash_of, reorg_line, split_frame
from tests.tui.panels import see, state, text

CUT = "⊘ the network is cut: 2 nodes on c003, 2 nodes on 5aa1;"


def shown(
    first: Frame, width: int, height: int, *, zoom: Zoom = Zoom.BOXES, border: Border = Border.BOX
) -> list[str]:
    """The rows of a chain panel."""
    made = state(first)
    made.zoom = zoom
    return text(Chain(made, border=border).body(width, height))


def long_frame(
    high: int, *, low: int = 0, sent: tuple[int, int] | None = None, **changes: object
) -> Frame:
    """A chain without forks up to a height, of which the race has sent a part."""
    first, last = sent or (low, high)
    blocks = tuple(
        block(f"a{height:03}", f"a{height - 1:03}", height) for height in range(first, last + 1)
    )
    head = hash_of(f"a{high:03}")
    blocks = (*blocks[:-1], replace(blocks[-1], holders=len(NAMES)))
    made: dict[str, object] = {
        "chain": blocks,
        "head": head,
        "height": high,
        "chain_low": low,
        "chain_high": high,
        "tips": (TipRow(head, high, "a", best=True, nodes=NAMES),),
    }
    return frame(**(made | changes))


def chain_of(made: State, width: int = 100, height: int = 14) -> Chain:
    """A chain panel that has drawn its first picture."""
    chain = Chain(made, border=Border.BOX)
    chain.body(width, height)
    return chain


def test_boxes() -> None:
    assert shown(frame(), 116, 17) == [
        "      0          1          2          3          4",
        "   ╭──────╮   ╭──────╮   ╭──────╮   ┏━━━━━━┓   ╭╌╌╌╌╌╌╮ mined by",
        "   │ 0000 ├───┤ a001 ├───┤ b002 ├───┨ c003 ┠╌╌╌┆ wait ┆ 4 nodes",
        "   │      │   │ bob  │   │carol │   ┃ dave ┃   ┆ >33% ┆ 100 % of rate",
        "   ╰──────╯   ╰─────┬╯   ╰──────╯   ┗━━━━━━┛   ╰╌╌╌╌╌╌╯",
        "               6.0s │     6.0s       6.0s   ◆4",
        "                    │    ╭┈┈┈┈┈┈╮",
        "                    ╰────┤ 5aa1 ┊ × stale",
        "                         ┊ dave ┊",
        "                         ╰┈┈┈┈┈┈╯",
        "                          6.0s",
        "", "", "", "", "",
        "◆ all 4 nodes build on 3 c003 by dave",
    ]  # fmt: skip


def test_a_fork_that_is_undecided_says_so_and_each_side_has_its_slot() -> None:
    assert shown(split_frame(), 116, 17) == [
        "      0          1          2          3          4",
        "   ╭──────╮   ╭──────╮   ╭──────╮   ┏━━━━━━┓   ╭╌╌╌╌╌╌╮ mined by",
        "   │ 0000 ├───┤ a001 ├───┤ b002 ├───┨ c003 ┠╌╌╌┆ wait ┆ 2 nodes",
        "   │      │   │ bob  │   │carol │   ┃ dave ┃   ┆ >33% ┆ 50 % of rate",
        "   ╰──────╯   ╰─────┬╯   ╰──────╯   ┗━━━━━━┛   ╰╌╌╌╌╌╌╯",
        "               6.0s │     6.0s       6.0s   ◆2",
        "             Y fork │    ╭──────╮   ╭╌╌╌╌╌╌╮ mined by",
        "                    ╰────┤ 5aa1 ├╌╌╌┆ wait ┆ 2 nodes",
        "                         │ bob  │   ┆ >55% ┆ 50 % of rate",
        "                         ╰──────╯   ╰╌╌╌╌╌╌╯ split",
        "                          6.0s   ◇2",
        "", "", "", "", "",
        f"{CUT} the branch with less work will lose",
    ]  # fmt: skip


def test_low_boxes_have_the_leader_in_their_edge_and_rivals_in_a_row() -> None:
    assert shown(split_frame(), 96, 8) == [
        "      0          1          2          3          4",
        "   ╭──────╮   ╭──────╮   ╭──────╮   ┏━━━━━━┓   ╭╌╌╌╌╌╌╮ mined by 2",
        "   │ 0000 ├───┤ a001 ├───┤ b002 ├───┨ c003 ┠╌╌╌┆ >33% ┆ 50 % of rate",
        "   ╰──────╯   ╰─bob─┬╯   ╰carol─╯   ┗━dave━┛   ╰╌╌╌╌╌╌╯",
        "               6.0s │     6.0s       6.0s   ◆2",
        "             Y fork ╰────┤ 5aa1 ├╌╌╌┆ >55% ┆ 2 nodes, 50 % split",
        "",
        f"{CUT} the branch with less work will lose",
    ]


def test_large_boxes_where_the_panel_has_the_whole_of_a_large_screen() -> None:
    assert [row[54:] for row in shown(frame(), 296, 94)[:7]] == [
        "         3                 4",
        "   ┏━━━━━━━━━━━━┓    ╭╌╌╌╌╌╌╌╌╌╌╌╌╮",
        "   ┃  0000c003  ┃    ┆    wait    ┆ mined by",
        "───┨    dave    ┠╌╌╌╌┆    >33%    ┆ 4 nodes",
        "   ┃    1 tx    ┃    ┆            ┆ 100 % of rate",
        "   ┗━━━━━━━━━━━━┛    ╰╌╌╌╌╌╌╌╌╌╌╌╌╯",
        "    6.0s         ◆4",
    ]


def test_words() -> None:
    assert shown(split_frame(), 78, 6, border=Border.RULE) == [
        "     0   ────1───────2──────[3]──╌╌(>33%) 2 nodes, 50 %",
        "            bob    carol    dave",
        "      Y fork ╰───── 5aa1 ╌╌(>55%) 2 nodes, 50 %, split",
        "                    bob",
        "",
        "⊘ the network is cut: 2 nodes on c003, 2 nodes on 5aa1",
    ]


def test_compact_words_show_more_heights() -> None:
    assert shown(frame(), 78, 5, border=Border.RULE, zoom=Zoom.COMPACT)[:3] == [
        "    0  ───1─────2────[3]─╌╌(>33%) 4 nodes, 100 %",
        "         bob   caro  dave",
        "           ╰───5aa1 × stale",
    ]


def test_cells() -> None:
    assert shown(split_frame(), 60, 6, zoom=Zoom.CELLS) == [
        "   0",
        "   0bcd╌◆ >33% 2 nodes",
        "    ╰b╌◇ >55% 2 nodes",
        "",
        "",
        "⊘ the network is cut: 2 nodes on c003, 2 nodes on 5aa1",
    ]


def test_hundreds_of_cells_are_lines_that_begin_at_the_same_heights_for_ever() -> None:
    rows = shown(long_frame(205), 100, 17, zoom=Zoom.CELLS)
    line = "abcd" * 20
    assert rows[0] == "   0         10        20        30        40        50        60        70"
    assert rows[1] == "   " + line
    assert rows[5].startswith("   80        90        100")
    assert rows[6] == "   " + line
    assert rows[10] == "   160       170       180       190       200"
    assert rows[11] == "   " + line[:46] + "╌◆ >33% 4 nodes"


def test_a_lost_branch_says_by_what_and_a_long_branch_leads_below() -> None:
    lost = reorg_line(1, "dave", "−1 +2  5aa1 → c003")
    made = state(frame(events=(lost,)))
    rows = text(chain_of(made, 116, 17).body(116, 17))
    assert rows[7] == "                    ╰────┤ 5aa1 ┊ × stale"
    assert rows[8] == "                         ┊ dave ┊ ↺ reorg −1 +2"
    assert rows[16] == (
        " ↺ reorg dave  −1 +2  5aa1 → c003  gave up 1 block for 2 blocks of a heavier branch"
    )


def test_more_lanes_than_boxes_have_room_for_get_a_row_each() -> None:
    rivals: tuple[ChainBlock, ...] = tuple(
        block(f"e00{index}", "a001", 2, best=False, found_ns=index * SECOND) for index in range(4)
    )
    rows = shown(frame(chain=(*frame().chain[:3], *rivals, frame().chain[4])), 116, 17)
    assert [row.strip() for row in rows[6:10]] == [
        "├────┤ e000 ┊ × stale",
        "├────┤ e001 ┊ × stale",
        "├────┤ e002 ┊ × stale",
        "╰────┤ e003 ┊ × stale",
    ]


def test_what_is_hidden_is_counted_at_both_ends() -> None:
    made = state(long_frame(40))
    chain = chain_of(made)
    assert aside(chain) == "◂ 35 blocks hidden"
    chain.move(-1, 0)
    chain.body(100, 14)
    assert camera(made) == 37
    assert aside(chain) == "◂ 31 blocks hidden · 3 later, end follows"
    chain.end(last=False)
    chain.body(100, 14)
    assert aside(chain) == "34 later, end follows"
    chain.end(last=True)
    chain.body(100, 14)
    assert camera(made) is None
    assert aside(chain) == "◂ 35 blocks hidden"


def camera(made: State) -> int | None:
    return made.camera


def aside(chain: Chain) -> str:
    return "".join(words for words, _ in chain.aside())


def test_a_head_to_the_left_of_the_picture_is_told() -> None:
    tips = (*long_frame(40).tips, TipRow(hash_of("a010"), 10, "b", best=False, nodes=("bob",)))
    assert aside(chain_of(state(long_frame(40, tips=tips)))) == (
        "◂ 35 blocks hidden · ◇ 1 head there"
    )


def test_blocks_that_were_not_sent_yet_are_dots_and_told_of() -> None:
    made = state(long_frame(400, sent=(380, 400)))
    chain = chain_of(made)
    made.camera = 101
    rows = text(chain.body(100, 14))
    assert rows[0] == "      95         96         97         98         99        100        101"
    assert rows[2].split() == ["·"] * 19
    assert rows[13] == "the race is asked for blocks 95 to 101"
    assert aside(chain) == "◂ 95 blocks hidden · 299 later, end follows"
    right, heights = chain.height_wanted, chain.heights_wanted
    assert right is not None
    assert right >= 101
    assert right - heights < 95


def test_blocks_that_are_not_kept_cannot_be_reached() -> None:
    made = state(long_frame(400, low=300))
    chain = chain_of(made)
    chain.end(last=False)
    rows = text(chain.body(100, 14))
    assert rows[0].split()[0] == "300"
    assert chain.aside()[0][0] == "◂ 300 blocks hidden"


def test_a_page_is_a_picture() -> None:
    made = state(long_frame(40))
    chain = chain_of(made)
    chain.page(-1)
    chain.body(100, 14)
    assert camera(made) == 36
    for _ in range(3):
        chain.page(1)
    assert camera(made) is None


def test_in_cells_a_key_moves_by_a_line() -> None:
    made = state(long_frame(900))
    made.zoom = Zoom.CELLS
    chain = chain_of(made, 100, 9)
    assert text(chain.body(100, 9))[0].split()[0] == "800"
    chain.move(-1, 0)
    assert text(chain.body(100, 9))[0].split()[0] == "720"


def test_a_line_of_cells_may_begin_before_the_oldest_block() -> None:
    made = state(long_frame(900, low=300))
    made.zoom = Zoom.CELLS
    chain = chain_of(made, 100, 9)
    chain.end(last=False)
    rows = text(chain.body(100, 9))
    assert [rows[0].split()[0], rows[4].split()[0]] == ["240", "320"]
    assert rows[1] == " " * 63 + "abcd" * 5


def test_blocks_that_arrive_are_drawn_though_no_head_has_moved() -> None:
    made = state(long_frame(400, sent=(380, 400)))
    made.camera = 101
    chain = chain_of(made)
    see(made, long_frame(400, sent=(90, 101)))
    assert "a095 ├───┤ a096" in text(chain.body(100, 14))[2]


def test_a_tall_panel_has_an_overview_below() -> None:
    made = state(long_frame(205, sent=(190, 205)))
    chain = chain_of(made, 100, 40)
    see(made, long_frame(205))
    rows = text(chain.body(100, 40))
    assert rows[2].endswith("┨ a205 ┠╌╌╌┆ wait ┆ 4 nodes")
    assert rows[30] == "─── 80 to 205, one cell a block " + "─" * 68
    assert rows[31].startswith("   80        90        100")
    assert rows[32] == "   " + "abcd" * 20
    assert rows[36] == "   " + "abcd" * 11 + "ab╌◆ >33% 4 nodes"
    chain.clicked(4, 32, double=False)
    assert made.block == hash_of("a081")
    assert chain.heights_wanted == 130
    made.camera = 100
    chain.body(100, 40)
    assert (chain.height_wanted, chain.heights_wanted) == (159, 170)


def test_before_the_first_block_all_search_for_it() -> None:
    first = frame(
        chain=frame().chain[:1], chain_high=0, height=0, head=hash_of("0000"), leader=None,
        tips=(TipRow(hash_of("0000"), 0, "", best=False, nodes=NAMES),),
    )  # fmt: skip
    assert shown(first, 96, 8)[-1] == "the nodes search for the first block"


def test_nothing_is_drawn_before_the_first_frame_or_without_room() -> None:
    assert shown(frame(), 11, 5) == []
    assert shown(frame(), 40, 0) == []
