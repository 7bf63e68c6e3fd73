"""The faults: what can be broken, how hard, where; sets of faults; and what is on.

The sheet is live. ↑ ↓ choose a row, ← → a strength, enter begins or ends, and every fault's own key
works here as it does over the race. Faults that a scenario began are listed and can be ended too.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len
from rich.style import Style
from textual.binding import Binding, BindingType

from powclock.network.faults.cuts import Partition
from powclock.network.faults.nodes import Join, Leave
from powclock.record.frame import ActiveFault
from powclock.tui.click import click
from powclock.tui.controls import Controls
from powclock.tui.glyphs import FAULTS, LIVE, MORE_LEFT, POINTER, to_ascii
from powclock.tui.keys import BINDINGS, FAULT_BY_ID, FAULT_KEYS
from powclock.tui.keys import FAULTS as FAULT_GROUP
from powclock.tui.presets import PRESETS
from powclock.tui.rows import PLAIN, Row
from powclock.tui.screens.choices import Choices
from powclock.tui.state import State
from powclock.tui.text import fit, since
from powclock.tui.widgets.faults import where

_NAME_CELLS = 12
_STRENGTH_CELLS = 15


@dataclass(frozen=True)
class Item:
    """A row that can be chosen; `action` is what enter does, `kind` the fault's kind, if one."""

    id: str
    key: str
    words: str
    action: str
    kind: str = ""
    about: str = ""


_FAULT_ITEMS = (
    Item("partition", "p", "partition", "partition", Partition().kind, "choose the sides"),
    *(
        Item(
            entry.id, entry.key, entry.words if not entry.climbs else
            {"faster": "hash more", "slower": "hash less"}[entry.id],
            f"fault('{entry.id}')", entry.strengths[0].make(()).kind,
            {"crash": "stops the node", "wipe": "and empties it"}.get(entry.id, ""),
        )
        for entry in FAULT_KEYS
    ),
    Item("join", "a", "join", "join", Join().kind, "a node nobody knew"),
    Item("leave", "x", "leave", "leave", Leave().kind, "for good"),
    Item("restart", "r", "restart", "restart", "", "what has crashed"),
)  # fmt: skip
_PRESET_ITEMS = tuple(
    Item(f"preset {preset.key}", preset.key, preset.name, f"preset({index})", about=preset.shows)
    for index, preset in enumerate(PRESETS)
)
# The row that tells of a fault, by its label; and by its kind, where no row has that strength.
_ROWS = {strength.make(()).label: entry.id for entry in FAULT_KEYS for strength in entry.strengths}
_FIRST = {item.kind: item.id for item in reversed(_FAULT_ITEMS)}
_NEED_A_NODE = {"leave", *(entry.id for entry in FAULT_KEYS if entry.one_node)}


class FaultsScreen(Choices):
    """Faults, presets, and what is on, in one list."""

    WIDTH = 96
    HEADING = "▲ FAULTS"
    BINDINGS: ClassVar[list[BindingType]] = [
        # The same ids, so that a key map holds here as well.
        *(
            Binding(each.key, each.action, each.description, id=each.id)
            for each in BINDINGS
            if each.group is FAULT_GROUP
        ),
        *(Binding(preset.key, f"preset({i})", preset.name) for i, preset in enumerate(PRESETS)),
        Binding("up", "choose(-1)", "up"),
        Binding("down", "choose(1)", "down"),
        Binding("pageup", "choose(-8)", "up"),
        Binding("pagedown", "choose(8)", "down"),
        Binding("left", "strength(-1)", "weaker"),
        Binding("right", "strength(1)", "stronger"),
        Binding("enter,space", "act", "begin or end"),
        Binding("tab", "target(1)", "next node"),
        Binding("shift+tab", "target(-1)", "node before"),
        Binding("backspace", "all_nodes", "all nodes"),
        Binding("escape,q", "close", "close"),
        Binding("f", "close", "close", id="faults"),
    ]

    def __init__(self, state: State, controls: Controls, partition: Callable[[], None]) -> None:
        super().__init__(state)
        self._controls = controls
        self._partition = partition
        self._chosen = "partition"

    # The rows.

    def rows(self, width: int) -> list[Row]:
        """All rows."""
        palette, frame = self.state.palette, self.state.frame
        faults = frame.faults if frame is not None else ()
        rows = [self._target(width)]
        rows += [self._fault(item, width) for item in _FAULT_ITEMS]
        rows.append(Row(width).put("PRESETS", palette.title))
        rows += [self._preset(item, index, width) for index, item in enumerate(_PRESET_ITEMS)]
        rows.append(Row(width).put("ON NOW", palette.title))
        count = f"  {len(faults)} on" if faults else "  nothing is broken"
        rows[-1].put(count, palette.bad if faults else palette.muted)
        rows += [self._active(fault, width) for fault in faults]
        return [*rows, self._keys(width)]

    def _items(self) -> list[tuple[str, int]]:
        """The ids of all that can be chosen, each with its row."""
        faults = self.state.frame.faults if self.state.frame is not None else ()
        first = len(_FAULT_ITEMS) + 2
        return [
            *((item.id, row) for row, item in enumerate(_FAULT_ITEMS, start=1)),
            *((item.id, row) for row, item in enumerate(_PRESET_ITEMS, start=first)),
            *(
                (f"on {fault.id}", row)
                for row, fault in enumerate(faults, start=first + len(_PRESET_ITEMS) + 1)
            ),
        ]

    def _target(self, width: int) -> Row:
        palette, selected = self.state.palette, self.state.selected
        row = Row(width).put("  strikes ", palette.muted)
        row.put(f"{MORE_LEFT} ", palette.title + click("target(-1)"))
        if selected is None:
            row.put("all nodes", palette.strong)
        else:
            row.put(fit(selected, min(cell_len(selected), 24)),
                    palette.bold(self.state.node(selected)))  # fmt: skip
        row.put(f" {POINTER}", palette.title + click("target(1)"))
        row.put("  tab ⇧tab", palette.title + click("target(1)")).put(" node", palette.muted)
        if selected is not None:
            row.put("  ⌫", palette.title + click("all_nodes"))
            row.put(" all", palette.muted + click("all_nodes"))
        return row

    def _head(self, item: Item, width: int, *, on: bool) -> tuple[Row, Style]:
        """The pointer, the key and the name; and the ground of the row."""
        palette, here = self.state.palette, item.id == self._chosen
        ground = (palette.selected if here else PLAIN) + click(f"press('{item.id}')")
        row = Row(width).put(f"{POINTER} " if here else "  ", palette.accent + ground)
        row.put(f"{item.key} ", palette.title + ground)
        glyph = FAULTS.get(item.kind, LIVE if on else " ")
        row.put(f"{glyph} ", (palette.bad if on else palette.muted) + ground)
        return row, ground

    def _fault(self, item: Item, width: int) -> Row:
        palette = self.state.palette
        same = self._of_kind(item)
        row, ground = self._head(item, width, on=bool(same))
        row.put(fit(item.words, _NAME_CELLS), (palette.bad if same else palette.text) + ground)
        if item.id in _NEED_A_NODE and self.state.selected is None:
            row.put(fit("needs a node: tab", 18), palette.warning + ground)
        elif item.id in FAULT_BY_ID and len(FAULT_BY_ID[item.id].strengths) > 1:
            self._strength(row, item.id, ground)
        else:
            row.put(fit(item.about, 18), palette.muted + ground)
        words = " · ".join(self._where_and_since(fault) for fault in same)
        self._pad(row, 2, ground).put(words, palette.text + ground)
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
        self._pad(row, 3, ground)

    def _of_kind(self, item: Item) -> list[ActiveFault]:
        """The faults that are on and of which this row tells; that of the target first."""
        frame = self.state.frame
        if frame is None or not item.kind:
            return []
        same = [fault for fault in frame.faults if fault.fault == item.kind]
        if item.id in FAULT_BY_ID:
            # Two rows may be of one kind; a strength that neither has is told in the first.
            same = [fault for fault in same if _ROWS.get(fault.label, _FIRST[item.kind]) == item.id]
        target = (self.state.selected,) if self.state.selected is not None else ()
        return sorted(same, key=lambda fault: fault.nodes != target)

    def _where_and_since(self, fault: ActiveFault) -> str:
        frame = self.state.frame
        assert frame is not None
        return f"{where(fault, frame.sides)} {since(frame.time_ns, fault.since_ns)}"

    def _preset(self, item: Item, index: int, width: int) -> Row:
        palette = self.state.palette
        on = self._controls.preset_on(PRESETS[index])
        row, ground = self._head(item, width, on=on)
        row.put(fit(item.words, 17), (palette.bold(palette.bad) if on else palette.text) + ground)
        about = f"on, {item.key} ends it · {item.about}" if on else item.about
        row.put(about, palette.muted + ground)
        return self._pad(row, row.room, ground)

    def _active(self, fault: ActiveFault, width: int) -> Row:
        palette = self.state.palette
        id_ = f"on {fault.id}"
        here = id_ == self._chosen
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

    def _pad(self, row: Row, cells: int, ground: Style) -> Row:
        """Empty cells that can be clicked: they have a style, so unlike a gap all of it."""
        return row.put(" " * cells, self.state.palette.ground + ground)

    def _keys(self, width: int) -> Row:
        row, palette = Row(width), self.state.palette
        for key, words, action in (
            ("⏎", "begin, end", "act"), ("← →", "strength", "strength(1)"),
            ("0", "heal all", "heal_all"), ("esc", "close", "close"),
        ):  # fmt: skip
            row.put(f"{key} ", palette.title + click(action))
            row.put(f"{words}   ", palette.muted + click(action))
        return row

    # Keys and clicks.

    def _say(self, text: str) -> None:
        if text:
            text = to_ascii(text) if self.state.ascii_only else text
            self.notify(text, markup=False, timeout=4)
        self.changed()

    def _at(self) -> int:
        """The place of the chosen item; that of the last one if it is gone."""
        ids = [id_ for id_, _ in self._items()]
        return ids.index(self._chosen) if self._chosen in ids else len(ids) - 1

    def action_choose(self, step: int) -> None:
        """To another row, around at the ends."""
        items = self._items()
        at = self._at() + step
        at = at % len(items) if abs(step) == 1 else min(max(at, 0), len(items) - 1)
        self._chosen, row = items[at]
        self.keep_in_sight(row if at else 0)

    async def action_press(self, id_: str) -> None:
        """A click on a row chooses it, and begins or ends it if it was chosen before."""
        again = id_ == self._chosen
        self._chosen = id_
        if again:
            await self.action_act()
        self.changed()

    async def action_act(self) -> None:
        """Begin or end what is chosen."""
        id_ = self._items()[self._at()][0]
        for item in (*_FAULT_ITEMS, *_PRESET_ITEMS):
            if item.id == id_:
                await self.run_action(item.action)
                return
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
        self._chosen = id_
        self._say(self._controls.fault(id_))

    def action_preset(self, index: int) -> None:
        """Begin or end the faults of a preset."""
        self._chosen = _PRESET_ITEMS[index].id
        self._say(self._controls.preset(PRESETS[index]))

    def action_partition(self) -> None:
        """Choose where to cut, or end the partition."""
        self._chosen = "partition"
        self._partition()
        self.changed()

    def action_join(self) -> None:
        """Let a node join."""
        self._chosen = "join"
        self._say(self._controls.join())

    def action_leave(self) -> None:
        """Let the selected node leave."""
        self._chosen = "leave"
        self._say(self._controls.leave())

    def action_restart(self) -> None:
        """Start what has crashed."""
        self._chosen = "restart"
        self._say(self._controls.restart())

    def action_heal_all(self) -> None:
        """End every fault."""
        self._controls.heal_all()
        self.changed()
