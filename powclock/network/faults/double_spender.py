"""An attacker that spends its coins twice, try after try.

It stands between the attacker's node and its links. The node is an honest one that builds on the
best block that it knows: while it races no block of the others gets in, and none of its own gets
out. What the public chain holds it learns as any customer does, from the merchant.
"""

from dataclasses import dataclass
from enum import Enum, auto

from powclock.machine.header import from_display
from powclock.machine.transaction import COIN, Transaction
from powclock.machine.tree import Entry
from powclock.network.faults.breakable import Breakable, NodeId
from powclock.network.faults.hide import without
from powclock.network.link import Link, Send
from powclock.network.wire import Deliver, decode
from powclock.record.attack_events import AttackMoved
from powclock.record.events import (
    BlockAccepted,
    HeadMoved,
    NodeDown,
    NodeLeft,
    NodeUp,
    Record,
    Reorg,
)

FEE = COIN // 100  # ten times what any client pays: neither transfer has to wait


@dataclass(frozen=True, slots=True)
class Deal:
    """Who means to cheat whom, and when each of them has waited for long enough."""

    id: str
    attacker: NodeId
    merchant: NodeId
    confirmations: int
    give_up: int
    head_start: bool


class Phase(Enum):
    """Where a try is."""

    NONE = auto()  # an honest node, until it has coins and builds on the merchant's head
    PRE_MINING = auto()
    RACING = auto()
    PUBLISHED = auto()
    OVER = auto()


class DoubleSpender:
    """The tries of one attacker against one merchant.

    Its stages: it saves, pre-mines, pays, races, gets the goods, catches up, publishes and wins;
    or it gives up, or it loses, if its node learns of a heavier branch all the same.
    """

    def __init__(self, race: Breakable, deal: Deal) -> None:
        self._race = race
        self._deal = deal
        self._phase = Phase.NONE
        self._stage = ""
        self._tries = 0
        self._won = 0
        self._ties_or_wins = 0  # tries that are over and had caught up
        # Of this try: both transfers, where the branches part, and the secret blocks in order.
        self._payment: Transaction | None = None
        self._refund: Transaction | None = None
        self._fork: Entry | None = None
        self._private: dict[bytes, None] = {}
        self._first = b""
        self._paid_in: dict[bytes, bool] = {}
        self._branch = self._public = self._confirmations = 0
        self._refunded = self._delivered = self._caught_up = False

    def end(self) -> None:
        """Keep nothing back any more."""
        self._phase = Phase.OVER
        self._private.clear()

    def reconnect(self) -> None:
        """Have the attacker and its peers tell each other how far they are."""
        attacker = self._deal.attacker
        self._race.reconnect(
            [link for link in self._race.links() if attacker in {link.source, link.target}]
        )

    # What passes.

    def around(self, link: Link, send: Send) -> Send:
        """The stage for a link from or to the attacker."""
        hide = self._outward if link.source == self._deal.attacker else self._inward

        def hiding(data: bytes) -> None:
            rest = data if self._phase in {Phase.NONE, Phase.OVER} else hide(data)
            if rest is not None:
                send(rest)

        return hiding

    def _outward(self, data: bytes) -> bytes | None:
        refund = self._refund
        return without(
            data,
            blocks=lambda hash_: hash_ in self._private,
            transactions=lambda id_: refund is not None and id_ == refund.id,
        )

    def _inward(self, data: bytes) -> bytes | None:
        payment = self._payment
        racing = self._phase is Phase.RACING
        return without(
            data,
            blocks=lambda _: racing,
            transactions=lambda id_: payment is not None and id_ == payment.id,
        )

    # What it learns.

    def watch(self, record: Record) -> None:
        """Follow what happens to the attacker's node and to the merchant's."""
        is_attacker = record.node == self._deal.attacker
        if not is_attacker and record.node != self._deal.merchant:
            return
        match record.event:
            case BlockAccepted(hash=hash_, peer=None) if is_attacker:
                self._found(from_display(hash_))
            case HeadMoved() if is_attacker and self._phase is Phase.RACING:
                pass  # by a block of its own
            case HeadMoved() | Reorg() | NodeUp():
                self._judge()
            case NodeDown() | NodeLeft():
                self._stop()
            case _:
                pass

    def _stop(self) -> None:
        if self._phase in {Phase.RACING, Phase.PUBLISHED}:
            self._fail("gives up")
        elif self._phase is Phase.PRE_MINING:
            self._phase = Phase.NONE

    def _found(self, hash_: bytes) -> None:
        """The attacker has mined a block: is it a secret?"""
        own = self._race.head(self._deal.attacker)
        if own is None or own.hash != hash_ or own.parent is None:
            return
        refunded = _carries(self._race.block_frame(self._deal.attacker, hash_), self._refund)
        if self._phase is Phase.PRE_MINING:
            public = self._race.head(self._deal.merchant)
            if refunded and public is not None and public.hash == own.parent.hash:
                self._private[hash_] = None
                self._refunded = True
                self._pay(own.parent)
            else:
                self._phase = Phase.NONE  # it gives no lead, so it is published as any block
        elif self._phase is Phase.RACING:
            if self._has_left(own.parent):
                self._fail("loses")
                return
            self._private[hash_] = None
            self._refunded |= refunded
            self._judge()

    def _has_left(self, own: Entry) -> bool:
        """Whether the attacker's node builds on a block of the others after all."""
        return own.hash not in self._private and own is not self._fork

    def _judge(self) -> None:
        own = self._race.head(self._deal.attacker)
        public = self._race.head(self._deal.merchant)
        if own is None or public is None:
            return
        match self._phase:
            case Phase.NONE:
                self._race.schedule_in(0, self.try_again, b"")
            case Phase.RACING:
                self._judge_race(own, public)
            case Phase.PUBLISHED:
                self._judge_end(own, public)
            case _:
                pass

    # A try.

    def try_again(self, _: bytes) -> None:
        """Begin a try, if the attacker has coins and builds on the merchant's head."""
        own = self._race.head(self._deal.attacker)
        public = self._race.head(self._deal.merchant)
        ledger = self._race.ledger(self._deal.attacker)
        if self._phase is not Phase.NONE or own is None or public is None or ledger is None:
            return
        if own.hash != public.hash:
            return
        account = ledger.account(self._race.key(self._deal.attacker).public)
        amount = min(COIN, account.balance - FEE)
        if amount < 1:
            if self._stage != "saves":
                self._tell("saves")
            return
        self._payment = self._transfer(self._deal.merchant, amount, account.nonce)
        self._refund = self._transfer(self._deal.attacker, amount, account.nonce)
        self._clear()
        self._phase = Phase.PRE_MINING
        self._race.hand_over(self._deal.attacker, self._refund)
        if self._deal.head_start:
            self._tell("pre-mines")
        else:
            self._pay(own)

    def _transfer(self, recipient: NodeId, amount: int, nonce: int) -> Transaction:
        return Transaction.signed(
            self._race.key(self._deal.attacker),
            chain_id=self._race.chain_id,
            recipient=self._race.key(recipient).public,
            amount=amount,
            fee=FEE,
            nonce=nonce,
        )

    def _clear(self) -> None:
        self._fork = None
        self._private.clear()
        self._paid_in.clear()
        self._branch = self._public = self._confirmations = 0
        self._refunded = self._delivered = self._caught_up = False

    def _pay(self, fork: Entry) -> None:
        """Hand the merchant the payment: from here on the branches part."""
        self._phase = Phase.RACING
        self._fork = fork
        self._branch = len(self._private)
        self._tries += 1
        self._race.schedule_in(0, self._hand_over_payment, b"")
        self._tell("pays")

    def _hand_over_payment(self, _: bytes) -> None:
        if self._phase is Phase.RACING and self._payment is not None:
            self._race.hand_over(self._deal.merchant, self._payment)

    def _judge_race(self, own: Entry, public: Entry) -> None:
        assert self._fork is not None
        if self._has_left(own) or not _has(public, self._fork.height, self._fork.hash):
            self._fail("loses")
            return
        self._branch = own.height - self._fork.height
        self._public = public.height - self._fork.height
        self._confirmations = self._count_confirmations(public)
        if self._confirmations >= self._deal.confirmations and not self._delivered:
            self._delivered = True
            self._tell("gets the goods")
        else:
            self._tell("races")
        if self._delivered and self._refunded and own.chain_work >= public.chain_work:
            if not self._caught_up:
                self._caught_up = True
                self._tell("catches up")
            if own.chain_work > public.chain_work:
                self._publish()
        elif self._public - self._branch >= self._deal.give_up:
            self._fail("gives up")

    def _count_confirmations(self, public: Entry) -> int:
        """How many blocks of the merchant's chain bury the payment, its own among them."""
        assert self._fork is not None
        for entry in public.branch():
            if entry.height <= self._fork.height:
                break
            if entry.hash not in self._paid_in:
                frame = self._race.block_frame(self._deal.merchant, entry.hash)
                self._paid_in[entry.hash] = _carries(frame, self._payment)
            if self._paid_in[entry.hash]:
                return public.height - entry.height + 1
        return 0

    def _publish(self) -> None:
        self._phase = Phase.PUBLISHED
        attacker = self._deal.attacker
        frames = [self._race.block_frame(attacker, hash_) for hash_ in self._private]
        self._first = next(iter(self._private))
        self._private.clear()
        self._tell("publishes")
        for link in self._race.links():
            if link.source == attacker:
                for frame in frames:
                    if frame is not None:
                        link.send(frame)

    def _judge_end(self, own: Entry, public: Entry) -> None:
        """After publishing: which branch do the merchant and the attacker itself follow?"""
        assert self._fork is not None
        height = self._fork.height + 1
        if _has(public, height, self._first):
            self._won += 1
            self._phase = Phase.NONE
            self._close("wins")
            self._race.schedule_in(0, self.try_again, b"")
        elif not _has(own, height, self._first):
            self._fail("loses")

    def _fail(self, stage: str) -> None:
        """Be an honest node again, which hears of the public chain from its peers."""
        self._phase = Phase.NONE
        self._private.clear()
        self._close(stage)
        self.reconnect()

    def _close(self, stage: str) -> None:
        self._ties_or_wins += self._caught_up
        self._tell(stage)

    def _tell(self, stage: str) -> None:
        self._stage = stage
        self._race.tell(
            AttackMoved(
                id=self._deal.id,
                attacker=self._deal.attacker,
                stage=stage,
                branch=self._branch,
                public=self._public,
                withheld=len(self._private),
                tries=self._tries,
                won=self._won,
                confirmations=self._confirmations,
                wanted=self._deal.confirmations,
                head_start=int(self._deal.head_start),
                give_up=self._deal.give_up,
                caught_up=self._ties_or_wins,
                merchant=self._deal.merchant,
            )
        )


def _has(head: Entry, height: int, hash_: bytes) -> bool:
    """Whether a chain has this block at this height."""
    return head.height >= height and head.ancestor(height).hash == hash_


def _carries(frame: bytes | None, transfer: Transaction | None) -> bool:
    """Whether a block, as the message that delivers it, holds a transfer."""
    if frame is None or transfer is None:
        return False
    message = decode(frame)
    return isinstance(message, Deliver) and any(
        each.id == transfer.id for each in message.block.transactions
    )
