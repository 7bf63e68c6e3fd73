"""The checker on whole races: it changes nothing, stops at once, and says what, where and how."""

import math
import queue
import re
from contextlib import closing

import pytest

from powclock.machine.ledger import Ledger
from powclock.network.faults.cuts import Partition
from powclock.network.faults.forge import Forge
from powclock.network.faults.links import Loss
from powclock.network.faults.nodes import ClockSkew, Crash
from powclock.network.node import Node
from powclock.race.driver import Driver
from powclock.race.engine import Engine
from powclock.race.headless import Outputs, run_race
from powclock.race.messages import Ended, FromRace
from powclock.race.plan import Plan
from powclock.race.session import Session
from powclock.record.checker.broken import BrokenInvariant
from tests.builders import seconds
from tests.race.tapes import replay_session
from tests.scenarios.races import race, scenario

WHAT = scenario(7, nodes={"count": 8}, workload={"transactions_per_s": 2})
MESSAGE = re.compile(
    r"invariant 6 \(same tip, same state\): (\w+) has the state [0-9a-f]{64}, "
    r"replay from genesis gives [0-9a-f]{64} \(\1, block …[0-9a-f]{16}, record \d+, [\d.]+ s\)"
)


def quiet(_height: int, _now_ns: int) -> None:
    """Progress is nobody's business here."""


def undo_forgets_fees(monkeypatch: pytest.MonkeyPatch) -> None:
    """The ledger keeps one unit for the author of a block that is taken back."""
    right = Ledger.undo

    def undo(self: Ledger, block: object) -> None:
        right(self, block)  # type: ignore[arg-type]
        self._add(block.author, 1)  # type: ignore[attr-defined]

    monkeypatch.setattr(Ledger, "undo", undo)


def test_a_race_is_the_same_with_and_without() -> None:
    with_it = run_race(WHAT, ticks=60, outputs=Outputs(), progress=quiet)
    without = run_race(WHAT, ticks=60, outputs=Outputs(), progress=quiet, check=False)
    assert with_it == without


@pytest.mark.parametrize("rule", ["asert", "bitcoin"])
def test_every_block_is_validated_once(rule: str) -> None:
    what = scenario(4, nodes={"count": 5}, difficulty={"rule": rule, "window": 8})
    with race(what) as running:
        running.run(300)
        checker = running.driver.checker
        assert checker is not None
        assert checker.broken is None
        assert checker.blocks == 1 + len(running.found())


def test_a_grinded_race_is_checked_too() -> None:
    what = scenario(4, miner="grinding", nodes={"count": 4, "hash_rate": 20_000})
    with race(what) as running:
        running.run(30)
        assert running.driver.checker is not None
        assert running.driver.checker.blocks > 3


def test_faults_together_break_nothing() -> None:
    with race(WHAT) as running:
        for fault in (
            Forge(),
            Loss(probability=0.2),
            Partition(share=0.4),
            ClockSkew(offset_s=-90, nodes=("bob",)),
            Crash(nodes=("carol",), lose_disk=True),
        ):
            running.begin(fault)
            running.run(60)
        running.heal_all()
        running.run(120)


def test_a_broken_invariant_stops_the_race_where_it_broke(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    undo_forgets_fees(monkeypatch)
    driver = Driver(WHAT)
    with closing(driver):
        driver.start()
        with pytest.raises(BrokenInvariant) as broken:
            driver.world.advance(seconds(3_600))
        assert MESSAGE.fullmatch(str(broken.value))
        assert broken.value.place.time_ns == driver.now_ns
        # What the same callback still did is recorded; nothing came after it.
        assert driver.world.recorder.count - broken.value.place.sequence < 10
    again = Driver(WHAT)
    with closing(again):
        again.start()
        with pytest.raises(BrokenInvariant, match=re.escape(str(broken.value))):
            again.world.advance(seconds(3_600))


def test_a_live_race_says_so_and_its_session_shows_it_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    undo_forgets_fees(monkeypatch)
    messages: list[FromRace] = []
    plan = Plan(WHAT, math.inf, until_ns=seconds(3_600))
    Engine(plan, queue.SimpleQueue(), messages.append).run()
    ended = messages[-1]
    assert isinstance(ended, Ended)
    assert MESSAGE.fullmatch(ended.trouble)
    assert ended.summary == ""
    assert ended.end is not None
    session = Session("test", WHAT, (), ended.end)
    with pytest.raises(BrokenInvariant, match=re.escape(ended.trouble)):
        replay_session(session, outputs=Outputs(), progress=quiet)
    replay_session(session, outputs=Outputs(), progress=quiet, check=False)


def test_a_node_that_reads_its_disk_wrongly_is_found_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def shortsighted(self: Node) -> None:
        """Nothing is read."""

    with race(WHAT) as running:
        running.run(60)
        running.begin(Crash(nodes=("bob",)))
        running.run(5)
        monkeypatch.setattr(Node, "_read_disk", shortsighted)
        running.heal(Crash(nodes=("bob",)))
        with pytest.raises(BrokenInvariant, match=r"invariant 4 .*: bob reads its disk and builds"):
            running.run(1)
