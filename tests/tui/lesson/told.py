"""Lessons on the screen for tests: one that is told by hand, and a real one in a thread."""

import asyncio
import queue
import threading
from collections.abc import Awaitable, Callable

from textual.pilot import Pilot

from powclock.race.commands import AnyCommand
from powclock.race.engine import Engine
from powclock.race.lesson.chapter import Chapter
from powclock.race.lesson.told import Told
from powclock.race.messages import AnyMessage, Ended, Shown
from powclock.race.plan import Plan
from powclock.record.frame import EventLine
from powclock.tui.lesson_app import LessonApp
from tests.race.lesson.chapters import chapter
from tests.tui.frames import RUNNING, FakeRace, frame

Test = Callable[[LessonApp, FakeRace, "Pilot[Ended | None]"], Awaitable[None]]

STEP = Told("A test", 1, 3, "Two are cut off.")
ASKS = Told("A test", 2, 3, "The cable is mended.", "What happens?", asks=True)
ANSWERED = Told("A test", 2, 3, "The cable is mended.", "What happens?", "The lighter side reorgs.")


def tell(race: FakeRace, told: Told, restarts: int = 0) -> Awaitable[None]:
    """A picture of the race in which this is told."""
    events = (EventLine(1, 1, "tick", None, "tick 1"), EventLine(2, 2, "tick", None, "tick 2"))
    return race.tell(Shown(frame(events=events), RUNNING, lesson=told, restarts=restarts))


def on_screen(
    test: Test,
    *,
    size: tuple[int, int] = (100, 30),
    what: Chapter | None = None,
    following: str = "The next one",
    told: Told = STEP,
    auto: bool = False,
) -> LessonApp:
    """Run a test in the app of a lesson that shows one step."""
    race = FakeRace()
    app = LessonApp(race, what or chapter(), following, auto=auto, fps=50)

    async def run() -> None:
        async with app.run_test(size=size) as pilot:
            await tell(race, told)
            await pilot.pause(0.05)
            await test(app, race, pilot)

    asyncio.run(run())
    return app


def bar(app: LessonApp) -> list[str]:
    """The rows of the caption bar, without the spaces at their ends."""
    return [row.rstrip() for row in app.race_screen.panels["lesson"].rows_text]


class ThreadRace:
    """A real race in a thread of this process (`messages.Race`)."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._commands: queue.SimpleQueue[AnyCommand] = queue.SimpleQueue()
        self.thread: threading.Thread | None = None

    def listen(self, on_message: Callable[[AnyMessage], None]) -> None:
        """Start it."""

        def run() -> None:
            Engine(self._plan, self._commands, on_message).run()  # type: ignore[arg-type]

        self.thread = threading.Thread(target=run, daemon=True)
        self.thread.start()

    def send(self, command: AnyCommand) -> None:
        """Ask something of it."""
        self._commands.put(command)
