"""Where to cut the network: the person gives each node a side.

What counts is the hash rate; where nobody hashes, every node counts as much.
"""

from typing import ClassVar

from textual.binding import Binding, BindingType

from powclock.tui.click import click
from powclock.tui.glyphs import BAR_ON, CUT, POINTER
from powclock.tui.rows import PLAIN, Row
from powclock.tui.screens.sheet import Sheet
from powclock.tui.state import State
from powclock.tui.text import fit, percent

# Rows below the nodes.
_BELOW = 2


def by_share(rates: dict[str, float], share: float) -> set[str]:
    """Nodes that have about this share of the hash rate: the largest that still fits, and so on."""
    wanted = share * sum(rates.values())
    first: set[str] = set()
    for name in sorted(rates, key=lambda name: (-rates[name], name)):
        if rates[name] <= wanted:
            first.add(name)
            wanted -= rates[name]
    return first or {min(rates, key=lambda name: (rates[name], name))}


class PartitionScreen(Sheet[tuple[str, ...]]):
    """A list of nodes with their sides; the result is side A."""

    WIDTH = 58
    HEADING = f"{CUT} PARTITION"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "choose(-1)", "up"),
        Binding("down", "choose(1)", "down"),
        Binding("space", "other_side", "other side", tooltip="The node changes sides"),
        Binding(
            "1",
            "share(0.4)",
            "40/60",
            tooltip="Sides of 40 % and 60 % of what counts",
        ),
        Binding("2", "share(0.5)", "halves", tooltip="Sides of half of what counts each"),
        Binding("enter", "cut", "cut", key_display="⏎", tooltip="Cut the network"),
        Binding("p", "cut", "cut", id="partition"),
        Binding("escape,q", "close", "no", key_display="esc", tooltip="Leave the network whole"),
    ]

    def __init__(self, state: State) -> None:
        super().__init__(state)
        nodes = state.frame.nodes if state.frame else ()
        self._shares = {row.name: row.share for row in nodes}
        if not any(self._shares.values()):
            self._shares = dict.fromkeys(self._shares, 1 / max(len(self._shares), 1))
        self._names = list(self._shares)
        self._at = self._names.index(state.selected) if state.selected in self._names else 0
        self._first = by_share(self._shares, 0.4)

    def rows(self, width: int) -> list[Row]:
        """The nodes, and the shares of both sides."""
        palette = self.state.palette
        rows = []
        for index, name in enumerate(self._names):
            here = index == self._at
            ground = (palette.selected if here else PLAIN) + click(f"give({index})")
            side, style = ("A", palette.accent) if name in self._first else ("B", palette.rival)
            row = Row(width).put(f"{POINTER} " if here else "  ", palette.accent + ground)
            row.put(fit(name, 26), self.state.node(name) + ground)
            row.put(f"{percent(self._shares[name]):>5}   ", palette.muted + ground)
            row.put(f"{'' if side == 'A' else '     '}{side}".ljust(8), style + ground)
            rows.append(row)
        total = sum(self._shares.values()) or 1.0
        share = sum(self._shares[name] for name in self._first) / total
        cells = max(width - 16, 0)
        lit = round(share * cells)
        bar = Row(width).put(f"A {percent(share):>5} ", palette.accent)
        bar.put(BAR_ON * lit, palette.accent).put(BAR_ON * (cells - lit), palette.rival)
        bar.put(f" {percent(1 - share):>5} B", palette.rival)
        return [*rows, Row(width), bar]

    def _changed(self) -> None:
        # With the last node, the shares are in sight on a low terminal.
        last = self._at == len(self._names) - 1
        self.keep_in_sight(self._at + _BELOW * last)

    def action_choose(self, step: int) -> None:
        """To another node."""
        self._at = (self._at + step) % max(len(self._names), 1)
        self._changed()

    def action_other_side(self) -> None:
        """The node changes sides."""
        self._first ^= {self._names[self._at]}
        self._at = min(self._at + 1, len(self._names) - 1)
        self._changed()

    def action_give(self, index: int) -> None:
        """A click: that node changes sides."""
        self._at = index
        self._first ^= {self._names[index]}
        self._changed()

    def action_share(self, share: float) -> None:
        """Sides by hash rate."""
        self._first = by_share(self._shares, share)
        self._changed()

    def action_cut(self) -> None:
        """Cut, if there is a node on each side."""
        if 0 < len(self._first) < len(self._names):
            self.dismiss(tuple(name for name in self._names if name in self._first))
        else:
            self.notify("each side needs a node", markup=False)
