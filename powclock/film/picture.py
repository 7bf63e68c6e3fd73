"""What the screen shows at a moment, cell by cell: for texts and moving pictures."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style

from powclock.tui.app import PowclockApp
from powclock.tui.picture import rows

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
    return tuple(tuple(_runs(row, usual)) for row in rows(app))


def _runs(segments: Iterable[Segment], usual: Ink) -> Iterator[Run]:
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
