"""Every key sends the right command, or says why it does not."""

import pytest
from msgspec.structs import replace
from textual.pilot import Pilot

from powclock.network.faults.cuts import Isolate, Partition
from powclock.network.faults.fault import Fault
from powclock.network.faults.links import BitFlips, Delay, Loss
from powclock.network.faults.nodes import ClockSkew, Crash, HashRateFactor, Join, Leave
from powclock.network.faults.selfish import SelfishMining
from powclock.race.commands import (
    AnyCommand,
    Break,
    Heal,
    HealAll,
    Quit,
    SetRate,
    StepEvent,
    StepTick,
)
from powclock.race.messages import Ended, Shown
from powclock.record.frame import ActiveFault, Frame, Pace
from powclock.tui.app import PowclockApp
from powclock.tui.controls import PATIENCE_FRAMES
from powclock.tui.fault_keys import FAULT_KEYS
from powclock.tui.keys import BINDINGS
from tests.tui.frames import NAMES, PAUSED, RUNNING, FakeRace, frame, on_screen, split_frame

Screen = Pilot[Ended | None]


def sent(*keys: str, first: Frame | None = None, pace: Pace = RUNNING) -> list[AnyCommand]:
    """What the race is asked when keys are pressed."""
    commands: list[AnyCommand] = []

    async def press(app: PowclockApp, race: FakeRace, pilot: Screen) -> None:
        await pilot.press(*keys)
        await pilot.pause()
        commands.extend(race.commands)

    on_screen(press, first=first, pace=pace)
    return commands


def notes(*keys: str, first: Frame | None = None) -> list[str]:
    """What the person is told when keys are pressed."""
    told: list[str] = []

    async def press(app: PowclockApp, race: FakeRace, pilot: Screen) -> None:
        await pilot.press(*keys)
        await pilot.pause()
        assert race.commands == []
        told.extend(note.message for note in app._notifications)

    on_screen(press, first=first)
    return told


def broken(fault: Fault) -> Frame:
    """A frame in which a fault is on."""
    active = ActiveFault(fault.id, fault.kind, fault.label, fault.nodes, 0)
    return frame(faults=(active,))


@pytest.mark.parametrize(
    ("keys", "commands"),
    [
        (["space"], [SetRate(0.0)]),
        (["space", "space"], [SetRate(0.0), SetRate(1.0)]),
        (["full_stop"], [StepEvent()]),
        (["greater_than_sign"], [StepTick()]),
        (["left_square_bracket"], [SetRate(0.5)]),
        (["right_square_bracket", "right_square_bracket"], [SetRate(2.0), SetRate(5.0)]),
        (["right_square_bracket", "equals_sign"], [SetRate(2.0), SetRate(1.0)]),
        (["0"], [HealAll()]),
        (["d"], [Break(Delay())]),
        (["down", "d"], [Break(Delay(("alice",)))]),
        (["up", "l"], [Break(Loss(("dave",)))]),
        (["down", "escape", "b"], [Break(BitFlips())]),
        (["down", "down", "c"], [Break(ClockSkew(("bob",)))]),
        (["h"], [Break(HashRateFactor((), 2.0))]),
        (["H"], [Break(HashRateFactor((), 0.5))]),
        (["down", "k"], [Break(Crash(("alice",)))]),
        (["down", "K"], [Break(Crash(("alice",), lose_disk=True))]),
        (["a"], [Break(Join(("nina",), hash_rate=5000.0))]),
        (["down", "x"], [Break(Leave(("alice",)))]),
        (["q"], [Quit()]),
        (["ctrl+c"], [Quit()]),
        (["ctrl+q"], [Quit()]),
    ],
)
def test_a_key_asks_the_race(keys: list[str], commands: list[AnyCommand]) -> None:
    assert sent(*keys) == commands


def test_speeds_end_at_both_ends() -> None:
    fastest = sent(*["right_square_bracket"] * 7)
    assert fastest[-3:] == [SetRate(100.0), SetRate(float("inf")), SetRate(float("inf"))]
    assert sent(*["left_square_bracket"] * 5)[-2:] == [SetRate(0.1), SetRate(0.1)]


def test_a_paused_race_stays_paused_when_its_speed_changes() -> None:
    assert sent("right_square_bracket", "space", pace=PAUSED) == [SetRate(2.0)]
    assert sent("space", pace=PAUSED) == [SetRate(1.0)]


@pytest.mark.parametrize(
    ("key", "fault"),
    [
        ("d", Delay(("alice",))),
        ("l", Loss(("alice",))),
        ("b", BitFlips(("alice",))),
        ("c", ClockSkew(("alice",))),
        ("k", Crash(("alice",))),
        ("K", Crash(("alice",), lose_disk=True)),
    ],
)
def test_the_same_key_ends_a_fault(key: str, fault: Fault) -> None:
    assert sent("down", key, first=broken(fault)) == [Heal(fault.id)]


@pytest.mark.parametrize(
    ("factor", "key", "command"),
    [
        (2.0, "h", Break(HashRateFactor((), 4.0))),
        (4.0, "h", Break(HashRateFactor((), 8.0))),
        (8.0, "h", Heal("hash_rate")),
        (2.0, "H", Break(HashRateFactor((), 0.5))),
        (0.5, "H", Break(HashRateFactor((), 0.25))),
        (0.125, "H", Heal("hash_rate")),
    ],
)
def test_hash_rate_goes_on_from_what_is_on(factor: float, key: str, command: AnyCommand) -> None:
    assert sent(key, first=broken(HashRateFactor((), factor))) == [command]


def test_a_fault_of_all_nodes_is_not_that_of_one() -> None:
    assert sent("down", "d", first=broken(Delay())) == [Break(Delay(("alice",)))]


@pytest.mark.parametrize("key", ["k", "K", "x"])
def test_some_keys_need_a_node(key: str) -> None:
    assert notes(key) == ["select a node first (↑ ↓)"]


@pytest.mark.parametrize(
    ("keys", "fault"),
    [
        (["k"], Crash(("alice",))),
        (["f", "s"], SelfishMining(("bob",))),
        (["f", "i"], Isolate(("carol",))),
    ],
)
def test_a_fault_of_one_node_ends_by_its_key_though_none_is_selected(
    keys: list[str], fault: Fault
) -> None:
    assert sent(*keys, first=broken(fault)) == [Heal(fault.id)]


def test_restart_heals_crashes() -> None:
    crash = Crash(("bob",))
    assert sent("r", first=broken(crash)) == [Heal("crash:bob")]
    assert sent("down", "down", "r", first=broken(crash)) == [Heal("crash:bob")]
    assert notes("r") == ["no node has crashed"]
    assert notes("down", "r", first=broken(crash)) == ["alice has not crashed"]


def test_a_newcomer_gets_a_name_that_was_never_taken() -> None:
    names = ("nina", "oscar")
    rows = tuple(replace(row, name=name) for row, name in zip(frame().nodes, names, strict=False))
    gone = ActiveFault("leave:peggy", "leave", "left", ("peggy",), 0)
    (command,) = sent("a", first=frame(nodes=rows, faults=(gone,)))
    assert command == Break(Join(("quinn",), hash_rate=5000.0))


def test_a_node_that_joined_leaves_by_the_end_of_its_joining() -> None:
    assert sent("down", "x", first=broken(Join(("alice",)))) == [Heal("join:alice")]


@pytest.mark.parametrize(
    ("keys", "nodes"),
    [
        (["p", "enter"], ("alice",)),
        (["p", "2", "enter"], ("alice", "bob")),
        (["p", "2", "space", "enter"], ("bob",)),
        (["p", "1", "down", "down", "space", "p"], ("alice", "carol")),
    ],
)
def test_a_partition_is_cut_where_the_person_says(keys: list[str], nodes: tuple[str, ...]) -> None:
    assert sent(*keys) == [Break(Partition(nodes))]


def test_a_partition_can_be_called_off() -> None:
    assert sent("p", "escape") == []


def test_a_partition_needs_two_sides() -> None:
    assert notes("p", "space", "enter") == ["each side needs a node"]


def test_p_joins_a_network_that_is_cut() -> None:
    assert sent("p", first=split_frame()) == [Heal("partition")]


def test_what_was_asked_holds_until_a_frame_agrees() -> None:
    async def press(app: PowclockApp, race: FakeRace, pilot: Screen) -> None:
        await pilot.press("space")
        await race.tell(Shown(frame(), RUNNING))
        await pilot.pause(0.05)
        await pilot.press("space")
        await race.tell(Shown(frame(), RUNNING))
        await pilot.pause(0.05)
        await pilot.press("space")
        assert race.commands == [SetRate(0.0), SetRate(1.0), SetRate(0.0)]

    on_screen(press)


def test_selection_goes_round_and_follows_the_frame() -> None:
    async def press(app: PowclockApp, race: FakeRace, pilot: Screen) -> None:
        state = app.race_state
        seen = []
        for _ in range(5):
            await pilot.press("down")
            seen.append(state.selected)
        assert seen == [*NAMES, "alice"]
        await race.tell(Shown(frame(nodes=frame().nodes[1:]), RUNNING))
        await pilot.pause(0.05)
        assert state.selected is None

    on_screen(press)


def test_bindings_are_unique_and_told() -> None:
    keys = [binding.key for binding in BINDINGS if not binding.group.sheet]
    ids = [binding.id for binding in BINDINGS]
    assert len(set(keys)) == len(keys)
    assert len(set(ids)) == len(ids)
    assert all(binding.description and binding.tooltip and binding.group for binding in BINDINGS)


def test_strengths_of_a_key_are_one_fault() -> None:
    for entry in FAULT_KEYS:
        faults = [strength.make(("alice",)) for strength in entry.strengths]
        assert len({fault.id for fault in faults}) == 1
        assert len({fault.label for fault in faults}) == len(faults)


def test_a_second_press_ends_a_fault_that_no_frame_has_shown_yet() -> None:
    assert sent("l", "l", "l") == [Break(Loss()), Heal(Loss().id), Break(Loss())]
    climbing = [Break(HashRateFactor(factor=factor)) for factor in (2.0, 4.0, 8.0)]
    assert sent("h", "h", "h", "h") == [*climbing, Heal(HashRateFactor().id)]


def test_a_fault_that_the_race_declined_is_asked_for_again() -> None:
    async def press(app: PowclockApp, race: FakeRace, pilot: Screen) -> None:
        await pilot.press("l")
        for _ in range(PATIENCE_FRAMES + 1):
            await race.tell(Shown(frame(), RUNNING))
            await pilot.pause(0.05)
        await pilot.press("l")
        assert race.commands == [Break(Loss()), Break(Loss())]

    on_screen(press)


def test_back_lets_go_of_a_block_and_follows_the_tip() -> None:
    async def press(app: PowclockApp, race: FakeRace, pilot: Screen) -> None:
        state = app.race_state
        state.block, state.camera = frame().head, 2
        await pilot.press("escape")
        assert [state.block, state.camera] == [None, None]

    on_screen(press)
