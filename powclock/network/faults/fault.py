"""What a fault is: an outside change of a race, as data, and what it may lay hands on."""

from collections.abc import Callable, Iterable
from typing import Annotated, ClassVar, Protocol

import msgspec

from powclock.clock.node_clock import SkewedClock
from powclock.clock.streams import Stream
from powclock.election.difficulty import Difficulty
from powclock.machine.keys import SigningKey
from powclock.machine.ledger import Ledger
from powclock.machine.transaction import Transaction
from powclock.machine.tree import Entry
from powclock.mining.hash_rate import HashRate
from powclock.network.link import Link, Send
from powclock.network.template import Template
from powclock.record.events import AttackMoved, MemoryFlipped, Record, TransfersLeftOut

NodeId = str
Undo = Callable[[], None]
Sides = tuple[tuple[NodeId, ...], ...]

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Probability = Annotated[float, msgspec.Meta(ge=0, le=1)]


class Breakable(Protocol):
    """What a fault may lay hands on."""

    def node_names(self) -> list[NodeId]:
        """Nodes that take part, running or not."""
        ...

    def stream(self, *name: object) -> Stream:
        """A stream of random numbers of the race."""
        ...

    @property
    def now_ns(self) -> int:
        """The race's time."""
        ...

    def schedule_in(self, delay_ns: int, callback: Callable[[bytes], None], data: bytes) -> None:
        """Call back with the data after a delay."""
        ...

    def watch(self, sink: Callable[[Record], None]) -> Undo:
        """Give every record to the sink, until it is taken back."""
        ...

    def tell(
        self, event: AttackMoved | TransfersLeftOut | MemoryFlipped, node: NodeId | None = None
    ) -> None:
        """Put what a fault does, to a node or to the race, into the stream of records."""
        ...

    def block_frame(self, node: NodeId, hash_: bytes) -> bytes | None:
        """A block of a node's disk as the message that delivers it."""
        ...

    def links(self) -> Iterable[Link]:
        """Every direction of every pair of peers."""
        ...

    def on_links(self, apply: Callable[[Link], None]) -> Undo:
        """Apply something to every link there is, and to every new one until it is taken back."""
        ...

    def clock(self, node: NodeId) -> SkewedClock: ...

    def hash_rate(self, node: NodeId) -> HashRate: ...

    @property
    def proof_scale(self) -> int:
        """By how much a proof may miss its target."""
        ...

    def key(self, node: NodeId) -> SigningKey:
        """The key of a node's account."""
        ...

    @property
    def chain_id(self) -> int:
        """What transfers are signed for."""
        ...

    def hand_over(self, node: NodeId, transaction: Transaction) -> None:
        """Give a running node a transfer, as a client does."""
        ...

    @property
    def difficulty(self) -> Difficulty:
        """What decides which bits a block must carry."""
        ...

    def head(self, node: NodeId) -> Entry | None:
        """The tip that a node builds on; None if it does not run."""
        ...

    def stop(self, node: NodeId) -> None: ...

    def start_node(self, node: NodeId, *, wipe: bool = False, lose_last: int = 0) -> None:
        """Run a stopped node again; its disk is emptied first, or loses so many last blocks."""
        ...

    def suspend(self, node: NodeId, reason: str) -> None:
        """Freeze a node: it keeps its memory, and handles nothing."""
        ...

    def resume(self, node: NodeId, reason: str) -> None:
        """Let a node go on, unless it is frozen for another reason too."""
        ...

    def ledger(self, node: NodeId) -> Ledger | None:
        """What a node has in memory, if it runs."""
        ...

    def name_of(self, address: bytes) -> str:
        """Whose an account is."""
        ...

    def template(self, node: NodeId) -> Template:
        """Which transfers go into a node's blocks."""
        ...

    def client_address(self, client: str) -> bytes:
        """The account of a client.

        Raises:
            FaultError: there is no such client.
        """
        ...

    def join(self, name: NodeId, hash_rate: float) -> None:
        """Add a node that nobody knew."""
        ...

    def leave(self, name: NodeId) -> None:
        """Take a node and its links out."""
        ...

    def make_peers(self, one: NodeId, two: NodeId) -> Undo:
        """Link two nodes, if they are not; what is returned takes that link away."""
        ...

    def reconnect(self, links: Iterable[Link]) -> None:
        """Tell both ends of links that they work again."""
        ...


class FaultError(ValueError):
    """A fault that cannot be put in place, with the mend."""


class Fault(msgspec.Struct, frozen=True, tag_field="kind", forbid_unknown_fields=True):
    """An outside change; `nodes` are its targets, none meaning all.

    One that `needs_history` may make a node go back to blocks of any age: a race in which that
    cannot happen forgets them. Under one that is `dishonest` they send what no honest peer can, so
    they may be dropped for it.
    """

    needs_history: ClassVar[bool] = True
    dishonest: ClassVar[bool] = False

    nodes: tuple[Name, ...] = ()

    @property
    def kind(self) -> str:
        """The name in scenarios."""
        return str(self.__struct_config__.tag)

    @property
    def id(self) -> str:
        """Two faults with one id are the same fault: a second one replaces the first."""
        return ":".join((self.kind, *self.nodes))

    @property
    def label(self) -> str:
        """A few words for people, with the strength."""
        return self.kind

    @property
    def involved(self) -> tuple[NodeId, ...]:
        """Nodes that it names besides its targets."""
        return ()

    def targets(self, race: Breakable) -> tuple[NodeId, ...]:
        """The nodes meant.

        Raises:
            FaultError: one of those it names is not in the race.
        """
        known = race.node_names()
        for node in (*self.nodes, *self.involved):
            if node not in known:
                raise FaultError(f"there is no node {node!r}: the race has {', '.join(known)}")
        return self.nodes or tuple(known)

    def sides(self, race: Breakable) -> Sides:  # noqa: ARG002
        """The groups that a partition makes; none for other faults."""
        return ()

    def begin(self, race: Breakable) -> Undo:  # noqa: ARG002
        """Put the fault in place; what is returned takes it away."""
        raise AssertionError(f"{self.kind} does nothing")

    def wrap_links(self, race: Breakable, stage: Callable[[Link, Send], Send]) -> Undo:
        """Put a stage around every link of the targets, also around those made later."""
        targets = set(self.targets(race)) if self.nodes else None

        def apply(link: Link) -> None:
            if targets is None or link.source in targets or link.target in targets:
                link.wrap(self.id, lambda send: stage(link, send))

        stop = race.on_links(apply)

        def undo() -> None:
            stop()
            for link in race.links():
                link.unwrap(self.id)

        return undo
