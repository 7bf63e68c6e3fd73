"""A live race is a scenario and a list of inputs: run again, it is the same."""

import os
from pathlib import Path

import msgspec
import pytest

from powclock.clock.streams import Stream
from powclock.network.faults.cuts import Partition
from powclock.network.faults.every import AnyFault
from powclock.network.faults.fault import FaultError
from powclock.network.faults.links import BitFlips, Delay, Loss
from powclock.network.faults.nodes import ClockSkew, Crash, HashRateFactor, Join, Leave
from powclock.race import session as session_module
from powclock.race.commands import Action, Break, Heal, HealAll, Input
from powclock.race.driver import Driver
from powclock.race.headless import Outputs
from powclock.race.scenario import Scenario, ScenarioError
from powclock.race.session import (
    SESSIONS_BYTES_MAX,
    SESSIONS_MAX,
    End,
    Session,
    load_session,
    new_session,
)
from tests.race.tapes import replay_session, write_session
from tests.scenarios.races import scenario

EVERY_KIND: list[AnyFault] = [
    Partition(share=0.4),
    Crash(nodes=("bob",)),
    Crash(nodes=("carol",), lose_disk=True),
    Delay(delay_ms=300),
    Loss(probability=0.2, nodes=("dave",)),
    BitFlips(probability=0.1),
    ClockSkew(offset_s=80, drift_ppm=100, nodes=("erin",)),
    HashRateFactor(factor=3, nodes=("alice",)),
    Join(nodes=("zara",)),
    Leave(nodes=("frank",)),
]


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session_module, "folder", lambda: tmp_path / "sessions")


def play(what: Scenario, seed: int, actions: list[Action]) -> tuple[Session, str]:
    """A race with actions at odd moments: between any two callbacks, at any time in between."""
    stream = Stream(seed, "fingers")
    driver = Driver(what)
    driver.start()
    for action in actions:
        if stream.random() < 0.5:
            driver.world.advance(1 << 62, turns_max=1 + stream.below(400))
        else:
            driver.world.advance(driver.now_ns + stream.below(4_000_000_000))
        try:
            driver.act(action)
        except FaultError:
            continue
    driver.world.advance(1 << 62, turns_max=1 + stream.below(2_000))
    end = End(driver.now_ns, driver.world.loop.turn)
    played = Session("test", what, tuple(driver.world.inputs), end)
    digest = driver.summary().digest
    driver.close()
    return played, digest


def again(played: Session) -> str:
    """The digest of a session run again."""
    return replay_session(played, outputs=Outputs(), progress=lambda _h, _n: None).digest


@pytest.mark.parametrize("seed", range(6))
def test_a_session_run_again_has_the_same_digest(seed: int, tmp_path: Path) -> None:
    stream = Stream(seed, "choice")
    actions: list[Action] = [Break(fault) for fault in EVERY_KIND]
    actions += [Heal(fault.id) for fault in EVERY_KIND]
    actions += [Break(EVERY_KIND[0]), HealAll(), Break(EVERY_KIND[2])]
    what = scenario(seed, workload={"transactions_per_s": 2}, difficulty={"interval_s": 2})
    played, digest = play(what, seed, stream.shuffled(actions))
    assert len(played.inputs) > 12
    loaded = load_session(write_session(tmp_path / "s.powclock", played))
    assert msgspec.structs.replace(loaded, version="test") == played
    assert again(loaded) == digest
    other = play(msgspec.structs.replace(what, seed=seed + 100), seed, actions)
    assert other[1] != digest


def test_a_grinding_session_run_again_has_the_same_digest() -> None:
    what = scenario(2, miner="grinding", nodes={"hash_rate": 500})
    played, digest = play(what, 2, [Break(fault) for fault in EVERY_KIND])
    assert again(played) == digest


def test_a_session_without_its_last_turn_ends_at_its_time() -> None:
    played, digest = play(scenario(), 1, [])
    until = msgspec.structs.replace(played, end=End(played.end.time_ns, -1))
    driver = Driver(until.scenario)
    driver.start()
    driver.replay(until, lambda _now_ns: None)
    assert driver.now_ns == played.end.time_ns
    assert driver.world.loop.turn >= played.end.turn
    driver.close()
    assert len(digest) == 64


def test_names_of_files_and_how_many_are_kept(tmp_path: Path) -> None:
    what = scenario(5)
    paths = [new_session(what) for _ in range(3)]
    assert [path.name for path in paths if path] == [f"test-5-pow-{n}.powclock" for n in (1, 2, 3)]
    odd = msgspec.structs.replace(what, name="../é b")
    path = new_session(odd)
    assert path is not None
    assert path.parent == tmp_path / "sessions"
    assert path.name == "-----b-5-pow-1.powclock"
    for _ in range(SESSIONS_MAX + 5):
        new_session(what)
    assert len(list((tmp_path / "sessions").iterdir())) == SESSIONS_MAX


def test_large_sessions_go_first(tmp_path: Path) -> None:
    first, second, third = (new_session(scenario(seed)) for seed in (1, 2, 3))
    assert first is not None
    assert second is not None
    assert third is not None
    for age, path in enumerate((third, second, first)):
        os.truncate(path, SESSIONS_BYTES_MAX * 2 // 5)
        os.utime(path, ns=(0, 10**18 - age))
    fourth = new_session(scenario(4))
    assert sorted((tmp_path / "sessions").iterdir()) == [second, third, fourth]


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "sessions").write_text("a file is in the way")
    assert new_session(scenario()) is None


EVERYBODY = "alice, bob, carol, dave, erin, frank"
BREAK = Break(Crash(nodes=("bob",)))


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        (
            (Input(10**9, 500, BREAK),) * 2 + (Input(10**9, 400, BREAK),),
            "the race is another one after 1.955 s: was the session made by this version?",
        ),
        (
            (Input(0, 0, BREAK),),
            "the inputs of the session are out of order",
        ),
        (
            (Input(10**13, 300, Break(Crash(nodes=("x",)))),),
            f"an input does not fit the race: there is no node 'x': the race has {EVERYBODY}",
        ),
    ],
)
def test_inputs_that_do_not_fit(inputs: tuple[Input, ...], message: str) -> None:
    played = Session("test", scenario(), inputs, End(10**13, 9_000))
    with pytest.raises(ScenarioError) as caught:
        again(played)
    assert str(caught.value) == message
