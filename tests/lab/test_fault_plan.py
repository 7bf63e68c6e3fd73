"""Fault plans in a few words: what they stand for, and what is refused."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from powclock.lab.fault_plan import fault_plan, heal_s
from powclock.network.faults.cuts import Partition
from powclock.network.faults.links import BitFlips, Delay, Loss
from powclock.network.faults.nodes import ClockSkew, Crash, Pause
from powclock.race.scenario import Planned, ScenarioError
from powclock.race.scenario_files import load_scenario

NAMES = ("alice", "bob", "carol", "dave", "erin")
KINDS = "loss=5%, flips=1%, delay=500ms, clock=-20s, crash=30s, pause=30s, partition=60s or none"


def plan(text: str) -> list[tuple[object, float, float]]:
    """Each fault with when it begins and ends."""
    return [
        (planned.fault, planned.at_s, planned.at_s + planned.lasts_s)
        for planned in fault_plan(text, NAMES)
    ]


def test_the_usual_plan_is_the_one_of_the_shipped_scenario() -> None:
    assert plan("loss=5%,crash,partition=60s") == [
        (Loss(probability=0.05), 30, 150),
        (Crash(nodes=("bob",)), 40, 70),
        (Partition(), 80, 140),
    ]
    shipped = load_scenario("compare")
    assert shipped.faults == fault_plan("loss=5%,crash,partition=60s", shipped.node_names())
    assert heal_s(shipped.faults) == 150


def test_what_passes_follows_in_the_order_written() -> None:
    assert plan(" partition = 2m , pause=500ms, crash") == [
        (Partition(), 40, 160),
        (Pause(nodes=("dave",)), 170, 170.5),
        (Crash(nodes=("bob",)), 180.5, 210.5),
    ]


def test_what_lasts_stays_until_the_heal() -> None:
    assert plan("flips=0.25%,delay=1.5s,clock=-20s") == [
        (BitFlips(probability=0.0025), 30, 90),
        (Delay(delay_ms=1500), 30, 90),
        (ClockSkew(nodes=("carol",), offset_s=-20), 30, 90),
    ]
    assert plan("clock=+3s")[0][0] == ClockSkew(nodes=("carol",), offset_s=3)
    assert plan("crash=1s,loss=100%") == [
        (Loss(probability=1), 30, 51),
        (Crash(nodes=("bob",)), 40, 41),
    ]


def test_no_faults() -> None:
    assert plan("none") == []
    assert heal_s(()) == 0


def test_names_go_round_where_there_are_few() -> None:
    (crash, clock) = (p.fault.nodes for p in reversed(fault_plan("clock=1s,crash", ("ann",))))
    assert crash == clock == ("ann",)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", f"'' is no kind of fault: write {KINDS}"),
        ("loss=5%,", f"'' is no kind of fault: write {KINDS}"),
        ("lots", f"'lots' is no kind of fault: write {KINDS}"),
        ("Loss=5%", f"'Loss' is no kind of fault: write {KINDS}"),
        ("none,crash", f"'none' is no kind of fault: write {KINDS}"),
        ("loss", f"loss needs a value: write {KINDS}"),
        ("crash=", f"crash needs a value: write {KINDS}"),
        ("loss=5", "loss=5 is no percentage: write loss=5%"),
        ("flips=101%", "flips=101% is no percentage: write flips=5%"),
        ("loss=-1%", "loss=-1% is no percentage: write loss=5%"),
        ("crash=30", "crash=30 is no time: write crash=30s, 500ms or 2m"),
        ("crash=-5s", "crash=-5s is no time: write crash=30s, 500ms or 2m"),
        ("partition=0s", "partition=0s is no time: write partition=30s, 500ms or 2m"),
        ("partition=9999m", "partition=9999m is no time: write partition=30s, 500ms or 2m"),
        ("clock=soon", "clock=soon is no time: write clock=30s, 500ms or 2m"),
        ("delay=1h", "delay=1h is no time: write delay=30s, 500ms or 2m"),
        ("crash,loss=1%,crash=9s", "crash stands there twice: write each kind once"),
    ],
)
def test_what_is_no_plan(text: str, line: str) -> None:
    with pytest.raises(ScenarioError) as told:
        fault_plan(text, NAMES)
    assert str(told.value) == f"--faults: {line}"


@given(st.text(max_size=60))
def test_any_text_is_a_plan_or_one_clean_line(text: str) -> None:
    line = ""
    try:
        fault_plan(text, NAMES)
    except ScenarioError as told:
        line = str(told)
    assert line.isprintable()


@pytest.mark.parametrize("change", [{"lasts_s": 0.0}, {"at_tick": 3}, {"on": "fork"}])
def test_a_plan_that_never_heals(change: dict[str, object]) -> None:
    first = Planned(fault=Partition(), at_s=5, lasts_s=9)
    assert heal_s((first, first)) == 14
    with pytest.raises(ScenarioError) as told:
        heal_s((first, msgspec.structs.replace(first, **change)))
    assert str(told.value) == (
        "faults[1]: a comparison waits for the heal: give it at_s and lasts_s, without at_tick "
        "and on"
    )
