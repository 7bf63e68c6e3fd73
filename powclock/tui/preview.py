"""The screen of a race in several themes, as pictures.

One app draws the race once and then puts on one theme after the other, so a picture costs a repaint
and not a start. What is drawn comes from the widgets themselves: a preview looks as the race will.
"""

import asyncio
import re
import signal
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar, cast

from rich.segment import Segment, Segments
from rich.style import Style
from textual.app import App
from textual.pilot import Pilot

from powclock.race.messages import Race
from powclock.tui.app import PowclockApp
from powclock.tui.picture import picture, rows
from powclock.tui.theme_depth import Depth
from powclock.tui.theme_file import Theme

Size = tuple[int, int]
Rows = list[list[Segment]]
Drawn = TypeVar("Drawn")

# Around and between the pictures of a sheet, in the units of their own viewBox.
_GAP = 24
_COLUMNS = 2
_VIEW_BOX = re.compile(r'viewBox="0 0 ([0-9.]+) ([0-9.]+)"')


@dataclass(frozen=True)
class Named:
    """A theme by its name."""

    name: str
    theme: Theme


class _Fitting(PowclockApp):
    """The screen of a race that tries themes on."""

    def __init__(self, race: Race, depth: Depth) -> None:
        super().__init__(race, depth=depth, motion=False)
        # Pictures are asked for to see colours; where none are wanted, nobody comes here.
        self.no_color = False
        self._filters = []

    def put_on(self, named: Named) -> None:
        """Draw with a theme."""
        self.title = " · ".join(part for part in (named.name, named.theme.title) if part)
        self._draw_with(named.theme)


def in_cells(race: Race, themes: Sequence[Named], size: Size, depth: Depth) -> list[Rows]:
    """The race in each theme, as rows of a terminal with so many colours."""
    return _fitted(race, themes, size, depth, _rows)


def as_svg(race: Race, themes: Sequence[Named], size: Size) -> list[str]:
    """The race in each theme, as SVG."""
    return _fitted(race, themes, size, Depth.TRUE, _svg)


def _rows(app: _Fitting) -> Rows:
    return rows(cast("App[object]", app))


def _svg(app: _Fitting) -> str:
    return picture(cast("App[object]", app))


def sheet(pictures: Iterable[str]) -> str:
    """Pictures next to each other in one SVG, which stay vectors."""
    placed: list[str] = []
    right = bottom = 0.0
    x = y = float(_GAP)
    for number, svg in enumerate(pictures):
        if number % _COLUMNS == 0:
            x, y = float(_GAP), bottom + _GAP
        found = _VIEW_BOX.search(svg)
        assert found is not None, "rich says how large its pictures are"
        width, height = map(float, found.groups())
        where = f'<svg x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" '
        placed.append(svg.replace("<svg ", where, 1))
        x += width + _GAP
        right, bottom = max(right, x), max(bottom, y + height)
    size = f"0 0 {right:g} {bottom + _GAP:g}"
    return (
        f'<svg viewBox="{size}" role="img" aria-label="powclock in several themes" '
        'xmlns="http://www.w3.org/2000/svg">\n'
        f'<rect width="100%" height="100%" fill="#808080"/>\n{"".join(placed)}</svg>\n'
    )


def _fitted(
    race: Race,
    themes: Sequence[Named],
    size: Size,
    depth: Depth,
    draw: Callable[[_Fitting], Drawn],
) -> list[Drawn]:
    """Draw in one theme after the other.

    Raises:
        KeyboardInterrupt: it came meanwhile. It waits for the end of a picture: an app that is torn
            down under its pilot waits for itself.
    """
    app = _Fitting(race, depth)
    drawn: list[Drawn] = []
    asked: list[int] = []

    async def fit(pilot: Pilot[object]) -> None:
        await pilot.pause()
        for named in themes:
            if asked:
                break
            app.put_on(named)
            await pilot.pause()
            drawn.append(draw(app))
        app.exit()

    async def run() -> None:
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGINT, asked.append, signal.SIGINT)
        try:
            await app.run_async(headless=True, size=size, mouse=False, auto_pilot=fit)
        finally:
            loop.remove_signal_handler(signal.SIGINT)

    asyncio.run(run())
    if asked:
        raise KeyboardInterrupt
    assert app.broke is None, app.broke
    return drawn


def beside(themes: Sequence[Named], pictures: Sequence[Rows], width: int, gap: int) -> Segments:
    """Pictures in a terminal next to each other, each under the name of its theme."""
    space = Segment(" " * gap)
    segments: list[Segment] = []

    def add(parts: Iterable[list[Segment]]) -> None:
        for number, part in enumerate(parts):
            segments.extend([space] * bool(number) + part)
        segments.append(Segment.line())

    add(Segment.adjust_line_length(_headline(named), width) for named in themes)
    for row in zip(*pictures, strict=True):
        add(row)
    segments.append(Segment.line())
    return Segments(segments)


def _headline(named: Named) -> list[Segment]:
    return [Segment(named.name, Style(bold=True)), Segment(f"  {named.theme.title}")]
