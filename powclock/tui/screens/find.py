"""The search: type a name, a height or some digits, and go there."""

from collections.abc import Callable

from powclock.race.commands import Find
from powclock.race.messages import Found
from powclock.record.detail import Hit
from powclock.tui.glyphs import BEST, POINTER, STALE
from powclock.tui.rows import PLAIN, Row
from powclock.tui.screens.line import LineSheet
from powclock.tui.state import State

_KINDS = {
    "tick": "TICKS",
    "time": "TIMES",
    "node": "NODES",
    "block": "BLOCKS",
    "transaction": "TRANSACTIONS",
}


class FindScreen(LineSheet[Hit]):
    """A line to type in, and what is found; the result is where to go."""

    HEADING = "GO TO"
    HINT = "a name, a height, or digits of a hash or transaction"

    def __init__(self, state: State, send: Callable[[Find], None]) -> None:
        super().__init__(state)
        self._send = send
        self._found: Found | None = None

    @property
    def hits(self) -> tuple[Hit, ...]:
        """What was found for what is typed, or was just before."""
        return self._found.hits if self._found is not None and self.text.strip() else ()

    def found(self, found: Found) -> None:
        """Take in what was found, unless it answers an older question."""
        if found.text == self.text:
            chosen = self.hits[self.at].id if self.at < len(self.hits) else ""
            self._found = found
            ids = [hit.id for hit in found.hits]
            self.at = ids.index(chosen) if chosen in ids and self.at else 0
            self.paint()

    def changed(self) -> None:
        """Ask the race."""
        if self.text.strip():
            self._send(Find(self.text))

    def count(self) -> int:
        """The hits."""
        return len(self.hits)

    def choices(self, width: int) -> list[tuple[Row, int | None]]:
        """All hits by kind."""
        palette = self.state.palette
        if not self.hits:
            asked = self._found is not None and self._found.text == self.text
            words = "nothing is called that" if asked and self.text.strip() else ""
            return [(Row(width).gap(2).put(words, palette.muted), None)]
        rows: list[tuple[Row, int | None]] = []
        kind = ""
        for index, hit in enumerate(self.hits):
            if hit.kind != kind:
                kind = hit.kind
                rows.append((Row(width).put(_KINDS.get(kind, kind), palette.title), None))
            rows.append((self._hit(hit, width, chosen=index == self.at), index))
        return rows

    def _hit(self, hit: Hit, width: int, *, chosen: bool) -> Row:
        palette = self.state.palette
        ground = palette.selected if chosen else PLAIN
        row = Row(width).put(f"{POINTER} " if chosen else "  ", palette.accent + ground)
        sign, style = {
            "node": ("●", self.state.node(hit.id)),
            "tick": (POINTER, palette.accent),
            "time": (POINTER, palette.accent),
            "block": (STALE, palette.stale) if hit.stale else (BEST, palette.best),
        }.get(hit.kind, ("→", palette.muted))
        row.put(f"{sign} ", style + ground).put(hit.text, palette.text + ground)
        return row.put(" " * row.room, ground) if chosen else row

    def go(self) -> None:
        """To the chosen hit."""
        if self.at < len(self.hits):
            self.dismiss(self.hits[self.at])
