"""What a person can ask of a race, and how what was asked is kept.

`Break`, `Heal` and `HealAll` change the race: they are inputs. Each is logged with the time and
turn at which it took effect, so a live session is a scenario, a seed and a list of inputs, and can
be run again. The other commands change only how fast it is watched, and how closely.
"""

from typing import Annotated

import msgspec

from powclock.network.faults.every import AnyFault
from powclock.record.detail import Focus
from powclock.record.moments import Kind


class Command(msgspec.Struct, frozen=True, tag_field="command", forbid_unknown_fields=True):
    """A message to the race."""


class Break(Command, frozen=True, tag="break"):
    """Begin a fault; if one with its id is on, replace it."""

    fault: AnyFault


class Heal(Command, frozen=True, tag="heal"):
    """End the fault with this id, if it is on."""

    id: str


class HealAll(Command, frozen=True, tag="heal_all"):
    """End every fault."""


class SetRate(Command, frozen=True, tag="set_rate"):
    """Seconds of the race a second; `inf` is as fast as it goes, 0 pauses; the past also plays
    backwards, at less than 0.
    """

    rate: float


class StepEvent(Command, frozen=True, tag="step_event"):
    """Go on to the next notable event and pause."""


class StepTick(Command, frozen=True, tag="step_tick"):
    """Go on to the next tick of the chain and pause."""


class StepTo(Command, frozen=True, tag="step_to"):
    """Go on to this time and pause; a race that is there already only pauses."""

    time_ns: int


class Hold(Command, frozen=True, tag="hold"):
    """Stand where this time is reached until a later one is told; steps go beyond it.

    Races that are watched side by side keep together by it: none runs away from the slowest.
    """

    until_ns: int


class ActAt(Command, frozen=True, tag="act_at"):
    """Act when the race gets to this time, or at once if it is there: what is done to several
    races is done to all at one time of theirs.
    """

    time_ns: int
    action: Break | Heal | HealAll


class Look(Command, frozen=True, tag="look"):
    """Frames carry what the screen looks at from now on."""

    focus: Focus


class Find(Command, frozen=True, tag="find"):
    """Search for nodes, blocks and transactions; what is found is told at once."""

    text: Annotated[str, msgspec.Meta(max_length=200)]


class GoOn(Command, frozen=True, tag="go_on"):
    """In a lesson: show the answer, or go on to the next step."""


class GoBack(Command, frozen=True, tag="go_back"):
    """In a lesson: run the race again from its start, up to the step before."""


class Keep(Command, frozen=True, tag="keep"):
    """Keep the recording of this race from its start on; again: let what is kept end here.

    With `on` it is said which of both.
    """

    on: bool | None = None


class Seek(Command, frozen=True, tag="seek"):
    """Show the past at this time."""

    time_ns: Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]


class SeekTick(Command, frozen=True, tag="seek_tick"):
    """Show the past as the clock first shows this height, and pause."""

    height: int


class Shift(Command, frozen=True, tag="shift"):
    """Show the past later by so much than now, or earlier."""

    by_ns: int


class Jump(Command, frozen=True, tag="jump"):
    """Show the past at the next moment of a kind, or at the one before, and pause."""

    kind: Kind
    back: bool = False


class ToEnd(Command, frozen=True, tag="to_end"):
    """Show the past at its start, or at its end, and pause."""

    last: bool


class Now(Command, frozen=True, tag="now"):
    """Leave the past of a race that goes on."""


class Fork(Command, frozen=True, tag="fork"):
    """Go on live from the moment of the past that is shown, with another future."""


class Quit(Command, frozen=True, tag="quit"):
    """End the race."""


Action = Break | Heal | HealAll
OfPast = Seek | SeekTick | Shift | Jump | ToEnd | Now | Fork
AnyCommand = (
    Break | Heal | HealAll | ActAt | SetRate | StepEvent | StepTick | StepTo | Hold | Look | Find
    | Keep | GoOn | GoBack | OfPast | Quit
)  # fmt: skip


class Input(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An action with the moment at which it took effect."""

    time_ns: int
    turn: int
    action: Action
