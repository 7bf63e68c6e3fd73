"""The table of nodes: columns, order, filter, and what is in sight."""

import pytest
from msgspec.structs import replace
from textual.events import Key
from textual.pilot import Pilot

from powclock.race.messages import Ended, Shown
from powclock.record.frame import Frame, NodeRow, Totals
from powclock.tui.app import PowclockApp
from powclock.tui.node_columns import COLUMNS, choose, spark
from powclock.tui.node_order import NodeOrder, deviation, matches
from powclock.tui.state import State
from powclock.tui.theme_file import DEFAULT, decode, find
from powclock.tui.widgets.nodes import Nodes
from tests.lab.test_expected import CONDITIONS
from tests.tui.frames import (
    NAMES,
    RUNNING,
    FakeRace,
    frame,
    node,
    on_screen,
    split_frame,
    text_of,
)

Screen = Pilot[Ended | None]
WHOLE = """\
╭³ NODES ────────────────────────────────────────────────────────────────────────────── 4 · 1 down ╮
│   node   region        rate  trend                 tip  state      peers  won     luck   clock   │
│   alice            5.0 kH/s         ▁▃▆▇ −67 %     2 ◇  ⊘ split A  1 ⊘2     9  +4.0σ ▲       ·   │
│   bob    europe    5.0 kH/s         ▁▃▆▇ −67 %     3 ◆  ⊘ split A  3        1    −1.3σ    +2 h   │
│   carol               0 H/s         ▇▇             3 ◆  ✖ down     0        1    −1.3σ       ·   │
│   dave             5.0 kH/s         ▁▃▆▇ −67 %     3 ◆  ⊘ split B  3        0    −2.0σ  −0.2 s   │
│                                                                                                  │
╰──────────────────────────────────────────────────────────────────────────────────────────────────╯
"""
RATES = (4_000.0, 6_000.0, 4_000.0, 5_000.0)


def rated(rates: tuple[float, ...] = RATES) -> Frame:
    rows = zip(NAMES, rates, strict=True)
    return frame(nodes=tuple(node(name, hash_rate=rate) for name, rate in rows))


def shown(app: PowclockApp) -> list[str]:
    """The names in the table, from above."""
    rows = [row.strip("│ ▸").split() for row in text_of(app, "nodes")[2:-1]]
    return [row[0] for row in rows if row and row[0] != "/" and not row[0].startswith("/")]


async def tell(race: FakeRace, pilot: Screen, new: Frame) -> None:
    await race.tell(Shown(new, RUNNING))
    await pilot.pause(0.05)


def test_whole_rows() -> None:
    first = split_frame()
    rows = (
        node("alice", state="split", tip="rival", height=2, peers=1, peers_cut=2, won=9),
        node("bob", state="split", region="europe", skew_s=7_200.0, refused=3),
        node("carol", state="down", hash_rate=0.0, peers=0, spark=bytes([200, 190, 0, 0])),
        node("dave", state="split", skew_s=-0.25, won=0),
    )
    totals = replace(first.totals, blocks_mined=12)

    async def read(app: PowclockApp, race: FakeRace, pilot: Screen) -> None:
        assert text_of(app, "nodes") == WHOLE.splitlines()

    on_screen(read, first=replace(first, nodes=rows, totals=totals))


def test_s_sorts_by_each_column_that_is_shown_and_o_turns_the_order() -> None:
    async def press(app: PowclockApp, race: FakeRace, pilot: Screen) -> None:
        assert shown(app) == list(NAMES)
        await pilot.press("s")
        assert text_of(app, "nodes")[1].startswith("│   node▴ ")
        await pilot.press("s")
        assert "     rate▾ " in text_of(app, "nodes")[1]
        assert shown(app) == ["bob", "dave", "alice", "carol"]
        await pilot.press("o")
        assert "     rate▴ " in text_of(app, "nodes")[1]
        assert shown(app) == ["alice", "carol", "dave", "bob"]
        titles = text_of(app, "nodes")[1].replace("▴", "").strip("│ ").split()
        await pilot.press(*"s" * (len(titles) - 1))
        assert not set("▾▴") & set(text_of(app, "nodes")[1])
        assert shown(app) == list(NAMES)
        assert race.commands == []

    on_screen(press, first=rated())


def test_rows_move_at_most_once_a_second_and_the_selected_one_stays() -> None:
    async def press(app: PowclockApp, race: FakeRace, pilot: Screen) -> None:
        now_s = [100.0]
        app.race_state.wall_s = lambda: now_s[0]
        await pilot.press("s", "s", "down")
        assert app.race_state.selected == "bob"
        await tell(race, pilot, rated((9_000.0, 1.0, 2.0, 3.0)))
        assert shown(app) == ["bob", "dave", "alice", "carol"]
        now_s[0] += 0.9
        await tell(race, pilot, rated((9_000.0, 1.0, 2.0, 3.0)))
        assert shown(app) == ["bob", "dave", "alice", "carol"]
        now_s[0] += 0.2
        await tell(race, pilot, rated((9_000.0, 1.0, 2.0, 3.0)))
        assert shown(app) == ["alice", "dave", "carol", "bob"]
        assert app.race_state.selected == "bob"

    on_screen(press, first=rated())


def test_who_leaves_is_gone_at_once() -> None:
    async def press(app: PowclockApp, race: FakeRace, pilot: Screen) -> None:
        app.race_state.wall_s = lambda: 100.0
        await pilot.press("s", "s")
        await tell(race, pilot, frame(nodes=rated().nodes[2:]))
        assert shown(app) == ["dave", "carol"]

    on_screen(press, first=rated())


def test_a_click_on_a_title_sorts_and_turns() -> None:
    async def click(app: PowclockApp, race: FakeRace, pilot: Screen) -> None:
        nodes = app.race_screen.panels["nodes"]
        at = text_of(app, "nodes")[1].index("rate")
        await pilot.click(nodes, offset=(at, 1))
        await pilot.pause()
        assert shown(app) == ["bob", "dave", "alice", "carol"]
        await pilot.click(nodes, offset=(at, 1))
        await pilot.pause()
        assert shown(app) == ["alice", "carol", "dave", "bob"]
        await pilot.click(nodes, offset=(6, 3))
        await pilot.pause()
        assert app.race_state.selected == "carol"

    on_screen(click, first=rated())


def test_a_filter_narrows_while_it_is_typed_and_no_key_reaches_the_race() -> None:
    async def type_(app: PowclockApp, race: FakeRace, pilot: Screen) -> None:
        await pilot.press("slash", "s", "p", "l", "k", "backspace")
        assert shown(app) == ["alice", "bob"]
        rows = text_of(app, "nodes")
        assert rows[0].endswith(" 2 of 4 · /spl ╮")
        assert rows[-2] == f"│ /spl▏{' ' * 83} 2 of 4  │"
        assert text_of(app, "footer") == [
            " type to filter   ⏎ keeps it   esc clears it   ↑ ↓ choose"
        ]
        await pilot.press("down", "down", "i", "t", "enter")
        assert app.race_state.selected == "bob"
        assert shown(app) == ["alice", "bob"]
        assert text_of(app, "nodes")[0].endswith(" 2 of 4 · /split ╮")
        await pilot.press("slash", "x", "q")
        assert "no node is like that" in text_of(app, "nodes")[2]
        await pilot.press("escape")
        assert shown(app) == list(NAMES)
        assert race.commands == []
        await pilot.press("space")
        assert len(race.commands) == 1

    on_screen(type_, first=split_frame())


def test_keys_that_come_all_at_once_are_typed_in_order() -> None:
    async def burst(app: PowclockApp, race: FakeRace, pilot: Screen) -> None:
        for key in ("slash", "k", "q", "d"):
            app.post_message(Key(key, "/" if key == "slash" else key))
        await pilot.pause(0.1)
        assert app.race_state.prompt is not None
        assert app.race_state.prompt.text == "kqd"
        assert race.commands == []

    on_screen(burst)


def test_esc_clears_a_filter_that_was_kept_before_it_leaves_the_panel() -> None:
    async def press(app: PowclockApp, race: FakeRace, pilot: Screen) -> None:
        await pilot.press("slash", "b", "o", "b", "enter", "escape")
        assert shown(app) == list(NAMES)
        assert app.race_state.panel == "nodes"
        await pilot.press("escape")
        assert app.race_state.panel is None

    on_screen(press)


def test_a_click_elsewhere_keeps_the_filter_and_stops_the_typing() -> None:
    async def press(app: PowclockApp, race: FakeRace, pilot: Screen) -> None:
        await pilot.press("slash", "b", "o", "b")
        await pilot.click(app.race_screen.panels["events"], offset=(8, 3))
        await pilot.pause()
        assert app.race_state.prompt is None
        assert shown(app) == ["bob"]

    on_screen(press)


@pytest.mark.parametrize("size", [(60, 20), (30, 8), (80, 24)])
def test_the_line_to_type_in_is_there_at_every_size(size: tuple[int, int]) -> None:
    async def type_(app: PowclockApp, race: FakeRace, pilot: Screen) -> None:
        await pilot.press("slash", "c", "a", "r")
        await pilot.pause()
        assert text_of(app, "nodes")[-1].strip().startswith("/car_" if app.race_state.ascii_only
                                                            else "/car▏")  # fmt: skip
        strips = app.screen._compositor.render_strips()
        assert [row for row in (strip.text for strip in strips) if not row.isascii()] == []

    async def type_plain(app: PowclockApp, race: FakeRace, pilot: Screen) -> None:
        await pilot.press("slash", "c", "a", "r")
        await pilot.pause()
        assert text_of(app, "nodes")[-1].strip().startswith("/car▏")

    on_screen(type_plain, size=size)
    on_screen(type_, size=size, ascii_only=True)


def many(count: int) -> tuple[NodeRow, ...]:
    return tuple(node(f"node{index:03}", hash_rate=float(index)) for index in range(count))


def test_of_a_thousand_nodes_only_those_in_sight_are_built(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    built: list[str] = []
    build = Nodes._build_row

    def counted(self: Nodes, row: NodeRow, width: int, *, chosen: bool) -> object:
        built.append(row.name)
        return build(self, row, width, chosen=chosen)

    monkeypatch.setattr(Nodes, "_build_row", counted)

    async def look(app: PowclockApp, race: FakeRace, pilot: Screen) -> None:
        names = [f"node{index:03}" for index in range(13)]
        assert built == names
        assert text_of(app, "nodes")[0].endswith(" 1,000 · 987 hidden ↑↓ ╮")
        await tell(race, pilot, frame(nodes=many(1_000)))
        assert built == names  # none of them has changed
        await pilot.press("3", "end")
        assert "▸ node999" in text_of(app, "nodes")[-2]
        await pilot.press("pageup")
        assert app.race_state.selected == "node986"
        assert "▸ node986" in text_of(app, "nodes")[2]
        await pilot.press("home", "s", "s")
        assert "▸ node000" in text_of(app, "nodes")[-2]  # the selected one stays in sight
        assert len(set(built)) < 70

    on_screen(look, first=frame(nodes=many(1_000)))


def test_the_wheel_scrolls_whatever_is_selected() -> None:
    async def scroll(app: PowclockApp, race: FakeRace, pilot: Screen) -> None:
        await pilot.press("down")
        panel = app.race_screen.panels["nodes"]
        panel._scroll(1)
        assert shown(app)[0] == "node003"
        await tell(race, pilot, frame(nodes=many(100)))
        assert shown(app)[0] == "node003"
        await pilot.press("down")
        assert app.race_state.selected == "node001"
        assert shown(app)[0] == "node001"
        panel._scroll(-1)
        assert shown(app)[0] == "node000"

    on_screen(scroll, first=frame(nodes=many(100)))


@pytest.mark.parametrize(
    ("query", "found"),
    [("ali", True), ("EUR", True), ("split", True), ("spl riv", True), ("plit", False),
     ("rival", True), ("alice down", False), ("", True)],
)  # fmt: skip
def test_what_a_filter_finds(query: str, found: bool) -> None:
    row = node("alice", region="europe", state="split", tip="rival")
    assert matches(row, query.casefold().split()) is found


def test_ties_keep_the_order_of_the_race_both_ways_round() -> None:
    order = NodeOrder()
    order.sort_by("won")
    order.update(frame().nodes, 4, 0.0)
    assert order.indices == [0, 1, 2, 3]
    order.sort_by("won")
    order.update(frame().nodes, 4, 0.0)
    assert order.indices == [0, 1, 2, 3]


def test_how_far_wins_are_from_a_share() -> None:
    assert deviation(24, 0.2, 100) == pytest.approx(1.0)
    assert deviation(12, 0.2, 100) == pytest.approx(-2.0)
    assert deviation(9, 0.02, 100) is None  # two wins expected are too few to judge
    assert deviation(1, 1.0, 100) is None


def test_a_trend_is_scaled_to_what_it_shows_and_says_how_deep_it_dips() -> None:
    wander = bytes([240, 240, 240, 250, 250, 250, 240, 240])
    assert spark(wander, 8) == ("▃▃▄▆▇▆▄▃".rjust(8), "")
    assert spark(wander, 20) == (" " * 6 + "▃▃▄▆▇▆▄▃", "  −4 %")
    # Hardly any movement stays flat: it is not blown up to the height of the row.
    assert spark(bytes([254, 255, 254, 255]), 8) == ("    ▇▇▇▇", "")
    assert spark(b"", 8) == (" " * 8, "")


def test_a_gap_in_a_trend_is_a_time_without_hashes() -> None:
    assert spark(bytes([255, 255, 0, 0, 128, 128]), 8) == ("  ▇▇  ▁▁", "")


@pytest.mark.parametrize("width", range(1, 220))
def test_columns_fit(width: int) -> None:
    for skewed in (False, True):
        columns = choose(width, name_cells=24, region_cells=12, skewed=skewed)
        assert sum(column.width for column in columns) <= max(width - 2, 0)


def test_the_share_of_blocks_stands_beside_its_band() -> None:
    rows = (node("alice", won=30), node("bob", won=60), node("carol", won=8), node("dave", won=2))
    first = frame(nodes=rows, totals=Totals(blocks_mined=100), conditions=CONDITIONS, faults=())

    async def read(app: PowclockApp, race: FakeRace, pilot: Screen) -> None:
        shares = [row.partition(" mining ")[2] for row in text_of(app, "nodes")[2:6]]
        assert [" ".join(row.split()[2:6]) for row in shares] == [
            "30 ✓ 8–42 %", "60 ! 8–42 %", "8 ✓ 8–42 %", "2 ! 8–42 %",
        ]  # fmt: skip
        await tell(race, pilot, replace(first, conditions=replace(CONDITIONS, faults_begun=1)))
        assert "30 of 25 %" in text_of(app, "nodes")[2]

    on_screen(read, first=first)


@pytest.mark.parametrize(
    ("state", "text"),
    [("split", "⊘ split A"), ("eclipsed", "◐eclipsed"), ("dropped", "⊘ dropped"),
     ("damaged", "≢ damaged"), ("mining", "mining")],
)  # fmt: skip
def test_every_state_has_a_word_of_its_own_that_fits(state: str, text: str) -> None:
    told = State(decode(find(DEFAULT)))
    told.see(replace(split_frame(), sides=(("alice",), ("bob",))), RUNNING)
    column = next(each for each in COLUMNS if each.title == "state")
    words, _ = column.show(told, node("alice", state=state))
    assert words == text
    assert column.cell(words) == f"{text:<9}  "
