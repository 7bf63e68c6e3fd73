"""The faults: those that are on, and the keys that begin them."""

from rich.cells import cell_len

from powclock.record.frame import ActiveFault, Frame
from powclock.tui.click import click
from powclock.tui.glyphs import FAULTS
from powclock.tui.keys import FAULTS as FAULT_GROUP
from powclock.tui.rows import Row
from powclock.tui.text import since
from powclock.tui.widgets.attacks import ATTACKS_SHOWN, attack_row, attacks_of
from powclock.tui.widgets.panel import Panel, Part

_OPEN = click("faults")


class ActiveFaults(Panel):
    """Every fault that is on, and for how long, in one row; above it a row for each attack."""

    def body(self, width: int, height: int) -> list[Row]:
        """The rows."""
        rows = [*self.attacks(width - 1)[: height - 1], self.active(width - 1)]
        return [Row(width).gap().extend(row) for row in rows]

    def attacks(self, width: int) -> list[Row]:
        """How far each attack is."""
        frame = self.state.frame
        if frame is None:
            return []
        shown = attacks_of(frame)[:ATTACKS_SHOWN]
        return [attack_row(self.state, fault, frame, width) for fault in shown]

    def active(self, width: int) -> Row:
        """The faults that are on; what does not fit is counted."""
        frame, palette = self.state.frame, self.state.palette
        row = Row(width)
        if frame is None:
            return row
        if not frame.faults:
            return row.put("no faults on", palette.muted + _OPEN)
        row.put("on: ", palette.muted)
        for index, fault in enumerate(frame.faults):
            parts = self.parts(fault, frame)
            rest = len(frame.faults) - index
            if sum(cell_len(text) for text, _ in parts) + (6 if rest > 1 else 0) > row.room:
                row.put(f"+{rest} more", palette.bad)
                break
            for text, style in parts:
                row.put(text, style)
        return row

    def parts(self, fault: ActiveFault, frame: Frame) -> list[Part]:
        """A fault in a few words; a click shows all of them."""
        palette = self.state.palette
        return [
            (f"{FAULTS.get(fault.fault, '▲')} {fault.label}", palette.bad + _OPEN),
            (f" {where(fault, frame.sides)}", palette.text + _OPEN),
            (f" {since(frame.time_ns, fault.since_ns)}   ", palette.muted + _OPEN),
        ]


def where(fault: ActiveFault, sides: tuple[tuple[str, ...], ...]) -> str:
    """On whom a fault is, in few words; of a partition how many nodes each side has."""
    if fault.fault == "partition" and sides:
        return " | ".join(str(len(side)) for side in sides)
    if not fault.nodes:
        return "all nodes"
    if len(fault.nodes) > 2:
        return f"{fault.nodes[0]} +{len(fault.nodes) - 1}"
    return " ".join(fault.nodes)


class Faults(ActiveFaults):
    """The keys, what they will hit, and the faults that are on."""

    TITLE = "FAULTS"

    def basis(self) -> object | None:
        """The target, and the faults that are on with their ages in tenths of seconds."""
        frame = self.state.frame
        faults = frame.faults if frame is not None else ()
        tenths = frame.time_ns // 100_000_000 if frame is not None and faults else 0
        return self.state.selected, faults, frame is not None and frame.sides, tenths

    def aside(self) -> list[Part]:
        """Where a fault will strike."""
        palette, selected = self.state.palette, self.state.selected
        if selected is None:
            up, down = map(self.state.keys.label, ("up", "down"))
            return [(f"→ all nodes · {up} {down} choose one", palette.muted)]
        return [("→ ", palette.muted), (selected, palette.bold(self.state.node(selected)))]

    def body(self, width: int, height: int) -> list[Row]:
        """The keys in as many rows as they need, and what is on in the last one."""
        attacks = self.attacks(width)
        keys = self.keys(width)[: max(height - 1 - len(attacks), 1)]
        return [*keys, *attacks, self.active(width)]

    def keys(self, width: int) -> list[Row]:
        """The fault keys, after that of the sheet with all of them."""
        palette = self.state.palette
        open_key = self.state.keys.label("faults")
        rows = [Row(width)]
        rows[0].put(f"{open_key} ", palette.title + _OPEN).put("all…", palette.text + _OPEN).gap(2)
        for binding in self.state.keys.bindings:
            if binding.group is not FAULT_GROUP:
                continue
            key = binding.key_display or binding.key
            if rows[-1].room < cell_len(key) + cell_len(binding.description) + 1:
                rows.append(Row(width))
            act = click(binding.action)
            rows[-1].put(f"{key} ", palette.title + act)
            rows[-1].put(binding.description, palette.text + act).gap(2)
        return rows
