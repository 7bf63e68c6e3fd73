"""One naive replica whose links all end in the test."""

from collections.abc import Callable, Sequence

from powclock.clock.virtual_loop import VirtualLoop
from powclock.machine.header import display
from powclock.machine.transaction import Transaction
from powclock.network.journal import Journal
from powclock.network.naive import ROUNDS_MAX, NaiveNode
from powclock.network.wire import Announce, Pass, encode
from powclock.record.events import AnyEvent, MessageRefused, StateMoved, TransactionRefused
from tests.builders import PARAMETERS, address, transfer

MS = 1_000_000
OWNED = 1_000


class Replica:
    """A replica, its peers by name, and what it says; `sent` has times in milliseconds."""

    def __init__(
        self, peers: Sequence[str] = ("ann", "bea", "carl"), journal: Journal | None = None
    ) -> None:
        self.loop = VirtualLoop()
        self.sent: list[tuple[float, str, bytes]] = []
        self.told: list[AnyEvent] = []
        self.journal = Journal() if journal is None else journal
        self.node = NaiveNode(
            name="me",
            parameters=PARAMETERS,
            allocation={address("alice"): OWNED},
            later=self.later,
            send=lambda peer, data: self.sent.append((self.loop.now_ns / MS, peer, data)),
            peers=dict.fromkeys(peers),
            journal=self.journal,
            emit=self.told.append,
            spacing_ns=5 * MS,
        )

    def later(self, delay_ns: int, callback: Callable[[], None]) -> None:
        self.loop.schedule(self.loop.now_ns + delay_ns, callback)

    def owns(self, *names: str) -> list[int]:
        return [self.node.balance(address(name)) for name in names]

    def moved(self, transaction: Transaction, applied: int) -> StateMoved:
        root = self.node.ledger.state_root.hex()
        return StateMoved(display(transaction.id), applied, root)

    def refused(self, transaction: Transaction, peer: str, reason: str) -> TransactionRefused:
        return TransactionRefused(display(transaction.id), peer, reason)


def passed(transaction: Transaction) -> bytes:
    return encode(Pass(transaction))


def test_a_request_is_applied_at_once_and_each_peer_is_told_in_turn() -> None:
    one = Replica()
    payment = transfer("alice", amount=10, fee=3)
    assert one.node.submit(payment)
    assert one.owns("alice", "bob") == [990, 10]
    assert one.told == [one.moved(payment, 1)]
    one.loop.advance(100 * MS)
    frame = passed(payment)
    assert one.sent == [(0, "ann", frame), (5, "bea", frame), (10, "carl", frame)]


def test_nobody_earns_a_fee_and_no_coin_is_lost() -> None:
    one = Replica()
    one.node.submit(transfer("alice", amount=10, fee=OWNED))
    assert one.node.ledger.supply == OWNED


def test_what_a_peer_tells_is_applied_and_passed_on_to_nobody() -> None:
    one = Replica()
    payment = transfer("alice", amount=10)
    one.node.receive("ann", passed(payment))
    one.loop.advance(100 * MS)
    assert one.owns("alice", "bob") == [990, 10]
    assert one.told == [one.moved(payment, 1)]
    assert one.sent == []


def test_a_crash_in_the_middle_of_sending_leaves_some_peers_untold() -> None:
    one = Replica()
    payment = transfer("alice", amount=10)
    one.node.submit(payment)
    one.loop.advance(7 * MS)
    one.node.stop()
    one.loop.advance(100 * MS)
    assert [peer for _, peer, _ in one.sent] == ["ann", "bea"]


def test_a_transfer_that_comes_again_changes_nothing_and_is_acknowledged() -> None:
    one = Replica()
    payment = transfer("alice", amount=10)
    assert one.node.submit(payment)
    one.node.receive("ann", passed(payment))
    assert one.node.submit(payment)
    one.loop.advance(100 * MS)
    assert one.owns("alice", "bob") == [990, 10]
    assert len(one.told) == 1
    assert len(one.sent) == 3


def test_the_payments_of_an_account_need_not_come_in_order() -> None:
    there, back = Replica(), Replica()
    payments = [transfer("alice", amount=10 + nonce, nonce=nonce) for nonce in (0, 1, 2)]
    for payment in payments:
        there.node.receive("ann", passed(payment))
    for payment in reversed(payments):
        back.node.receive("ann", passed(payment))
    assert there.owns("alice", "bob") == back.owns("alice", "bob") == [OWNED - 33, 33]
    assert there.node.ledger.state_root == back.node.ledger.state_root


def test_of_two_payments_of_all_money_each_replica_takes_the_one_that_it_sees_first() -> None:
    one, two = Replica(), Replica()
    to_bob = transfer("alice", "bob", amount=OWNED)
    to_carol = transfer("alice", "carol", amount=OWNED)
    assert one.node.submit(to_bob)
    assert two.node.submit(to_carol)
    one.node.receive("two", passed(to_carol))
    two.node.receive("one", passed(to_bob))
    assert one.owns("alice", "bob", "carol") == [0, OWNED, 0]
    assert two.owns("alice", "bob", "carol") == [0, 0, OWNED]
    reason = "bad-txns-in-belowout"
    assert one.told == [one.moved(to_bob, 1), one.refused(to_carol, "two", reason)]
    assert two.told == [two.moved(to_carol, 1), two.refused(to_bob, "one", reason)]


def test_what_is_not_valid_is_refused_by_reason_and_nobody_is_told() -> None:
    one = Replica()
    other_chain = transfer("alice", amount=1, chain_id=8)
    uncovered = transfer("bob", "alice", amount=1)
    good = transfer("alice", amount=1)
    forged = Transaction(
        good.chain_id, good.sender, good.recipient, 2, good.fee, good.nonce, good.signature
    )
    assert [one.node.submit(each) for each in (other_chain, uncovered, forged)] == [False] * 3
    assert one.told == [
        one.refused(other_chain, "client", "bad-txns-chain-id"),
        one.refused(uncovered, "client", "bad-txns-in-belowout"),
        one.refused(forged, "client", "bad-txns-signature"),
    ]
    assert (one.sent, one.owns("alice")) == ([], [OWNED])


def test_damaged_and_foreign_messages_are_refused_by_reason() -> None:
    one = Replica()
    frame = passed(transfer("alice", amount=1))
    damaged = frame[:-1] + bytes([frame[-1] ^ 1])
    announced = encode(Announce(transactions=(bytes(32),)))
    one.node.receive("ann", damaged)
    one.node.receive("bea", announced)
    assert one.told == [
        MessageRefused("ann", "bad-checksum", len(damaged)),
        MessageRefused("bea", "malformed-message", len(announced)),
    ]
    assert one.owns("alice") == [OWNED]


def test_a_replica_that_starts_again_reads_its_journal() -> None:
    one = Replica()
    payments = [transfer("alice", amount=10, nonce=nonce) for nonce in (0, 1)]
    for payment in payments:
        one.node.submit(payment)
    again = Replica(journal=one.journal)
    assert again.node.ledger.state_root == one.node.ledger.state_root
    assert (again.told, again.sent) == ([], [])
    one.journal.lose_last(1)
    assert Replica(journal=one.journal).owns("alice", "bob") == [990, 10]


def test_what_damaged_memory_had_let_pass_is_not_applied_again() -> None:
    one = Replica()
    rich = one.node.ledger.account(address("alice"))._replace(balance=OWNED * 2)
    one.node.ledger.overwrite(address("alice"), rich)
    assert one.node.submit(transfer("alice", amount=OWNED + 1))
    assert Replica(journal=one.journal).owns("alice", "bob") == [OWNED, 0]


def test_so_many_rounds_are_told_at_once_and_no_more() -> None:
    one = Replica()
    for nonce in range(ROUNDS_MAX):
        one.node.receive("ann", b"")  # a peer's messages cost no round
        assert one.node.submit(transfer("alice", amount=1, nonce=nonce)) is (nonce < OWNED)
    last = transfer("alice", "carol", amount=1, nonce=ROUNDS_MAX)
    assert one.node.queues() == (("rounds under way", ROUNDS_MAX, ROUNDS_MAX),)
    assert not one.node.submit(last)
    assert one.told[-1] == one.refused(last, "client", "mempool-full")
    one.loop.advance(1_000 * MS)
    assert one.node.queues() == (("rounds under way", 0, ROUNDS_MAX),)
