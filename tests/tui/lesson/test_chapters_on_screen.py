"""Every chapter plays by itself on the screen, from start to end, and all of it can be read."""

import asyncio
import math

import pytest
from msgspec.structs import replace

from powclock.race.lesson import teller
from powclock.race.lesson.chapter import Chapter
from powclock.race.lesson.player import Player
from powclock.race.lesson.rehearsal import rehearse
from powclock.race.lesson.shelf import shipped_chapters
from powclock.race.plan import Plan
from powclock.tui.lesson_app import LessonApp
from tests.tui.lesson.told import ThreadRace, bar

PATIENCE_ROUNDS = 6_000
CHAPTERS = shipped_chapters()
Seen = dict[tuple[int, bool], None]


class Watched(LessonApp):
    """Remembers which steps and answers could be read as a whole."""

    seen: Seen

    def paint(self) -> None:
        super().paint()
        told = self.race_state.lesson
        if told is None or told.index < 0:
            return
        text = " ".join(word for row in bar(self)[1:] for word in row.split())
        wanted = told.answer or told.question or told.caption
        if wanted in text:
            self.seen[told.index, bool(told.answer)] = None


def played(chapter: Chapter, size: tuple[int, int], seen: Seen) -> Watched:
    """Play a chapter by itself, as fast as it goes, until it leaves."""
    steps = tuple(replace(step, speed=None) for step in chapter.steps)
    quick = replace(chapter, steps=steps)
    race = ThreadRace(Plan(chapter.scenario(), math.inf, 60, chapter=quick, attended=False))
    app = Watched(race, chapter, "", auto=True, fps=60, motion=False)
    app.seen = seen

    async def run() -> None:
        async with app.run_test(size=size) as pilot:
            for _ in range(PATIENCE_ROUNDS):
                if not app.is_running or app.return_value is not None:
                    return
                await pilot.pause(0.02)
            raise AssertionError(f"it never ended: step {app.race_state.lesson}")

    asyncio.run(run())
    assert race.thread is not None
    race.thread.join()
    return app


# What can be read in the smallest window can be read in any: the first three show that it is so.
@pytest.mark.parametrize(
    ("chapter", "size"),
    [*((each, (80, 24)) for each in CHAPTERS), *((each, (100, 30)) for each in CHAPTERS[:3])],
    ids=lambda value: value.name if isinstance(value, Chapter) else f"{value[0]}x{value[1]}",
)
def test_a_chapter_plays_by_itself(
    chapter: Chapter, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: Seen = {}

    def stay_s(player: Player) -> float:
        """As long as it takes until it could be read."""
        return 0.0 if (player.index, player.revealed) in seen else math.inf

    monkeypatch.setattr(teller, "stay_s", stay_s)
    app = played(chapter, size, seen)
    ended, frame = app.return_value, app.race_state.frame
    assert ended is not None
    assert frame is not None
    assert ended.trouble == ""
    assert list(seen) == [
        (index, answered)
        for index, step in enumerate(chapter.steps)
        for answered in ([False, True] if step.answer else [False])
    ]
    assert frame.time_ns == rehearse(chapter).end_ns
