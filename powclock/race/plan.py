"""How a race is to be run."""

import msgspec

from powclock.race.scenario import Scenario


class Plan(msgspec.Struct, frozen=True):
    """What a race's process is told first; `until_ns` of 0 means without end."""

    scenario: Scenario
    rate: float = 1.0
    frames_per_s: int = 10
    until_ns: int = 0
