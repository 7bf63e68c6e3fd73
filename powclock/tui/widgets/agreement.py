"""Agreement: every node as a tile in the hue of the group that it belongs to, always in one order.

So the same node is at the same place whatever the rule, and races next to each other can be
compared at a glance. Under the tiles stand the groups, with what their nodes agree on.
"""

from collections.abc import Sequence

from rich.cells import set_cell_size

from powclock.record.events import NANOSECONDS
from powclock.record.frame import Frame
from powclock.tui.answers import Answer, answer_of
from powclock.tui.groups import Group, down_of, groups_of
from powclock.tui.rows import Row
from powclock.tui.text import count, duration
from powclock.tui.widgets.panel import Panel, Part

_TILE_MAX = 6
# A tile this wide has a gap after it; one of this more has room for the start of a name under it.
_TILE_APART = 2
_TILE_NAMED = 3
# With so many rows names have one of them, however many groups there are, so nothing jumps.
_NAMED_ROWS = 4


class Agreement(Panel):
    """Who agrees with whom."""

    TITLE = "AGREEMENT"
    NAME = "agreement"

    def heading(self) -> str:
        """On what nodes agree."""
        naive = answer_of(self.state.frame) is Answer.NOBODY
        return "STATES" if naive else self.TITLE

    def basis(self) -> object | None:
        """Heads or states, and who is down; since when they differ is told in seconds."""
        frame = self.state.frame
        if frame is None:
            return None
        nodes = tuple((row.name, row.state == "down", row.tip) for row in frame.nodes)
        seconds = frame.time_ns // NANOSECONDS
        return frame.tips, frame.states, nodes, seconds, self.state.selected

    def aside(self) -> list[Part]:
        """Whether all agree, or since when they do not."""
        frame, palette = self.state.frame, self.state.palette
        if frame is None:
            return []
        groups = groups_of(frame, palette)
        apart = sum(group.apart for group in groups)
        if apart:
            long = f" for {duration(self.state.differ_s)}"
            return [(f"{apart + 1} groups", palette.rival), (long, palette.muted)]
        if frame.states is not None and len(groups) > 1:
            return [("on their way", palette.muted)]
        if len(groups) > 1:
            return [(f"{len(groups[-1].nodes)} {groups[-1].label}", palette.muted)]
        return [("all agree", palette.good)]

    def body(self, width: int, height: int) -> list[Row]:
        """Tiles, then names where they fit, then the groups; what does not fit is counted."""
        frame, palette = self.state.frame, self.state.palette
        if frame is None or width < 1 or height < 1:
            return []
        groups = groups_of(frame, palette)
        down = down_of(frame, palette)
        told = [*groups, down] if down is not None else groups
        rows = self._tiles(frame, told, width, named=height >= _NAMED_ROWS)
        room = height - len(rows)
        shown = told if len(told) <= room else told[: max(room - 1, 0)]
        rows += [self._group(group, width) for group in shown]
        if len(shown) < len(told) and room > 0:
            rest = told[len(shown) :]
            more = [group for group in rest if group is not down]
            nodes = sum(len(group.nodes) for group in more)
            words = [f"{count(len(more), 'more group')}, {count(nodes, 'node')}"] if more else []
            if len(more) < len(rest) and down is not None:
                words.append(f"{len(down.nodes)} {down.label}")
            text = f"  {', '.join(words)}"
            rows.append(Row(width).put(text, palette.muted))
        return rows

    def _tiles(
        self, frame: Frame, groups: Sequence[Group], width: int, *, named: bool
    ) -> list[Row]:
        """A tile a node; as many rows as they need where nodes are many."""
        palette = self.state.palette
        of = {name: group for group in groups for name in group.nodes}
        names = [row.name for row in frame.nodes]
        cells = min(max(width // max(len(names), 1), 1), _TILE_MAX)
        each = max(width // cells, 1)
        rows = []
        for start in range(0, len(names), each):
            tiles, under = Row(width), Row(width)
            for name in names[start : start + each]:
                group = of.get(name)
                gap = cells >= _TILE_APART
                sign = group.sign if group is not None else " "
                style = palette.solid(group.style) if group is not None else palette.faint
                tiles.put(sign.center(cells - gap), style).gap(gap)
                ink = palette.strong if name == self.state.selected else palette.muted
                under.put(set_cell_size(name, cells - gap), ink).gap(gap)
            rows.append(tiles)
            if named and cells >= _TILE_NAMED:
                rows.append(under)
        return rows

    def _group(self, group: Group, width: int) -> Row:
        palette = self.state.palette
        row = Row(width).put(f"{group.sign} {group.label} ", group.style)
        row.put(f"×{len(group.nodes)} ", palette.text)
        for index, name in enumerate(group.nodes):
            rest = len(group.nodes) - index
            if row.room < len(name) + (4 if rest > 1 else 0):
                row.put(f"+{rest}", palette.muted)
                break
            row.put(name, self.state.node(name)).gap()
        return row
