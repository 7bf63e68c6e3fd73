"""The world: builds the nodes of a scenario and runs them on virtual time.

It owns everything that nodes do not: the loop, the links, the disks, the faults and the stream of
records. It is advanced from outside, so the same code runs paced on a screen and headless. Who
takes part is kept by its roster; what faults may do to it is its reach.
"""

import asyncio
import contextlib
from collections.abc import Callable, Iterable, Mapping

import msgspec

from powclock.clock.node_clock import EPOCH_S
from powclock.clock.virtual_loop import NANOSECONDS, VirtualLoop
from powclock.election.election import Election
from powclock.machine.header import display, from_display
from powclock.network.fabric import Fabric
from powclock.network.journal import Journal
from powclock.network.link import Link
from powclock.network.member import Member
from powclock.network.naive import NaiveNode
from powclock.network.node import Node, block_found
from powclock.race.acknowledged import Acknowledged
from powclock.race.agreement import Agreement
from powclock.race.builder import Seat
from powclock.race.commands import Action, Break, Heal, HealAll, Input
from powclock.race.fault_board import FaultBoard, FaultPlan
from powclock.race.genesis import rules_of
from powclock.race.observer import Observer
from powclock.race.reach import Reach
from powclock.race.recorder import Recorder
from powclock.race.roster import Roster
from powclock.race.sampler import Sampler
from powclock.race.scenario import Scenario
from powclock.race.told import race_started
from powclock.race.workload import Network, Workload
from powclock.record.events import AnyEvent, BlockAccepted, TransactionSent
from powclock.record.facts import ClientCounts


class World:
    """One race."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.loop = VirtualLoop()
        self.recorder = Recorder(lambda: self.loop.now_ns)
        self.inputs: list[Input] = []
        self._fabric = Fabric(self.loop, scenario.seed)
        self._acknowledged = Acknowledged(self._member)
        self._workload = self._clients()
        self._rules = rules_of(scenario, self._workload.allocation())
        self._roster = Roster(
            scenario, self.loop, self._rules, self._fabric, self.recorder, self._emit
        )
        self.reach = Reach(
            self.loop,
            self.recorder,
            self._roster,
            self._rules,
            scenario.rule,
            self._workload.names,
            self._workload.keys,
        )
        self._board = FaultBoard(self.reach, self.recorder, lambda: self.loop.now_ns)
        self._observer = Observer(self.recorder, self._transactions_of)
        self.agreement = Agreement(
            scenario, self.recorder, self.replicas, self._journals, self.name_of
        )
        self._over: asyncio.Future[None] = self.loop.create_future()
        self._main: asyncio.Task[None] | None = None

    def _clients(self) -> Workload:
        scenario = self.scenario
        clients = scenario.workload
        return Workload(
            seed=scenario.seed,
            clients=clients.clients,
            transactions_per_s=clients.transactions_per_s,
            reads_per_s=clients.reads_per_s,
            send=clients.send if scenario.has_blocks else "gossip",
            answer_s=clients.answer_s,
            network=Network(self.node_names, self._answering, self._leaders),
            acknowledged=self._acknowledged,
            emit=self._emit_sent,
            later=self._later,
        )

    # Life.

    def start(self) -> None:
        """Build the network and let it run from time 0; whoever listens must do so before."""
        self.recorder.listen(self._observer)
        self.recorder.listen(self._acknowledged)
        if not self.scenario.has_blocks:
            self.recorder.listen(self.agreement)
        self._roster.build()
        self.recorder.emit(
            None, race_started(self.scenario, self._rules, self.seats(), self.links())
        )
        plan = FaultPlan(self.scenario.faults, self._board, lambda: self.loop.now_ns, self._later)
        self.recorder.listen(plan)
        self._main = self.loop.create_task(self._race())
        self._main.add_done_callback(self._tell_failure)
        self.loop.advance(0)
        self._workload.start()
        Sampler(self, self._later).start()

    async def _race(self) -> None:
        async with asyncio.TaskGroup() as group:
            self._roster.run_all(group)
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

    def _later(self, delay_ns: int, callback: Callable[[], None]) -> None:
        self.loop.schedule(self.loop.now_ns + delay_ns, callback)

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

    def forget(self, height: int) -> None:
        """Forget blocks below a height, as the nodes do."""
        self._observer.forget(height)

    # What observers see.

    def node_names(self) -> list[str]:
        """Nodes that take part, running or not."""
        return list(self._roster.seats)

    def seats(self) -> Iterable[Seat]:
        """Every node with what belongs to it."""
        return self._roster.seats.values()

    def seat(self, name: str) -> Seat:
        """A node with what belongs to it."""
        return self._roster.seats[name]

    def members(self) -> dict[str, Member]:
        """Nodes that run now under whatever rule, by name."""
        return self._roster.running()

    def running(self) -> dict[str, Node]:
        """Nodes with a chain that run now, by name: all, or none where the rule has no blocks."""
        return {n: node for n, node in self.members().items() if isinstance(node, Node)}

    def replicas(self) -> dict[str, NaiveNode]:
        """Nodes without blocks that run now, by name: none, or all where the rule has no blocks."""
        return {n: node for n, node in self.members().items() if isinstance(node, NaiveNode)}

    def _journals(self) -> dict[str, Journal]:
        return {seat.name: seat.journal for seat in self.seats()}

    def state_groups(self) -> int:
        """How many different states the nodes that run have."""
        if not self.scenario.has_blocks:
            return len(self.agreement.groups())
        return len({node.ledger.state_root for node in self.members().values()})

    def writes_missing(self) -> int:
        """How many requests were acknowledged without a chain, and lack at some that run."""
        return 0 if self.scenario.has_blocks else self.agreement.missing()

    def links(self) -> Iterable[Link]:
        """Every direction of every pair of peers."""
        return self._fabric.links()

    def peers(self, node: str) -> Iterable[Link]:
        """The links that lead from a node."""
        return self._fabric.peers(node).values()

    def severed(self) -> Mapping[str, int]:
        """How many of the links that lead from a node lose everything, where any does."""
        return self._fabric.severed()

    def traffic(self) -> tuple[int, int]:
        """Messages and bytes sent so far."""
        return self._fabric.traffic()

    def client_counts(self) -> ClientCounts:
        """What clients have asked and got so far; without blocks, lost is what some replica lacks
        for longer than a round of messages takes.
        """
        counts = self._workload.counts()
        if self.scenario.has_blocks:
            return counts
        return msgspec.structs.replace(counts, lost=self.agreement.overdue(self.loop.now_ns))

    def name_of(self, address: bytes) -> str:
        """Whose an account is; the start of its key if it is nobody's that takes part."""
        return self.reach.name_of(address)

    @property
    def election(self) -> Election:
        """Who may append next."""
        return self._rules.election

    # What nodes and clients tell.

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
        seat = self.seat(name)
        assert isinstance(seat.node, Node), f"{name} tells something, so it runs"
        if display(seat.node.head.hash) != hash_:
            return
        unknown = []
        for entry in seat.node.head.branch():
            if entry.parent is None or self._observer.knows(display(entry.hash)):
                break
            unknown.append(entry)
        for entry in reversed(unknown):
            block = seat.disk[entry.hash]
            author = self._roster.names.get(block.author, name)
            work = seat.node.rule.weight(block)
            finder = author if author in self._roster.seats else name
            self.recorder.emit(finder, block_found(block, entry.height, work))

    def _transactions_of(self, node: str, hash_: str) -> list[str]:
        block = self.seat(node).disk[from_display(hash_)]
        return [display(transaction.id) for transaction in block.transactions]

    def _answering(self) -> Mapping[str, Member]:
        return self._roster.answering()

    def _member(self, name: str) -> Member:
        member = self._roster.seats[name].node
        assert member is not None, f"{name} tells something, so it runs"
        return member

    def _leaders(self) -> tuple[str, ...]:
        """Whose turn it is by the race's own clock; nobody where only work can tell."""
        return self._rules.election.leaders(EPOCH_S * NANOSECONDS + self.loop.now_ns)

    def _emit_sent(self, node: str, event: TransactionSent) -> None:
        self.recorder.emit(node, event)
