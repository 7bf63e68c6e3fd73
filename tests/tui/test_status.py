"""The status bar and the footer: whole rows, and what a click on them does."""

import pytest
from msgspec.structs import replace
from textual.pilot import Pilot

from powclock.race.commands import AnyCommand, Keep, SetRate
from powclock.race.messages import Ended, Shown
from powclock.record.frame import Pace
from powclock.tui.app import PowclockApp
from tests.tui.frames import PAUSED, RUNNING, FakeRace, frame, on_screen, text_of

Screen = Pilot[Ended | None]


def row(name: str, *keys: str, size: tuple[int, int] = (160, 45), pace: Pace = RUNNING) -> str:
    """The one row of a panel after some keys."""
    rows: list[str] = []

    async def read(app: PowclockApp, race: FakeRace, pilot: Screen) -> None:
        await pilot.press(*keys)
        rows.extend(text_of(app, name))

    on_screen(read, size=size, pace=pace)
    (only,) = rows
    return only


@pytest.mark.parametrize(
    ("pace", "words"),
    [
        (RUNNING, "● LIVE 1×"),
        (PAUSED, "‖ PAUSED"),
        (Pace(rate=0.0, reached=3.0, paused=False, behind=False, stepping=True), "▸ STEP"),
        (Pace(rate=1.0, reached=1.0, paused=False, behind=False, stepping=True), "▸ STEP"),
        (Pace(rate=2.0, reached=0.7, paused=False, behind=True), "● LIVE 2× behind: reaches 0.7×"),
        (Pace(rate=float("inf"), reached=90.0, paused=False, behind=False), "● LIVE ∞×"),
    ],
)
def test_how_the_race_runs(pace: Pace, words: str) -> None:
    assert row("status", size=(60, 20), pace=pace).startswith(
        (f" {words}  t", f" 4 nodes  {words}")
    )
    assert " ".join(row("status", pace=pace).split()) == (
        f"powclock default seed 42 pow 4 nodes {words} t 00:20.0 "
        "20.0 kH/s forks 1 reorgs 1 (max 1) stale 25 % of mined"
    )


def test_a_view_that_is_frozen_is_told_apart_from_a_race_that_is_paused() -> None:
    async def freeze(app: PowclockApp, race: FakeRace, pilot: Screen) -> None:
        await pilot.press("v")
        await race.tell(Shown(frame(time_ns=23_200_000_000), PAUSED))
        await pilot.pause(0.05)
        app.paint()
        assert " ".join(text_of(app, "status")[0].split()).startswith(
            "powclock default seed 42 pow 4 nodes ‖ PAUSED t 00:20.0 ❄ VIEW FROZEN 3.2 s behind "
        )
        await pilot.press("v")
        assert "t 00:23.2" in text_of(app, "status")[0]
        assert "FROZEN" not in text_of(app, "status")[0]
        assert race.commands == []

    on_screen(freeze)


LAST = "? help  q quit  ^p palette"


@pytest.mark.parametrize(
    ("keys", "first"),
    [
        ([], "space pause  . step  > tick  [ slower  ] faster"),
        (["3"], "⏎ inspect  / filter  s sort  o turn order  m maximise"),
        (["4"], "⏎ inspect  / filter  e kinds  home first  m maximise"),
        (["2"], "⏎ inspect  ← left  → right  end follow  z zoom"),
    ],
)
def test_the_footer_leads_with_the_keys_of_the_panel(keys: list[str], first: str) -> None:
    shown = row("footer", *keys).strip()
    assert shown.startswith(first)
    assert shown.endswith(LAST)
    assert shown.count(" m maximise ") == 1


def test_the_footer_keeps_what_matters_most_where_there_is_little_room() -> None:
    shown = row("footer", size=(60, 20))
    assert shown == " space pause  . step  > tick     ? help  q quit  ^p palette"


def clicked(panel: str, words: str) -> tuple[list[AnyCommand], PowclockApp]:
    """What is asked of the race after a click on some words."""
    asked: list[AnyCommand] = []

    async def click(app: PowclockApp, race: FakeRace, pilot: Screen) -> None:
        at = text_of(app, panel)[0].index(words)
        await pilot.click(app.race_screen.panels[panel], offset=(at, 0))
        await pilot.pause()
        asked.extend(race.commands)

    return asked, on_screen(click)


def test_clicks_act() -> None:
    assert clicked("status", "LIVE")[0] == [SetRate(0.0)]
    assert clicked("footer", "pause")[0] == [SetRate(0.0)]
    assert clicked("status", "reorgs")[1].race_state.panel == "events"
    assert clicked("status", "4 nodes")[1].race_state.panel == "nodes"


@pytest.mark.parametrize("size", [(160, 45), (100, 30), (80, 24), (60, 20), (40, 12)])
@pytest.mark.parametrize("frozen", [False, True])
def test_a_recording_has_a_sign_at_every_size(size: tuple[int, int], *, frozen: bool) -> None:
    recorded = replace(RUNNING, recorded_ns=42_900_000_000)
    keys = ("v",) if frozen and size[0] >= 60 else ()
    assert row("status", *keys, size=size, pace=recorded).endswith("  ⏺ REC 00:42")
    assert "REC" not in row("status", *keys, size=size)


def test_the_sign_of_a_recording_goes_as_it_ends_and_a_click_ends_it() -> None:
    async def record(app: PowclockApp, race: FakeRace, pilot: Screen) -> None:
        await race.tell(Shown(frame(), replace(RUNNING, recorded_ns=3_600_000_000_000)))
        await pilot.pause(0.05)
        app.paint()
        bar = text_of(app, "status")[0]
        assert "⏺ REC 1:00:00" in bar
        await pilot.click(offset=(bar.index("REC"), 0))
        assert race.commands[-1] == Keep()
        await race.tell(Shown(frame(), RUNNING))
        await pilot.pause(0.05)
        app.paint()
        assert "REC" not in text_of(app, "status")[0]

    on_screen(record)
