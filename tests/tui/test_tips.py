"""Who believes what: in a row, in a few, and with all names."""

import pytest
from rich.style import Style
from textual.pilot import Pilot

from powclock.race.messages import Ended
from powclock.record.frame import Frame, TipRow
from powclock.tui import theme_file as theme
from powclock.tui.app import PowclockApp
from powclock.tui.state import State
from powclock.tui.widgets.tips import Tips
from tests.tui.frames import (
    NAMES,
    RUNNING,
    FakeRace,
    Inspected,
    frame,
    hash_of,
    node,
    on_screen,
    split_frame,
    text_of,
)

Screen = Pilot[Ended | None]


def tips_of(shown: Frame, *, block: str | None = None) -> tuple[Tips, State]:
    state = State(theme.load("dark"))
    state.see(shown, RUNNING)
    state.block = block
    return Tips(state), state


def rows(tips: Tips, width: int, height: int) -> list[str]:
    return ["".join(segment.text for segment in row.segments).rstrip()
            for row in tips.body(width, height)]  # fmt: skip


def heads(count: int) -> Frame:
    """Every node has a head of its own."""
    names = (*NAMES, "erin", "frank", "grace")[:count]
    return frame(
        nodes=tuple(node(name) for name in names),
        tips=tuple(
            TipRow(hash_of(f"c00{index}"), 3, "dave", best=index == 0, nodes=(name,))
            for index, name in enumerate(names)
        ),
    )


def test_when_all_agree() -> None:
    tips, state = tips_of(frame())
    assert tips.aside() == [("all agree", state.palette.good)]
    assert rows(tips, 38, 5) == [
        "◆ 3 c003  4 nodes 100 % of hash rate",
        "▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓",
        "alice bob carol dave",
    ]


def test_a_network_that_is_cut() -> None:
    tips, state = tips_of(split_frame())
    assert tips.aside() == [("2 heads", state.palette.rival)]
    assert rows(tips, 38, 5) == [
        "◆ 3 c003   2 nodes  50 % ▓▓▓▓▓▓░░░░░░░",
        "◇ 2 5aa1   2 nodes  50 % ▓▓▓▓▓▓░░░░░░░",
        "⊘  2 alice bob",
        "⊘  2 carol dave",
    ]


def test_with_less_room_numbers_are_shorter() -> None:
    tips, _ = tips_of(split_frame())
    assert rows(tips, 28, 3) == [
        "◆ 3 c003  ×2  50 % ▓▓▓▓░░░░░",
        "◇ 2 5aa1  ×2  50 % ▓▓▓▓░░░░░",
        "⊘ split 2 | 2 alice bob",
    ]
    assert rows(tips, 28, 1) == ["          ◆3×2 ◇2×2 ⊘ split"]
    assert rows(tips, 12, 1) == [" +2 ⊘ split"]


def test_with_more_room_nodes_are_named_and_say_since_when() -> None:
    tips, _ = tips_of(split_frame())
    assert rows(tips, 60, 14) == [
        "◆ 3 c003  2 nodes 50 % of hash rate · by dave · for 2 s",
        "▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░",
        "carol 2 s  dave 2 s",
        "",
        "◇ 2 5aa1  2 nodes 50 % of hash rate · by bob · for 8 s",
        "▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░",
        "alice 2 s  bob 2 s",
        "",
        "⊘  2 alice bob",
        "⊘  2 carol dave",
    ]


def test_a_bar_is_in_the_hues_of_its_nodes() -> None:
    tips, state = tips_of(frame())

    def bar(width: int) -> list[tuple[str, Style | None]]:
        return [(segment.text, segment.style) for segment in tips.body(width, 5)[1].segments]

    assert bar(38) == [
        ("▓" * cells, state.node(name)) for name, cells in zip(NAMES, (9, 10, 9, 10), strict=True)
    ]
    # Where there are more nodes than cells, it is in the colour of the head.
    assert bar(3) == [("▓▓▓", state.palette.best)]


def test_shares_are_of_the_hash_rate_not_of_the_nodes() -> None:
    weak = tuple(node(name, hash_rate=1_000.0 if name == "dave" else 3_000.0) for name in NAMES)
    tips = (
        TipRow(hash_of("c003"), 3, "dave", best=True, nodes=NAMES[:3]),
        TipRow(hash_of("5aa1"), 3, "bob", best=False, nodes=("dave",)),
    )
    panel, _ = tips_of(frame(nodes=weak, tips=tips))
    assert rows(panel, 38, 2) == [
        "◆ 3 c003   3 nodes  90 % ▓▓▓▓▓▓▓▓▓░░░░",
        "◇ 3 5aa1   1 node   10 % ▓▓▓░░░░░░░░░░",
    ]


def test_what_does_not_fit_is_counted_and_can_be_reached() -> None:
    tips, state = tips_of(heads(7))
    assert [row[:14] for row in rows(tips, 38, 5)] == [
        "◆ 3 c000   1 n", "◇ 3 c001   1 n", "◇ 3 c002   1 n", "◇ 3 c003   1 n", "  3 more heads",
    ]  # fmt: skip
    assert rows(tips, 38, 5)[4] == "  3 more heads, 3 nodes"
    state.block = hash_of("c006")
    assert [row[:10] for row in rows(tips, 38, 5)] == [
        " ◇ 3 c003 ", " ◇ 3 c004 ", " ◇ 3 c005 ", "▸◇ 3 c006 ", "  3 more h",
    ]  # fmt: skip


def test_names_that_do_not_fit_are_counted() -> None:
    names = tuple(f"node{index:02}" for index in range(30))
    tip = TipRow(hash_of("c003"), 3, "dave", best=True, nodes=names)
    tips, _ = tips_of(frame(nodes=tuple(node(name) for name in names), tips=(tip,)))
    assert rows(tips, 38, 4)[2:] == [
        "node00 node01 node02 node03 node04",
        "node05 node06 node07 node08 node09 +20",
    ]


def test_arrows_choose_a_head_and_enter_inspects_its_block() -> None:
    tips, state = tips_of(split_frame())
    tips.board = board = Inspected()
    assert tips.enter()
    chosen = []
    for down in (1, 1, 1, -1):
        assert tips.move(0, down)
        chosen.append(state.block)
    best, rival = hash_of("c003"), hash_of("5aa1")
    assert chosen == [best, rival, best, rival]
    assert tips.enter()
    assert board.names == [best, rival]
    assert not tips.move(1, 0)
    assert rows(tips, 38, 5)[:2] == [
        " ◆ 3 c003   2 nodes  50 % ▓▓▓▓▓▓░░░░░░",
        "▸◇ 2 5aa1   2 nodes  50 % ▓▓▓▓▓▓░░░░░░",
    ]


def test_a_click_chooses_a_head() -> None:
    async def click(app: PowclockApp, race: FakeRace, pilot: Screen) -> None:
        panel = app.race_screen.panels["tips"]
        await pilot.click(panel, offset=(8, 2))
        assert app.race_state.block == hash_of("5aa1")
        assert text_of(app, "tips")[2].startswith("│ ▸◇ 2 5aa1 ")
        await pilot.click(panel, offset=(8, 4))
        assert app.race_state.block == hash_of("5aa1")

    on_screen(click, first=split_frame())


@pytest.mark.parametrize("height", range(12))
@pytest.mark.parametrize("count", [1, 2, 7])
def test_no_size_is_refused(count: int, height: int) -> None:
    tips, _ = tips_of(heads(count), block=hash_of("c001"))
    for width in (0, 1, 2, 9, 28, 38, 300):
        built = tips.body(width, height)
        assert len(built) <= max(height, 1)
        assert all(row.room >= 0 for row in built)
