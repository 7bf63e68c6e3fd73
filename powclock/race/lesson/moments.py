"""The moments that a step can wait for: something happens, or something has become so.

What happens counts from when the step before began. What is so is looked at whenever a head, a
state or a node moves.
"""

from collections.abc import Callable

from powclock.race.lesson.chapter import Step
from powclock.race.lesson.measures import agreed, groups
from powclock.record.attack_events import AttackMoved
from powclock.record.events import (
    AnyEvent,
    BlockFound,
    BlockRefused,
    Equivocation,
    ForkOpened,
    HeadMoved,
    LeaderElected,
    MessageRefused,
    NodeDown,
    NodeUp,
    Record,
    Reorg,
    Resynced,
    StatesCompared,
    TransactionRefused,
    TransactionReturned,
    TransactionSent,
)
from powclock.record.view import View

_HAPPENS: dict[str, tuple[type[AnyEvent], ...]] = {
    "tick": (LeaderElected,),
    "fork": (ForkOpened,),
    "reorg": (Reorg,),
    "refused": (BlockRefused, MessageRefused, TransactionRefused),
    "equivocation": (Equivocation,),
    "returned": (TransactionReturned,),
    "payment": (TransactionSent,),
    "block": (BlockFound,),
}
_IS_SO: dict[str, Callable[[View], bool]] = {
    "agreed": agreed,
    "apart": lambda view: groups(view) > 1,
}
_MOVES = (HeadMoved, Reorg, NodeUp, NodeDown, Resynced, StatesCompared)


def is_so(step: Step, view: View) -> bool:
    """Whether what a step waits for is so already, without anything that happens."""
    if step.at_tick:
        return view.height >= step.at_tick
    return step.on in _IS_SO and _IS_SO[step.on](view)


def comes(step: Step, record: Record, view: View, before: bool) -> bool:
    """Whether what a step waits for has come with a record, or `before` it and still is so."""
    event = record.event
    if step.on in _IS_SO:
        return _IS_SO[step.on](view) if isinstance(event, _MOVES) else before
    if step.at_tick:
        return before or (isinstance(event, LeaderElected) and event.height >= step.at_tick)
    if step.on == "attack_won":
        return before or (isinstance(event, AttackMoved) and event.stage == "wins")
    return before or isinstance(event, _HAPPENS.get(step.on, ()))
