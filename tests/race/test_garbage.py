"""Garbage is sought as often as before once a race is over, and a race makes next to none."""

import gc

import pytest

from powclock.race.garbage import OBJECTS_A_LOOK, seldom_sought
from tests.scenarios.races import race, scenario


def test_garbage_is_sought_seldom_for_a_while() -> None:
    before = gc.get_threshold()
    with seldom_sought():
        assert gc.get_threshold() == (OBJECTS_A_LOOK, *before[1:])
    assert gc.get_threshold() == before
    with pytest.raises(ValueError, match=r"^over$"), seldom_sought():
        raise ValueError("over")
    assert gc.get_threshold() == before


def test_a_race_makes_next_to_no_cyclic_garbage() -> None:
    with race(scenario(workload={"transactions_per_s": 1})) as running:
        running.world.recorder._sinks.clear()
        running.run(20)
        gc.collect()
        gc.disable()
        try:
            running.run(100)
            found = gc.collect()
        finally:
            gc.enable()
        assert running.nodes()["alice"].head.height > 10
        assert found < 100
