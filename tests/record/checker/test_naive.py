"""The checker of races without blocks: a replica that breaks its own promises is told at once."""

from collections.abc import Callable

import pytest

from powclock.machine.ledger import Account, Ledger
from powclock.machine.reason import InvalidTransaction
from powclock.machine.transaction import Transaction
from powclock.network import naive as module
from powclock.network.faults.conflict import Conflict
from powclock.network.faults.links import Duplicate
from powclock.network.faults.memory import MemoryFlips
from powclock.network.faults.nodes import Crash
from powclock.network.journal import Journal
from powclock.network.naive import NaiveNode
from powclock.record.checker.broken import BrokenInvariant
from powclock.record.events import StateMoved
from tests.scenarios.races import Race, race, scenario

WHAT = scenario(
    2, rule="naive", nodes={"count": 4}, workload={"clients": 4, "transactions_per_s": 4.0}
)
Patch = pytest.MonkeyPatch


def pays_more(patch: Patch) -> None:
    """The recipient gets a coin more than the sender pays."""
    right = Ledger.pay

    def pay(self: Ledger, transaction: Transaction) -> None:
        right(self, transaction)
        self._add(transaction.recipient, 1)

    patch.setattr(Ledger, "pay", pay)


def takes_fees(patch: Patch) -> None:
    """The fee is taken from the sender, and nobody gets it."""
    right = Ledger.pay

    def pay(self: Ledger, transaction: Transaction) -> None:
        right(self, transaction)
        self._add(transaction.sender, -transaction.fee)

    patch.setattr(Ledger, "pay", pay)


def forgets_what_it_applied(patch: Patch) -> None:
    """A transfer that comes again is applied again."""
    patch.setattr(Journal, "__contains__", lambda self, id_: False)


def owes(patch: Patch) -> None:
    """Whoever has nothing left pays all the same, with money of the first account."""
    right = Ledger.pay

    def pay(self: Ledger, transaction: Transaction) -> None:
        try:
            right(self, transaction)
        except InvalidTransaction:
            balance, nonce = self.account(transaction.sender)
            self._set(transaction.sender, Account(balance, nonce + 1))

    patch.setattr(Ledger, "pay", pay)


def writes_down_something_else(patch: Patch) -> None:
    """The journal keeps the message with another one's id."""
    patch.setattr(
        Journal, "append", lambda self, transaction, frame: self._frames.update({bytes(32): frame})
    )


def miscounts(patch: Patch) -> None:
    """A replica says that it has applied one transfer more."""
    right = StateMoved
    patch.setattr(
        module,
        "StateMoved",
        lambda id, applied, state_root: right(id, applied + 1, state_root),  # noqa: A006
    )


def never_ends_a_round(patch: Patch) -> None:
    """Rounds are begun, and more than there may be."""
    patch.setattr(module, "ROUNDS_MAX", 3)
    patch.setattr(NaiveNode, "queues", lambda self: (("rounds under way", self._rounds, 3),))
    patch.setattr(NaiveNode, "_refuse", lambda self, *_: None)
    right = NaiveNode.submit

    def submit(self: NaiveNode, transaction: Transaction, *, relay: bool = True) -> bool:
        self._rounds += 4
        return right(self, transaction)

    patch.setattr(NaiveNode, "submit", submit)


BUGS: list[tuple[Callable[[Patch], None], int, str]] = [
    (pays_more, 6, "replay gives"),
    (takes_fees, 6, "replay gives"),
    (forgets_what_it_applied, 8, "a second time"),
    (owes, 8, "which is not covered"),
    (writes_down_something_else, 1, "that is not in its journal"),
    (miscounts, 6, "says that it applied"),
    (never_ends_a_round, 15, "rounds under way: "),
]


@pytest.mark.parametrize(
    ("bug", "invariant", "words"), BUGS, ids=lambda each: getattr(each, "__name__", "")
)
def test_a_replica_that_breaks_a_promise_is_told(
    bug: Callable[[Patch], None], invariant: int, words: str, monkeypatch: Patch
) -> None:
    bug(monkeypatch)
    with race(WHAT) as running:
        running.begin(Conflict(nodes=("alice", "dave")))
        running.begin(Duplicate(probability=1))
        with pytest.raises(BrokenInvariant) as caught:
            running.run(30)
    assert caught.value.invariant == invariant
    assert words in str(caught.value)


def restarted(running: Race, *, wipe: bool = False, lose_last: int = 0) -> None:
    crash = Crash(nodes=("bob",), lose_disk=wipe, lose_last=lose_last)
    running.begin(crash)
    running.run(1)
    running.heal(crash)
    running.run(5)


def test_damage_is_forgiven_and_restarts_are_followed() -> None:
    with race(WHAT) as running:
        for seconds in (10, 20):
            running.begin(MemoryFlips(nodes=("bob",)))
            running.begin(Conflict(nodes=("alice", "bob")))
            running.run(seconds)
            restarted(running)
            restarted(running, lose_last=5)
        restarted(running, wipe=True)
        restarted(running)
        assert len(running.world.replicas()) == 4


def test_a_journal_that_was_tampered_with_is_told() -> None:
    with race(WHAT) as running:
        running.run(10)
        crash = Crash(nodes=("bob",))
        running.begin(crash)
        running.run(5)
        mine, other = running.world.seat("bob").journal, running.world.seat("alice").journal
        id_ = next(id_ for id_ in other if id_ not in mine)
        mine._frames[id_] = other.frame(id_) or b""
        running.heal(crash)
        with pytest.raises(BrokenInvariant) as caught:
            running.run(1)
    assert "has a transfer in its journal that it did not apply" in str(caught.value)
