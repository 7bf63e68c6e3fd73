"""The nodes: what each of them does and believes, sorted and filtered as the person likes.

Only the rows in sight are built, and a row whose node and age did not change since the last frame
is taken as it is: 32 nodes cost 0.1 ms a build, 0.9 to 1.2 ms where every row has changed, and
1,000 nodes as much as those of them in sight and 0.1 ms more.
"""

from powclock.record.frame import Frame, NodeRow
from powclock.tui.answers import answer_of
from powclock.tui.glyphs import FALLING, POINTER, RISING
from powclock.tui.node_columns import COLUMNS, Column, choose, seen, spark
from powclock.tui.node_order import NodeOrder
from powclock.tui.rows import PLAIN, Row
from powclock.tui.state import State
from powclock.tui.text import fit, in_sight
from powclock.tui.widgets.panel import Border, Panel, Part
from powclock.tui.widgets.prompt import Prompt

_WHEEL_ROWS = 3


class Nodes(Panel):
    """A row for each node that the filter lets through; the selected one stays in sight."""

    TITLE = "NODES"
    NAME = "nodes"
    NUMBER = 3

    def __init__(self, state: State, *, border: Border = Border.NONE) -> None:
        super().__init__(state, border=border)
        self.order = NodeOrder()
        self._prompt: Prompt | None = None
        self._columns: tuple[Column, ...] = ()
        self._top = 0
        # The wheel may leave the selected row out of sight; choosing another brings it back.
        self._followed: str | None = None
        self._following = True
        self._kept: dict[str, tuple[NodeRow, object, Row]] = {}
        self._kept_for: tuple[object, ...] = ()

    def aside(self) -> list[Part]:
        """How many there are, which of them are shown, and how many of them run."""
        frame, palette, order = self.state.frame, self.state.palette, self.order
        if frame is None:
            return []
        count = f"{len(frame.nodes):,}"
        parts = [(count, palette.muted)]
        if order.query:
            parts = [(f"{len(order.indices):,} of {count}", palette.text),
                     (f" · /{order.query}", palette.accent)]  # fmt: skip
        hidden = len(order.indices) - self._room()
        if hidden > 0:
            arrows = "".join(map(self.state.keys.label, ("up", "down")))
            parts.append((f" · {hidden:,} hidden {arrows}", palette.muted))
        if down := sum(row.state == "down" for row in frame.nodes):
            parts.append((f" · {down} down", palette.bad))
        return parts

    def body(self, width: int, height: int) -> list[Row]:
        """A line of titles, the nodes in sight, and the line to type in while it is open."""
        frame = self.state.frame
        if frame is None:
            return []
        self._update(frame)
        self._columns = choose(
            width,
            name_cells=self.order.name_cells,
            region_cells=self.order.region_cells,
            skewed=any(row.skew_s for row in frame.nodes),
            answer=answer_of(frame),
        )
        rows = [self._titles(width)] if self._titled(height) else []
        room = height - len(rows) - self._typing
        self._scroll_to_selected(room)
        self._forget(frame)
        shown = self.order.indices[self._top : self._top + max(room, 0)]
        rows += [self._row(frame.nodes[index], width) for index in shown]
        if not shown and self.order.query and room > 0:
            rows.append(Row(width).put("  no node is like that", self.state.palette.muted))
        if self._typing and self._prompt is not None:
            rows += [Row(width) for _ in range(height - len(rows) - 1)]
            note = f"{len(self.order.indices):,} of {len(frame.nodes):,}"
            rows.append(self._prompt.row(width, self.state.palette, note=note))
        return rows

    # Keys.

    def move(self, across: int, down: int) -> bool:
        """Select the node above or below, around."""
        count = self._count()
        if across or not count:
            return False
        place = self.order.place(self.state.selected)
        first = 0 if down > 0 else count - 1
        self._select(first if place is None else (place + down) % count)
        return True

    def page(self, step: int) -> bool:
        """Select a node a page further up or down."""
        return self._select((self.order.place(self.state.selected) or 0) + step * self._room())

    def end(self, *, last: bool) -> bool:
        """Select the first node or the last."""
        return self._select(self._count() - 1 if last else 0)

    def enter(self) -> bool:
        """Look into the selected node."""
        if self.state.selected is None or self.board is None:
            return False
        self.board.inspect_node(self.state.selected)
        return True

    def back(self) -> bool:
        """Show all nodes again."""
        filtered = bool(self.order.query)
        self.order.query = ""
        return filtered

    def sort_next(self) -> None:
        """Sort by the next column that is shown; after the last one, in the order of the race."""
        titles = [column.title for column in self._columns or COLUMNS]
        at = titles.index(self.order.column) + 1 if self.order.column in titles else 0
        self.order.sort_by(titles[at] if at < len(titles) else None)

    def turn(self) -> str:
        """Turn the order round."""
        if self.order.column is None:
            return "sort the nodes first (s, or a click on a title)"
        self.order.sort_by(self.order.column)
        return ""

    def filter(self) -> Prompt:
        """A line to type in, which narrows the table at once."""

        def changed(text: str) -> None:
            self.order.query = text

        def closed(keep: bool) -> None:
            self.state.prompt = None
            self.order.query = self.order.query if keep else ""

        self._prompt = Prompt(
            self.order.query, hint="name, region, down, split, rival", changed=changed,
            closed=closed,
        )  # fmt: skip
        return self._prompt

    # The mouse.

    def clicked(self, x: int, y: int, *, double: bool) -> None:
        """Select the node under the pointer, or none; twice looks into it. A title sorts."""
        frame, titled = self.state.frame, self._titled(self.inner.height)
        if frame is None:
            return
        if titled and y == 0:
            self._sort_at(x)
            return
        place = y - titled + self._top
        if not titled <= y < self._room() + titled or place >= self._count():
            return
        name = frame.nodes[self.order.indices[place]].name
        if double and self.board is not None:
            self.board.inspect_node(name)
        else:
            self.state.selected = None if self.state.selected == name else name

    def scrolled(self, step: int) -> None:
        """Scroll, whatever is selected."""
        self._following = False
        self._top += _WHEEL_ROWS * step

    def _sort_at(self, x: int) -> None:
        left = 2
        for column in self._columns:
            if left <= x < left + column.width:
                self.order.sort_by(column.title)
                return
            left += column.width

    # What is in sight.

    @property
    def _typing(self) -> bool:
        return self._prompt is not None and self.state.prompt is self._prompt

    @staticmethod
    def _titled(height: int) -> bool:
        return height > 2

    def _room(self) -> int:
        height = self.inner.height
        return max(height - self._titled(height) - self._typing, 0)

    def _update(self, frame: Frame) -> None:
        self.order.update(frame.nodes, frame.totals.blocks_mined, self.state.wall_s())

    def _count(self) -> int:
        if self.state.frame is not None:
            self._update(self.state.frame)
        return len(self.order.indices)

    def _select(self, place: int) -> bool:
        frame, count = self.state.frame, self._count()
        if frame is None or not count:
            return False
        index = self.order.indices[min(max(place, 0), count - 1)]
        self.state.selected = frame.nodes[index].name
        self._following = True
        return True

    def _scroll_to_selected(self, room: int) -> None:
        selected = self.state.selected
        if selected != self._followed:
            self._followed, self._following = selected, True
        place = self.order.place(selected) if self._following else None
        if place is not None:
            self._top = in_sight(self._top, place, room)
        self._top = min(max(self._top, 0), max(len(self.order.indices) - room, 0))

    def _forget(self, frame: Frame) -> None:
        """Drop the rows of before if something has changed that all of them show."""
        begun = frame.conditions.faults_begun if frame.conditions is not None else 0
        mined = frame.totals.blocks_mined
        kept_for = (self._columns, self.state.palette, mined, frame.sides, begun, frame.states)
        if kept_for != self._kept_for or len(self._kept) > 4 * self._room() + 100:
            self._kept_for = kept_for
            self._kept.clear()

    def _titles(self, width: int) -> Row:
        palette, order = self.state.palette, self.order
        row = Row(width).gap(2)
        for column in self._columns:
            chosen = column.title == order.column
            arrow = (FALLING if order.falling else RISING) if chosen else ""
            room = column.width - 2
            title = column.title.rjust(room) if column.right else column.title
            # The arrow stands in the gap, so that no title moves.
            row.put(fit(title + arrow, column.width), palette.title if chosen else palette.muted)
        return row

    def _row(self, node: NodeRow, width: int) -> Row:
        chosen = node.name == self.state.selected
        age, _ = seen(self.state, node)
        kept = self._kept.get(node.name)
        if kept is not None and kept[0] == node and kept[1] == (age, chosen, width):
            return kept[2]
        row = self._build_row(node, width, chosen=chosen)
        self._kept[node.name] = (node, (age, chosen, width), row)
        return row

    def _build_row(self, node: NodeRow, width: int, *, chosen: bool) -> Row:
        palette, state = self.state.palette, self.state
        ground = palette.selected if chosen else PLAIN
        row = Row(width).put(f"{POINTER} " if chosen else "  ", palette.accent + ground)
        for column in self._columns:
            if column.title == "trend":
                bars, dip = spark(node.spark, column.width - 2)
                row.put(bars, (palette.chart_low if node.hash_rate else palette.stale) + ground)
                row.put(f"{dip}  ", palette.muted + ground)
                continue
            text, style = column.show(state, node)
            row.put(column.cell(text), style + ground if chosen else style)
        if chosen:
            row.put(" " * row.room, ground)
        return row
