"""What the screen shows at a moment, cell by cell: for texts and moving pictures."""

from collections.abc import Iterator
from dataclasses import dataclass

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual._compositor import LayoutUpdate

from powclock.tui.app import PowclockApp

_PLAIN = Style()


@dataclass(frozen=True)
class Ink:
    """How a piece of text is drawn; colours are #rrggbb."""

    colour: str
    ground: str
    bold: bool = False
    italic: bool = False
    underline: bool = False


@dataclass(frozen=True)
class Run:
    """Neighbouring cells of one ink."""

    text: str
    cells: int
    ink: Ink


Line = tuple[Run, ...]
Picture = tuple[Line, ...]


def picture_of(app: PowclockApp) -> Picture:
    """All rows of the screen; to be called within the app."""
    ink, ground = app.race_state.palette.ground.color, app.race_state.palette.ground.bgcolor
    assert ink is not None
    assert ground is not None
    usual = Ink(ink.get_truecolor().hex, ground.get_truecolor().hex)
    compositor = app.screen._compositor  # noqa: SLF001 (the library's own pictures ask it as well)
    update = compositor.render_update(full=True, screen_stack=app._background_screens)  # noqa: SLF001
    assert isinstance(update, LayoutUpdate)
    return tuple(
        tuple(_runs((segment for strip in line for segment in strip), usual))
        for line in update.strips
    )


def _runs(segments: Iterator[Segment], usual: Ink) -> Iterator[Run]:
    text, ink = "", usual
    for segment in segments:
        if not segment.text:
            continue
        its = _ink(segment.style or _PLAIN, usual)
        if its != ink and text:
            yield Run(text, cell_len(text), ink)
            text = ""
        text, ink = text + segment.text, its
    if text:
        yield Run(text, cell_len(text), ink)


def _ink(style: Style, usual: Ink) -> Ink:
    colour = style.color.get_truecolor().hex if style.color else usual.colour
    ground = style.bgcolor.get_truecolor().hex if style.bgcolor else usual.ground
    if style.reverse:
        colour, ground = ground, colour
    return Ink(colour, ground, bool(style.bold), bool(style.italic), bool(style.underline))


def text_of(picture: Picture) -> list[str]:
    """The rows as they read, without spaces at their ends."""
    return ["".join(run.text for run in line).rstrip() for line in picture]


class Album:
    """Pictures and when they were taken, in milliseconds; one that is like the last is left out."""

    def __init__(self) -> None:
        self.pictures: list[tuple[int, Picture]] = []
        self.end_ms = 0

    def take(self, time_ns: int, app: PowclockApp) -> None:
        """Take a picture."""
        picture = picture_of(app)
        self.end_ms = time_ns // 1_000_000
        if not self.pictures or self.pictures[-1][1] != picture:
            self.pictures.append((self.end_ms, picture))
