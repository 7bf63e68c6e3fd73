"""Sections of a page: side by side where there is room, otherwise one after another.

A page says which sections it has and what stands in them; here is where they go, which line of
them is chosen, and how far each has been scrolled. A line is drawn only if it is seen.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region

from powclock.tui.click import click
from powclock.tui.glyphs import POINTER
from powclock.tui.rows import PLAIN, Row
from powclock.tui.state import State
from powclock.tui.text import in_sight
from powclock.tui.widgets.panel import Part

Plan = tuple[tuple[tuple[str, ...], ...], ...]

GUTTER = 2
_GAP = 3
# With fewer rows than this there is none to leave empty.
_HIGH = 19


@dataclass(frozen=True, slots=True)
class Goal:
    """Where a line leads: `kind` is "node" or "block", `id` its name or hash."""

    kind: str
    id: str


@dataclass(frozen=True, slots=True)
class Line:
    """A line; one that has a key can be chosen, and stays chosen wherever it moves to.

    `copy` is what is copied from here: what it is, and the text.
    """

    draw: Callable[[Row], object]
    key: str = ""
    goal: Goal | None = None
    copy: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """What stands in a section; `whole` says that it is of little use when cut."""

    lines: Sequence[Line]
    aside: tuple[Part, ...] = ()
    whole: bool = False


class Page:
    """What a sheet shows of one thing."""

    HEADING: ClassVar[str] = ""

    def __init__(self, state: State) -> None:
        self.state = state

    def aside(self) -> list[Part]:
        """What stands beside the heading."""
        return []

    def summary(self, width: int) -> list[Row]:
        """What stands above all sections."""
        raise NotImplementedError

    def plan(self, width: int, height: int) -> Plan:
        """The sections: those of a tab in columns, in each column from the top down."""
        raise NotImplementedError

    def widths(self, columns: int, width: int) -> list[int]:
        """How the cells are shared among the columns."""
        return [width // columns + (index < width % columns) for index in range(columns)]

    def section(self, name: str, width: int) -> Section:
        """A section in so many cells."""
        raise NotImplementedError

    def waiting(self) -> str:
        """Why nothing is known yet."""
        if self.state.ended is not None:
            return "the race has ended"
        return "looking…" if self.state.timeline is None else self.untold()

    def untold(self) -> str:
        """Why the past does not tell it."""
        timeline, keys = self.state.timeline, self.state.keys
        way = f"{keys.label('fork_future')} goes on live from here"
        if timeline is not None and timeline.goes_on:
            way = f"{keys.label('now')} returns to now"
        return f"no record tells it: {way}"

    def words(self, text: str) -> Section:
        """A section that says why there is nothing else in it."""
        return Section([Line(lambda row: row.put(text, self.state.palette.muted))])


@dataclass(slots=True)
class _Place:
    name: str
    region: Region
    top: int
    section: Section


@dataclass(slots=True)
class _Choice:
    """What is chosen in a section, where it was last, and the first line that is shown."""

    key: str = ""
    index: int = 0
    top: int = 0
    follow: bool = True


@dataclass(slots=True)
class Sections:
    """A page in its places."""

    page: Page
    active: str = ""
    _choices: dict[str, _Choice] = field(default_factory=dict)
    _places: list[_Place] = field(default_factory=list)
    _names: tuple[str, ...] = ()

    def draw(self, width: int, height: int) -> list[Row]:
        """All rows, exactly `height` of them."""
        page = self.page
        rows = page.summary(width)
        if height >= _HIGH:
            rows.append(Row(width))
        tabs = page.plan(width, height - len(rows))
        self._names = tuple(name for tab in tabs for column in tab for name in column)
        if self.active not in self._names:
            self.active = self._names[0]
        tab = next(tab for tab in tabs if any(self.active in column for column in tab))
        if len(tabs) > 1:
            shown = {name for column in tab for name in column}
            rows.append(self._tabs(width, shown))
        room = max(height - len(rows), 1)
        self._places = []
        columns = []
        widths = page.widths(len(tab), width - _GAP * (len(tab) - 1))
        x = 0
        for names, cells in zip(tab, widths, strict=True):
            columns.append(self._column(names, x, len(rows), cells, room))
            x += cells + _GAP
        for y in range(room):
            row = Row(width)
            for index, column in enumerate(columns):
                row.gap(_GAP if index else 0).extend(column[y])
                row.to(sum(widths[: index + 1]) + _GAP * index)
            rows.append(row)
        return rows[:height]

    def _tabs(self, width: int, shown: set[str]) -> Row:
        palette = self.page.state.palette
        row = Row(width)
        lengths = sum(cell_len(name) for name in self._names)
        gap = 2 if lengths + 2 * (len(self._names) - 1) <= width else 1
        for name in self._names:
            here = name == self.active
            style = palette.title if here else palette.text if name in shown else palette.muted
            if here:
                style = style + Style(underline=True)
            row.put(name, style + click(f"section({name!r})")).gap(gap)
        return row

    def _column(self, names: tuple[str, ...], x: int, y: int, width: int, height: int) -> list[Row]:
        sections = [self.page.section(name, width - GUTTER) for name in names]
        rows: list[Row] = []
        for index, room in enumerate(_heights(sections, height)):
            if index and room:
                rows.append(Row(width))
            region = Region(x, y + len(rows), width, room)
            rows += self._section(names[index], sections[index], region)
        rows += [Row(width) for _ in range(height - len(rows))]
        return rows[:height]

    def _section(self, name: str, section: Section, region: Region) -> list[Row]:
        width, height = region.width, region.height
        if height < 1:
            return []
        palette = self.page.state.palette
        active = name == self.active
        room = height - 1
        choice = self._choices.setdefault(name, _Choice())
        self._settle(choice, section.lines, room)
        lines = section.lines[choice.top : choice.top + room]
        head = Row(width).put(name, palette.title if active else palette.text).gap()
        aside = list(section.aside)
        if len(section.lines) > room:
            below = len(section.lines) - room - choice.top
            more = f"↑{choice.top} ↓{below}" if choice.top else f"↓{below} more"
            aside.append((f" · {more}" if aside else more, palette.warning))
        length = sum(cell_len(text) for text, _ in aside)
        rule = max(head.room - (length + 1 if length else 0), 0)
        head.put("─" * rule, palette.accent if active else palette.faint)
        head.right(*aside)
        self._places.append(_Place(name, region, choice.top, section))
        rows = [head]
        for index, line in enumerate(lines, choice.top):
            chosen = active and bool(line.key) and index == choice.index
            rows.append(self._line(line, width, chosen=chosen))
        return rows + [Row(width) for _ in range(height - len(rows))]

    def _line(self, line: Line, width: int, *, chosen: bool) -> Row:
        palette = self.page.state.palette
        inner = Row(width - GUTTER)
        line.draw(inner)
        if not chosen:
            return Row(width).gap(GUTTER).extend(inner)
        ground = palette.selected
        row = Row(width).put(f"{POINTER} ", palette.accent + ground)
        row.segments += [
            Segment(text, ground if style in (None, PLAIN) else (style or PLAIN) + ground)
            for text, style, _ in inner.segments
        ]
        row.room -= inner.width - inner.room
        return row.put(" " * row.room, ground)

    @staticmethod
    def _settle(choice: _Choice, lines: Sequence[Line], room: int) -> None:
        """Find the chosen line again and keep it in sight."""
        keys = [index for index, line in enumerate(lines) if line.key]
        there = choice.index in keys and lines[choice.index].key == choice.key
        if keys and not there:
            same = (index for index in keys if lines[index].key == choice.key)
            near = min(keys, key=lambda index: abs(index - choice.index))
            choice.index = next(same, near)
            choice.key = lines[choice.index].key
        if keys and choice.follow:
            # With the first and the last line that can be chosen, what is beyond them is seen.
            upper = 0 if choice.index == keys[0] else choice.index
            lower = len(lines) - 1 if choice.index == keys[-1] else choice.index
            choice.top = min(choice.top, upper)
            choice.top = max(choice.top, min(in_sight(0, lower, room), choice.index))
        choice.top = max(min(choice.top, len(lines) - room), 0)

    # What is chosen.

    def chosen(self) -> Line | None:
        """The chosen line of the section that the keys act on."""
        place = self._place(self.active)
        if place is None:
            return None
        index = self._choices[self.active].index
        lines = place.section.lines
        line = lines[index] if index < len(lines) else None
        return line if line is not None and line.key else None

    def _place(self, name: str) -> _Place | None:
        return next((place for place in self._places if place.name == name), None)

    def choose(self, name: str, key: str) -> None:
        """Let the keys act on a section, and choose a line of it."""
        self.active = name
        self._choices[name] = _Choice(key)

    def next_section(self, step: int) -> None:
        """Let the keys act on the next section."""
        if self._names:
            index = self._names.index(self.active) if self.active in self._names else 0
            self.active = self._names[(index + step) % len(self._names)]

    def move(self, step: int) -> None:
        """Choose a line further up or down; without any, scroll."""
        place = self._place(self.active)
        if place is None:
            return
        choice = self._choices[self.active]
        keys = [index for index, line in enumerate(place.section.lines) if line.key]
        if not keys:
            self._scroll(place, step)
            return
        at = keys.index(choice.index) if choice.index in keys else 0
        choice.index = keys[min(max(at + step, 0), len(keys) - 1)]
        choice.key = place.section.lines[choice.index].key
        choice.follow = True

    def page_move(self, step: int) -> None:
        """As many lines as can be seen."""
        place = self._place(self.active)
        if place is not None:
            self.move(step * max(place.region.height - 2, 1))

    def _scroll(self, place: _Place, step: int) -> None:
        choice = self._choices[place.name]
        last = max(len(place.section.lines) - place.region.height + 1, 0)
        choice.top = min(max(choice.top + step, 0), last)
        choice.follow = False

    # The mouse.

    def scrolled(self, x: int, y: int, step: int) -> None:
        """Scroll the section under the pointer."""
        for place in self._places:
            if place.region.contains(x, y):
                self._scroll(place, step)

    def clicked(self, x: int, y: int) -> bool:
        """Choose what is under the pointer; whether it is a line that can be chosen."""
        for place in self._places:
            if place.region.contains(x, y):
                self.active = place.name
                index = place.top + y - place.region.y - 1
                lines = place.section.lines
                if y > place.region.y and index < len(lines) and lines[index].key:
                    choice = self._choices[place.name]
                    choice.index, choice.key = index, lines[index].key
                    return True
        return False


def _heights(sections: Sequence[Section], height: int) -> list[int]:
    """Rows for each section with its heading: whole ones first, the others share evenly.

    It does not hang on how much there is to show at the moment, so nothing jumps.
    """
    room = height - (len(sections) - 1)
    needs = [1 + len(section.lines) if section.whole else 0 for section in sections]
    others = sum(not section.whole for section in sections)
    rest = room - sum(needs)
    if not others:
        return _cut(needs, room)
    if rest < 3 * others:
        return _cut([need or 4 for need in needs], room)
    shares = iter(_shares(rest, others))
    return [need or next(shares) for need in needs]


def _shares(rest: int, count: int) -> list[int]:
    return [rest // count + (1 if index < rest % count else 0) for index in range(count)]


def _cut(needs: list[int], room: int) -> list[int]:
    """Take rows from the largest until all fit."""
    heights = list(needs)
    while sum(heights) > room and max(heights) > 1:
        heights[heights.index(max(heights))] -= 1
    return heights


def flow(parts: Sequence[Part], width: int, separator: Part) -> list[Row]:
    """Facts one after the other, in as many rows as they need."""
    rows = [Row(width)]
    for part in parts:
        length = cell_len(part[0])
        begun = rows[-1].room < width
        if begun and rows[-1].room < length + cell_len(separator[0]):
            rows.append(Row(width))
            begun = False
        if begun:
            rows[-1].put(*separator)
        rows[-1].put(*part)
    return rows
