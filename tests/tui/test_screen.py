"""What the panels say, at every size, whatever the race tells."""

import asyncio
from pathlib import Path

import pytest
from rich.cells import cell_len
from textual.pilot import Pilot

from powclock.race.commands import Keep, Quit
from powclock.race.messages import Declined, Ended, Noted, Shown
from powclock.record.frame import EventLine
from powclock.tui import theme_file
from powclock.tui.app import PowclockApp
from powclock.tui.arrange import arrange
from powclock.tui.event_log import EVENTS_KEPT
from powclock.tui.glyphs import to_ascii
from powclock.tui.keymap import DEFAULT_KEYS
from powclock.tui.keys import NUMBERED
from powclock.tui.screens.help import HelpScreen
from tests.tui.frames import (
    NAMES,
    RUNNING,
    SECOND,
    FakeRace,
    block,
    frame,
    node,
    on_screen,
    split_frame,
    text_of,
    whole_text,
)

Screen = Pilot[Ended | None]
TROUBLE = Ended("the race's process was killed", "", "powclock rerun s.powclock")


def panel(name: str, *, size: tuple[int, int] = (160, 45), **options: object) -> list[str]:
    """The rows of one panel."""
    rows: list[str] = []

    async def read(app: PowclockApp, race: FakeRace, pilot: Screen) -> None:
        rows.extend(text_of(app, name))

    on_screen(read, size=size, **options)  # type: ignore[arg-type]
    return rows


def test_more_nodes_than_rows_are_counted_and_can_be_reached() -> None:
    rows = tuple(node(f"node{index:02}") for index in range(60))

    async def select(app: PowclockApp, race: FakeRace, pilot: Screen) -> None:
        assert "60 · 54 hidden ↑↓" in text_of(app, "nodes")[0]
        await pilot.press("up")
        assert any("▸ node59" in row for row in text_of(app, "nodes"))

    on_screen(select, size=(80, 24), first=frame(nodes=rows))


def test_a_click_selects_a_node() -> None:
    async def click(app: PowclockApp, race: FakeRace, pilot: Screen) -> None:
        await pilot.click(app.race_screen.panels["nodes"], offset=(8, 3))
        await pilot.pause()
        assert app.race_state.selected == "bob"
        assert text_of(app, "nodes")[3].startswith("│ ▸ bob")

    on_screen(click)


def test_events_newest_first() -> None:
    rows = panel("events", first=split_frame())
    assert rows[1].startswith("│ 00:18.0 ◆ tick 3 → dave +6.0 s ")
    assert rows[2].startswith("│ 00:08.0 ⊘ partition on: alice bob | carol dave ")


def test_no_event_is_lost_between_pictures_and_all_is_bounded() -> None:
    async def flood(app: PowclockApp, race: FakeRace, pilot: Screen) -> None:
        for start in range(0, 3_000, 500):
            events = tuple(
                EventLine(index, SECOND, "tick", None, f"tick {index}")
                for index in range(start, start + 500)
            )
            await race.tell(Shown(frame(events=events, events_left_out=1), RUNNING))
        await pilot.pause(0.1)
        assert len(app.race_state.events) == EVENTS_KEPT
        assert app.race_state.events[0].text == "tick 1000"
        assert "6 left out" in text_of(app, "events")[0]

    on_screen(flood)


def test_faults_that_are_on() -> None:
    cut = panel("active", size=(100, 30), first=split_frame())
    assert cut == [" on: ⊘ partition 2 | 2 12 s"]
    assert panel("active", size=(80, 24)) == [" no faults on"]


def test_before_the_first_frame_there_is_a_screen() -> None:
    async def run() -> None:
        app = PowclockApp(FakeRace())
        async with app.run_test(size=(100, 30)) as pilot:
            await pilot.press("down", "k", "p", "a", "left", "home", "z", "f")
            assert text_of(app, "status") == [" powclock  starting the race"]

    asyncio.run(run())


SIZES = [(20, 5), (1, 1), (3, 3), (40, 10), (60, 20), (80, 24), (99, 29), (100, 30), (131, 37),
         (160, 45), (300, 100), (300, 6), (10, 100)]  # fmt: skip


@pytest.mark.parametrize(
    ("size", "ascii_only"),
    [*((size, False) for size in SIZES), *((size, True) for size in SIZES[::4])],
)
def test_no_size_is_refused(size: tuple[int, int], ascii_only: bool) -> None:
    async def look(app: PowclockApp, race: FakeRace, pilot: Screen) -> None:
        for key in ("1", "2", "3", "4", "z", "z", "f", "down", "p", "escape", "question_mark"):
            await pilot.press(key)
        await pilot.press("down", "escape")
        await race.tell(TROUBLE)
        await pilot.pause(0.05)
        for name, shown in app.race_screen.panels.items():
            if shown.display:
                assert {cell_len(row) for row in shown.rows_text} == {shown.size.width}, name
        if ascii_only:
            assert whole_text(app).isascii()

    on_screen(look, size=size, first=split_frame(), ascii_only=ascii_only)


@pytest.mark.parametrize("keys", [("k",), ("p",), ("question_mark",), ("f",)])
def test_ascii_is_all_there_is(keys: tuple[str, ...]) -> None:
    async def look(app: PowclockApp, race: FakeRace, pilot: Screen) -> None:
        await pilot.press(*keys)
        await pilot.pause(0.1)
        strips = app.screen._compositor.render_strips()
        assert [row for row in (strip.text for strip in strips) if not row.isascii()] == []

    on_screen(look, size=(100, 30), ascii_only=True)


@pytest.mark.parametrize("width", range(1, 200, 7))
def test_panels_stay_inside_the_screen_and_do_not_overlap(width: int) -> None:
    for height in range(1, 80, 3):
        for panel, maximised in ((None, False), *((name, True) for name in NUMBERED)):
            arranged = arrange(
                width, height, 12, panel, maximised=maximised, faults=bool(height % 2),
                attacks=height % 2 * (width % 3),
            )  # fmt: skip
            regions = list(arranged.regions.values())
            assert sum(region.area for region in regions) <= width * height
            for region in regions:
                assert region.x >= 0
                assert region.right <= width
                assert region.bottom <= height


def test_ten_nodes_have_room_where_people_record_until_a_fault_needs_a_row() -> None:
    rows_around = 3  # the border and the titles
    for faults, nodes in ((False, 10), (True, 9)):
        regions = arrange(100, 30, 10, faults=faults).regions
        assert regions["nodes"].height - rows_around == nodes
        assert ("active" in regions) is faults


def test_ascii_keeps_the_geometry() -> None:
    assert to_ascii("╭ ◆ 中é ╮") == "+ * ??? +"


@pytest.mark.parametrize(
    ("name", "no_color"),
    [
        *(
            (name, False)
            for name in ("[/red]", "[bold", "中文节点名字很长很长", "a" * 200, "\\[x]", "")
        ),
        ("[/red]", True),
        ("\\[x]", True),
    ],
)
def test_hostile_names_are_only_text(
    name: str, no_color: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if no_color:
        monkeypatch.setenv("NO_COLOR", "1")
    rows = (node(name), *(node(other) for other in NAMES))
    first = frame(
        scenario=name,
        leader=name,
        nodes=rows,
        chain=(block("c003", "b002", 3, author=name, holders=1),),
        sides=((name,), NAMES),
        events=(EventLine(1, 0, name, name, f"tick {name}"),),
    )

    async def use(app: PowclockApp, race: FakeRace, pilot: Screen) -> None:
        await pilot.press("down", "d", "k", "r", "p", "enter", "question_mark", "escape", "t")
        await race.tell(Declined(f"no {name}"))
        await pilot.pause(0.05)
        assert app.export_screenshot()

    on_screen(use, first=first)


def test_a_key_keeps_a_recording_and_what_came_of_it_is_told() -> None:
    async def keep(app: PowclockApp, race: FakeRace, pilot: Screen) -> None:
        await pilot.press("R")
        assert race.commands[-1:] == [Keep()]
        await race.tell(Noted("recording to x.powclock", recording=True))
        await pilot.pause(0.05)
        assert [note.message for note in app._notifications] == ["recording to x.powclock"]

    on_screen(keep)


def test_a_command_that_was_declined_is_told() -> None:
    async def decline(app: PowclockApp, race: FakeRace, pilot: Screen) -> None:
        await race.tell(Declined("the last node cannot leave"))
        await pilot.pause(0.05)
        assert [note.message for note in app._notifications] == ["the last node cannot leave"]

    on_screen(decline)


def test_the_help_lists_every_key() -> None:
    async def read(app: PowclockApp, race: FakeRace, pilot: Screen) -> None:
        await pilot.press("question_mark")
        help_ = app.screen
        assert isinstance(help_, HelpScreen)
        lines = [
            "".join(segment.text for segment in row.segments).split() for row in help_.rows(100)
        ]
        for binding in DEFAULT_KEYS.bindings:
            key = (binding.key_display or binding.key).split()
            assert [*key, *binding.description.split(), *binding.tooltip.split()] in lines

    on_screen(read)


def test_themes_follow_each_other() -> None:
    async def change(app: PowclockApp, race: FakeRace, pilot: Screen) -> None:
        seen = []
        names = theme_file.names()
        for _ in names:
            await pilot.press("t")
            seen.append(app.theme_name)
        assert seen == [*names[1:], names[0]]

    on_screen(change)


def test_a_picture_is_saved_where_one_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    async def shoot(app: PowclockApp, race: FakeRace, pilot: Screen) -> None:
        for name in ("powclock-42-3.svg", "powclock-42-3-2.svg"):
            await pilot.press("S")
            await pilot.pause()
            (note,) = app._notifications
            assert note.message == f"saved {tmp_path}/{name}"
            # The note about the first picture is not in the second.
            assert "saved" not in (tmp_path / name).read_text()

    on_screen(shoot)


def test_a_race_that_dies_leaves_its_last_moment_and_says_why() -> None:
    async def die(app: PowclockApp, race: FakeRace, pilot: Screen) -> None:
        await race.tell(TROUBLE)
        await pilot.pause(0.1)
        assert app.is_running
        banner = [row.strip("│ ") for row in text_of(app, "banner")]
        assert banner[1:4] == [
            "the race's process was killed",
            "again: powclock rerun s.powclock",
            "q leaves; the last moment stays on the screen",
        ]
        assert "ENDED" in text_of(app, "status")[0]
        assert "leader ◆ dave" in text_of(app, "clock")[1]
        await pilot.press("q")

    app = on_screen(die)
    assert app.return_value == TROUBLE


def test_leaving_waits_for_the_last_word() -> None:
    last = Ended("", "3 ticks", "powclock rerun s.powclock")

    async def leave(app: PowclockApp, race: FakeRace, pilot: Screen) -> None:
        await pilot.press("q")
        assert race.commands == [Quit()]
        assert app.is_running
        await race.tell(last)
        await pilot.pause(0.05)

    assert on_screen(leave).return_value == last


def test_leaving_twice_does_not_wait() -> None:
    async def leave(app: PowclockApp, race: FakeRace, pilot: Screen) -> None:
        await pilot.press("q", "q")
        assert race.commands == [Quit()]

    assert on_screen(leave).return_value is None
