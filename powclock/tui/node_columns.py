"""The columns of the nodes' table: what each shows of a node, and which of them fit.

The trend is a sparkline of a node's recent hash rate, a mean of three samples a cell. Rates wander
by some 5 %, which bars from zero would hide, so they stand between the least and the most that is
shown, with at least 6 % of the most from bottom to top; the figure after them says how deep the
lowest lies under the highest, and a gap is a time without any hashes.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from powclock.lab.expected import Expected
from powclock.lab.expected_of_nodes import share_of_blocks
from powclock.record.frame import NodeRow
from powclock.tui.answers import Answer, answer_of
from powclock.tui.expectations import mark
from powclock.tui.glyphs import (
    BARS,
    BEST,
    CUT,
    DOWN,
    FAULTS,
    MORE_LEFT,
    RIVAL,
    SIGMA,
    STILL,
    WRONG_STATE,
)
from powclock.tui.groups import groups_of
from powclock.tui.node_order import deviation
from powclock.tui.state import State
from powclock.tui.text import age, fit, hash_rate
from powclock.tui.widgets.panel import Part

SPARK_MIN = 8
SPARK_MAX = 40
DIP_CELLS = 6
# The part of the highest rate that lies at least between the lowest bar and the highest.
_SPAN_MIN = 0.06
_NAME_CELLS = 9
_NAME_CELLS_MAX = 24


@dataclass(frozen=True)
class Column:
    """A column: its title, its cells with the gap after it, and what it shows of a node."""

    title: str
    width: int
    show: Callable[[State, NodeRow], Part]
    right: bool = False

    def cell(self, text: str) -> str:
        """The text in the cells of the column."""
        room = self.width - 2
        text = fit(text, room) if len(text) > room or not text.isascii() else text
        return (text.strip().rjust(room) if self.right else text.ljust(room)) + "  "


def _name(state: State, row: NodeRow) -> Part:
    return row.name, state.palette.bold(state.node(row.name))


def _region(state: State, row: NodeRow) -> Part:
    return row.region, state.palette.muted


def _rate(state: State, row: NodeRow) -> Part:
    style = state.palette.text if row.hash_rate > 0 else state.palette.stale
    return hash_rate(row.hash_rate), style


def _trend(state: State, row: NodeRow) -> Part:
    raise AssertionError("the table draws it: it has two styles")


def _tip(state: State, row: NodeRow) -> Part:
    palette = state.palette
    glyph, style = {
        "best": (BEST, palette.best),
        "rival": (RIVAL, palette.rival),
    }.get(row.tip, (MORE_LEFT, palette.stale))
    return f"{row.height} {glyph}", style


def seen(state: State, row: NodeRow) -> Part:
    """How long ago it accepted a block."""
    if state.frame is None or row.height == 0:
        return "–", state.palette.muted
    return age(state.frame.time_ns, row.seen_ns), state.palette.muted


def _peers(state: State, row: NodeRow) -> Part:
    if row.peers_cut:
        return f"{row.peers} {CUT}{row.peers_cut}", state.palette.muted
    return str(row.peers), state.palette.muted


def _won(state: State, row: NodeRow) -> Part:
    return str(row.won), state.palette.text


def _share(state: State, row: NodeRow) -> Part:
    """The part of the blocks against the band for its share of the hash rate, or that share."""
    mined = state.frame.totals.blocks_mined if state.frame is not None else 0
    compared = share_of_blocks(state.frame, row) if state.frame is not None else None
    if isinstance(compared, Expected):
        sign, style = mark(compared, state.palette)
        limits = f"{100 * compared.low:.0f}–{100 * compared.high:.0f}"
        text = f"{100 * compared.measured:.0f} {sign} {limits} %"
        return text, state.palette.muted if compared.fits else style
    won = f"{100 * row.won / mined:.0f}" if mined else "–"
    return f"{won} of {100 * row.share:.0f} %", state.palette.muted


def _luck(state: State, row: NodeRow) -> Part:
    palette = state.palette
    mined = state.frame.totals.blocks_mined if state.frame is not None else 0
    errors = deviation(row.won, row.share, mined)
    if errors is None:
        return "·  ", palette.faint
    text = f"{errors:+.1f}{SIGMA}".replace("-", "−")
    if abs(errors) <= 2:
        return f"{text}  ", palette.muted
    return f"{text} {'▲' if errors > 0 else '▼'}", palette.warning


def _state(state: State, row: NodeRow) -> Part:
    palette = state.palette
    if row.state == "split":
        return f"{CUT} split{_side(state, row.name)}", palette.rival
    if row.state == "idle" and answer_of(state.frame) is not Answer.WORK:
        turns = state.frame.turns if state.frame is not None else None
        if turns is not None and row.name not in turns.leaders:
            return "not known", palette.warning  # it follows, and may never lead
        return "running", palette.muted
    words, style = {
        "down": (f"{DOWN} down", palette.bad),
        "frozen": (f"{STILL} frozen", palette.stale),
        "damaged": (f"{WRONG_STATE} damaged", palette.bad),
        "eclipsed": (f"{FAULTS['eclipse']}eclipsed", palette.bad),
        "dropped": (f"{CUT} dropped", palette.warning),
        "mining": ("mining", palette.muted),
    }.get(row.state, (row.state, palette.muted))
    return words, style


def _side(state: State, name: str) -> str:
    """The letter of a node's side of the partition; who joined since has none of its own."""
    sides = state.frame.sides if state.frame is not None else ()
    return next((f" {chr(65 + i)}" for i, side in enumerate(sides[:26]) if name in side), "")


def _skew(state: State, row: NodeRow) -> Part:
    if not row.skew_s:
        return "·", state.palette.faint
    sign = "+" if row.skew_s > 0 else "−"
    return f"{sign}{_span(abs(row.skew_s))}", state.palette.warning


def _span(seconds: float) -> str:
    """A skew in at most five cells: "90 s", "0.4 s", "5 m", "2 h"."""
    if seconds < 100:
        return f"{seconds:.1f} s" if seconds < 9.95 else f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} m" if seconds < 5_970 else f"{seconds / 3_600:.0f} h"


def _pool(state: State, row: NodeRow) -> Part:
    return str(row.mempool), state.palette.muted


def _refused(state: State, row: NodeRow) -> Part:
    return str(row.refused), state.palette.warning if row.refused else state.palette.faint


def _group(state: State, row: NodeRow) -> Part:
    """The group of nodes that it agrees with, by its sign and what they agree on."""
    if state.frame is None:
        return "–", state.palette.muted
    for group in groups_of(state.frame, state.palette):
        if row.name in group.nodes:
            return f"{group.sign} {group.label}", group.style
    return "–", state.palette.muted


def _applied(state: State, row: NodeRow) -> Part:
    return str(row.applied), state.palette.text


# In the order of the table.
COLUMNS = (
    Column("node", _NAME_CELLS + 2, _name),
    Column("region", 9, _region),
    Column("rate", 11, _rate, right=True),
    Column("trend", SPARK_MIN + 2, _trend),
    Column("tip", 8, _tip, right=True),
    Column("says", 12, _group),
    Column("applied", 9, _applied, right=True),
    Column("state", 11, _state),
    Column("seen", 8, seen, right=True),
    Column("peers", 7, _peers),
    Column("won", 5, _won, right=True),
    Column("share", 15, _share, right=True),
    Column("luck", 9, _luck, right=True),
    Column("clock", 8, _skew, right=True),
    Column("pool", 7, _pool, right=True),
    Column("refused", 9, _refused, right=True),
)
_BY_TITLE = {column.title: column for column in COLUMNS}
# What a narrow table shows first.
_PRIORITY = (
    "node", "rate", "tip", "state", "trend", "peers", "clock", "won", "luck", "region", "share",
    "seen", "pool", "refused",
)  # fmt: skip
# Where work does not lead, what speaks of hashes is left out.
_PRIORITIES = {
    Answer.WORK: _PRIORITY,
    Answer.NOBODY: ("node", "says", "applied", "state", "peers", "clock", "region", "refused"),
    Answer.SCHEDULE: (
        "node", "clock", "tip", "state", "won", "peers", "seen", "pool", "refused", "region",
    ),
    Answer.OTHER: (
        "node", "tip", "state", "won", "peers", "clock", "seen", "pool", "refused", "region",
    ),
}  # fmt: skip


@lru_cache(maxsize=32)
def choose(
    width: int,
    *,
    name_cells: int = 9,
    region_cells: int = 0,
    skewed: bool = False,
    answer: Answer = Answer.WORK,
) -> tuple[Column, ...]:
    """The columns that fit into so many cells after the pointer, in order.

    Regions and clocks that are right would say nothing, so their columns are there only if a node
    has a region, or a clock that is wrong; under a schedule every clock counts. What is left over
    goes to long names, and to the trend.
    """
    room = width - 2
    chosen: dict[str, int] = {}
    for title in _PRIORITIES[answer]:
        cells = _BY_TITLE[title].width
        if (title == "clock" and not skewed and answer is not Answer.SCHEDULE) or (
            title == "region" and not region_cells
        ):
            continue
        if title == "node":
            cells = min(max(name_cells + 2, 7), cells)
        if title == "trend" and width >= 90:
            cells += DIP_CELLS
        if cells > room and not (title == "node" and room > 4):
            break
        chosen[title] = min(cells, room)
        room -= chosen[title]
    for title, most in (
        ("node", min(name_cells, _NAME_CELLS_MAX) + 2),
        ("region", min(region_cells, _NAME_CELLS_MAX) + 2),
        ("trend", SPARK_MAX + DIP_CELLS + 2),
    ):
        if title in chosen:
            more = min(max(most - chosen[title], 0), room)
            chosen[title] += more
            room -= more
    return tuple(
        Column(column.title, chosen[column.title], column.show, column.right)
        for column in COLUMNS
        if column.title in chosen
    )


def _smooth(samples: bytes) -> list[float]:
    """Each sample with its neighbours, as the sum of three; a gap stays apart from them."""
    if 0 not in samples:
        padded = samples[:1] + samples + samples[-1:]
        return [a + b + c for a, b, c in zip(padded, padded[1:], padded[2:], strict=False)]
    smooth = []
    for index, sample in enumerate(samples):
        near = [other for other in samples[max(index - 1, 0) : index + 2] if other]
        smooth.append(3 * sum(near) / len(near) if sample else 0.0)
    return smooth


@lru_cache(maxsize=256)
def spark(samples: bytes, width: int) -> tuple[str, str]:
    """The newest samples as bars, the last at the right, and how deep the lowest lies, if told."""
    figure = width >= SPARK_MIN + DIP_CELLS
    cells = width - DIP_CELLS if figure else width
    smooth = _smooth(samples[-cells:])
    running = [value for value in smooth if value]
    most = max(running, default=0.0)
    least = min(running, default=0.0)
    bottom = min(least, most * (1 - _SPAN_MIN))
    # Never the full block, or the rows would run into each other.
    scale = 6 / (most - bottom) if running else 0.0
    bars = "".join(BARS[1 + round((v - bottom) * scale)] if v else " " for v in smooth)
    if not figure:
        return bars.rjust(cells), ""
    dip = round(100 * (1 - least / most)) if running else 0
    return bars.rjust(cells), (f"−{dip} %" if dip else "").rjust(DIP_CELLS)
