"""The search: typing asks, what is found is listed by kind, and enter goes there."""

import pytest
from textual.events import Paste
from textual.pilot import Pilot

from powclock.race.commands import Find
from powclock.race.messages import Ended, Found
from powclock.record.detail import Hit
from powclock.tui.app import PowclockApp
from powclock.tui.screens.find import FindScreen
from powclock.tui.screens.inspect import InspectScreen
from tests.tui.details import HASH, block_detail, node_detail
from tests.tui.frames import FakeRace, block, frame, hash_of, on_screen

Screen = Pilot[Ended | None]
DETAILED = frame(node_detail=node_detail(), block_detail=block_detail())
HITS = (
    Hit("node", "bob", "bob, at 3, 1 found"),
    Hit("block", HASH, "3 c003 by dave", height=3),
    Hit("block", hash_of("5aa1"), "2 5aa1 by dave, stale", height=2, stale=True),
    Hit("transaction", hash_of("bb22"), "bb22 of client2 via bob at 3.0 s, in c003 at 3", HASH, 3),
    Hit("transaction", hash_of("cc33"), "cc33 of client3 via bob at 9.0 s, waits"),
)


def finder(app: PowclockApp) -> FindScreen:
    assert isinstance(app.screen, FindScreen)
    return app.screen


def shown(app: PowclockApp) -> list[str]:
    """The rows between the border and the keys, without the empty ones at the end."""
    inside = [row[2:-2].rstrip() for row in finder(app).panel.rows_text[1:-2]]
    while inside and not inside[-1]:
        inside.pop()
    return inside


async def search(app: PowclockApp, race: FakeRace, pilot: Screen, text: str = "b") -> None:
    """Open the search, type, and let the race find something."""
    await pilot.press("g", *text)
    await race.tell(Found(text, HITS))
    await pilot.pause(0.05)


def asked(race: FakeRace) -> list[str]:
    assert all(isinstance(command, Find) for command in race.commands)
    return [command.text for command in race.commands if isinstance(command, Find)]


@pytest.mark.parametrize("size", [(160, 45), (100, 30), (80, 24), (60, 20)])
def test_hits_are_listed_by_kind(size: tuple[int, int]) -> None:
    async def look(app: PowclockApp, race: FakeRace, pilot: Screen) -> None:
        await search(app, race, pilot)
        assert shown(app) == [
            "/ b█",
            "",
            "NODES",
            "▸ ● bob, at 3, 1 found",
            "BLOCKS",
            "  ◆ 3 c003 by dave",
            "  × 2 5aa1 by dave, stale",
            "TRANSACTIONS",
            "  → bb22 of client2 via bob at 3.0 s, in c003 at 3",
            "  → cc33 of client3 via bob at 9.0 s, waits",
        ]
        keys = finder(app).panel.rows_text[-2].strip("│ ")
        width = min(size[0], FindScreen.WIDTH) - 4
        assert keys == "↑ ↓ choose  ⏎ take it  ^u clear".ljust(width - 9) + "esc close"

    on_screen(look, size=size, first=DETAILED)


def test_typing_asks_and_triggers_nothing_else() -> None:
    async def type_(app: PowclockApp, race: FakeRace, pilot: Screen) -> None:
        await pilot.press("g", "q", "k", "space", "0", "question_mark", "backspace")
        assert asked(race) == ["q", "qk", "qk ", "qk 0", "qk 0?", "qk 0"]
        assert shown(app)[0] == "/ qk 0█"
        await pilot.press("ctrl+u")
        assert asked(race)[-1] == "qk 0"
        assert shown(app)[0] == "/ █ a name, a height, or digits of a hash or transaction"
        await pilot.press("escape")
        assert app.screen is app.race_screen

    on_screen(type_, first=DETAILED, size=(60, 20))


def test_an_answer_to_an_older_question_is_not_shown() -> None:
    async def late(app: PowclockApp, race: FakeRace, pilot: Screen) -> None:
        await search(app, race, pilot)
        await pilot.press("x")
        await race.tell(Found("b", HITS[:1]))
        await pilot.pause(0.05)
        assert len(finder(app).hits) == len(HITS)
        await race.tell(Found("bx", ()))
        await pilot.pause(0.05)
        assert shown(app) == ["/ bx█", "", "  nothing is called that"]
        await pilot.press("enter", "down")
        await pilot.press("backspace", "backspace")
        assert finder(app).hits == ()

    on_screen(late, first=DETAILED)


def test_what_is_pasted_is_cleaned_and_cut() -> None:
    async def paste(app: PowclockApp, race: FakeRace, pilot: Screen) -> None:
        await pilot.press("g")
        finder(app).post_message(Paste("\x1b[31m\n[/red]\u202eab\x07" + "7" * 300))
        await pilot.pause()
        (text,) = asked(race)
        assert text == ("[31m[/red]ab" + "7" * 300)[: FindScreen.CELLS_MAX]
        assert shown(app)[0] == "/ " + text[-53:] + "█"

    on_screen(paste, first=DETAILED, size=(60, 20))


def test_a_node_is_selected_and_looked_into() -> None:
    async def go(app: PowclockApp, race: FakeRace, pilot: Screen) -> None:
        await search(app, race, pilot)
        await pilot.press("enter")
        assert app.race_state.selected == "bob"
        assert race.looks[-1].node == "bob"
        assert isinstance(app.screen, InspectScreen)

    on_screen(go, first=DETAILED)


def test_a_block_is_selected_shown_and_looked_into() -> None:
    blocks = tuple(block(f"a{height:03}", f"a{height - 1:03}", height) for height in range(41))
    long = frame(chain=blocks, height=40, head=hash_of("a040"), chain_high=40)
    hits = (Hit("block", hash_of("a007"), "7 a007 by dave", height=7),
            Hit("block", hash_of("a039"), "39 a039 by dave", height=39))  # fmt: skip

    async def go(app: PowclockApp, race: FakeRace, pilot: Screen) -> None:
        cameras = []
        for down in (0, 1):
            await pilot.press("g", "a")
            await race.tell(Found("a", hits))
            await pilot.pause(0.05)
            await pilot.press(*["down"] * down, "enter")
            cameras.append((app.race_state.block, app.race_state.camera, race.looks[-1].block))
            await pilot.press("escape")
        seven, last = hash_of("a007"), hash_of("a039")
        assert cameras == [(seven, 11, seven), (last, None, last)]

    on_screen(go, first=long)


def test_a_transaction_leads_to_its_block_with_its_line_chosen() -> None:
    async def go(app: PowclockApp, race: FakeRace, pilot: Screen) -> None:
        await search(app, race, pilot)
        await pilot.press("down", "down", "down", "enter")
        assert race.looks[-1].block == HASH
        assert isinstance(app.screen, InspectScreen)
        chosen = [row for row in app.screen.panel.rows_text if "▸" in row]
        assert chosen[0].startswith("│ ▸ bb22  client2")
        assert len(chosen) == 1

    on_screen(go, first=DETAILED)


def test_a_transaction_that_waits_is_said_to_wait() -> None:
    async def go(app: PowclockApp, race: FakeRace, pilot: Screen) -> None:
        await search(app, race, pilot)
        await pilot.press("pagedown", "enter")
        assert app.screen is app.race_screen
        assert [note.message for note in app._notifications] == [
            "transaction cc33 waits: no block has it yet"
        ]

    on_screen(go, first=DETAILED)


def test_from_a_sheet_the_search_goes_on_in_that_sheet() -> None:
    async def go(app: PowclockApp, race: FakeRace, pilot: Screen) -> None:
        app.race_screen.inspect_node("dave")
        await pilot.pause()
        await search(app, race, pilot)
        assert len(app.screen_stack) == 3
        await pilot.press("down", "enter")
        assert len(app.screen_stack) == 2
        assert race.looks[-1].block == HASH
        await pilot.press("escape")
        assert race.looks[-1].node == "dave"

    on_screen(go, first=DETAILED)


def test_the_mouse_chooses_and_goes_there() -> None:
    async def go(app: PowclockApp, race: FakeRace, pilot: Screen) -> None:
        await search(app, race, pilot)
        region = finder(app).panel.region
        await pilot.click(offset=(region.x + 8, region.y + 6))
        assert shown(app)[5] == "▸ ◆ 3 c003 by dave"
        await pilot.click(offset=(region.x + 8, region.y + 5))  # a heading is nothing to choose
        assert shown(app)[5] == "▸ ◆ 3 c003 by dave"
        await pilot.click(offset=(region.x + 8, region.y + 4), times=2)
        await pilot.pause()
        assert race.looks[-1].node == "bob"

    on_screen(go, first=DETAILED)


def test_many_hits_scroll_with_the_choice() -> None:
    many = tuple(Hit("node", f"n{index}", f"n{index}, at 3, 1 found") for index in range(30))

    async def go(app: PowclockApp, race: FakeRace, pilot: Screen) -> None:
        await pilot.press("g", "n")
        await race.tell(Found("n", many))
        await pilot.pause(0.05)
        await pilot.press("pagedown", "pagedown")
        assert "▸ ● n20, at 3, 1 found" in shown(app)
        await pilot.press("pagedown", "pagedown")
        assert shown(app)[-1] == "▸ ● n29, at 3, 1 found"
        await pilot.press(*["pageup"] * 4)
        assert shown(app)[2:4] == ["NODES", "▸ ● n0, at 3, 1 found"]

    on_screen(go, first=DETAILED, size=(60, 20))
