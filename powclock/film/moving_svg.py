"""A film as an animated SVG: one file that browsers play, where no script may run as well.

The screen is a grid of tiles, some cells wide and one row high. Each tile has the few things that
it ever shows in a column, each once, and an animation of CSS that moves the column by whole rows
behind a window of the tile's size. So what does not change costs nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

from rich.cells import cell_len

from powclock.film.picture import Album, Ink, Line, Picture, Run

_SIZE = 14
_CELL = 8.4
_ROW = 16
_BASE = 12.5
# Of two contents of a tile, in pixels: glyphs may reach out of their row.
_STRIDE = 24
_TILE_CELLS = 20
_PAD = 8
_FONTS = "'Fira Code','DejaVu Sans Mono',Menlo,Consolas,monospace"


class Classes:
    """Short names for inks and grounds, numbered as they come."""

    def __init__(self) -> None:
        self._inks: dict[tuple[str, bool, bool, bool], str] = {}
        self._grounds: dict[str, str] = {}

    def ink(self, ink: Ink) -> str:
        """The class of text."""
        key = (ink.colour, ink.bold, ink.italic, ink.underline)
        return self._inks.setdefault(key, f"i{len(self._inks)}")

    def ground(self, ink: Ink) -> str:
        """The class of what is behind it."""
        return self._grounds.setdefault(ink.ground, f"g{len(self._grounds)}")

    def rules(self) -> Iterator[str]:
        """Their styles."""
        for (colour, bold, italic, underline), name in self._inks.items():
            more = ";font-weight:700" * bold + ";font-style:italic" * italic
            more += ";text-decoration:underline" * underline
            yield f".{name}{{fill:{colour}{more}}}"
        for ground, name in self._grounds.items():
            yield f".{name}{{fill:{ground}}}"


@dataclass
class _Tile:
    """What a tile shows: its contents, each once, and from when on which of them."""

    contents: dict[Line, int]
    shows: list[tuple[int, int]]


def moving_svg(album: Album, columns: int, rows: int, title: str, ground: str) -> Iterator[str]:
    """The file in pieces."""
    classes = Classes()
    length_ms = max(album.end_ms, 1)
    body: list[str] = []
    keyframes: list[str] = []
    for y in range(rows):
        for left in range(0, columns, _TILE_CELLS):
            tile = _tile(album.pictures, y, left)
            body += _drawn(tile, left, y, ground, classes, keyframes, length_ms)
    width, height = round(columns * _CELL + 2 * _PAD), rows * _ROW + 2 * _PAD
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" xml:space="preserve" '
        f'viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}">\n<title>{escape(title)}</title>\n<style>\n'
        f"text{{font:{_SIZE}px {_FONTS};white-space:pre}}\n"
        f".m{{animation-duration:{length_ms / 1000:g}s;animation-timing-function:step-end;"
        "animation-iteration-count:infinite}\n"
    )
    yield "\n".join([*classes.rules(), *keyframes]) + "\n</style>\n"
    yield f'<rect width="{width}" height="{height}" rx="6" fill="{ground}"/>\n'
    yield f'<g transform="translate({_PAD} {_PAD})">\n'
    yield from body
    yield "</g>\n</svg>\n"


def _tile(pictures: list[tuple[int, Picture]], y: int, left: int) -> _Tile:
    tile = _Tile({}, [])
    for time_ms, picture in pictures:
        line = _cut(picture[y], left, left + _TILE_CELLS)
        index = tile.contents.setdefault(line, len(tile.contents))
        if not tile.shows or tile.shows[-1][1] != index:
            tile.shows.append((time_ms, index))
    return tile


def _cut(line: Line, left: int, right: int) -> Line:
    """The part of a line between two columns; a wide character belongs to where it begins."""
    kept: list[Run] = []
    x = 0
    for run in line:
        if x + run.cells > left and x < right:
            text, at = "", x
            for character in run.text:
                cells = cell_len(character)
                if left <= at < right and (cells or text):
                    text += character
                at += cells
            if text:
                kept.append(Run(text, cell_len(text), run.ink))
        x += run.cells
    return tuple(kept)


def _drawn(
    tile: _Tile,
    left: int,
    y: int,
    ground: str,
    classes: Classes,
    keyframes: list[str],
    length_ms: int,
) -> Iterator[str]:
    lines = ["".join(_line(line, row, ground, classes)) for line, row in tile.contents.items()]
    if not any(lines):
        return
    x = f"{left * _CELL:g}"
    if len(lines) == 1:
        yield f'<g transform="translate({x} {y * _ROW})">{lines[0]}</g>\n'
        return
    name = f"k{len(keyframes)}"
    steps = "".join(
        f"{100 * time_ms / length_ms:.7g}%{{transform:translateY({-row * _STRIDE}px)}}"
        if index
        else f"0%{{transform:translateY({-row * _STRIDE}px)}}"
        for index, (time_ms, row) in enumerate(tile.shows)
    )
    keyframes.append(f"@keyframes {name}{{{steps}}}")
    yield (
        f'<svg x="{x}" y="{y * _ROW}" width="{_TILE_CELLS * _CELL:g}" height="{_ROW}">'
        f'<g class="m" style="animation-name:{name}">{"".join(lines)}</g></svg>\n'
    )


def _line(line: Line, row: int, ground: str, classes: Classes) -> Iterator[str]:
    x = 0
    for run in line:
        if run.ink.ground != ground:
            yield (
                f'<rect class="{classes.ground(run.ink)}" x="{x * _CELL:.4g}" y="{row * _STRIDE}" '
                f'width="{run.cells * _CELL:.4g}" height="{_ROW}"/>'
            )
        x += run.cells
    x = 0
    for run in line:
        bare = run.text.strip(" ")
        if bare:
            start = x + len(run.text) - len(run.text.lstrip(" "))
            cells = cell_len(bare)
            length = f' textLength="{cells * _CELL:.4g}"' if cells > 1 else ""
            yield (
                f'<text class="{classes.ink(run.ink)}" x="{start * _CELL:.4g}" '
                f'y="{row * _STRIDE + _BASE:g}"{length}>{escape(bare, quote=False)}</text>'
            )
        x += run.cells
