"""The event log: what is grouped, what is shown, reading back, and jumping."""

import pytest
from textual.pilot import Pilot

from powclock.race.messages import Ended, Shown
from powclock.record.frame import EventLine, Frame
from powclock.tui.app import PowclockApp
from powclock.tui.event_log import GROUP_ENTRIES, GROUP_NS, KINDS, EventLog, Filter, parse
from tests.tui.frames import (
    RUNNING,
    SECOND,
    FakeRace,
    frame,
    hash_of,
    on_screen,
    split_frame,
    text_of,
)

Screen = Pilot[Ended | None]


def reorg(node: str, time_s: float = 1.0, group: str = "−1 +2  00ed → e1cc") -> EventLine:
    text = f"reorg {node} {group}"
    return EventLine(0, round(time_s * SECOND), "reorg", node, text, hash_of("e1cc"), group, 2)


def tick(height: int, leader: str = "dave") -> EventLine:
    text = f"tick {height} → {leader} +6.0 s"
    hash_ = hash_of(f"c{height:03}")
    return EventLine(height, height * SECOND, "tick", None, text, hash_, "", height)


def texts(log: EventLog, selected: str | None = None) -> list[str]:
    return [entry.text for entry in log.shown(selected)]


def log_of(*lines: EventLine) -> EventLog:
    log = EventLog()
    log.extend(lines)
    return log


def test_nodes_that_tell_one_story_are_counted_where_the_first_stood() -> None:
    log = log_of(reorg("alice"), tick(2), reorg("bob"), reorg("carol"))
    assert texts(log) == ["tick 2 → dave +6.0 s", "reorg 3 nodes −1 +2  00ed → e1cc"]
    assert len(log) == 4
    assert [line.node for line in log] == ["alice", None, "bob", "carol"]


def test_one_node_that_does_the_same_again_is_not_several() -> None:
    refused = EventLine(
        0, 0, "refused", "bob", "bob refuses bytes of al: x", None, "refuse bytes: x"
    )
    log = log_of(refused, refused)
    assert texts(log) == ["bob refuses bytes of al: x ×2"]
    log.extend([EventLine(0, 0, "refused", "eve", "eve …", None, "refuse bytes: x")])
    assert texts(log) == ["2 nodes refuse bytes: x"]


def test_the_same_story_told_later_is_news() -> None:
    late = 1 + GROUP_NS / SECOND
    assert len(texts(log_of(reorg("alice"), reorg("bob", late)))) == 1
    assert len(texts(log_of(reorg("alice"), reorg("bob", late + 1)))) == 2
    ticks = [tick(1) for _ in range(GROUP_ENTRIES)]
    assert len(texts(log_of(reorg("alice"), *ticks[1:], reorg("bob")))) == GROUP_ENTRIES
    assert len(texts(log_of(reorg("alice"), *ticks, reorg("bob")))) == GROUP_ENTRIES + 2


def test_other_groups_and_lines_without_one_stay_apart() -> None:
    log = log_of(reorg("alice"), reorg("bob", group="−2 +3  aaaa → bbbb"), tick(1), tick(1))
    assert len(texts(log)) == 4


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", Filter()),
        ("fork  TICK", Filter(kinds=frozenset({"fork", "tick"}))),
        ("@Alice @", Filter(nodes=("alice",))),
        ("reorg @bob 00ed", Filter(frozenset({"reorg"}), ("bob",), ("00ed",))),
    ],
)
def test_what_is_typed(query: str, expected: Filter) -> None:
    assert parse(query) == expected


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("tick", ["tick 2 → alice +6.0 s", "tick 1 → dave +6.0 s"]),
        ("@ali", ["tick 2 → alice +6.0 s", "reorg 2 nodes −1 +2  00ed → e1cc"]),
        ("@alice reorg", ["reorg 2 nodes −1 +2  00ed → e1cc"]),
        ("00ED", ["reorg 2 nodes −1 +2  00ed → e1cc"]),
        ("tick nothing", []),
    ],
)
def test_a_filter_chooses_kinds_nodes_and_words(query: str, found: list[str]) -> None:
    log = log_of(tick(1), reorg("alice"), reorg("bob"), tick(2, "alice"))
    log.query = query
    assert texts(log) == found


def test_what_comes_later_is_filtered_as_well() -> None:
    log = log_of(tick(1))
    log.query = "@bob"
    assert texts(log) == []
    log.extend([reorg("alice"), tick(2, "bob")])
    assert texts(log) == ["tick 2 → bob +6.0 s"]
    log.extend([reorg("bob")])  # the entry of alice is about bob now
    assert texts(log) == ["tick 2 → bob +6.0 s", "reorg 2 nodes −1 +2  00ed → e1cc"]
    log.extend([tick(height, "bob") for height in range(3, 60)])
    assert len(texts(log)) == 59
    assert log.clear_filter()
    assert not log.clear_filter()
    assert len(texts(log)) == 60


def test_the_selected_node_only() -> None:
    log = log_of(tick(1, "alice"), tick(2, "alice2"), tick(3))
    log.selected_only = True
    assert texts(log, "alice") == ["tick 1 → alice +6.0 s"]
    assert len(texts(log, None)) == 3
    assert log.words("alice") == "@alice"


def events(count: int) -> Frame:
    return frame(events=tuple(tick(height) for height in range(1, count + 1)))


def newest(app: PowclockApp) -> str:
    return text_of(app, "events")[1].strip("│ ")


def test_whole_rows() -> None:
    async def read(app: PowclockApp, race: FakeRace, pilot: Screen) -> None:
        await race.tell(Shown(frame(events=(reorg("alice"), reorg("bob"))), RUNNING))
        await pilot.pause(0.05)
        rows = text_of(app, "events")
        assert rows[0] == f"╭⁴ EVENTS {'─' * 49}╮"
        assert rows[1:4] == [
            f"│ {text:<56} │"
            for text in (
                "00:01.0 ↺ reorg 2 nodes −1 +2  00ed → e1cc",
                "00:18.0 ◆ tick 3 → dave +6.0 s",
                "00:08.0 ⊘ partition on: alice bob | carol dave",
            )
        ]

    on_screen(read, first=split_frame())


def test_reading_back_holds_the_picture_still() -> None:
    async def read(app: PowclockApp, race: FakeRace, pilot: Screen) -> None:
        await pilot.press("4", "down", "down")
        assert newest(app) == "00:50.0 ◆ tick 50 → dave +6.0 s"
        await race.tell(Shown(frame(events=(tick(51), tick(52))), RUNNING))
        await pilot.pause(0.05)
        assert newest(app) == "00:50.0 ◆ tick 50 → dave +6.0 s"
        assert text_of(app, "events")[0].endswith(" 2 newer, home follows ╮")
        await pilot.press("up", "up")
        assert newest(app) == "00:51.0 ◆ tick 51 → dave +6.0 s"
        await pilot.press("home")
        assert newest(app) == "00:52.0 ◆ tick 52 → dave +6.0 s"
        assert text_of(app, "events")[0].endswith("─╮")
        await pilot.press("end")
        assert text_of(app, "events")[-2].strip("│ ") == "00:01.0 ◆ tick 1 → dave +6.0 s"
        await pilot.press("pageup", "escape")
        assert newest(app) == "00:52.0 ◆ tick 52 → dave +6.0 s"
        assert app.race_state.panel == "events"

    on_screen(read, first=events(50))


def test_the_wheel_reads_back_too() -> None:
    async def scroll(app: PowclockApp, race: FakeRace, pilot: Screen) -> None:
        panel = app.race_screen.panels["events"]
        panel._scroll(1)
        assert newest(app) == "00:47.0 ◆ tick 47 → dave +6.0 s"
        assert text_of(app, "events")[0].endswith(" 3 newer, home follows ╮")
        panel._scroll(-1)
        assert newest(app) == "00:50.0 ◆ tick 50 → dave +6.0 s"

    on_screen(scroll, first=events(50))


def test_enter_jumps_to_the_block_and_the_camera_goes_there() -> None:
    async def jump(app: PowclockApp, race: FakeRace, pilot: Screen) -> None:
        state = app.race_state
        await pilot.press("4", *["down"] * 6, "enter")
        seen = [(state.block, state.camera)]
        await pilot.press("escape", "home", "down", "enter")
        seen.append((state.block, state.camera))
        # The second is the tip, which is followed.
        assert seen == [(hash_of("c045"), 49), (hash_of("c050"), None)]

    on_screen(jump, first=frame(events=events(50).events, height=50, chain_high=50))


def test_two_clicks_jump_and_an_event_of_a_node_leads_to_it() -> None:
    lines = (EventLine(1, 0, "down", "bob", "bob is down"), EventLine(2, 0, "heal", None, "healed"))

    async def click(app: PowclockApp, race: FakeRace, pilot: Screen) -> None:
        panel = app.race_screen.panels["events"]
        chosen = []
        for times in (1, 2):
            await pilot.click(panel, offset=(8, 2), times=times)
            await pilot.pause()
            chosen.append(app.race_state.selected)
        assert chosen == [None, "bob"]
        await pilot.press("escape", "up", "enter")
        assert [note.message for note in app._notifications] == [
            "this event has neither a block nor a node to look into"
        ]

    on_screen(click, first=frame(events=lines))


def test_a_filter_is_typed_with_the_events_focused() -> None:
    async def type_(app: PowclockApp, race: FakeRace, pilot: Screen) -> None:
        await pilot.press("4", "slash", *"fault", "enter")
        assert newest(app) == "00:08.0 ⊘ partition on: alice bob | carol dave"
        assert text_of(app, "events")[0].endswith(" 1 of 2 · /fault ╮")
        await pilot.press("slash", "x")
        assert "no event is like that" in text_of(app, "events")[1]
        await pilot.press("escape")
        assert text_of(app, "events")[0].endswith("─╮")
        assert race.commands == []

    on_screen(type_, first=split_frame())


def test_kinds_are_checked_in_a_sheet() -> None:
    async def check(app: PowclockApp, race: FakeRace, pilot: Screen) -> None:
        log = app.race_state.events
        await pilot.press("e", "space")
        assert log.kinds == frozenset(KINDS) - {"tick"}
        await pilot.press("down", "down", "down", "o")
        assert log.kinds == {"fault"}
        await pilot.press("n", "escape")
        assert text_of(app, "events")[0].endswith(" 1 of 2 · fault ╮")
        await pilot.press("down")
        assert text_of(app, "events")[0].endswith(" 1 of 2 · fault @alice ╮")
        await pilot.press("e", "a", "n", "e")
        assert not log.filtered

    on_screen(check, first=split_frame())


def test_a_click_checks_a_kind() -> None:
    async def click(app: PowclockApp, race: FakeRace, pilot: Screen) -> None:
        await pilot.press("e")
        region = app.screen.query_one("_Rows").region
        await pilot.click(offset=(region.x + 6, region.y + 2))
        await pilot.pause()
        assert app.race_state.events.kinds == frozenset(KINDS) - {"fork"}

    on_screen(click, first=split_frame())
