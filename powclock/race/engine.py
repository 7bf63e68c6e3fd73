"""The engine: runs a race at its pace, takes commands and gives frames.

It does no input or output of its own: commands come from a queue, messages go to a function. Work
is cut into short slices, so that a command takes effect within a hundredth of a second even when
the race takes all the time that the machine has.
"""

import math
import queue
from collections import deque
from collections.abc import Callable
from pathlib import Path

from powclock.clock.pace import Pacer, Speedometer, wall_ns
from powclock.clock.virtual_loop import NANOSECONDS
from powclock.network.faults.fault import FaultError
from powclock.race.commands import (
    ActAt,
    Action,
    AnyCommand,
    Break,
    Find,
    GoBack,
    GoOn,
    Heal,
    HealAll,
    Hold,
    Input,
    Keep,
    Look,
    OfPast,
    Quit,
    SetRate,
    StepEvent,
    StepTick,
    StepTo,
)
from powclock.race.driver import Driver
from powclock.race.keeping import NOTHING, Keeping, Outcome
from powclock.race.lesson.teller import Teller
from powclock.race.messages import Declined, Ended, Found, FromRace, Shown
from powclock.race.plan import Plan
from powclock.race.probe import WorldProbe
from powclock.race.repeat import Repeat
from powclock.race.replay.future import Begun
from powclock.race.replay.looking_back import LookingBack
from powclock.race.replay.past_times import past_times
from powclock.race.scenario import ScenarioError
from powclock.race.session import End
from powclock.race.tape import BEAT_S, Tape
from powclock.record.camera import Camera
from powclock.record.checker.broken import BrokenInvariant
from powclock.record.detail import Focus
from powclock.record.find import find
from powclock.record.frame import Pace
from powclock.record.past import BLOCKS_KEPT

SLICE_NS = NANOSECONDS // 100
TURNS_A_LOOK = 8
FOR_EVER_NS = 1 << 62
# What ends a race, and is its last word: it broke an invariant, or its inputs do not fit.
TROUBLES = (BrokenInvariant, ScenarioError)


class Engine:
    """One paced race; while the receiver is `busy` no frames are made for it.

    The `inputs` are of a race that has been, and are taken again.
    """

    def __init__(
        self,
        plan: Plan,
        commands: "queue.SimpleQueue[AnyCommand]",
        tell: Callable[[FromRace], None],
        busy: Callable[[], bool] = lambda: False,
        begun: Begun | None = None,
        wall_ns: Callable[[], int] = wall_ns,
        inputs: tuple[Input, ...] = (),
    ) -> None:
        """`begun` is a race that has been driven up to now; without it, one begins."""
        self._busy = busy
        self._wall_ns = wall_ns
        self._inputs = inputs
        self._plan = plan
        self._restarts = 0
        self._commands = commands
        self._tell = tell
        self._begun = begun is not None
        if begun is None:
            self._build(until=0)
        else:
            self._take_over(begun)
        self._pacer = Pacer(plan.rate, 0, wall_ns)
        self._frame_every_ns = NANOSECONDS // plan.frames_per_s
        self._until_ns = plan.until_ns or FOR_EVER_NS
        self._next_frame_ns = 0
        self._step: Callable[[], bool] | None = None
        self._step_end_ns = self._until_ns
        self._hold_ns = FOR_EVER_NS
        self._due: deque[ActAt] = deque()
        self._speedometer = Speedometer(self._driver.now_ns, wall_ns)
        self._over = False

    def _build(self, until: int) -> None:
        """Make the race, which has not started; a lesson waits for nobody up to a step."""
        plan = self._plan
        self._driver = driver = Driver(plan.scenario, BLOCKS_KEPT)
        self._repeat = Repeat(driver, self._inputs)
        tape = Tape(Path(plan.recording), driver.world) if plan.recording else None
        self._watch(Keeping(tape, self._tell, chosen=plan.chosen), Focus())
        self._teller = (
            Teller(
                plan.chapter,
                driver,
                attended=plan.attended,
                wall_s=lambda: self._wall_ns() / NANOSECONDS,
                until=until,
            )
            if plan.chapter is not None
            else None
        )

    def _take_over(self, begun: Begun, before: Outcome = NOTHING) -> None:
        """Go on with a race that has been driven up to now, instead of one that has ended."""
        self._driver, self._teller, self._repeat = begun.driver, None, Repeat(begun.driver, ())
        self._restarts = begun.restarts
        self._watch(Keeping(begun.tape, self._tell, chosen=False, before=before), begun.focus)
        self._keeping.begin_future(begun.driver.now_ns)

    def _watch(self, keeping: Keeping, focus: Focus) -> None:
        """Record the race that there is now, and take pictures of it and of its past."""
        driver = self._driver
        self._camera = Camera(driver.view, WorldProbe(driver.world, driver.view))
        self._camera.focus = focus
        self._keeping = keeping
        self._back = LookingBack(
            driver, keeping, self._commands, self._tell, self._restarts, self._wall_ns
        )

    def _fork(self, begun: Begun) -> None:
        """Go on with another race than this one, which ends here."""
        before = self._keeping.end(self._driver.summary())
        self._driver.close()
        self._take_over(begun, before)
        self._step = None
        self._due.clear()
        self._pacer.set_rate(self._pacer.rate or 1.0, self._driver.now_ns)
        self._speedometer.restart(self._driver.now_ns)

    def run(self) -> None:
        """Race until told to quit, to the end of the plan, or until an invariant is broken.

        Raises:
            BaseException: a bug in the race; what it was is for the caller to tell.
        """
        trouble = ""
        try:
            self.begin()
            while not self.over:
                self.go_on()
                self._wait_for_commands()
        except TROUBLES as broken:
            trouble = str(broken)
        except BaseException:
            self._keeping.cut()
            raise
        self.finish(trouble)

    def finish(self, trouble: str = "") -> None:
        """Tell the last moment and what came of the race."""
        self._show()
        summary = None if trouble else self._driver.summary()
        end = End(self._driver.now_ns, self._driver.world.loop.turn)
        recording, recorded = self._keeping.end(summary)
        self._driver.close()
        self._tell(
            Ended(
                trouble=trouble,
                summary="" if summary is None else summary.text(),
                again=self._keeping.again,
                end=end,
                recording=recording,
                recorded=recorded,
                figures=summary,
            )
        )

    # `run` in parts, for whoever has a clock of his own.

    def begin(self) -> None:
        """Start the race, if nobody has driven it before."""
        if not self._begun:
            self._driver.start()
        self._pacer.set_rate(self._pacer.rate, self._driver.now_ns)

    @property
    def driver(self) -> Driver:
        """The race that there is now; a lesson's step back makes another."""
        return self._driver

    @property
    def over(self) -> bool:
        """Whether nothing is left to do but to finish."""
        return self._over or self._driver.now_ns >= self._until_ns

    def go_on(self) -> None:
        """Race up to where the race should be now, and tell the moment if a frame is due."""
        self._work()
        self._keeping.beat()
        self._back.work(self._wall_ns() + SLICE_NS, self._camera.focus)
        self._show_if_due()

    def _work(self) -> None:
        stop_ns = self._wall_ns() + SLICE_NS
        while self._wall_ns() < stop_ns:
            self._tell_lesson()
            driver = self._driver
            while driver.now_ns >= self._due_ns:
                self._act(self._due.popleft().action)
            if self._stands():
                # Time that the race was made to stand is not time that it is behind.
                self._pacer.set_rate(self._pacer.rate, driver.now_ns)
                return
            if self._step is not None:
                end_ns = min(self._step_end_ns, self._due_ns, self._lesson_ns())
                # A lesson's step begins after the very callback that brings its moment.
                turns = TURNS_A_LOOK if self._teller is None else 1
                if driver.step_until(self._step, turns_max=turns, until_ns=end_ns):
                    self._step = None
                    self._pacer.set_rate(0.0, driver.now_ns)
                    self._next_frame_ns = 0
                continue
            hurries = self._teller is not None and self._teller.hurries
            goal_ns = None if hurries else self._pacer.goal_ns(driver.now_ns)
            end_ns = min(self._until_ns, self._hold_ns, self._due_ns, self._lesson_ns())
            goal_ns = end_ns if goal_ns is None else min(goal_ns, end_ns)
            reached = self._repeat.advance(goal_ns, turns_max=TURNS_A_LOOK)
            if reached and not hurries and goal_ns < self._due_ns:
                return

    def _stands(self) -> bool:
        """Whether the race waits for other races, or for somebody who reads."""
        if self._teller is not None and self._teller.held():
            return True
        return self._step is None and self._driver.now_ns >= self._hold_ns

    @property
    def _due_ns(self) -> int:
        """When the next action is due."""
        return self._due[0].time_ns if self._due else FOR_EVER_NS

    def _lesson_ns(self) -> int:
        """Up to when the race may go before the lesson does something."""
        limit_ns = None if self._teller is None else self._teller.limit_ns
        return FOR_EVER_NS if limit_ns is None else limit_ns

    def _tell_lesson(self) -> None:
        """Begin the step that is due, if one is."""
        teller = self._teller
        if teller is None:
            return
        try:
            began = teller.settle()
        except FaultError as error:
            self._tell(Declined(str(error)))
            began = True
        if not began:
            return
        self._step = None
        own = teller.player.step.speed if teller.player.step is not None else None
        rate = 0.0 if teller.player.over else own or self._pacer.rate or teller.speed
        self._pacer.set_rate(self._plan.rate if rate is None else rate, self._driver.now_ns)
        self._speedometer.restart(self._driver.now_ns)
        self._next_frame_ns = 0

    def _go_back(self) -> None:
        """Begin the step before again: the race is run from its start, as fast as it goes."""
        assert self._teller is not None
        step, focus = max(self._teller.back_to, 0), self._camera.focus
        self._keeping.begin_again()
        self._driver.close()
        self._restarts += 1
        self._build(until=step)
        self._camera.focus = focus
        self._step = None
        self._due.clear()
        self._driver.start()
        self._pacer.set_rate(self._plan.rate, 0)

    def _wait_for_commands(self) -> None:
        wait_s = self.idle_s()
        try:
            command = self._commands.get(timeout=wait_s) if wait_s else self._commands.get_nowait()
            while True:
                self.obey(command)
                command = self._commands.get_nowait()
        except queue.Empty:
            return

    def idle_s(self) -> float:
        """How long nothing needs to be done, in seconds of wall time."""
        held = self._stands()
        hurries = self._teller is not None and self._teller.hurries
        if self.over or self._back.wanted or ((self._step is not None or hurries) and not held):
            return 0.0
        next_ns = self._driver.world.loop.next_ns
        due_ns = min(FOR_EVER_NS if next_ns is None else next_ns, self._due_ns, self._lesson_ns())
        race_s = math.inf if held or due_ns == FOR_EVER_NS else self._pacer.wall_wait_s(due_ns)
        frame_s = max(0, self._next_frame_ns - self._wall_ns()) / NANOSECONDS
        return min(race_s, frame_s, BEAT_S)

    def obey(self, command: AnyCommand) -> None:
        """Carry out what somebody asks for."""
        if not isinstance(command, Hold):
            self._next_frame_ns = 0  # what a key did is shown at once
        if self._teller is not None and isinstance(command, OfPast):
            self._tell(Declined("a lesson has no way back but to the step before"))
        elif self._teller is not None or not self._back.takes(command):
            self._obey(command)
        elif self._back.begun is not None:
            self._fork(self._back.begun)

    def _obey(self, command: AnyCommand) -> None:
        now_ns = self._driver.now_ns
        match command:
            case Break() | Heal() | HealAll():
                self._act(command)
            case ActAt():
                self._due.append(command)
            case SetRate(rate):
                self._step = None
                self._pacer.set_rate(rate if rate >= 0 else 0.0, now_ns)
                self._speedometer.restart(now_ns)
            case StepEvent():
                seen = self._driver.view.notable
                self._step_until(lambda: self._driver.view.notable > seen)
            case StepTick() if not self._driver.world.scenario.has_blocks:
                self._tell(Declined("a naive race has no ticks: step to the next event instead"))
            case StepTick():
                height = self._driver.view.height
                self._step_until(lambda: self._driver.view.height > height)
            case StepTo(time_ns):
                self._step_until(lambda: self._driver.now_ns >= time_ns, time_ns)
            case Hold(until_ns):
                self._hold_ns = until_ns
            case GoOn() if self._teller is not None:
                self._teller.go_on()
            case GoBack() if self._teller is not None:
                self._go_back()
            case GoOn() | GoBack():
                self._tell(Declined("this race is no lesson: `powclock learn` lists those"))
            case Look(focus):
                self._camera.focus = focus
            case Find(text):
                hits = (*past_times(text, self._driver.now_ns), *find(self._driver.view, text))
                self._tell(Found(text, hits))
            case Keep(on=on):
                self._keeping.keep(on=on)
            case Quit():
                self._over = True

    def _act(self, action: Action) -> None:
        try:
            self._driver.act(action)
        except FaultError as error:
            self._tell(Declined(str(error)))
        self._next_frame_ns = 0

    def _step_until(self, done: Callable[[], bool], time_ns: int = FOR_EVER_NS) -> None:
        self._step = done
        self._step_end_ns = min(time_ns, self._until_ns)

    def _show_if_due(self) -> None:
        if self._wall_ns() >= self._next_frame_ns:
            self._next_frame_ns = self._wall_ns() + self._frame_every_ns
            if not self._busy():
                self._show()

    def _show(self) -> None:
        if (past := self._back.shown()) is not None:
            self._tell(past)
            return
        if self._back.restarts != self._restarts:  # the screen has been elsewhere
            self._restarts = self._back.restarts
            self._camera.retell()
        lesson = None if self._teller is None else self._teller.told()
        frame = self._camera.take(self._driver.now_ns)
        self._tell(Shown(frame, self._pace(), lesson, self._restarts))

    def _pace(self) -> Pace:
        rate, stepping = self._pacer.rate, self._step is not None
        return Pace(
            rate=rate,
            reached=self._speedometer.read(self._driver.now_ns),
            paused=rate == 0 and not stepping,
            behind=self._pacer.behind,
            stepping=stepping,
            recorded_ns=self._driver.now_ns if self._keeping.kept else None,
        )
