"""The network as a graph: links as thin lines, nodes with as much of their names as there is room.

What does not move is drawn once and kept: the layer of links, and where the names stand. On top of
it come, for each picture, the links that carried the newest block, the pulses that are on their
way, and the nodes in their colours.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.style import Style

from powclock.tui.braille import SIGNS, Trace, length, trace
from powclock.tui.glyphs import CUT, PULSE
from powclock.tui.layout_graph import Cell, Layout, Link
from powclock.tui.rows import PLAIN, Row
from powclock.tui.text import fit
from powclock.tui.theme import Palette

# Lines that would fill more of the picture than this would hide it: then links are left out.
_DENSITY_MAX = 1.8
# Of so many nodes the lines are a web that is not read one by one, and should not dazzle.
_WEB_NODES = 64
_TAIL = 0.45
# With fewer cells for each node, names would bury the picture: then only the chosen ones are named.
_NAMED_CELLS = 16
# With fewer, links that carry nothing would.
_ROOMY_CELLS = 32


@dataclass(frozen=True)
class Mark:
    """How a node is drawn: its glyph and the styles of glyph and name."""

    glyph: str
    style: Style
    name_style: Style


@dataclass(frozen=True)
class Flight:
    """A block on its way along a link; `share` of the way is behind it."""

    link: Link
    share: float


class Graph:
    """One layout, ready to be drawn with any marks."""

    def __init__(
        self,
        names: Sequence[str],
        layout: Layout,
        links: Sequence[Link],
        side_of: Mapping[str, int],
        size: tuple[int, int],
    ) -> None:
        self.width, self.height = size
        self.names = names
        self.cells = [layout.places[name] for name in names]
        self.links = links
        self._side = [side_of.get(name, -1) for name in names]
        self._layout = layout
        drawn = sum(length(self.cells[a], self.cells[b]) for a, b in links)
        self.web = len(names) > _WEB_NODES
        density = _DENSITY_MAX / 2 if self.web else _DENSITY_MAX
        self.dense = drawn > density * self.width * self.height
        self.tight = self.width * self.height < _ROOMY_CELLS * len(names)
        self._at_cuts = frozenset(
            (x, y)
            for box in layout.cuts
            for y in range(box.y, box.y + box.height)
            for x in range(box.x, box.x + box.width)
        )
        self._labels: tuple[object, list[tuple[int, int, str]]] = (None, [])
        self._base: tuple[object, list[int], list[Style]] = (None, [], [])

    def is_cut(self, link: Link) -> bool:
        """Whether a link leads from one side of a partition to another."""
        a, b = self._side[link[0]], self._side[link[1]]
        return a >= 0 and b >= 0 and a != b

    def _trace(self, link: Link) -> Trace:
        return trace(self.cells[link[0]], self.cells[link[1]], dashed=self.is_cut(link))

    def _links_layer(self, selected: int | None, palette: Palette) -> tuple[list[int], list[Style]]:
        """The dots and styles of all cells: links, those that are cut, those of the selected."""
        key = (selected, palette)
        if self._base[0] == key:
            return self._base[1], self._base[2]
        dots, styles = [0] * (self.width * self.height), [PLAIN] * (self.width * self.height)
        chosen = [link for link in self.links if selected is not None and selected in link]
        if not self.dense:
            whole = [link for link in self.links if not self.is_cut(link)]
            self._lay(dots, styles, whole, palette.faint)
            self._lay_cut(dots, styles, palette)
        self._lay(dots, styles, [link for link in chosen if not self.is_cut(link)], palette.text)
        self._lay(dots, styles, filter(self.is_cut, chosen), palette.bad)
        self._base = (key, dots, styles)
        return dots, styles

    def _lay_cut(self, dots: list[int], styles: list[Style], palette: Palette) -> None:
        """Links that are cut: the line between the sides says so, if there is one.

        It has a sign for each; where there is little room they are drawn at the line alone.
        """
        cut = list(filter(self.is_cut, self.links))
        if not self._layout.cuts:
            self._lay(dots, styles, cut, palette.bad)
        elif not self.tight:
            self._lay(dots, styles, cut, palette.faint)
        for a, b in cut:  # a gap of a dash is no reason to have no sign
            for x, y, more in trace(self.cells[a], self.cells[b]):
                if (x, y) in self._at_cuts:
                    dots[y * self.width + x] |= more

    def _lay(
        self,
        dots: list[int],
        styles: list[Style],
        links: Iterable[Link],
        style: Style,
    ) -> None:
        width = self.width
        for link in links:
            for x, y, more in self._trace(link):
                if more:
                    dots[y * width + x] |= more
                    styles[y * width + x] = style

    def draw(
        self,
        marks: Sequence[Mark],
        carried: Iterable[Link],
        flights: Iterable[Flight],
        selected: int | None,
        first: Sequence[int],
        palette: Palette,
    ) -> list[Row]:
        """The picture; names of the nodes in `first` get room before all others'."""
        base, base_styles = self._links_layer(selected, palette)
        dots, styles = base.copy(), base_styles.copy()
        self._lay(dots, styles, carried, palette.chart_low if self.web else palette.chart)
        pulses = [self._fly(dots, styles, flight, palette) for flight in flights]
        texts = [SIGNS[dot] if dot else " " for dot in dots]
        self._frame(texts, styles, palette)
        for at in pulses:
            texts[at], styles[at] = PULSE, palette.best
        for index, (x, y) in enumerate(self.cells):
            at, mark = y * self.width + x, marks[index]
            texts[at], styles[at] = mark.glyph, mark.style
        for index, at, text in self._placed(first):
            # A gap between node and name, even where a link runs.
            x = self.cells[index][0]
            gap = at - 1 if at % self.width > x else at + cell_len(text)
            texts[gap] = " "
            _write(texts, styles, at, text, marks[index].name_style)
        return self._rows(texts, styles)

    def _fly(self, dots: list[int], styles: list[Style], flight: Flight, palette: Palette) -> int:
        """The part of a link that is just behind a block; the cell where the block is."""
        cells = self._trace(flight.link)
        head = min(int(flight.share * len(cells)), len(cells) - 1)
        tail = max(int((flight.share - _TAIL) * len(cells)), 0)
        for x, y, more in cells[tail : head + 1]:
            at = y * self.width + x
            dots[at] |= more
            styles[at] = palette.best
        x, y, _ = cells[head]
        return y * self.width + x

    def _frame(self, texts: list[str], styles: list[Style], palette: Palette) -> None:
        """The names of regions, and the line between two sides: cut links cross it at a sign."""
        width = self.width
        for box in self._layout.cuts:
            for y in range(box.y, box.y + box.height):
                for x in range(box.x, box.x + box.width):
                    at = y * width + x
                    crossed = texts[at] != " "
                    texts[at] = CUT if crossed else ("╌" if box.height == 1 else "╎")
                    styles[at] = palette.bad
        for region, box in self._layout.regions:
            name = fit(f" {region} ", min(cell_len(region) + 2, box.width))
            start = box.y * width + box.x + (box.width - cell_len(name)) // 2
            _write(texts, styles, start, name, palette.text)

    def _placed(self, first: Sequence[int]) -> list[tuple[int, int, str]]:
        """Node, cell and text of every name that has room."""
        key = tuple(first)
        if self._labels[0] == key:
            return self._labels[1]
        taken = bytearray(self.width * self.height)
        for x, y in self.cells:
            taken[y * self.width + x] = 1
        for region, box in self._layout.regions:
            cells = min(cell_len(region) + 2, box.width)
            start = box.y * self.width + box.x + (box.width - cells) // 2
            taken[start : start + cells] = bytes([1]) * cells
        for box in self._layout.cuts:
            for y in range(box.y, box.y + box.height):
                start = y * self.width + box.x
                taken[start : start + box.width] = bytes([1]) * box.width
        middle = (self.width - 1) / 2
        outward = sorted(
            (index for index in range(len(self.names)) if index not in key),
            key=lambda index: (-abs(self.cells[index][0] - middle), index),
        )
        if crowded(len(self.names), self.width, self.height):
            outward = []
        labels = []
        for index in (*key, *outward):
            label = self._label(index, taken)
            if label is not None:
                labels.append(label)
        self._labels = (key, labels)
        return labels

    def _label(self, index: int, taken: bytearray) -> tuple[int, int, str] | None:
        """The longest form of a name for which there is room, beside its node."""
        x, y = self.cells[index]
        name, row = self.names[index], y * self.width
        right, left = self._room(x, y, 1, taken), self._room(x, y, -1, taken)
        sides = [(right, True), (left, False)]
        if name not in self._layout.rightward:
            sides.reverse()
        for text in forms(name, max(right, left)):
            cells = cell_len(text)
            for room, to_right in sides:
                if cells and cells <= room:
                    start = x + 2 if to_right else x - 1 - cells
                    for at in range(start - 1, start + cells + 1):
                        if 0 <= at < self.width:
                            taken[row + at] = 1
                    return index, row + start, text
        return None

    def _room(self, x: int, y: int, step: int, taken: bytearray) -> int:
        """Cells for a name on one side of a node, after a gap; another gap follows it."""
        row, room, at = y * self.width, 0, x + step
        if not 0 <= at < self.width or taken[row + at]:
            return 0
        at += step
        while 0 <= at < self.width and not taken[row + at]:
            room += 1
            at += step
        return room if not 0 <= at < self.width else room - 1

    def _rows(self, texts: list[str], styles: list[Style]) -> list[Row]:
        rows = []
        for start in range(0, len(texts), self.width):
            row, begin = Row(self.width), start
            end = start + self.width
            for at in range(start + 1, end + 1):
                if at == end or styles[at] is not styles[begin]:
                    row.put("".join(texts[begin:at]), styles[begin])
                    begin = at
            rows.append(row)
        return rows


def crowded(nodes: int, width: int, height: int) -> bool:
    """Whether there is no room for names."""
    return width * height < _NAMED_CELLS * nodes


def forms(name: str, room: int) -> list[str]:
    """A name, what fits of it, and its initials: a letter, and the number that it ends with."""
    stem = name.rstrip("0123456789")
    if len(stem) < len(name):
        # Of numbered names it is the number that tells them apart.
        return [name, stem[:1] + name[len(stem) :]]
    if 4 <= room < cell_len(name):
        return [name, fit(name, room)]
    return [name, name[:2], name[:1]]


def _write(texts: list[str], styles: list[Style], at: int, text: str, style: Style) -> None:
    if text.isascii():
        texts[at : at + len(text)] = text
        styles[at : at + len(text)] = [style] * len(text)
        return
    for char in text:
        cells = cell_len(char)
        if cells:
            texts[at : at + cells] = [char, ""][:cells]
            styles[at : at + cells] = [style] * cells
            at += cells


def nearest(cells: Sequence[Cell], start: Cell, across: int, down: int) -> int | None:
    """The index of the nearest cell in a direction; a row counts as two columns.

    What lies far more aside than ahead is taken only where nothing lies ahead.
    """
    found = []
    for index, (x, y) in enumerate(cells):
        ahead = (x - start[0]) * across + 2 * (y - start[1]) * down
        aside = abs((x - start[0]) * down) + 2 * abs((y - start[1]) * across)
        if ahead > 0:
            found.append((aside > 3 * ahead, ahead + 2 * aside, index))
    return min(found)[2] if found else None
