"""The nodes: what each of them does and believes."""

from collections.abc import Callable
from dataclasses import dataclass

from powclock.record.frame import NodeRow
from powclock.tui.glyphs import BARS, BEST, CUT, DOWN, MORE_LEFT, POINTER, RIVAL
from powclock.tui.rows import PLAIN, Row
from powclock.tui.state import State
from powclock.tui.text import duration, fit, hash_rate, percent
from powclock.tui.widgets.panel import Panel, Part

_SPARK_MIN = 8
_SPARK_MAX = 40


@dataclass(frozen=True)
class Column:
    """A column: its title, its cells with the gap after it, and what it shows of a node."""

    title: str
    width: int
    show: Callable[[State, NodeRow], Part]
    right: bool = False


def _name(state: State, row: NodeRow) -> Part:
    return row.name, state.palette.bold(state.node(row.name))


def _rate(state: State, row: NodeRow) -> Part:
    style = state.palette.text if row.hash_rate > 0 else state.palette.stale
    return hash_rate(row.hash_rate), style


def _tip(state: State, row: NodeRow) -> Part:
    palette = state.palette
    glyph, style = {
        "best": (BEST, palette.best),
        "rival": (RIVAL, palette.rival),
    }.get(row.tip, (MORE_LEFT, palette.stale))
    return f"{row.height} {glyph}", style


def _seen(state: State, row: NodeRow) -> Part:
    if state.frame is None or row.height == 0:
        return "–", state.palette.muted
    # Whole seconds: tenths would repaint every row in every frame, for nobody to read.
    seconds = max(state.frame.time_ns - row.seen_ns, 0) // 1_000_000_000
    return (f"{seconds} s" if seconds < 10 else duration(float(seconds))), state.palette.muted


def _peers(state: State, row: NodeRow) -> Part:
    if row.peers_cut:
        return f"{row.peers} {CUT}{row.peers_cut}", state.palette.bad
    return str(row.peers), state.palette.muted


def _won(state: State, row: NodeRow) -> Part:
    return str(row.won), state.palette.text


def _share(state: State, row: NodeRow) -> Part:
    return percent(row.share), state.palette.muted


def _pool(state: State, row: NodeRow) -> Part:
    return str(row.mempool), state.palette.muted


def _skew(state: State, row: NodeRow) -> Part:
    if not row.skew_s:
        return "·", state.palette.faint
    return f"{row.skew_s:+.3g} s", state.palette.warning


def _state(state: State, row: NodeRow) -> Part:
    palette = state.palette
    words, style = {
        "down": (f"{DOWN} down", palette.bad),
        "split": (f"{CUT} split", palette.rival),
        "mining": ("mining", palette.good),
    }.get(row.state, (row.state, palette.muted))
    return words, style


# In the order of the table.
_COLUMNS = (
    Column("node", 11, _name),
    Column("rate", 11, _rate, right=True),
    Column("tip", 8, _tip, right=True),
    Column("state", 9, _state),
    Column("peers", 7, _peers),
    Column("won", 5, _won, right=True),
    Column("share", 7, _share, right=True),
    Column("seen", 8, _seen, right=True),
    Column("clock", 9, _skew, right=True),
    Column("pool", 6, _pool, right=True),
)
# What a narrow table shows first; a sparkline comes after the first three.
_PRIORITY = ("node", "rate", "tip", "state", "peers", "clock", "won", "seen", "share", "pool")


def choose(width: int, *, skewed: bool = False) -> tuple[list[Column], int]:
    """The columns that fit, in order, and the cells that are left for the sparkline.

    A column for clocks that are right would say nothing, so it is there only if one is skewed.
    """
    by_title = {column.title: column for column in _COLUMNS}
    room = width - 2
    chosen: set[str] = set()
    spark = 0
    for index, title in enumerate(_PRIORITY):
        if title == "clock" and not skewed:
            continue
        if index == 4 and room >= _SPARK_MIN + 2:
            spark = (_SPARK_MIN if width < 80 else 2 * _SPARK_MIN) + 2
            room -= spark
        if by_title[title].width > room:
            break
        chosen.add(title)
        room -= by_title[title].width
    if spark:
        spark = min(spark + room, _SPARK_MAX + 2)
    return [column for column in _COLUMNS if column.title in chosen], spark


class Nodes(Panel):
    """A row for each node, in a fixed order, so that no row jumps."""

    TITLE = "NODES"
    NAME = "nodes"
    NUMBER = 3

    def aside(self) -> list[Part]:
        """How many there are, and how many of them run."""
        frame, palette = self.state.frame, self.state.palette
        if frame is None:
            return []
        down = sum(row.state == "down" for row in frame.nodes)
        parts = [(str(len(frame.nodes)), palette.muted)]
        hidden = len(frame.nodes) - self._room()
        if hidden > 0:
            arrows = "".join(map(self.state.keys.label, ("up", "down")))
            parts.append((f" · {hidden} hidden {arrows}", palette.warning))
        if down:
            parts.append((f" · {down} down", palette.bad))
        return parts

    def body(self, width: int, height: int) -> list[Row]:
        """A line of titles and the nodes around the selected one."""
        frame = self.state.frame
        if frame is None:
            return []
        columns, spark = choose(width, skewed=any(row.skew_s for row in frame.nodes))
        rows = [self._titles(columns, spark, width)] if height > 2 else []
        first = self._first(height - len(rows))
        shown = frame.nodes[first : first + height - len(rows)]
        return rows + [self._node(row, columns, spark, width) for row in shown]

    def move(self, across: int, down: int) -> bool:
        """Select the node above or below."""
        frame = self.state.frame
        if across or frame is None or not frame.nodes:
            return False
        names = [row.name for row in frame.nodes]
        if self.state.selected in names:
            index = (names.index(self.state.selected) + down) % len(names)
        else:
            index = 0 if down > 0 else len(names) - 1
        self.state.selected = names[index]
        return True

    def enter(self) -> bool:
        """Look into the selected node."""
        if self.state.selected is None or self.board is None:
            return False
        self.board.inspect_node(self.state.selected)
        return True

    def clicked(self, x: int, y: int, *, double: bool) -> None:  # noqa: ARG002
        """Select the node under the pointer, or none; twice looks into it."""
        frame, room = self.state.frame, self._room()
        index = y - (self.inner.height - room)
        if frame is None or not 0 <= index < room:
            return
        index += self._first(room)
        if index < len(frame.nodes):
            name = frame.nodes[index].name
            if double and self.board is not None:
                self.board.inspect_node(name)
            else:
                self.state.selected = None if self.state.selected == name else name

    def _room(self) -> int:
        height = self.inner.height
        return max(height - (1 if height > 2 else 0), 0)

    def _first(self, room: int) -> int:
        """The first node shown: as far down as the selected one needs."""
        frame, selected = self.state.frame, self.state.selected
        if frame is None or selected is None:
            return 0
        index = next((at for at, row in enumerate(frame.nodes) if row.name == selected), 0)
        return min(max(index - room // 2, 0), max(len(frame.nodes) - room, 0))

    def _titles(self, columns: list[Column], spark: int, width: int) -> Row:
        muted = self.state.palette.muted
        row = Row(width).gap(2)
        for column in columns:
            title = column.title
            row.put(_cell(title, column), muted)
            if title == "rate" and spark:
                row.put(fit("trend", spark), muted)
        return row

    def _node(self, node: NodeRow, columns: list[Column], spark: int, width: int) -> Row:
        selected = node.name == self.state.selected
        palette = self.state.palette
        ground = palette.selected if selected else PLAIN
        row = Row(width).put(f"{POINTER} " if selected else "  ", palette.accent + ground)
        for column in columns:
            text, style = column.show(self.state, node)
            row.put(_cell(text, column), style + ground)
            if column.title == "rate" and spark:
                row.put(_spark(node.spark, spark - 2), palette.chart_low + ground)
                row.put("  ", ground)
        if selected:
            row.put(" " * row.room, ground)
        return row


def _cell(text: str, column: Column) -> str:
    text = fit(text, column.width - 2) if len(text) > column.width - 2 else text
    if column.right:
        return fit(text.rjust(column.width - 2), column.width)
    return fit(text, column.width)


def _spark(samples: bytes, width: int) -> str:
    """The newest samples, at the right; a low but real rate is still a mark."""
    shown = samples[-width:]
    return "".join(BARS[-(-sample * 8 // 255)] for sample in shown).rjust(width)
