"""Every kind of fault alone, with time to hurt; then healed; then agreement is demanded."""

import pytest

from powclock.network.faults.bandwidth import Bandwidth
from powclock.network.faults.cuts import Isolate, OneWay, Partition
from powclock.network.faults.double_spend import DoubleSpend
from powclock.network.faults.eclipse import Eclipse
from powclock.network.faults.every import AnyFault
from powclock.network.faults.flood import Flood
from powclock.network.faults.links import BitFlips, Delay, Duplicate, Jitter, Loss, Reorder
from powclock.network.faults.nodes import ClockSkew, Crash, HashRateFactor, Join, Leave
from powclock.network.faults.selfish import SelfishMining
from powclock.network.faults.swizzle import Swizzle
from powclock.network.faults.withhold import Withhold
from tests.scenarios.races import race, scenario

FAULTS: list[AnyFault] = [
    Crash(nodes=("alice", "bob", "carol")),
    Crash(nodes=("alice", "bob", "carol"), lose_disk=True),
    Crash(),
    Partition(share=0.3),
    Partition(nodes=("alice",)),
    Isolate(nodes=("alice", "bob")),
    Isolate(),
    OneWay(nodes=("alice", "bob")),
    OneWay(nodes=("alice", "bob"), deaf=True),
    Swizzle(share=0.8, step_s=3),
    Delay(delay_ms=4_000),
    Jitter(jitter_ms=3_000),
    Reorder(probability=0.5, delay_ms=4_000),
    Bandwidth(kilobytes_per_s=0.2),
    Loss(probability=0.5),
    Loss(probability=1.0, nodes=("dave",)),
    Duplicate(probability=1),
    BitFlips(probability=0.4),
    ClockSkew(offset_s=90, nodes=("erin",)),
    ClockSkew(offset_s=-90, drift_ppm=1_000, nodes=("erin", "bob")),
    HashRateFactor(factor=0),
    HashRateFactor(factor=5, nodes=("frank",)),
    Join(nodes=("zara",), hash_rate=60_000),
    Leave(nodes=("alice", "heidi")),
    Withhold(delay_s=30),
    SelfishMining(nodes=("alice",), gamma=0.5),
    DoubleSpend(nodes=("alice",), confirmations=2, give_up=3),
    Eclipse(nodes=("alice",), attacker="bob"),
    Flood(nodes=("alice", "bob"), per_s=5),
]


@pytest.mark.parametrize("rule", ["asert", "bitcoin"])
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: f"{fault.id} {fault.label}")
def test_a_race_converges_after_a_fault(fault: AnyFault, rule: str) -> None:
    what = scenario(
        6,
        nodes={"count": 8},
        workload={"transactions_per_s": 2},
        difficulty={"rule": rule},
    )
    with race(what) as running:
        running.run(40)
        running.begin(fault)
        running.run(80)
        running.check_states()
        running.heal(fault)
        height = running.view.height
        running.run_until(lambda: running.view.height > height + 1, 300)
        running.run_until(running.agreed, 60)
        running.check_states()
        assert len({node.replica.ledger.state_root for node in running.nodes().values()}) == 1
        assert len(running.nodes()) == 8
