"""Races next to each other on the screen: what keys do, and what each column says."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from random import Random

import pytest
from msgspec.structs import replace
from textual.pilot import Pilot

from powclock.network.faults.links import Loss
from powclock.network.faults.nodes import Crash
from powclock.race.commands import ActAt, Break, HealAll, Hold, Keep, Quit, SetRate, StepEvent
from powclock.race.messages import Declined, Ended, Noted, Shown
from powclock.record.frame import ActiveFault, Frame
from powclock.tui.keys import BINDINGS, PAST
from powclock.tui.split.app import Lasts, SplitApp
from powclock.tui.split.merged import merged
from tests.tui.frames import PAUSED, RUNNING, SECOND, FakeRace, frame, node, split_frame

RULES = ("naive", "schedule", "pow")
Test = Callable[[SplitApp, list[FakeRace], "Pilot[Lasts | None]"], Awaitable[None]]


def side_by_side(
    test: Test,
    *,
    size: tuple[int, int] = (160, 45),
    frames: tuple[Frame, ...] = (),
    ascii_only: bool = False,
) -> SplitApp:
    """Run a test over three races, each of which has shown a frame."""
    races = [FakeRace() for _ in RULES]
    app = SplitApp(list(zip(RULES, races, strict=True)), fps=50, ascii_only=ascii_only)

    async def run() -> None:
        async with app.run_test(size=size) as pilot:
            for race, first in zip(races, frames or [frame()] * 3, strict=True):
                await race.tell(Shown(first, RUNNING))
            await pilot.pause(0.05)
            await test(app, races, pilot)

    asyncio.run(run())
    return app


def said(race: FakeRace) -> list[object]:
    """What a race was asked for, whenever it is to be, without what keeps it beside the others."""
    asked = [each for each in race.commands if not isinstance(each, Hold)]
    return [each.action if isinstance(each, ActAt) else each for each in asked]


def shown(app: SplitApp) -> object:
    """The screen that is on top."""
    return app.screen


def column(app: SplitApp, index: int) -> str:
    """What a column shows."""
    panels = app.entrants[index].panels.values()
    return "\n".join(row for panel in panels if panel.display for row in panel.rows_text)


def test_a_key_acts_on_all_races() -> None:
    async def press(app: SplitApp, races: list[FakeRace], pilot: "Pilot[Lasts | None]") -> None:
        await pilot.press("l", "down", "k", "space", "0")
        for race in races:
            assert said(race) == [
                SetRate(1.0),
                Break(Loss(probability=0.3)),
                Break(Crash(nodes=("alice",))),
                SetRate(0.0),
                HealAll(),
            ]

    side_by_side(press)


def test_what_a_rule_declines_is_said_in_its_column_alone() -> None:
    async def decline(app: SplitApp, races: list[FakeRace], pilot: "Pilot[Lasts | None]") -> None:
        await races[0].tell(Declined("forge needs blocks: a naive race has none"))
        await pilot.pause(0.05)
        assert "DECLINED" in column(app, 0)
        assert "forge needs blocks" in column(app, 0)
        assert "declined: forge needs blocks" in app.entrants[0].state.events[-1].text
        for other in (1, 2):
            assert "DECLINED" not in column(app, other)
        assert list(app._notifications) == []
        app.entrants[0].state.wall_s = lambda: 1e9
        await races[0].tell(Shown(frame(), RUNNING))
        await pilot.pause(0.05)
        assert "DECLINED" not in column(app, 0)

    side_by_side(decline)


def test_a_fault_that_is_on_in_one_race_is_ended_by_the_same_key_everywhere() -> None:
    loss = ActiveFault("loss", "loss", Loss(probability=0.3).label, (), SECOND)
    broken = frame(faults=(loss,))
    both = merged([frame(), broken, frame()])
    assert both.faults == (loss,)

    async def press(app: SplitApp, races: list[FakeRace], pilot: "Pilot[Lasts | None]") -> None:
        await pilot.press("l")
        assert [str(said(race)[-1]) for race in races] == ["Heal(id='loss')"] * 3

    side_by_side(press, frames=(frame(), broken, frame()))


def test_a_race_is_chosen_opened_and_closed_again() -> None:
    async def go(app: SplitApp, races: list[FakeRace], pilot: "Pilot[Lasts | None]") -> None:
        assert "▸NAIVE  nobody leads" in column(app, 0)
        await pilot.press("tab")
        assert "▸SCHEDULE  a schedule leads" in column(app, 1)
        await pilot.press("right", "right", "left", "3", "m")
        await pilot.pause(0.05)
        opened = app.entrants[2]
        assert shown(app) is opened.screen
        assert opened.screen.panels["chain"].display
        looks = [len(race.looks) for race in races]
        await pilot.press("l")  # faults hit all races from here too
        assert [str(said(race)[-1]) for race in races] == [str(Break(Loss(probability=0.3)))] * 3
        await pilot.press("escape")
        await pilot.pause(0.05)
        assert shown(app) is app.split_screen
        # What is looked at is the race's own: the network of its column again.
        assert [len(race.looks) for race in races] == [*looks[:2], looks[2] + 1]
        assert races[2].looks[-1].network
        await pilot.press("enter", "backspace")
        assert shown(app) is app.split_screen

    side_by_side(go)


def test_a_step_is_of_the_chosen_race() -> None:
    async def step(app: SplitApp, races: list[FakeRace], pilot: "Pilot[Lasts | None]") -> None:
        for race in races:
            await race.tell(Shown(frame(), PAUSED))
        await pilot.press("2", "full_stop")
        assert [said(race)[-1] for race in races] == [SetRate(0.0), StepEvent(), SetRate(0.0)]

    side_by_side(step)


def test_who_agrees_is_at_the_same_place_in_every_column() -> None:
    async def look(app: SplitApp, races: list[FakeRace], pilot: "Pilot[Lasts | None]") -> None:
        whole, cut = column(app, 0), column(app, 2)
        assert "all agree" in whole
        assert "2 groups" in cut
        assert "◇ 2 5aa1 ×2 alice bob" in cut

    side_by_side(look, frames=(frame(), frame(), split_frame()))


def test_one_race_that_breaks_stops_and_the_others_go_on() -> None:
    broken = Ended(
        "invariant 7 (no coin comes from nothing): in bob", "", "powclock run --inputs x"
    )
    fine = Ended("", "3 ticks", "powclock run --inputs y")

    async def break_(app: SplitApp, races: list[FakeRace], pilot: "Pilot[Lasts | None]") -> None:
        await races[1].tell(broken)
        await pilot.pause(0.05)
        assert "BROKEN" in column(app, 1)
        assert "invariant 7" in column(app, 1)
        assert "again: powclock run" in column(app, 1)
        await pilot.press("l")
        assert [str(said(race)[-1])[:5] for race in races] == ["Break", "SetRa", "Break"]
        await pilot.press("q")
        assert [said(race)[-1] for race in races] == [Quit()] * 3
        await races[0].tell(fine)
        await races[2].tell(fine)
        await pilot.pause(0.05)

    assert side_by_side(break_).return_value == (fine, broken, fine)


def test_races_that_come_to_their_end_end_the_screen() -> None:
    fine = Ended("", "3 ticks", "powclock run --inputs y")

    async def end(app: SplitApp, races: list[FakeRace], pilot: "Pilot[Lasts | None]") -> None:
        for race in races:
            assert app.is_running
            await race.tell(fine)
        await pilot.pause(0.05)

    assert side_by_side(end).return_value == (fine,) * 3


def test_a_click_chooses_a_race_and_one_on_a_title_opens_it() -> None:
    async def click(app: SplitApp, races: list[FakeRace], pilot: "Pilot[Lasts | None]") -> None:
        await pilot.click(app.entrants[1].panels["clock"], offset=(6, 2))
        await pilot.pause()
        assert app.split_screen.chosen == 1
        assert shown(app) is app.split_screen
        await pilot.click(app.entrants[2].panels["clock"], offset=(6, 0))
        await pilot.pause()
        assert shown(app) is app.entrants[2].screen

    side_by_side(click)


@pytest.mark.parametrize("seed", [1, 2])
def test_any_keys_in_any_order_do_no_harm(
    seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # one of them saves a picture
    draw = Random(seed)
    keys = [each.key for each in BINDINGS if each.id != "leave_race"]
    frames = (split_frame(), frame(), split_frame())

    async def hit(app: SplitApp, races: list[FakeRace], pilot: "Pilot[Lasts | None]") -> None:
        for step in range(80):
            await pilot.press(draw.choice(keys))
            if step % 10 == 0:
                await races[step % 3].tell(Shown(draw.choice(frames), RUNNING))
            if step % 40 == 39:
                await pilot.resize_terminal(draw.randint(20, 200), draw.randint(5, 60))
            assert app.is_running
        for _ in range(8):
            await pilot.press("escape")
        assert app.is_running

    side_by_side(hit)


SIZES = [(160, 45), (100, 30), (80, 24), (60, 20), (40, 12), (20, 5), (1, 1), (300, 100)]


@pytest.mark.parametrize(
    ("size", "ascii_only"),
    [*((size, False) for size in SIZES), *((size, True) for size in SIZES[::3])],
)
def test_no_size_is_refused(size: tuple[int, int], ascii_only: bool) -> None:
    async def look(app: SplitApp, races: list[FakeRace], pilot: "Pilot[Lasts | None]") -> None:
        await races[0].tell(Declined("no"))
        for key in ("tab", "f", "escape", "p", "escape", "question_mark", "escape", "t", "down"):
            await pilot.press(key)
        await pilot.pause(0.05)
        if ascii_only:
            strips = app.screen._compositor.render_strips()
            assert [row for row in (strip.text for strip in strips) if not row.isascii()] == []

    crowd = frame(nodes=tuple(node(f"node{index}") for index in range(60)))
    side_by_side(look, size=size, frames=(split_frame(), crowd, frame()), ascii_only=ascii_only)


@pytest.mark.parametrize("no_color", [False, True])
def test_hostile_names_are_only_text(no_color: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if no_color:
        monkeypatch.setenv("NO_COLOR", "1")
    names = ("[/red]", "\\[x]", "中文节点名字很长很长", "a" * 200)
    hostile = frame(nodes=tuple(node(name) for name in names), leader=names[0])

    async def look(app: SplitApp, races: list[FakeRace], pilot: "Pilot[Lasts | None]") -> None:
        await races[1].tell(Declined("no [/red]"))
        await pilot.press("down", "k", "enter", "escape")
        assert app.export_screenshot()

    side_by_side(look, frames=(hostile,) * 3)


def test_a_picture_is_saved_and_the_help_tells_the_keys_of_several_races(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    async def shoot(app: SplitApp, races: list[FakeRace], pilot: "Pilot[Lasts | None]") -> None:
        await pilot.press("S")
        await pilot.pause(0.2)
        assert (tmp_path / "powclock-42-3.svg").exists()
        await pilot.press("question_mark")
        shown = "\n".join(strip.text for strip in app.screen._compositor.render_strips())
        assert "next race" in shown
        assert "go to" not in shown  # what a race alone has to look into

    side_by_side(shoot, frames=(frame(), frame(), replace(frame(), seed=42)))


def test_all_races_are_recorded_with_one_key() -> None:
    async def record(app: SplitApp, races: list[FakeRace], pilot: "Pilot[Lasts | None]") -> None:
        await pilot.press("R")
        assert all(said(race)[-1] == Keep(on=True) for race in races)
        for rule, race in zip(RULES, races, strict=True):
            await race.tell(Noted(f"recording to x-{rule}", recording=True))
        await pilot.pause(0.4)
        (note,) = app._notifications
        assert note.message.splitlines() == [f"recording to x-{rule}" for rule in RULES]
        # One of them cannot be recorded: the next press ends the others, and begins none.
        for race in races[1:]:
            await race.tell(Shown(frame(), replace(RUNNING, recorded_ns=20_000_000_000)))
        await pilot.pause(0.05)
        app.paint()
        status = app.split_screen.panels["status"].rows_text[0]
        assert status.endswith("  ⏺ REC 00:20 ")
        await pilot.press("R")
        assert all(said(race)[-1] == Keep(on=False) for race in races)

    side_by_side(record)


@pytest.mark.parametrize("opened", [False, True])
@pytest.mark.parametrize("key", [each.key for each in BINDINGS if each.group is PAST])
def test_every_key_of_the_past_says_that_there_is_none(key: str, opened: bool) -> None:
    async def press(app: SplitApp, races: list[FakeRace], pilot: "Pilot[Lasts | None]") -> None:
        if opened:
            await pilot.press("enter")
        before = [said(race) for race in races]
        await pilot.press(key)
        assert [note.message for note in app._notifications] == [
            "side by side there is no past: `powclock replay` shows that of one recording"
        ]
        assert [said(race) for race in races] == before

    side_by_side(press)
