"""Pictures as files, by matplotlib, which only they load; the same figures give the same bytes."""

from pathlib import Path

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from powclock.lab.scatter import WIDE
from powclock.lab.sweep import Sweep
from powclock.lab.sweep_text import interval_word

DOTS_AN_INCH = 120
MARKERS = "osD^vP*X"
# Letters stay letters in an SVG; what matplotlib would draw at random has a fixed salt.
SALT = "powclock"


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


def _axes(axes: Axes, across: list[float], y_label: str) -> None:
    if across and max(across) > WIDE * min(across):
        axes.set_xscale("log")
    axes.set_xlabel("one node leads in a row for, s")
    axes.set_ylabel(y_label)
    axes.set_ylim(bottom=0)
    axes.grid(alpha=0.3)
    axes.legend()


def _save(figure: Figure, path: Path) -> None:
    kind = path.suffix.lower().removeprefix(".")
    metadata = {"Date": None} if kind == "svg" else {"Software": None}
    figure.savefig(path, format=kind, dpi=DOTS_AN_INCH, metadata=metadata)
