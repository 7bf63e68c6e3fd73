"""The teller: lets a player move a race, where it is paced and where it is not.

What a step does are inputs of the race like a person's, each at its turn; so a session with a
lesson in it can be run again without the lesson.
"""

from collections.abc import Callable

from powclock.network.faults.fault import FaultError
from powclock.race.driver import Driver
from powclock.race.lesson.chapter import Chapter
from powclock.race.lesson.player import Player
from powclock.race.lesson.reading import stay_s
from powclock.race.lesson.told import Told
from powclock.record.events import Record


class Teller:
    """Tells one chapter to one race, which must not have started.

    Where it is not `attended` it goes on by itself, after the time that people need to read, which
    the wall's clock measures; or at once where there is no such clock. Up to the step `until` it
    waits for nobody: that is how a person goes back.
    """

    def __init__(
        self,
        chapter: Chapter,
        driver: Driver,
        *,
        attended: bool = False,
        wall_s: Callable[[], float] | None = None,
        until: int = 0,
    ) -> None:
        self.player = Player(chapter)
        self.speed: float | None = None
        self._driver = driver
        self._attended = attended
        self._wall_s = wall_s
        self._until = until
        self._shown_s = 0.0
        driver.world.recorder.listen(self._apply)

    def _apply(self, record: Record) -> None:
        if self.player.apply(record, self._driver.view):
            self._driver.world.loop.stop()

    @property
    def limit_ns(self) -> int | None:
        """The race must not go beyond this time before `settle` is called; None: wherever."""
        return None if self.player.over else self.player.due_ns

    @property
    def rewinds(self) -> bool:
        """Whether it runs to the step that a person went back to."""
        return not self.player.over and self.player.index < self._until

    @property
    def hurries(self) -> bool:
        """Whether the race is to go as fast as it can."""
        return self.rewinds or self.player.hurried

    @property
    def back_to(self) -> int:
        """The step that a person who goes back wants to see."""
        return (self._until if self.rewinds else self.player.index) - 1

    def told(self) -> Told:
        """What there is to read now."""
        player, steps = self.player, self.player.chapter.steps
        step = player.step
        return Told(
            title=player.chapter.title or player.chapter.name,
            index=player.index,
            count=len(steps),
            caption=step.caption if step is not None else "",
            question=step.question if step is not None else "",
            answer=step.answer if step is not None and player.revealed else "",
            asks=player.asks,
            waits=self.held() and not player.asks,
            over=player.over,
            rewinds=self.rewinds,
            hurries=player.hurried,
            keys=step.keys if step is not None else (),
            keys_every_s=step.keys_every_s if step is not None else 0.0,
        )

    def held(self) -> bool:
        """Whether the race waits for somebody who reads."""
        return self.player.held(self._past_ns)

    @property
    def _past_ns(self) -> int:
        """The last time at which nothing is left to happen: steps begin after all of a moment."""
        now_ns, next_ns = self._driver.now_ns, self._driver.world.loop.next_ns
        return now_ns if next_ns is None or next_ns > now_ns else now_ns - 1

    def go_on(self) -> None:
        """Somebody wants to see the answer, or the next step."""
        self.player.go_on(hurry=True)
        self._shown_s = self._now_s()

    def settle(self) -> bool:
        """Begin what is due and read, and be called before the race is moved; whether a step began.

        Raises:
            FaultError: what a step does cannot be done; the step has begun.
        """
        player, began = self.player, False
        while True:
            self._read()
            if not (player.is_due(self._past_ns) and player.may_go) or player.asks:
                return began
            actions = player.begin(self._driver.now_ns, self._driver.view)
            began, self._shown_s = True, self._now_s()
            if player.step is not None and player.step.speed is not None:
                self.speed = player.step.speed
            trouble = None
            for action in actions:
                try:
                    self._driver.act(action)
                except FaultError as error:
                    trouble = trouble or error
            if trouble is not None:
                player.failures.append(f"step {player.index + 1}: {trouble}")
                raise trouble

    def _read(self) -> None:
        """Go on for those who press nothing."""
        player = self.player
        if self.rewinds or (not self._attended and self._wall_s is None):
            while player.asks or (not player.may_go and not player.over):
                player.go_on(hurry=False)
        elif self._attended:
            if player.following is None and not player.asks:
                player.go_on(hurry=False)  # after the last step there is nothing to go on to
        elif not player.may_go and self.unread_s() <= 0:
            player.go_on(hurry=False)
            self._shown_s = self._now_s()

    def unread_s(self) -> float:
        """How long what is shown stays, if nobody goes on."""
        return self._shown_s + stay_s(self.player) - self._now_s()

    def _now_s(self) -> float:
        return self._wall_s() if self._wall_s is not None else 0.0
