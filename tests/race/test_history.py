"""A race that forgets is the same race, in memory that does not grow with its blocks."""

import gc
import tracemalloc
from typing import get_args

import pytest

from powclock.machine import ledger, tree
from powclock.network.faults.cuts import Partition
from powclock.network.faults.every import AnyFault
from powclock.race import headless, history
from powclock.race.commands import Break
from powclock.race.driver import Driver
from powclock.race.headless import Outputs, run_race
from powclock.race.history import History, may_forget
from powclock.race.scenario import Scenario
from powclock.race.scenario_files import load_scenario
from powclock.race.summary import Summary
from tests.builders import seconds
from tests.scenarios.races import scenario

KEPT = 40
EVERY = 10
WINDOW = 12


@pytest.fixture(autouse=True)
def _short_history(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same with small numbers."""
    monkeypatch.setattr(tree, "HISTORY_BLOCKS", KEPT)
    monkeypatch.setattr(history, "FORGET_EVERY_BLOCKS", EVERY)


def troubled(seed: int) -> Scenario:
    """Orphans, reorgs, damaged messages, clocks ahead, and a window of the difficulty rule."""
    return scenario(
        seed,
        nodes={"count": 5},
        difficulty={"rule": "bitcoin", "interval_s": 4, "window": WINDOW},
        links={"latency_ms": 300},
        faults=[
            {"at_s": 50, "lasts_s": 400, "fault": {"kind": "loss", "probability": 0.3}},
            {"at_s": 250, "lasts_s": 300, "fault": {"kind": "bit_flips", "probability": 0.1}},
            {
                "at_s": 100,
                "lasts_s": 300,
                "fault": {"kind": "clock_skew", "offset_s": 60, "nodes": ["bob"]},
            },
            {"at_s": 600, "fault": {"kind": "hash_rate", "factor": 3, "nodes": ["carol"]}},
        ],
    )


def raced(what: Scenario, ticks: int) -> Summary:
    """A headless race, checked."""
    return run_race(what, ticks=ticks, outputs=Outputs(), progress=lambda _height, _ns: None)


def test_a_race_that_forgets_gives_the_same_digest(monkeypatch: pytest.MonkeyPatch) -> None:
    what = troubled(1)
    assert may_forget(what)
    forgetful = raced(what, 200)
    monkeypatch.setattr(headless, "may_forget", lambda _: False)
    assert raced(what, 200) == forgetful
    assert forgetful.reorgs > 20


def kept(driver: Driver) -> set[int]:
    """Of how many blocks each part of a race knows, genesis apart."""
    assert driver.checker is not None
    counts = {len(driver.world._observer._blocks), len(driver.checker._blocks) - 1}
    for name, node in driver.world.running().items():
        counts |= {
            len(node.replica.tree) - 1,
            len(node.replica.tree.best_chain) - 1,
            len(driver.world.seat(name).disk),
            len(driver.checker._followers[name]._order),
        }
    return counts


def advance(driver: Driver, past: History, height: int) -> None:
    """Go on to a height, forgetting."""
    while driver.view.height < height:
        driver.world.advance(driver.now_ns + seconds(driver.world.scenario.difficulty.interval_s))
        past.forget()


@pytest.mark.parametrize(("rule", "window"), [("asert", 0), ("bitcoin", WINDOW)])
def test_every_part_of_a_race_forgets(rule: str, window: int) -> None:
    difficulty = {"rule": rule, "interval_s": 5, "window": WINDOW}
    driver = Driver(scenario(nodes={"count": 4}, difficulty=difficulty))
    past = History(driver)
    driver.start()
    sizes = []
    for height in (100, 200, 300):
        advance(driver, past, height)
        sizes.append(kept(driver))
    stale_and_apart = 15
    for counts in sizes:
        assert KEPT + window <= min(counts)
        assert max(counts) <= KEPT + window + EVERY + stale_and_apart
    lowest = {node.replica.tree.lowest for node in driver.world.running().values()}
    assert len(lowest) == 1
    assert driver.checker is not None
    assert driver.checker.blocks == driver.view.counts.blocks_mined + 1
    driver.close()


def test_what_not_all_nodes_have_built_upon_is_kept() -> None:
    driver = Driver(scenario(nodes={"count": 4}))
    past = History(driver)
    driver.start()
    advance(driver, past, 100)
    driver.act(Break(Partition(nodes=("alice", "bob"))))
    fork = min(node.head.height for node in driver.world.running().values())
    advance(driver, past, 200)
    assert {node.replica.tree.lowest for node in driver.world.running().values()} <= set(
        range(fork - KEPT - EVERY, fork - KEPT + 3)
    )
    driver.close()


def test_memory_does_not_grow_with_the_blocks() -> None:
    what = scenario(
        nodes={"count": 2, "wander": 0.0},
        difficulty={"interval_s": 60},
        workload={"transactions_per_s": 0},
    )
    driver = Driver(what, blocks_kept=200)
    past = History(driver)
    driver.start()
    tracemalloc.start()
    sizes = []
    for height in (500, 900):  # by then everything that is bounded is full
        advance(driver, past, height)
        ledger._element.cache_clear()  # bounded too, but by far more than these blocks
        gc.collect()
        sizes.append(tracemalloc.get_traced_memory()[0])
    tracemalloc.stop()
    driver.close()
    # Tables that lose their oldest entries are resized now and then; 400 blocks kept for good would
    # add a good half to the whole.
    assert sizes[1] < 1.2 * sizes[0]


def test_only_faults_after_which_nobody_goes_far_back_let_a_race_forget() -> None:
    forgetting = {
        str(kind.__struct_config__.tag) for kind in get_args(AnyFault) if not kind.needs_history
    }
    assert forgetting == {"loss", "bit_flips", "clock_skew", "hash_rate", "conflict"}
    assert may_forget(scenario())
    crash = {"kind": "crash", "nodes": ["alice"]}
    assert not may_forget(scenario(faults=[{"fault": {"kind": "loss"}}, {"fault": crash}]))


def test_shipped_scenarios_forget_unless_a_node_may_go_back() -> None:
    names = ("default", "surge", "flaky", "regions", "split", "selfish")
    forgetting = {name for name in names if may_forget(load_scenario(name))}
    assert forgetting == {"default", "surge", "flaky", "regions"}
