"""The status bar of races next to each other: what they share, and nothing of one alone."""

from powclock.record.frame import Frame
from powclock.tui.state import State
from powclock.tui.text import count
from powclock.tui.widgets.panel import Part
from powclock.tui.widgets.status import Status


class SplitStatus(Status):
    """One row; what matters least is left out first."""

    def __init__(self, state: State, races: int) -> None:
        super().__init__(state)
        self._races = races

    def left(self, frame: Frame) -> dict[str, list[Part]]:
        """The scenario and the pace."""
        groups = super().left(frame)
        groups["rule"] = [(f"{self._races} rules", self.state.palette.muted)]
        return groups

    def right(self, frame: Frame) -> dict[str, list[Part]]:
        """The faults that are on in any of them."""
        palette, on = self.state.palette, len(frame.faults)
        style = palette.bad if on else palette.muted
        return {"faults": [(count(on, "fault") + " on" if on else "nothing is broken", style)]}
