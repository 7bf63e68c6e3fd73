"""What a race forgets.

A block lies on every disk and in every tree, and the observer and the checker know it, for as long
as somebody may ask for it: a node that comes back reads its disk from genesis on, one that was cut
off asks its peers for what it lacks, and a person may look at any block. A headless race in which
none of this can happen forgets old blocks, so that its memory does not grow with their number.
What all nodes have built upon for `HISTORY_BLOCKS` is old, and no window of the difficulty rule
may reach it. The records are the same as if nothing was forgotten.
"""

from powclock.machine import tree
from powclock.race.driver import Driver
from powclock.race.scenario import Scenario

FORGET_EVERY_BLOCKS = 1_000


def may_forget(scenario: Scenario) -> bool:
    """Whether no fault of a scenario can make anybody ask for old blocks."""
    return not any(planned.fault.needs_history for planned in scenario.faults)


class History:
    """Lets one race forget; `forget` is called now and then, while no callback runs."""

    def __init__(self, driver: Driver) -> None:
        self._driver = driver
        difficulty = driver.world.scenario.difficulty
        window = difficulty.window if difficulty.rule == "bitcoin" else 0
        self._kept_blocks = tree.HISTORY_BLOCKS + window
        self._next_height = self._kept_blocks + FORGET_EVERY_BLOCKS

    def forget(self) -> None:
        """Forget what is old, if it is worth while."""
        if self._driver.view.height < self._next_height:
            return
        self._next_height = self._driver.view.height + FORGET_EVERY_BLOCKS
        world, checker = self._driver.world, self._driver.checker
        replicas = [node.replica for node in world.running().values()]
        height = _shared_height([replica.tree for replica in replicas]) - self._kept_blocks
        if height <= replicas[0].tree.lowest:
            return
        if checker is not None:  # first: it reads what the disks are about to lose
            checker.forget(height, next(iter(world.running())))
        for replica in replicas:
            replica.forget(height)
        world.forget(height)


def _shared_height(trees: list[tree.BlockTree]) -> int:
    """The greatest height at which all nodes have one block, as far as blocks are remembered."""
    height = min(each.head.height for each in trees)
    lowest = trees[0].lowest
    while height > lowest and len({each.best_at(height).hash for each in trees}) > 1:
        height -= 1
    return height
