"""What the screen knows: the last frame, what was said since the start, and what the person chose.

Frames replace each other, events do not: they are told once, so every frame's are kept even where
the frame itself is never painted. A view that is frozen shows one frame while the race goes on;
what comes in the meantime waits.
"""

from collections.abc import Callable
from enum import Enum
from time import monotonic

from msgspec.structs import replace
from rich.style import Style

from powclock.race.lesson.told import Told
from powclock.race.messages import Ended
from powclock.record.events import NANOSECONDS, Hash, StatesCompared
from powclock.record.frame import ActiveFault, Frame, NodeRow, Pace
from powclock.record.timeline import Timeline
from powclock.tui.answers import Answer, answer_of
from powclock.tui.event_log import EVENTS_KEPT, EventLog
from powclock.tui.expectations import Expectations
from powclock.tui.keymap import DEFAULT_KEYS, Keys
from powclock.tui.rows import PLAIN
from powclock.tui.text import unusual
from powclock.tui.theme import Palette
from powclock.tui.theme_depth import Depth
from powclock.tui.theme_file import Theme
from powclock.tui.widgets.prompt import Prompt

# Heights that stay to the right of a block that one goes to.
CAMERA_ROOM = 4


class Zoom(Enum):
    """How much room a block gets in the chain."""

    BOXES = "boxes"
    COMPACT = "compact"
    CELLS = "cells"

    @property
    def next(self) -> "Zoom":
        """The zoom after this one, around."""
        kinds = list(Zoom)
        return kinds[(kinds.index(self) + 1) % len(kinds)]


class State:
    """The screen's model.

    `panel` is the one that the keys act on, None for the usual: ↑ ↓ choose a node, ← → pan the
    chain. `selected` is a node, `block` a block by its hash, and `camera` the height at the right
    end of the chain's picture; None follows the tip. `prompt` is the line that is typed in, which
    then gets every key. `wall_s` is the time by which things move on the screen.
    """

    def __init__(
        self,
        theme: Theme,
        *,
        depth: Depth = Depth.TRUE,
        keys: Keys = DEFAULT_KEYS,
        ascii_only: bool = False,
        motion: bool = True,
        wall_s: Callable[[], float] = monotonic,
    ) -> None:
        self.depth = depth
        self.palette = Palette(theme, depth)
        self.keys = keys
        self.ascii_only = ascii_only
        self.motion = motion
        self.wall_s = wall_s
        self.frame: Frame | None = None
        self.pace = Pace(rate=1.0, reached=0.0, paused=False, behind=False)
        self.events = EventLog()
        self.events_left_out = 0
        self.panel: str | None = None
        self.maximised = False
        self.selected: str | None = None
        self.block: Hash | None = None
        self.zoom = Zoom.BOXES
        self.camera: int | None = None
        self.prompt: Prompt | None = None
        self.frozen = False
        self._waiting: Frame | None = None
        self.ended: Ended | None = None
        self.lesson: Told | None = None
        # How often what is shown has not followed from what was.
        self.cuts = 0
        # There while a moment of the past is shown.
        self.timeline: Timeline | None = None
        self.expectations = Expectations()
        # Since when nodes hold heads, or states, that do not go together; None while they agree.
        self.differ_since_ns: int | None = None
        self._compared: StatesCompared | None = None
        self._hues: dict[str, int] = {}
        self._rows: dict[str, NodeRow] = {}
        self._rows_of: Frame | None = None

    def begin_again(self) -> None:
        """The race begins again from its start: what was told of it is void."""
        self.go_elsewhere()
        self.frame = None
        self.block = self.camera = None

    def go_elsewhere(self) -> None:
        """Another moment of the past comes: what was told up to this one is void."""
        self.cuts += 1
        self._waiting = None
        self.frozen = False
        self.events.clear()
        self.events_left_out = 0
        self.differ_since_ns = self._compared = None

    @property
    def making(self) -> bool:
        """Whether another future is made of a moment of the past."""
        return self.timeline is not None and self.timeline.making is not None

    def set_theme(self, theme: Theme) -> None:
        """Draw with other colours from now on."""
        self.palette = Palette(theme, self.depth)

    def see(self, frame: Frame, pace: Pace) -> None:
        """Take in a frame, whether or not it will be painted."""
        self.pace = pace
        if self.frozen and self.frame is not None:
            self._wait(frame)
            self._look_closer(frame)
            return
        self.frame = frame
        self._see_difference(frame)
        self.events.extend(frame.events)
        self.events_left_out += frame.events_left_out
        for row in frame.nodes:
            self._hues.setdefault(row.name, len(self._hues))
        if self.selected is not None and self.row(self.selected) is None:
            self.selected = None

    def _see_difference(self, frame: Frame) -> None:
        """Notice since when nodes disagree: by their states where these are compared."""
        states = frame.states
        if states is None:
            apart = any(row.tip == "rival" for row in frame.nodes)
        else:
            apart = len(states.groups) > 1 and not states.settling
        if not apart:
            self.differ_since_ns = None
        elif states is not None and states != self._compared:
            self.differ_since_ns = frame.time_ns - round(states.since_s * NANOSECONDS)
        elif self.differ_since_ns is None:
            self.differ_since_ns = frame.time_ns
        self._compared = states

    @property
    def differ_s(self) -> float:
        """For how long nodes have disagreed."""
        if self.frame is None or self.differ_since_ns is None:
            return 0.0
        return max(self.frame.time_ns - self.differ_since_ns, 0) / NANOSECONDS

    def _look_closer(self, later: Frame) -> None:
        """What one looks into once the picture is frozen is of the moment when it first came."""
        frame, node, block = self.frame, later.node_detail, later.block_detail
        assert frame is not None
        if node is not None and (frame.node_detail is None or frame.node_detail.name != node.name):
            self.frame = frame = replace(frame, node_detail=node)
        if block is not None and (
            frame.block_detail is None or frame.block_detail.hash != block.hash
        ):
            self.frame = frame = replace(frame, block_detail=block)
        if later.block_gone is not None:
            self.frame = replace(frame, block_gone=later.block_gone)

    def _wait(self, frame: Frame) -> None:
        """Keep what a frozen view will need: the newest frame, and the events of every one."""
        self._waiting = frame if self._waiting is None else both(self._waiting, frame)

    def freeze(self) -> None:
        """Hold the picture still, or show what has become of the race since."""
        self.frozen = not self.frozen
        waiting, self._waiting = self._waiting, None
        if waiting is not None:
            self.see(waiting, self.pace)

    @property
    def frozen_for_s(self) -> float:
        """How far the race has gone on since the picture was frozen."""
        if self.frame is None or self._waiting is None:
            return 0.0
        return (self._waiting.time_ns - self.frame.time_ns) / NANOSECONDS

    def show_height(self, height: int) -> None:
        """Move the camera so that a height is well in the picture; near the tip it follows."""
        right = height + CAMERA_ROOM
        follows = self.frame is None or right > self.frame.chain_high
        self.camera = None if follows else right

    def row(self, name: str) -> NodeRow | None:
        """The line of a node, if it takes part."""
        if self._rows_of is not self.frame:
            self._rows_of = self.frame
            self._rows = {row.name: row for row in self.frame.nodes} if self.frame else {}
        return self._rows.get(name)

    def node(self, name: str | None) -> Style:
        """The hue of a node: its own for as long as the race runs, whoever joins or leaves."""
        if name is None:
            return PLAIN
        hues = self.palette.hues
        index = self._hues.setdefault(name, len(self._hues))
        return hues[index % len(hues)]

    def active(self, id_: str) -> ActiveFault | None:
        """The fault with this id, if it is on."""
        faults = self.frame.faults if self.frame else ()
        return next((fault for fault in faults if fault.id == id_), None)

    @property
    def wait_s(self) -> float:
        """Since the last tick."""
        return (self.frame.time_ns - self.frame.tick_ns) / NANOSECONDS if self.frame else 0.0

    @property
    def wait_unusual(self) -> float:
        """The share of ticks that come sooner than this one."""
        return unusual(self.wait_s, self.frame.expected_interval_s) if self.frame else 0.0

    def miners(self, names: tuple[str, ...]) -> int:
        """How many of these nodes may find the next block: they spend hashes, or just run."""
        if self.frame is None:
            return 0
        chosen, work = set(names), answer_of(self.frame) is Answer.WORK
        return sum(
            row.name in chosen and (_mines(row) if work else row.state not in _STILL)
            for row in self.frame.nodes
        )

    def branch_unusual(self, names: tuple[str, ...], found_ns: int) -> float:
        """How unusual the wait of a branch is, judged by the hash rate that works on it alone."""
        if self.frame is None:
            return 0.0
        share = self.rate_share(names)
        if share <= 0:
            return 0.0
        wait_s = (self.frame.time_ns - found_ns) / NANOSECONDS
        return unusual(wait_s, self.frame.expected_interval_s / share)

    def rate_share(self, names: tuple[str, ...]) -> float:
        """The part of the hash rate that these nodes have; where nobody hashes, of the nodes."""
        if self.frame is None:
            return 0.0
        if answer_of(self.frame) is not Answer.WORK:
            return len(names) / max(len(self.frame.nodes), 1)
        chosen = set(names)
        rates = [(row.name in chosen, row.hash_rate) for row in self.frame.nodes if _mines(row)]
        total = sum(rate for _, rate in rates)
        return sum(rate for there, rate in rates if there) / total if total > 0 else 0.0


def both(before: Frame, after: Frame) -> Frame:
    """The later frame with the events of both: all that is needed of frames nobody looked at."""
    events = (*before.events, *after.events)
    left_out = max(len(events) - EVENTS_KEPT, 0)
    return replace(
        after,
        events=events[left_out:],
        events_left_out=before.events_left_out + after.events_left_out + left_out,
    )


_STILL = frozenset({"down", "frozen"})
_NOT_MINING = frozenset({*_STILL, "idle"})


def _mines(row: NodeRow) -> bool:
    return row.state not in _NOT_MINING
