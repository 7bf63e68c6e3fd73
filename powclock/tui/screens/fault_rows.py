"""The rows of the faults' sheet: four groups of what can be broken, and what is on.

They stand in two columns where there is room. A row that can be chosen has a pointer, a mark if it
is on, the key, the name and the strengths; the rest of it says what it does or on whom it is on.
"""

from dataclasses import dataclass
from itertools import zip_longest

from rich.cells import cell_len
from rich.style import Style

from powclock.record.frame import ActiveFault
from powclock.tui.click import click
from powclock.tui.controls import Controls
from powclock.tui.fault_items import GROUPS, ITEMS, Group, Item, row_of, strengths_of
from powclock.tui.fault_keys import FAULT_BY_ID
from powclock.tui.glyphs import FAULTS, LIVE, MORE_LEFT, POINTER
from powclock.tui.presets import PRESETS
from powclock.tui.rows import PLAIN, Row
from powclock.tui.state import State
from powclock.tui.text import fit, since
from powclock.tui.widgets.faults import where

_NAME_CELLS = 13
_STRENGTH_CELLS = 13
_PRESET_CELLS = 16
# Less of whom a fault strikes says nothing.
_WHERE_MIN = 8
_WHERE_AT = 33
# Rows as wide as this say what a fault does, from this cell on.
_WIDE = 60
_ABOUT_AT = 38
# Two columns with all strengths, and what is between them.
_TWO_COLUMNS = 70
_GAP = 2
_LINKS, _NODES, _ATTACKS, _PRESETS = GROUPS


@dataclass(frozen=True)
class Place:
    """Where a row that can be chosen stands."""

    id: str
    row: int


def columns(width: int) -> tuple[tuple[Group, ...], ...]:
    """The groups of each column."""
    if width >= _TWO_COLUMNS:
        return (_LINKS, _ATTACKS), (_NODES, _PRESETS)
    return (GROUPS,)


class FaultRows:
    """Draws the rows; `chosen` is the id of the one that the pointer is on."""

    def __init__(self, state: State, controls: Controls) -> None:
        self.chosen = GROUPS[0].items[0].id
        self._state = state
        self._controls = controls

    def rows(self, width: int) -> list[Row]:
        """All groups, and what is on."""
        palette, frame = self._state.palette, self._state.frame
        faults = frame.faults if frame is not None else ()
        across = columns(width)
        cells = (width - _GAP * (len(across) - 1)) // len(across)
        drawn = [
            [row for group in column for row in self._group(group, cells)] for column in across
        ]
        rows = []
        for parts in zip_longest(*drawn, fillvalue=Row(cells)):
            row = Row(width)
            for index, part in enumerate(parts):
                row.to(index * (cells + _GAP)).extend(part)
            rows.append(row)
        rows.append(Row(width).put("ON NOW", palette.title))
        count = f"  {len(faults)} on" if faults else "  nothing is broken"
        rows[-1].put(count, palette.bad if faults else palette.muted)
        return [*rows, *(self._active(fault, width) for fault in faults)]

    def _group(self, group: Group, width: int) -> list[Row]:
        draw = self._preset if group is _PRESETS else self._fault
        title = Row(width).put(group.heading, self._state.palette.title)
        return [title, *(draw(item, width) for item in group.items)]

    def places(self, width: int) -> list[Place]:
        """All that can be chosen, column by column, each with its row."""
        faults = self._state.frame.faults if self._state.frame is not None else ()
        places, longest = [], 0
        for column in columns(width):
            row = 0
            for group in column:
                places += [Place(item.id, row + i) for i, item in enumerate(group.items, start=1)]
                row += len(group.items) + 1
            longest = max(longest, row)
        return [
            *places,
            *(Place(f"on {fault.id}", longest + i) for i, fault in enumerate(faults, start=1)),
        ]

    def _key(self, item: Item) -> str:
        return item.key or self._state.keys.label(item.binding)

    def _head(self, item: Item, width: int, *, on: bool) -> tuple[Row, Style]:
        """The pointer, whether it is on, the key and the name; and the ground of the row."""
        palette, here = self._state.palette, item.id == self.chosen
        ground = (palette.selected if here else PLAIN) + click(f"press('{item.id}')")
        row = Row(width).put(POINTER if here else " ", palette.accent + ground)
        row.put(LIVE if on else " ", palette.bad + ground)
        row.put(f"{self._key(item)} ", palette.title + ground)
        return row, ground

    def _fault(self, item: Item, width: int) -> Row:
        palette = self._state.palette
        same = self._of_row(item)
        row, ground = self._head(item, width, on=bool(same))
        style = palette.bad if same else palette.muted
        row.put(f"{FAULTS.get(item.kind, ' ')} ", style + ground)
        row.put(fit(item.words, _NAME_CELLS), (palette.bad if same else palette.text) + ground)
        if item.needs_node and self._state.selected is None and not same:
            here = item.id == self.chosen
            row.put("needs a node: tab", (palette.warning if here else palette.muted) + ground)
        elif strengths_of(item) > 1:
            self._strength(row, item.id, ground)
        elif width < _WIDE and not same:
            row.put(item.about, palette.muted + ground)
        self._to(row, min(_ABOUT_AT if width >= _WIDE else _WHERE_AT, width), ground)
        if same and row.room >= _WHERE_MIN:
            words = " · ".join(self._where_and_since(fault) for fault in same)
            row.put(fit(words, min(row.room, cell_len(words))), palette.text + ground)
        elif not same and width >= _WIDE:
            row.put(item.about, palette.muted + ground)
        return self._pad(row, row.room, ground)

    def _strength(self, row: Row, id_: str, ground: Style) -> None:
        palette = self._state.palette
        strengths = FAULT_BY_ID[id_].strengths
        at = self._controls.strength(id_)
        less = palette.title if at > 0 else palette.faint
        more = palette.title if at + 1 < len(strengths) else palette.faint
        row.put(f"{MORE_LEFT} ", less + ground + click(f"strength(-1, '{id_}')"))
        row.put(strengths[at].words.center(_STRENGTH_CELLS - 4), palette.strong + ground)
        row.put(f" {POINTER}", more + ground + click(f"strength(1, '{id_}')"))

    def _of_row(self, item: Item) -> list[ActiveFault]:
        """The faults that are on and of which this row tells; that of the target first."""
        frame = self._state.frame
        if frame is None or not item.kind:
            return []
        same = [fault for fault in frame.faults if row_of(fault) == item.id]
        target = (self._state.selected,) if self._state.selected is not None else ()
        return sorted(same, key=lambda fault: fault.nodes != target)

    def _where_and_since(self, fault: ActiveFault) -> str:
        frame = self._state.frame
        assert frame is not None
        return f"{where(fault, frame.sides)} {since(frame.time_ns, fault.since_ns)}"

    def _preset(self, item: Item, width: int) -> Row:
        palette = self._state.palette
        on = self._preset_on(item)
        row, ground = self._head(item, width, on=on)
        row.put(fit(item.words, _PRESET_CELLS),
                (palette.bold(palette.bad) if on else palette.text) + ground)  # fmt: skip
        about = f"on, {item.key} ends it" if on else item.about
        row.put(fit(about, row.room), palette.muted + ground)
        return self._pad(row, row.room, ground)

    def _preset_on(self, item: Item) -> bool:
        return self._controls.preset_on(PRESETS[_PRESETS.items.index(item)])

    def _active(self, fault: ActiveFault, width: int) -> Row:
        palette = self._state.palette
        here = f"on {fault.id}" == self.chosen
        frame = self._state.frame
        assert frame is not None
        ground = (palette.selected if here else PLAIN) + click(f"end({fault.id!r})")
        row = Row(width).put(f"{POINTER}   " if here else "    ", palette.accent + ground)
        row.put(f"{FAULTS.get(fault.fault, '▲')} {fault.label}", palette.bad + ground)
        row.put(f"  {where(fault, frame.sides)}", palette.text + ground)
        row.put(f"  for {since(frame.time_ns, fault.since_ns)}", palette.muted + ground)
        end = " ⏎ ends it" if here else " ✖ end"
        if cell_len(end) <= row.room:
            self._pad(row, row.room - cell_len(end), ground).put(end, palette.accent + ground)
        return row

    def about(self, width: int) -> Row:
        """More of what is chosen: what it does, or on whom it is on, and since when."""
        palette, row = self._state.palette, Row(width)
        item = ITEMS.get(self.chosen)
        if item is None:
            return row.put(fit("a fault that is on: ⏎ ends it", width), palette.muted)
        row.put(f"{self._key(item)} ", palette.title).put(f"{item.words}: ", palette.strong)
        same = self._of_row(item)
        if same:
            words = ", ".join(self._where_and_since(fault) for fault in same)
            return row.put(fit(f"on {words}", row.room), palette.bad)
        return row.put(fit(item.tooltip, row.room), palette.muted)

    def _to(self, row: Row, cell: int, ground: Style) -> None:
        """Empty cells up to one of the row."""
        self._pad(row, max(cell - (row.width - row.room), 0), ground)

    def _pad(self, row: Row, cells: int, ground: Style) -> Row:
        """Empty cells that can be clicked: they have a style, so unlike a gap all of it."""
        return row.put(" " * cells, self._state.palette.ground + ground)
