"""Whose hash rate it is: the nodes' rates on top of each other, each in its hue, with a legend.

A frame tells of each node its rate now and the shape of its rate before; together they give its
rate at every sample. What is missing to the whole was of nodes that are down or have left.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.style import Style

from powclock.record.frame import Frame, NodeRow
from powclock.tui.glyphs import BARS, FULL
from powclock.tui.rows import Canvas, Row
from powclock.tui.state import State
from powclock.tui.text import duration, hash_rate, scaled
from powclock.tui.theme import Palette
from powclock.tui.widgets.panel import Part

_NODES_MAX = 16
_AXIS_CELLS = 6
_NAME_EIGHTHS = 6


@dataclass(frozen=True)
class Layer:
    """One node's rates, or what all others had, oldest first."""

    name: str
    style: Style
    rates: tuple[float, ...]


def layers(state: State, frame: Frame) -> list[Layer]:
    """The nodes in their order, the strongest where there are many, and the others as one."""
    known = {row.name: _rates(row) for row in frame.nodes}
    count = min(max(map(len, known.values()), default=0), len(frame.hash_rate_history))
    strongest = sorted(frame.nodes, key=lambda row: -row.hash_rate)[:_NODES_MAX]
    chosen = {row.name for row in strongest if row.hash_rate > 0}
    found = []
    rest = list(frame.hash_rate_history[len(frame.hash_rate_history) - count :])
    for row in frame.nodes:
        if row.name not in chosen:
            continue
        rates = known[row.name]
        rates = rates[max(len(rates) - count, 0) :]
        rates = (0.0,) * (count - len(rates)) + rates
        rest = [whole - part for whole, part in zip(rest, rates, strict=True)]
        found.append(Layer(row.name, state.node(row.name), rates))
    # A byte holds a rate to half a percent, so sums are off by as much.
    whole = max(frame.hash_rate_history, default=0.0)
    if any(rate > 0.02 * whole for rate in rest):
        others = tuple(max(rate, 0.0) for rate in rest)
        found.append(Layer("others", state.palette.stale, others))
    return found


def _rates(row: NodeRow) -> tuple[float, ...]:
    """A node's rates; unknown where it has none now to measure them by."""
    if not row.spark or not row.spark[-1]:
        return ()
    unit = row.hash_rate / row.spark[-1]
    return tuple(unit * sample for sample in row.spark)


def draw_shares(state: State, frame: Frame, width: int, height: int) -> list[Row]:
    """The chart with a title and a legend; nothing where no rates are known."""
    found = layers(state, frame)
    if not found or not found[0].rates:
        return []
    palette = state.palette
    legend = _legend(state, found, frame, width)
    rows = height - 1 - len(legend)
    samples = len(found[0].rates)
    step = max((width - _AXIS_CELLS) // samples, 1)
    shown = min(samples, (width - _AXIS_CELLS) // step)
    span = duration(shown * frame.sample_every_ns / 1e9)
    title = Row(width).gap(_AXIS_CELLS).put(f"by node, last {span}", palette.muted)
    if rows < 2:
        return []
    canvas = Canvas(width, rows)
    top = max(sum(layer.rates[at] for layer in found) for at in range(samples - shown, samples))
    number, prefix = scaled(top)
    canvas.put(0, 0, f"{number}{prefix}".rjust(_AXIS_CELLS - 1), palette.muted)
    canvas.put(0, rows - 1, "0".rjust(_AXIS_CELLS - 1), palette.muted)
    for place in range(shown):
        x = width - (shown - place) * step
        ends = _ends(found, samples - shown + place, rows, top)
        for y in range(rows):
            text, style = _cell(palette, found, ends, y)
            canvas.put(x, rows - 1 - y, text * step, style)
    left = width - shown * step
    _names(canvas, palette, found, _ends(found, samples - shown, rows, top), left)
    return [title, *canvas.rows(), *legend]


def _ends(found: Sequence[Layer], at: int, rows: int, top: float) -> list[int]:
    """Where each layer ends in a column, in eighths of a row from the foot."""
    ends, reached = [], 0.0
    for layer in found:
        reached += layer.rates[at]
        ends.append(min(round(reached / top * rows * 8), rows * 8) if top > 0 else 0)
    return ends


def _cell(palette: Palette, found: Sequence[Layer], ends: Sequence[int], y: int) -> Part:
    """A cell shows whoever holds its foot, and above that whoever holds its top."""
    foot = next((at for at, end in enumerate(ends) if end > 8 * y), None)
    if foot is None:
        return " ", palette.ground
    if ends[foot] >= 8 * (y + 1):
        return FULL, found[foot].style
    head = next((at for at, end in enumerate(ends) if end >= 8 * (y + 1)), None)
    ground = palette.paper if head is None else found[head].style
    return BARS[ends[foot] - 8 * y], palette.on(found[foot].style, ground)


def _names(
    canvas: Canvas, palette: Palette, found: Sequence[Layer], ends: Sequence[int], x: int
) -> None:
    """Names where the layers begin, in those that fill most of a row there."""
    for layer, low, high in zip(found, [0, *ends], ends, strict=False):
        row = (low + high) // 16
        if min(high, 8 * row + 8) - max(low, 8 * row) >= _NAME_EIGHTHS:
            style = palette.on(palette.paper, layer.style)
            canvas.put(x, canvas.height - 1 - row, f" {layer.name} ", style)


def _legend(state: State, found: Sequence[Layer], frame: Frame, width: int) -> list[Row]:
    """Names with their rates now, in as many rows as they take, three at the most."""
    palette = state.palette
    now = {row.name: row.hash_rate for row in frame.nodes}
    rows = [Row(width).gap(_AXIS_CELLS)]
    for layer in found:
        name = "others, and nodes that are gone" if layer.name not in now else layer.name
        rate = f" {hash_rate(now[layer.name])}  " if layer.name in now else "  "
        if cell_len(name) + len(rate) + 2 > rows[-1].room:
            if len(rows) == 3:
                rows[-1].put("…", palette.muted)
                break
            rows.append(Row(width).gap(_AXIS_CELLS))
        rows[-1].put(f"{FULL} {name}", layer.style).put(rate, palette.muted)
    return rows
