"""How much faster than real time a film is made, as a ratio of its length to the work for it."""

from time import process_time

import pytest

from powclock.film.cast import cast
from powclock.film.shoot import shoot
from powclock.race.lesson.shelf import load_chapter
from powclock.race.plan import Plan
from powclock.race.scenario_files import load_scenario
from tests.film.films import SECOND_NS, plan_of_script, shot, theme

# Of a core, so that what else runs on the machine counts little; 5 times is wanted.
FASTER = 5.0


@pytest.mark.parametrize("what", ["demo", "compare", "split"])
def test_a_film_is_made_faster_than_it_is_seen(what: str) -> None:
    if what == "demo":
        plan = plan_of_script(load_chapter(what))
    else:
        plan = Plan(load_scenario(what), until_ns=40 * SECOND_NS)
    shoot(shot(Plan(plan.scenario, until_ns=SECOND_NS)))  # what is loaded once is no part of it
    began = process_time()
    reel = shoot(shot(plan, (100, 30), show_keys=True))
    lines = list(cast(reel, theme(), 2))
    worked_s = process_time() - began
    size = sum(map(len, lines)) / 1000
    ratio = reel.length_s / worked_s
    print(f"{what}: {reel.length_s:.0f} s in {worked_s:.1f} s: {ratio:.1f} times; {size:.0f} kB")
    assert ratio > FASTER
