"""The world: builds the nodes of a scenario and runs them on virtual time.

It owns everything that nodes do not: the loop, the links, the disks, the faults and the stream of
records. It is advanced from outside, so the same code runs paced on a screen and headless.
"""

import asyncio
import contextlib
from collections.abc import Callable, Iterable, Mapping
from functools import partial

from powclock.clock.node_clock import SkewedClock
from powclock.clock.streams import Stream
from powclock.clock.virtual_loop import VirtualLoop
from powclock.election.difficulty import Difficulty
from powclock.election.proof_of_work import ProofOfWork
from powclock.machine.header import display
from powclock.machine.keys import SigningKey
from powclock.machine.ledger import Ledger
from powclock.machine.target import LIMIT
from powclock.machine.transaction import Transaction
from powclock.machine.tree import Entry
from powclock.mining.hash_rate import HashRate
from powclock.network.fabric import Fabric
from powclock.network.faults.fault import FaultError
from powclock.network.link import Link
from powclock.network.node import Node, block_found
from powclock.network.storage import Disk
from powclock.network.template import Template
from powclock.race.builder import Builder, Seat
from powclock.race.commands import Action, Break, Heal, HealAll, Input
from powclock.race.fault_board import FaultBoard, FaultPlan
from powclock.race.genesis import rules_of
from powclock.race.observer import Observer
from powclock.race.partings import Partings
from powclock.race.recorder import Recorder
from powclock.race.sampler import Sampler
from powclock.race.scenario import NODES_MAX, Scenario
from powclock.race.told import link_infos, links_from, node_info, race_started
from powclock.race.workload import Workload
from powclock.record.events import (
    AnyEvent,
    AttackMoved,
    BlockAccepted,
    LinksChanged,
    MemoryFlipped,
    NodeDown,
    NodeFrozen,
    NodeJoined,
    NodeLeft,
    NodeThawed,
    NodeUp,
    PeersFound,
    Record,
    TransactionSent,
    TransfersLeftOut,
)

JOINED_PEERS = 4


class World:
    """One race."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.loop = VirtualLoop()
        self.recorder = Recorder(lambda: self.loop.now_ns)
        self.inputs: list[Input] = []
        self._fabric = Fabric(self.loop, scenario.seed)
        self._seats: dict[str, Seat] = {}
        self._names: dict[bytes, str] = {}
        self._joins = 0
        self._on_new_link: list[Callable[[Link], None]] = []
        self._workload = Workload(
            seed=scenario.seed,
            clients=scenario.workload.clients,
            transfers_per_s=scenario.workload.transfers_per_s,
            running=self._answering,
            emit=self._emit_sent,
            later=self._later,
        )
        self._rules = rules_of(scenario, self._workload.allocation())
        self._builder = Builder(scenario, self.loop, self._rules.proof_scale)
        self._board = FaultBoard(self, self.recorder, lambda: self.loop.now_ns)
        self._observer = Observer(self.recorder, self._transactions_of)
        self._partings = Partings(self._fabric, self._connect, self.reconnect)
        self._plan: FaultPlan | None = None
        self._group: asyncio.TaskGroup | None = None
        self._over: asyncio.Future[None] = self.loop.create_future()
        self._main: asyncio.Task[None] | None = None

    # Life.

    def start(self) -> None:
        """Build the network and let it run from time 0; whoever listens must do so before."""
        self.recorder.listen(self._observer)
        self._build()
        self.recorder.emit(
            None, race_started(self.scenario, self._rules, self.seats(), self.links())
        )
        self._plan = FaultPlan(
            self.scenario.faults, self._board, lambda: self.loop.now_ns, self._later
        )
        self.recorder.listen(self._plan)
        self._main = self.loop.create_task(self._race())
        self._main.add_done_callback(self._tell_failure)
        self.loop.advance(0)
        self._workload.start()
        Sampler(self, self._later).start()

    async def _race(self) -> None:
        async with asyncio.TaskGroup() as self._group:
            for name in list(self._seats):
                self._run(name)
            await self._over

    def advance(self, until_ns: int, turns_max: int | None = None) -> bool:
        """Let the race go on; False if `turns_max` callbacks ran before that time.

        Raises:
            BaseException: a bug in a node, or an assertion that does not hold.
        """
        reached = self.loop.advance(until_ns, turns_max)
        self._check_alive()
        return reached

    def advance_to(self, turn: int, time_ns: int) -> None:
        """Go on to exactly this turn and time, where an input took effect."""
        self.loop.advance_turns(turn - self.loop.turn)
        self.loop.now_ns = max(self.loop.now_ns, time_ns)
        self._check_alive()

    def _tell_failure(self, main: asyncio.Task[None]) -> None:
        """A node that fails stops the race at once, not when whoever advances it looks."""
        failure = None if main.cancelled() else main.exception()
        if failure is not None:
            self.loop.fail(failure)

    def _check_alive(self) -> None:
        if self._main is not None and self._main.done():
            self._main.result()

    def close(self) -> None:
        """Stop every node; asserts that no task is left over."""
        if self._main is not None and not self._main.done():
            self._main.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                self.loop.run_until_complete(self._main)
        self.loop.close()

    # What the person at the keyboard does.

    def act(self, action: Action) -> None:
        """Carry an action out now and log it as an input.

        Raises:
            FaultError: it cannot be; nothing has changed.
        """
        moment = Input(self.loop.now_ns, self.loop.turn, action)
        match action:
            case Break(fault):
                self._board.begin(fault)
            case Heal(id=id_):
                self._board.end(id_)
            case HealAll():
                self._board.end_all()
        self.inputs.append(moment)

    # Building.

    def _build(self) -> None:
        for name, hash_rate, region in self._builder.places():
            self._seat(name, hash_rate, region)
        for a, b in self._builder.pairs():
            self._connect(a, b)

    def _seat(self, name: str, hash_rate: float, region: str) -> Seat:
        seat = self._builder.seat(name, hash_rate, region, self._joins)
        self._seats[name] = seat
        self._names[seat.address] = name
        return seat

    def _connect(self, a: str, b: str) -> list[Link]:
        distance = self._builder.distance(self._seats[a].region, self._seats[b].region)
        made = self._fabric.connect(a, b, distance)
        for link in made:
            for apply in self._on_new_link:
                apply(link)
        return made

    def _run(self, name: str) -> None:
        assert self._group is not None
        seat = self._seats[name]
        assert seat.node is None, f"{name} runs already"
        seat.node = Node(
            name=name,
            address=seat.address,
            names=self._names,
            genesis=self._rules.genesis,
            rule=ProofOfWork(
                self._rules.difficulty,
                seat.miner,
                limit=LIMIT,
                future_limit_s=self._rules.future_limit_s,
                proof_scale=self._rules.proof_scale,
            ),
            clock=seat.clock,
            later=seat.host.later,
            send=self._fabric.sender(name),
            peers=self._fabric.peers(name),
            disk=seat.disk,
            template=seat.template,
            emit=lambda event: self._emit(name, event),
            dropped=lambda peer: self._drop(name, peer),
            forgiven=lambda peer: self._partings.forgive(name, peer),
        )
        seat.host.boot(seat.node.gossip.receive)
        self._fabric.attach(name, seat.host.receive)
        self.recorder.emit(name, NodeUp(blocks=len(seat.disk)))
        seat.task = self._group.create_task(seat.node.run(), name=name)

    def _drop(self, node: str, peer: str) -> None:
        found = self._partings.drop(node, peer)
        if found:
            self.recorder.emit(node, PeersFound(links_from(found)))

    # What faults may lay hands on (`Breakable`).

    def node_names(self) -> list[str]:
        """Nodes that take part, running or not."""
        return list(self._seats)

    def stream(self, *name: object) -> Stream:
        """A stream of its own for each time that it is asked for."""
        self._joins += 1
        return Stream(self.scenario.seed, *name, self._joins)

    @property
    def now_ns(self) -> int:
        """The race's time."""
        return self.loop.now_ns

    def schedule_in(self, delay_ns: int, callback: Callable[[bytes], None], data: bytes) -> None:
        """Call back with the data after a delay."""
        self.loop.schedule(self.loop.now_ns + delay_ns, callback, data)

    def watch(self, sink: Callable[[Record], None]) -> Callable[[], None]:
        """Give every record to the sink, until it is taken back."""
        self.recorder.listen(sink)
        return lambda: self.recorder.forget(sink)

    def tell(
        self, event: AttackMoved | TransfersLeftOut | MemoryFlipped, node: str | None = None
    ) -> None:
        """Put what a fault does, to a node or to the race, into the stream of records."""
        self.recorder.emit(node, event)

    def block_frame(self, node: str, hash_: bytes) -> bytes | None:
        """A block of a node's disk as the message that delivers it."""
        seat = self._seats.get(node)
        return seat.disk.frame(hash_) if seat is not None else None

    def links(self) -> Iterable[Link]:
        """Every direction of every pair of peers."""
        return self._fabric.links()

    def on_links(self, apply: Callable[[Link], None]) -> Callable[[], None]:
        """Apply something to every link there is, and to every new one until it is taken back."""
        self._on_new_link.append(apply)
        for link in self.links():
            apply(link)
        return lambda: self._on_new_link.remove(apply)

    def clock(self, node: str) -> SkewedClock:
        """A node's clock."""
        return self._seats[node].clock

    def hash_rate(self, node: str) -> HashRate:
        """A node's hash rate."""
        return self._seats[node].miner.rate

    def ledger(self, node: str) -> Ledger | None:
        """What a node has in memory, if it runs."""
        seat = self._seats.get(node)
        return seat.node.replica.ledger if seat is not None and seat.node is not None else None

    def template(self, node: str) -> Template:
        """Which transfers go into a node's blocks."""
        return self._seats[node].template

    def client_address(self, client: str) -> bytes:
        """The account of a client.

        Raises:
            FaultError: there is no such client.
        """
        for address, name in self._workload.names.items():
            if name == client:
                return address
        count = len(self._workload.names)
        raise FaultError(f"there is no client {client!r}: the race has {count}, from client1 on")

    @property
    def proof_scale(self) -> int:
        """By how much a proof may miss its target."""
        return self._rules.proof_scale

    def key(self, node: str) -> SigningKey:
        """The key of a node's account."""
        return self._seats[node].key

    @property
    def chain_id(self) -> int:
        """What transfers are signed for."""
        return self._rules.genesis.parameters.chain_id

    def hand_over(self, node: str, transaction: Transaction) -> None:
        """Give a running node a transfer, as a client does."""
        running = self._seats[node].node
        if running is not None:
            sender = self.name_of(transaction.sender)
            self._emit_sent(
                node,
                TransactionSent(
                    display(transaction.id), sender, transaction.amount, transaction.fee
                ),
            )
            running.gossip.on_transaction(transaction, None)

    @property
    def difficulty(self) -> Difficulty:
        """What decides which bits a block must carry."""
        return self._rules.difficulty

    def head(self, node: str) -> Entry | None:
        """The tip that a node builds on; None if it does not run."""
        seat = self._seats.get(node)
        return None if seat is None or seat.node is None else seat.node.head

    def stop(self, node: str) -> None:
        """Crash a node: its tasks end at once and what was in memory is gone."""
        seat = self._seats[node]
        seat.host.crash()
        if seat.node is None or seat.task is None:
            return
        seat.node.gossip.running = False
        seat.task.cancel()
        seat.node = seat.task = None
        self._fabric.detach(node)
        self._partings.stopped(node)
        self.recorder.emit(node, NodeDown())

    def start_node(self, node: str, *, wipe: bool = False, lose_last: int = 0) -> None:
        """Run a stopped node again; its disk is emptied first, or loses so many last blocks."""
        seat = self._seats[node]
        if seat.node is not None:
            return
        if wipe:
            seat.disk = Disk()
        seat.disk.lose_last(lose_last)
        seat.host.call("boot", lambda: self._boot(node))

    def _boot(self, node: str) -> None:
        self._run(node)
        self._greet(node)

    def suspend(self, node: str, reason: str) -> None:
        """Freeze a node: it keeps its memory, and handles nothing."""
        seat = self._seats[node]
        was = seat.host.suspended
        seat.host.suspend(reason)
        if seat.node is not None and not was:
            self.recorder.emit(node, NodeFrozen())

    def resume(self, node: str, reason: str) -> None:
        """Let a node that takes part go on, unless it is frozen for another reason too."""
        seat = self._seats.get(node)
        late = seat.host.resume(reason) if seat is not None else None
        if seat is None or late is None:
            return
        if seat.node is not None:
            self.recorder.emit(node, NodeThawed(*late))
        seat.host.catch_up()

    def _greet(self, node: str) -> None:
        """The peers of a node that comes up say how far they are."""
        for peer in self._fabric.peers(node):
            self._connected(peer, node)

    def _connected(self, node: str, peer: str) -> None:
        """A node that runs learns that a link is up."""
        seat = self._seats.get(node)
        if seat is not None and seat.node is not None:
            seat.host.call(("up", peer), partial(seat.node.gossip.connected, peer))

    def join(self, name: str, hash_rate: float) -> None:
        """Add a node that nobody knew; it finds a few random peers.

        Raises:
            FaultError: the race is full.
        """
        if len(self._seats) >= NODES_MAX:
            raise FaultError(f"the race is full: at most {NODES_MAX} nodes")
        self._joins += 1
        others = self.node_names()
        regions = self.scenario.regions
        region = regions[self._joins % len(regions)].name if regions else ""
        seat = self._seat(name, hash_rate, region)
        stream = Stream(self.scenario.seed, "join", name, self._joins)
        peers = stream.shuffled(others)[: max(JOINED_PEERS, self.scenario.links.degree)]
        for peer in peers:
            self._connect(name, peer)
        links = links_from(self.peers(name))
        self.recorder.emit(name, NodeJoined(node_info(seat), links))
        self._run(name)
        self._greet(name)

    def leave(self, name: str) -> None:
        """Take a node and its links out; peers that only it connected find each other."""
        self.stop(name)
        made = self._partings.leave(name)
        del self._seats[name]
        self.recorder.emit(name, NodeLeft(link_infos(made)))
        self.reconnect(made)

    def make_peers(self, one: str, two: str) -> Callable[[], None]:
        """Link two nodes, if they are not; what is returned takes that link away."""
        one, two = sorted((one, two))
        if two in self._fabric.peers(one):
            return lambda: None
        self._connect(one, two)
        self.recorder.emit(None, LinksChanged(made=link_infos([self._fabric.peers(one)[two]])))

        def part() -> None:
            if two not in self._fabric.peers(one):
                return  # one of them has left
            gone = link_infos([self._fabric.peers(one)[two]])
            self._fabric.disconnect(one, two)
            if self._fabric.apart(one, two):  # others have left, and these two need each other
                self._connect(one, two)
            else:
                self.recorder.emit(None, LinksChanged(gone=gone))

        return part

    def reconnect(self, links: Iterable[Link]) -> None:
        """Both ends of links that work again say how far they are."""
        for link in links:
            if not link.severed:
                self._connected(link.source, link.target)

    def forget(self, height: int) -> None:
        """Forget blocks below a height, as the nodes do."""
        self._observer.forget(height)

    # What observers see.

    def seats(self) -> Iterable[Seat]:
        """Every node with what belongs to it."""
        return self._seats.values()

    def seat(self, name: str) -> Seat:
        """A node with what belongs to it."""
        return self._seats[name]

    def running(self) -> dict[str, Node]:
        """Nodes that run now, by name."""
        return {name: seat.node for name, seat in self._seats.items() if seat.node is not None}

    def _answering(self) -> dict[str, Node]:
        """Nodes that a client can talk to."""
        return {n: node for n, node in self.running().items() if not self._seats[n].host.suspended}

    def peers(self, node: str) -> Iterable[Link]:
        """The links that lead from a node."""
        return self._fabric.peers(node).values()

    def severed(self) -> Mapping[str, int]:
        """How many of the links that lead from a node lose everything, where any does."""
        return self._fabric.severed()

    def traffic(self) -> tuple[int, int]:
        """Messages and bytes sent so far."""
        return self._fabric.traffic()

    def name_of(self, address: bytes) -> str:
        """Whose an account is; the start of its key if it is nobody's that takes part."""
        return self._names.get(address) or self._workload.names.get(address) or address.hex()[:8]

    def _transactions_of(self, node: str, hash_: str) -> list[str]:
        block = self._seats[node].disk[bytes.fromhex(hash_)[::-1]]
        return [display(transaction.id) for transaction in block.transactions]

    def _emit(self, name: str, event: AnyEvent) -> None:
        """Put a node's event into the stream.

        A forged block has a proof, but nobody found it, and a node whose clock is as far ahead as
        the block takes it. As soon as a node builds on it, its author is said to have found it;
        beside the best chain it is nobody's.
        """
        if isinstance(event, BlockAccepted) and not self._observer.knows(event.hash):
            self._tell_unsealed(name, event.hash)
        self.recorder.emit(name, event)

    def _tell_unsealed(self, name: str, hash_: str) -> None:
        seat = self._seats[name]
        assert seat.node is not None, f"{name} tells something, so it runs"
        if display(seat.node.head.hash) != hash_:
            return
        unknown = []
        for entry in seat.node.head.branch():
            if entry.parent is None or self._observer.knows(display(entry.hash)):
                break
            unknown.append(entry)
        for entry in reversed(unknown):
            block = seat.disk[entry.hash]
            author = self._names.get(block.author, name)
            work = seat.node.rule.weight(block)
            finder = author if author in self._seats else name
            self.recorder.emit(finder, block_found(block, entry.height, work))

    def _emit_sent(self, node: str, event: TransactionSent) -> None:
        self.recorder.emit(node, event)

    def _later(self, delay_ns: int, callback: Callable[[], None]) -> None:
        self.loop.schedule(self.loop.now_ns + delay_ns, callback)
