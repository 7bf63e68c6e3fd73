"""Themes on the screen: the next one, own ones, and one that is edited while the race runs."""

from pathlib import Path

import platformdirs
import pytest
from rich.color import Color
from textual.pilot import Pilot

from powclock.race.messages import Ended
from powclock.tui.app import PowclockApp
from powclock.tui.run import ScreenError, ScreenOptions, run_screen
from powclock.tui.screens.help import HelpScreen
from powclock.tui.theme import Palette, textual_theme
from powclock.tui.theme_depth import Depth
from powclock.tui.theme_file import load, names
from tests.tui.frames import FakeRace, on_screen

Screen = Pilot[Ended | None]

TEXT = (Path(__file__).parents[2] / "themes" / "dark.toml").read_text(encoding="utf-8")
YELLOW, ORANGE = "#fae853", "#ffaa00"


@pytest.fixture(autouse=True)
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for own themes, instead of that of whoever runs the tests."""
    monkeypatch.setattr(platformdirs, "user_config_path", lambda _name: tmp_path)
    folder = tmp_path / "themes"
    folder.mkdir()
    return folder


def best(app: PowclockApp) -> Color | None:
    """The colour in which the best tip is drawn, as the clock's digits show it."""
    (style,) = {
        segment.style for segment in app.race_screen.panels["clock"].render_line(1)
        if segment.style == app.race_state.palette.best
    }  # fmt: skip
    return style.color if style else None


def told(app: PowclockApp) -> list[str]:
    return [note.message for note in app._notifications]


def test_the_next_theme_skips_a_broken_one_and_says_why(own: Path) -> None:
    (own / "amber.toml").write_text(TEXT.replace(YELLOW, "bluish"), encoding="utf-8")
    (own / "zebra.toml").write_text(TEXT.replace(YELLOW, ORANGE), encoding="utf-8")

    async def press(app: PowclockApp, race: FakeRace, pilot: Screen) -> None:
        await pilot.press("t")
        assert app.theme_name == "zebra"
        assert best(app) == Color.parse(ORANGE)
        assert app.current_theme.background == load("zebra").colors.background
        assert told(app) == [
            f"{own / 'amber.toml'}: colors.best: 'bluish' is no colour: write it as #rrggbb"
        ]
        await pilot.press("t")
        assert app.theme_name == "dark"

    on_screen(press, theme=names()[-3])


def test_an_edited_theme_is_taken_in_and_a_mistake_is_told_once(own: Path) -> None:
    file = own / "mine.toml"
    file.write_text(TEXT, encoding="utf-8")

    async def edit(app: PowclockApp, race: FakeRace, pilot: Screen) -> None:
        async def save(text: str) -> None:
            file.write_text(text, encoding="utf-8")
            for _ in range(4):
                app.look_at_theme()
            await pilot.pause()

        assert best(app) == Color.parse(YELLOW)
        await save(TEXT.replace(YELLOW, ORANGE).replace("#0d1117", "#202020"))
        assert best(app) == Color.parse(ORANGE)
        assert app.theme_variables["background"] == "#202020"
        await save(TEXT.replace(YELLOW, "oops"))
        assert best(app) == Color.parse(ORANGE)
        line = f"{file}: colors.best: 'oops' is no colour: write it as #rrggbb"
        assert told(app) == [line]
        await save(TEXT.replace(YELLOW, "oops2"))
        assert told(app) == [line, line.replace("oops", "oops2")]
        await save(TEXT)
        assert best(app) == Color.parse(YELLOW)
        assert len(told(app)) == 2
        await pilot.press("question_mark")
        await save(TEXT.replace("#64b3ff", ORANGE))
        sheet = app.screen
        assert isinstance(sheet, HelpScreen)
        styles = {segment.style for segment in sheet.panel.render_line(1)}
        assert app.race_state.palette.title in styles, "what is open takes the colours too"

    on_screen(edit, theme=str(file))


@pytest.mark.parametrize("name", ["my theme", "été", "a\x1b[31m", "9", "."])
def test_any_file_name_will_do(own: Path, name: str) -> None:
    (own / f"{name}.toml").write_text(TEXT.replace(YELLOW, ORANGE), encoding="utf-8")

    async def press(app: PowclockApp, race: FakeRace, pilot: Screen) -> None:
        await pilot.press("t")
        assert best(app) == Color.parse(ORANGE)
        await pilot.press("t")
        assert app.theme_name == "dark"

    on_screen(press, theme="phosphor")


def test_only_the_theme_in_use_is_looked_at(own: Path) -> None:
    file = own / "mine.toml"
    file.write_text(TEXT, encoding="utf-8")

    async def edit(app: PowclockApp, race: FakeRace, pilot: Screen) -> None:
        await pilot.press("t")
        assert app.theme_name == "dark"
        file.write_text("nonsense", encoding="utf-8")
        for _ in range(4):
            app.look_at_theme()
        assert told(app) == []
        assert app.theme_name == "dark"

    on_screen(edit, theme=str(file))


def test_what_textual_draws_has_the_same_colours() -> None:
    dark = load("dark")
    drawn = textual_theme(dark, "dark")
    assert (drawn.name, drawn.foreground, drawn.error) == (
        "powclock-dark", dark.colors.text, dark.colors.bad,
    )  # fmt: skip
    assert textual_theme(dark, "dark", Depth.SIXTEEN).background == "#000000"


def test_every_style_of_a_palette_has_a_ground() -> None:
    palette = Palette(load("nocturne"))
    ground = Color.parse("#14122a")
    inks = (
        "text", "muted", "faint", "focus", "accent", "best", "rival", "stale", "good", "warning",
        "bad", "chart", "chart_low", "strong", "title", "ground",
    )  # fmt: skip
    assert all(getattr(palette, role).bgcolor == ground for role in inks)
    assert all(hue.bgcolor == ground for hue in palette.hues)
    assert (palette.banner.bgcolor, palette.banner.bold) == (Color.parse("#3a3480"), True)
    assert palette.bold(palette.muted) is palette.bold(palette.muted)


def test_a_theme_that_was_spoilt_since_it_was_chosen_is_one_line(own: Path) -> None:
    (own / "mine.toml").write_text("no", encoding="utf-8")
    with pytest.raises(ScreenError, match=r"mine\.toml: is no TOML: "):
        run_screen(FakeRace(), ScreenOptions(theme="mine"))
