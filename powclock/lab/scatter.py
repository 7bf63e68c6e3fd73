"""A plot in characters: points of a few series, over axes that are logarithmic where they are wide.

Sixty lines of our own rather than a library: the one for this (plotext) keeps its figure in module
globals and changed its calls between its last two versions, and all that is needed is points.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

WIDE = 20  # an axis whose values span more than this factor is logarithmic
MARKS = "ox+*#@%&"


@dataclass(frozen=True, slots=True)
class Series:
    """Points that belong together, as (x, y)."""

    name: str
    points: Sequence[tuple[float, float]]


class Axis:
    """From values to cells; `steps` is the number of the last cell."""

    def __init__(self, values: Sequence[float], steps: int) -> None:
        low, high = min(values, default=0.0), max(values, default=0.0)
        self.logarithmic = low > 0 and high > WIDE * low
        self.low = low if self.logarithmic else min(0.0, low)
        self.high = high if high > self.low else self.low + 1.0
        self._steps = steps

    def cell(self, value: float) -> int:
        """Where a value lies."""
        return round(self._part(value) * self._steps)

    def _part(self, value: float) -> float:
        if self.logarithmic:
            return math.log(value / self.low) / math.log(self.high / self.low)
        return (value - self.low) / (self.high - self.low)

    @property
    def note(self) -> str:
        """What a reader must know of it."""
        return " (logarithmic)" if self.logarithmic else ""


def scatter(
    series: Sequence[Series], *, x_label: str, y_label: str, columns: int = 60, rows: int = 14
) -> str:
    """The plot as lines of text; of points in one cell the last is seen."""
    points = [point for each in series for point in each.points]
    x_axis = Axis([x for x, _ in points], columns - 1)
    y_axis = Axis([y for _, y in points], rows - 1)
    grid = [[" "] * columns for _ in range(rows)]
    for mark, each in zip(_marks(len(series)), series, strict=True):
        for x, y in each.points:
            grid[rows - 1 - y_axis.cell(y)][x_axis.cell(x)] = mark
    ends = [f"{y_axis.high:.3g}", f"{y_axis.low:.3g}"]
    margin = max(len(end) for end in ends)
    labels = [ends[0], *[""] * (rows - 2), ends[1]]
    low, high = f"{x_axis.low:.3g}", f"{x_axis.high:.3g}"
    return "\n".join(
        (
            f"{y_label}{y_axis.note}",
            *(
                f"{label:>{margin}} │{''.join(line).rstrip()}"
                for label, line in zip(labels, grid, strict=True)
            ),
            f"{'':>{margin}} └{'─' * columns}",
            f"{'':>{margin}}  {low}{high:>{columns - len(low)}}",
            f"{'':>{margin}}  {x_label}{x_axis.note}",
            *(
                f"{'':>{margin}}  {mark} {each.name}"
                for mark, each in zip(_marks(len(series)), series, strict=True)
            ),
        )
    )


def _marks(count: int) -> list[str]:
    return [MARKS[index % len(MARKS)] for index in range(count)]
