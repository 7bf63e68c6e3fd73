"""The chapters that come with the program: each plays to its end, and what it says is so."""

from contextlib import closing

import msgspec
import pytest

from powclock.network.faults.nodes import ClockSkew
from powclock.race.driver import Driver
from powclock.race.lesson.chapter import Chapter
from powclock.race.lesson.rehearsal import rehearse
from powclock.race.lesson.shelf import load_chapter, shipped_files
from powclock.race.lesson.teller import Teller
from powclock.record.events import NANOSECONDS, LeaderElected, Record

CAPTION_MAX = 240
RACE_S_MAX = 420.0
NUMBERS = [str(number + 1) for number in range(len(shipped_files()))]

WORK = "6"


def test_the_chapters_follow_the_argument() -> None:
    assert [(load_chapter(number).title, load_chapter(number).rule) for number in NUMBERS] == [
        ("A replicated database and 99.99 %", "pow"),
        ("What not to do: everybody tells everybody", "naive"),
        ("Sending a transaction", "pow"),
        ("A leader and its signature", "schedule"),
        ("The trouble with clocks", "schedule"),
        ("Work elects the leader", "pow"),
        ("The clock that nobody sets", "pow"),
        ("Forks and reorgs", "pow"),
        ("Slot length, block size, throughput", "schedule"),
        ("Attacks: the majority, and the selfish", "pow"),
        ("Where this leads: stake and history", "pow"),
    ]


@pytest.mark.parametrize("number", NUMBERS)
def test_a_chapter_plays_to_its_end_and_what_it_claims_is_so(number: str) -> None:
    chapter = load_chapter(number)
    played = rehearse(chapter)
    assert played.failures == ()
    assert len(played.began_ns) == len(chapter.steps)
    assert played.end_ns <= RACE_S_MAX * NANOSECONDS


@pytest.mark.parametrize("number", NUMBERS)
def test_a_chapter_is_short_and_claims_something_at_every_step(number: str) -> None:
    chapter = load_chapter(number)
    assert 5 <= len(chapter.steps) <= 9
    assert chapter.about
    for step in chapter.steps:
        assert step.expect
        assert max(len(step.caption), len(step.question), len(step.answer)) <= CAPTION_MAX


@pytest.mark.parametrize("number", NUMBERS)
def test_a_chapter_without_its_faults_would_not_show_what_it_says(number: str) -> None:
    chapter = load_chapter(number)
    steps = tuple(msgspec.structs.replace(step, faults=(), within_s=10.0) for step in chapter.steps)
    assert rehearse(msgspec.structs.replace(chapter, faults=(), steps=steps)).failures


def test_clocks_that_are_wrong_change_no_tick_where_work_elects() -> None:
    chapter = load_chapter(WORK)
    steps = tuple(
        msgspec.structs.replace(
            step, faults=tuple(fault for fault in step.faults if not isinstance(fault, ClockSkew))
        )
        for step in chapter.steps
    )
    right = msgspec.structs.replace(chapter, steps=steps)
    assert right != chapter
    assert _ticks(right) == _ticks(chapter)


def _ticks(chapter: Chapter) -> list[tuple[int, str, int]]:
    """Every tick of a chapter: when, who led, at which height."""
    ticks: list[tuple[int, str, int]] = []

    def note(record: Record) -> None:
        if isinstance(record.event, LeaderElected):
            ticks.append((record.time_ns, record.event.leader, record.event.height))

    driver = Driver(chapter.scenario())
    teller = Teller(chapter, driver)
    driver.world.recorder.listen(note)
    with closing(driver):
        driver.start()
        teller.settle()
        while (limit_ns := teller.limit_ns) is not None:
            driver.world.advance(limit_ns)
            teller.settle()
    return ticks
