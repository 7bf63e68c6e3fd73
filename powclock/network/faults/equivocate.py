"""Equivocation: a leader seals two different blocks for one beat, and tells each half another.

The node itself is honest and knows of one of them alone. What it announces to half of its peers is
replaced by the other block, pushed at once: it has the same parent and the same beat, no
transactions, and a seal as good. Both are valid, so the network is torn until the next leader
builds on one of them; and whoever sees both has the evidence.
"""

from dataclasses import replace
from typing import ClassVar

from powclock.election.election import LEADERS
from powclock.machine.block import Block
from powclock.machine.merkle import merkle_root
from powclock.machine.reason import Invalid
from powclock.network.faults.breakable import Breakable, NodeId, Undo
from powclock.network.faults.fault import Fault
from powclock.network.faults.hide import without
from powclock.network.link import Link, Send
from powclock.network.wire import Announce, Deliver, decode, encode

TWINS_KEPT = 100
_MARK = b"twin"


class Equivocate(Fault, frozen=True, tag="equivocate"):
    """The nodes seal two blocks whenever they lead; every second peer gets to know the other one.

    It needs to be known beforehand who leads, or else two blocks are two proofs.
    """

    dishonest: ClassVar[bool] = True

    @property
    def needs(self) -> frozenset[str]:
        return frozenset({LEADERS})

    @property
    def label(self) -> str:
        return "seals two blocks for one"

    def begin(self, race: Breakable) -> Undo:
        liars = {node: Equivocator(race, node) for node in self.targets(race)}

        def stage(link: Link, send: Send) -> Send:
            liar = liars.get(link.source)
            return send if liar is None else liar.around(link, send)

        return self.wrap_links(race, stage)


class Equivocator:
    """One leader that seals twice."""

    def __init__(self, race: Breakable, node: NodeId) -> None:
        self._race = race
        self._node = node
        self._key = race.key(node)
        self._peers: dict[NodeId, bool] = {}  # whether it is told the other block
        self._twins: dict[bytes, bytes | None] = {}

    def around(self, link: Link, send: Send) -> Send:
        """The stage for a link from the leader."""
        second = self._peers.setdefault(link.target, len(self._peers) % 2 == 1)

        def say(data: bytes) -> None:
            for frame in self._other(data):
                send(frame)
            rest = without(data, blocks=lambda hash_: self._twins.get(hash_) is not None)
            if rest is not None:
                send(rest)

        return say if second else send

    def _other(self, data: bytes) -> list[bytes]:
        """The blocks to push instead of those that a message announces."""
        try:
            said = decode(data)
        except Invalid:
            return []  # another fault was here before
        if not isinstance(said, Announce):
            return []
        twins = [self._twin(hash_) for hash_ in said.blocks]
        return [twin for twin in twins if twin is not None]

    def _twin(self, hash_: bytes) -> bytes | None:
        """Another block for the turn of one of its own, as the message that delivers it."""
        if hash_ not in self._twins:
            self._twins[hash_] = self._make(hash_)
            if len(self._twins) > TWINS_KEPT:
                del self._twins[next(iter(self._twins))]
        return self._twins[hash_]

    def _make(self, hash_: bytes) -> bytes | None:
        frame = self._race.block_frame(self._node, hash_)
        message = decode(frame) if frame is not None else None
        if not isinstance(message, Deliver) or message.block.author != self._key.public:
            return None
        block = message.block
        amount = block.coinbase.amount - block.fees
        coinbase = replace(block.coinbase, amount=amount, extra=block.coinbase.extra + _MARK)
        root, _ = merkle_root([coinbase.id])
        twin = Block(replace(block.header, merkle_root=root), coinbase)
        return encode(Deliver(self._race.election.reseal(twin, self._key)))
