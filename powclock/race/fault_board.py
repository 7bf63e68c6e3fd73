"""Which faults are on, and the plan by which a scenario turns them on and off."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from powclock.clock.virtual_loop import NANOSECONDS
from powclock.network.faults.breakable import Breakable, Undo
from powclock.network.faults.every import AnyFault
from powclock.network.faults.fault import FaultError
from powclock.race.recorder import Recorder
from powclock.race.scenario import Planned
from powclock.record.events import (
    FaultOff,
    FaultOn,
    ForkOpened,
    LeaderElected,
    Record,
    Reorg,
    TransactionSent,
)


@dataclass(frozen=True, slots=True)
class _Active:
    fault: AnyFault
    since_ns: int
    undo: Undo


class FaultBoard:
    """Begins and ends faults of one race; the newest ends first when all are healed."""

    def __init__(self, race: Breakable, recorder: Recorder, race_ns: Callable[[], int]) -> None:
        self._race = race
        self._recorder = recorder
        self._race_ns = race_ns
        self._active: dict[str, _Active] = {}

    def begin(self, fault: AnyFault) -> None:
        """Put a fault in place of the one with its id.

        Raises:
            FaultError: it cannot be; what was on stays on.
        """
        targets = fault.targets(self._race)
        sides = fault.sides(self._race)
        if fault.id in self._active:
            self.end(fault.id)
        undo = fault.begin(self._race)
        self._active[fault.id] = _Active(fault, self._race_ns(), undo)
        self._recorder.emit(
            None,
            FaultOn(
                id=fault.id,
                fault=fault.kind,
                label=fault.label,
                nodes=targets if fault.nodes else (),
                sides=sides,
                dishonest=fault.dishonest,
            ),
        )

    def end(self, id_: str) -> None:
        """End a fault; nothing happens if it is not on."""
        active = self._active.pop(id_, None)
        if active is None:
            return
        active.undo()
        self._recorder.emit(
            None,
            FaultOff(
                id=id_,
                fault=active.fault.kind,
                label=active.fault.label,
                lasted_s=(self._race_ns() - active.since_ns) / NANOSECONDS,
            ),
        )

    def end_all(self) -> None:
        """End every fault."""
        for id_ in reversed(list(self._active)):
            self.end(id_)


class FaultPlan:
    """A scenario's faults, triggered by time, tick or event."""

    def __init__(
        self,
        planned: tuple[Planned, ...],
        board: FaultBoard,
        race_ns: Callable[[], int],
        later: Callable[[int, Callable[[], None]], object],
    ) -> None:
        self._board = board
        self._race_ns = race_ns
        self._later = later
        self._waiting: list[Planned] = []
        for plan in planned:
            if plan.at_tick or plan.on:
                self._waiting.append(plan)
            else:
                self._in(plan.at_s, partial(self._begin, plan))

    def __call__(self, record: Record) -> None:
        """Watch for what faults wait for."""
        if not self._waiting:
            return
        due = [plan for plan in self._waiting if _triggers(plan, record)]
        for plan in due:
            self._waiting.remove(plan)
            # Not at once: the node that reports the event is still in the middle of it.
            self._in(0, partial(self._begin, plan))

    def _begin(self, plan: Planned) -> None:
        try:
            self._board.begin(plan.fault)
        except FaultError:
            return  # its node has left in the meantime
        if plan.lasts_s:
            self._in(plan.lasts_s, lambda: self._board.end(plan.fault.id))

    def _in(self, delay_s: float, callback: Callable[[], None]) -> None:
        self._later(round(delay_s * NANOSECONDS), callback)


def _triggers(plan: Planned, record: Record) -> bool:
    if record.time_ns < plan.at_s * NANOSECONDS:
        return False
    match record.event:
        case LeaderElected(height=height) if plan.at_tick:
            return height >= plan.at_tick
        case ForkOpened():
            return plan.on == "fork"
        case Reorg():
            return plan.on == "reorg"
        case TransactionSent():
            nodes = plan.fault.nodes
            return plan.on == "payment" and (not nodes or record.node in nodes)
        case _:
            return False
