"""The sizes of boxes and the distances between them, for every size of the chain's panel."""

from dataclasses import dataclass

from powclock.tui.widgets.chain_picture import MARGIN

# Beside the slot to come: " 100 % of rate".
WORDS = 16
_GAP = 3


@dataclass(frozen=True)
class Grid:
    """Where boxes stand. Row 0 has the heights; under a box is a row for notes.

    `rows` is how many rows a box on the best chain has, `rival_rows` a box on another lane; a lane
    whose boxes have one row has no notes either.
    """

    width: int
    height: int
    box: int
    gap: int
    rows: int
    rival_rows: int

    @property
    def pitch(self) -> int:
        """Cells from one block to the next."""
        return self.box + self.gap

    @property
    def stem(self) -> int:
        """Where on a block the line to a rival child goes down: right of the interval's digits."""
        return self.box - 2

    @property
    def columns(self) -> int:
        """Heights that fit, with the slot to come and its words."""
        return max((self.width - MARGIN - self.box - WORDS) // self.pitch + 1, 2)

    @property
    def lanes(self) -> int:
        """Lanes that fit; the notes of the last may be cut off."""
        room = max(self.height - self.top(1), 0)
        return 1 + (room if self.rival_rows == 1 else (room + 1) // (self.rival_rows + 1))

    def rows_of(self, lane: int) -> int:
        """Rows of a box."""
        return self.rows if lane == 0 else self.rival_rows

    def top(self, lane: int) -> int:
        """The first row of a lane's boxes."""
        if lane == 0:
            return 1
        step = self.rival_rows if self.rival_rows == 1 else self.rival_rows + 1
        return 2 + self.rows + (lane - 1) * step

    def middle(self, lane: int) -> int:
        """The row within a box in which its links run."""
        return (self.rows_of(lane) - 1) // 2


def grid(width: int, height: int, lanes: int = 1) -> Grid:
    """The largest boxes for which there is room, given how many lanes are to be shown."""
    if width >= 140 and height >= 24:
        box, gap, rows = 14, 4, 5
    else:
        box, gap, rows = 8, 4 if width >= 130 else _GAP, 4 if height >= 12 else 3
    for rival_rows in (rows, 4, 3):
        made = Grid(width, height, box, gap, rows, min(rival_rows, rows))
        if made.lanes >= max(lanes, 2):
            return made
    return Grid(width, height, box, gap, rows, 1)
