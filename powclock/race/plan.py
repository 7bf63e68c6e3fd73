"""How a race is to be run."""

import msgspec

from powclock.race.lesson.chapter import Chapter
from powclock.race.scenario import Scenario


class Plan(msgspec.Struct, frozen=True):
    """What a race's process is told first; `until_ns` of 0 means without end.

    A `chapter` is told with the race, which is its own; if it is `attended`, somebody goes on from
    step to step, else it does so by itself.
    `recording` is the path of the file that it is recorded to, which is written over; empty for
    none. `chosen` says that a person named that file.
    `replay` is the path of a recording that is shown instead, from `from_ns` on or from a tick.
    """

    scenario: Scenario
    rate: float = 1.0
    frames_per_s: int = 10
    until_ns: int = 0
    chapter: Chapter | None = None
    attended: bool = True
    recording: str = ""
    chosen: bool = False
    replay: str = ""
    from_ns: int = 0
    from_tick: int = 0
