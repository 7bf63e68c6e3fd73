"""The replay's engine: shows a recording as the live engine shows a race, with the same messages.

The recording is read while it is shown, in slices between frames; what is asked for beyond that is
shown as far as it is known.
"""

import queue
from collections.abc import Callable
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
    Keep,
    Now,
    Quit,
    SeekTick,
)
from powclock.race.messages import Declined, Ended, Found, FromRace, Noted, Shown
from powclock.race.plan import Plan
from powclock.race.replay.loading import Loading
from powclock.race.replay.player import Player
from powclock.race.session import End
from powclock.record.find import find

SLICE_NS = NANOSECONDS // 100
IDLE_S = 0.25


class ReplayEngine:
    """One recording; while the receiver is `busy` no frames are made for it."""

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
        # Where to begin, until that has been read.
        self._from_ns, self._from_tick = plan.from_ns, plan.from_tick

    def run(self) -> None:
        """Show the recording until told to quit."""
        while not self._over:
            self._load()
            self._show_if_due()
            self._wait_for_commands()
        self._show()
        with self._loading.recording:
            self._tell(Ended("", "", "", End(self._player.time_ns, -1)))

    def _load(self) -> None:
        self._loading.load(wall_ns() + SLICE_NS)
        self._player.whole = self._loading.whole
        past = self._loading.past
        if self._from_ns and (self._loading.whole or past.end_ns > self._from_ns):
            self._player.seek(self._from_ns)
            self._from_ns = 0
        if self._from_tick and (self._loading.whole or past.moments.tick(self._from_tick)):
            self._obey(SeekTick(self._from_tick))
            self._player.set_rate(self._plan.rate)
            self._from_tick = 0

    def _wait_for_commands(self) -> None:
        wait_ns = max(0, self._next_frame_ns - wall_ns()) if self._loading.whole else 0
        try:
            wait_s = wait_ns / NANOSECONDS
            command = self._commands.get(timeout=wait_s) if wait_s else self._commands.get_nowait()
            while not self._over:
                self._obey(command)
                command = self._commands.get_nowait()
        except queue.Empty:
            return

    def _obey(self, command: AnyCommand) -> None:
        self._next_frame_ns = 0  # what a key did is shown at once
        said = self._player.obey(command)
        if said is not None:
            if said:
                self._tell(Declined(said))
            return
        match command:
            case Break() | Heal() | HealAll() | ActAt():
                self._tell(Declined("the past cannot be changed: F goes on live from here"))
            case Find(text):
                self._tell(Found(text, find(self._player.view, text)))
            case Keep():
                self._tell(Noted(f"this is a recording: {self._plan.replay}", recording=True))
            case GoOn() | GoBack():
                self._tell(Declined("this race is no lesson: `powclock learn` lists those"))
            case Now():
                self._tell(Declined("this race is over: there is no now to return to"))
            case Fork():
                self._tell(Declined("not yet"))
            case Quit():
                self._over = True
            case _:
                pass

    def _show_if_due(self) -> None:
        now_ns = wall_ns()
        if now_ns >= self._next_frame_ns:
            self._next_frame_ns = now_ns + self._frame_every_ns
            if not self._busy():
                self._player.play()
                self._show()

    def _show(self) -> None:
        player, loading = self._player, self._loading
        frame = player.frame()
        timeline = player.timeline(loading.end_ns, damage=loading.damage)
        self._tell(Shown(frame, player.pace(), None, player.jumps, timeline))
