"""A partition and its end: two clocks, then one again."""

import pytest

from powclock.network.faults.cuts import Partition
from powclock.network.serving import FETCH_BLOCKS_MAX
from powclock.network.topology import diameter
from powclock.race.scenario import Scenario
from powclock.record.events import BlockFound, LeaderElected, Reorg, TransactionSent
from tests.scenarios.races import Race, race, scenario

SPLIT = Partition(share=0.4)


def parted(seed: int) -> Scenario:
    """Ten nodes with small differences."""
    return scenario(
        seed,
        nodes={"count": 10, "spread": 0.4},
        links={"latency_ms": 60, "jitter_ms": 20},
        workload={"transactions_per_s": 2},
    )


def patience_s(running: Race) -> float:
    """Twice the diameter times the largest latency; a block goes thrice over each link."""
    names = running.world.node_names()
    graph = {
        tuple(sorted((names.index(link.source), names.index(link.target))))
        for link in running.world.links()
    }
    hops = diameter(len(names), [(a, b) for a, b in graph])
    latency_s = max(link.latency_ns for link in running.world.links()) / 1e9
    jitter_s = 5 * running.world.scenario.links.jitter_ms / 1e3
    return 2 * hops * 3 * (latency_s + jitter_s)


def block_authors(running: Race, names: tuple[str, ...], since_s: float) -> int:
    """How many blocks some nodes found since a time."""
    return sum(
        record.node in names
        for record in running.records
        if isinstance(record.event, BlockFound) and record.time_ns >= since_s * 1e9
    )


@pytest.mark.parametrize("seed", range(8))
def test_the_halves_of_a_healed_partition_agree_again(seed: int) -> None:
    with race(parted(seed)) as running:
        running.run(30)
        running.begin(SPLIT)
        sides = SPLIT.sides(running.world.reach)
        fork = min(node.head.height for node in running.nodes().values())
        running.run(60)
        while running.agreed() or min(block_authors(running, side, 30) for side in sides) < 2:
            running.run(5)  # with bad luck a side takes longer
        nodes = running.nodes()
        heads = [{nodes[name].head.hash for name in side} for side in sides]
        assert not heads[0] & heads[1]
        work = [max(nodes[name].head.chain_work for name in side) for side in sides]
        lighter, heavier = sides if work[0] < work[1] else sides[::-1]
        leaders = {name for tick in running.events(LeaderElected, 30) for name in [tick.leader]}
        assert leaders & set(heavier)
        sent = {event.id for event in running.events(TransactionSent)}
        loser = nodes[lighter[0]].replica
        lost = {
            transaction
            for entry in loser.tree.best_chain[fork + 1 :]
            for transaction in loser.blocks[entry.hash].transactions
        }
        known = {t.id for node in nodes.values() for t in node.replica.mempool}

        healed_s = running.now_s
        running.heal_all()
        running.run(patience_s(running))
        if not running.agreed():
            height = running.view.height  # a block was on its way, or two are even
            running.run_until(lambda: running.view.height > height, 120)
            running.run_until(running.agreed, 120)
        reorged = {
            record.node
            for record in running.records
            if isinstance(record.event, Reorg) and record.time_ns >= healed_s * 1e9
        }
        assert reorged >= set(lighter) or work[0] == work[1]
        running.check_states()
        for transaction in lost:
            assert any(
                transaction.id in node.replica.mempool
                or node.replica.ledger.account(transaction.sender).nonce > transaction.nonce
                for node in running.nodes().values()
            )
        assert known <= {bytes.fromhex(id_)[::-1] for id_ in sent}


def test_after_the_split_the_losing_sides_transfers_are_confirmed() -> None:
    with race(parted(2)) as running:
        running.run(30)
        running.begin(SPLIT)
        running.run(90)
        running.heal_all()
        sent = {event.id for event in running.events(TransactionSent)}
        running.run(180)
        running.run_until(running.agreed, 60)
        node = next(iter(running.nodes().values()))
        confirmed = {
            transaction.id[::-1].hex()
            for entry in node.replica.tree.best_chain[1:]
            for transaction in node.replica.blocks[entry.hash].transactions
        }
        assert sent <= confirmed


def test_two_long_branches_are_joined_though_one_fetch_does_not_hold_them() -> None:
    what = scenario(3, nodes={"count": 6}, difficulty={"interval_s": 1})
    with race(what) as running:
        running.run(10)
        running.begin(SPLIT)
        running.run(1_200)
        assert running.view.height > 4 * FETCH_BLOCKS_MAX
        running.heal_all()
        running.run(30)
        running.run_until(running.agreed, 10)
        assert running.view.counts.reorg_depth_max > 2 * FETCH_BLOCKS_MAX
        running.check_states()
