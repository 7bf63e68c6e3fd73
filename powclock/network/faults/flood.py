"""Floods of junk: what costs the sender nothing and the receiver time, memory or a signature check.

- `bytes`: frames of random bytes; half have a right checksum, so no link is to blame for them.
- `headers`: where work elects, valid blocks with little of it, on an old parent, where the rule
  asks for least. Each is a block of its own, so they fill a tree that does not ask for more work.
- `transactions`: well-formed transfers with good signatures, of an account that has nothing.

The flooder gets its proofs for nothing, as they are scaled down; where blocks are grinded they cost
the machine as many hashes as any. So one flooder has `HASHES_MAX` hashes; when they are spent it
sends its last blocks again. What it sends goes over its links as all it says, through every other
fault that lies around them.
"""

from collections import deque
from collections.abc import Callable
from typing import Annotated, ClassVar, Literal

import msgspec

from powclock.clock.streams import Stream
from powclock.clock.virtual_loop import NANOSECONDS
from powclock.election.election import WORK, WorkTerms
from powclock.machine.block import Block
from powclock.machine.header import BlockHeader
from powclock.machine.keys import SigningKey
from powclock.machine.mempool import SENDER_AHEAD_MAX
from powclock.machine.merkle import merkle_root
from powclock.machine.target import bits_to_target, target_to_work
from powclock.machine.transaction import COIN, Coinbase, Transaction
from powclock.machine.tree import Entry
from powclock.mining.miner import prove, scaled_target
from powclock.network.faults.breakable import Breakable, NodeId, Undo
from powclock.network.faults.fault import Fault
from powclock.network.link import Link
from powclock.network.wire import Deliver, Pass, encode, framed

Junk = Literal["any", "bytes", "headers", "transactions"]

BYTES_MAX = 512
HASHES_MAX = 1 << 20
BLOCKS_KEPT = 16
OLD_PARENTS = 16  # how far from genesis a cheap parent may be
BURIED_BLOCKS = 6  # and how far below the head at least: junk must never be what nodes build on

_VERSION = 1  # the least that the rule takes
_KINDS: tuple[Junk, ...] = ("bytes", "headers", "transactions")


class Flood(Fault, frozen=True, tag="flood"):
    """The nodes send junk, `per_s` messages a second each, every one to some peer."""

    dishonest: ClassVar[bool] = True

    junk: Junk = "any"
    per_s: Annotated[float, msgspec.Meta(ge=0.001, le=1_000)] = 20.0

    @property
    def needs(self) -> frozenset[str]:
        return frozenset({WORK}) if self.junk == "headers" else frozenset()

    @property
    def label(self) -> str:
        return f"floods {'junk' if self.junk == 'any' else self.junk}, {self.per_s:g}/s"

    def begin(self, race: Breakable) -> Undo:
        makers = {
            node: JunkMaker(race, node, race.stream("flood", node)) for node in self.targets(race)
        }
        interval_ns = round(NANOSECONDS / self.per_s)
        over = False

        def shoot(_: bytes) -> None:
            if over:
                return
            outgoing = _links_from(race, makers)
            for node, links in outgoing.items():
                if race.ledger(node) is not None:  # it runs
                    link = makers[node].stream.choice(links)
                    link.send(makers[node].make(self.junk, race.head(node)))
            race.schedule_in(interval_ns, shoot, b"")

        race.schedule_in(interval_ns, shoot, b"")

        def undo() -> None:
            nonlocal over
            over = True

        return undo


def _links_from(race: Breakable, nodes: dict[NodeId, "JunkMaker"]) -> dict[NodeId, list[Link]]:
    """The links that lead from each of the nodes that has any."""
    outgoing: dict[NodeId, list[Link]] = {}
    for link in race.links():
        if link.source in nodes:
            outgoing.setdefault(link.source, []).append(link)
    return outgoing


class JunkMaker:
    """Makes one node's junk."""

    def __init__(self, race: Breakable, node: NodeId, stream: Stream) -> None:
        self.stream = stream
        self._race = race
        self._address = race.key(node).public
        self._poor = SigningKey(self._random_bytes(32))
        self._hashes_left = float(HASHES_MAX)
        self._blocks: deque[bytes] = deque(maxlen=BLOCKS_KEPT)
        self._blocks_made = 0
        self._parent: Entry | None = None

    def make(self, junk: Junk, head: Entry | None) -> bytes:
        """One frame of a kind; `head` is the tip that the node builds on, if there are blocks."""
        work = self._race.election.work
        make: dict[Junk, Callable[[], bytes]] = {
            "bytes": self._noise,
            "transactions": self._empty_promise,
        }
        if work is not None and head is not None:
            make["headers"] = lambda: self._cheap_block(head, work)
        if junk == "any":
            junk = self.stream.choice([kind for kind in _KINDS if kind in make])
        return make[junk]()

    def _random_bytes(self, count: int) -> bytes:
        return bytes(self.stream.below(256) for _ in range(count))

    def _noise(self) -> bytes:
        noise = self._random_bytes(1 + self.stream.below(BYTES_MAX))
        return framed(noise) if self.stream.random() < 0.5 else noise

    def _empty_promise(self) -> bytes:
        transfer = Transaction.signed(
            self._poor,
            chain_id=self._race.chain_id,
            recipient=self._address,
            amount=1 + self.stream.below(COIN),
            fee=self.stream.below(COIN),
            nonce=self.stream.below(2 * SENDER_AHEAD_MAX),
        )
        return encode(Pass(transfer))

    def _cheap_block(self, head: Entry, work: WorkTerms) -> bytes:
        if head.height < BURIED_BLOCKS:
            return self._noise()  # no block is old yet
        if self._hashes_left > 0 or not self._blocks:
            self._blocks.append(encode(Deliver(self._next_block(head, work))))
            return self._blocks[-1]
        self._blocks.rotate(1)
        return self._blocks[0]

    def _next_block(self, head: Entry, work: WorkTerms) -> Block:
        parent = self._parent = self._parent or _easiest_parent(head, work)
        bits = work.difficulty.next_bits(parent)
        target = scaled_target(bits_to_target(bits), work.proof_scale)
        self._hashes_left -= target_to_work(target)
        self._blocks_made += 1
        extra = self._blocks_made.to_bytes(8, "little") + self._random_bytes(8)
        coinbase = Coinbase(parent.height + 1, self._address, 0, extra)
        root, _ = merkle_root([coinbase.id])
        time_s = max(entry.time for entry in parent.branch()) + 1  # after any median
        header = BlockHeader(_VERSION, parent.hash, root, time_s, bits, 0)
        return prove(Block(header, coinbase, ()), work.proof_scale)


def _easiest_parent(head: Entry, work: WorkTerms) -> Entry:
    oldest = head.ancestor(min(head.height - BURIED_BLOCKS, OLD_PARENTS - 1)).branch()
    return max(oldest, key=lambda entry: bits_to_target(work.difficulty.next_bits(entry)))
