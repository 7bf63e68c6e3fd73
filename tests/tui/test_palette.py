"""The palette: words of what is wanted lead to the key that does it."""

from textual.pilot import Pilot

from powclock.network.faults.links import Loss
from powclock.race.commands import AnyCommand, Break, SetRate
from powclock.race.messages import Ended
from powclock.tui.app import PowclockApp
from powclock.tui.keys import BINDINGS
from powclock.tui.screens.palette import PaletteScreen
from powclock.tui.state import Zoom
from tests.tui.frames import FakeRace, on_screen

Screen = Pilot[Ended | None]


def opened(app: PowclockApp) -> PaletteScreen:
    """The palette, which is on top."""
    screen = app.screen
    assert isinstance(screen, PaletteScreen)
    return screen


def shown(app: PowclockApp) -> list[str]:
    """The choices that the palette shows, words alone."""
    rows = [" ".join(row.strip("│ ").split()) for row in opened(app).panel.rows_text[3:-1]]
    return [row for row in rows if row][:-1]  # the last row has the keys


def test_it_has_every_key() -> None:
    async def read(app: PowclockApp, race: FakeRace, pilot: Screen) -> None:
        await pilot.press("ctrl+p")
        palette = opened(app)
        assert palette.count() == len(BINDINGS)
        for _ in BINDINGS:
            await pilot.press("down")
        assert palette.at == len(BINDINGS) - 1

    on_screen(read, size=(80, 24))


def test_words_in_any_order_choose_and_enter_acts() -> None:
    async def use(app: PowclockApp, race: FakeRace, pilot: Screen) -> None:
        await pilot.press("ctrl+p", *"lost get")
        assert shown(app) == ["l loss Messages get lost: three in ten, or as chosen in f"]
        assert race.commands == [], "what is typed presses no key of the race"
        await pilot.press("enter")
        await pilot.pause()
        assert app.screen is app.race_screen
        expected: list[AnyCommand] = [Break(Loss())]
        assert race.commands == expected
        await pilot.press("ctrl+p", *"boxes ce", "enter")
        await pilot.pause()
        assert app.race_state.zoom is Zoom.COMPACT

    on_screen(use)


def test_what_no_key_does_is_said_and_esc_does_nothing() -> None:
    async def use(app: PowclockApp, race: FakeRace, pilot: Screen) -> None:
        await pilot.press("ctrl+p", *"zzz")
        assert shown(app) == ["no key does that"]
        await pilot.press("enter")
        assert opened(app).text == "zzz"
        await pilot.press("ctrl+u", *"pause", "escape")
        assert app.screen is app.race_screen
        assert race.commands == []

    on_screen(use)


def test_two_clicks_act() -> None:
    async def click(app: PowclockApp, race: FakeRace, pilot: Screen) -> None:
        await pilot.press("ctrl+p", *"pause")
        await pilot.click(opened(app).panel, offset=(10, 3), times=2)
        await pilot.pause()
        assert race.commands == [SetRate(0.0)]

    on_screen(click)


def test_it_opens_at_every_size_and_in_ascii() -> None:
    for size in ((160, 45), (60, 4), (20, 5), (5, 20), (1, 1)):

        async def use(app: PowclockApp, race: FakeRace, pilot: Screen) -> None:
            await pilot.press("ctrl+p", "pageup", "pagedown", "home", "x", "pageup", "tab")
            strips = app.screen._compositor.render_strips()
            assert all(strip.text.isascii() for strip in strips)
            await pilot.press("escape")
            assert app.screen is app.race_screen

        on_screen(use, size=size, ascii_only=True)
