"""The selfish miner: what it publishes, and when (Eyal and Sirer 2014, algorithm 1).

A policy for `Withholder`: blocks are kept back until the honest nodes come close.

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

from typing import ClassVar

from powclock.clock.streams import Stream
from powclock.election.election import BLOCKS
from powclock.machine.header import display
from powclock.machine.reason import Invalid
from powclock.network.faults.breakable import Breakable, NodeId, Undo
from powclock.network.faults.fault import Fault, Probability
from powclock.network.faults.withhold import Surroundings, Withholder
from powclock.network.link import Link, Send
from powclock.network.wire import Announce, decode
from powclock.record.events import BlockFound, Hash, Record

HEIGHTS_KEPT = 10_000


class SelfishMining(Fault, frozen=True, tag="selfish"):
    """A node withholds the blocks that it finds, to make the work of the others worthless.

    In a tie, `gamma` of the others hear its block first. When this ends it publishes all it has.
    """

    one_node: ClassVar[bool] = True

    gamma: Probability = 0.5

    @property
    def needs(self) -> frozenset[str]:
        return frozenset({BLOCKS})

    @property
    def label(self) -> str:
        return f"selfish, γ {self.gamma:g}"

    def begin(self, race: Breakable) -> Undo:
        (attacker,) = self.targets(race)
        stream = race.stream("selfish", attacker)
        withholder = SelfishMiner(race, attacker, self.gamma, stream, self.id)
        unwatch = race.watch(withholder.watch)
        unwrap = self.wrap_links(race, withholder.around)

        def undo() -> None:
            withholder.publish_all()
            unwrap()
            unwatch()

        return undo


class SelfishMiner(Withholder):
    """Keeps a lead to itself; `stream` decides who hears it first in a tie."""

    def __init__(
        self, race: Surroundings, attacker: NodeId, gamma: float, stream: Stream, id_: str
    ) -> None:
        super().__init__(race, attacker, id_)
        self._gamma = gamma
        self._stream = stream
        self._heights: dict[Hash, int] = {}
        self._tie = False

    def watch(self, record: Record) -> None:
        """Follow what anybody finds, and what the attacker has."""
        if isinstance(record.event, BlockFound):
            self._heights[record.event.hash] = record.event.height
            if len(self._heights) > HEIGHTS_KEPT:
                del self._heights[next(iter(self._heights))]
        super().watch(record)  # a block that nobody announced is heard of as it is accepted

    def around(self, link: Link, send: Send) -> Send:
        """The stage for a link from or to the attacker."""
        if link.source == self._attacker:
            return super().around(link, send)
        return lambda data: self._listen(link, send, data)

    def publish_all(self) -> None:
        """Keep nothing back any more."""
        self._publish_to(self._tip, first=1.0)

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
        tied, self._tie = self._tie, False
        if not self._private:
            if tied:  # by another's block, on whichever of the two
                self._tell("sees the tie decided", own=height - 1)
            return
        own = self._tip
        lead = own - height
        if lead < 0:
            self._private.clear()
            self._tell("loses", own=own)
        elif lead == 0:
            self._tie = True
            self._publish_to(height, first=self._gamma)
            self._tell("ties", own=own)
        elif lead == 1:
            self._publish_to(height + 1, first=1.0)
            self._won += 1
            self._tell("wins", own=own)
            self._public = height + 1
        else:
            self._publish_to(height, first=1.0)
            self._tell("publishes")

    def _publish_to(self, height: int, *, first: float) -> None:
        """Let go of what is not above a height; a peer gets it unasked with probability `first`."""
        hashes = [hash_ for hash_, each in self._private.items() if each <= height]
        self._publish(hashes, lambda: self._stream.random() < first)
