"""The event log: what was told since the start, and which of it the person wants to see.

Many nodes tell one story: a block arrives, and each of them reorgs. Lines with the same group
become one entry with a count. It stays where the first of them stood, so that nothing jumps, and it
takes in more only while it is among the last entries and not much time has passed: the same story
told later is news.

A filter is typed: words that are kinds choose kinds, `@alice` a node, all others are searched for.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice, takewhile

from powclock.record.events import Hash, NodeId
from powclock.record.frame import EventLine
from powclock.record.narrate import together

EVENTS_KEPT = 2_000
# An entry takes in more lines while it is among so many last ones, and for so long.
GROUP_ENTRIES = 30
GROUP_NS = 30_000_000_000

# The kinds in the order in which they can be chosen.
KINDS = (
    "tick", "fork", "reorg", "fault", "heal", "attack", "memory", "states", "evidence", "refused",
    "drop", "orphan", "up", "join", "difficulty", "start",
)  # fmt: skip


@dataclass(slots=True, eq=False)
class Entry:
    """One line of the log, of one event or several alike; `number` counts entries from 0."""

    number: int
    first: EventLine
    nodes: dict[NodeId, None] = field(default_factory=dict)
    lines: int = 1
    text: str = ""

    @property
    def kind(self) -> str:
        """Chooses glyph and hue."""
        return self.first.kind

    @property
    def block(self) -> Hash | None:
        """The block that it is about."""
        return self.first.block

    def add(self, line: EventLine) -> None:
        """Count one more event."""
        self.lines += 1
        self.nodes[line.node or ""] = None
        if len(self.nodes) > 1:
            self.text = together(self.kind, line.group, len(self.nodes))
        else:
            self.text = f"{self.first.text} ×{self.lines}"


@dataclass(frozen=True, slots=True)
class Filter:
    """What to show: all of it, if it is as made."""

    kinds: frozenset[str] = frozenset()
    nodes: tuple[str, ...] = ()
    words: tuple[str, ...] = ()

    def lets_through(self, entry: Entry) -> bool:
        """Whether an entry is to be shown: of one of the kinds, about each node, with each word."""
        if self.kinds and entry.kind not in self.kinds:
            return False
        text = entry.text.casefold()
        return all(word in text for word in self.words) and all(
            _is_about(entry, text, node) for node in self.nodes
        )


def _is_about(entry: Entry, text: str, node: str, *, part: bool = True) -> bool:
    """Whether a name, or one that begins with the part of it that is typed, is in an entry."""
    words = text.replace(":", " ").replace(",", " ").split()
    names = [*(name.casefold() for name in entry.nodes), *words]
    return any(name.startswith(node) for name in names) if part else node in names


def parse(query: str) -> Filter:
    """Read what was typed."""
    words = query.casefold().split()
    return Filter(
        kinds=frozenset(word for word in words if word in KINDS),
        nodes=tuple(word[1:] for word in words if word.startswith("@") and len(word) > 1),
        words=tuple(word for word in words if word not in KINDS and not word.startswith("@")),
    )


class EventLog:
    """The last lines, and the entries that they make.

    As a sequence it is the lines as they were told; like `entries`, the oldest first. `query` is
    what was typed, `kinds` what was checked (none: all), and `selected_only` keeps to the selected
    node.
    """

    def __init__(self) -> None:
        self.lines: deque[EventLine] = deque(maxlen=EVENTS_KEPT)
        self.query = ""
        self.kinds: frozenset[str] = frozenset()
        self.selected_only = False
        self.entries: deque[Entry] = deque(maxlen=EVENTS_KEPT)
        self._made = 0
        self._version = 0
        self._shown: list[Entry] = []
        self._shown_for: tuple[object, ...] = ()
        self._shown_version = self._looked_at = 0

    def __len__(self) -> int:
        return len(self.lines)

    def __getitem__(self, index: int) -> EventLine:
        return self.lines[index]

    def __iter__(self) -> Iterator[EventLine]:
        return iter(self.lines)

    def __reversed__(self) -> Iterator[EventLine]:
        return reversed(self.lines)

    @property
    def filtered(self) -> bool:
        """Whether some kinds of entries are not shown."""
        return bool(self.query or self.kinds or self.selected_only)

    def clear(self) -> None:
        """Forget all lines, but not which of them the person wants to see."""
        self._version += 1
        self.lines.clear()
        self.entries.clear()

    def extend(self, lines: Iterable[EventLine]) -> None:
        """Take in lines, the newest last."""
        for line in lines:
            self._version += 1
            self.lines.append(line)
            entry = self._alike(line) if line.group else None
            if entry is not None:
                entry.add(line)
                continue
            nodes: dict[NodeId, None] = {} if line.node is None else {line.node: None}
            self.entries.append(Entry(self._made, line, nodes, text=line.text))
            self._made += 1

    def _alike(self, line: EventLine) -> Entry | None:
        """The entry that a line belongs to, if it is recent."""
        for entry in islice(reversed(self.entries), GROUP_ENTRIES):
            first = entry.first
            if line.time_ns - first.time_ns > GROUP_NS:
                return None
            if first.group == line.group and first.kind == line.kind:
                return entry
        return None

    def clear_filter(self) -> bool:
        """Show all again; whether that is more than before."""
        filtered = self.filtered
        self.query, self.kinds, self.selected_only = "", frozenset(), False
        return filtered

    def shown(self, selected: NodeId | None) -> list[Entry]:
        """The entries that the filter lets through, the newest first."""
        only = selected if self.selected_only else None
        shown_for = (self.query, self.kinds, only)
        if (self._version, shown_for) == (self._shown_version, self._shown_for):
            return self._shown
        # Of those that were looked at before, only the last ones may have changed.
        first = max(self._looked_at - GROUP_ENTRIES, 0) if shown_for == self._shown_for else 0
        oldest = self._made - len(self.entries)
        kept = [entry for entry in self._shown if oldest <= entry.number < first]
        fresh = takewhile(lambda entry: entry.number >= first, reversed(self.entries))
        test = self._test(only) if any(shown_for) else None
        self._shown = [*filter(test, fresh), *kept]
        self._shown_for, self._shown_version, self._looked_at = shown_for, self._version, self._made
        return self._shown

    def _test(self, only: NodeId | None) -> Callable[[Entry], bool]:
        asked = parse(self.query)
        name = None if only is None else only.casefold()

        def test(entry: Entry) -> bool:
            if self.kinds and entry.kind not in self.kinds:
                return False
            if name is not None and not _is_about(entry, entry.text.casefold(), name, part=False):
                return False
            return asked.lets_through(entry)

        return test

    def words(self, selected: NodeId | None) -> str:
        """The filter in words: "/fork @alice"."""
        kinds = " ".join(kind for kind in KINDS if kind in self.kinds)
        if len(self.kinds) > 3:
            kinds = f"{len(self.kinds)} kinds"
        only = f"@{selected}" if self.selected_only and selected is not None else ""
        return " ".join(
            part for part in (kinds, only, f"/{self.query}" if self.query else "") if part
        )
