"""A paced race as plain lines, one notable event each: for pipes, logs and dumb terminals."""

from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

from powclock.clock.pace import Pacer
from powclock.clock.virtual_loop import NANOSECONDS
from powclock.race.driver import Driver
from powclock.race.engine import FOR_EVER_NS, TURNS_A_LOOK
from powclock.race.plan import Plan
from powclock.race.summary import Summary
from powclock.race.tape import taping
from powclock.record.frame import EventLine
from powclock.record.narrate import narrate

LOOK_S = 0.05


def plain_line(line: EventLine) -> str:
    """A notable event with its race time, in columns."""
    seconds = line.time_ns / NANOSECONDS
    minutes, seconds = divmod(seconds, 60)
    return f"{int(minutes):3d}:{seconds:06.3f}  {line.kind:<10}  {line.text}"


def race_plainly(
    plan: Plan,
    say: Callable[[str], None],
    look: Callable[[], None],
    recorded: Callable[[str], None] = lambda _trouble: None,
) -> Summary:
    """Race at the plan's pace until its end, or until `look` raises KeyboardInterrupt.

    `say` takes every notable event; `look` is called often, between two callbacks of the race.
    `recorded` is told in a line why the recording ends before the race.
    """
    driver = Driver(plan.scenario)
    unsaid: list[str] = []
    driver.world.recorder.listen(lambda record: _note(narrate(record), unsaid))
    end_ns = plan.until_ns or FOR_EVER_NS
    pacer = Pacer(plan.rate, 0)
    recording = Path(plan.recording) if plan.recording else None
    with closing(driver), taping(recording, driver, recorded) as beat:

        def look_and_beat() -> None:
            look()
            beat()

        with suppress(KeyboardInterrupt):  # the person has seen enough
            _race(driver, pacer, end_ns, unsaid, say, look_and_beat)
        return driver.summary()


def _race(
    driver: Driver,
    pacer: Pacer,
    end_ns: int,
    unsaid: list[str],
    say: Callable[[str], None],
    look: Callable[[], None],
) -> None:
    driver.start()
    while driver.now_ns < end_ns:
        look()
        goal_ns = pacer.goal_ns(driver.now_ns)
        goal_ns = end_ns if goal_ns is None else min(goal_ns, end_ns)
        reached = driver.world.advance(goal_ns, turns_max=TURNS_A_LOOK)
        for text in unsaid:
            say(text)
        unsaid.clear()
        if reached:
            due_ns = driver.world.loop.next_ns or 0
            pacer.sleep(min(LOOK_S, pacer.wall_wait_s(due_ns)))


def _note(line: EventLine | None, unsaid: list[str]) -> None:
    if line is not None:
        unsaid.append(plain_line(line))
