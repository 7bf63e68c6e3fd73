"""Panels without an app: a state with a clock that a test moves, and the rows of a panel."""

from powclock.record.frame import Frame, Pace
from powclock.tui import theme_file as themes
from powclock.tui.rows import Row
from powclock.tui.state import State
from powclock.tui.widgets.panel import Board
from tests.tui.frames import RUNNING


class Wall:
    """The time by which things move."""

    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


def state(frame: Frame, wall: Wall | None = None, *, motion: bool = True) -> State:
    """A screen's model that has seen one frame."""
    made = State(themes.load("dark"), motion=motion, wall_s=wall or Wall())
    see(made, frame)
    return made


def see(made: State, frame: Frame, pace: Pace = RUNNING) -> None:
    """Let the race tell a frame."""
    made.see(frame, pace)


def text(rows: list[Row]) -> list[str]:
    """What rows show, without the spaces at their ends."""
    return ["".join(segment.text for segment in row.segments).rstrip() for row in rows]


class FakeBoard(Board):
    """Remembers what a panel asked for."""

    def __init__(self) -> None:
        self.inspected: list[str] = []
        self.painted = 0

    def focus_panel(self, name: str) -> None:
        """Nothing to do."""

    def maximise(self, name: str) -> None:
        """Nothing to do."""

    def inspect_node(self, name: str) -> None:
        """Nothing to do."""

    def inspect_block(self, hash_: str) -> None:
        self.inspected.append(hash_)

    def say(self, text: str) -> None:
        """Nothing to do."""

    def paint(self) -> None:
        self.painted += 1
