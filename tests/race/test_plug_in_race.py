"""A rule of a third party runs with faults, checker and swarm unchanged."""

from hashlib import sha256
from importlib.metadata import EntryPoint, EntryPoints

import pytest

from powclock.clock.virtual_loop import NANOSECONDS
from powclock.election import plug_ins
from powclock.election.signed import SignedElection, Turn
from powclock.machine.tree import Entry
from powclock.network.faults.cuts import Partition
from powclock.network.faults.fault import FaultError
from powclock.network.faults.forge import Forge
from powclock.network.faults.nodes import HashRateFactor, Join
from powclock.race.swarm.trial import try_seed
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


@pytest.fixture
def lottery(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if a package had registered the rule."""
    entry = EntryPoint("lottery", f"{__name__}:Lottery", plug_ins.GROUP)
    monkeypatch.setattr(
        plug_ins, "entry_points", lambda **which: EntryPoints([entry]).select(**which)
    )


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
def test_the_swarm_races_by_it() -> None:
    assert [try_seed(seed, "lottery").broken for seed in range(4)] == [""] * 4
