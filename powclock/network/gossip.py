"""Gossip: how blocks and transactions get from node to node.

A block is announced, requested and delivered, so that each link carries it once. A block whose
parent is unknown is an orphan: it is held, and its ancestors are asked for; without that the halves
of a healed partition would never meet again. Whatever a peer sends is judged on its own; duplicates
and things nobody asked for do no harm. A peer that sends what no honest one can is dropped.
"""

from collections.abc import Callable, Mapping
from functools import partial

from powclock.clock.node_clock import Clock
from powclock.clock.virtual_loop import NANOSECONDS
from powclock.election.rule import Rule
from powclock.machine.block import Block, check_commitment
from powclock.machine.header import display
from powclock.machine.ledger import CorruptState
from powclock.machine.reason import Invalid, InvalidBlock, Reason
from powclock.machine.replica import Replica
from powclock.machine.transaction import Transaction
from powclock.machine.tree import Entry
from powclock.network.conduct import (
    ANTI_DOS_BLOCKS,
    BAN_NS,
    BLOCKS,
    MESSAGES,
    PEERS_MAX,
    TRANSACTIONS,
    Answer,
    Conduct,
)
from powclock.network.evidence import CLAIMS_MAX, Evidence
from powclock.network.fetching import Fetching
from powclock.network.pending import (
    EARLY_MAX,
    ORPHANS_MAX,
    REQUESTS_MAX,
    Early,
    Later,
    Orphans,
    Requests,
)
from powclock.network.serving import FETCH_BLOCKS_MAX, Serving
from powclock.network.storage import Disk
from powclock.network.tell import head_moved
from powclock.network.transfers import RECENT_MAX, Transfers
from powclock.network.wire import (
    Announce,
    Deliver,
    Fetch,
    Hello,
    Message,
    Pass,
    Request,
    decode,
    encode,
)
from powclock.record.events import (
    AnyEvent,
    BlockAccepted,
    BlockHeld,
    BlockRefused,
    MessageRefused,
    PeerDropped,
)

REQUEST_TIMEOUT_NS = 2 * NANOSECONDS
LATE_S_MAX = 2.0  # requests are looked after once in a timeout

NodeId = str
SendTo = Callable[[NodeId, bytes], None]


class Gossip:
    """One node's side of every conversation.

    Args:
        replica: what is gossiped about, and judges it.
        disk: blocks ready to send.
        rule: what the node believes.
        clock: the node's own.
        names: the name behind each address, for records.
        peers: whom the node is connected to; the network changes it.
        send: gives bytes to a link.
        later: calls back after a duration.
        emit: takes events.
        head_moved: told when the node builds on another block.
        corrupt: told when the replica is damaged; has it built again.
        dropped: told of a peer that is not talked to any more.
        forgiven: told of one that is talked to again.
    """

    def __init__(
        self,
        *,
        replica: Replica,
        disk: Disk,
        rule: Rule,
        clock: Clock,
        names: Mapping[bytes, NodeId],
        peers: Mapping[NodeId, object],
        send: SendTo,
        later: Later,
        emit: Callable[[AnyEvent], None],
        head_moved: Callable[[], None],
        corrupt: Callable[[], None],
        dropped: Callable[[NodeId], None],
        forgiven: Callable[[NodeId], None],
    ) -> None:
        self.running = True
        self._replica = replica
        self._disk = disk
        self._rule = rule
        self._clock = clock
        self._names = names
        self._peers = peers
        self._send_to = send
        self._later = later
        self._emit = emit
        self._on_head_moved = head_moved
        self._on_corrupt = corrupt
        self._on_dropped = dropped
        self._on_forgiven = forgiven
        self._conduct = Conduct(peers)
        self._serving = Serving(replica, disk, self._send, send)
        self._requests = Requests(REQUEST_TIMEOUT_NS)
        self._orphans = Orphans()
        self._early = Early(later)
        self._fetching = Fetching(
            replica.tree, self._orphans, self._conduct, self._send, REQUEST_TIMEOUT_NS
        )
        self._transfers = Transfers(replica, emit)
        self._evidence = Evidence(self._name, emit)
        for entry in replica.tree.entries.values():  # what its disk held
            if entry.parent is not None:
                self._evidence.seen(rule.claim(disk[entry.hash]), entry.hash)
        self._watching = False

    def receive(self, peer: NodeId, data: bytes) -> None:
        """Handle what a link delivers; bad input is refused by reason and changes nothing."""
        if peer in self._conduct.shunned:
            return
        try:
            message = decode(data)
        except Invalid as refusal:
            self._refuse_message(peer, refusal.reason, data)
            return
        match message:
            case Announce():
                self._on_announce(peer, message.blocks, message.transactions)
            case Request():
                self._serving.request(peer, message.blocks, message.transactions)
            case Deliver(block):
                self._on_block(block, peer, data)
            case Pass(transaction):
                self.on_transaction(transaction, peer)
            case Fetch(locator):
                self._serving.push_after(peer, locator)
            case Hello(genesis, chain_work, locator):
                if genesis != self._replica.tree.genesis.hash:
                    self._refuse_message(peer, Reason.WRONG_NETWORK, data)
                elif self._replica.head.chain_work > chain_work:
                    self._serving.push_after(peer, locator)

    def _refuse_message(self, peer: NodeId, reason: Reason, data: bytes) -> None:
        self._emit(MessageRefused(peer=peer, reason=reason, bytes=len(data)))
        if MESSAGES[reason] is Answer.DROP:
            self._drop(peer, reason)

    def queues(self) -> tuple[tuple[str, float, float], ...]:
        """What peers can make longer: its name, its length and its bound."""
        now_ns = self._clock.monotonic()
        return (
            ("seconds that requests are late", self._requests.overdue_s(now_ns), LATE_S_MAX),
            ("requests", len(self._requests), REQUESTS_MAX),
            ("orphans", len(self._orphans), ORPHANS_MAX),
            ("recent transactions", len(self._transfers.recent), RECENT_MAX),
            ("blocks too early", len(self._early), EARLY_MAX),
            ("turns remembered", len(self._evidence), CLAIMS_MAX),
            ("peers remembered", len(self._conduct), PEERS_MAX),
        )

    @property
    def waiting(self) -> tuple[int, int]:
        """Requests under way, and orphans held."""
        return len(self._requests), len(self._orphans)

    def connected(self, peer: NodeId) -> None:
        """A link came up: say how far we are; whoever is ahead sends what the other lacks."""
        tree = self._replica.tree
        self._conduct.asked(peer, FETCH_BLOCKS_MAX)
        self._send(
            peer, Hello(tree.genesis.hash, self._replica.head.chain_work, tuple(tree.locator()))
        )

    def _name(self, author: bytes) -> str:
        return self._names.get(author, author.hex())

    def _send(self, peer: NodeId, message: Message) -> None:
        if peer not in self._conduct.shunned:
            self._send_to(peer, encode(message))

    def _send_others(self, source: NodeId | None, message: Message) -> None:
        data, send_to, shunned = encode(message), self._send_to, self._conduct.shunned
        for peer in self._peers:
            if peer != source and peer not in shunned:
                send_to(peer, data)

    def _on_announce(
        self, peer: NodeId, blocks: tuple[bytes, ...], transactions: tuple[bytes, ...]
    ) -> None:
        known, recent = self._replica.tree.entries, self._transfers.recent
        for hash_ in blocks:
            if hash_ not in known:
                break
        else:
            if all(map(recent.__contains__, transactions)):
                return  # most of the time: every peer announces it
        now_ns, announced = self._clock.monotonic(), self._requests.announced
        wanted_blocks = tuple(
            hash_
            for hash_ in blocks
            if hash_ not in known
            and hash_ not in self._orphans
            and hash_ not in self._early
            and announced(hash_, peer, now_ns)
        )
        wanted_transactions = tuple(
            id_ for id_ in transactions if id_ not in recent and announced(id_, peer, now_ns)
        )
        if wanted_blocks or wanted_transactions:
            self._send(peer, Request(wanted_blocks, wanted_transactions))
            self._watch()

    # Blocks.

    def _on_block(self, block: Block, peer: NodeId, frame: bytes) -> None:
        try:
            parent = self._replica.parent_of(block)
            if parent is None:
                self._rule.verify_alone(block)
                check_commitment(block)
                self._hold(block, peer, frame)
                return
            self._rule.verify(block, parent, self._clock.now())
            self._check_work(block, parent, peer)
            self._disk.expect(block.hash, frame)
            self.accept(block, parent, peer)
        except CorruptState:
            self._on_corrupt()
            self._on_block(block, peer, frame)  # as if it came now: it was not judged
        except InvalidBlock as refusal:
            self._refuse(block, peer, refusal)

    def _check_work(self, block: Block, parent: Entry, peer: NodeId) -> None:
        """Whether a block near genesis, say, was asked for: work there costs next to nothing.

        Raises:
            InvalidBlock: too-little-chainwork.
        """
        work = parent.chain_work + self._rule.weight(block)
        if (
            work < self._replica.tree.work_below_head(ANTI_DOS_BLOCKS)
            and block.hash not in self._requests
            and not self._conduct.spend(peer)
        ):
            raise InvalidBlock(Reason.TOO_LITTLE_CHAINWORK, "nobody asked for it")

    def accept(self, block: Block, parent: Entry, source: NodeId | None) -> None:
        """Append a block that the rule has verified, and pass it on.

        Raises:
            InvalidBlock: its body or its effects are refused.
            CorruptState: this node's own state is damaged; nothing was judged.
        """
        hash_ = block.hash
        change = self._replica.append(block, parent, self._rule.weight(block))
        self._requests.arrived(hash_)
        self._emit(
            BlockAccepted(
                hash=display(hash_),
                height=parent.height + 1,
                author=self._name(block.author),
                peer=source,
            )
        )
        if source is not None:
            self._conduct.delivered(source, hash_)
        if change is not None:
            self._emit(head_moved(change, self._replica.ledger.state_root))
            self._on_head_moved()
            self._send_others(source, Announce(blocks=(hash_,)))
        self._evidence.seen(self._rule.claim(block), hash_)
        for child, peer, frame in self._orphans.children_of(hash_):
            self._on_block(child, peer, frame)

    def _hold(self, block: Block, peer: NodeId, frame: bytes) -> None:
        """Keep an orphan and ask for what lies between; one fetch at a time."""
        self._requests.arrived(block.hash)
        if block.hash not in self._orphans:
            self._orphans.hold(block, peer, frame)
            self._emit(
                BlockHeld(hash=display(block.hash), parent=display(block.header.parent), peer=peer)
            )
        if self._fetching.begin(peer, self._clock.monotonic()):
            self._watch()

    def _refuse(self, block: Block, peer: NodeId, refusal: InvalidBlock) -> None:
        if refusal.reason is Reason.DUPLICATE:
            self._requests.arrived(block.hash)
            self._conduct.delivered(peer, block.hash)
            return
        self._emit(
            BlockRefused(
                hash=display(block.hash),
                peer=peer,
                reason=refusal.reason,
                detail=refusal.detail,
            )
        )
        if refusal.early_ns and len(self._early) < EARLY_MAX:
            self._requests.arrived(block.hash)
            again = partial(self._again, block, peer, encode(Deliver(block)))
            self._early.hold(block.hash, refusal.early_ns, again)
        elif refusal.reason.temporary:
            another = self._requests.failed(block.hash, self._clock.monotonic())
            if another is not None:
                self._send(another, Request(blocks=(block.hash,)))
        else:
            self._requests.arrived(block.hash)
        if BLOCKS[refusal.reason] is Answer.DROP:
            self._drop(peer, refusal.reason)

    def _again(self, block: Block, peer: NodeId, frame: bytes) -> None:
        """Look at a block whose time has come, as if it came now."""
        if self.running and peer not in self._conduct.shunned:
            self._on_block(block, peer, frame)

    # Transactions.

    def on_transaction(
        self, transaction: Transaction, peer: NodeId | None, *, relay: bool = True
    ) -> None:
        """Take a transaction from a peer, or from a client of this node; `relay` it to others."""
        self._requests.arrived(transaction.id)
        if transaction.id in self._transfers.recent:
            return
        reason = self._transfers.take(transaction, peer)
        if reason is None:
            if relay:
                self._send_others(peer, Announce(transactions=(transaction.id,)))
        elif peer is not None and TRANSACTIONS[reason] is Answer.DROP:
            self._drop(peer, reason)

    def forget_transactions(self) -> None:
        """Take in anew what was seen already: the state that judged it was wrong."""
        self._transfers.recent.clear()

    # Conduct.

    def _drop(self, peer: NodeId, reason: Reason) -> None:
        """Stop talking to a peer for a time: the one place where that is decided."""
        if peer in self._conduct.shunned:
            return
        self._conduct.drop(peer)
        self._emit(PeerDropped(peer=peer, reason=reason))
        self._orphans.forget(peer)
        self._fetching.abandon()  # it may have been asked, and will not be heard
        for hash_, another in self._requests.gone(peer, self._clock.monotonic()):
            self._send(another, Request(blocks=(hash_,), transactions=(hash_,)))
        self._on_dropped(peer)
        self._later(BAN_NS, lambda: self._forgive(peer))

    def _forgive(self, peer: NodeId) -> None:
        if self.running:
            self._conduct.forgive(peer)
            self._on_forgiven(peer)

    # Patience.

    def _watch(self) -> None:
        """Look after requests for as long as any is under way."""
        if not self._watching:
            self._watching = True
            self._later(REQUEST_TIMEOUT_NS, self._look_after)

    def _look_after(self) -> None:
        self._watching = False
        if not self.running:
            return
        now_ns = self._clock.monotonic()
        for hash_, peer in self._requests.overdue(now_ns):
            # Whether a hash is a block's or a transaction's is not known: ask for either.
            self._send(peer, Request(blocks=(hash_,), transactions=(hash_,)))
        fetches = self._fetching.go_on(self._peers, now_ns)
        if fetches or len(self._requests) or len(self._orphans):
            self._watch()
