"""Whether replicas hold one state: looked at ten times a second of race time, from the heal on.

A look asks every node that runs for its state root. With transfers on their way replicas that work
well differ now and then, so two figures tell more than one look: how long after the heal all agreed
for the first time, and in which part of the looks since then they did.
"""

import msgspec

from powclock.clock.virtual_loop import NANOSECONDS
from powclock.race.driver import Driver

LOOK_NS = NANOSECONDS // 10


class Agreement(msgspec.Struct, frozen=True):
    """`after_s` is from the heal to the first look at which all agreed, None if there was none;
    `part` is the part of all looks since the heal.
    """

    after_s: float | None
    part: float


def race_and_look(driver: Driver, heal_ns: int, end_ns: int) -> Agreement:
    """Race on to a time, and look at the states from the heal on.

    Raises:
        BrokenInvariant: the race did what none may do.
    """
    driver.world.advance(min(heal_ns, end_ns))
    looks = agreed = 0
    first_ns: int | None = None
    while driver.now_ns < end_ns:
        driver.world.advance(min(driver.now_ns + LOOK_NS, end_ns))
        looks += 1
        if driver.world.state_groups() == 1:
            agreed += 1
            first_ns = driver.now_ns if first_ns is None else first_ns
    after_s = None if first_ns is None else (first_ns - heal_ns) / NANOSECONDS
    return Agreement(after_s, agreed / looks if looks else 0.0)
