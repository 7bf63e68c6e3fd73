"""Withheld blocks: what a selfish miner publishes, and when (Eyal and Sirer 2014, algorithm 1).

It stands between the attacker and its links. The attacker itself is an honest node: it builds on
the best block that it knows, which is its own while it is ahead. Only what it says to its peers
passes through here: blocks that it found are kept back until the honest nodes come close.

- The attacker finds one: it is withheld, but after a tie it is published at once, and wins.
- An honest block of a new height is announced to the attacker. One behind: all is lost, start anew.
  Even: publish, and the network is torn. One ahead: publish all and win. Further: publish up to the
  same height.

In a tie γ is the part of the others that hears the attacker first. A block of an honest node is
announced, requested and delivered, which takes three latencies. The attacker answers the
announcement by sending its own block unasked, which arrives after two: so with probability γ a peer
gets it first. The rest get an announcement, which is too late. Who found the honest block keeps it,
so γ is reached but for the finder's own part of the hash rate.
"""

from collections.abc import Callable
from typing import Protocol

from powclock.clock.streams import Stream
from powclock.machine.header import display
from powclock.machine.reason import Invalid
from powclock.network.faults.fault import Breakable, Fault, FaultError, NodeId, Probability, Undo
from powclock.network.link import Link, Send
from powclock.network.wire import Announce, Deliver, decode, encode
from powclock.record.events import AttackMoved, BlockAccepted, BlockFound, Hash, Record

HEIGHTS_KEPT = 10_000


class SelfishMining(Fault, frozen=True, tag="selfish"):
    """A node withholds the blocks that it finds, to make the work of the others worthless.

    In a tie, `gamma` of the others hear its block first. When this ends it publishes all it has.
    """

    gamma: Probability = 0.5

    @property
    def label(self) -> str:
        return f"selfish, γ {self.gamma:g}"

    def targets(self, race: Breakable) -> tuple[NodeId, ...]:
        if len(self.nodes) != 1:
            raise FaultError("selfish takes exactly one name in nodes")
        return super().targets(race)

    def begin(self, race: Breakable) -> Undo:
        (attacker,) = self.targets(race)
        stream = race.stream("selfish", attacker)
        withholder = Withholder(race, attacker, self.gamma, stream, self.id)
        unwatch = race.watch(withholder.watch)
        unwrap = self.wrap_links(race, withholder.around)

        def undo() -> None:
            withholder.publish_all()
            unwrap()
            unwatch()

        return undo


class Surroundings(Protocol):
    """What the withholder asks of the race."""

    def schedule_in(self, delay_ns: int, callback: Callable[[bytes], None], data: bytes) -> None:
        """Call back with the data after a delay."""
        ...

    def block_frame(self, node: NodeId, hash_: bytes) -> bytes | None:
        """A block of a node's disk as the message that delivers it."""
        ...

    def tell(self, event: AttackMoved) -> None:
        """Put how far an attack has come into the stream of records."""
        ...


class Withholder:
    """The blocks that one attacker keeps back; `stream` decides who hears it first in a tie."""

    def __init__(
        self, race: Surroundings, attacker: NodeId, gamma: float, stream: Stream, id_: str
    ) -> None:
        self._id = id_
        self._race = race
        self._attacker = attacker
        self._gamma = gamma
        self._stream = stream
        self._sends: dict[NodeId, Send] = {}
        self._heights: dict[Hash, int] = {}
        self._private: dict[bytes, int] = {}
        self._public = 0
        self._tie = False
        # Of this branch: the height where it left the public one; and races over, and won.
        self._fork = 0
        self._tries = 0
        self._won = 0

    @property
    def private(self) -> int:
        """How many blocks are kept back."""
        return len(self._private)

    def watch(self, record: Record) -> None:
        """Follow what is found, and what the attacker has."""
        match record.event:
            case BlockFound(hash=hash_, height=height):
                self._heights[hash_] = height
                if len(self._heights) > HEIGHTS_KEPT:
                    del self._heights[next(iter(self._heights))]
            case BlockAccepted(hash=hash_, height=height, peer=peer) if (
                record.node == self._attacker
            ):
                if peer is None:
                    self._found(_wire(hash_), height)
                else:
                    self._heard_of(height)  # if nobody announced it
            case _:
                pass

    def around(self, link: Link, send: Send) -> Send:
        """The stage for a link from or to the attacker."""
        if link.source == self._attacker:
            self._sends[link.target] = send
            return lambda data: self._say(send, data)
        return lambda data: self._listen(link, send, data)

    def publish_all(self) -> None:
        """Keep nothing back any more."""
        self._publish(self._tip, first=1.0)

    @property
    def _tip(self) -> int:
        return max(self._private.values(), default=0)

    # What passes.

    def _say(self, send: Send, data: bytes) -> None:
        try:
            message = decode(data)
        except Invalid:
            send(data)  # a fault has flipped a bit: it tells nobody anything
            return
        match message:
            case Announce(blocks, transactions):
                blocks = tuple(hash_ for hash_ in blocks if hash_ not in self._private)
                if blocks or transactions:
                    send(encode(Announce(blocks, transactions)))
            case Deliver(block) if block.hash in self._private:
                pass
            case _:
                send(data)

    def _listen(self, link: Link, send: Send, data: bytes) -> None:
        send(data)
        try:
            message = decode(data)
        except Invalid:
            return
        if isinstance(message, Announce) and not link.severed:
            for hash_ in message.blocks:
                self._race.schedule_in(link.latency_ns, self._announced, hash_)

    def _announced(self, hash_: bytes) -> None:
        self._heard_of(self._heights.get(display(hash_), 0))

    # What the attacker makes of it.

    def _found(self, hash_: bytes, height: int) -> None:
        if height > self._public and not self._tie:
            if not self._private:
                self._fork = height - 1
                self._tries += 1
            self._private[hash_] = height
            self._tell("withholds")
            return
        # It is not kept back, so the node announces it as any node does.
        if self._tie and height > self._public:
            self._won += 1
            self._tell("wins the tie", own=height)
        self._tie = height == self._public
        self._public = max(self._public, height)

    def _heard_of(self, height: int) -> None:
        if height <= self._public:
            return
        self._public = height
        self._tie = False
        if not self._private:
            return
        own = self._tip
        lead = own - height
        if lead < 0:
            self._private.clear()
            self._tell("loses", own=own)
        elif lead == 0:
            self._tie = True
            self._publish(height, first=self._gamma)
            self._tell("ties", own=own)
        elif lead == 1:
            self._publish(height + 1, first=1.0)
            self._won += 1
            self._tell("wins", own=own)
            self._public = height + 1
        else:
            self._publish(height, first=1.0)
            self._tell("publishes")

    def _tell(self, stage: str, own: int = 0) -> None:
        """Say how far it is; `own` is the height of its branch where nothing is kept back now."""
        self._race.tell(
            AttackMoved(
                id=self._id,
                attacker=self._attacker,
                stage=stage,
                branch=(own or self._tip) - self._fork,
                public=max(self._public - self._fork, 0),
                withheld=len(self._private),
                tries=self._tries,
                won=self._won,
                gamma=self._gamma,
            )
        )

    def _publish(self, height: int, *, first: float) -> None:
        """Let go of what is not above a height; a peer gets it unasked with probability `first`."""
        frames: dict[bytes, bytes] = {}
        for hash_ in [hash_ for hash_, each in self._private.items() if each <= height]:
            del self._private[hash_]
            frame = self._race.block_frame(self._attacker, hash_)
            if frame is not None:  # its disk may have been lost
                frames[hash_] = frame
        if not frames:
            return
        for send in self._sends.values():
            if self._stream.random() < first:
                for frame in frames.values():
                    send(frame)
            else:
                send(encode(Announce(blocks=tuple(frames))))


def _wire(hash_: Hash) -> bytes:
    return bytes.fromhex(hash_)[::-1]
