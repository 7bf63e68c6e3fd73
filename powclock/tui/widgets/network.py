"""The network: who is connected to whom, who believes what, and how the newest block spreads.

Nodes light up as they accept the block of this tick; those that wait for it are dim. The glyph says
what a node believes, the line under the picture how many have the block.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf, isinf

from rich.cells import cell_len
from rich.style import Style

from powclock.record.detail import Arrival, Spread
from powclock.record.frame import Frame, NodeRow
from powclock.tui.answers import Answer, answer_of
from powclock.tui.glyphs import (
    BAR_ON,
    BEST,
    DOWN,
    MORE_LEFT,
    POINTER,
    RIVAL,
    SHADE,
    STILL,
    WRONG_STATE,
)
from powclock.tui.groups import groups_of
from powclock.tui.layout_graph import Cell
from powclock.tui.rows import Row
from powclock.tui.spread import Coverage, Replay, coverage
from powclock.tui.state import State
from powclock.tui.theme import Palette
from powclock.tui.widgets import network_map
from powclock.tui.widgets.network_graph import Flight, Mark, nearest
from powclock.tui.widgets.network_stage import Stage
from powclock.tui.widgets.panel import Panel, Part

NODES_MAX = 200
CELLS_A_NODE = 8
# A narrower title has room for the pace alone.
_ASIDE_CELLS = 42
# A node that has just got the block is bright for this part of a spread that is shown.
_FLASH_S = 0.18


def graph_fits(nodes: int, width: int, height: int) -> bool:
    """Whether there is room for a graph of so many nodes."""
    roomy = width * height >= CELLS_A_NODE * nodes
    return nodes <= NODES_MAX and width >= 12 and height >= 4 and roomy


@dataclass(frozen=True)
class Moment:
    """What is shown at one moment: the spread up to a delay, and when each node got the block."""

    shown_ns: float
    delays: dict[str, int]
    cover: Coverage

    def has(self, name: str) -> bool:
        """Whether a node has the block."""
        delay_ns = self.delays.get(name)
        return delay_ns is not None and delay_ns <= self.shown_ns


class Network(Panel):
    """A graph, or a map where nodes are many."""

    TITLE = "NETWORK"
    NAME = "network"
    NUMBER = 7

    def __init__(self, state: State) -> None:
        super().__init__(state)
        self._stage = Stage(state)
        self._replay = Replay()
        self._frame: Frame | None = None
        self._plan: tuple[object, network_map.Plan | None, list[Cell]] = (None, None, [])
        self._rows: tuple[object, list[Row]] = (None, [])
        self._cells: list[Cell] = []
        # Where there are no blocks: the sign and the hue of the state that each node has.
        self._says: dict[str, Part] = {}

    # What moves.

    @property
    def moving(self) -> bool:
        """Whether a block spreads in the picture, or nodes are on their way to new places."""
        spreads = self._replay.moves(self.state.wall_s())
        return self.state.motion and (spreads or self._stage.moving)

    def _see(self, frame: Frame) -> None:
        """Take in a frame, once."""
        if frame is self._frame:
            return
        self._frame = frame
        running = {row.name for row in frame.nodes if row.state != "down"}
        self._replay.see(
            frame.spread, frame.time_ns, running, self.state.wall_s(), motion=self.state.motion
        )

    def _moment(self, frame: Frame) -> Moment:
        spread = self._replay.spread
        shown_ns = self._replay.shown_ns(self.state.wall_s())
        running = {row.name for row in frame.nodes if row.state != "down"}
        if spread is None:
            return Moment(shown_ns, {}, Coverage(0, len(running), None, None))
        delays = {arrival.node: arrival.delay_ns for arrival in spread.arrivals}
        return Moment(shown_ns, delays, coverage(spread, running, shown_ns))

    # What is written.

    def aside(self) -> list[Part]:
        """How long the block took, or how much slower than the race it is shown."""
        frame, palette = self.state.frame, self.state.palette
        spread = self._replay.spread
        if answer_of(frame) is Answer.NOBODY:
            return [("all linked with all", palette.muted)]
        if frame is None or spread is None:
            return []
        now_s = self.state.wall_s()
        running = {row.name for row in frame.nodes if row.state != "down"}
        if self._replay.moves(now_s):
            pace = (self._pace(), palette.accent)
            whole = coverage(spread, running)
            if self.size.width < _ASIDE_CELLS or not whole.complete:
                return [pace]
            return [(f"spread {_seconds(whole.last_ns)}, ", palette.muted), pace]
        cover = coverage(spread, running)
        parts: list[Part] = []
        if cover.half_ns is not None:
            parts.append((f"½ {_seconds(cover.half_ns)}", palette.muted))
        if cover.complete:
            parts.append((f" · all {_seconds(cover.last_ns)}", palette.good))
        elif cover.running > cover.have:
            word = " · " if parts else ""
            parts.append((f"{word}{cover.running - cover.have} without it", palette.rival))
        return parts

    def _pace(self) -> str:
        """Whether this is now or was, for by now the nodes may agree."""
        factor = self._replay.factor
        if self._replay.live:
            return "as it happens"
        if 0.85 <= factor <= 1.15:
            return "replay"
        if factor > 1:
            return f"replay {_factor(factor)}× slower"
        return f"replay {_factor(1 / factor)}× faster"

    def body(self, width: int, height: int) -> list[Row]:
        """The picture, and under it how far the block has spread."""
        frame = self.state.frame
        if frame is None or width < 1 or height < 1 or not frame.nodes:
            return []
        self._see(frame)
        moment = self._moment(frame)
        foot = [self._foot(moment, width)] if height >= 4 else []
        room = height - len(foot)
        if graph_fits(len(frame.nodes), width, room):
            return self._picture(frame, moment, width, room) + foot
        return self._map(frame, moment, width, room) + foot

    def _foot(self, moment: Moment, width: int) -> Row:
        """Which block it is, who found it, and who has it: in numbers and as a bar."""
        palette, spread, cover = self.state.palette, self._replay.spread, moment.cover
        if answer_of(self.state.frame) is Answer.NOBODY:
            return self._said(width)
        if spread is None:
            return Row(width).put("no block yet", palette.muted)
        row = Row(width).put(f"{BEST} {spread.height} ", palette.best)
        past = not isinf(moment.shown_ns) and not self._replay.live
        counts = f"{cover.have}/{cover.running} {'had' if past else 'have'} it "
        by = f"by {spread.author} "
        if cell_len(by) + len(counts) + 4 <= row.room:
            row.put("by ", palette.muted)
            row.put(f"{spread.author} ", self.state.node(spread.author))
        row.put(counts, palette.text)
        cells = min(40, row.room)
        lit = cells * cover.have // max(cover.running, 1)
        row.put(BAR_ON * lit, palette.best)
        return row.put(SHADE * (cells - lit), palette.faint)

    def _said(self, width: int) -> Row:
        """Without blocks: which states there are, by sign."""
        frame, row = self.state.frame, Row(width)
        for group in groups_of(frame, self.state.palette) if frame is not None else ():
            row.put(f"{group.sign} {group.label} ×{len(group.nodes)}  ", group.style)
        return row

    # The graph.

    def _picture(self, frame: Frame, moment: Moment, width: int, height: int) -> list[Row]:
        graph = self._stage.graph(frame, width, height)
        self._cells = self._stage.cells
        state, palette = self.state, self.state.palette
        names = graph.names
        index = {name: place for place, name in enumerate(names)}
        selected = index.get(state.selected or "")
        spread = self._replay.spread
        self._says = _by_state(frame, palette)
        marks = [self._mark(row, frame, moment) for row in frame.nodes]
        leader = self._leader(frame)
        first = [place for place in (selected, index.get(leader or "")) if place is not None]
        first += [a if b == selected else b for a, b in frame.links if selected in {a, b}]
        carried, flights = self._ways(spread, moment, index)
        key = (graph, palette, tuple(marks), selected, tuple(carried), tuple(flights))
        if key == self._rows[0]:
            return self._rows[1]
        rows = graph.draw(marks, carried, flights, selected, list(dict.fromkeys(first)), palette)
        self._rows = (key, rows)
        return rows

    def _mark(self, row: NodeRow, frame: Frame, moment: Moment) -> Mark:
        """A node's glyph says what it believes, its colour whether it has the block."""
        state, palette = self.state, self.state.palette
        lit = self._replay.spread is None or moment.has(row.name)
        hue = state.node(row.name) if lit else palette.muted
        glyph, style = _belief(row, hue, state)
        if row.name in self._says:
            glyph, style = self._says[row.name]
        if not lit and glyph == BEST:
            # It has got the block since; at the moment that is shown it had not.
            glyph = MORE_LEFT
        name_style = palette.stale if row.state == "down" else hue
        if row.name == state.selected:
            return Mark(glyph, style + palette.selected, name_style + palette.selected)
        if row.name == self._leader(frame) or (lit and self._flashes(row.name, moment)):
            return Mark(glyph, palette.bold(style), palette.bold(name_style))
        return Mark(glyph, style, name_style)

    def _leader(self, frame: Frame) -> str | None:
        """Who found the block that is shown: while ticks come quickly, not always the newest."""
        return frame.leader if self._replay.spread is None else self._replay.spread.author

    def _flashes(self, name: str, moment: Moment) -> bool:
        ago_ns = moment.shown_ns - moment.delays.get(name, -inf)
        return ago_ns <= _FLASH_S * 1e9 / max(self._replay.factor, 1e-9)

    def _ways(
        self, spread: Spread | None, moment: Moment, index: dict[str, int]
    ) -> tuple[list[tuple[int, int]], list[Flight]]:
        """The links that have carried the block, and the blocks that are on their way."""
        carried: list[tuple[int, int]] = []
        flights: list[Flight] = []
        for arrival in spread.arrivals if spread is not None else ():
            way = _way(arrival, index)
            if way is None or arrival.peer is None:
                continue
            if arrival.delay_ns <= moment.shown_ns:
                carried.append(way)
                continue
            sent_ns = moment.delays.get(arrival.peer, 0)
            if sent_ns < moment.shown_ns and not isinf(moment.shown_ns):
                share = (moment.shown_ns - sent_ns) / max(arrival.delay_ns - sent_ns, 1)
                flights.append(Flight(way, share))
        return carried, flights

    # The map.

    def _map(self, frame: Frame, moment: Moment, width: int, height: int) -> list[Row]:
        state, palette = self.state, self.state.palette
        with_legend = height >= 4 and width >= 12
        room = height - with_legend
        regions = tuple(row.region for row in frame.nodes)
        key = (regions, width, room)
        if key != self._plan[0]:
            plan = network_map.plan(regions, width, room)
            self._plan = (key, plan, plan.cells())
        _, chosen, self._cells = self._plan
        assert chosen is not None
        names = [row.name for row in frame.nodes]
        thirds_ns = self._replay.thirds_ns
        fates = [_fate(row, moment, thirds_ns) for row in frame.nodes]
        selected = names.index(state.selected) if state.selected in names else None
        rows = network_map.draw(chosen, fates, selected, palette)
        if with_legend:
            thirds_s = [third / 1e9 for third in thirds_ns]
            legend = Row(width)
            if selected is not None:
                name = names[selected]
                legend.put(f"{POINTER} {name} ", palette.bold(state.node(name)))
                if moment.has(name):
                    legend.put(f"{_seconds(moment.delays[name])} ", palette.text)
                legend.gap()
            words = network_map.legend(legend.room, chosen.each, thirds_s, set(fates), palette)
            rows.append(legend.extend(words))
        return rows

    # Keys and the mouse.

    def move(self, across: int, down: int) -> bool:
        """Choose the nearest node in a direction; first of all, the leader."""
        frame, state = self.state.frame, self.state
        if frame is None or not self._cells or len(self._cells) != len(frame.nodes):
            return False
        names = [row.name for row in frame.nodes]
        if state.selected not in names:
            state.selected = frame.leader if frame.leader in names else names[0]
            return True
        found = nearest(self._cells, self._cells[names.index(state.selected)], across, down)
        if found is not None:
            state.selected = names[found]
        return True

    def enter(self) -> bool:
        """Look into the chosen node."""
        if self.state.selected is None or self.board is None:
            return False
        self.board.inspect_node(self.state.selected)
        return True

    def clicked(self, x: int, y: int, *, double: bool) -> None:
        """Choose the node at or beside the pointer, or none; twice looks into it."""
        frame = self.state.frame
        if frame is None or len(self._cells) != len(frame.nodes) or not self._cells:
            return
        gaps = [abs(cx - x) + 3 * abs(cy - y) for cx, cy in self._cells]
        index = gaps.index(min(gaps))
        name = frame.nodes[index].name
        if gaps[index] > cell_len(name) + 2:
            self.state.selected = None
        elif double and self.board is not None:
            self.board.inspect_node(name)
        else:
            self.state.selected = name


def _by_state(frame: Frame, palette: Palette) -> dict[str, Part]:
    """What stands for each node that runs, where replicas are compared by their states."""
    if answer_of(frame) is not Answer.NOBODY:
        return {}
    damaged = {row.name for row in frame.nodes if row.state in {"frozen", "damaged"}}
    return {
        name: (group.sign, group.style)
        for group in groups_of(frame, palette)
        for name in group.nodes
        if name not in damaged
    }


def _way(arrival: Arrival, index: dict[str, int]) -> tuple[int, int] | None:
    """From the peer that sent a block to the node that got it, as indices."""
    if arrival.peer is None or arrival.peer not in index or arrival.node not in index:
        return None
    return index[arrival.peer], index[arrival.node]


def _belief(row: NodeRow, hue: Style, state: State) -> tuple[str, Style]:
    palette = state.palette
    if row.state == "down":
        return DOWN, palette.bad
    if row.state == "frozen":
        return STILL, palette.stale
    if row.state == "damaged":
        return WRONG_STATE, palette.bad
    if row.tip == "best":
        return BEST, hue
    return (RIVAL, hue) if row.tip == "rival" else (MORE_LEFT, hue)


def _fate(row: NodeRow, moment: Moment, thirds_ns: Sequence[float]) -> int:
    if row.state == "down":
        return network_map.GONE
    if moment.has(row.name):
        delay = moment.delays[row.name]
        return network_map.FIRST + sum(delay > until for until in thirds_ns)
    return network_map.RIVALS if row.tip == "rival" else network_map.MISSING


def _seconds(delay_ns: int | None) -> str:
    return f"{(delay_ns or 0) / 1e9:.2f} s"


def _factor(factor: float) -> str:
    return f"{factor:.1f}".removesuffix(".0") if factor < 3 else f"{factor:.0f}"
