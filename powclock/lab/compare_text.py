"""A comparison for people and for other programs: one table, a column for each rule; or CSV."""

import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from io import StringIO
from math import fsum

import msgspec

from powclock.lab.columns import columns
from powclock.lab.compare import Comparison, Figures


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the table; where all seeds have one value it stands alone, without its range.

    `nothing` is shown where no race has a value.
    """

    label: str
    value: Callable[[Figures], float | None]
    shown: Callable[[float], str]
    nothing: str = "–"

    def cell(self, races: Sequence[Figures]) -> str:
        """The mean of some seeds and, in brackets, the lowest and highest."""
        values = [value for race in races if (value := self.value(race)) is not None]
        if not values:
            return self.nothing
        mean, low, high = (
            self.shown(each) for each in (fsum(values) / len(values), min(values), max(values))
        )
        return mean if low == high else f"{mean} ({low}–{high})"


def _number(value: float) -> str:
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"


def _fixed(digits: int) -> Callable[[float], str]:
    return lambda value: f"{value:.{digits}f}"


LINES = (
    Line("agreed after the heal, s", lambda race: race.agreed_after_s, _fixed(1), "never"),
    Line("in agreement since, %", lambda race: 100 * race.agreed_part, _fixed(0)),
    Line("requests answered, %", lambda race: 100 * race.availability, _fixed(2)),
    Line("contradicting reads, %", lambda race: 100 * race.contradicting_reads, _fixed(1)),
    Line("writes lost, %", lambda race: 100 * race.writes_lost, _fixed(1)),
    Line("confirmed a second", lambda race: race.confirmed_per_s, _number),
    Line("half confirmed within, s", lambda race: race.wait_median_s, _fixed(1)),
    Line("95 % confirmed within, s", lambda race: race.wait_95_s, _fixed(1)),
    Line("forks", lambda race: race.forks, _number),
    Line("reorgs, of all nodes", lambda race: race.reorgs, _number),
    Line("messages per confirmed", lambda race: race.messages_per_confirmed, _number),
    Line("bytes per confirmed", lambda race: race.bytes_per_confirmed, _number),
    Line("Nakamoto coefficient", lambda race: race.nakamoto, _number),
    Line("Gini of blocks led", lambda race: race.gini, _fixed(2)),
    Line("entropy of leaders, bits", lambda race: race.entropy_bits, _fixed(2)),
    Line("one leads in a row for, s", lambda race: race.reign_mean_s, _fixed(1)),
)


def compare_text(comparison: Comparison) -> str:
    """The table, under a few words on what was raced."""
    count = len(comparison.seeds)
    seeds = f"{count} seeds" if count > 1 else f"seed {comparison.seeds[0]}"
    length = f"{comparison.until_s:g} s of each race"
    ranges = ["", "a cell is the mean of the seeds, in brackets the range"] if count > 1 else []
    return "\n".join(
        (
            f"{comparison.scenario} · {comparison.nodes} nodes · {seeds}, {length}",
            f"faults    {', '.join(comparison.faults) or 'none'}",
            f"heal      at {comparison.heal_s:g} s",
            "",
            *columns(table(comparison), left=1),
            *ranges,
        )
    )


def table(comparison: Comparison) -> list[tuple[str, ...]]:
    """The rows: heads first, then whether replicas agree again, then the figures."""
    by_rule = [comparison.of(rule) for rule in comparison.rules]
    return [
        ("", *comparison.rules),
        ("agree again", *(_agreed(races) for races in by_rule)),
        *((line.label, *(line.cell(races) for races in by_rule)) for line in LINES),
    ]


def _agreed(races: Sequence[Figures]) -> str:
    agreed = sum(race.agreed_after_s is not None for race in races)
    if not agreed:
        return "never"
    return "yes" if len(races) == 1 else f"{agreed} of {len(races)}"


def compare_csv(comparison: Comparison) -> str:
    """One line for each race, with the names of the fields first; what is not there is empty."""
    file = StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(("scenario", "nodes", *Figures.__struct_fields__))
    for race in comparison.races:
        writer.writerow((comparison.scenario, comparison.nodes, *msgspec.structs.astuple(race)))
    return file.getvalue()
