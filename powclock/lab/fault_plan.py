"""Fault plans in a few words: `loss=5%,crash,partition=60s`.

What lasts (loss, flips, delay, clock) begins at 30 s and stays until all heals. What comes and goes
(crash, pause, partition) follows in the order written, ten seconds apart. All heals ten seconds
after the last of these, or at 90 s if there is none.
"""

import re
from collections.abc import Sequence

from powclock.network.faults.cuts import Partition
from powclock.network.faults.every import AnyFault
from powclock.network.faults.links import BitFlips, Delay, Loss
from powclock.network.faults.nodes import ClockSkew, Crash, Pause
from powclock.race.scenario import Planned, ScenarioError
from powclock.record.labels import clean_label

BEGIN_S, GAP_S, HEAL_S = 30.0, 10.0, 90.0
AWAY_S, PARTED_S = 30.0, 60.0
KINDS = "loss=5%, flips=1%, delay=500ms, clock=-20s, crash=30s, pause=30s, partition=60s or none"
_PERCENT = re.compile(r"([0-9]{1,3}(?:\.[0-9]{1,3})?)%")
_TIME = re.compile(r"([+-]?)([0-9]{1,6}(?:\.[0-9]{1,3})?)(ms|s|m)")
_UNITS_S = {"ms": 0.001, "s": 1.0, "m": 60.0}
_LONGEST_S = 86_400.0
LASTING = ("loss", "flips", "delay", "clock")
PASSING = ("crash", "pause", "partition")


def fault_plan(text: str, names: Sequence[str]) -> tuple[Planned, ...]:
    """The faults that a plan stands for, among nodes of these names.

    The second node crashes, the third has the wrong clock, the fourth pauses.

    Raises:
        ScenarioError: it cannot be read, or names a kind twice.
    """
    if text.strip() == "none":
        return ()
    items = [_item(part) for part in text.split(",")]
    kinds = [kind for kind, _ in items]
    for kind in kinds:
        if kinds.count(kind) > 1:
            raise ScenarioError(f"--faults: {kind} stands there twice: write each kind once")
    planned = []
    at_s = BEGIN_S
    for kind, value in items:
        if kind in PASSING:
            at_s += GAP_S
            planned.append(_passing(kind, value, at_s, names))
            at_s += planned[-1].lasts_s
    until_s = at_s + GAP_S if planned else HEAL_S
    lasting = [_lasting(kind, value, until_s, names) for kind, value in items if kind in LASTING]
    return (*lasting, *planned)


def heal_s(faults: Sequence[Planned]) -> float:
    """When the last fault of a plan is over; 0 if there is none.

    Raises:
        ScenarioError: one of them never is, or begins when the race decides.
    """
    for index, planned in enumerate(faults):
        if planned.at_tick or planned.on or not planned.lasts_s:
            raise ScenarioError(
                f"faults[{index}]: a comparison waits for the heal: give it at_s and lasts_s, "
                "without at_tick and on"
            )
    return max((planned.at_s + planned.lasts_s for planned in faults), default=0.0)


def _item(part: str) -> tuple[str, str]:
    kind, equals, value = (piece.strip() for piece in part.partition("="))
    if kind not in LASTING and kind not in PASSING:
        raise ScenarioError(
            f"--faults: {clean_label(kind, 40)!r} is no kind of fault: write {KINDS}"
        )
    if not value and (equals or kind in LASTING):
        raise ScenarioError(f"--faults: {kind} needs a value: write {KINDS}")
    return kind, value


def _lasting(kind: str, value: str, until_s: float, names: Sequence[str]) -> Planned:
    fault: AnyFault
    match kind:
        case "loss":
            fault = Loss(probability=_part(kind, value))
        case "flips":
            fault = BitFlips(probability=_part(kind, value))
        case "delay":
            fault = Delay(delay_ms=1000 * _seconds(kind, value))
        case _:
            wrong = (names[2 % len(names)],)
            fault = ClockSkew(nodes=wrong, offset_s=_seconds(kind, value, signed=True))
    return Planned(fault=fault, at_s=BEGIN_S, lasts_s=until_s - BEGIN_S)


def _passing(kind: str, value: str, at_s: float, names: Sequence[str]) -> Planned:
    lasts_s = _seconds(kind, value) if value else PARTED_S if kind == "partition" else AWAY_S
    fault: AnyFault
    match kind:
        case "crash":
            fault = Crash(nodes=(names[1 % len(names)],))
        case "pause":
            fault = Pause(nodes=(names[3 % len(names)],))
        case _:
            fault = Partition()
    return Planned(fault=fault, at_s=at_s, lasts_s=lasts_s)


def _part(kind: str, value: str) -> float:
    found = _PERCENT.fullmatch(value)
    if found is None or float(found[1]) > 100:
        raise ScenarioError(
            f"--faults: {kind}={clean_label(value, 40)} is no percentage: write {kind}=5%"
        )
    return float(found[1]) / 100


def _seconds(kind: str, value: str, *, signed: bool = False) -> float:
    found = _TIME.fullmatch(value)
    length_s = float(found[2]) * _UNITS_S[found[3]] if found is not None else 0.0
    if found is None or not 0 < length_s <= _LONGEST_S or (found[1] and not signed):
        said = f"{kind}={clean_label(value, 40)}"
        raise ScenarioError(f"--faults: {said} is no time: write {kind}=30s, 500ms or 2m")
    return -length_s if found[1] == "-" else length_s
