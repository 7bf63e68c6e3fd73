"""What a fault may lay hands on, by what it is: time and records, links, nodes, accounts, rules.

What needs one of these alone asks for no more.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Protocol

from powclock.clock.node_clock import SkewedClock
from powclock.clock.streams import Stream
from powclock.election.election import Election
from powclock.machine.keys import SigningKey
from powclock.machine.ledger import Ledger
from powclock.machine.transaction import Transaction
from powclock.machine.tree import Entry
from powclock.mining.hash_rate import HashRate
from powclock.network.link import Link
from powclock.network.template import Template
from powclock.record.attack_events import AttackMoved, TransactionsLeftOut
from powclock.record.events import MemoryFlipped, Record

NodeId = str
Undo = Callable[[], None]


class Timers(Protocol):
    """The race's time."""

    @property
    def now_ns(self) -> int:
        """The race's time."""
        ...

    def schedule_in(self, delay_ns: int, callback: Callable[[bytes], None], data: bytes) -> None:
        """Call back with the data after a delay."""
        ...


class Teller(Protocol):
    """The stream of records."""

    def watch(self, sink: Callable[[Record], None]) -> Undo:
        """Give every record to the sink, until it is taken back."""
        ...

    def tell(
        self, event: AttackMoved | TransactionsLeftOut | MemoryFlipped, node: NodeId | None = None
    ) -> None:
        """Put what a fault does, to a node or to the race, into the stream of records."""
        ...


class Links(Protocol):
    """The links between nodes."""

    def links(self) -> Iterable[Link]:
        """Every direction of every pair of peers."""
        ...

    def on_links(self, apply: Callable[[Link], None]) -> Undo:
        """Apply something to every link there is, and to every new one until it is taken back."""
        ...

    def make_peers(self, one: NodeId, two: NodeId) -> Undo:
        """Link two nodes, if they are not; what is returned takes that link away."""
        ...

    def reconnect(self, links: Iterable[Link]) -> None:
        """Both ends of links that work again say how far they are."""
        ...


class Membership(Protocol):
    """Who takes part, and who runs."""

    def node_names(self) -> list[NodeId]:
        """Nodes that take part, running or not."""
        ...

    def join(self, name: NodeId, hash_rate: float) -> None:
        """Add a node that nobody knew; it finds a few random peers.

        Raises:
            FaultError: the race is full.
        """
        ...

    def leave(self, name: NodeId) -> None:
        """Take a node and its links out; peers that only it connected find each other."""
        ...

    def stop(self, node: NodeId) -> None:
        """Crash a node: its tasks end at once and what was in memory is gone."""
        ...

    def start_node(self, node: NodeId, *, wipe: bool = False, lose_last: int = 0) -> None:
        """Run a stopped node again; its disk is emptied first, or loses so many last blocks."""
        ...

    def suspend(self, node: NodeId, reason: str) -> None:
        """Freeze a node: it keeps its memory, and handles nothing."""
        ...

    def resume(self, node: NodeId, reason: str) -> None:
        """Let a node that takes part go on, unless it is frozen for another reason too."""
        ...


class Blocks(Protocol):
    """The blocks that nodes have."""

    def block_frame(self, node: NodeId, hash_: bytes) -> bytes | None:
        """A block of a node's disk as the message that delivers it; None if it is not there."""
        ...

    def head(self, node: NodeId) -> Entry | None:
        """The tip that a node builds on; None if it does not run."""
        ...


class Belongings(Protocol):
    """What else a node has."""

    def clock(self, node: NodeId) -> SkewedClock:
        """A node's clock."""
        ...

    def hash_rate(self, node: NodeId) -> HashRate:
        """A node's hash rate."""
        ...

    def template(self, node: NodeId) -> Template:
        """Which transactions go into a node's blocks."""
        ...

    def key(self, node: NodeId) -> SigningKey:
        """The key of a node's account."""
        ...

    def ledger(self, node: NodeId) -> Ledger | None:
        """What a node has in memory; None if it does not run."""
        ...


class Accounts(Protocol):
    """Accounts and what their owners do."""

    @property
    def chain_id(self) -> int:
        """What transactions are signed for."""
        ...

    def name_of(self, address: bytes) -> str:
        """Whose an account is; the start of its key if it is nobody's that takes part."""
        ...

    def clients(self) -> Mapping[str, bytes]:
        """The clients by name, each with its account."""
        ...

    def client_key(self, client: str) -> SigningKey:
        """The key of a client's account."""
        ...

    def hand_over(self, node: NodeId, transaction: Transaction) -> None:
        """Give a running node a transaction, as a client does."""
        ...


class Elections(Protocol):
    """Who may append next, and what makes a seal good."""

    @property
    def rule(self) -> str:
        """The name of the election rule."""
        ...

    @property
    def offers(self) -> frozenset[str]:
        """What that rule offers to faults: words of `election.election`."""
        ...

    @property
    def election(self) -> Election:
        """The race's election."""
        ...


class Breakable(
    Timers, Teller, Links, Membership, Blocks, Belongings, Accounts, Elections, Protocol
):
    """All that a fault may lay hands on, and random numbers of its own."""

    def stream(self, *name: object) -> Stream:
        """A stream of its own for each time that it is asked for."""
        ...
