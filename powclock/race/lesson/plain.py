"""A lesson as plain lines: captions between the notable events of its race, for a pipe or a log.

It goes on by itself, after the time that people need to read.
"""

from collections.abc import Callable
from contextlib import closing, suppress
from textwrap import wrap

from powclock.clock.pace import Pacer, wall_ns
from powclock.clock.virtual_loop import NANOSECONDS
from powclock.network.faults.fault import FaultError
from powclock.race.driver import Driver
from powclock.race.engine import TURNS_A_LOOK
from powclock.race.lesson.chapter import Chapter
from powclock.race.lesson.player import Player
from powclock.race.lesson.teller import Teller
from powclock.race.plain import LOOK_S, plain_line
from powclock.race.summary import Summary
from powclock.record.events import Record
from powclock.record.narrate import narrate

WIDTH = 78
INDENT = "    "


def tell_plainly(chapter: Chapter, say: Callable[[str], None], look: Callable[[], None]) -> Summary:
    """Play a chapter to its end, or until `look` raises KeyboardInterrupt.

    `say` takes captions and notable events; `look` is called often, between two callbacks.
    """
    driver = Driver(chapter.scenario())
    teller = Teller(chapter, driver, wall_s=lambda: wall_ns() / NANOSECONDS)

    def note(record: Record) -> None:
        line = narrate(record)
        if line is not None:
            say(plain_line(line))

    driver.world.recorder.listen(note)
    with closing(driver):
        say(chapter.title or chapter.name)
        with suppress(KeyboardInterrupt):  # the person has seen enough
            driver.start()
            _tell(driver, teller, say, look)
        return driver.summary()


class _Captions:
    """Says each step once, and its answer once it is revealed."""

    def __init__(self, player: Player, say: Callable[[str], None]) -> None:
        self._player = player
        self._say = say
        self._index = -1
        self._answered = False

    def say_what_is_new(self) -> None:
        """Say the step that has begun, or the answer that is revealed."""
        player, step = self._player, self._player.step
        if step is None:
            return
        if player.index != self._index:
            self._index, self._answered = player.index, False
            self._say("")
            head = f"{player.index + 1}/{len(player.chapter.steps)}"
            self._lines(step.caption, f"{head:<{len(INDENT)}}")
            self._lines(step.question, "  ? ")
        if player.revealed and not self._answered:
            self._answered = True
            self._lines(step.answer, "  = ")

    def _lines(self, text: str, first: str) -> None:
        for number, line in enumerate(wrap(text, WIDTH - len(INDENT))):
            self._say((INDENT if number else first) + line)


def _tell(
    driver: Driver, teller: Teller, say: Callable[[str], None], look: Callable[[], None]
) -> None:
    player, pacer = teller.player, Pacer(1.0, 0)
    captions = _Captions(player, say)
    while not player.over:
        look()
        with suppress(FaultError):
            if teller.settle() and player.step is not None and player.step.speed is not None:
                pacer.set_rate(player.step.speed, driver.now_ns)
        captions.say_what_is_new()
        limit_ns = teller.limit_ns
        if limit_ns is None:
            return
        if teller.held():
            pacer.set_rate(pacer.rate, driver.now_ns)
            pacer.sleep(min(LOOK_S, max(teller.unread_s(), 0.0)))
            continue
        goal_ns = pacer.goal_ns(driver.now_ns)
        goal_ns = limit_ns if goal_ns is None else min(goal_ns, limit_ns)
        if driver.world.advance(goal_ns, turns_max=TURNS_A_LOOK):
            due_ns = driver.world.loop.next_ns or 0
            pacer.sleep(min(LOOK_S, pacer.wall_wait_s(min(due_ns, limit_ns))))
