"""The double spender: what it hides, what it publishes, and what becomes of the payment."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import groupby

import pytest

from powclock.machine.header import display
from powclock.machine.transaction import COIN, Transaction
from powclock.network.faults.double_spend import DoubleSpend
from powclock.network.faults.double_spender import FEE
from powclock.network.faults.nodes import Crash, Leave
from powclock.race.scenario import Scenario, ScenarioError
from powclock.record.attack_events import AttackMoved
from powclock.record.events import Record, Reorg, TransactionSent
from tests.scenarios.races import Race, race, scenario

MAJORITY, MINORITY = 60, 5
NOTHING = AttackMoved("", "", "", 0, 0, 0, 0, 0)


def what(share: int, *, seed: int = 4, miner: str = "sampled") -> Scenario:
    """Mallory against four equal nodes, with a difficulty that stays as it is."""
    return scenario(
        seed,
        miner=miner,
        nodes={
            "count": 5,
            "names": ["mallory", "ann", "bea", "carl", "dan"],
            "shares": [share, *[(100 - share) / 4] * 4],
            "wander": 0,
            "hash_rate": 2_000,
        },
        difficulty={"rule": "bitcoin", "interval_s": 5, "window": 100_000},
        links={"topology": "full_mesh", "latency_ms": 20, "jitter_ms": 2},
        workload={"clients": 4, "transactions_per_s": 0.5},
    )


@contextmanager
def robbed(share: int, fault: DoubleSpend, **options: object) -> Iterator[Race]:
    """A race in which Mallory has coins already, and begins."""
    with race(what(share, **options)) as running:  # type: ignore[arg-type]
        running.run_until(lambda: running.view.wins.get("mallory", 0) > 0, 2_000)
        running.run(2)
        running.begin(fault)
        yield running


def moves(running: Race) -> list[AttackMoved]:
    return running.events(AttackMoved)


def until(running: Race, stage: str, seconds_max: float = 2_000) -> AttackMoved:
    """Go on until this is the last thing that was told."""
    running.run_until(lambda: last(running).stage == stage, seconds_max)
    return last(running)


def last(running: Race) -> AttackMoved:
    """What was told last, of an attack that is on."""
    return running.view.faults["double_spend:mallory"].attack or NOTHING


def sent(running: Race) -> list[TransactionSent]:
    """Transfers of Mallory: what goes back to her, and the payment."""
    return [event for event in running.events(TransactionSent) if event.client == "mallory"]


def confirmed(running: Race, node: str) -> set[str]:
    """The ids of all transfers on a node's chain."""
    replica = running.nodes()[node].replica
    return {
        display(transfer.id)
        for entry in replica.head.branch()
        if entry.parent is not None
        for transfer in replica.blocks[entry.hash].transactions
    }


@pytest.mark.parametrize("miner", ["sampled", "grinding"])
def test_a_majority_takes_its_payment_back(miner: str) -> None:
    fault = DoubleSpend(nodes=("mallory",), merchant="bea", confirmations=3)
    with robbed(MAJORITY, fault, miner=miner) as running:
        until(running, "publishes")
        *_, refund, payment = sent(running)
        assert (refund.amount, refund.fee) == (payment.amount, payment.fee) == (COIN, FEE)
        assert payment.id in confirmed(running, "bea")
        assert refund.id not in confirmed(running, "bea")
        over = until(running, "wins")
        stages = [stage for stage, _ in groupby(moves(running), key=lambda move: move.stage)]
        assert [stage for stage in stages if stage != "races"] == [
            "pre-mines", "pays", "gets the goods", "catches up", "publishes", "wins",
        ]  # fmt: skip
        assert over.branch > over.public >= over.confirmations >= over.wanted == 3
        assert (over.withheld, over.tries, over.won, over.caught_up) == (0, 1, 1, 1)
        assert (over.head_start, over.give_up) == (1, 10)
        assert [move.tries_over for move in moves(running)] == [0] * (len(moves(running)) - 1) + [1]
        running.run_until(running.agreed, 10)
        for name in running.nodes():
            assert payment.id not in confirmed(running, name)
            assert refund.id in confirmed(running, name)
        assert max(event.depth for event in running.events(Reorg)) == over.public
        running.check_states()


def test_until_then_neither_side_sees_the_others_blocks() -> None:
    seen: list[AttackMoved] = []

    def look(record: Record) -> None:
        if not (isinstance(record.event, AttackMoved) and record.event.stage == "races"):
            return
        seen.append(record.event)
        nodes = running.nodes()
        mallory, ann = nodes["mallory"].head, nodes["ann"].head
        fork = mallory.ancestor(mallory.height - record.event.branch)
        assert fork.hash == ann.ancestor(ann.height - record.event.public).hash
        for entry in mallory.branch():
            if entry.height > fork.height:
                assert not any(
                    entry.hash in nodes[name].replica.tree for name in nodes if name != "mallory"
                )
        for entry in ann.branch():
            if entry.height > fork.height:
                assert entry.hash not in nodes["mallory"].replica.tree

    with robbed(MAJORITY, DoubleSpend(nodes=("mallory",), confirmations=5)) as running:
        running.world.recorder.listen(look)
        until(running, "publishes")
    assert max(move.withheld for move in seen) > 3
    assert all(move.withheld == move.branch for move in seen)
    assert max(move.confirmations for move in seen) == seen[-1].public


def test_a_minority_gives_up_when_it_is_too_far_behind_and_tries_again() -> None:
    with robbed(MINORITY, DoubleSpend(nodes=("mallory",), give_up=3, head_start=False)) as running:
        over = until(running, "gives up")
        assert (over.public - over.branch, over.withheld) == (3, 0)
        assert (over.tries, over.tries_over, over.won) == (1, 1, 0)
        assert (over.head_start, over.give_up, over.merchant) == (0, 3, "ann")
        running.run_until(lambda: last(running).tries == 2, 500)
        first, second = (move for move in moves(running) if move.stage == "pays")
        assert (first.tries, second.tries) == (1, 2)
        assert (first.tries_over, second.tries_over) == (0, 1)
        (_, payment), (_, again) = sent(running)[:2], sent(running)[-2:]
        assert payment.id in confirmed(running, "ann") & confirmed(running, "mallory")
        assert payment.id != again.id


def test_tries_that_caught_up_are_counted_when_they_are_over() -> None:
    fault = DoubleSpend(nodes=("mallory",), confirmations=1, give_up=2, head_start=False)
    with robbed(40, fault) as running:
        running.run_until(lambda: last(running).tries_over == 12, 2_000)
        over = last(running)
        told = moves(running)
    level = {move.tries for move in told if move.stage == "catches up"}
    won = {move.tries for move in told if move.stage == "wins"}
    assert (over.caught_up, over.won) == (len(level), len(won))
    assert won < level
    for move in told:
        assert move.won <= move.caught_up <= move.tries_over <= move.tries


def test_who_has_no_coins_saves_first() -> None:
    with race(what(MAJORITY)) as running:
        running.begin(DoubleSpend(nodes=("mallory",)))
        until(running, "pays")
        assert [move.stage for move in moves(running)] == ["saves", "pre-mines", "pays"]
        assert running.view.wins["mallory"] == 2


@pytest.mark.parametrize("share", [MAJORITY, MINORITY])
def test_when_it_ends_nothing_is_kept_back(share: int) -> None:
    fault = DoubleSpend(nodes=("mallory",), confirmations=50, give_up=50, head_start=False)
    with robbed(share, fault) as running:
        running.run_until(lambda: last(running).public > 4, 500)
        assert not running.agreed()
        running.heal(fault)
        told = len(moves(running))
        running.run(30)
        running.run_until(running.agreed, 30)
        running.check_states()
        assert len(moves(running)) == told


@pytest.mark.parametrize(
    "trouble", [Crash(nodes=("mallory",)), Crash(nodes=("ann",)), Leave(nodes=("ann",))]
)
def test_it_gives_up_when_one_of_the_two_is_gone(trouble: Crash | Leave) -> None:
    with robbed(MAJORITY, DoubleSpend(nodes=("mallory",), confirmations=50)) as running:
        until(running, "races")
        running.begin(trouble)
        assert last(running).stage == "gives up"
        running.heal(trouble)
        running.run_until(lambda: last(running).tries == 2, 500)
        assert last(running).stage == "pays"


def test_the_payment_is_a_valid_transfer_of_its_own_account() -> None:
    with robbed(MAJORITY, DoubleSpend(nodes=("mallory",), merchant="carl")) as running:
        until(running, "pays")
        running.run(1)
        mempool = running.nodes()["carl"].replica.mempool
        key = running.world.reach.key("mallory").public
        payment = mempool.waiting(key, 0)
        assert isinstance(payment, Transaction)
        payment.check(running.world.reach.chain_id)
        assert payment.recipient == running.world.reach.key("carl").public
        assert running.nodes()["mallory"].replica.mempool.get(payment.id) is None


def test_a_merchant_that_is_not_in_the_race_is_refused_with_the_scenario() -> None:
    with pytest.raises(ScenarioError) as caught:
        scenario(
            faults=[{"fault": {"kind": "double_spend", "nodes": ["alice"], "merchant": "zoe"}}]
        )
    assert str(caught.value) == (
        "faults[0].fault: there is no node 'zoe': the race has alice, bob, carol, dave, erin, frank"
    )
