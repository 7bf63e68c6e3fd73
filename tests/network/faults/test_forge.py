"""Forged blocks: each flaw is refused by its own reason, and nothing of it stays."""

from typing import get_args

import pytest

from powclock.machine.reason import Reason
from powclock.network.faults.forge import Flaw, Forge
from powclock.record.events import BlockAccepted, BlockHeld, BlockRefused
from tests.scenarios.races import race, scenario

REASONS: dict[str, set[Reason]] = {
    "proof": {Reason.HIGH_HASH},
    "bits": {Reason.BAD_DIFFBITS},
    "version": {Reason.BAD_VERSION},
    "old": {Reason.TIME_TOO_OLD},
    "future": {Reason.TIME_TOO_NEW},
    "seal": {Reason.BAD_SEAL},
    "body": {Reason.BAD_TXNMRKLROOT},
    "tail": {Reason.BAD_TXNS_DUPLICATE},
    "height": {Reason.BAD_CB_HEIGHT},
    "subsidy": {Reason.BAD_CB_AMOUNT},
    "key": {Reason.BAD_TXNS_KEY},
    "signature": {Reason.BAD_TXNS_SIGNATURE},
    "chain": {Reason.BAD_TXNS_CHAIN_ID},
    "overdraft": {Reason.BAD_TXNS_IN_BELOWOUT},
    "gap": {Reason.BAD_TXNS_NONCE_GAP},
    "replay": {Reason.BAD_TXNS_NONCE_SPENT},
}
# A child of a forged block that was refused for good.
AFTERWARDS = {Reason.DUPLICATE_INVALID, Reason.BAD_PREVBLK}

WHAT = scenario(
    3,
    nodes={"count": 4},
    links={"topology": "line"},
    difficulty={"interval_s": 3},
    workload={"transfers_per_s": 3},
)


def test_every_flaw_has_its_reason_here() -> None:
    assert set(get_args(Flaw)) == {"any", "orphan", *REASONS}


@pytest.mark.parametrize("flaw", REASONS)
def test_a_flaw_is_refused_by_its_reason(flaw: Flaw) -> None:
    with race(WHAT) as running:
        fault = Forge(nodes=("bob",), flaw=flaw)
        running.begin(fault)
        running.run(90)
        refused = running.events(BlockRefused)
        assert {event.reason for event in refused} - AFTERWARDS == REASONS[flaw]
        assert {event.peer for event in refused} == {"bob"}
        found = {event.hash for event in running.found()}
        assert found <= {event.hash for event in running.events(BlockAccepted)}
        running.heal(fault)
        until = running.now_s
        running.run(30)
        assert not running.events(BlockRefused, since_s=until + 1)
        running.run_until(running.agreed, 60)


def test_an_orphan_that_leads_nowhere_is_held_and_given_up() -> None:
    with race(WHAT) as running:
        fault = Forge(nodes=("bob",), flaw="orphan")
        running.begin(fault)
        running.run(40)
        assert running.events(BlockHeld)
        running.heal(fault)
        running.run(120)
        assert [node.gossip.waiting[1] for node in running.nodes().values()] == [0] * 4
        running.run_until(running.agreed, 60)


def test_any_flaw_is_any_of_them() -> None:
    with race(WHAT) as running:
        running.begin(Forge(nodes=("bob", "carol")))
        running.run(400)
        reasons = {event.reason for event in running.events(BlockRefused)}
        assert reasons >= set.union(*REASONS.values())
