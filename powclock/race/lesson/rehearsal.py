"""A chapter played without anybody who reads, as fast as it goes: do its claims hold?"""

from contextlib import closing, suppress

import msgspec

from powclock.network.faults.fault import FaultError
from powclock.race.driver import Driver
from powclock.race.lesson.chapter import Chapter
from powclock.race.lesson.teller import Teller


class Rehearsal(msgspec.Struct, frozen=True):
    """What came of it: the claims that did not hold, and when each step began (race time)."""

    failures: tuple[str, ...]
    began_ns: tuple[int, ...]
    end_ns: int
    digest: str


def rehearse(chapter: Chapter) -> Rehearsal:
    """Play it from start to end.

    Raises:
        BrokenInvariant: the race did what none may do.
    """
    driver = Driver(chapter.scenario())
    teller = Teller(chapter, driver)
    began_ns: list[int] = []
    with closing(driver):
        driver.start()
        while True:
            with suppress(FaultError):  # it is among the failures
                teller.settle()
            while len(began_ns) <= teller.player.index:
                began_ns.append(driver.now_ns)
            limit_ns = teller.limit_ns
            if limit_ns is None:
                break
            driver.world.advance(limit_ns)
        return Rehearsal(
            tuple(teller.player.failures),
            tuple(began_ns),
            driver.now_ns,
            driver.world.recorder.digest,
        )
