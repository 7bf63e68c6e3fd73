"""The past on the screen: its axis, its word in the status bar, and its keys."""

import asyncio

import pytest
from msgspec.structs import replace
from textual.pilot import Pilot

from powclock.race.commands import (
    AnyCommand,
    Break,
    Fork,
    Heal,
    HealAll,
    Jump,
    Look,
    Now,
    Seek,
    SeekTick,
    SetRate,
    Shift,
    StepEvent,
    StepTick,
    ToEnd,
)
from powclock.race.messages import Declined, Ended, Found, Shown
from powclock.record.detail import Hit
from powclock.record.frame import EventLine, Pace
from powclock.record.moments import Kind
from powclock.record.timeline import BINS, FAULT, FORK, HEALED, REORG, Timeline
from powclock.tui.app import PowclockApp
from powclock.tui.controls import PATIENCE_FRAMES
from powclock.tui.screens.inspect import InspectScreen
from powclock.tui.widgets.keys_shown import KeysShown
from tests.builders import seconds
from tests.tui.frames import PAUSED, RUNNING, FakeRace, frame, on_screen, reorg_line, text_of

Screen = Pilot[Ended | None]
BACK = True
END_NS = seconds(60)


def bins(**flags: int) -> bytes:
    """Bins with moments at so many thousandths of the axis: at_200=FORK."""
    made = bytearray(BINS)
    for place, flag in flags.items():
        made[int(place.removeprefix("at_"))] |= flag
    return bytes(made)


AXIS = Timeline(
    END_NS, END_NS, bins(at_100=FORK, at_101=REORG, at_500=FAULT, at_700=HEALED, at_900=FORK),
    forks=2, reorgs=1, faults=2,
)  # fmt: skip
LINES = tuple(EventLine(number, 0, "tick", None, f"tick {number}") for number in range(3))
PAST = replace(AXIS, goes_on=True)


async def show(
    app: PowclockApp,
    race: FakeRace,
    pilot: Screen,
    timeline: Timeline | None,
    pace: Pace = PAUSED,
    restarts: int = 0,
) -> None:
    """Let a moment of the past come, 20 s after the start."""
    moment = frame(time_ns=seconds(20), events=LINES)
    await race.tell(Shown(moment, pace, None, restarts, timeline))
    await pilot.pause(0.05)
    app.paint()


def seen(
    *keys: str, timeline: Timeline = AXIS, pace: Pace = PAUSED, size: tuple[int, int] = (100, 30)
) -> tuple[dict[str, list[str]], list[AnyCommand], list[str]]:
    """The panels' rows after some keys, what these asked for, and the notes."""
    rows: dict[str, list[str]] = {}
    asked: list[AnyCommand] = []
    notes: list[str] = []

    async def look(app: PowclockApp, race: FakeRace, pilot: Screen) -> None:
        await show(app, race, pilot, timeline, pace)
        before = len(race.commands)
        await pilot.press(*keys)
        asked.extend(race.commands[before:])
        notes.extend(note.message for note in app._notifications)
        for name in ("status", "footer"):
            rows[name] = text_of(app, name)
        rows["axis"] = app.race_screen.panels["axis"].rows_text

    on_screen(look, size=size)
    return rows, asked, notes


@pytest.mark.parametrize(
    ("timeline", "pace", "words"),
    [
        (AXIS, PAUSED, "‖ REPLAY t 00:20.0"),
        (AXIS, RUNNING, "▸ REPLAY 1× t 00:20.0"),
        (AXIS, replace(RUNNING, rate=-2.0), "◂ REPLAY −2× t 00:20.0"),
        (AXIS, replace(RUNNING, rate=-float("inf")), "◂ REPLAY −∞× t 00:20.0"),
        (PAST, PAUSED, "‖ PAST 40 s ago t 00:20.0"),
        (PAST, replace(RUNNING, rate=10), "▸ PAST 10× 40 s ago t 00:20.0"),
        (replace(AXIS, making=0.42), PAUSED, "▸ FORKING 42 % t 00:20.0"),
    ],
)
def test_the_status_says_that_it_is_the_past(timeline: Timeline, pace: Pace, words: str) -> None:
    rows, _, _ = seen(timeline=timeline, pace=pace)
    assert f" {words} " in " ".join(rows["status"][0].split())


def test_the_axis_has_marks_and_a_cursor() -> None:
    (row,) = seen()[0]["axis"]
    assert row.startswith(" 0:00 ")
    assert row.endswith(" 1:00 ")
    axis = row[6:-6]
    assert len(axis) == 88
    # A fork and a reorg share a cell: there are fewer reorgs.
    assert {at: sign for at, sign in enumerate(axis) if sign not in "━─"} == {
        8: "↺", 29: "●", 44: "⊘", 61: "⇄", 79: "Y",
    }  # fmt: skip
    assert set(axis[:29]) == {"━", "↺"}
    assert set(axis[30:44]) == {"─"}
    (row,) = seen(timeline=PAST)[0]["axis"]
    assert row.endswith(" now ")


def test_a_busy_axis_is_no_wall_of_signs() -> None:
    everywhere = bytearray([FORK]) * BINS
    for place in range(0, BINS, 50):
        everywhere[place] |= REORG
    everywhere[510], everywhere[521] = FORK | FAULT, FORK | HEALED
    busy = replace(AXIS, bins=bytes(everywhere), forks=999, reorgs=20, faults=2)
    (row,) = seen(timeline=busy)[0]["axis"]
    axis = row[6:-6]
    assert axis.count("⊘") == axis.count("⇄") == 1  # side by side, as they are rare
    assert "⊘⇄" in axis
    assert axis.count("↺") == 19  # one shares its cell with the fault
    assert "YY" not in axis
    assert 40 < sum(axis.count(sign) for sign in "━─") < 88
    alone = replace(AXIS, bins=bytes([FORK]) * BINS, forks=999, reorgs=0, faults=0)
    (row,) = seen(timeline=alone)[0]["axis"]
    assert row[6:-6] == "Y━━━" * 7 + "Y●──" + "Y───" * 14


@pytest.mark.parametrize("size", [(160, 45), (80, 24), (60, 20), (30, 8), (8, 6), (3, 7)])
def test_the_axis_fits_at_every_size(size: tuple[int, int]) -> None:
    (row,) = seen(size=size)[0]["axis"]
    assert len(row) == size[0]
    assert "●" in row


def test_where_a_recording_is_damaged_is_said() -> None:
    damaged = replace(AXIS, damage="damaged at byte 4711 (frame 9): the checksum is another")
    rows, _, notes = seen(timeline=damaged)
    assert rows["axis"][0].endswith(" 1:00 ✖ damaged ")
    assert notes == [f"the recording is not whole: {damaged.damage}; it plays up to there"]


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("space", SetRate(1.0)),
        (".", StepEvent()),
        (">", StepTick()),
        (",", Jump(Kind.EVENT, BACK)),
        ("<", Jump(Kind.TICK, BACK)),
        ("-", SetRate(-1.0)),
        ("j", Jump(Kind.FORK)),
        ("J", Jump(Kind.FORK, BACK)),
        ("u", Jump(Kind.REORG)),
        ("U", Jump(Kind.REORG, BACK)),
        ("w", Jump(Kind.FAULT)),
        ("W", Jump(Kind.FAULT, BACK)),
        ("right", Shift(seconds(5))),
        ("left", Shift(-seconds(5))),
        ("pagedown", Shift(seconds(60))),
        ("pageup", Shift(-seconds(60))),
        ("home", ToEnd(last=False)),
        ("end", ToEnd(last=True)),
        ("L", Now()),
        ("F", Fork()),
    ],
)
def test_keys_of_the_past(key: str, expected: AnyCommand) -> None:
    _, asked, _ = seen(key)
    assert asked == [expected]


def test_the_speed_keeps_its_direction() -> None:
    _, asked, _ = seen("-", "]", "[", "-", timeline=AXIS, pace=RUNNING)
    assert asked == [SetRate(-1.0), SetRate(-2.0), SetRate(-1.0), SetRate(1.0)]


def test_on_a_panel_the_arrows_are_the_panels() -> None:
    _, asked, _ = seen("2", "left", "pageup", "home")
    assert not any(isinstance(command, Shift | ToEnd) for command in asked)


@pytest.mark.parametrize("key", ["p", "d", "k", "h", "r", "a", "x", "0"])
def test_faults_say_that_the_past_cannot_be_changed(key: str) -> None:
    _, asked, notes = seen(key)
    assert asked == []
    assert notes == ["the past cannot be changed: F goes on live from here"]
    _, asked, notes = seen(key, timeline=PAST)
    assert asked == []
    assert notes == ["the past cannot be changed: L returns to now, F goes on live from here"]


def test_a_preset_says_it_once() -> None:
    _, asked, notes = seen("f", "1")
    assert not any(isinstance(command, Break | Heal | HealAll) for command in asked)
    assert len(notes) == 1


def test_the_footer_leads_with_the_keys_of_the_past() -> None:
    assert seen()[0]["footer"][0].startswith(" space play  ← 5 s back  → 5 s on  j next fork")
    assert seen(timeline=PAST)[0]["footer"][0].startswith(" L to now  space play  ← 5 s back")


MAKING = replace(AXIS, making=0.42)


@pytest.mark.parametrize("timeline", [MAKING, replace(MAKING, goes_on=True)])
def test_while_a_future_is_made_the_footer_has_the_keys_that_stop_it(timeline: Timeline) -> None:
    (footer,) = seen(timeline=timeline)[0]["footer"]
    words = " ".join(footer.split())
    assert words == "esc stop forking L stop forking ? help q quit ^p palette"
    (footer,) = seen("3", timeline=timeline, size=(80, 24))[0]["footer"]
    assert footer.startswith(" esc stop forking  L stop forking  ")


@pytest.mark.parametrize("keys", [("escape",), ("L",), ("3", "escape")])
def test_a_future_that_is_made_can_be_given_up(keys: tuple[str, ...]) -> None:
    _, asked, _ = seen(*keys, timeline=MAKING)
    assert [command for command in asked if not isinstance(command, Look)] == [Now()]


def test_one_future_at_a_time() -> None:
    assert seen("F", "F", "F")[1] == [Fork()]
    assert seen("F", timeline=MAKING)[1] == []
    assert seen("F", "L", "F")[1] == [Fork(), Now(), Fork()]

    async def again(app: PowclockApp, race: FakeRace, pilot: Screen) -> None:
        def forks() -> int:
            return race.commands.count(Fork())

        await show(app, race, pilot, AXIS)
        await pilot.press("F")
        for timeline in (AXIS, *[MAKING] * 9):
            await show(app, race, pilot, timeline)
            await pilot.press("F")
        assert forks() == 1
        await show(app, race, pilot, None, RUNNING)  # that future goes on
        await show(app, race, pilot, PAST)
        await pilot.press("F")
        assert forks() == 2
        for _ in range(PATIENCE_FRAMES):  # it was declined
            await show(app, race, pilot, PAST)
        await pilot.press("F")
        assert forks() == 3

    on_screen(again, size=(100, 30))


def test_a_note_takes_the_place_of_one_that_says_the_same() -> None:
    async def say(app: PowclockApp, race: FakeRace, pilot: Screen) -> None:
        await show(app, race, pilot, AXIS)
        for text in ("there is no reorg after this", "there is no fork after this") * 2:
            await race.tell(Declined(text))
            await pilot.pause(0.05)
        assert [note.message for note in app._notifications] == [
            "there is no reorg after this", "there is no fork after this",
        ]  # fmt: skip
        assert len(app.screen.query("Toast")) == 2

    on_screen(say, size=(100, 30), notes=True)


@pytest.mark.parametrize("size", [(100, 30), (60, 20)])
def test_notes_do_not_hide_the_axis(size: tuple[int, int]) -> None:
    async def say(app: PowclockApp, race: FakeRace, pilot: Screen) -> None:
        async def rows() -> list[str]:
            await pilot.pause(0.05)
            return [strip.text for strip in app.screen._compositor.render_strips()]

        await show(app, race, pilot, AXIS)
        await race.tell(Declined("there is no reorg after this"))
        assert "no reorg" in (await rows())[-1]
        assert (await rows())[-2].endswith(" 1:00 ")
        await race.tell(Declined(f"there is no fork after this{', nor before' * 4}"))
        shown = await rows()
        assert shown[-2].endswith(" 1:00 ")
        assert " space play" in shown[-1]
        assert "no reorg" in " ".join(shown[-5:-2])
        assert "no fork" in " ".join(shown[-5:-2])

    on_screen(say, size=size, notes=True)


def test_back_at_now_the_keys_are_as_before() -> None:
    async def come_and_go(app: PowclockApp, race: FakeRace, pilot: Screen) -> None:
        before = text_of(app, "footer")
        await show(app, race, pilot, PAST)
        assert text_of(app, "footer") != before
        assert "axis" in _displayed(app)
        await show(app, race, pilot, None, RUNNING)
        assert text_of(app, "footer") == before
        assert "axis" not in _displayed(app)
        await pilot.press("left")
        assert not any(isinstance(command, Shift) for command in race.commands)

    on_screen(come_and_go, size=(100, 30))


def _displayed(app: PowclockApp) -> set[str]:
    return {name for name, panel in app.race_screen.panels.items() if panel.display}


def test_a_click_on_the_axis_goes_there() -> None:
    async def click(app: PowclockApp, race: FakeRace, pilot: Screen) -> None:
        await show(app, race, pilot, AXIS)
        before = len(race.commands)
        for column in (6 + 44, 2, 97):
            await pilot.click(offset=(column, 28))
        assert race.commands[before:] == [
            Seek((2 * 44 + 1) * END_NS // (2 * 88)),
            ToEnd(last=False),
            ToEnd(last=True),
        ]

    on_screen(click, size=(100, 30))


def test_another_moment_begins_with_its_own_events() -> None:
    async def jump(app: PowclockApp, race: FakeRace, pilot: Screen) -> None:
        await show(app, race, pilot, AXIS, restarts=1)
        told = len(app.race_state.events)
        assert told == len(LINES)
        await show(app, race, pilot, AXIS, restarts=1)
        assert len(app.race_state.events) == 2 * told
        await show(app, race, pilot, AXIS, restarts=2)
        assert len(app.race_state.events) == told

    on_screen(jump, size=(100, 30))


def test_after_a_jump_only_a_reorg_of_that_moment_has_a_banner() -> None:
    old = replace(reorg_line(0, "dave", "−1 +2  5aa1 → b0a2"), time_ns=seconds(3))
    new = replace(reorg_line(1, "erin", "−3 +4  c003 → d004"), time_ns=seconds(20))

    async def jump(app: PowclockApp, race: FakeRace, pilot: Screen) -> None:
        async def comes(restarts: int, *events: EventLine) -> str:
            moment = frame(time_ns=seconds(20), events=events)
            await race.tell(Shown(moment, PAUSED, None, restarts, AXIS))
            await pilot.pause(0.05)
            app.paint()
            return text_of(app, "chain")[-2]

        assert "reorg" not in await comes(1, old)
        assert "−3 +4" in await comes(2, old, new)
        assert "reorg" not in await comes(3)
        assert "−1 +2" in await comes(3, old)  # told as it comes

    on_screen(jump, size=(100, 30))


@pytest.mark.parametrize(
    ("hit", "expected"),
    [
        (Hit("tick", "12", "tick 12 at 1:00.0"), SeekTick(12)),
        (Hit("time", str(seconds(200)), "to 3:20.0"), Seek(seconds(200))),
    ],
)
def test_what_is_found_of_time_is_gone_to(hit: Hit, expected: AnyCommand) -> None:
    async def go(app: PowclockApp, race: FakeRace, pilot: Screen) -> None:
        await show(app, race, pilot, AXIS)
        await pilot.press("g", "9")
        await race.tell(Found("9", (hit,)))
        await pilot.pause(0.05)
        await pilot.press("enter")
        await pilot.pause(0.05)
        assert expected in race.commands

    on_screen(go, size=(100, 30))


def test_inside_a_node_the_past_says_how_to_look() -> None:
    async def look(app: PowclockApp, race: FakeRace, pilot: Screen) -> None:
        await show(app, race, pilot, AXIS)
        await pilot.press("down", "enter")
        await pilot.pause(0.05)
        assert isinstance(app.screen, InspectScreen)
        rows = " ".join(app.screen.panel.rows_text)
        assert "no record tells it: F goes on live from here" in rows

    on_screen(look, size=(100, 30))


def test_shown_keys_of_the_past_say_what_they_do_there() -> None:
    race = FakeRace()
    app = PowclockApp(race, fps=50, show_keys=True)

    async def press() -> None:
        async with app.run_test(size=(100, 30)) as pilot:
            await show(app, race, pilot, None)
            for timeline, words in ((None, "page down"), (PAST, "1 min on"), (None, "page down")):
                await show(app, race, pilot, timeline)
                await pilot.press("pagedown")
                await pilot.pause(0.2)
                assert f" pgdn  {words} " in "".join(app.screen.query_one(KeysShown).rows_text)

    asyncio.run(press())
