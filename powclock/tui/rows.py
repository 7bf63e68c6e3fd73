"""What widgets draw on: a row that is filled from left to right, and a canvas of cells.

A style is never left out: under NO_COLOR textual fails on a segment without one.
"""

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style

from powclock.tui.glyphs import to_ascii
from powclock.tui.text import fit

PLAIN = Style()


class Row:
    """A line of text, written from left to right and never beyond its width."""

    __slots__ = ("room", "segments", "width")

    def __init__(self, width: int) -> None:
        self.segments: list[Segment] = []
        self.width = width
        self.room = width

    def put(self, text: str, style: Style) -> "Row":
        """Write; what does not fit is cut with an ellipsis."""
        if self.room > 0 and text:
            length = len(text) if text.isascii() else cell_len(text)
            if length > self.room:
                text, length = fit(text, self.room), self.room
            self.segments.append(Segment(text, style))
            self.room -= length
        return self

    def gap(self, cells: int = 1) -> "Row":
        """Leave cells empty."""
        cells = min(cells, self.room)
        if cells > 0:
            self.segments.append(Segment(" " * cells, PLAIN))
            self.room -= cells
        return self

    def to(self, column: int) -> "Row":
        """Leave cells empty up to a column."""
        return self.gap(column - (self.width - self.room))

    def right(self, *parts: tuple[str, Style]) -> "Row":
        """Write at the right edge, if all of it fits."""
        length = sum(cell_len(text) for text, _ in parts)
        if length <= self.room:
            self.gap(self.room - length)
            for text, style in parts:
                self.put(text, style)
        return self

    def extend(self, row: "Row") -> "Row":
        """Write another row after this one."""
        length = row.width - row.room
        if length <= self.room:
            self.segments += row.segments
            self.room -= length
            return self
        for text, style, _ in row.segments:
            self.put(text, style or PLAIN)
        return self

    def finish(self, ground: Style, *, ascii_only: bool) -> list[Segment]:
        """All segments; cells without a style of their own get the ground."""
        self.gap(self.room)
        if ascii_only:
            return [Segment(to_ascii(text), ground if style is PLAIN else style)
                    for text, style, _ in self.segments]  # fmt: skip
        return [
            Segment(segment[0], ground) if segment[1] is PLAIN else segment
            for segment in self.segments
        ]


class Canvas:
    """Cells that can be written in any order; what lies outside is not drawn."""

    def __init__(self, width: int, height: int) -> None:
        self.width = width
        self.height = height
        self._text = [[" "] * width for _ in range(height)]
        self._style = [[PLAIN] * width for _ in range(height)]

    def put(self, x: int, y: int, text: str, style: Style) -> None:
        """Write from a cell to the right."""
        if not 0 <= y < self.height:
            return
        texts, styles = self._text[y], self._style[y]
        for char in text:
            cells = 1 if char.isascii() else cell_len(char)
            if cells == 0:
                continue
            if x >= 0 and x + cells <= self.width:
                texts[x], styles[x] = char, style
                if cells == 2:
                    texts[x + 1], styles[x + 1] = "", style
            x += cells

    def at(self, x: int, y: int) -> str:
        """What a cell shows."""
        return self._text[y][x] if 0 <= y < self.height and 0 <= x < self.width else " "

    def rows(self) -> list[Row]:
        """All rows, with neighbours of one style joined."""
        return [
            self._row(texts, styles) for texts, styles in zip(self._text, self._style, strict=True)
        ]

    def _row(self, texts: list[str], styles: list[Style]) -> Row:
        row = Row(self.width)
        start = 0
        for index in range(1, self.width + 1):
            if index == self.width or styles[index] is not styles[start]:
                row.put("".join(texts[start:index]), styles[start])
                start = index
        return row
