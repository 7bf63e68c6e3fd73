"""Pasts of real races, and views that can be compared."""

from collections import deque
from collections.abc import Iterable
from functools import cache

import msgspec

from powclock.network.faults.cuts import Partition
from powclock.race.recorder import json_line
from powclock.record.events import Record
from powclock.record.past import Past
from powclock.record.view import View
from tests.builders import seconds
from tests.scenarios.races import race, scenario

SIDES = ("alice", "bob", "carol")


@cache
def stormy() -> tuple[Record, ...]:
    """All records of a race of ten minutes, the network cut in two for two of them."""
    with race(scenario(3, difficulty={"interval_s": 3})) as running:
        running.run(120)
        running.begin(Partition(nodes=SIDES))
        running.run(120)
        running.heal_all()
        running.run(360)
        return tuple(running.records)


def past_of(records: Iterable[Record], past: Past | None = None) -> Past:
    """The past of these records."""
    past = past or Past()
    for record in records:
        past.add(record, json_line(record))
    return past


def folded(records: Iterable[Record], time_ns: int) -> View:
    """The view at a time, folded from the start."""
    view = View(100_000)
    for record in records:
        if record.time_ns > time_ns:
            break
        view.apply(record)
    return view


def plain(value: object) -> object:
    """All that is in a view, as values that compare."""
    if isinstance(value, dict):
        return [(plain(key), plain(each)) for key, each in value.items()]
    if isinstance(value, (list, tuple, deque)):
        return [plain(each) for each in value]
    if isinstance(value, msgspec.Struct):
        return type(value).__name__, plain(msgspec.structs.astuple(value))
    slots = getattr(type(value), "__slots__", None)
    if slots is not None and not isinstance(value, (str, bytes, int, float)):
        return type(value).__name__, [plain(getattr(value, name)) for name in slots]
    if hasattr(value, "__dict__"):
        return type(value).__name__, plain(vars(value))
    return value


STORM_NS = seconds(600)
