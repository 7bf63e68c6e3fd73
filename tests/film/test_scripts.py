"""The scripts that come with the program: each comes to its end, with what it waits for."""

from dataclasses import replace

import pytest

from powclock.film.shoot import shoot
from powclock.race.lesson.reading import reading_s
from powclock.race.lesson.shelf import load_chapter, shipped_films
from powclock.race.messages import Shown
from powclock.race.scenario_files import shipped_names
from tests.film.films import SECOND_NS, plan_of_script, shot

LENGTH_S_MAX = 90.0


@pytest.mark.parametrize("name", shipped_films())
def test_what_a_script_waits_for_comes(name: str) -> None:
    script = load_chapter(name)
    began: dict[int, float] = {}

    def until(shown: Shown) -> bool:
        assert shown.lesson is not None
        began.setdefault(shown.lesson.index, shown.frame.time_ns / SECOND_NS)
        return False

    reel = shoot(replace(shot(plan_of_script(script), (80, 24)), until=until))
    assert reel.length_s < LENGTH_S_MAX
    last = len(script.steps) - 1
    assert sorted(began) == list(range(last + 1))
    for index, step in enumerate(script.steps):
        if step.waits:
            assert began[index] - began[index - 1] < step.within_s / 10
    assert {words.split(" ")[0] for _, words in reel.marks} == {"fork", "reorg"}


@pytest.mark.parametrize("name", shipped_films())
def test_the_race_of_a_script_never_stands_for_somebody_to_read(name: str) -> None:
    script = load_chapter(name)
    for index, step in enumerate(script.steps):
        assert script.lasts_s(index) >= reading_s(step.caption)


def test_no_script_has_the_name_of_a_scenario() -> None:
    assert not set(shipped_films()) & set(shipped_names())
