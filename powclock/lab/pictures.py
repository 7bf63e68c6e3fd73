"""Pictures as files, by matplotlib, which only they load; the same figures give the same bytes."""

from itertools import zip_longest
from math import fsum
from pathlib import Path

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullLocator, StrMethodFormatter

from powclock.lab.compare import Comparison
from powclock.lab.compare_text import LINES, Line
from powclock.lab.scatter import WIDE
from powclock.lab.sweep import Sweep
from powclock.lab.sweep_text import interval_word

DOTS_AN_INCH = 120
MARKERS = "osD^vP*X"
# Letters stay letters in an SVG; what matplotlib would draw at random has a fixed salt.
SALT = "powclock"
PANELS_ACROSS = 4


def sweep_picture(swept: Sweep, path: Path) -> None:
    """Transactions a second, and stale blocks, over how long one node leads.

    Raises:
        OSError: it cannot be written.
    """
    with rc_context({"svg.hashsalt": SALT, "svg.fonttype": "none"}):
        figure = Figure(figsize=(10, 4.5), layout="constrained")
        FigureCanvasAgg(figure)
        rate, stale = figure.subplots(1, 2)
        sizes = dict.fromkeys(row.transactions_max for row in swept.rows)
        for index, size in enumerate(sizes):
            rows = [row for row in swept.rows if row.transactions_max == size and row.ticks]
            reigns = [row.reign_mean_s for row in rows]
            label, marker = f"{size} a block", f"{MARKERS[index % len(MARKERS)]}-"
            rate.plot(reigns, [row.transactions_per_s for row in rows], marker, label=label)
            stale.plot(reigns, [100 * row.stale_of_mined for row in rows], marker, label=label)
        reigns = [row.reign_mean_s for row in swept.rows if row.ticks]
        _axes(rate, reigns, "transactions a second")
        _axes(stale, reigns, "stale blocks, % of all mined")
        what = f"each point another {interval_word(swept.rule)}"
        figure.suptitle(f"{swept.scenario} · {swept.rule} · {swept.nodes} nodes · {what}")
        _save(figure, path)


def compare_picture(comparison: Comparison, path: Path) -> None:
    """The lines of the table as bars, a panel for each, a point for each seed.

    Raises:
        OSError: it cannot be written.
    """
    with rc_context({"svg.hashsalt": SALT, "svg.fonttype": "none"}):
        rows = -(-len(LINES) // PANELS_ACROSS)
        figure = Figure(figsize=(3.2 * PANELS_ACROSS, 2.2 * rows), layout="constrained")
        FigureCanvasAgg(figure)
        panels = figure.subplots(rows, PANELS_ACROSS, squeeze=False).flat
        for axes, line in zip_longest(panels, LINES):
            if line is None:
                axes.set_axis_off()
            else:
                _bars(axes, comparison, line)
        faults = ", ".join(comparison.faults) or "no faults"
        figure.suptitle(f"{comparison.scenario} · {comparison.nodes} nodes · {faults}")
        _save(figure, path)


def _bars(axes: Axes, comparison: Comparison, line: Line) -> None:
    for at, rule in enumerate(comparison.rules):
        values = [value for race in comparison.of(rule) if (value := line.value(race)) is not None]
        if values:
            axes.bar(at, fsum(values) / len(values), width=0.6, color=f"C{at}", alpha=0.5)
            axes.plot([at] * len(values), values, "k.", markersize=4)
        else:
            axes.text(at, 0, line.nothing, ha="center", va="bottom")
    axes.set_xticks(range(len(comparison.rules)), comparison.rules)
    axes.set_xlim(-0.6, len(comparison.rules) - 0.4)
    axes.set_ylim(bottom=0)
    axes.set_title(line.label, fontsize=9)


def _axes(axes: Axes, across: list[float], y_label: str) -> None:
    if across and max(across) > WIDE * min(across):
        axes.set_xscale("log")
        axes.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        axes.xaxis.set_major_formatter(StrMethodFormatter("{x:g}"))
        axes.xaxis.set_minor_locator(NullLocator())
    axes.set_xlabel("one node leads in a row for, s")
    axes.set_ylabel(y_label)
    axes.set_ylim(bottom=0)
    axes.grid(alpha=0.3)
    axes.legend()


def _save(figure: Figure, path: Path) -> None:
    kind = path.suffix.lower().removeprefix(".")
    metadata = {"Date": None} if kind == "svg" else {"Software": None}
    figure.savefig(path, format=kind, dpi=DOTS_AN_INCH, metadata=metadata)
