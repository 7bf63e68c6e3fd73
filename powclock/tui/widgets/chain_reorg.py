"""Reorgs as the chain tells them: one banner for all nodes that make the same one.

Nodes change to the heavier branch one after the other as it reaches them. That is one story, told
once and briefly; of several at once the deepest is told. The banner changes no more than once a
second, however fast the race runs. What a branch has lost by is remembered beside it for longer.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import takewhile

from powclock.record.events import Hash, NodeId
from powclock.record.frame import EventLine
from powclock.record.narrate import short_hash
from powclock.tui.motion import Calm

TOLD_S = 4.0
_LOSSES_KEPT = 500


@dataclass
class Story:
    """A reorg and the nodes that have made it; `told_s` is when the last of them did."""

    depth: int
    connected: int
    old: Hash
    new: Hash
    told_s: float
    nodes: set[NodeId] = field(default_factory=set)

    @property
    def size(self) -> str:
        """How many blocks were disconnected and connected."""
        return f"−{self.depth} +{self.connected}"


@dataclass(frozen=True)
class Told:
    """What a banner says."""

    who: str
    size: str
    moved: str
    depth: int
    connected: int


class Reorgs:
    """Folds events into the banner to show, and into what branches have lost by."""

    def __init__(self) -> None:
        self._sequence = -1
        self._stories: dict[str, Story] = {}
        self._losses: dict[Hash, str] = {}
        self._shown: Calm[Told | None] = Calm(None)

    def hear(self, events: Iterable[EventLine], now_s: float, since_ns: int = 0) -> None:
        """Take in the events that are new, given all from the newest to the oldest; of those before
        `since_ns` there is no banner.
        """
        fresh = list(takewhile(lambda event: event.sequence > self._sequence, events))
        for event in reversed(fresh):
            self._sequence = event.sequence
            if event.node is not None and event.old is not None and event.block is not None:
                told_s = now_s if event.time_ns >= since_ns else now_s - TOLD_S
                self._reorg(event, event.node, event.old, event.block, told_s)

    def _reorg(self, event: EventLine, node: NodeId, old: Hash, new: Hash, told_s: float) -> None:
        story = self._stories.get(event.group)
        if story is None or told_s >= story.told_s + TOLD_S:
            story = Story(event.depth, event.connected, old, new, told_s)
            self._stories[event.group] = story
        story.nodes.add(node)
        story.told_s = told_s
        self._losses[story.old] = story.size
        if len(self._losses) > _LOSSES_KEPT:
            del self._losses[next(iter(self._losses))]

    def banner(self, now_s: float) -> Told | None:
        """What to tell now."""
        self._stories = {
            group: story for group, story in self._stories.items() if now_s < story.told_s + TOLD_S
        }
        best = max(
            self._stories.values(), key=lambda story: (story.depth, story.told_s), default=None
        )
        return self._shown.update(None if best is None else _told(best), now_s)

    @property
    def waits(self) -> bool:
        """Whether the banner will change by itself."""
        return bool(self._stories) or self._shown.value is not None

    def lost_by(self, head: Hash) -> str | None:
        """By what the branch that ends in a block has lost, if a node was seen to leave it."""
        return self._losses.get(head)


def _told(story: Story) -> Told:
    who = f"of {len(story.nodes)} nodes" if len(story.nodes) > 1 else next(iter(story.nodes))
    moved = f"{short_hash(story.old)} → {short_hash(story.new)}"
    return Told(who, story.size, moved, story.depth, story.connected)
