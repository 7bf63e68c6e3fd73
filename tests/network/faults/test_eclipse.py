"""The eclipse: what a victim still hears, and what it finds when the light comes back."""

import pytest

from powclock.network.faults.eclipse import Eclipse
from powclock.network.faults.nodes import Leave
from powclock.record.attack_events import AttackMoved
from powclock.record.events import BlockAccepted, HeadMoved, LinksChanged, Reorg, TransactionSent
from tests.scenarios.races import Race, race, scenario

WHAT = scenario(
    5,
    nodes={"count": 6, "wander": 0},
    links={"topology": "ring"},
    workload={"transactions_per_s": 1},
)
FAULT = Eclipse(nodes=("bob",), attacker="dave")  # no peers, in a ring


def pairs(running: Race) -> set[tuple[str, str]]:
    return {(link.source, link.target) for link in running.world.links()}


@pytest.mark.parametrize("attacker", ["dave", "alice", ""])
def test_only_the_attacker_can_be_heard(attacker: str) -> None:
    with race(WHAT) as running:
        before = pairs(running)
        fault = Eclipse(nodes=("bob",), attacker=attacker)
        running.begin(fault)
        who = attacker or "alice"
        assert pairs(running) == before | {("bob", who), (who, "bob")}
        for link in running.world.links():
            ends = {link.source, link.target}
            assert link.severed == ("bob" in ends and who not in ends)
        assert pairs(running) == {pair for a, b in running.view.links for pair in ((a, b), (b, a))}
        running.heal(fault)
        assert pairs(running) == before
        assert pairs(running) == {pair for a, b in running.view.links for pair in ((a, b), (b, a))}
        assert len(running.events(LinksChanged)) == (2 if attacker == "dave" else 0)


def test_no_block_gets_in_or_out_but_transfers_do() -> None:
    with race(WHAT) as running:
        running.run(20)
        running.begin(FAULT)
        running.run(2)  # what was under way
        since = len(running.records)
        running.run(100)
        later = running.records[since:]
        accepted = [r for r in later if isinstance(r.event, BlockAccepted)]
        assert {r.event.author for r in accepted if r.node == "bob"} == {"bob"}  # type: ignore[union-attr]
        assert "bob" not in {r.event.author for r in accepted if r.node != "bob"}  # type: ignore[union-attr]
        sent = {
            r.event.id for r in later if isinstance(r.event, TransactionSent) and r.node != "bob"
        }
        bob = running.nodes()["bob"].replica
        held = {id_.hex() for id_ in bob.mempool._by_id}
        confirmed = {
            transfer.id.hex()
            for entry in bob.head.branch()
            if entry.parent is not None
            for transfer in bob.blocks[entry.hash].transactions
        }
        assert len({bytes.fromhex(id_)[::-1].hex() for id_ in sent} & (held | confirmed)) > 20


def test_when_it_ends_the_victim_reorgs_as_deep_as_was_told() -> None:
    with race(WHAT) as running:
        running.run(20)
        running.begin(FAULT)
        running.run(100)
        running.heal(FAULT)
        told = running.events(AttackMoved)
        assert told[0].stage == "eclipses"
        assert {move.stage for move in told[1:-1]} == {"leads astray"}
        last = told[-1]
        assert (last.stage, last.attacker, last.id) == ("lets go", "dave", "eclipse:bob")
        assert last.public > last.branch == last.withheld > 1
        healed = running.now_s
        running.run(3)
        moved = [
            r.event
            for r in running.records
            if r.node == "bob"
            and r.time_ns > healed * 1e9
            and isinstance(r.event, Reorg | HeadMoved)
        ]
        assert isinstance(moved[0], Reorg)
        assert moved[0].depth == last.branch
        running.run_until(running.agreed, 30)
        running.check_states()


def test_two_who_need_each_other_in_the_end_stay_peers() -> None:
    """The link that was made is the only way left when others have gone for good."""
    line = scenario(5, nodes={"count": 4}, links={"topology": "line"})
    with race(line) as running:
        fault = Eclipse(nodes=("alice",), attacker="dave")
        running.begin(fault)
        running.begin(Leave(nodes=("bob", "carol")))
        running.run(10)
        running.heal(fault)
        assert pairs(running) == {("alice", "dave"), ("dave", "alice")}
        running.run(20)
        running.run_until(running.agreed, 30)
