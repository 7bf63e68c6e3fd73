"""Figures beside what theory expects of them, in as few words as there is room for.

A figure that lies in its band has a tick and one outside it a mark that shouts, so it is never told
by the hue alone. Comparisons are worked out again when blocks were found or faults began, not for
every frame.
"""

from collections.abc import Callable

from rich.style import Style

from powclock.lab.expected import Comparison, Comparisons, Expected, expected_of_frame
from powclock.lab.expected_of_nodes import double_spends, revenue
from powclock.record.frame import ActiveFault, Frame
from powclock.tui.glyphs import FITS, OUTSIDE
from powclock.tui.theme import Palette

Show = Callable[[float], str]


class Expectations:
    """The comparisons of the newest frame, made at most once for each block and fault."""

    def __init__(self) -> None:
        self._race_key: object = None
        self._race: Comparisons | None = None
        self._revenue_key: object = None
        self._revenue: Comparison | None = None
        self._spent_key: object = None
        self._spent: Comparison | None = None

    def race(self, frame: Frame) -> Comparisons:
        """The mean interval and the stale rate of the whole race."""
        begun = frame.conditions.faults_begun if frame.conditions is not None else 0
        key = frame.head, frame.totals.blocks_mined, begun
        if self._race is None or key != self._race_key:
            self._race_key, self._race = key, expected_of_frame(frame)
        return self._race

    def revenue(self, frame: Frame, fault: ActiveFault) -> Comparison:
        """What a selfish miner gets."""
        key = fault.id, fault.since_ns, fault.blocks, fault.own_blocks, len(frame.faults)
        if self._revenue is None or key != self._revenue_key:
            self._revenue_key, self._revenue = key, revenue(frame, fault)
        return self._revenue

    def double_spend(self, frame: Frame, fault: ActiveFault) -> Comparison:
        """How often a double spend succeeds."""
        attack = fault.attack
        tried = (attack.tries, attack.won, attack.stage) if attack is not None else None
        key = fault.id, fault.since_ns, tried, len(frame.faults)
        if self._spent is None or key != self._spent_key:
            self._spent_key, self._spent = key, double_spends(frame, fault)
        return self._spent

    def of_attack(self, frame: Frame, fault: ActiveFault) -> tuple[str, Comparison] | None:
        """What an attack is measured by, and how that compares; None where no law is known."""
        match fault.fault:
            case "selfish":
                return "revenue", self.revenue(frame, fault)
            case "double_spend":
                return "won", self.double_spend(frame, fault)
            case _:
                return None


def seconds(value: float) -> str:
    """A mean interval: "5.21"."""
    return f"{value:.2f}" if value < 99.95 else f"{value:.0f}"


def tenths(value: float) -> str:
    """A mean interval in few cells: "5.2", "612"."""
    return f"{value:.1f}" if value < 99.95 else f"{value:.0f}"


def parts_of_hundred(value: float) -> str:
    """A share without its sign: "4.1", "38"."""
    if not value:
        return "0"
    return f"{100 * value:.1f}" if value < 0.0995 else f"{100 * value:.0f}"


def mark(comparison: Comparison, palette: Palette) -> tuple[str, Style]:
    """Whether a figure fits, in one sign; nothing where theory does not say."""
    if not isinstance(comparison, Expected):
        return "", palette.muted
    return (FITS, palette.good) if comparison.fits else (OUTSIDE, palette.bold(palette.warning))


def band(comparison: Comparison, show: Show) -> str:
    """The band of a figure: "4.10–6.02"; nothing where theory does not say."""
    if not isinstance(comparison, Expected):
        return ""
    return f"{show(comparison.low)}–{show(comparison.high)}"


def sentence(comparison: Comparison, palette: Palette, show: Show, unit: str) -> list[
    tuple[str, Style]
]:  # fmt: skip
    """A figure, what is expected of it, the band and the law, or why there is none."""
    parts = [(f"{show(comparison.measured)} {unit}", palette.text)]
    if not isinstance(comparison, Expected):
        return [*parts, (f"  no law: {comparison.why}", palette.muted)]
    sign, style = mark(comparison, palette)
    return [
        *parts,
        (f" {sign} ", style),
        (f"expected {show(comparison.expected)} [{band(comparison, show)}]", palette.text),
        (f"  {comparison.law}", palette.muted),
    ]
