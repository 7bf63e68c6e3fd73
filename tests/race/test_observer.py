"""The observer's statements, derived again from the records by other means."""

from collections import defaultdict

from powclock.network.faults.cuts import Partition
from powclock.record.events import (
    BlockAccepted,
    BlockFound,
    DifficultyChanged,
    ForkOpened,
    LeaderElected,
    TransactionConfirmed,
    TransactionReturned,
    TransactionSent,
)
from tests.scenarios.races import Race, race, scenario

FORKY = scenario(
    3,
    nodes={"count": 8},
    workload={"transactions_per_s": 3},
    difficulty={"interval_s": 2, "half_life_s": 30},
    links={"latency_ms": 200},
)


def forked(running: Race) -> None:
    """A race with forks, a partition and its end."""
    running.run(100)
    running.begin(Partition(share=0.45))
    running.run(60)
    running.heal_all()
    running.run(100)


def test_ticks_are_new_best_blocks() -> None:
    with race(FORKY) as running:
        forked(running)
        assert running.view.started is not None
        work = {running.view.started.genesis: 0}
        branch: dict[str, tuple[str, ...]] = {
            running.view.started.genesis: (running.view.started.genesis,)
        }
        on_best = branch[running.view.started.genesis]
        authors: dict[str, str | None] = {}
        expected = []
        best, tick_ns = 0, 0
        for record in running.records:
            match record.event:
                case BlockFound() as found:
                    work[found.hash] = work[found.parent] + found.work
                    authors[found.hash] = record.node
                    branch[found.hash] = (*branch[found.parent], found.hash)
                    if work[found.hash] > best:
                        best = work[found.hash]
                        interval_s = (record.time_ns - tick_ns) / 1e9
                        tick_ns = record.time_ns
                        stale = len(set(on_best) - set(branch[found.hash]))
                        on_best = branch[found.hash]
                        tick = LeaderElected(
                            str(record.node),
                            found.height,
                            found.hash,
                            interval_s,
                            found.work,
                            stale,
                        )
                        expected.append(tick)
                case _:
                    pass
        ticks = running.events(LeaderElected)
        assert ticks == expected
        assert {tick.stale > 0 for tick in ticks} == {True, False}
        assert len(running.found()) > len(ticks) > 80


def test_forks_are_second_children() -> None:
    with race(FORKY) as running:
        forked(running)
        children: dict[str, list[str]] = defaultdict(list)
        expected = []
        for found in running.found():
            children[found.parent].append(found.hash)
            if len(children[found.parent]) > 1:
                rivals = tuple(children[found.parent])
                expected.append(ForkOpened(found.parent, found.height, rivals))
        assert running.events(ForkOpened) == expected
        assert len(expected) > 5


def test_what_is_confirmed_and_not_returned_is_on_the_best_chain() -> None:
    with race(FORKY) as running:
        forked(running)
        confirmed: dict[str, str] = {}
        returned = 0
        for record in running.records:
            match record.event:
                case TransactionConfirmed(id=id_, block=block):
                    assert id_ not in confirmed
                    confirmed[id_] = block
                case TransactionReturned(id=id_):
                    del confirmed[id_]
                    returned += 1
                case _:
                    pass
        assert returned > 0
        tick = running.view.tick
        assert tick is not None
        holder = next(
            node for node in running.nodes().values()
            if bytes.fromhex(tick.hash)[::-1] in node.replica.tree
        )  # fmt: skip
        entry = holder.replica.tree.entries[bytes.fromhex(tick.hash)[::-1]]
        on_chain = {
            transaction.id[::-1].hex()
            for each in entry.branch()
            if each.height
            for transaction in holder.replica.blocks[each.hash].transactions
        }
        assert set(confirmed) == on_chain
        assert len(on_chain) == running.view.counts.transactions_confirmed
        assert on_chain <= {event.id for event in running.events(TransactionSent)}


def test_a_wait_is_the_time_since_the_transfer_was_sent() -> None:
    with race(FORKY) as running:
        running.run(60)
        sent = {
            r.event.id: r.time_ns for r in running.records if isinstance(r.event, TransactionSent)
        }
        for record in running.records:
            if isinstance(record.event, TransactionConfirmed):
                waited_s = (record.time_ns - sent[record.event.id]) / 1e9
                assert record.event.wait_s == waited_s


def test_difficulty_is_told_in_steps_of_a_tenth() -> None:
    with race(FORKY) as running:
        forked(running)
        said = 0
        expected = []
        for tick in running.events(LeaderElected):
            said = said or tick.work
            change = tick.work / said - 1
            if abs(change) >= 0.1:
                said = tick.work
                expected.append(DifficultyChanged(tick.height, tick.work, change))
        assert running.events(DifficultyChanged) == expected
        assert expected


def test_a_block_is_accepted_by_its_finder_first() -> None:
    with race(FORKY) as running:
        forked(running)
        finders = {r.event.hash: r.node for r in running.records if isinstance(r.event, BlockFound)}
        first: dict[str, str | None] = {}
        for record in running.records:
            if isinstance(record.event, BlockAccepted):
                first.setdefault(record.event.hash, record.node)
        assert first == finders
