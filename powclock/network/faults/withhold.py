"""Withheld blocks: what stands between a node that keeps its blocks back and its links.

The node itself is honest: it builds on the best block that it knows, which may be one of its own
that nobody else has. Only what it says to its peers passes through here. A `Withholder` keeps back
the blocks that the node finds, and a policy, one subclass each, says when they are let go. The one
here is the simplest: each block a fixed time after it was found. That is what a miner does whose
line is slow, or one that wants a lead for its next search. The other is the selfish miner.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from typing import Annotated, Protocol

import msgspec

from powclock.clock.virtual_loop import NANOSECONDS
from powclock.election.election import BLOCKS
from powclock.machine.header import from_display
from powclock.network.faults.breakable import Breakable, NodeId, Undo
from powclock.network.faults.fault import Fault
from powclock.network.faults.hide import without
from powclock.network.link import Link, Send
from powclock.network.wire import HASHES_MAX, Announce, encode
from powclock.record.attack_events import AttackMoved
from powclock.record.events import BlockAccepted, BlockFound, Record


class Withhold(Fault, frozen=True, tag="withhold"):
    """Blocks that the nodes find reach nobody until `delay_s` later; at its end all are published.

    It tells its progress as an attack: `tries` are blocks kept back, `won` those that were higher
    than any block that the node had heard of when they were let go.
    """

    delay_s: Annotated[float, msgspec.Meta(ge=0, le=1e6)] = 10.0

    @property
    def needs(self) -> frozenset[str]:
        return frozenset({BLOCKS})

    @property
    def label(self) -> str:
        return f"withholds blocks for {self.delay_s:g} s"

    def begin(self, race: Breakable) -> Undo:
        delay_ns = round(self.delay_s * NANOSECONDS)
        holders = {
            node: LatePublisher(race, node, self.id, delay_ns) for node in self.targets(race)
        }

        def follow(record: Record) -> None:
            holder = holders.get(record.node or "")
            if holder is not None:
                holder.watch(record)

        def stage(link: Link, send: Send) -> Send:
            holder = holders.get(link.source)
            return send if holder is None else holder.around(link, send)

        unwatch = race.watch(follow)
        unwrap = self.wrap_links(race, stage)

        def undo() -> None:
            for holder in holders.values():
                holder.publish_all()
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


class Withholder(ABC):
    """The blocks that one node keeps back."""

    def __init__(self, race: Surroundings, attacker: NodeId, id_: str) -> None:
        self._id = id_
        self._race = race
        self._attacker = attacker
        self._gamma = 0.0
        self._sends: dict[NodeId, Send] = {}
        self._private: dict[bytes, int] = {}
        self._public = 0
        # Of this branch: the height where it left the public one; and races over, and won.
        self._fork = 0
        self._tries = 0
        self._won = 0

    @property
    def private(self) -> int:
        """How many blocks are kept back."""
        return len(self._private)

    def watch(self, record: Record) -> None:
        """Follow what the node finds, and what it gets to know."""
        if record.node == self._attacker and isinstance(record.event, BlockAccepted):
            block = record.event
            if block.peer is None:
                self._found(from_display(block.hash), block.height)
            else:
                self._heard_of(block.height)

    def around(self, link: Link, send: Send) -> Send:
        """The stage for a link from the node."""
        self._sends[link.target] = send

        def say(data: bytes) -> None:
            rest = without(data, blocks=self._private.__contains__)
            if rest is not None:
                send(rest)

        return say

    def publish_all(self) -> None:
        """Keep nothing back any more."""
        self._publish(list(self._private))

    @abstractmethod
    def _found(self, hash_: bytes, height: int) -> None:
        """The node has a block of its own: keep it back, or not."""

    @abstractmethod
    def _heard_of(self, height: int) -> None:
        """The others have a block at this height."""

    @property
    def _tip(self) -> int:
        return max(self._private.values(), default=0)

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

    def _publish(
        self, hashes: Iterable[bytes], unasked: Callable[[], bool] = lambda: False
    ) -> None:
        """Let go of blocks; each peer hears of them, or gets them at once where `unasked` says."""
        frames: dict[bytes, bytes] = {}
        for hash_ in hashes:
            del self._private[hash_]
            frame = self._race.block_frame(self._attacker, hash_)
            if frame is not None:  # its disk may have been lost
                frames[hash_] = frame
        if not frames:
            return
        known = tuple(frames)
        for send in self._sends.values():
            if unasked():
                for frame in frames.values():
                    send(frame)
            else:
                for start in range(0, len(known), HASHES_MAX):
                    send(encode(Announce(blocks=known[start : start + HASHES_MAX])))


class LatePublisher(Withholder):
    """Lets each block go a fixed time after it was found."""

    def __init__(self, race: Surroundings, attacker: NodeId, id_: str, delay_ns: int) -> None:
        super().__init__(race, attacker, id_)
        self._delay_ns = delay_ns
        self._parent = b""

    def watch(self, record: Record) -> None:
        """Follow what the node finds, on what, and what it gets to know."""
        if isinstance(record.event, BlockFound):
            self._parent = from_display(record.event.parent)
        super().watch(record)

    def _found(self, hash_: bytes, height: int) -> None:
        if self._parent not in self._private:
            self._fork = height - 1
        self._private[hash_] = height
        self._tries += 1
        self._race.schedule_in(self._delay_ns, self._let_go, hash_)
        self._tell("withholds")

    def _heard_of(self, height: int) -> None:
        self._public = max(self._public, height)

    def _let_go(self, hash_: bytes) -> None:
        height = self._private.get(hash_)
        if height is None:
            return  # all were published meanwhile
        if height > self._public:
            self._won += 1
            self._public = height
        self._publish([hash_])
        self._tell("publishes", own=max(height, self._tip))
