"""The faults: what can be broken, how hard, where; sets of faults; and what is on.

The sheet is live. ↑ ↓ choose a row, ← → a strength, enter begins or ends, and every fault's key
works here, whether or not it also works over the race. Faults that a scenario began are listed and
can be ended too. The rows stand in two columns where there is room; the last row above the keys
says more of the chosen one.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import zip_longest
from typing import ClassVar

from rich.cells import cell_len
from rich.style import Style
from textual.binding import Binding, BindingType

from powclock.record.frame import ActiveFault
from powclock.tui.click import click
from powclock.tui.controls import Controls
from powclock.tui.fault_items import GROUPS, ITEMS, Group, Item, row_of, strengths_of
from powclock.tui.fault_keys import FAULT_BY_ID
from powclock.tui.glyphs import FALLING, FAULTS, LIVE, MORE_LEFT, POINTER, RISING, to_ascii
from powclock.tui.keys import BINDINGS, MORE_FAULTS
from powclock.tui.keys import FAULTS as FAULT_GROUP
from powclock.tui.presets import PRESETS
from powclock.tui.rows import PLAIN, Row
from powclock.tui.screens.choices import Choices
from powclock.tui.state import State
from powclock.tui.text import fit, since
from powclock.tui.widgets.faults import where
from powclock.tui.widgets.panel import Part

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


class FaultsScreen(Choices):
    """Faults, presets, and what is on."""

    WIDTH = 152
    HEADING = "▲ FAULTS"
    BINDINGS: ClassVar[list[BindingType]] = [
        # The same ids, so that a key map holds here as well.
        *(
            Binding(each.key, each.action, each.description, id=each.id)
            for each in BINDINGS
            if each.group in {FAULT_GROUP, MORE_FAULTS} and each.id != "heal_all"
        ),
        *(Binding(preset.key, f"preset({i})", preset.name) for i, preset in enumerate(PRESETS)),
        Binding("up", "choose(-1)", "up"),
        Binding("down", "choose(1)", "down"),
        Binding("pageup", "group(-1)", "group before"),
        Binding("pagedown", "group(1)", "next group"),
        Binding("left", "strength(-1)", "weaker"),
        Binding("shift+tab", "target(-1)", "node before"),
        Binding("f", "close", "close", id="faults"),
        Binding("enter,space", "act", "begin, end", tooltip="the chosen fault", key_display="⏎"),
        Binding("right", "strength(1)", "strength", tooltip="stronger", key_display="← →"),
        Binding("tab", "target(1)", "node", tooltip="strike another node", key_display="tab"),
        Binding("backspace", "all_nodes", "all nodes", tooltip="strike all", key_display="⌫"),
        Binding("0", "heal_all", "heal all", tooltip="end every fault", id="heal_all"),
        Binding("escape,q", "close", "close", tooltip="back to the race", key_display="esc"),
    ]

    def __init__(self, state: State, controls: Controls, partition: Callable[[], None]) -> None:
        super().__init__(state)
        self._controls = controls
        self._partition = partition
        self._chosen = _LINKS.items[0].id

    # The frame of the sheet.

    def keys(self) -> list[Binding]:
        """Those that are no fault's; a key map may have moved one."""
        return [
            Binding(each.key, each.action, each.description, tooltip=each.tooltip,
                    key_display=each.key_display or self.state.keys.label(each.id or ""))
            for each in self.shown_keys
        ]  # fmt: skip

    def aside(self) -> list[Part]:
        """Whom faults strike, and what does not fit."""
        palette, selected = self.state.palette, self.state.selected
        if selected is None:
            target = "all nodes", palette.strong + click("target(1)")
        else:
            hue = palette.bold(self.state.node(selected))
            target = fit(selected, min(cell_len(selected), 24)), hue + click("target(1)")
        parts = [
            ("strikes ", palette.muted),
            (f"{MORE_LEFT} ", palette.title + click("target(-1)")),
            target,
            (f" {POINTER}", palette.title + click("target(1)")),
        ]
        below = len(self.rows(self.panel.inner.width)) - self.top - self.list_rows
        if self.top or below > 0:
            text = f"{RISING}{self.top} {FALLING}{max(below, 0)} rows"
            parts = [(f"{text} · ", palette.warning), *parts]
        return parts

    @property
    def list_rows(self) -> int:
        """Rows of the list that can be seen at once: one is for what is chosen."""
        return max(self.room - 1, 1)

    def height_for(self, width: int) -> int:
        """All rows, and the one for what is chosen."""
        return len(self.rows(width)) + 1

    def seen_rows(self, width: int, height: int) -> list[Row]:
        """The rows from where one has scrolled to, and what is chosen."""
        if height < 2:
            return super().seen_rows(width, height)
        rows = super().seen_rows(width, height - 1)
        rows += [Row(width) for _ in range(height - 1 - len(rows))]
        return [*rows, self._about(width)]

    def keep_in_sight(self, row: int) -> None:
        """Scroll as far as a row needs, above the one for what is chosen."""
        self.top = max(self.top, row - self.list_rows + 1)
        super().keep_in_sight(row)

    # The rows.

    def _columns(self, width: int) -> tuple[tuple[Group, ...], ...]:
        if width >= _TWO_COLUMNS:
            return (_LINKS, _ATTACKS), (_NODES, _PRESETS)
        return (GROUPS,)

    def rows(self, width: int) -> list[Row]:
        """All groups, and what is on."""
        palette, frame = self.state.palette, self.state.frame
        faults = frame.faults if frame is not None else ()
        columns = self._columns(width)
        cells = (width - _GAP * (len(columns) - 1)) // len(columns)
        drawn = [
            [row for group in column for row in self._group(group, cells)] for column in columns
        ]
        rows = []
        for across in zip_longest(*drawn, fillvalue=Row(cells)):
            row = Row(width)
            for index, part in enumerate(across):
                row.to(index * (cells + _GAP)).extend(part)
            rows.append(row)
        rows.append(Row(width).put("ON NOW", palette.title))
        count = f"  {len(faults)} on" if faults else "  nothing is broken"
        rows[-1].put(count, palette.bad if faults else palette.muted)
        return [*rows, *(self._active(fault, width) for fault in faults)]

    def _group(self, group: Group, width: int) -> list[Row]:
        draw = self._preset if group is _PRESETS else self._fault
        title = Row(width).put(group.heading, self.state.palette.title)
        return [title, *(draw(item, width) for item in group.items)]

    def _places(self) -> list[Place]:
        """All that can be chosen, column by column, each with its row."""
        faults = self.state.frame.faults if self.state.frame is not None else ()
        places, longest = [], 0
        for column in self._columns(self.panel.inner.width):
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
        return item.key or self.state.keys.label(item.binding)

    def _head(self, item: Item, width: int, *, on: bool) -> tuple[Row, Style]:
        """The pointer, whether it is on, the key and the name; and the ground of the row."""
        palette, here = self.state.palette, item.id == self._chosen
        ground = (palette.selected if here else PLAIN) + click(f"press('{item.id}')")
        row = Row(width).put(POINTER if here else " ", palette.accent + ground)
        row.put(LIVE if on else " ", palette.bad + ground)
        row.put(f"{self._key(item)} ", palette.title + ground)
        return row, ground

    def _fault(self, item: Item, width: int) -> Row:
        palette = self.state.palette
        same = self._of_row(item)
        row, ground = self._head(item, width, on=bool(same))
        style = palette.bad if same else palette.muted
        row.put(f"{FAULTS.get(item.kind, ' ')} ", style + ground)
        row.put(fit(item.words, _NAME_CELLS), (palette.bad if same else palette.text) + ground)
        if item.needs_node and self.state.selected is None and not same:
            here = item.id == self._chosen
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
        palette = self.state.palette
        strengths = FAULT_BY_ID[id_].strengths
        at = self._controls.strength(id_)
        less = palette.title if at > 0 else palette.faint
        more = palette.title if at + 1 < len(strengths) else palette.faint
        row.put(f"{MORE_LEFT} ", less + ground + click(f"strength(-1, '{id_}')"))
        row.put(strengths[at].words.center(_STRENGTH_CELLS - 4), palette.strong + ground)
        row.put(f" {POINTER}", more + ground + click(f"strength(1, '{id_}')"))

    def _of_row(self, item: Item) -> list[ActiveFault]:
        """The faults that are on and of which this row tells; that of the target first."""
        frame = self.state.frame
        if frame is None or not item.kind:
            return []
        same = [fault for fault in frame.faults if row_of(fault) == item.id]
        target = (self.state.selected,) if self.state.selected is not None else ()
        return sorted(same, key=lambda fault: fault.nodes != target)

    def _where_and_since(self, fault: ActiveFault) -> str:
        frame = self.state.frame
        assert frame is not None
        return f"{where(fault, frame.sides)} {since(frame.time_ns, fault.since_ns)}"

    def _preset(self, item: Item, width: int) -> Row:
        palette = self.state.palette
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
        palette = self.state.palette
        here = f"on {fault.id}" == self._chosen
        frame = self.state.frame
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

    def _about(self, width: int) -> Row:
        """More of what is chosen: what it does, or on whom it is on, and since when."""
        palette, row = self.state.palette, Row(width)
        item = ITEMS.get(self._chosen)
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
        return row.put(" " * cells, self.state.palette.ground + ground)

    # Keys and clicks.

    def _say(self, text: str) -> None:
        if text:
            text = to_ascii(text) if self.state.ascii_only else text
            self.notify(text, markup=False, timeout=4)
        self.changed()

    def _at(self) -> int:
        """The place of the chosen item; that of the last one if it is gone."""
        ids = [place.id for place in self._places()]
        return ids.index(self._chosen) if self._chosen in ids else len(ids) - 1

    def _choose(self, id_: str) -> None:
        """Choose a row, and show it."""
        self._chosen = id_
        place = self._places()[self._at()]
        # The first row of a group has its heading above it.
        headed = any(group.items[0].id == id_ for group in GROUPS)
        self.keep_in_sight(place.row)
        if headed:
            self.keep_in_sight(place.row - 1)

    def action_choose(self, step: int) -> None:
        """To the row above or below, around at the ends."""
        places = self._places()
        self._choose(places[(self._at() + step) % len(places)].id)

    def action_group(self, step: int) -> None:
        """To the first row of another group, or of what is on."""
        ids = [place.id for place in self._places()]
        columns = self._columns(self.panel.inner.width)
        starts = [ids.index(group.items[0].id) for column in columns for group in column]
        if len(ids) > len(ITEMS):
            starts.append(len(ITEMS))
        at = self._at()
        if step > 0:
            start = next((each for each in starts if each > at), starts[0])
        else:
            start = next((each for each in reversed(starts) if each < at), starts[-1])
        self._choose(ids[start])

    async def action_press(self, id_: str) -> None:
        """A click on a row chooses it, and begins or ends it if it was chosen before."""
        again = id_ == self._chosen
        self._choose(id_)
        if again:
            await self.action_act()
        self.changed()

    async def action_act(self) -> None:
        """Begin or end what is chosen."""
        id_ = self._places()[self._at()].id
        if id_ in ITEMS:
            await self.run_action(ITEMS[id_].action)
        else:
            self.action_end(id_.removeprefix("on "))

    def action_end(self, id_: str) -> None:
        """End a fault that is on."""
        self._controls.end(id_)
        self.changed()

    def action_strength(self, step: int, id_: str = "") -> None:
        """Choose a weaker or a stronger one."""
        self._chosen = id_ or self._chosen
        if self._chosen in FAULT_BY_ID:
            self._controls.change_strength(self._chosen, step)
        self.changed()

    def action_target(self, step: int) -> None:
        """Let faults strike another node; between the last and the first of them: all."""
        frame = self.state.frame
        targets = [None, *(row.name for row in (frame.nodes if frame is not None else ()))]
        at = targets.index(self.state.selected) if self.state.selected in targets else 0
        self.state.selected = targets[(at + step) % len(targets)]
        self.changed()

    def action_all_nodes(self) -> None:
        """Let faults strike all nodes."""
        self.state.selected = None
        self.changed()

    def action_fault(self, id_: str) -> None:
        """Begin or end a fault."""
        self._choose(id_)
        self._say(self._controls.fault(id_))

    def action_preset(self, index: int) -> None:
        """Begin or end the faults of a preset."""
        self._choose(_PRESETS.items[index].id)
        self._say(self._controls.preset(PRESETS[index]))

    def action_partition(self) -> None:
        """Choose where to cut, or end the partition."""
        self._choose("partition")
        self._partition()
        self.changed()

    def action_join(self) -> None:
        """Let a node join."""
        self._choose("join")
        self._say(self._controls.join())

    def action_leave(self) -> None:
        """Let the selected node leave."""
        self._choose("leave")
        self._say(self._controls.leave())

    def action_restart(self) -> None:
        """Start what has crashed."""
        self._choose("restart")
        self._say(self._controls.restart())

    def action_heal_all(self) -> None:
        """End every fault."""
        self._controls.heal_all()
        self.changed()
