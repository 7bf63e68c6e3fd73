"""A rule of a third party runs with faults, checker and swarm unchanged."""

from hashlib import sha256
from importlib.metadata import EntryPoint, EntryPoints

import pytest

from powclock.clock.virtual_loop import NANOSECONDS
from powclock.election import plug_ins
from powclock.election.difficulty import AsertDifficulty
from powclock.election.election import BLOCKS, WORK, Setting, WorkTerms
from powclock.election.proof_of_work import WorkElection
from powclock.election.schedule import LeaderSchedule
from powclock.election.signed import SignedElection, Turn
from powclock.lab.sweep import block_interval_s, paced
from powclock.machine.target import LIMIT, target_to_bits, work_to_target
from powclock.machine.tree import Entry
from powclock.network.faults.cuts import Partition
from powclock.network.faults.fault import FaultError
from powclock.network.faults.forge import Forge
from powclock.network.faults.nodes import HashRateFactor, Join
from powclock.race.scenario import ScenarioError
from powclock.race.swarm.trial import try_seed
from powclock.record.checker.broken import BrokenInvariant
from powclock.record.events import BlockRefused, PeerDropped
from tests.scenarios.races import race, scenario


class Lottery(SignedElection):
    """Everybody draws a wait from the parent's hash and its key: the shortest wait leads."""

    def next_turn(self, parent: Entry, author: bytes, now_ns: int) -> Turn | None:
        if not self.admits(author):
            return None
        number = int.from_bytes(sha256(parent.hash + author).digest()[:4], "big")
        wait_s = 1 + self.interval_s * len(self.keys) * number / 2**32
        return Turn(number, (parent.time * NANOSECONDS) + round(wait_s * NANOSECONDS))


class Effort(WorkElection):
    """Work whose difficulty is one of ours: the checker judges it as it judges ours."""

    offers = (WORK, BLOCKS)

    def __init__(self, setting: Setting) -> None:
        interval_s = int(setting.interval_s)
        bits = target_to_bits(work_to_target(20_000.0 * interval_s))
        difficulty = AsertDifficulty(interval_s, 300, bits, LIMIT, setting.epoch_ns // NANOSECONDS)
        super().__init__(setting.interval_s, WorkTerms(difficulty, bits, LIMIT, 60, 1_000))


class Rota(LeaderSchedule):
    """Leaders in turn, whatever the scenario says of slots."""

    def __init__(self, setting: Setting) -> None:
        super().__init__(setting, slot_ns=4 * NANOSECONDS, blocks=1, early_ns=NANOSECONDS // 2)


@pytest.fixture
def lottery(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if a package had registered the rules."""
    entries = EntryPoints(
        EntryPoint(kind.__name__.lower(), f"{__name__}:{kind.__name__}", plug_ins.GROUP)
        for kind in (Lottery, Effort, Rota)
    )
    monkeypatch.setattr(plug_ins, "entry_points", entries.select)


@pytest.mark.usefixtures("lottery")
def test_a_lottery_elects_breaks_and_heals() -> None:
    with race(scenario(4, rule="lottery")) as running:
        running.run(100)
        assert running.view.height > 10
        assert sum(won > 0 for won in running.view.wins.values()) > 3
        running.begin(Partition(share=0.5))
        running.begin(Join(nodes=("zara",)))
        running.run(60)
        running.heal_all()
        running.run(60)
        running.run_until(running.agreed, 60)
        running.check_states()
        assert "zara" not in running.view.wins


@pytest.mark.usefixtures("lottery")
def test_its_seals_are_checked_by_the_nodes() -> None:
    with race(scenario(4, rule="lottery")) as running:
        running.begin(Forge(nodes=("bob",), flaw="proof"))
        running.run(60)
        assert {event.reason for event in running.events(BlockRefused)} == {"bad-seal"}
        assert {event.peer for event in running.events(PeerDropped)} == {"bob"}
        with pytest.raises(FaultError) as caught:
            running.begin(HashRateFactor())
    assert str(caught.value) == "hash_rate needs proof of work: under lottery nobody hashes"


@pytest.mark.usefixtures("lottery")
@pytest.mark.parametrize("rule", ["lottery", "effort", "rota"])
def test_the_swarm_races_by_it(rule: str) -> None:
    assert [try_seed(seed, rule).broken for seed in range(2)] == [""] * 2


@pytest.mark.usefixtures("lottery")
def test_the_checker_judges_a_strangers_work_and_schedule(monkeypatch: pytest.MonkeyPatch) -> None:
    bits, ends_ns = AsertDifficulty.next_bits, LeaderSchedule.end_ns
    monkeypatch.setattr(AsertDifficulty, "next_bits", lambda self, parent: bits(self, parent) - 1)
    monkeypatch.setattr(LeaderSchedule, "end_ns", lambda self, beat: ends_ns(self, beat) + 10**9)
    for rule, what in (("effort", "its bits are"), ("rota", "is not that of beat")):
        with race(scenario(4, rule=rule)) as running, pytest.raises(BrokenInvariant, match=what):
            running.run(60)


@pytest.mark.usefixtures("lottery")
def test_a_sweep_takes_an_interval_that_the_rule_takes() -> None:
    drawn = paced(scenario(4, rule="lottery"), 9)
    assert (block_interval_s(drawn), drawn.difficulty.interval_s) == (9, 9)
    assert block_interval_s(paced(scenario(4, rule="rota"), 4)) == 4
    with pytest.raises(ScenarioError) as caught:
        paced(scenario(4, rule="rota"), 9)
    assert str(caught.value) == (
        "--intervals: under rota a block takes 4 s whatever the scenario says: sweep another rule"
    )
