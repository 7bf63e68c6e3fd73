"""The faults: what can be broken, how hard, where; sets of faults; and what is on.

The sheet is live. ↑ ↓ choose a row, ← → a strength, enter begins or ends, and every fault's key
works here, whether or not it also works over the race. Faults that a scenario began are listed and
can be ended too. The last row above the keys says more of the chosen one.
"""

from collections.abc import Callable
from typing import ClassVar

from rich.cells import cell_len
from textual.binding import Binding, BindingType

from powclock.tui.click import click
from powclock.tui.controls import Controls
from powclock.tui.fault_items import GROUPS, ITEMS
from powclock.tui.fault_keys import FAULT_BY_ID
from powclock.tui.glyphs import FALLING, MORE_LEFT, POINTER, RISING, to_ascii
from powclock.tui.keys import BINDINGS, FAULTS, MORE_FAULTS
from powclock.tui.presets import PRESETS
from powclock.tui.rows import Row
from powclock.tui.screens.choices import Choices
from powclock.tui.screens.fault_rows import FaultRows, columns
from powclock.tui.state import State
from powclock.tui.text import fit
from powclock.tui.widgets.panel import Part


class FaultsScreen(Choices):
    """Faults, presets, and what is on."""

    WIDTH = 152
    HEADING = "▲ FAULTS"
    BINDINGS: ClassVar[list[BindingType]] = [
        # The same ids, so that a key map holds here as well.
        *(
            Binding(each.key, each.action, each.description, id=each.id)
            for each in BINDINGS
            if each.group in {FAULTS, MORE_FAULTS} and each.id != "heal_all"
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
        self._list = FaultRows(state, controls)

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
        return [*rows, self._list.about(width)]

    def keep_in_sight(self, row: int) -> None:
        """Scroll as far as a row needs, above the one for what is chosen."""
        self.top = max(self.top, row - self.list_rows + 1)
        super().keep_in_sight(row)

    def rows(self, width: int) -> list[Row]:
        """All groups, and what is on."""
        return self._list.rows(width)

    # Keys and clicks.

    def _say(self, text: str) -> None:
        if text:
            text = to_ascii(text) if self.state.ascii_only else text
            self.notify(text, markup=False, timeout=4)
        self.changed()

    def _at(self) -> int:
        """The place of the chosen item; that of the last one if it is gone."""
        ids = [place.id for place in self._list.places(self.panel.inner.width)]
        return ids.index(self._list.chosen) if self._list.chosen in ids else len(ids) - 1

    def _choose(self, id_: str) -> None:
        """Choose a row, and show it."""
        self._list.chosen = id_
        place = self._list.places(self.panel.inner.width)[self._at()]
        # The first row of a group has its heading above it.
        headed = any(group.items[0].id == id_ for group in GROUPS)
        self.keep_in_sight(place.row)
        if headed:
            self.keep_in_sight(place.row - 1)

    def action_choose(self, step: int) -> None:
        """To the row above or below, around at the ends."""
        places = self._list.places(self.panel.inner.width)
        self._choose(places[(self._at() + step) % len(places)].id)

    def action_group(self, step: int) -> None:
        """To the first row of another group, or of what is on."""
        ids = [place.id for place in self._list.places(self.panel.inner.width)]
        across = columns(self.panel.inner.width)
        starts = [ids.index(group.items[0].id) for column in across for group in column]
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
        again = id_ == self._list.chosen
        self._choose(id_)
        if again:
            await self.action_act()
        self.changed()

    async def action_act(self) -> None:
        """Begin or end what is chosen."""
        id_ = self._list.places(self.panel.inner.width)[self._at()].id
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
        self._list.chosen = id_ or self._list.chosen
        if self._list.chosen in FAULT_BY_ID:
            self._controls.change_strength(self._list.chosen, step)
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
        self._choose(f"preset {PRESETS[index].key}")
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
