"""Rules of third parties: a package registers one by entry point, by its name.

    [project.entry-points."powclock.rules"]
    lottery = "their_package:Lottery"

What is named there is called with a `Setting` and gives an `Election`. It is loaded when a race is
to be run by it, and no sooner. Whatever is wrong with it is one line that names the package.
"""

from importlib.metadata import EntryPoint, entry_points

from powclock.election.election import (
    BLOCKS,
    LEADERS,
    WORK,
    Election,
    MakeElection,
    Setting,
    WorkTerms,
)
from powclock.record.facts import ScheduleInfo

GROUP = "powclock.rules"
_DUTIES = ("rule", "leaders", "admits", "reseal")


class PlugInError(ValueError):
    """A rule that cannot be used: one line that names it and its package."""


def plug_in_names() -> list[str]:
    """The names that packages register, sorted."""
    return sorted(entry_points(group=GROUP).names)


def load(name: str) -> MakeElection:
    """What makes the elections of a registered rule.

    Raises:
        PlugInError: it cannot be imported, or is nothing that can be called.
    """
    (entry, *others) = entry_points(group=GROUP, name=name)
    if others:
        packages = ", ".join(_package(each) for each in (entry, *others))
        raise PlugInError(f"rule {name!r} is registered by {packages}: uninstall all but one")
    try:
        make = entry.load()
    except Exception as error:
        raise PlugInError(f"{_of(entry)} cannot be loaded: {_one_line(error)}") from error
    if not callable(make):
        raise PlugInError(f"{_of(entry)}: {entry.value} cannot be called to make an election")
    made: MakeElection = make
    return made


def offers(name: str) -> frozenset[str]:
    """What a registered rule offers to faults: blocks, and what else it says itself.

    Raises:
        PlugInError: it cannot be used.
    """
    said = getattr(load(name), "offers", (BLOCKS,))
    known = {WORK, BLOCKS, LEADERS}
    if not isinstance(said, set | frozenset | tuple | list) or any(w not in known for w in said):
        words = ", ".join(sorted(known))
        raise PlugInError(f"rule {name!r}: offers must be a set of these words: {words}")
    if BLOCKS not in said:
        raise PlugInError(f"rule {name!r}: it says who appends blocks: offers must have {BLOCKS!r}")
    return frozenset(said)


def make(name: str, setting: Setting) -> Election:
    """The election of a registered rule.

    Raises:
        PlugInError: it cannot be used, or refuses the setting.
    """
    (entry, *_) = entry_points(group=GROUP, name=name)
    try:
        election = load(name)(setting)
    except PlugInError:
        raise
    except Exception as error:
        raise PlugInError(f"{_of(entry)}: {_one_line(error)}") from error
    for duty in _DUTIES:
        if not callable(getattr(election, duty, None)):
            raise PlugInError(f"{_of(entry)}: its election has no {duty}()")
    interval_s = getattr(election, "interval_s", None)
    if not isinstance(interval_s, int | float) or not 0.001 <= interval_s <= 1e9:
        raise PlugInError(f"{_of(entry)}: its interval_s is {interval_s!r}, not a time in seconds")
    work = getattr(election, "work", "not said")
    if work is not None and not isinstance(work, WorkTerms):
        raise PlugInError(f"{_of(entry)}: its work is {work!r}: give WorkTerms, or None")
    if (work is None) == (WORK in offers(name)):
        raise PlugInError(f"{_of(entry)}: it offers {WORK!r} if, and only if, it has work")
    schedule = getattr(election, "schedule", "not said")
    if schedule is not None and not isinstance(schedule, ScheduleInfo):
        raise PlugInError(f"{_of(entry)}: its schedule is {schedule!r}: give ScheduleInfo, or None")
    return election


def _of(entry: EntryPoint) -> str:
    return f"rule {entry.name!r} of package {_package(entry)}"


def _package(entry: EntryPoint) -> str:
    return entry.dist.name if entry.dist is not None else entry.value.partition(":")[0]


def _one_line(error: Exception) -> str:
    words = " ".join(str(error).split())
    return f"{type(error).__name__}: {words}"[:200] if words else type(error).__name__
