"""Nodes: what survives a restart, and how whole nodes find together."""

import pytest

from powclock.machine.header import display
from powclock.network.faults.nodes import Crash
from powclock.record.events import BlockFound, HeadMoved, NodeUp, Reorg
from tests.builders import GENESIS, block_of, chain, transfer
from tests.network.lone import Lone
from tests.scenarios.races import race, scenario

RIVAL = block_of(GENESIS.hash, 1, author="other")


def test_a_node_that_restarts_goes_on_from_its_disk() -> None:
    before = Lone()
    paying = block_of(RIVAL.hash, 2, (transfer("alice", "bob", amount=10, fee=2),), amount=1_002)
    first, second = chain(2)
    before.take(first, RIVAL, second, paying)
    after = Lone(disk=before.disk)
    assert after.replica.head.hash == before.replica.head.hash == second.hash
    assert list(after.replica.tree.entries) == list(before.replica.tree.entries)
    assert after.replica.ledger.state_root == before.replica.ledger.state_root
    assert (after.said(), after.told()) == ([], [])
    third = block_of(paying.hash, 3)
    for lone in (before, after):
        lone.take(third)
    assert after.replica.ledger.state_root == before.replica.ledger.state_root
    assert after.replica.head.hash == third.hash


def test_of_equal_branches_the_first_seen_stays_also_after_a_restart() -> None:
    (first,) = chain(1)
    for blocks in ((first, RIVAL), (RIVAL, first)):
        lone = Lone()
        lone.take(*blocks)
        assert Lone(disk=lone.disk).replica.head.hash == blocks[0].hash


def test_a_draft_has_the_newest_transfers_and_pays_their_fees() -> None:
    lone = Lone()
    paid = transfer("alice", fee=7)
    lone.gossip.on_transaction(paid, None)
    draft = lone.node._draft()
    assert draft.transactions == (paid,)
    assert draft.coinbase.amount == 1_007
    assert draft.header.parent == GENESIS.hash
    assert lone.node._draft().coinbase.id != draft.coinbase.id


def test_two_nodes_agree_on_every_block() -> None:
    with race(scenario(nodes={"count": 2})) as pair:
        pair.run(120)
        assert pair.agreed() or len(pair.heads()) == 2
        one, two = pair.nodes().values()
        common = min(one.head.height, two.head.height) - 2
        assert common > 10
        assert one.head.ancestor(common).hash == two.head.ancestor(common).hash
        pair.check_states()


def test_a_restarted_node_has_the_head_it_had() -> None:
    with race(scenario()) as running:
        running.run(60)
        node = running.nodes()["bob"]
        head, root = node.head.hash, node.replica.ledger.state_root
        blocks = len(node.replica.tree) - 1
        crash = Crash(nodes=("bob",))
        running.begin(crash)
        assert "bob" not in running.nodes()
        running.heal(crash)
        again = running.nodes()["bob"]
        assert again is not node
        assert (again.head.hash, again.replica.ledger.state_root) == (head, root)
        assert running.events(NodeUp)[-1] == NodeUp(blocks=blocks)


def test_a_wiped_node_gets_the_whole_chain_again() -> None:
    with race(scenario(difficulty={"interval_s": 1})) as running:
        running.run(400)
        crash = Crash(nodes=("bob",), lose_disk=True)
        running.begin(crash)
        running.run(20)
        running.heal(crash)
        assert running.events(NodeUp)[-1] == NodeUp(blocks=0)
        assert running.nodes()["bob"].head.height == 0
        running.run(30)
        tallest = max(node.head.height for node in running.nodes().values())
        assert tallest > 256  # more than two fetches
        assert running.nodes()["bob"].head.height >= tallest - 2
        running.run_until(running.agreed, 10)
        running.check_states()


def test_a_new_head_cancels_the_search() -> None:
    with race(scenario(nodes={"count": 3})) as running:
        running.run(100)
        heads: dict[str | None, str] = {}
        for record in running.records:
            match record.event:
                case HeadMoved(hash=hash_) | Reorg(hash=hash_):
                    heads[record.node] = hash_
                case BlockFound(parent=parent):
                    genesis = display(running.world._rules.genesis.block.hash)
                    assert parent == heads.get(record.node, genesis)
                case _:
                    pass


@pytest.mark.parametrize("head_first", [True, False])
def test_a_node_that_is_ended_while_its_head_moves_ends(head_first: bool) -> None:
    with race(scenario(nodes={"count": 2})) as running:
        running.run(10)
        node, task = running.nodes()["bob"], running.world.seat("bob").task
        assert task is not None
        node.search_anew()
        node.search_anew()
        running.run(1)
        assert not task.done()
        if head_first:
            node.search_anew()
        task.cancel()
        node.search_anew()
        running.run(0)
        assert task.cancelled()
        assert not node.gossip.running
