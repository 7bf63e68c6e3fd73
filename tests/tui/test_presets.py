"""Presets: which faults they choose, and that a session with them can be run again."""

import pytest
from msgspec.structs import replace

from powclock.network.faults.cuts import Partition
from powclock.network.faults.every import AnyFault
from powclock.network.faults.links import BitFlips, Delay, Loss
from powclock.network.faults.nodes import ClockSkew, Crash, HashRateFactor
from powclock.race.commands import Break, Heal
from powclock.race.driver import Driver
from powclock.race.session import End, Session
from powclock.record.camera import Camera
from powclock.record.frame import Frame
from powclock.tui.presets import PRESETS, Preset
from tests.builders import seconds
from tests.scenarios.races import scenario
from tests.tui.frames import NAMES, frame, node

BY_NAME = {preset.name: preset for preset in PRESETS}
SHARES = (0.1, 0.2, 0.3, 0.4)
REGIONS = ("asia", "europe", "europe", "asia")


def race(**changes: object) -> Frame:
    """Four nodes of unequal shares, in one region."""
    rows = zip(NAMES, SHARES, strict=True)
    return frame(nodes=tuple(node(name, share=share, **changes) for name, share in rows))


def in_regions() -> Frame:
    rows = zip(race().nodes, REGIONS, strict=True)
    return frame(nodes=tuple(replace(row, region=region) for row, region in rows))


@pytest.mark.parametrize(
    ("name", "first", "faults"),
    [
        ("split brain", race(), (Partition(share=0.5),)),
        ("slow continent", race(), (Delay(("alice", "dave"), 2_000),)),
        ("slow continent", in_regions(), (Delay(("alice", "dave"), 2_000),)),
        (
            "solar storm",
            race(),
            (BitFlips((), 0.1), Loss((), 0.2), ClockSkew(("alice", "dave"), 90)),
        ),
        # 0.4 × 2.3 of 0.4 × 2.3 + 0.6 is a little more than 60 %.
        ("secret majority", race(), (HashRateFactor(("dave",), 2.3), Partition(("dave",)))),
        ("blackout", race(), (Crash(("alice", "carol")),)),
        ("flash crowd", race(), (HashRateFactor((), 4),)),
    ],
)
def test_what_a_preset_breaks(name: str, first: Frame, faults: tuple[AnyFault, ...]) -> None:
    assert BY_NAME[name].faults(first) == faults


@pytest.mark.parametrize("name", ["split brain", "slow continent", "secret majority", "blackout"])
def test_a_preset_that_needs_more_nodes_breaks_nothing(name: str) -> None:
    assert BY_NAME[name].faults(frame(nodes=(node("alice", share=1.0),))) == ()


def test_nodes_that_are_down_are_let_lie() -> None:
    down = race(state="down")
    assert BY_NAME["blackout"].faults(down) == ()
    assert BY_NAME["secret majority"].faults(down) == ()
    assert BY_NAME["solar storm"].faults(down) == ()


def test_presets_have_keys_and_words_of_their_own() -> None:
    assert [preset.key for preset in PRESETS] == ["1", "2", "3", "4", "5", "6"]
    assert len({preset.name for preset in PRESETS}) == len(PRESETS)
    assert all(len(preset.shows) <= 58 for preset in PRESETS)


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.name)
def test_a_session_with_a_preset_runs_again_to_the_same_digest(preset: Preset) -> None:
    what = scenario()
    driver = Driver(what)
    driver.start()
    driver.step_until(lambda: driver.view.height >= 2, turns_max=10**6, until_ns=seconds(100))
    faults = preset.faults(Camera(driver.view).take(driver.now_ns))
    assert faults
    for fault in faults:
        driver.act(Break(fault))
    assert list(driver.view.faults) == [fault.id for fault in faults]
    driver.world.advance(driver.now_ns + seconds(15), turns_max=10**6)
    for fault in reversed(faults):
        driver.act(Heal(fault.id))
    assert driver.view.faults == {}
    driver.world.advance(driver.now_ns + seconds(15), turns_max=10**6)
    digest = driver.summary().digest
    end = End(driver.now_ns, driver.world.loop.turn)
    session = Session("test", what, tuple(driver.world.inputs), end)
    driver.close()
    again = Driver(what)
    again.start()
    again.replay(session, lambda _: None)
    assert again.summary().digest == digest
    again.close()
