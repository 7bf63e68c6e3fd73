"""A sweep for people and for other programs: a table with a plot, or lines of CSV."""

import csv
from io import StringIO

import msgspec

from powclock.lab.columns import columns
from powclock.lab.scatter import Series, scatter
from powclock.lab.sweep import Measured, Row, Sweep
from powclock.race.rules import in_slots

HEADS = ("block", "ticks", "tx/s", "reign s", "longest", "Nakamoto", "Gini", "entropy", "stale")


def interval_word(rule: str) -> str:
    """What is as long as the interval, under a rule."""
    return "slot" if in_slots(rule) else "interval"


def sweep_text(swept: Sweep) -> str:
    """The table and the plot."""
    word = interval_word(swept.rule)
    races = f"{swept.seeds} seed{'s' if swept.seeds > 1 else ''}, {swept.until_s:g} s of each race"
    series = series_of(swept)
    return "\n".join(
        (
            f"{swept.scenario} · {swept.rule} · {swept.nodes} nodes · {races}",
            f"clients offer {swept.offered:g} times what blocks can hold{_filled(swept)}",
            "",
            *columns([(word, *HEADS), *(_cells(row) for row in swept.rows)]),
            "",
            "block     how many transactions fit in one",
            "reign     how long one node leads in a row: the mean, and the longest of all",
            "Nakamoto  how many nodes lead more than half; entropy is a part of the most",
            "stale     of all blocks mined",
            "",
            scatter(
                series, x_label="one node leads in a row for, s", y_label="transactions a second"
            ),
        )
    )


def series_of(swept: Sweep) -> list[Series]:
    """A curve for each block size, of what had ticks: transactions a second over mean reign."""
    sizes = dict.fromkeys(row.transactions_max for row in swept.rows)
    return [
        Series(
            f"{size} a block",
            [
                (row.reign_mean_s, row.transactions_per_s)
                for row in swept.rows
                if row.transactions_max == size and row.ticks
            ],
        )
        for size in sizes
    ]


def _filled(swept: Sweep) -> str:
    parts = [row.filled for row in swept.rows if row.ticks]
    return f"; the chain's were {min(parts):.0%} full or more" if parts else ""


def _cells(row: Row) -> tuple[str, ...]:
    return (
        f"{row.interval_s:g} s",
        str(row.transactions_max),
        f"{row.ticks:.0f}",
        f"{row.transactions_per_s:.2f}",
        f"{row.reign_mean_s:.1f}",
        f"{row.reign_max_s:.1f}",
        f"{row.nakamoto:.1f}",
        f"{row.gini:.2f}",
        f"{row.entropy_part:.0%}",
        f"{row.stale_of_mined:.1%}",
    )


def sweep_csv(swept: Sweep) -> str:
    """One line for each race, with the names of the fields first."""
    file = StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(("scenario", "rule", "nodes", *Measured.__struct_fields__))
    for race in swept.races:
        writer.writerow((swept.scenario, swept.rule, swept.nodes, *msgspec.structs.astuple(race)))
    return file.getvalue()
