"""The inspector: what it says of nodes and blocks, where it leads, and that it stays bounded.

The whole sheets are in `sheets/`, a file for each size.
"""

from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace
from textual.events import MouseScrollDown
from textual.pilot import Pilot

from powclock.machine.header import display
from powclock.race.commands import SetRate, StepEvent
from powclock.race.messages import Ended, Shown
from powclock.record.detail import Arrival, TreeBlock
from powclock.record.frame import Frame
from powclock.tui.app import PowclockApp
from powclock.tui.glyphs import to_ascii
from powclock.tui.screens.inspect import TRAIL_MAX, InspectScreen
from tests.tui.details import HASH, HEADER, MILLISECOND, block_detail, node_detail
from tests.tui.frames import (
    NAMES,
    RUNNING,
    SECOND,
    FakeRace,
    frame,
    hash_of,
    node,
    on_screen,
)

Screen = Pilot[Ended | None]
SIZES = ((160, 45), (100, 30), (80, 24), (60, 20))
SHEETS = Path(__file__).parent / "sheets"
DETAILED = frame(node_detail=node_detail(), block_detail=block_detail())
# Its proof is 4,096 times lighter than what its bits ask for.
DRAWN = block_detail(proof_target="000ffff" + "0" * 57, hash="000fff" + "5a" * 27 + "c003")
DOWN = node_detail(
    running=False, head="", height=0, tree=(), tree_blocks=0, orphans=0, requests=0,
    mempool=(), mempool_count=0, ledger=(), ledger_count=0, supply=0, balance=0, state_root="",
)  # fmt: skip


def rows(app: PowclockApp) -> list[str]:
    """The rows of the sheet on top."""
    assert isinstance(app.screen, InspectScreen)
    return app.screen.panel.rows_text


def sheet(
    open_: Callable[[PowclockApp], object],
    *keys: str,
    first: Frame = DETAILED,
    size: tuple[int, int] = (160, 45),
    ascii_only: bool = False,
) -> list[str]:
    """What the inspector shows after some keys."""
    shown: list[str] = []

    async def read(app: PowclockApp, race: FakeRace, pilot: Screen) -> None:
        open_(app)
        await pilot.pause()
        await pilot.press(*keys)
        shown.extend(rows(app))

    on_screen(read, size=size, first=first, ascii_only=ascii_only)
    return shown


def bob(app: PowclockApp) -> None:
    app.race_screen.inspect_node("bob")


def the_block(app: PowclockApp) -> None:
    app.race_screen.inspect_block(HASH)


def section(shown: list[str], name: str, count: int) -> list[str]:
    """Some lines of a section that stands alone or at the left."""
    start = next(y for y, row in enumerate(shown) if row.startswith(f"│ {name} ─"))
    return [row[2:-2].rstrip() for row in shown[start : start + count]]


@pytest.mark.parametrize("size", SIZES)
def test_a_node_at_every_size(size: tuple[int, int]) -> None:
    sections = 1 if size[0] >= 100 else 5
    shown = ["\n".join(sheet(bob, *["right"] * step, size=size)) for step in range(sections)]
    expected = (SHEETS / f"node_{size[0]}x{size[1]}.txt").read_text("utf-8")
    assert "\n\n".join(shown) + "\n" == expected


@pytest.mark.parametrize("size", SIZES)
def test_a_block_at_every_size(size: tuple[int, int]) -> None:
    sections = {160: 1, 100: 4, 80: 5, 60: 6}[size[0]]
    shown = ["\n".join(sheet(the_block, *["tab"] * step, size=size)) for step in range(sections)]
    expected = (SHEETS / f"block_{size[0]}x{size[1]}.txt").read_text("utf-8")
    assert "\n\n".join(shown) + "\n" == expected


@pytest.mark.parametrize("open_", [bob, the_block])
def test_without_other_signs_than_ascii_nothing_is_left_unsaid(
    open_: Callable[[PowclockApp], None],
) -> None:
    plain, usual = sheet(open_, ascii_only=True), sheet(open_)
    assert plain == [to_ascii(row) for row in usual]
    assert not any("?" in row for row in plain)


def test_a_node_that_is_down_shows_what_lasts() -> None:
    state = tuple(node(name, state="down" if name == "bob" else "mining") for name in NAMES)
    shown = sheet(bob, first=frame(node_detail=DOWN, nodes=state), size=(80, 24))
    assert shown[1].rstrip(" │") == (
        "│ bob · ✖ down · what lasts is its disk, its clock and its account"
    )
    assert section(shown, "NODE", 9)[1:] == [
        "▸ address   ab12ab12ab12ab12ab12ab12ab12ab12ab12ab12ab12ab12ab12ab12ab12ab12",
        "  clock     18:16:55.0  +90 s",
        "  true      18:15:25.0",
        "  hash rate 5.0 kH/s  ▃▅██",
        "  spent     1.2 M hashes",
        "  found     1 block  1.0 expected at 25 %",
        "  head      none while it is down",
        "  disk      4 blocks",
    ]
    shown = sheet(bob, "right", first=frame(node_detail=DOWN, nodes=state), size=(80, 24))
    assert section(shown, "TREE", 2)[1] == "  down: what was in memory is gone"


def test_a_node_that_leaves_meanwhile_is_said_to_have_left() -> None:
    others = frame(nodes=tuple(node(name) for name in NAMES if name != "bob"))

    async def leave(app: PowclockApp, race: FakeRace, pilot: Screen) -> None:
        bob(app)
        await pilot.pause()
        await race.tell(Shown(others, RUNNING))
        await pilot.pause(0.05)
        assert rows(app)[1].rstrip(" │") == (
            "│ bob · ✖ has left the race; this is what was last seen"
        )
        assert section(rows(app), "NODE", 3)[2] == "  clock     18:16:55.0  +90 s"

    on_screen(leave, size=(80, 24), first=DETAILED)


def test_the_sheet_is_live() -> None:
    later = node_detail(clock_ns=node_detail().clock_ns + 5 * SECOND, disk_blocks=9)

    async def wait(app: PowclockApp, race: FakeRace, pilot: Screen) -> None:
        bob(app)
        await pilot.pause()
        await race.tell(Shown(replace(DETAILED, node_detail=later), RUNNING))
        await pilot.pause(0.05)
        facts = section(rows(app), "NODE", 9)
        assert facts[2] == "  clock     18:17:00.0  +90 s"
        assert facts[8] == "  disk      9 blocks"

    on_screen(wait, size=(80, 24), first=DETAILED)


def test_until_the_race_has_told_it_is_looking() -> None:
    assert section(sheet(bob, first=frame(), size=(80, 24)), "NODE", 2)[1] == "  looking…"
    shown = sheet(the_block, first=frame(), size=(80, 24))
    assert shown[1].rstrip(" │") == "│ c003 · looking…"


def test_of_a_block_that_is_no_longer_kept_it_says_so() -> None:
    shown = sheet(the_block, first=frame(block_gone=HASH), size=(80, 24))
    assert shown[1].rstrip(" │") == "│ c003 · no longer kept"


def test_a_frozen_picture_takes_in_what_one_looks_into_and_holds_it() -> None:
    later = replace(DETAILED, node_detail=node_detail(disk_blocks=9), time_ns=90 * SECOND)

    async def freeze(app: PowclockApp, race: FakeRace, pilot: Screen) -> None:
        await pilot.press("v")
        bob(app)
        for told in (DETAILED, later):
            await race.tell(Shown(told, RUNNING))
            await pilot.pause(0.05)
        assert section(rows(app), "NODE", 9)[8] == "  disk      4 blocks"
        assert app.race_state.frame is not None
        assert app.race_state.frame.time_ns == frame().time_ns

    on_screen(freeze, size=(80, 24), first=frame())


def test_a_drawn_find_says_that_its_proof_is_lighter() -> None:
    shown = sheet(lambda app: app.race_screen.inspect_block(DRAWN.hash), "tab",
                  first=frame(block_detail=DRAWN), size=(80, 24))  # fmt: skip
    assert section(shown, "PROOF", 10) == [
        "PROOF ──────────────────────────────────────────────────────────────────────",
        "  hash    000fff5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5ac003",
        "  target  000ffff000000000000000000000000000000000000000000000000000000000",
        "          ╰─╯ 12 zero bits at least",
        "  by bits 000000ffff000000000000000000000000000000000000000000000000000000",
        "  12 leading zero bits needed, 12 found; such a hash comes once in 4,096",
        "  tries. It is not above the target: the proof holds.",
        "  The moments of finds are drawn in this race, so proofs are lighter: the",
        "  bits stand for 16.8 M hashes, 4,096 times as many.",
        "",
    ]


def test_a_stale_block_and_genesis_say_what_they_are() -> None:
    stale = block_detail(best=False, confirmations=0, children=())
    shown = sheet(the_block, first=frame(block_detail=stale), size=(160, 45))
    assert shown[1].startswith("│ 3 c003  ·  dave  ·  × stale: not on the best chain  ·  found at")
    genesis = block_detail(height=0, author="", body=None, arrivals=(), confirmations=4)
    shown = sheet(the_block, "tab", "tab", first=frame(block_detail=genesis), size=(80, 24))
    assert shown[1].rstrip(" │") == ("│ 0 c003 · genesis, which all nodes begin with")
    assert section(shown, "TRANSACTIONS", 2)[1] == "  genesis carries nothing but a message"


def test_who_was_down_or_cut_off_when_a_block_spread() -> None:
    state = {"bob": "down", "alice": "split", "carol": "eclipsed"}
    nodes = tuple(node(name, state=state.get(name, "mining")) for name in NAMES)
    detail = block_detail(
        arrivals=(Arrival("dave", 0, None), Arrival("zara", 90 * MILLISECOND, "dave"))
    )
    shown = sheet(the_block, "tab", "tab", "tab",
                  first=frame(block_detail=detail, nodes=nodes), size=(80, 24))  # fmt: skip
    assert section(shown, "ARRIVALS", 6) == [
        "ARRIVALS ────────────────────────────────────────────────────── 2 of 5 nodes",
        "▸ dave               0 ms  found it",
        "  zara              90 ms  from dave",
        "  alice           not yet  ⊘ split",
        "  bob             not yet  ✖ down",
        "  carol           not yet  ◐ eclipsed",
    ]


# Going round.


def test_the_race_is_told_what_one_looks_into() -> None:
    async def go(app: PowclockApp, race: FakeRace, pilot: Screen) -> None:
        wide = race.looks[-1]
        bob(app)
        await pilot.pause()
        assert race.looks[-1] == replace(wide, node="bob")
        the_block(app)
        await pilot.pause()
        assert race.looks[-1] == replace(wide, block=HASH)
        await pilot.press("escape")
        assert race.looks[-1] == replace(wide, node="bob")
        await pilot.press("escape")
        assert race.looks[-1] == wide
        assert app.screen is app.race_screen
        assert (app.race_state.selected, app.race_state.block) == ("bob", HASH)

    on_screen(go, first=DETAILED)


def test_enter_follows_a_line_and_escape_goes_back() -> None:
    async def go(app: PowclockApp, race: FakeRace, pilot: Screen) -> None:
        await pilot.press("down", "down", "enter")
        assert app.race_state.selected == "bob"
        # Address, clock, true time, rate, spent, found, head.
        await pilot.press(*["down"] * 6, "enter")
        looks = [race.looks[-1]]
        await pilot.press("escape", "right", "right", "down", "down", "down", "enter")
        looks.append(race.looks[-1])
        await pilot.press("escape", "right", "down", "enter")
        looks.append(race.looks[-1])
        assert [(look.node, look.block) for look in looks] == [
            (None, hash_of("c003")),
            (None, hash_of("a001")),
            ("carol", None),
        ]
        assert len(app.screen_stack) == 2

    on_screen(go, first=DETAILED)


def test_arrows_walk_along_the_chain_and_one_escape_leaves() -> None:
    children = (TreeBlock(HASH, hash_of("b002"), 3, "dave", True),)
    middle = block_detail(hash=hash_of("b002"), parent=hash_of("a001"), height=2, children=children)

    async def walk(app: PowclockApp, race: FakeRace, pilot: Screen) -> None:
        the_block(app)
        await pilot.pause()
        await pilot.press("tab", "left")
        assert race.looks[-1].block == hash_of("b002")
        await race.tell(Shown(frame(block_detail=middle), RUNNING))
        await pilot.pause(0.05)
        assert section(rows(app), "PROOF", 2)[1].startswith("  hash    0000")
        await pilot.press("right")
        assert race.looks[-1].block == HASH
        await pilot.press("escape")
        assert len(app.screen_stack) == 1

    on_screen(walk, first=DETAILED, size=(80, 24))


def test_going_round_for_ever_piles_nothing_up() -> None:
    async def round_(app: PowclockApp, race: FakeRace, pilot: Screen) -> None:
        for index in range(3 * TRAIL_MAX):
            app.race_screen.inspect_node(NAMES[index % len(NAMES)])
        await pilot.pause()
        assert len(app.screen_stack) == 2
        await pilot.press(*["escape"] * (TRAIL_MAX - 1))
        assert isinstance(app.screen, InspectScreen)
        await pilot.press("escape")
        assert len(app.screen_stack) == 1

    on_screen(round_, first=DETAILED)


def test_the_chosen_line_stays_chosen_wherever_it_moves() -> None:
    fresh = TreeBlock(hash_of("d004"), hash_of("c003"), 4, "alice", True)
    later = node_detail(tree=(*node_detail().tree, fresh), tree_blocks=6)

    async def move(app: PowclockApp, race: FakeRace, pilot: Screen) -> None:
        bob(app)
        await pilot.pause()
        await pilot.press("right", "down")
        assert section(rows(app), "TREE", 3)[2] == "▸ ●   2 b002 carol"
        await race.tell(Shown(replace(DETAILED, node_detail=later), RUNNING))
        await pilot.pause(0.05)
        assert section(rows(app), "TREE", 4)[1:] == [
            "  ●   4 d004 alice",
            "  ●   3 c003 dave  ◆ its head",
            "▸ ●   2 b002 carol",
        ]

    on_screen(move, first=DETAILED, size=(80, 24))


def test_keys_of_the_race_work_through_the_sheet() -> None:
    async def press(app: PowclockApp, race: FakeRace, pilot: Screen) -> None:
        bob(app)
        await pilot.pause()
        await pilot.press("space", "full_stop", "k")
        assert race.commands == [SetRate(0.0), StepEvent()]
        await pilot.press("q")
        assert app.screen is app.race_screen

    on_screen(press, first=DETAILED)


def test_copying_takes_what_the_line_is_about() -> None:
    async def copy(app: PowclockApp, race: FakeRace, pilot: Screen) -> None:
        copied = []

        async def press(*keys: str) -> None:
            await pilot.press(*keys, "y")
            copied.append(app.clipboard)

        await press()
        bob(app)
        await pilot.pause()
        await press()
        await press("right", "down")
        await press("right", "down")
        await press("right")
        the_block(app)
        await press()
        await press("down", "down")
        await pilot.press("escape", "escape")
        await press()
        assert copied == [
            hash_of("c003"), "ab12" * 16, hash_of("b002"), hash_of("bb22"), "cd34" * 16,
            HASH, display(HEADER.parent), HASH,
        ]  # fmt: skip
        notes = [note.message for note in app._notifications]
        assert notes[1] == "copied address ab12ab12ab12ab12…"

    on_screen(copy, first=DETAILED, size=(80, 24))


def test_a_section_begins_with_a_line_chosen() -> None:
    shown = sheet(bob, "right", "right", size=(80, 24))
    assert section(shown, "MEMPOOL", 4)[1:] == [
        "  id    from          to               amount         fee  nonce",
        "▸ aa11  client1       client2          0.5000  0.00090000      3",
        "  bb22  client2       dave             0.0123  0.00012345      0",
    ]


# The mouse.


async def click(pilot: Screen, x: int, y: int, times: int = 1) -> None:
    await pilot.click(offset=(x, y), times=times)
    await pilot.pause()


def test_a_click_chooses_and_two_follow() -> None:
    async def point(app: PowclockApp, race: FakeRace, pilot: Screen) -> None:
        bob(app)
        await pilot.pause()
        await click(pilot, 8, 3)  # the tab of the tree
        assert section(rows(app), "TREE", 2)[1] == "▸ ●   3 c003 dave  ◆ its head"
        await click(pilot, 10, 7)
        assert section(rows(app), "TREE", 4)[3] == "▸ │ ○ 2 5aa1 dave  × not on its chain"
        await click(pilot, 10, 8, times=2)
        assert race.looks[-1].block == hash_of("a001")

    on_screen(point, first=DETAILED, size=(80, 24))


def test_the_keys_can_be_clicked_and_a_click_outside_closes() -> None:
    async def point(app: PowclockApp, race: FakeRace, pilot: Screen) -> None:
        bob(app)
        await pilot.pause()
        panel = app.screen_stack[-1].panel  # type: ignore[attr-defined]
        y = panel.region.bottom - 2
        await click(pilot, panel.region.x + rows(app)[-2].index("pause"), y)
        assert race.commands == [SetRate(0.0)]
        await click(pilot, panel.region.x + rows(app)[-2].index("back"), y)
        assert app.screen is app.race_screen
        bob(app)
        the_block(app)
        await pilot.pause()
        await click(pilot, 0, 20)
        assert app.screen is app.race_screen

    on_screen(point, first=DETAILED)


def test_the_wheel_scrolls_the_section_under_the_pointer() -> None:
    tree = tuple(
        TreeBlock(hash_of(f"{height:04}"), hash_of(f"{height - 1:04}"), height, "bob", True)
        for height in range(40)
    )
    long = frame(node_detail=node_detail(tree=tree, tree_blocks=50))

    async def wheel(app: PowclockApp, race: FakeRace, pilot: Screen) -> None:
        bob(app)
        await pilot.pause()
        await pilot.press("right")
        assert section(rows(app), "TREE", 2) == [
            "TREE ────────────────────────────────────────────────── 50 blocks · ↓24 more",
            "▸ ● 39 0039 bob",
        ]
        inspector = app.screen
        assert isinstance(inspector, InspectScreen)
        panel = inspector.panel
        panel.post_message(MouseScrollDown(panel, 10, 10, 0, 1, 0, False, False, False))
        await pilot.pause()
        assert section(rows(app), "TREE", 2) == [
            "TREE ──────────────────────────────────────────────────── 50 blocks · ↑3 ↓21",
            "  ● 36 0036 bob",
        ]
        await pilot.press("end")
        assert section(rows(app), "TREE", 18)[-2:] == ["▸ ●  0 0000 bob", "  10 older blocks"]
        await pilot.press("home")
        assert section(rows(app), "TREE", 2)[1] == "▸ ● 39 0039 bob"

    on_screen(wheel, first=long, size=(80, 24))
