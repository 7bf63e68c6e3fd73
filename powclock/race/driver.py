"""The driver: a world with its view, moved step by step, live or from a session's inputs."""

from collections import deque
from collections.abc import Callable

from powclock.clock.virtual_loop import NANOSECONDS
from powclock.network.faults.fault import FaultError
from powclock.race.commands import Action, Input
from powclock.race.scenario import Scenario, ScenarioError
from powclock.race.session import Session
from powclock.race.summary import Summary, summarise
from powclock.race.witness import WorldWitness
from powclock.race.world import World
from powclock.record.checker.checker import Checker
from powclock.record.checker.naive import NaiveChecker
from powclock.record.events import LeaderElected, Record
from powclock.record.view import BLOCKS_KEPT, View


class Driver:
    """Owns one race; everything that watches it sees the same records.

    With `check`, a broken invariant stops the race: the call that moves it raises BrokenInvariant.
    """

    def __init__(
        self, scenario: Scenario, blocks_kept: int = BLOCKS_KEPT, *, check: bool = True
    ) -> None:
        self.world = World(scenario)
        self.view = View(blocks_kept)
        self.at_end: list[Callable[[], object]] = []
        self.world.recorder.listen(self.view.apply)
        self.checker: Checker | None = None
        if check:
            self._check()

    def _check(self) -> None:
        witness, fail = WorldWitness(self.world), self.world.loop.fail
        if self.world.scenario.has_blocks:
            self.checker = Checker(witness, fail)
            self.world.recorder.listen(self.checker)
        else:
            self.world.recorder.listen(NaiveChecker(witness, fail))

    @property
    def now_ns(self) -> int:
        """The race's time."""
        return self.world.loop.now_ns

    def start(self) -> None:
        """Begin at time 0."""
        self.world.start()

    def act(self, action: Action) -> None:
        """Carry out an action of a person.

        Raises:
            FaultError: it cannot be; nothing has changed.
        """
        self.world.act(action)

    def stop_at(self, height: int) -> None:
        """From now on a call that moves the race returns where the clock reaches a tick."""

        def watch(record: Record) -> None:
            if isinstance(record.event, LeaderElected) and record.event.height >= height:
                self.world.loop.stop()

        self.world.recorder.listen(watch)

    def step_until(self, done: Callable[[], bool], *, turns_max: int, until_ns: int) -> bool:
        """Go on one callback at a time until something is so; whether it is."""
        for _ in range(turns_max):
            if done():
                return True
            if self.world.advance(until_ns, turns_max=1):
                break
        return done()

    def replay(self, session: Session, progress: Callable[[int], None]) -> None:
        """Run a session again: each input at its turn, to the end.

        Raises:
            ScenarioError: an input does not fit, so the session is not of this race or version.
        """
        inputs: deque[Input] = deque(session.inputs)
        while inputs:
            following = inputs.popleft()
            if following.turn < self.world.loop.turn or following.time_ns < self.now_ns:
                raise ScenarioError("the inputs of the session are out of order")
            self._advance_to(following.turn, following.time_ns, progress)
            try:
                self.act(following.action)
            except FaultError as error:
                raise ScenarioError(f"an input does not fit the race: {error}") from error
        end = session.end
        if end.turn >= 0:
            self._advance_to(end.turn, end.time_ns, progress)
        else:
            while not self.world.advance(end.time_ns, turns_max=1_000):
                progress(self.now_ns)

    def _advance_to(self, turn: int, time_ns: int, progress: Callable[[int], None]) -> None:
        while self.world.loop.turn < turn:
            if (self.world.loop.next_ns or 0) > time_ns:
                raise ScenarioError(
                    f"the race is another one after {self.now_ns / NANOSECONDS:.3f} s: was the "
                    "session made by this version?"
                )
            self.world.advance_to(min(turn, self.world.loop.turn + 100), self.now_ns)
            progress(self.now_ns)
        self.world.advance_to(turn, time_ns)

    def summary(self) -> Summary:
        """What has come of it so far."""
        world = self.world
        return summarise(
            self.view,
            world.recorder.digest,
            world.recorder.count,
            self.now_ns,
            len(world.inputs),
            state_groups=world.state_groups(),
            writes_missing=world.writes_missing(),
        )

    def close(self) -> None:
        """End the race; asserts that nothing is left over."""
        self.world.close()
        for finish in self.at_end:
            finish()
