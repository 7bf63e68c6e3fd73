"""Races next to each other, each in a process of its own, as a person runs them."""

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from textual.pilot import Pilot

from powclock.race import session as session_module
from powclock.race.plan import Plan
from powclock.race.remote import RaceProcess
from powclock.race.scenario import adapted
from powclock.race.scenario_files import load_scenario
from powclock.race.session import load_session
from powclock.tui.split.app import Lasts, SplitApp

RULES = ("naive", "schedule", "pow")
PATIENCE_ROUNDS = 600
Test = Callable[[SplitApp, "Pilot[Lasts | None]"], Awaitable[None]]


@pytest.fixture(autouse=True)
def _sessions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder of its own."""
    monkeypatch.setattr(session_module, "folder", lambda: tmp_path)


def raced(test: Test, rate: float = 30.0) -> tuple[Lasts | None, list[int]]:
    """Run a test over real races; their last words, and the processes that they had."""
    scenario = load_scenario("default")
    races = [
        (rule, RaceProcess(Plan(adapted(scenario, rule=rule, miner="sampled"), 0.0)))
        for rule in RULES
    ]
    app = SplitApp(races, rate=rate)

    async def run() -> None:
        async with app.run_test(size=(160, 45)) as pilot:
            await until(pilot, lambda: all(each.state.frame is not None for each in app.entrants))
            await test(app, pilot)

    try:
        asyncio.run(run())
    finally:
        for _, race in races:
            race.close()
    return app.return_value, [race.pid for _, race in races]


async def until(pilot: "Pilot[Lasts | None]", so: Callable[[], bool]) -> None:
    """Wait for something that races bring about; a safety net, never a measure."""
    for _ in range(PATIENCE_ROUNDS):
        if so():
            return
        await pilot.pause(0.05)
    raise AssertionError("it never came to that")


async def ended(app: SplitApp, pilot: "Pilot[Lasts | None]") -> None:
    """Quit, and wait for all last words."""
    await pilot.press("q")
    await until(pilot, lambda: not app.is_running or app.all_over())


def faults(app: SplitApp) -> list[list[str]]:
    """Which faults are on in each race."""
    frames = [each.state.frame for each in app.entrants]
    return [[fault.id for fault in frame.faults] for frame in frames if frame is not None]


def paused_at(app: SplitApp) -> set[int]:
    """The times at which races stand; empty while one of them runs."""
    states = [each.state for each in app.entrants]
    if not all(state.pace.paused for state in states):
        return set()
    return {state.frame.time_ns for state in states if state.frame is not None}


def test_a_fault_reaches_all_and_they_stand_at_one_time_and_no_process_stays() -> None:
    async def break_(app: SplitApp, pilot: "Pilot[Lasts | None]") -> None:
        await pilot.press("down", "k")
        await until(pilot, lambda: faults(app) == [["crash:alice"]] * 3)
        await pilot.press("space")
        await until(pilot, lambda: len(paused_at(app)) == 1)
        (before,) = paused_at(app)
        await pilot.press("3", "full_stop")  # a step of one is a step of all
        await until(pilot, lambda: len(paused_at(app)) == 1 and paused_at(app) != {before})
        await pilot.press("0")
        await until(pilot, lambda: faults(app) == [[]] * 3)
        await ended(app, pilot)

    lasts, pids = raced(break_)
    assert lasts is not None
    assert [each.trouble if each else None for each in lasts] == ["", "", ""]
    healed = set()
    for rule, each in zip(RULES, lasts, strict=True):
        assert each is not None
        assert each.summary.split("\n")[0].startswith(f"default · seed 42 · {rule}")
        session = load_session(Path(each.again.removeprefix("powclock rerun ")))
        assert [type(given.action).__name__ for given in session.inputs] == ["Break", "HealAll"]
        assert session.scenario.rule == rule
        healed.add(session.inputs[1].time_ns)
    assert len(healed) == 1  # the same moment in all of them
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


def test_one_race_that_dies_says_so_in_its_column_and_the_others_go_on() -> None:
    async def kill(app: SplitApp, pilot: "Pilot[Lasts | None]") -> None:
        entrant = app.entrants[1]
        race = entrant.race
        assert isinstance(race, RaceProcess)
        os.kill(race.pid, signal.SIGKILL)
        await until(pilot, lambda: entrant.ended is not None)
        await pilot.pause(0.1)
        told = "\n".join(entrant.note.rows_text)
        assert "THE RACE HAS STOPPED" in told
        assert "SIGKILL" in told
        others = [app.entrants[0].state, app.entrants[2].state]
        times = [state.frame.time_ns for state in others if state.frame is not None]

        def went_on() -> bool:
            now = [state.frame.time_ns for state in others if state.frame is not None]
            return all(late > early + 10**10 for early, late in zip(times, now, strict=True))

        await until(pilot, went_on)
        await pilot.press("q")
        await until(pilot, app.all_over)
        await pilot.press("q")

    lasts, _ = raced(kill)
    assert lasts is not None
    assert [each.trouble if each else None for each in lasts] == [
        "", "the race's process was ended by SIGKILL", "",
    ]  # fmt: skip


def test_what_one_rule_declines_is_done_under_the_others() -> None:
    async def forge(app: SplitApp, pilot: "Pilot[Lasts | None]") -> None:
        await pilot.press("f", "g")
        await until(pilot, lambda: faults(app)[2] != [])
        assert faults(app)[0] == []
        assert faults(app)[1] == faults(app)[2]
        await until(pilot, lambda: "declined" in app.entrants[0].state.events[-1].text)
        assert all(
            line.kind != "declined" for each in app.entrants[1:] for line in each.state.events
        )
        await pilot.press("escape")
        await ended(app, pilot)

    raced(forge)
