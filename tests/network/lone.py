"""One node whose links all end in the test."""

from collections.abc import Callable, Sequence

from powclock.clock.node_clock import Clock, RaceClock
from powclock.clock.virtual_loop import VirtualLoop
from powclock.election.rule import Rule
from powclock.machine.block import Block
from powclock.machine.reason import InvalidBlock, Reason
from powclock.machine.tree import Entry
from powclock.mining.miner import Draft
from powclock.network.node import Genesis, Node
from powclock.network.storage import Disk
from powclock.network.template import Template
from powclock.network.wire import Deliver, Message, decode, encode
from powclock.record.events import AnyEvent
from tests.builders import GENESIS, PARAMETERS, address, seconds

OWNED = 1_000
NAMES = {address(name): name for name in ("miner", "other")}


class LenientRule:
    """Never speaks, and believes everything but what it is told to refuse."""

    def __init__(self) -> None:
        self.refusals: dict[bytes, Reason] = {}

    def prepare(self, parent: Entry, now_ns: int) -> tuple[int, int, int]:
        return parent.time + 1, parent.bits, 0

    async def seal(self, draft: Draft, clock: Clock) -> Block:
        raise AssertionError("this node does not run")

    def verify_alone(self, block: Block) -> None:
        """An orphan may be held."""

    def verify(self, block: Block, parent: Entry, now_ns: int) -> None:
        reason = self.refusals.get(block.hash)
        if reason is not None:
            raise InvalidBlock(reason, "told so")

    def weight(self, block: Block) -> int:
        return 1

    def claim(self, block: Block) -> None:
        return None

    def leader(self, head: Entry, now_ns: int) -> None:
        return None


class Lone:
    """A node, its peers by name, and what it says."""

    def __init__(
        self,
        peers: Sequence[str] = ("ann", "bea", "carl"),
        disk: Disk | None = None,
        rule: Rule | None = None,
    ) -> None:
        self.loop = VirtualLoop()
        self.rule = LenientRule()
        self.disk = disk if disk is not None else Disk()
        self.events: list[AnyEvent] = []
        self.frames: list[tuple[str, bytes]] = []
        self.dropped: list[str] = []
        self.forgiven: list[str] = []
        self.node = Node(
            name="lone",
            address=address("miner"),
            names=NAMES,
            genesis=Genesis(GENESIS, PARAMETERS, {address("alice"): OWNED}),
            rule=rule if rule is not None else self.rule,
            clock=RaceClock(self.loop),
            later=self._later,
            send=lambda peer, data: self.frames.append((peer, data)),
            peers=dict.fromkeys(peers),
            disk=self.disk,
            template=Template(),
            emit=self.events.append,
            dropped=self.dropped.append,
            forgiven=self.forgiven.append,
        )
        self.gossip = self.node.gossip
        self.replica = self.node.replica

    def _later(self, delay_ns: int, callback: Callable[[], None]) -> None:
        self.loop.schedule(self.loop.now_ns + delay_ns, callback)

    def said(self) -> list[tuple[str, Message]]:
        """What the node has sent since this was last asked."""
        sent = [(peer, decode(data)) for peer, data in self.frames]
        self.frames.clear()
        return sent

    def told(self) -> list[AnyEvent]:
        """Events since this was last asked."""
        events = list(self.events)
        self.events.clear()
        return events

    def hear(self, peer: str, message: Message) -> list[tuple[str, Message]]:
        """Deliver a message; what the node says to that."""
        self.gossip.receive(peer, encode(message))
        return self.said()

    def take(self, *blocks: Block, peer: str = "ann") -> None:
        """Let a peer deliver blocks, and forget what is said and told about them."""
        for block in blocks:
            self.hear(peer, Deliver(block))
        self.told()

    def wait(self, duration_s: float) -> list[tuple[str, Message]]:
        """Let time pass; what the node says meanwhile."""
        self.loop.advance(self.loop.now_ns + seconds(duration_s))
        return self.said()
