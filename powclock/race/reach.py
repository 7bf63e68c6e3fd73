"""The reach of faults: what they may lay hands on in a race (`Breakable`), and nothing else."""

from collections.abc import Callable, Iterable

from powclock.clock.node_clock import SkewedClock
from powclock.clock.streams import Stream
from powclock.clock.virtual_loop import VirtualLoop
from powclock.election.election import Election
from powclock.machine.header import display
from powclock.machine.keys import SigningKey
from powclock.machine.ledger import Ledger
from powclock.machine.transaction import Transaction
from powclock.machine.tree import Entry
from powclock.mining.hash_rate import HashRate
from powclock.network.link import Link
from powclock.network.member import Member
from powclock.network.template import Template
from powclock.race.genesis import Rules
from powclock.race.recorder import Recorder, Sink
from powclock.race.roster import Roster
from powclock.race.rules import offers_of
from powclock.record.attack_events import AttackMoved, TransactionsLeftOut
from powclock.record.events import MemoryFlipped, NodeFrozen, NodeThawed, TransactionSent


class Reach:
    """Lays open the nodes, links, records and rules of one race.

    `clients` are names by account, `client_keys` keys by name.
    """

    def __init__(
        self,
        loop: VirtualLoop,
        recorder: Recorder,
        roster: Roster,
        rules: Rules,
        rule_name: str,
        clients: dict[bytes, str],
        client_keys: dict[str, SigningKey],
    ) -> None:
        self._loop = loop
        self._recorder = recorder
        self._roster = roster
        self._wiring = roster.wiring
        self._seats = roster.seats
        self._rules = rules
        self._rule_name = rule_name
        self._offers = offers_of(rule_name)
        self._clients = clients
        self._client_keys = client_keys

    # Time, chance and records.

    @property
    def now_ns(self) -> int:
        """The race's time."""
        return self._loop.now_ns

    def schedule_in(self, delay_ns: int, callback: Callable[[bytes], None], data: bytes) -> None:
        """Call back with the data after a delay."""
        self._loop.schedule(self._loop.now_ns + delay_ns, callback, data)

    def stream(self, *name: object) -> Stream:
        """A stream of its own for each time that it is asked for."""
        return self._roster.stream(*name)

    def watch(self, sink: Sink) -> Callable[[], None]:
        """Give every record to the sink, until it is taken back."""
        self._recorder.listen(sink)
        return lambda: self._recorder.forget(sink)

    def tell(
        self, event: AttackMoved | TransactionsLeftOut | MemoryFlipped, node: str | None = None
    ) -> None:
        """Put what a fault does, to a node or to the race, into the stream of records."""
        self._recorder.emit(node, event)

    # Links.

    def links(self) -> Iterable[Link]:
        """Every direction of every pair of peers."""
        return self._wiring.links()

    def on_links(self, apply: Callable[[Link], None]) -> Callable[[], None]:
        """Apply something to every link there is, and to every new one until it is taken back."""
        return self._wiring.on_links(apply)

    def make_peers(self, one: str, two: str) -> Callable[[], None]:
        """Link two nodes, if they are not; what is returned takes that link away."""
        return self._wiring.make_peers(one, two)

    def reconnect(self, links: Iterable[Link]) -> None:
        """Both ends of links that work again say how far they are."""
        self._wiring.reconnect(links)

    # Who takes part.

    def node_names(self) -> list[str]:
        """Nodes that take part, running or not."""
        return list(self._seats)

    def join(self, name: str, hash_rate: float) -> None:
        """Add a node that nobody knew; it finds a few random peers, or all where none relays.

        Raises:
            FaultError: the race is full.
        """
        self._roster.join(name, hash_rate)

    def leave(self, name: str) -> None:
        """Take a node and its links out; peers that only it connected find each other."""
        self._roster.leave(name)

    def stop(self, node: str) -> None:
        """Crash a node: its tasks end at once and what was in memory is gone."""
        self._roster.stop(node)

    def start_node(self, node: str, *, wipe: bool = False, lose_last: int = 0) -> None:
        """Run a stopped node again; its disk is emptied first, or loses so many last blocks."""
        self._roster.start(node, wipe=wipe, lose_last=lose_last)

    def suspend(self, node: str, reason: str) -> None:
        """Freeze a node: it keeps its memory, and handles nothing."""
        seat = self._seats[node]
        was = seat.host.suspended
        seat.host.suspend(reason)
        seat.clock.suspend()
        if seat.node is not None and not was:
            self._recorder.emit(node, NodeFrozen())

    def resume(self, node: str, reason: str) -> None:
        """Let a node that takes part go on, unless it is frozen for another reason too."""
        seat = self._seats.get(node)
        late = seat.host.resume(reason) if seat is not None else None
        if seat is None or late is None:
            return
        if seat.node is not None:
            self._recorder.emit(node, NodeThawed(*late))
        seat.host.catch_up()
        seat.clock.resume()

    # What a node has.

    def clock(self, node: str) -> SkewedClock:
        """A node's clock."""
        return self._seats[node].clock

    def hash_rate(self, node: str) -> HashRate:
        """A node's hash rate."""
        return self._seats[node].miner.rate

    def template(self, node: str) -> Template:
        """Which transactions go into a node's blocks."""
        return self._seats[node].template

    def key(self, node: str) -> SigningKey:
        """The key of a node's account."""
        return self._seats[node].key

    def block_frame(self, node: str, hash_: bytes) -> bytes | None:
        """A block of a node's disk as the message that delivers it."""
        seat = self._seats.get(node)
        return seat.disk.frame(hash_) if seat is not None else None

    def head(self, node: str) -> Entry | None:
        """The tip that a node builds on; None if it does not run."""
        running = self._running(node)
        return running.head if running is not None else None

    def ledger(self, node: str) -> Ledger | None:
        """What a node has in memory; None if it does not run."""
        running = self._running(node)
        return running.ledger if running is not None else None

    def _running(self, node: str) -> Member | None:
        seat = self._seats.get(node)
        return seat.node if seat is not None else None

    # Accounts and rules.

    def name_of(self, address: bytes) -> str:
        """Whose an account is; the start of its key if it is nobody's that takes part."""
        return self._roster.names.get(address) or self._clients.get(address) or address.hex()[:8]

    def clients(self) -> dict[str, bytes]:
        """The clients by name, each with its account."""
        return {name: address for address, name in self._clients.items()}

    def client_key(self, client: str) -> SigningKey:
        """The key of a client's account."""
        return self._client_keys[client]

    def hand_over(self, node: str, transaction: Transaction) -> None:
        """Give a running node a transaction, as a client does."""
        running = self._seats[node].node
        if running is not None:
            sender = self.name_of(transaction.sender)
            self._recorder.emit(
                node,
                TransactionSent(
                    display(transaction.id), sender, transaction.amount, transaction.fee
                ),
            )
            running.submit(transaction)

    @property
    def chain_id(self) -> int:
        """What transactions are signed for."""
        return self._rules.genesis.parameters.chain_id

    @property
    def rule(self) -> str:
        """The name of the election rule."""
        return self._rule_name

    @property
    def offers(self) -> frozenset[str]:
        """What that rule offers to faults."""
        return self._offers

    @property
    def election(self) -> Election:
        """Who may append next, and what makes a seal good."""
        return self._rules.election
