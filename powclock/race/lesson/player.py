"""The player: which step of a chapter is told, as a fold of records and time.

It is pure: it decides, and whoever moves the race asks it where to stop and what to do there. The
moments at which steps begin depend on the race alone. Somebody who reads, thinks or wants to go on
only holds the race at such a moment, or hurries it there, so every playing is the same race.
"""

from powclock.clock.virtual_loop import NANOSECONDS
from powclock.race.commands import Action, Break, Heal, HealAll
from powclock.race.lesson.chapter import Chapter, Step
from powclock.race.lesson.measures import Evidence, figure
from powclock.race.lesson.moments import comes, is_so
from powclock.race.lesson.tally import Tally
from powclock.record.events import Record
from powclock.record.view import View


class Player:
    """One playing of a chapter, from the start of its race.

    `index` is the step that is told, -1 before the first. `failures` are the claims that did not
    hold, a line each.
    """

    def __init__(self, chapter: Chapter) -> None:
        self.chapter = chapter
        self.index = -1
        self.over = False
        self.revealed = False
        self.failures: list[str] = []
        self._agreed_to_go = True
        self._hurried = False
        self._since_ns = 0
        self._come = False
        self._due = False
        self._step = Tally()
        self._start = Tally()

    @property
    def step(self) -> Step | None:
        """The step that is told."""
        return self.chapter.steps[self.index] if self.index >= 0 else None

    @property
    def following(self) -> Step | None:
        """The step after it, if there is one."""
        after = self.index + 1
        return self.chapter.steps[after] if after < len(self.chapter.steps) else None

    # The race goes on.

    def apply(self, record: Record, view: View) -> bool:
        """Fold a record in that the view has folded in; whether `due_ns` has moved with it, so that
        whoever moves the race must stop.
        """
        self._step.apply(record)
        self._start.apply(record)
        following = self.following
        if self.over or self._due or following is None or not (following.on or following.at_tick):
            return False
        before, self._come = self._come, comes(following, record, view, self._come)
        self._due = self._come and record.time_ns >= self._least_ns
        return self._due or self._come != before

    @property
    def _least_ns(self) -> int:
        lasts_s = self.chapter.lasts_s(self.index) if self.index >= 0 else 0.0
        return self._since_ns + round(lasts_s * NANOSECONDS)

    @property
    def due_ns(self) -> int:
        """When the step is over if nothing happens before."""
        following = self.following
        if following is None:
            return self._least_ns
        if following.on or following.at_tick:
            wait_s = 0.0 if self._come else following.within_s
            return self._least_ns + round(wait_s * NANOSECONDS)
        return max(self._least_ns, round(following.at_s * NANOSECONDS))

    def is_due(self, now_ns: int) -> bool:
        """Whether the step is over, and the next one can begin."""
        return not self.over and (self._due or now_ns >= self.due_ns)

    # Somebody reads.

    @property
    def asks(self) -> bool:
        """Whether a question stands open."""
        return self.step is not None and bool(self.step.question) and not self.revealed

    def held(self, now_ns: int) -> bool:
        """Whether the race must not go on until somebody wants to."""
        return self.asks or (self.is_due(now_ns) and not self._agreed_to_go)

    @property
    def hurried(self) -> bool:
        """Whether somebody wants the next step, and it has not come."""
        return self._hurried and not self.over

    @property
    def may_go(self) -> bool:
        """Whether somebody has read the step."""
        return self._agreed_to_go

    def go_on(self, *, hurry: bool) -> None:
        """Reveal the answer, or if there is none to reveal, go on to the next step."""
        if self.asks:
            self.revealed = True
        elif not self.over:
            self._agreed_to_go = True
            self._hurried = hurry

    # A step begins.

    def begin(self, now_ns: int, view: View) -> tuple[Action, ...]:
        """End the step and begin the next one; what is to be done to the race with it."""
        self._judge(view)
        step = self.following
        self._agreed_to_go = self._hurried = self._due = False
        if step is None:
            self.over = True
            return ()
        if (step.on or step.at_tick) and not self._come:
            what = step.on or f"tick {step.at_tick}"
            self.failures.append(
                f"step {self.index + 2}: {what} did not come within {step.within_s:g} s"
            )
        self.index += 1
        self.revealed = False
        self._since_ns = now_ns
        self._step = Tally(from_ns=now_ns, clients=view.service().clients)
        following = self.following
        self._come = following is not None and is_so(following, view)
        return _actions(step, view)

    def _judge(self, view: View) -> None:
        if self.step is None:
            return
        evidence = Evidence(view, self._step, self._start, view.service().clients)
        for claim in self.step.expect:
            found = figure(claim, evidence)
            if not claim.holds(found):
                self.failures.append(f"step {self.index + 1}: {claim.denial(found)}")


def _actions(step: Step, view: View) -> tuple[Action, ...]:
    """What a step does to the race: first it heals, then it breaks."""
    breaks = tuple(Break(fault) for fault in step.faults)
    if step.heal is True:
        return (HealAll(), *breaks)
    kinds = step.heal or ()
    heals = tuple(Heal(fault.id) for fault in view.faults.values() if fault.fault in kinds)
    return heals + breaks
