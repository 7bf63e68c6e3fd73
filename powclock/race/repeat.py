"""Inputs of a race that has been, taken again where they were taken: each at its turn and time.

It moves a race as far as somebody wants, at whatever pace, and never past an input.
"""

from collections import deque
from collections.abc import Iterable

from powclock.clock.virtual_loop import NANOSECONDS
from powclock.network.faults.fault import FaultError
from powclock.race.commands import Input
from powclock.race.driver import Driver
from powclock.race.scenario import ScenarioError


class Repeat:
    """The inputs that are still to come for a race that has just started."""

    def __init__(self, driver: Driver, inputs: Iterable[Input]) -> None:
        self._driver = driver
        self._inputs = deque(inputs)

    def advance(self, until_ns: int, turns_max: int) -> bool:
        """Let the race go on, with what is due; False if it was not moved as far as this.

        Raises:
            ScenarioError: an input does not fit, so it is not of this race or version.
        """
        world = self._driver.world
        while self._inputs and self._inputs[0].turn <= world.loop.turn:
            if self._inputs[0].time_ns > until_ns:
                return world.advance(until_ns, 0)
            self._take()
        if not self._inputs:
            return world.advance(until_ns, turns_max)
        following = self._inputs[0]
        limit_ns = min(until_ns, following.time_ns)
        reached = world.advance(limit_ns, min(turns_max, following.turn - world.loop.turn))
        if reached and limit_ns == following.time_ns and world.loop.turn < following.turn:
            raise ScenarioError(
                f"the race is another one after {world.loop.now_ns / NANOSECONDS:.3f} s: was the "
                "recording made by this version?"
            )
        return reached and limit_ns == until_ns

    def _take(self) -> None:
        driver, following = self._driver, self._inputs.popleft()
        if following.turn < driver.world.loop.turn or following.time_ns < driver.now_ns:
            raise ScenarioError("the inputs of the recording are out of order")
        driver.world.advance_to(following.turn, following.time_ns)
        try:
            driver.act(following.action)
        except FaultError as error:
            raise ScenarioError(f"an input does not fit the race: {error}") from error
