"""A lesson in an engine: it stands, hurries, goes back, and is always the same race."""

import math
import queue
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from powclock.network.faults.cuts import Partition
from powclock.race.commands import (
    AnyCommand,
    Break,
    GoBack,
    GoOn,
    Heal,
    Quit,
    SetRate,
)
from powclock.race.driver import Driver
from powclock.race.engine import Engine
from powclock.race.headless import Outputs, replay_session
from powclock.race.lesson.chapter import Chapter
from powclock.race.lesson.player import Player
from powclock.race.lesson.reading import reading_s, stay_s
from powclock.race.lesson.rehearsal import rehearse
from powclock.race.lesson.teller import Teller
from powclock.race.lesson.told import Told
from powclock.race.messages import Declined, Ended, FromRace, Shown
from powclock.race.plan import Plan
from powclock.race.session import load_session
from tests.builders import seconds
from tests.race.lesson.chapters import chapter
from tests.scenarios.races import scenario

Answer = Callable[[Told], AnyCommand | None]


class Lesson:
    """An engine in this thread; `answer` is asked what to press for each picture."""

    def __init__(self, told: Chapter, answer: Answer, *, attended: bool = True) -> None:
        self.commands: queue.SimpleQueue[AnyCommand] = queue.SimpleQueue()
        self.shown: list[Shown] = []
        self.declined: list[str] = []
        self._answer = answer
        self._told: Told | None = None
        with TemporaryDirectory() as folder:
            file = Path(folder) / "lesson"
            plan = Plan(
                told.scenario(), math.inf, 1000,
                chapter=told, attended=attended, recording=str(file), chosen=True,
            )  # fmt: skip
            Engine(plan, self.commands, self._hear).run()
            self.session = load_session(file)
        self.inputs = list(self.session.inputs)

    def _hear(self, message: FromRace) -> None:
        match message:
            case Shown(lesson=lesson):
                self.shown.append(message)
                assert lesson is not None
                if lesson != self._told:
                    self._told = lesson
                    command = self._answer(lesson)
                    if command is not None:
                        self.commands.put(command)
            case Declined(text):
                self.declined.append(text)
            case Ended(end=end, trouble=trouble):
                assert (trouble, end is None) == ("", False)

    @property
    def steps(self) -> list[tuple[int, bool, bool, bool]]:
        """What was told, each once: step, whether it asked, was answered, and was over."""
        told = [
            (lesson.index, lesson.asks, bool(lesson.answer), lesson.over)
            for lesson in (shown.lesson for shown in self.shown)
            if lesson is not None and not lesson.rewinds
        ]
        return [step for index, step in enumerate(told) if not index or told[index - 1] != step]


def press_on(told: Told) -> AnyCommand | None:
    """Somebody who goes on whenever the lesson waits."""
    if told.over:
        return Quit()
    return GoOn() if told.asks or told.waits else None


WHOLE = [(0, False, False, False), (1, False, False, False), (2, True, False, False),
         (2, False, True, False), (2, False, True, True)]  # fmt: skip


def test_a_lesson_stands_for_the_reader_and_ends() -> None:
    told = chapter()
    lesson = Lesson(told, press_on)
    assert lesson.steps == WHOLE
    assert [each.action for each in lesson.inputs] == [
        Break(Partition(("alice", "bob"))),
        Heal("partition"),
    ]
    last = lesson.shown[-1]
    assert last.frame.time_ns == rehearse(told).end_ns
    assert last.pace.paused


def test_it_does_not_go_on_by_itself_where_somebody_attends() -> None:
    seen = []

    def wait(told: Told) -> AnyCommand | None:
        seen.append(told)
        return Quit() if told.waits else None

    lesson = Lesson(chapter(), wait)
    assert lesson.steps == WHOLE[:1]
    assert seen[-1].caption == "All is well."


def test_next_before_its_time_hurries_to_it() -> None:
    pressed = []

    def press(told: Told) -> AnyCommand | None:
        if told.over:
            return Quit()
        if told.index not in pressed or told.asks:
            pressed.append(told.index)
            return GoOn()
        return GoOn() if told.waits else None

    lesson = Lesson(chapter(), press)
    assert lesson.steps == WHOLE
    assert any(shown.lesson is not None and shown.lesson.hurries for shown in lesson.shown)
    assert lesson.shown[-1].frame.time_ns == rehearse(chapter()).end_ns


def test_going_back_is_the_same_race_again_up_to_the_step_before() -> None:
    told = chapter()
    back = iter([GoBack()])

    def press(told: Told) -> AnyCommand | None:
        if told.rewinds:
            return None
        if told.answer and not told.over:
            return next(back, None)
        return press_on(told)

    lesson = Lesson(told, press)
    assert lesson.steps == [*WHOLE[:4], *WHOLE[1:]]
    assert [shown.restarts for shown in lesson.shown if shown.restarts == 1]
    straight = Lesson(told, press_on)
    assert lesson.inputs == straight.inputs
    assert lesson.shown[-1].frame == straight.shown[-1].frame


def test_a_lesson_is_a_session_that_can_be_run_again_without_it() -> None:
    told = chapter()
    lesson = Lesson(told, press_on)
    assert lesson.session.scenario == told.scenario()
    replayed = replay_session(
        lesson.session, outputs=Outputs(), progress=lambda now_ns, end_ns: None
    )
    assert replayed.digest == rehearse(told).digest


def test_a_rehearsal_begins_each_step_at_its_moment() -> None:
    rehearsal = rehearse(chapter())
    assert rehearsal.failures == ()
    assert rehearsal.began_ns[0] == 0
    assert rehearsal.began_ns[2] == seconds(90)
    assert rehearsal.end_ns == seconds(110)
    assert rehearsal == rehearse(chapter())


def test_a_claim_that_is_false_fails_with_one_line() -> None:
    false = chapter(
        """
        [[steps]]
        caption = "Nothing happens."
        lasts_s = 60
        expect = [{ claim = "ticks", at_most = 0 }, { claim = "agreed" }]
        """
    )
    failures = rehearse(false).failures
    assert len(failures) == 1
    assert failures[0].startswith("step 1: ticks is ")
    assert failures[0].endswith(", and should be at most 0")


def test_a_fault_that_cannot_be_is_told_and_the_lesson_goes_on() -> None:
    told = chapter(
        """
        [[steps]]
        caption = "a"
        lasts_s = 1
        [[steps]]
        caption = "b"
        lasts_s = 1
        faults = [{ kind = "leave", nodes = ["bob"] }]
        [[steps]]
        caption = "c"
        lasts_s = 1
        faults = [{ kind = "crash", nodes = ["bob"] }, { kind = "loss" }]
        """
    )
    line = "there is no node 'bob': the race has alice, carol, dave, erin"
    assert rehearse(told).failures == (f"step 3: {line}",)
    lesson = Lesson(told, press_on)
    assert lesson.declined == [line]
    assert lesson.shown[-1].frame.faults[-1].fault == "loss"


def test_a_race_that_is_no_lesson_declines_its_keys() -> None:
    commands: queue.SimpleQueue[AnyCommand] = queue.SimpleQueue()
    for command in (GoOn(), GoBack(), Quit()):
        commands.put(command)
    messages: list[FromRace] = []
    Engine(Plan(scenario()), commands, messages.append).run()
    line = "this race is no lesson: `powclock learn` lists those"
    assert [each for each in messages if isinstance(each, Declined)] == [Declined(line)] * 2


def test_a_race_that_was_paused_goes_on_with_the_next_step() -> None:
    told = chapter()
    commands: queue.SimpleQueue[AnyCommand] = queue.SimpleQueue()
    for command in (SetRate(0.0), GoOn()):
        commands.put(command)
    shown: list[Shown] = []

    def hear(message: FromRace) -> None:
        if isinstance(message, Shown):
            shown.append(message)
            if message.lesson is not None and message.lesson.index == 1:
                commands.put(Quit())

    Engine(Plan(told.scenario(), chapter=told), commands, hear).run()
    assert shown[-1].lesson is not None
    assert shown[-1].lesson.index == 1
    assert shown[-1].pace.rate == 4.0
    assert not shown[-1].pace.paused


def test_who_presses_nothing_gets_the_time_to_read() -> None:
    wall_s = 0.0
    driver = Driver(chapter().scenario())
    teller = Teller(chapter(), driver, wall_s=lambda: wall_s)
    player = teller.player
    driver.start()
    assert teller.settle()
    stay = stay_s(player)
    assert stay == reading_s("All is well.") > 2
    while not player.is_due(driver.now_ns):
        driver.world.advance(teller.limit_ns or 0)
    assert not teller.settle()
    assert teller.held()
    wall_s = stay
    assert teller.settle()
    assert player.index == 1
    driver.close()


def test_thinking_takes_longer_than_reading() -> None:
    player = Player(chapter())
    assert stay_s(player) == 0.0
    player.index = 2
    asked = stay_s(player)
    player.revealed = True
    assert asked > stay_s(player) == reading_s("The lighter side reorgs.")
