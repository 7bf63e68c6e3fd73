"""The event log, newest first; with the keys on it one reads back, and the picture holds still."""

from rich.style import Style

from powclock.tui.event_log import Entry
from powclock.tui.glyphs import (
    BEST,
    CUT,
    DOWN,
    FORK,
    HEALED,
    OUTSIDE,
    POINTER,
    REORG,
    STALE,
    TWICE,
    WRONG_STATE,
)
from powclock.tui.rows import PLAIN, Row
from powclock.tui.state import State
from powclock.tui.text import clock, in_sight
from powclock.tui.theme import Palette
from powclock.tui.widgets.panel import Border, Panel, Part
from powclock.tui.widgets.prompt import Prompt

_WHEEL_ROWS = 3
# What happens all the time: the sign alone is in colour.
_USUAL = frozenset({"tick", "difficulty", "start", "heal", "up", "join"})
_NOISE = frozenset({"refused", "orphan"})


def sign(kind: str, palette: Palette) -> tuple[str, Style]:
    """Glyph and hue of a kind of event; the word is the first of its text."""
    signs = {
        "tick": (BEST, palette.best),
        "fork": (FORK, palette.rival),
        "reorg": (REORG, palette.rival),
        "fault": (CUT, palette.bad),
        "heal": (HEALED, palette.good),
        "attack": ("◉", palette.bad),
        "memory": (WRONG_STATE, palette.bad),
        "states": (WRONG_STATE, palette.bad),
        "evidence": (TWICE, palette.bad),
        "refused": (STALE, palette.stale),
        "drop": (DOWN, palette.bad),
        "orphan": ("∅", palette.stale),
        "up": ("↑", palette.good),
        "join": ("+", palette.good),
        "difficulty": ("▲", palette.accent),
        "start": (POINTER, palette.accent),
        "declined": (OUTSIDE, palette.warning),
    }
    return signs.get(kind, ("·", palette.muted))


def _parted(text: str) -> tuple[str, str]:
    """What happened, and the rest of the line."""
    places = [place for mark in (": ", "  ") if (place := text.find(mark)) >= 0]
    place = min(places, default=len(text))
    return text[:place], text[place:]


class Events(Panel):
    """What happened, in words.

    `chosen` is the number of the entry that the keys are on, and `_held` that of the topmost one
    while one reads back; None for the newest, whichever that is.
    """

    TITLE = "EVENTS"
    NAME = "events"
    NUMBER = 4

    def __init__(self, state: State, *, border: Border = Border.NONE) -> None:
        super().__init__(state, border=border)
        self.chosen: int | None = None
        self._held: int | None = None
        self._prompt: Prompt | None = None

    def aside(self) -> list[Part]:
        """What is shown, and how much there is that is not."""
        palette, log = self.state.palette, self.state.events
        parts: list[Part] = []
        if newer := self._top():
            parts.append((f"{newer} newer, home follows", palette.warning))
        if log.filtered:
            shown = f"{len(self._entries()):,} of {len(log.entries):,}"
            parts.append((f"{' · ' if parts else ''}{shown}", palette.text))
            parts.append((f" · {log.words(self.state.selected)}", palette.accent))
        if left_out := self.state.events_left_out:
            parts.append((f"{' · ' if parts else ''}{left_out:,} left out", palette.muted))
        return parts

    def body(self, width: int, height: int) -> list[Row]:
        """As many entries as fit, and the line to type in while it is open."""
        palette, entries = self.state.palette, self._entries()
        room = height - self._typing
        top = self._top()
        rows = [self._event(entry, width) for entry in entries[top : top + max(room, 0)]]
        if not rows and self.state.events.filtered and room > 0:
            rows.append(Row(width).put("  no event is like that", palette.muted))
        if self._typing and self._prompt is not None:
            rows += [Row(width) for _ in range(room - len(rows))]
            note = f"{len(entries):,} of {len(self.state.events.entries):,}"
            rows.append(self._prompt.row(width, palette, note=note))
        return rows

    def _event(self, entry: Entry, width: int) -> Row:
        palette = self.state.palette
        glyph, style = sign(entry.kind, palette)
        chosen = self.focused and entry.number == self.chosen
        ground = palette.selected if chosen else PLAIN
        # What happened leads; with whom, and in figures, is read after it.
        head, rest = _parted(entry.text)
        lead = palette.text if entry.kind in _USUAL else style
        after = palette.muted if entry.kind in _USUAL | _NOISE else palette.text
        row = Row(width).put(f"{clock(entry.first.time_ns)} ", palette.muted + ground)
        row.put(f"{glyph} ", style + ground).put(head, lead + ground)
        row.put(rest, after + ground)
        return row.put(" " * row.room, ground) if chosen else row

    # Where one reads.

    def _entries(self) -> list[Entry]:
        return self.state.events.shown(self.state.selected)

    def _place(self, number: int | None) -> int | None:
        """Where an entry stands; where it is gone, the next older one."""
        if number is None:
            return None
        entries = self._entries()
        # Numbers fall along the list.
        low, high = 0, len(entries)
        while low < high:
            middle = (low + high) // 2
            low, high = (middle + 1, high) if entries[middle].number > number else (low, middle)
        return min(low, len(entries) - 1) if entries else None

    def _top(self) -> int:
        """How many entries are above the topmost one in sight."""
        return self._place(self._held) or 0

    def _room(self) -> int:
        return max(self.inner.height - self._typing, 1)

    def _hold(self, top: int) -> None:
        """Let an entry be the topmost; the newest is followed."""
        entries = self._entries()
        top = min(top, max(len(entries) - self._room(), 0))
        self._held = entries[top].number if top > 0 else None

    def _choose(self, place: int) -> bool:
        """Choose an entry and keep it in sight; the picture then holds still."""
        entries = self._entries()
        if not entries:
            return False
        place = min(max(place, 0), len(entries) - 1)
        self.chosen = entries[place].number
        top, room = self._top(), self._room()
        top = in_sight(top, place, room)
        # Even the newest is held where it is once it is chosen, or it would slip away.
        self._held = entries[min(top, max(len(entries) - room, 0))].number
        return True

    def follow(self) -> None:
        """Show the newest, whichever comes."""
        self.chosen = self._held = None

    # Keys.

    def move(self, across: int, down: int) -> bool:
        """Choose the entry above or below; above the newest, follow again."""
        if across:
            return False
        place = self._place(self.chosen)
        if place is None:
            return down > 0 and self._choose(self._top())
        if place + down < 0:
            self.follow()
            return True
        return self._choose(place + down)

    def page(self, step: int) -> bool:
        """Choose an entry a page further up or down."""
        place = self._place(self.chosen)
        return self._choose((self._top() if place is None else place) + step * self._room())

    def end(self, *, last: bool) -> bool:
        """The oldest, or follow the newest."""
        if last:
            return self._choose(len(self._entries()) - 1)
        self.follow()
        return True

    def enter(self) -> bool:
        """Jump to what the entry is about."""
        place = self._place(self.chosen)
        if place is None or self.board is None:
            return False
        entry = self._entries()[place]
        if entry.block is not None:
            self._jump(entry.block, entry.first.height)
        elif node := next((name for name in entry.nodes if self.state.row(name)), None):
            self.board.inspect_node(node)
        else:
            self.board.say("this event has neither a block nor a node to look into")
        return True

    def _jump(self, hash_: str, height: int | None) -> None:
        """Show the part of the chain where a block is, and look into it."""
        assert self.board is not None
        frame = self.state.frame
        if height is None and frame is not None:
            height = next((block.height for block in frame.chain if block.hash == hash_), None)
        self.state.block = hash_
        if height is not None:
            self.state.show_height(height)
        self.board.inspect_block(hash_)

    def back(self) -> bool:
        """Follow again; then show all again."""
        if self.chosen is not None or self._held is not None:
            self.follow()
            return True
        return self.state.events.clear_filter()

    def filter(self) -> Prompt:
        """A line to type in, which narrows the log at once."""
        log = self.state.events

        def changed(text: str) -> None:
            log.query = text

        def closed(keep: bool) -> None:
            self.state.prompt = None
            log.query = log.query if keep else ""

        self._prompt = Prompt(
            log.query, hint="reorg, @alice, or any text", changed=changed, closed=closed
        )
        return self._prompt

    @property
    def _typing(self) -> bool:
        return self._prompt is not None and self.state.prompt is self._prompt

    # The mouse.

    def clicked(self, x: int, y: int, *, double: bool) -> None:
        """Choose the entry under the pointer; twice jumps."""
        place = self._top() + y
        if 0 <= y < self._room() and place < len(self._entries()):
            self._choose(place)
            if double:
                self.enter()

    def scrolled(self, step: int) -> None:
        """Scroll, whatever is chosen."""
        self._hold(self._top() + _WHEEL_ROWS * step)
