"""The picture of the network: where nodes stand, how a block spreads, and what cuts it."""

from collections.abc import Sequence
from itertools import pairwise

import pytest
from rich.cells import cell_len
from textual.pilot import Pilot

from powclock.clock.streams import Stream
from powclock.network.topology import Kind, edges
from powclock.race.messages import Ended
from powclock.record.detail import Arrival, Spread
from powclock.record.frame import Frame
from powclock.tui import theme_file as theme
from powclock.tui.app import PowclockApp
from powclock.tui.braille import trace
from powclock.tui.glyphs import to_ascii
from powclock.tui.layout_graph import Seats, lay_out, order
from powclock.tui.spread import Replay, coverage
from powclock.tui.state import State
from powclock.tui.widgets.network import Network
from powclock.tui.widgets.network_graph import forms, nearest
from powclock.tui.widgets.network_stage import GLIDE_S
from tests.tui.frames import (
    RUNNING,
    SECOND,
    FakeRace,
    Inspected,
    frame,
    hash_of,
    node,
    on_screen,
    text_of,
)

Screen = Pilot[Ended | None]
MS = 1_000_000
TEN = ("alice", "bob", "carol", "dave", "erin", "frank", "grace", "heidi", "ivan", "judy")


class Wall:
    """A clock on the wall that a test turns."""

    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


def links(kind: Kind, count: int) -> tuple[tuple[int, int], ...]:
    return tuple(edges(kind, count, 4, Stream(1, "links")))


def spread(names: Sequence[str], *, every_ms: int = 40, tick: int = 3) -> Spread:
    """Each node gets the block from the one before it, one after another."""
    arrivals = [Arrival(names[0], 0, None)]
    arrivals += [
        Arrival(name, index * every_ms * MS, sender)
        for index, (sender, name) in enumerate(pairwise(names), start=1)
    ]
    return Spread(hash_of(f"c00{tick}"), tick, names[0], 18 * SECOND, tuple(arrivals))


def ring(names: Sequence[str] = TEN, **changes: object) -> Frame:
    made: dict[str, object] = {
        "nodes": tuple(node(name) for name in names),
        "links": links("ring", len(names)),
        "leader": names[0],
        "spread": spread(names),
        "time_ns": 19 * SECOND,
    }
    return frame(**(made | changes))


def shown(network: Network, width: int = 38, height: int = 17) -> list[str]:
    return ["".join(segment.text for segment in row.segments).rstrip()
            for row in network.body(width, height)]  # fmt: skip


def moves(network: Network) -> bool:
    return network.moving


def network_of(first: Frame, *, motion: bool = True) -> tuple[Network, State, Wall]:
    wall = Wall()
    state = State(theme.load("dark"), motion=motion, wall_s=wall)
    state.see(first, RUNNING)
    return Network(state), state, wall


def cut_ring(**changes: object) -> Frame:
    """Six nodes in a ring; two of them are cut off, with a block of their own."""
    alone = {"state": "split", "tip": "rival", "head": hash_of("5aa1")}
    arrivals = (
        Arrival("dave", 0, None),
        Arrival("carol", 50 * MS, "dave"),
        Arrival("erin", 60 * MS, "dave"),
        Arrival("frank", 130 * MS, "erin"),
    )
    made: dict[str, object] = {
        "sides": (TEN[:2], TEN[2:6]),
        "nodes": tuple(node(name, **(alone if name in TEN[:2] else {})) for name in TEN[:6]),
        "spread": Spread(hash_of("c003"), 3, "dave", 18 * SECOND, arrivals),
        "leader": "dave",
    }
    return ring(TEN[:6], **(made | changes))


# Lines.


def test_a_line_is_dots_in_the_cells_that_it_passes() -> None:
    assert trace((0, 0), (2, 0)) == ((0, 0, 0x20), (1, 0, 0x24), (2, 0, 0x24))
    assert trace((1, 1), (1, 1)) == ((1, 1, 0x20),)


def test_a_line_and_its_reverse_are_the_same_dots() -> None:
    assert trace((0, 0), (9, 5)) == trace((9, 5), (0, 0))[::-1]


def test_a_dashed_line_has_gaps() -> None:
    def dots(cells: Sequence[tuple[int, int, int]]) -> int:
        return sum(cell[2].bit_count() for cell in cells)

    assert dots(trace((0, 0), (12, 0))) == 25
    assert dots(trace((0, 0), (12, 0), dashed=True)) == 13


def test_lines_can_be_read_in_ascii() -> None:
    assert to_ascii("⠉⠒⠤⣀⡇⠀") == "''..: "


# Where nodes stand.


def test_rings_and_lines_are_walked_along() -> None:
    shuffled = [(0, 3), (1, 3), (1, 4), (2, 4), (0, 2)]
    walk = order(range(5), shuffled)
    neighbours = {frozenset(pair) for pair in pairwise([*walk, walk[0]])}
    assert neighbours == {frozenset(link) for link in shuffled}
    assert order(range(4), [(2, 0), (0, 3), (3, 1)]) == [1, 3, 0, 2]
    assert order(range(6), links("full_mesh", 6)) == [0, 1, 2, 3, 4, 5]


def test_the_same_network_stands_in_the_same_places() -> None:
    def places() -> dict[str, tuple[int, int]]:
        named = [(f"n{index}", "") for index in range(32)]
        seats = Seats().give(named, links("random_regular", 32))
        return lay_out(seats, (), 38, 16, 6).places

    assert places() == places()
    assert len(set(places().values())) == 32


def test_nobody_moves_when_somebody_comes_or_goes() -> None:
    seats = Seats()
    named = [(name, "") for name in TEN]
    before = lay_out(seats.give(named, links("ring", 10)), (), 38, 16, 5).places
    joined = [*named, ("kim", "")]
    after = lay_out(seats.give(joined, links("ring", 11)), (), 38, 16, 5).places
    assert {name: after[name] for name in TEN} == before
    assert after["kim"] not in before.values()
    assert seats.give(joined, links("ring", 11))["kim"].turn == 0.05
    left = [pair for pair in joined if pair[0] != "dave"]
    last = lay_out(seats.give(left, links("ring", 10)), (), 38, 16, 5).places
    assert last == {name: cell for name, cell in after.items() if name != "dave"}


def test_seats_wait_for_the_links() -> None:
    seats = Seats()
    named = [(name, "") for name in TEN[:4]]
    assert [seat.turn for seat in seats.give(named, ()).values()] == [0.0, 0.25, 0.5, 0.75]
    crossed = ((0, 2), (2, 1), (1, 3), (0, 3))
    given = seats.give(named, crossed)
    assert {name: seat.turn for name, seat in given.items()} == {
        "alice": 0.0, "carol": 0.25, "bob": 0.5, "dave": 0.75,
    }  # fmt: skip


def test_regions_and_sides_stand_apart() -> None:
    named = [(name, "north" if index < 5 else "south") for index, name in enumerate(TEN)]
    seats = Seats().give(named, links("ring", 10))
    layout = lay_out(seats, (TEN[:5], TEN[5:]), 38, 17, 5)
    (cut,) = layout.cuts
    assert (cut.x, cut.width, cut.height) == (0, 38, 1)
    assert all(layout.places[name][1] < cut.y for name in TEN[:5])
    assert all(layout.places[name][1] > cut.y for name in TEN[5:])
    assert [region for region, _ in layout.regions] == ["north", "south"]
    # In a wide picture they stand beside each other.
    (cut,) = lay_out(seats, (TEN[:5], TEN[5:]), 98, 26, 5).cuts
    assert (cut.y, cut.width, cut.height) == (0, 1, 26)


def test_a_name_is_shortened_by_what_tells_it_from_others() -> None:
    assert forms("alice", 9) == ["alice", "al", "a"]
    assert forms("alice", 4) == ["alice", "ali…"]
    assert forms("node17", 4) == ["node17", "n17"]


def test_the_nearest_node_in_a_direction() -> None:
    cells = [(10, 5), (20, 5), (10, 1), (14, 9)]
    found = [nearest(cells, cells[0], *way) for way in ((1, 0), (-1, 0), (0, -1), (0, 1))]
    assert found == [1, None, 2, 3]


# How a block spreads.


def test_coverage_counts_nodes_that_run() -> None:
    block = spread(TEN)
    assert coverage(block, set(TEN)).half_ns == 160 * MS
    assert coverage(block, set(TEN)).last_ns == 360 * MS
    assert coverage(block, set(TEN)).complete
    some = coverage(block, {"alice", "bob", "zoe"}, until_ns=39 * MS)
    assert (some.have, some.running, some.half_ns, some.complete) == (1, 3, None, False)


def test_a_spread_is_slowed_to_what_an_eye_can_follow() -> None:
    replay = Replay()
    replay.see(spread(TEN), 19 * SECOND, set(TEN), 100.0)
    assert round(replay.factor, 3) == 3.333
    assert round(replay.shown_ns(100.6) / MS) == 180
    assert replay.moves(101.1)
    assert not replay.moves(101.21)
    assert replay.shown_ns(101.21) == float("inf")


def test_a_spread_is_never_ahead_of_what_is_known() -> None:
    replay = Replay()
    block = spread(TEN)
    early = Spread(block.hash, 3, "alice", block.found_ns, block.arrivals[:2])
    replay.see(early, 18 * SECOND + 50 * MS, set(TEN), 100.0)
    assert replay.shown_ns(101.0) == 50 * MS
    assert replay.live
    replay.see(block, 19 * SECOND, set(TEN), 101.0)
    assert replay.shown_ns(101.2) > 50 * MS
    assert not replay.moves(101.5)


def test_of_ticks_that_come_quickly_only_the_newest_is_shown() -> None:
    replay = Replay()
    heights = []
    for tick, now_s in ((1, 100.0), (2, 100.3), (3, 100.6), (4, 100.9), (4, 101.3)):
        replay.see(spread(TEN, tick=tick), 19 * SECOND, set(TEN), now_s)
        assert replay.spread is not None
        heights.append(replay.spread.height)
        assert replay.moves(now_s)
    assert heights == [1, 1, 1, 1, 4]


def test_an_old_block_is_not_shown_again_when_the_picture_opens() -> None:
    replay = Replay()
    replay.see(spread(TEN), 60 * SECOND, set(TEN), 100.0)
    assert not replay.moves(100.0)


START = [
    "              ⣀◆ alice",
    "          ⣀⠤⠒⠉   ⠈⠑⠤⣀",
    " frank ◂⠒⠉           ⠉◂ bob",
    "       ⢸              ⢸",
    "       ⢸              ⢸",
    "  erin ◂⢄⡀           ⣀◂ carol",
    "         ⠈⠑⠢⢄⡀   ⢀⡠⠔⠉",
    "             ⠈⠑◂ dave",
    "◆ 3 by alice 1/6 had it ▓░░░░░",
]

MIDDLE = [
    "              ⣀◆ alice",
    "          ⣀⠤⠒⠉   ⠈⠑⠤⣀",
    " frank ◂⠒⠉           ⠉◆ bob",
    "       ⢸              ⢸",
    "       ⢸              ⢸",
    "  erin ◂⢄⡀           ⣀◆ carol",
    "         ⠈⠑⠢⢄⡀   ⢀⡠⠔•",
    "             ⠈⠑◂ dave",
    "◆ 3 by alice 3/6 had it ▓▓▓░░░",
]

END = [
    "              ⣀◆ alice",
    "          ⣀⠤⠒⠉   ⠈⠑⠤⣀",
    " frank ◆⠒⠉           ⠉◆ bob",
    "       ⢸              ⢸",
    "       ⢸              ⢸",
    "  erin ◆⢄⡀           ⣀◆ carol",
    "         ⠈⠑⠢⢄⡀   ⢀⡠⠔⠉",
    "             ⠈⠑◆ dave",
    "◆ 3 by alice 6/6 have it ▓▓▓▓▓",
]

CUT = [
    "alice ◇⢄    ╎            ◆ carol",
    "      ⢸  ⠠⡀ ╎          ⠠⠊ ⠣⡀",
    "      ⢸   ⠈ ⊘        ⡠     ⠱⡀",
    "      ⢸     ╎⠉ ⢀    ⠈       ⠘⡄",
    "      ⢸     ╎   ⠑⠠⠊          ⠈⢆",
    "      ⢸     ╎  ⢀⠄ ⠈◆ frank    ⠈◆ dave",
    "      ⢸     ╎  ⠁    ⠣⡀        ⡜",
    "      ⢸     ⊘⠁       ⠱⡀     ⢀⠎",
    "      ⢸  ⢀⠄ ╎         ⠘⡄   ⢠⠊",
    "      ⢸  ⠁  ╎          ⠈⢆ ⡠⠃",
    "      ◇ bob ╎           ⠈◆ erin",
    "◆ 3 by dave 4/6 have it ▓▓▓▓▓▓▓▓▓░░░░░",
]

TIGHT = [
    "    ◇ al ╎         ◆ carol",
    "    ⢸    ⊘          ⢣",
    "    ⢸    ╎ fra… ◆    ◆ dave",
    "    ⢸    ⊘       ⠑⡄ ⡰⠁",
    "bob ◇    ╎        ⠈◆ erin",
    "◆ 3 by dave 4/6 have it ▓▓░░",
]

MAP = [
    "north 100/100",
    "■■■■■■■■■■■■■■■■■■■■■■■■■■■■■■■■■■■■■■■■■■■■■■■■■■▣▣▣▣▣▣▣▣▣▣",
    "▣▣▣▣▣▣▣▣▣▣▣▣▣▣▣▣▣▣▣▣▣▣▣▣▣▣▣▣▣▣▣▣▣▣▣▣▣▣▣▣",
    "south 50/140",
    "□□□□□□□□□□□□□□□□□□□□□□□□□□□□□□□□□□□□□□□□□□□□□□□□□□––––––––––",
    "––––––––––––––––––––––––––––––––––––––––––––––––––––––––––––",
    "––––––––––––––––––––",
    "",
    "",
    "",
    "▸ node001 0.00 s  ■ ≤0.05 s  ▣ ≤0.10 s  □ later  – not yet",
    "◆ 3 by node000 150/240 have it ▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓░░░░░░░░░░░",
]


def test_a_block_is_seen_to_spread() -> None:
    network, state, wall = network_of(ring(TEN[:6]))
    assert shown(network, 30, 9) == START
    assert moves(network)
    assert network.aside() == [("replay 6× slower", state.palette.accent)]
    wall.now_s += 0.55
    assert shown(network, 30, 9) == MIDDLE
    wall.now_s += 0.75
    assert shown(network, 30, 9) == END
    assert not moves(network)


def test_a_picture_that_does_not_move_shows_the_end_at_once() -> None:
    network, _, _ = network_of(ring(TEN[:6]), motion=False)
    assert shown(network, 30, 9) == END
    assert not moves(network)


def test_before_the_first_block_the_picture_says_so() -> None:
    network, _, _ = network_of(ring(TEN[:6], spread=None, leader=None))
    assert shown(network, 30, 9)[-1] == "no block yet"


def test_two_sides_are_parted_by_a_line_that_cut_links_cross() -> None:
    network, state, _ = network_of(ring(TEN[:6]), motion=False)
    shown(network, 38, 12)
    state.see(cut_ring(), RUNNING)
    assert shown(network, 38, 12) == CUT


def test_in_little_room_cut_links_are_drawn_at_the_line_alone() -> None:
    network, state, _ = network_of(ring(TEN[:6]), motion=False)
    shown(network, 28, 6)
    state.see(cut_ring(), RUNNING)
    assert shown(network, 28, 6) == TIGHT


def test_the_line_between_sides_is_loud_and_the_links_that_it_cuts_are_not() -> None:
    network, state, _ = network_of(ring(TEN[:6]), motion=False)
    shown(network, 38, 12)
    state.see(cut_ring(), RUNNING)
    palette = state.palette
    inks = {"bad": "", "faint": ""}
    for row in network.body(38, 11)[:-1]:
        for segment in row.segments:
            for name in inks:
                if segment.style == getattr(palette, name):
                    inks[name] += segment.text
    assert set(inks["bad"]) == {"╎", "⊘"}
    assert inks["bad"].count("⊘") == 2
    assert all("\u2800" <= sign <= "\u28ff" for sign in inks["faint"].replace(" ", ""))
    assert inks["faint"]
    state.selected = "alice"
    dots = "".join(
        segment.text for row in network.body(38, 11) for segment in row.segments
        if segment.style == palette.bad
    )  # fmt: skip
    assert any("\u2800" <= sign <= "\u28ff" for sign in dots), "those of the chosen node are"


def test_sides_glide_apart_and_together() -> None:
    network, state, wall = network_of(ring(TEN[:6]))
    shown(network, 38, 12)
    wall.now_s += 5
    whole = shown(network, 38, 12)
    assert not moves(network)
    state.see(cut_ring(spread=spread(TEN[:6])), RUNNING)
    first = shown(network, 38, 12)
    assert [row.find("◇ alice") for row in first[:2]] == [whole[0].find("◆ alice"), -1]
    wall.now_s += GLIDE_S / 2
    middle = shown(network, 38, 12)
    wall.now_s += GLIDE_S / 2
    assert shown(network, 38, 12) not in (whole, first, middle)
    assert not moves(network)
    state.see(ring(TEN[:6]), RUNNING)
    shown(network, 38, 12)
    assert moves(network)
    wall.now_s += GLIDE_S
    assert shown(network, 38, 12) == whole


def test_what_a_node_believes_is_a_sign() -> None:
    rows = (
        node("alice"), node("bob", tip="rival"), node("carol", tip="behind"),
        node("dave", state="down"),
    )  # fmt: skip
    block = Spread(hash_of("c003"), 3, "alice", SECOND, (Arrival("alice", 0, None),))
    network, _, _ = network_of(ring(TEN[:4], nodes=rows, spread=block), motion=False)
    text = "\n".join(shown(network))
    for sign in ("◆ alice", "◇ bob", "◂ carol", "dave ✖"):
        assert sign in text
    assert shown(network)[-1].startswith("◆ 3 by alice 1/3 have it ▓▓▓▓░░░░░")


def test_many_nodes_are_a_map() -> None:
    names = [f"node{index:03}" for index in range(240)]
    rows = tuple(
        node(name, region="north" if index < 100 else "south") for index, name in enumerate(names)
    )
    early = tuple(Arrival(name, index * MS, None) for index, name in enumerate(names[:150]))
    block = Spread(hash_of("c003"), 3, "node000", SECOND, early)
    network, state, _ = network_of(frame(nodes=rows, spread=block), motion=False)
    state.selected = "node001"
    assert shown(network, 60, 12) == MAP


@pytest.mark.parametrize("count", [1, 2, 3, 7, 32, 200, 201, 1_000])
def test_no_size_is_refused(count: int) -> None:
    names = [f"node{index}" for index in range(count)]
    rows = tuple(
        node(name, region=("", "north", "south", "中文中文")[index % 4])
        for index, name in enumerate(names)
    )
    sides = (tuple(names[: count // 3]), tuple(names[count // 3 :]))
    first = ring(names, nodes=rows, links=links("random_regular", count))
    network, state, wall = network_of(first)
    for width, height in SIZES:
        for made in (first, ring(names, nodes=rows, links=first.links, sides=sides)):
            state.see(made, RUNNING)
            for _ in range(3):
                built = network.body(width, height)
                assert len(built) <= height
                assert all(row.room >= 0 for row in built)
                wall.now_s += 0.3
            network.move(1, 0)
            network.clicked(width // 2, height // 2, double=False)


SIZES = [(1, 1), (2, 1), (1, 5), (3, 3), (12, 4), (11, 9), (20, 5), (38, 17), (60, 15), (98, 26),
         (300, 100), (300, 2)]  # fmt: skip


@pytest.mark.parametrize("kind", ["ring", "line", "random_regular", "full_mesh"])
@pytest.mark.parametrize("count", [5, 10, 32, 60])
def test_names_never_run_into_each_other(kind: Kind, count: int) -> None:
    names = [f"node{index}" for index in range(count)]
    network, _, _ = network_of(ring(names, links=links(kind, count)), motion=False)
    network.body(38, 17)
    graph = network._stage._graph[1]
    assert graph is not None
    taken = list(graph.cells)
    for index, start, text in graph._placed([0]):
        y, x = divmod(start, 38)
        assert text in forms(names[index], 99)
        taken += [(at, y) for at in range(x, x + cell_len(text))]
        assert x + cell_len(text) <= 38
    assert len(set(taken)) == len(taken)
    assert len(taken) > count


# On the screen.


def test_the_title_says_how_long_it_took() -> None:
    async def look(app: PowclockApp, race: FakeRace, pilot: Screen) -> None:
        wall = Wall()
        app.race_state.wall_s = wall
        wall.now_s = 1e12
        app.race_screen.paint()
        assert text_of(app, "network")[0] == "╭⁷ NETWORK ─────── ½ 0.16 s · all 0.36 s ╮"

    on_screen(look, first=ring())


def test_arrows_choose_a_node_and_enter_inspects_it() -> None:
    async def press(app: PowclockApp, race: FakeRace, pilot: Screen) -> None:
        state = app.race_state
        chosen = []
        await pilot.press("7")
        for key in ("right", "down", "right", "left", "up"):
            await pilot.press(key)
            chosen.append(state.selected)
        assert chosen == ["alice", "bob", "carol", "bob", "alice"]
        board = Inspected()
        app.race_screen.panels["network"].board = board
        await pilot.press("enter")
        assert board.names == ["alice"]

    on_screen(press, first=ring())


def test_a_click_chooses_the_node_beside_it() -> None:
    async def click(app: PowclockApp, race: FakeRace, pilot: Screen) -> None:
        panel = app.race_screen.panels["network"]
        rows = text_of(app, "network")
        y = next(y for y, row in enumerate(rows) if "carol" in row)
        await pilot.click(panel, offset=(rows[y].index("carol") + 1, y))
        assert app.race_state.selected == "carol"
        assert app.race_state.panel == "network"

    on_screen(click, first=ring())
