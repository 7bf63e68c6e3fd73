"""Previews of themes: the screen itself, dressed in one theme after the other."""

import asyncio
import signal
from collections.abc import Callable
from xml.etree import ElementTree

import pytest
from msgspec import structs
from rich.segment import Segment

from powclock.race.messages import AnyMessage
from powclock.tui.app import PowclockApp
from powclock.tui.preview import Named, as_svg, beside, in_cells, sheet
from powclock.tui.theme import Palette
from powclock.tui.theme_depth import Depth, at_depth
from powclock.tui.theme_file import Theme, load
from tests.tui.pictures import Picture, at_rest, painted
from tests.tui.recorded import RecordedRace

SIZE = (80, 20)
SVG = "{http://www.w3.org/2000/svg}"


def named(*wanted: str) -> list[Named]:
    return [Named(name, load(name)) for name in wanted]


def race() -> RecordedRace:
    return RecordedRace("split", 1)


def on_screen(theme: str) -> Picture:
    app = PowclockApp(race(), theme=theme, motion=False)

    async def run() -> Picture:
        async with app.run_test(size=SIZE) as pilot:
            await pilot.pause()
            return await at_rest(app)

    return asyncio.run(run())


def test_a_preview_is_what_the_screen_shows() -> None:
    themes = named("light", "phosphor", "dark")
    for each, rows in zip(themes, in_cells(race(), themes, SIZE, Depth.TRUE), strict=True):
        assert painted(rows, Palette(each.theme)) == on_screen(each.name), each.name


@pytest.mark.parametrize("depth", [Depth.TWO_HUNDRED, Depth.SIXTEEN])
def test_a_preview_keeps_to_the_colours_of_the_terminal(depth: Depth) -> None:
    (rows,) = in_cells(race(), named("nocturne"), SIZE, depth)
    ground = at_depth(load("nocturne"), depth).colors.background
    assert {
        segment.style.bgcolor.name for segment in rows[0] if segment.style and segment.style.bgcolor
    } == {ground}


class Interrupted(RecordedRace):
    """A race during whose first picture a person presses Ctrl+C."""

    def listen(self, on_message: Callable[[AnyMessage], None]) -> None:
        super().listen(on_message)
        signal.raise_signal(signal.SIGINT)


def test_an_interrupt_ends_a_preview_and_is_passed_on() -> None:
    with pytest.raises(KeyboardInterrupt):
        in_cells(Interrupted("split", 1), named("dark", "light"), SIZE, Depth.TRUE)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_pictures_stand_next_to_each_other_under_their_names() -> None:
    two = [
        Named("one", replace_title("dark", "first")),
        Named("two", replace_title("dark", "x" * 90)),
    ]
    pictures = [[[Segment("a" * 80)], [Segment("b" * 80)]], [[Segment("c" * 80)]] * 2]
    text = "".join(segment.text for segment in beside(two, pictures, 80, 2).segments)
    assert text.split("\n") == [
        f"{'one  first':<80}  two  {'x' * 75}",
        f"{'a' * 80}  {'c' * 80}",
        f"{'b' * 80}  {'c' * 80}",
        "",
        "",
    ]


def replace_title(name: str, title: str) -> Theme:
    theme = load(name)
    return structs.replace(theme, title=title)


def test_a_sheet_has_every_theme_in_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")  # is asked of terminals, not of pictures
    themes = named("dark", "light", "colourblind", "stage", "nocturne", "phosphor")
    root = ElementTree.fromstring(sheet(as_svg(race(), themes, SIZE)))
    pictures = root.findall(f"{SVG}svg")
    places = [tuple(float(each.attrib[key]) for key in ("x", "y")) for each in pictures]
    width, height = (float(pictures[0].attrib[key]) for key in ("width", "height"))
    assert places == [
        (24 + column * (width + 24), 24 + row * (height + 24)) for row in range(3)
        for column in range(2)
    ]  # fmt: skip
    box = root.attrib["viewBox"].split()
    assert tuple(map(float, box[2:])) == (72 + 2 * width, 96 + 3 * height)
    for each, drawn in zip(themes, pictures, strict=True):
        inks = {node.attrib.get("fill") for node in drawn.iter(f"{SVG}rect")}
        assert each.theme.colors.background in inks, each.name
        said = [(node.text or "").replace("\xa0", " ") for node in drawn.iter(f"{SVG}text")]
        assert f"{each.name} · {each.theme.title}" in said
