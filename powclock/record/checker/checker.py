"""The checker of one race: takes every record, and tells of the first invariant that is broken."""

from collections.abc import Callable
from typing import Any

from powclock.record.checker.blocks import Seen, paths
from powclock.record.checker.broken import BrokenInvariant, Place, Wrong
from powclock.record.checker.conduct import Dishonest
from powclock.record.checker.equivocation import Equivocations
from powclock.record.checker.heads import Follower, shown
from powclock.record.checker.memory import Damages
from powclock.record.checker.parse import Body, Transfer, check_body, read_block, read_header
from powclock.record.checker.rule import Seals, seals_of
from powclock.record.checker.states import States
from powclock.record.checker.witness import Witness
from powclock.record.event import Event
from powclock.record.events import (
    BlockAccepted,
    BlockFound,
    BlockRefused,
    Equivocation,
    FaultOff,
    FaultOn,
    Hash,
    HeadMoved,
    MemoryFlipped,
    NodeDown,
    NodeJoined,
    NodeLeft,
    NodeUp,
    PeerDropped,
    RaceStarted,
    Record,
    Reorg,
    Resynced,
    Sampled,
    StateCorrupted,
)
from powclock.record.facts import ChainInfo

NANOSECONDS = 1_000_000_000
BODIES_MAX = 64
SAMPLES_A_LOOK = 10

# Refusals that say nothing about the block for good: it may be valid later, or with its own body.
TEMPORARY = frozenset(
    {
        "time-too-new",
        "prev-blk-not-found",
        "too-little-chainwork",
        "bad-txnmrklroot",
        "bad-txns-duplicate",
        "bad-blk-length",
        "bad-seal",
    }
)
REMEMBERED = frozenset({"duplicate-invalid", "bad-prevblk"})


class Checker:
    """Reads records in order; `report` is told once, and after that nothing is read.

    `witness` looks into the nodes. The race is never touched.
    """

    def __init__(self, witness: Witness, report: Callable[[BrokenInvariant], None]) -> None:
        self.broken: BrokenInvariant | None = None
        self._witness = witness
        self._report = report
        self._chain: ChainInfo
        self._states: States
        self._genesis: Seen
        self._seals: Seals
        self._equivocations = Equivocations()
        self._by_hash: dict[Hash, Seen] = {}
        self._blocks: list[Seen] = []
        self._forgotten = 0
        self._followers: dict[str, Follower] = {}
        self._due: Follower | None = None
        self._bodies: dict[int, Body] = {}
        self._returned: tuple[Seen, Seen, list[Transfer]] | None = None
        self._dishonest = Dishonest()
        self._samples = 0
        self._damages = Damages()
        self._handlers: dict[type[Event], Callable[[str, Any, Record], None]] = {
            RaceStarted: self._start,
            NodeJoined: self._join,
            NodeUp: self._up,
            NodeLeft: self._leave,
            BlockFound: self._found,
            BlockAccepted: self._accepted,
            BlockRefused: self._refused,
            Equivocation: self._equivocation,
            NodeDown: self._down,
            PeerDropped: self._dropped,
            FaultOn: self._fault_on,
            FaultOff: self._fault_off,
            HeadMoved: self._moved,
            Reorg: self._moved,
            MemoryFlipped: self._flipped,
            StateCorrupted: self._corrupted,
            Resynced: self._resynced,
            Sampled: self._sampled,
        }

    @property
    def blocks(self) -> int:
        """How many blocks were validated, genesis among them."""
        return self._forgotten + len(self._blocks)

    def forget(self, height: int, node: str) -> None:
        """Forget blocks below a height at which all nodes have one block, `node` among them."""
        base = self._followers[node].head
        while base.height > height:
            assert base.parent is not None
            base = base.parent
        self._states.forget(base, lambda step: self._body(node, step))
        count = next(i for i, block in enumerate(self._blocks) if block.height >= height)
        for block in self._blocks[:count]:
            del self._by_hash[shown(block)]
        del self._blocks[:count]
        self._forgotten += count
        for block in self._blocks:
            if block.parent is not None and block.parent.index < self._forgotten:
                block.parent = None
        for follower in self._followers.values():
            follower.forget(self._forgotten)

    def __call__(self, record: Record) -> None:
        """Take a record in."""
        if self.broken is not None:
            return
        handler = self._handlers.get(type(record.event))
        try:
            if self._due is not None:
                self._check_due(record)
            if handler is not None:
                handler(record.node or "", record.event, record)
        except Wrong as wrong:
            self.fail(wrong, record)

    def fail(self, wrong: Wrong, record: Record) -> None:
        """Tell what broke, and where."""
        block = "" if wrong.node else getattr(record.event, "hash", "")
        node = wrong.node or record.node or ""
        place = Place(node, block, record.sequence, record.time_ns)
        self.broken = BrokenInvariant(wrong.invariant, wrong.detail, place)
        self._report(self.broken)

    def _check_due(self, record: Record) -> None:
        """A node that accepted the heaviest branch says so before anything else happens."""
        assert self._due is not None
        moved = isinstance(record.event, HeadMoved | Reorg) and record.node == self._due.name
        derived = record.node is None and not isinstance(record.event, Sampled)
        if not moved and not derived:
            name = self._due.name
            raise Wrong(4, f"{name} stays though it accepted a heavier branch", name)

    # The race.

    def _start(self, _: str, event: RaceStarted, __: Record) -> None:
        header = read_header(bytes.fromhex(event.genesis_header))
        if header.hash[::-1].hex() != event.genesis:
            raise Wrong(2, "the genesis header has another hash")
        if header.parent != bytes(32):
            raise Wrong(2, "genesis has a parent")
        self._chain = event.chain
        self._seals = seals_of(event)
        self._genesis = Seen(
            header.hash,
            None,
            0,
            time=header.time,
            bits=header.bits,
            work=0,  # a part of every branch
            fingerprint=0,
        )
        self._by_hash[event.genesis] = self._genesis
        self._blocks.append(self._genesis)
        self._states = States(event.chain, self._genesis)
        for info in event.nodes:
            self._followers[info.name] = Follower(info.name, self._genesis)

    def _join(self, node: str, _: NodeJoined, __: Record) -> None:
        self._followers[node] = Follower(node, self._genesis)

    def _leave(self, node: str, _: NodeLeft, __: Record) -> None:
        del self._followers[node]
        self._damages.gone(node)

    def _up(self, node: str, event: NodeUp, _: Record) -> None:
        follower = self._followers[node]
        follower.restarted(
            event.blocks or 0,
            self._blocks,
            lambda block: self._witness.frame(node, block.hash) is not None,
        )
        self._damages.gone(node)
        told, head = self._witness.head(node), follower.head
        if told[0] != head.hash:
            raise Wrong(4, f"{node} reads its disk and builds on {told[0][::-1].hex()}")
        if told[1] != head.state_root:
            raise Wrong(6, f"{node} reads its disk and has the state {told[1].hex()}")

    # Blocks.

    def _found(self, node: str, event: BlockFound, _: Record) -> None:
        header = read_header(bytes.fromhex(event.header))
        if header.hash[::-1].hex() != event.hash or header.parent[::-1].hex() != event.parent:
            raise Wrong(1, f"{node} found a block whose header is another one")
        weight = self._seals.weight(header)
        if weight is not None and event.work != weight:
            raise Wrong(3, f"{node} says {event.work} of work, it is {weight}")

    def _accepted(self, node: str, event: BlockAccepted, _: Record) -> None:
        block = self._by_hash.get(event.hash)
        hash_ = bytes.fromhex(event.hash)[::-1] if block is None else block.hash
        frame = self._witness.frame(node, hash_)
        if frame is None:
            raise Wrong(1, f"{node} accepts a block that is not on its disk")
        if block is None:
            block = self._validated(event.hash, hash_, frame, node)
        elif hash(frame) != block.fingerprint:
            raise Wrong(1, f"{node} accepts other bytes under this hash")
        if event.height != block.height:
            raise Wrong(2, f"{node} puts it at height {event.height}, it stands at {block.height}")
        if event.peer is not None:
            early_ns = self._seals.early_ns(block.time, block.turn, self._witness.clock_ns(node))
            if early_ns is not None and early_ns > 0:
                raise Wrong(1, f"{node} accepts it {early_ns / NANOSECONDS:g} s before its time")
        follower = self._followers[node]
        if event.peer is None and block.parent is not follower.head:
            raise Wrong(4, f"{node} searched on a block that is not its head")
        follower.accept(block)
        self._equivocations.accepted(node, block)
        if follower.due is not None:
            self._due = follower

    def _validated(self, shown: Hash, hash_: bytes, frame: bytes, node: str) -> Seen:
        """A block that nobody accepted before, judged from its bytes."""
        try:
            header, body = read_block(frame)
        except Wrong as error:
            raise Wrong(1, f"{node} accepts bytes that are no block: {error.detail}") from error
        if header.hash != hash_:
            raise Wrong(1, f"{node} has a block with another hash on its disk")
        parent = self._by_hash.get(header.parent[::-1].hex())
        if parent is None:
            raise Wrong(2, f"{node} accepts a block whose parent nobody accepted")
        self._seals.check(header, body, parent, self._genesis)
        check_body(header, body, parent.height + 1, self._chain.transactions_max)
        weight = self._seals.weight(header)
        block = Seen(
            hash_,
            parent,
            self.blocks,
            time=header.time,
            bits=header.bits,
            work=self._witness.weight(node, hash_) if weight is None else weight,
            fingerprint=hash(frame),
            turn=header.nonce,
        )
        self._equivocations.validated(block, self._seals.turn(header, body))
        self._states.append(block, body, lambda step: self._body(node, step))
        self._by_hash[shown] = block
        self._blocks.append(block)
        self._remember(block, body)
        return block

    def _body(self, node: str, block: Seen) -> Body:
        body = self._bodies.get(block.index)
        if body is None:
            frame = self._witness.frame(node, block.hash)
            if frame is None or hash(frame) != block.fingerprint:
                raise Wrong(1, f"{node} builds on a block that is not on its disk as it was")
            body = read_block(frame)[1]
            self._remember(block, body)
        return body

    def _remember(self, block: Seen, body: Body) -> None:
        self._bodies[block.index] = body
        if len(self._bodies) > BODIES_MAX:
            del self._bodies[next(iter(self._bodies))]

    def _refused(self, node: str, event: BlockRefused, _: Record) -> None:
        block = self._by_hash.get(event.hash)
        if event.reason in TEMPORARY:
            if self._witness.condemned(node, bytes.fromhex(event.hash)[::-1]):
                raise Wrong(15, f"{node} refuses with {event.reason} and remembers it for good")
            if block is not None and event.reason == "time-too-new":
                clock_ns = self._witness.clock_ns(node)
                early_ns = self._seals.early_ns(block.time, block.turn, clock_ns)
                if early_ns is not None and early_ns <= 0:
                    raise Wrong(13, f"{node} refuses as too early what is in time")
        elif block is not None and block.flaw is None:
            if event.reason in REMEMBERED:
                raise Wrong(15, f"{node} remembers a valid block, or its parent, as invalid")
            raise Wrong(13, f"{node} refuses a valid block of {event.peer}: {event.reason}")

    def _equivocation(self, node: str, event: Equivocation, record: Record) -> None:
        one, two = self._by_hash.get(event.one), self._by_hash.get(event.two)
        if one is None or two is None:
            raise Wrong(13, f"{node} accuses {event.author} by blocks that nobody accepted")
        guilty = self._dishonest.may_be_dropped(event.author, record.time_ns)
        self._equivocations.told(node, event, one, two, honest=not guilty)

    def _down(self, node: str, _: NodeDown, __: Record) -> None:
        self._equivocations.gone(node)

    # Conduct.

    def _dropped(self, node: str, event: PeerDropped, record: Record) -> None:
        if not self._dishonest.may_be_dropped(event.peer, record.time_ns):
            raise Wrong(13, f"{node} drops {event.peer}, which is honest: {event.reason}")

    def _fault_on(self, _: str, event: FaultOn, __: Record) -> None:
        self._dishonest.begin(event, list(self._followers))

    def _fault_off(self, _: str, event: FaultOff, record: Record) -> None:
        self._dishonest.end(event, record.time_ns)

    # Heads.

    def _moved(self, node: str, event: HeadMoved | Reorg, _: Record) -> None:
        block = self._by_hash.get(event.hash)
        if block is None:
            raise Wrong(4, f"{node} builds on a block that nobody accepted")
        follower = self._followers[node]
        self._due = None
        before = follower.head
        damaged = node in self._damages
        follower.move(block, event, damaged=damaged)
        self._damages.moved(node)
        if isinstance(event, Reorg) and not damaged:
            for transfer in self._must_wait(node, before, block):
                self._check_waits(node, transfer)

    # Memory.

    def _flipped(self, node: str, event: MemoryFlipped, _: Record) -> None:
        self._damages.flipped(node, event)

    def _corrupted(self, node: str, _: StateCorrupted, __: Record) -> None:
        self._damages.found(node)

    def _resynced(self, node: str, event: Resynced, _: Record) -> None:
        self._damages.found(node)
        self._damages.gone(node)
        self._followers[node].resynced(event, self._blocks)

    def _must_wait(self, node: str, old: Seen, new: Seen) -> list[Transfer]:
        """Transfers that a reorg took back and that are still possible."""
        if self._returned is None or self._returned[:2] != (old, new):
            left, joined = paths(old, new)
            kept = {t.id for block in joined for t in self._body(node, block).transfers}
            ledger = self._states.at(new, lambda step: self._body(node, step))
            waiting = [
                transfer
                for block in left
                for transfer in self._body(node, block).transfers
                if transfer.id not in kept
                and transfer.nonce >= ledger.account(transfer.sender).nonce
            ]
            self._returned = (old, new, waiting)
        return self._returned[2]

    def _check_waits(self, node: str, transfer: Transfer) -> None:
        waiting = self._witness.waiting(node, transfer.sender, transfer.nonce)
        if waiting is None:
            if not self._witness.mempool_full(node):
                id_ = transfer.id[::-1].hex()
                raise Wrong(10, f"{node} lost transfer {id_} in a reorg; nothing conflicts with it")
        elif waiting.id != transfer.id and waiting.fee < transfer.fee:
            raise Wrong(10, f"{node} kept a transfer that pays less than the one a reorg returned")

    # Queues.

    def _sampled(self, _: str, event: Sampled, __: Record) -> None:
        self._samples += 1
        self._equivocations.check()
        if self._samples % SAMPLES_A_LOOK:
            return
        for sample in event.nodes:
            for queue in self._witness.queues(sample.node):
                if queue.length > queue.bound:
                    raise Wrong(
                        15,
                        f"{queue.name}: {queue.length:g}, at most {queue.bound:g}",
                        sample.node,
                    )
