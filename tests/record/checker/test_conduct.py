"""Only a node that a fault makes dishonest may be dropped, and only for so long."""

import pytest

from powclock.machine.reason import Reason
from powclock.network.faults.forge import Forge
from powclock.network.gossip import Gossip
from powclock.record.checker.broken import BrokenInvariant
from powclock.record.checker.conduct import LATE_NS, Dishonest
from powclock.record.events import FaultOff, FaultOn, PeerDropped
from tests.scenarios.races import race, scenario

FORGE = FaultOn("forge:bob", "forge", "forges blocks", ("bob",), dishonest=True)
OFF = FaultOff("forge:bob", "forge", "forges blocks", 5.0)


def test_a_node_may_be_dropped_while_it_is_dishonest_and_not_long_after() -> None:
    dishonest = Dishonest()
    assert not dishonest.may_be_dropped("bob", 0)
    dishonest.begin(FORGE, ["alice", "bob"])
    assert dishonest.may_be_dropped("bob", 1)
    assert not dishonest.may_be_dropped("alice", 1)
    dishonest.end(OFF, 5)
    assert dishonest.may_be_dropped("bob", 5 + LATE_NS)
    assert not dishonest.may_be_dropped("bob", 6 + LATE_NS)


def test_a_fault_without_nodes_is_on_all_and_an_honest_one_on_nobody() -> None:
    dishonest = Dishonest()
    dishonest.begin(FaultOn("loss", "loss", "loss 30%", ()), ["alice"])
    assert not dishonest.may_be_dropped("alice", 0)
    dishonest.begin(FaultOn("forge", "forge", "forges blocks", (), dishonest=True), ["alice"])
    assert dishonest.may_be_dropped("alice", 0)


def test_a_race_in_which_an_honest_node_is_dropped_is_stopped() -> None:
    with race(scenario(1, nodes={"count": 3})) as running:
        running.run(5)
        gossip: Gossip = running.nodes()["alice"].gossip
        gossip._drop("bob", Reason.HIGH_HASH)
        with pytest.raises(BrokenInvariant) as broken:
            running.run(1)
        assert broken.value.invariant == 13
        assert broken.value.detail == "alice drops bob, which is honest: high-hash"


def test_a_forger_may_be_dropped() -> None:
    with race(scenario(1, nodes={"count": 3}, difficulty={"interval_s": 2})) as running:
        running.begin(Forge(nodes=("bob",), flaw="subsidy"))
        running.run_until(lambda: bool(running.events(PeerDropped)), 120)
        assert {event.peer for event in running.events(PeerDropped)} == {"bob"}
