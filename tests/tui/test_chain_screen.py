"""The chain on the screen: keys and the mouse reach it, and the race is asked for what it shows."""

from textual.events import MouseScrollDown, MouseScrollUp
from textual.pilot import Pilot

from powclock.race.messages import Ended, Shown
from powclock.tui.app import PowclockApp
from powclock.tui.state import Zoom
from tests.tui.frames import RUNNING, FakeRace, frame, hash_of, on_screen, text_of
from tests.tui.test_chain import long_frame

Screen = Pilot[Ended | None]


def test_keys_choose_a_block_and_escape_lets_go_of_it() -> None:
    async def choose(app: PowclockApp, race: FakeRace, pilot: Screen) -> None:
        await pilot.press("2", "left", "left", "down")
        assert app.race_state.block == hash_of("5aa1")
        assert "▸ 2 0000000000005aa1  by dave" in "".join(text_of(app, "chain"))
        await pilot.press("escape")
        assert "▸" not in text_of(app, "chain")[-2]
        assert "all 4 nodes build on 3 c003 by dave" in "".join(text_of(app, "chain"))

    on_screen(choose)


def test_a_click_chooses_a_block() -> None:
    async def click(app: PowclockApp, race: FakeRace, pilot: Screen) -> None:
        await pilot.click(app.race_screen.panels["chain"], offset=(19, 4))
        await pilot.pause()
        assert (app.race_state.panel, app.race_state.block) == ("chain", hash_of("a001"))

    on_screen(click)


def test_the_wheel_moves_the_camera_and_zooms_with_the_control_key() -> None:
    async def turn(app: PowclockApp, race: FakeRace, pilot: Screen) -> None:
        chain, state = app.race_screen.panels["chain"], app.race_state

        async def wheel(kind: type[MouseScrollDown] | type[MouseScrollUp], *, ctrl: bool) -> None:
            chain.post_message(
                kind(chain, 5, 5, 0, 0, 0, shift=False, meta=False, ctrl=ctrl)
            )  # fmt: skip
            await pilot.pause()

        await wheel(MouseScrollUp, ctrl=False)
        assert (state.camera, state.zoom) == (40, Zoom.BOXES)
        for zoom in (Zoom.COMPACT, Zoom.CELLS, Zoom.CELLS):
            await wheel(MouseScrollDown, ctrl=True)
            assert (state.camera, state.zoom) == (40, zoom)
        await wheel(MouseScrollUp, ctrl=True)
        assert state.zoom is Zoom.COMPACT

    on_screen(turn, first=long_frame(40))


def test_the_race_is_asked_for_what_is_shown_and_some_more() -> None:
    async def pan(app: PowclockApp, race: FakeRace, pilot: Screen) -> None:
        await race.tell(Shown(long_frame(400, sent=(340, 400)), RUNNING))
        await pilot.pause(0.05)
        race.looks.clear()
        await pilot.press("home")
        asked = list(race.looks)
        assert [(focus.height, focus.heights) for focus in asked] == [(12, 60)]
        assert "the race is asked for blocks 0 to 7" in "".join(text_of(app, "chain"))
        await race.tell(Shown(long_frame(400, sent=(0, 12)), RUNNING))
        await pilot.pause(0.05)
        assert "a000 ├───┤ a001" in "".join(text_of(app, "chain"))
        await pilot.press("end")
        asked = list(race.looks)
        assert asked[-1].height is None

    on_screen(pan, first=frame())
