"""What a key asks of the race, given what the screen shows.

Each method sends commands, or returns a line for the person where it cannot.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

from powclock.network.faults.cuts import Partition
from powclock.network.faults.every import AnyFault
from powclock.network.faults.nodes import Crash, Join, Leave
from powclock.race.commands import (
    AnyCommand,
    Break,
    Fork,
    GoBack,
    GoOn,
    Heal,
    HealAll,
    Jump,
    Keep,
    Now,
    Seek,
    SetRate,
    Shift,
    StepEvent,
    StepTick,
    ToEnd,
)
from powclock.record.events import NANOSECONDS
from powclock.record.moments import Kind
from powclock.tui.fault_items import row_of
from powclock.tui.fault_keys import FAULT_BY_ID
from powclock.tui.keys import NEWCOMERS, SPEEDS
from powclock.tui.presets import Preset
from powclock.tui.state import State
from powclock.tui.text import speed

PATIENCE_FRAMES = 5


@dataclass
class _Begun:
    """The faults that a preset began; `seen` once a frame has shown them."""

    ids: tuple[str, ...]
    seen: bool = False


class Controls:
    """Turns keys into commands."""

    def __init__(self, state: State, send: Callable[[AnyCommand], None]) -> None:
        self._state = state
        self._send = send
        # What was asked for last; a frame that was under way then still tells the old rate.
        self._rate: float | None = None
        self._paused: bool | None = None
        # The label of each fault that was asked for or ended, and for how many frames more that is
        # believed: a race that declines it never agrees.
        self._asked: dict[str, tuple[str | None, int]] = {}
        self._chosen: dict[str, int] = {}
        self._begun: dict[str, _Begun] = {}
        # For how many frames more another future is believed to come that was asked for.
        self._fork_frames = 0

    def seen(self) -> None:
        """A frame came: where it agrees with what was asked, the race is to be believed again."""
        pace = self._state.pace
        if self._state.timeline is None:
            self._fork_frames = 0
        elif not self._state.making:
            self._fork_frames = max(self._fork_frames - 1, 0)
        if pace.paused == self._paused:
            self._paused = None
        if pace.rate == self._rate:
            self._rate = None
        for id_, (label, patience) in list(self._asked.items()):
            if self._label_shown(id_) == label or patience == 0:
                del self._asked[id_]
            else:
                self._asked[id_] = (label, patience - 1)
        for name, begun in list(self._begun.items()):
            on = any(self._state.active(id_) is not None for id_ in begun.ids)
            if begun.seen and not on:
                del self._begun[name]  # ended by other keys
            begun.seen = begun.seen or on

    @property
    def _select_first(self) -> str:
        up, down = map(self._state.keys.label, ("up", "down"))
        return f"select a node first ({up} {down})"

    @property
    def paused(self) -> bool:
        """Whether the race is paused, or was just asked to be."""
        return self._state.pace.paused if self._paused is None else self._paused

    @property
    def rate(self) -> float:
        """The rate at which the race runs, or will run when it goes on."""
        if self._rate is not None:
            return self._rate
        return self._state.pace.rate or self._last_rate

    _last_rate = 1.0

    def pause(self) -> None:
        """Pause, or go on at the rate from before."""
        rate = self.rate
        self._last_rate = rate
        self._paused = not self.paused
        self._send(SetRate(0.0 if self._paused else rate))

    def change_speed(self, step: int) -> str:
        """Go to the next speed that is faster or slower; a paused race stays paused."""
        way, rate = math.copysign(1, self.rate), abs(self.rate)
        if step > 0:
            rate = next((each for each in SPEEDS if each > rate), SPEEDS[-1])
        else:
            rate = next((each for each in reversed(SPEEDS) if each < rate), SPEEDS[0])
        return self.set_speed(way * rate)

    def set_speed(self, rate: float) -> str:
        """Run at this rate, now or when the race goes on."""
        self._rate = self._last_rate = rate
        if not self.paused:
            self._send(SetRate(rate))
            return ""
        return f"paused: goes on at {speed(rate)} with {self._state.keys.label('pause')}"

    def step_event(self) -> None:
        """Go on to the next event."""
        self._paused = True
        self._send(StepEvent())

    def step_tick(self) -> None:
        """Go on to the next tick."""
        self._paused = True
        self._send(StepTick())

    # The past.

    def jump(self, kind: str, *, back: bool) -> None:
        """Go to the next moment of a kind, or to the one before."""
        self._paused = True
        self._send(Jump(Kind(kind), back))

    def shift(self, seconds: int) -> None:
        """Go on or back by so many seconds."""
        self._send(Shift(seconds * NANOSECONDS))

    def to_end(self, *, last: bool) -> None:
        """Go to the start or to the end of what is known."""
        self._paused = True
        self._send(ToEnd(last))

    def seek(self, time_ns: int) -> None:
        """Go to a time."""
        self._send(Seek(time_ns))

    def backwards(self) -> None:
        """Play the other way round, from now on."""
        self._paused = False
        self._rate = self._last_rate = -self.rate
        self._send(SetRate(self._rate))

    def to_now(self) -> None:
        """Leave the past; while another future is made, give that up."""
        self._fork_frames = 0
        self._rate = self._paused = None
        self._last_rate = abs(self._last_rate)
        self._send(Now())

    def fork_future(self) -> None:
        """Go on live from here, unless that is under way."""
        if self._fork_frames or self._state.making:
            return
        self._fork_frames = PATIENCE_FRAMES
        self._rate = self._paused = None
        self._last_rate = abs(self._last_rate)
        self._send(Fork())

    # Lessons.

    def lesson_next(self) -> None:
        """In a lesson, show the answer or go on; its steps may change the pace."""
        self._rate = self._paused = None
        self._send(GoOn())

    def lesson_back(self) -> None:
        """In a lesson, go back to the step before."""
        self._rate = self._paused = None
        self._send(GoBack())

    def fault(self, id_: str) -> str:
        """Begin a fault on the selected node or on all, make it stronger, or end it."""
        entry = FAULT_BY_ID[id_]
        if entry.one_node and self._state.selected is None:
            return self._end_where_it_is(id_)
        faults, on = self._strengths(id_)
        if on is None:
            self._begin(faults[self.strength(id_)])
        elif entry.climbs and on + 1 < len(faults):
            self._begin(faults[on + 1])
        else:
            self._send(Heal(faults[0].id))
            self._asked[faults[0].id] = (None, PATIENCE_FRAMES)
        return ""

    def _end_where_it_is(self, id_: str) -> str:
        """End a fault that needs a node on whichever nodes have it, as none is selected."""
        frame = self._state.frame
        on = [fault.id for fault in (frame.faults if frame else ()) if row_of(fault) == id_]
        for fault_id in on:
            self._send(Heal(fault_id))
            self._asked[fault_id] = (None, PATIENCE_FRAMES)
        return "" if on else self._select_first

    def _begin(self, fault: AnyFault) -> None:
        self._send(Break(fault))
        self._asked[fault.id] = (fault.label, PATIENCE_FRAMES)

    def _label_shown(self, id_: str) -> str | None:
        """How strong a fault is in the last frame, if it is on."""
        active = self._state.active(id_)
        return None if active is None else active.label

    def _strengths(self, id_: str) -> tuple[list[AnyFault], int | None]:
        """A fault of each strength for the target, and which of them is on."""
        selected = self._state.selected
        nodes = (selected,) if selected is not None else ()
        faults = [strength.make(nodes) for strength in FAULT_BY_ID[id_].strengths]
        label = self._label_shown(faults[0].id)
        if faults[0].id in self._asked:
            label, _ = self._asked[faults[0].id]
        labels = [fault.label for fault in faults]
        return faults, labels.index(label) if label in labels else None

    def strength(self, id_: str) -> int:
        """Which strength is on, or will be."""
        _, on = self._strengths(id_)
        return self._chosen.get(id_, FAULT_BY_ID[id_].usual) if on is None else on

    def change_strength(self, id_: str, step: int) -> None:
        """Choose a weaker or a stronger one; a fault that is on changes at once."""
        faults, on = self._strengths(id_)
        before = self.strength(id_)
        chosen = self._chosen[id_] = min(max(before + step, 0), len(faults) - 1)
        if on is not None and chosen != before:
            self._begin(faults[chosen])

    def preset(self, preset: Preset) -> str:
        """Begin all faults of a preset, or end those that it began."""
        frame = self._state.frame
        if frame is None:
            return "the race has not begun"
        begun = self._begun.pop(preset.name, None)
        if begun is not None:
            for id_ in reversed(begun.ids):
                self._send(Heal(id_))
            return ""
        faults = preset.faults(frame)
        for fault in faults:
            self._send(Break(fault))
        if faults:
            self._begun[preset.name] = _Begun(tuple(fault.id for fault in faults))
        return "" if faults else f"{preset.name} needs more nodes"

    def preset_on(self, preset: Preset) -> bool:
        """Whether a preset is on."""
        return preset.name in self._begun

    def end(self, id_: str) -> None:
        """End a fault, whoever began it."""
        self._send(Heal(id_))

    def restart(self) -> str:
        """Start the selected node again, or all that crashed."""
        frame, selected = self._state.frame, self._state.selected
        crash = Crash().kind
        crashes = [fault for fault in (frame.faults if frame else ()) if fault.fault == crash]
        if selected is not None:
            crashes = [fault for fault in crashes if selected in fault.nodes]
        for fault in crashes:
            self._send(Heal(fault.id))
        if crashes:
            return ""
        return "no node has crashed" if selected is None else f"{selected} has not crashed"

    def join(self) -> str:
        """Let a new node join, with the mean hash rate of the others."""
        frame = self._state.frame
        if frame is None:
            return "the race has not begun"
        taken = {row.name for row in frame.nodes}
        taken |= {node for fault in frame.faults for node in fault.nodes}
        rounds = range(1, len(taken) + 2)
        fresh = (f"{name}{turn if turn > 1 else ''}" for turn in rounds for name in NEWCOMERS)
        name = next(name for name in fresh if name not in taken)
        rates = [row.hash_rate for row in frame.nodes if row.hash_rate > 0]
        mean = round(sum(rates) / len(rates)) if rates else 0
        self._send(Break(Join((name,), hash_rate=float(mean)) if mean else Join((name,))))
        return ""

    def leave(self) -> str:
        """Take the selected node out."""
        selected = self._state.selected
        if selected is None:
            return self._select_first
        joined = self._state.active(Join((selected,)).id)
        self._send(Heal(joined.id) if joined else Break(Leave((selected,))))
        return ""

    @property
    def partitioned(self) -> bool:
        """Whether the network is cut."""
        return self._state.active(Partition().id) is not None

    def partition(self, first: tuple[str, ...]) -> None:
        """Cut these nodes off from the others."""
        self._send(Break(Partition(first)))

    def rejoin(self) -> None:
        """End the partition."""
        self._send(Heal(Partition().id))

    def keep(self) -> None:
        """Keep a recording of the race from its start on; again: let it end here."""
        self._send(Keep())

    def heal_all(self) -> None:
        """End every fault."""
        self._begun.clear()
        self._send(HealAll())
