"""The replay's engine: shows a recording as the live engine shows a race, with the same messages.

The recording is read while it is shown, in slices between frames; what is asked for beyond that is
shown as far as it is known.
"""

import queue
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from powclock.clock.pace import wall_ns
from powclock.clock.virtual_loop import NANOSECONDS
from powclock.race.commands import (
    ActAt,
    AnyCommand,
    Break,
    Find,
    Fork,
    GoBack,
    GoOn,
    Heal,
    HealAll,
    Jump,
    Keep,
    Look,
    Now,
    Quit,
    Seek,
    SeekTick,
    SetRate,
    Shift,
    StepEvent,
    StepTick,
    ToEnd,
)
from powclock.race.garbage import seldom_sought
from powclock.race.messages import Declined, Ended, Found, FromRace, Noted, Shown
from powclock.race.plan import Plan
from powclock.race.replay.future import Begun, fork
from powclock.race.replay.loading import Loading
from powclock.race.replay.player import Player
from powclock.race.scenario import ScenarioError
from powclock.race.session import End, session_of
from powclock.record.past import Unfounded
from powclock.record.recording.reader import NoRecording, shown

SLICE_NS = NANOSECONDS // 100
# What takes effect one after the other.
Moving = Seek | SeekTick | Shift | Jump | ToEnd | StepEvent | StepTick | SetRate | Fork


class ReplayEngine:
    """One recording; while the receiver is `busy` no frames are made for it.

    Raises:
        NoRecording: one line: there is nothing in it that can be shown.
    """

    def __init__(
        self,
        plan: Plan,
        commands: "queue.SimpleQueue[AnyCommand]",
        tell: Callable[[FromRace], None],
        busy: Callable[[], bool] = lambda: False,
    ) -> None:
        self._plan = plan
        self._commands = commands
        self._tell = tell
        self._busy = busy
        self._loading = Loading(Path(plan.replay))
        self._player = Player(self._loading.past, rate=plan.rate)
        self._frame_every_ns = NANOSECONDS // plan.frames_per_s
        self._next_frame_ns = 0
        self._over = False
        self._begun: Begun | None = None
        # What is asked of a part that has not been read yet, and what was asked after that.
        self._waiting: deque[AnyCommand] = deque(_first(plan))

    def run(self) -> Begun | None:
        """Show the recording until told to quit, which ends it, or until another race goes on from
        it: that one.
        """
        with seldom_sought():
            while not self._over:
                self._load()
                self._show_if_due()
                self._wait_for_commands()
        with self._loading.recording:
            if self._begun is None:
                self._show()
                self._tell(Ended("", "", "", End(self._player.time_ns, -1)))
            return self._begun

    def _load(self) -> None:
        self._loading.load(wall_ns() + SLICE_NS)
        if self._loading.whole and not self._player.whole:
            self._player.whole, self._player.last_ns = True, self._loading.end_ns
        while self._waiting and self._player.knows(self._waiting[0]) and not self._over:
            self._do(self._waiting.popleft())

    def _wait_for_commands(self) -> None:
        wait_ns = max(0, self._next_frame_ns - wall_ns()) if self._loading.whole else 0
        try:
            wait_s = wait_ns / NANOSECONDS
            command = self._commands.get(timeout=wait_s) if wait_s else self._commands.get_nowait()
            self._obey(command)
            while not self._over:  # what comes after is for the race that goes on
                self._obey(self._commands.get_nowait())
        except queue.Empty:
            return

    def _obey(self, command: AnyCommand) -> None:
        forks = any(isinstance(each, Fork) for each in self._waiting)
        moving = isinstance(command, Moving)
        if forks and not isinstance(command, Look | Quit):
            self._waiting.append(command)  # for the race that will go on
        elif moving and (self._waiting or not self._player.knows(command)):
            self._waiting.append(command)
        else:
            self._do(command)

    def _do(self, command: AnyCommand) -> None:
        self._next_frame_ns = 0  # what a key did is shown at once
        said = self._player.obey(command)
        if said is not None:
            if said:
                self._tell(Declined(said))
            return
        match command:
            case Break() | Heal() | HealAll() | ActAt():
                self._tell(Declined("the past cannot be changed: fork it"))
            case Find(text):
                self._tell(Found(text, self._player.find(text)))
            case Keep():
                self._tell(Noted(f"this is a recording: {self._plan.replay}", recording=False))
            case GoOn() | GoBack():
                self._tell(Declined("this race is no lesson: `powclock learn` lists those"))
            case Now():
                self._tell(Declined("this race is over: there is no now to return to"))
            case Fork():
                self._fork()
            case Quit():
                self._over = True
            case _:
                pass

    def _fork(self) -> None:
        """Race up to here, and go on live; what is asked meanwhile is asked of that race."""
        player, loading = self._player, self._loading
        player.set_rate(0.0)
        try:
            session = session_of(loading.recording)
        except ScenarioError as error:
            self._tell(Declined(str(error)))
            return
        _put_first(self._commands, self._waiting)
        made = fork(session, loading.past, player.time_ns, self._commands, self._show_making)
        if isinstance(made, str):
            if made:
                self._tell(Declined(made))
            return
        driver, tape = made
        self._begun = Begun(driver, tape, player.focus, player.jumps + 1)
        self._over = True

    def _show_making(self, part: float) -> None:
        if wall_ns() >= self._next_frame_ns and not self._busy():
            self._next_frame_ns = wall_ns() + self._frame_every_ns
            self._show(part)

    def _show_if_due(self) -> None:
        now_ns = wall_ns()
        if now_ns >= self._next_frame_ns:
            self._next_frame_ns = now_ns + self._frame_every_ns
            if not self._busy():
                self._player.play()
                self._show()

    def _show(self, making: float | None = None) -> None:
        player, loading = self._player, self._loading
        try:
            frame = player.frame()
        except Unfounded as error:
            raise NoRecording(f"{shown(loading.recording.path)}: {error}") from error
        timeline = player.timeline(loading.end_ns, damage=loading.damage, making=making)
        self._tell(Shown(frame, player.pace(), None, player.jumps, timeline))


def _put_first(commands: "queue.SimpleQueue[AnyCommand]", waiting: deque[AnyCommand]) -> None:
    """Let what waited go before what has been asked since."""
    with suppress(queue.Empty):
        while True:
            waiting.append(commands.get_nowait())
    while waiting:
        commands.put(waiting.popleft())


def _first(plan: Plan) -> tuple[AnyCommand, ...]:
    """To where a replay begins, and on from there."""
    if plan.from_tick:
        return SeekTick(plan.from_tick), SetRate(plan.rate)
    return (Seek(plan.from_ns),) if plan.from_ns else ()
