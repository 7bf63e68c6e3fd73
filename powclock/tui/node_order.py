"""In which order the nodes stand in their table, and which of them: a pure function, kept a while.

Rates change in every frame. A table sorted by them anew each time would jump under one's eyes, so
the order is made again at most once a second of wall time, or at once when the person changes what
is asked for, or when a node joins or leaves. Ties keep the order of the race, both ways round.

Between two sorts a frame costs one comparison of the names. With 1,000 nodes that is 0.02 ms, a
sort 0.2 to 0.4 ms, and a filter with a sort 0.8 ms.
"""

from collections.abc import Callable
from math import sqrt

from rich.cells import cell_len

from powclock.record.frame import NodeRow

EVERY_S = 1.0

# Below so many wins expected, a single one more or less would look like a wonder.
EXPECTED_MIN = 3

Key = Callable[[NodeRow, int], float | str | tuple[float, bool]]

# What each column is sorted by, given the blocks mined so far, and whether the largest comes first.
KEYS: dict[str, tuple[Key, bool]] = {
    "node": (lambda row, _: row.name.casefold(), False),
    "region": (lambda row, _: row.region.casefold(), False),
    "rate": (lambda row, _: row.hash_rate, True),
    "trend": (lambda row, _: row.spark[-1] if row.spark else 0, False),
    "tip": (lambda row, _: (row.height, row.tip == "best"), True),
    "says": (lambda row, _: row.tip, False),
    "applied": (lambda row, _: row.applied, True),
    "seen": (lambda row, _: -row.seen_ns, True),
    "peers": (lambda row, _: row.peers, True),
    "won": (lambda row, _: row.won, True),
    "share": (lambda row, _: row.share, True),
    "luck": (lambda row, mined: deviation(row.won, row.share, mined) or 0.0, True),
    "state": (lambda row, _: row.state, False),
    "clock": (lambda row, _: abs(row.skew_s), True),
    "pool": (lambda row, _: row.mempool, True),
    "refused": (lambda row, _: row.refused, True),
}


def matches(row: NodeRow, words: list[str]) -> bool:
    """Whether every word is the beginning of its state or tip, or a part of its name or region."""
    name, region = row.name.casefold(), row.region.casefold()
    return all(
        word in name or word in region or row.state.startswith(word) or row.tip.startswith(word)
        for word in words
    )


def deviation(won: int, share: float, mined: int) -> float | None:
    """How far a node's wins are from what its share promises, in standard errors.

    Each block is a draw in which it wins with the probability `share`, so the count of its wins is
    binomial. The share is that of the nominal rates now: who joined late has won less than that.
    None while too few wins are expected to judge.
    """
    if not 0 < share < 1 or mined * share < EXPECTED_MIN:
        return None
    return (won - mined * share) / sqrt(mined * share * (1 - share))


class NodeOrder:
    """What the person asked of the table, and the order that came of it.

    `column` is None for the order of the race; `turned` says that the usual direction of the
    column, largest numbers or first letters first, is the other way round.
    """

    def __init__(self) -> None:
        self.column: str | None = None
        self.turned = False
        self.query = ""
        self._names: list[str] = []
        self._asked: tuple[str | None, bool, str] | None = None
        self._made_s = 0.0
        self.indices: list[int] = []
        self._place: dict[str, int] = {}
        self.name_cells = 0
        self.region_cells = 0

    @property
    def falling(self) -> bool:
        """Whether the largest comes first."""
        return self.column is not None and KEYS[self.column][1] is not self.turned

    def sort_by(self, column: str | None) -> None:
        """Sort by a column; the one that is sorted by already turns round."""
        if column is not None and column == self.column:
            self.turned = not self.turned
        else:
            self.column, self.turned = column, False

    def update(self, nodes: tuple[NodeRow, ...], mined: int, wall_s: float) -> None:
        """Bring `indices`, which point into the nodes, up to date; and the longest cells."""
        asked = (self.column, self.turned, self.query)
        names = [row.name for row in nodes]
        same = asked == self._asked and names == self._names
        if same and (asked == (None, False, "") or wall_s < self._made_s + EVERY_S):
            return
        if names != self._names:
            self.name_cells = max((cell_len(name) for name in names), default=0)
            self.region_cells = max((cell_len(row.region) for row in nodes), default=0)
        self._asked, self._names, self._made_s = asked, names, wall_s
        words = self.query.casefold().split()
        indices = [i for i, row in enumerate(nodes) if not words or matches(row, words)]
        if self.column is not None:
            key, _ = KEYS[self.column]
            # `reverse` keeps ties in their order as well.
            indices.sort(key=lambda index: key(nodes[index], mined), reverse=self.falling)
        self.indices = indices
        self._place = {names[index]: place for place, index in enumerate(indices)}

    def place(self, name: str | None) -> int | None:
        """Where a node stands, None where it does not."""
        return None if name is None else self._place.get(name)
