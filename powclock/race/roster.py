"""The roster: who takes part in a race, and how nodes come up, stop, join and leave.

A node that stops loses its tasks and its memory at once, and keeps its seat: account, clock, hash
rate and disk. One that leaves loses the seat too.
"""

import asyncio
from collections import Counter
from collections.abc import Callable
from functools import partial

from powclock.clock.streams import Stream
from powclock.clock.virtual_loop import NANOSECONDS, VirtualLoop
from powclock.election.election import Candidate
from powclock.network.fabric import Distance, Fabric
from powclock.network.faults.fault import FaultError
from powclock.network.journal import Journal
from powclock.network.member import Member
from powclock.network.naive import NaiveNode
from powclock.network.node import Node
from powclock.network.storage import Disk
from powclock.race.builder import Builder, Seat
from powclock.race.genesis import Rules
from powclock.race.recorder import Recorder
from powclock.race.scenario import NODES_MAX, Scenario
from powclock.race.told import link_infos, links_from, node_info
from powclock.race.wiring import Wiring
from powclock.record.events import AnyEvent, JournalRead, NodeDown, NodeJoined, NodeLeft, NodeUp

JOINED_PEERS = 4


class Roster:
    """The nodes of one race, and the wiring between them; `emit` takes what a node tells."""

    def __init__(
        self,
        scenario: Scenario,
        loop: VirtualLoop,
        rules: Rules,
        fabric: Fabric,
        recorder: Recorder,
        emit: Callable[[str, AnyEvent], None],
    ) -> None:
        self.seats: dict[str, Seat] = {}
        self.names: dict[bytes, str] = {}
        self.wiring = Wiring(fabric, recorder, self._distance, self._connected)
        self._scenario = scenario
        self._rules = rules
        self._builder = Builder(scenario, loop, rules.election.work)
        self._fabric = fabric
        self._recorder = recorder
        self._emit = emit
        self._joined = 0
        self._asked: Counter[tuple[str, ...]] = Counter()
        self._group: asyncio.TaskGroup | None = None

    def stream(self, *name: object) -> Stream:
        """A stream of its own for each time that it is asked for, whoever asks for others."""
        return Stream(self._scenario.seed, *name, self._times_asked(*name))

    def _times_asked(self, *name: object) -> int:
        words = tuple(map(str, name))
        self._asked[words] += 1
        return self._asked[words] - 1

    # The first nodes.

    def build(self) -> None:
        """Seat the nodes of the scenario and link them."""
        for name, hash_rate, region in self._builder.places():
            self._seat(name, hash_rate, region)
        for one, two in self._builder.pairs():
            self.wiring.connect(one, two)

    def run_all(self, group: asyncio.TaskGroup) -> None:
        """Run every node; its task, and those of nodes that come up later, belong to the group."""
        self._group = group
        for name in list(self.seats):
            self._run(name)

    def _seat(self, name: str, hash_rate: float, region: str) -> Seat:
        seat = self._builder.seat(name, hash_rate, region, self._times_asked("seat", name))
        self.seats[name] = seat
        self.names[seat.address] = name
        return seat

    def _distance(self, one: str, two: str) -> Distance:
        return self._builder.distance(self.seats[one].region, self.seats[two].region)

    # Coming up.

    def _run(self, name: str) -> None:
        assert self._group is not None
        seat = self.seats[name]
        assert seat.node is None, f"{name} runs already"
        # Told as they lie there, not as the node makes of them.
        blocks = len(seat.disk) if self._scenario.has_blocks else None
        seat.node = self._node(seat)
        seat.host.boot(seat.node.receive)
        self._fabric.attach(name, seat.host.receive)
        self._recorder.emit(name, NodeUp(blocks))
        if isinstance(seat.node, NaiveNode) and len(seat.journal):
            root = seat.node.ledger.state_root.hex()
            self._recorder.emit(name, JournalRead(len(seat.journal), root))
        seat.task = self._group.create_task(seat.node.run(), name=name)

    def _node(self, seat: Seat) -> Member:
        name = seat.name
        if not self._scenario.has_blocks:
            return self._naive_node(seat)
        return Node(
            name=name,
            address=seat.address,
            names=self.names,
            genesis=self._rules.genesis,
            rule=self._rules.election.rule(Candidate(name, seat.key, seat.clock, seat.miner)),
            clock=seat.clock,
            later=seat.host.later,
            send=self._fabric.sender(name),
            peers=self._fabric.peers(name),
            disk=seat.disk,
            template=seat.template,
            emit=partial(self._emit, name),
            dropped=partial(self.wiring.drop, name),
            forgiven=partial(self.wiring.partings.forgive, name),
        )

    def _naive_node(self, seat: Seat) -> NaiveNode:
        genesis = self._rules.genesis
        return NaiveNode(
            name=seat.name,
            parameters=genesis.parameters,
            allocation=genesis.allocation,
            later=seat.host.later,
            send=self._fabric.sender(seat.name),
            peers=self._fabric.peers(seat.name),
            journal=seat.journal,
            emit=partial(self._emit, seat.name),
            spacing_ns=round(self._scenario.naive.spacing_ms * NANOSECONDS / 1000),
        )

    def _boot(self, name: str) -> None:
        self._run(name)
        self.wiring.greet(name)

    def _connected(self, name: str, peer: str) -> None:
        seat = self.seats.get(name)
        if seat is not None and seat.node is not None:
            seat.host.call(("up", peer), partial(seat.node.connected, peer))

    def start(self, name: str, *, wipe: bool = False, lose_last: int = 0) -> None:
        """Run a stopped node again; its disk is emptied first, or loses so many last blocks."""
        seat = self.seats[name]
        if seat.node is not None:
            return
        if wipe:
            seat.disk, seat.journal = Disk(), Journal()
        seat.disk.lose_last(lose_last)
        seat.journal.lose_last(lose_last)
        seat.host.call("boot", lambda: self._boot(name))

    def join(self, name: str, hash_rate: float) -> None:
        """Add a node that nobody knew; it finds a few random peers, or all where none relays.

        Raises:
            FaultError: the race is full.
        """
        if len(self.seats) >= NODES_MAX:
            raise FaultError(f"the race is full: at most {NODES_MAX} nodes")
        others = list(self.seats)
        self._joined += 1
        stream = self.stream("join", name)
        regions = self._scenario.regions
        region = regions[self._joined % len(regions)].name if regions else ""
        blocks = self._scenario.has_blocks
        seat = self._seat(name, hash_rate if blocks else 0.0, region)
        count = max(JOINED_PEERS, self._scenario.links.degree) if blocks else len(others)
        for peer in stream.shuffled(others)[:count]:
            self.wiring.connect(name, peer)
        stranger = not self._rules.election.admits(seat.address)
        links = links_from(self._fabric.peers(name).values())
        self._recorder.emit(name, NodeJoined(node_info(seat), links, stranger))
        self._boot(name)

    # Going down.

    def stop(self, name: str) -> None:
        """Crash a node: its tasks end at once and what was in memory is gone."""
        seat = self.seats[name]
        seat.host.crash()
        if seat.node is None or seat.task is None:
            return
        seat.node.stop()
        seat.task.cancel()
        seat.node = seat.task = None
        self._fabric.detach(name)
        self.wiring.partings.stopped(name)
        self._recorder.emit(name, NodeDown())

    def leave(self, name: str) -> None:
        """Take a node and its links out; peers that only it connected find each other."""
        self.stop(name)
        made = self.wiring.partings.leave(name)
        del self.seats[name]
        self._recorder.emit(name, NodeLeft(link_infos(made)))
        self.wiring.reconnect(made)

    # Who is there.

    def running(self) -> dict[str, Member]:
        """Nodes that run now, by name."""
        return {name: seat.node for name, seat in self.seats.items() if seat.node is not None}

    def answering(self) -> dict[str, Member]:
        """Nodes that a client can talk to."""
        return {n: node for n, node in self.running().items() if not self.seats[n].host.suspended}
