"""The view: a pure fold of records into what a screen shows.

A live race, a recording and a test fold the same records and get the same view. Everything that
grows with the race is bounded.
"""

from collections import deque
from dataclasses import asdict
from math import fsum

import msgspec

from powclock.record.attack_events import AttackMoved, TransactionsLeftOut
from powclock.record.attacks import AttackResult, Attacks
from powclock.record.blocks import Blocks
from powclock.record.conditions import Conditions, Delays, Lag, conditions_of
from powclock.record.events import (
    AnyEvent,
    BlockAccepted,
    BlockFound,
    BlockRefused,
    Equivocation,
    FaultOff,
    FaultOn,
    ForkOpened,
    Hash,
    HeadMoved,
    JournalRead,
    LeaderElected,
    LinksChanged,
    MemoryFlipped,
    MessageRefused,
    NodeDown,
    NodeFrozen,
    NodeId,
    NodeJoined,
    NodeLeft,
    NodeThawed,
    NodeUp,
    PeerDropped,
    PeersFound,
    RaceStarted,
    Record,
    Reorg,
    Resynced,
    Sampled,
    StateMoved,
    StatesCompared,
    TransactionConfirmed,
    TransactionRefused,
    TransactionReturned,
    TransactionSent,
)
from powclock.record.facts import LinkInfo
from powclock.record.frame import ActiveFault, EventLine, Mark, Totals
from powclock.record.known import Counts, NodeView, TransactionView
from powclock.record.narrate import narrate
from powclock.record.reigns import Reigns
from powclock.record.service import Service, ServiceFold

HISTORY_SAMPLES = 400
MARKS_MAX = 50
RECENT_TICKS = 20
ENTERED_MAX = 60
LINES_MAX = 500
TRANSACTIONS_MAX = 5_000
BLOCKS_KEPT = 1_000
# For so long a node does not talk to a peer that it dropped (`network/conduct`).
DROPPED_NS = 30_000_000_000


class View:
    """Folds records one by one with `apply`; remembers `blocks_kept` blocks."""

    def __init__(self, blocks_kept: int = BLOCKS_KEPT) -> None:
        self.started: RaceStarted | None = None
        self.time_ns = 0
        self.records = 0
        self.nodes: dict[NodeId, NodeView] = {}
        self.blocks = Blocks(blocks_kept)
        self.links: dict[tuple[NodeId, NodeId], float] = {}
        self.transactions: dict[Hash, TransactionView] = {}
        self.counts = Counts()
        self.delays = Delays()
        self.lag = Lag()
        self.reigns = Reigns()
        self._service = ServiceFold()
        self.faults_begun = 0
        self.tick: LeaderElected | None = None
        self.tick_ns = 0
        self.intervals_s: deque[float] = deque(maxlen=RECENT_TICKS)
        self.hash_rates: deque[float] = deque(maxlen=HISTORY_SAMPLES)
        self.samples = 0
        self.retired_hashes = 0.0
        self.wins: dict[NodeId, int] = {}
        self.faults: dict[str, ActiveFault] = {}
        self._attacks = Attacks()
        # The height when each of them began, and how many blocks below it were of whom.
        self.began: dict[str, tuple[int, dict[NodeId, int]]] = {}
        self.sides: tuple[tuple[NodeId, ...], ...] = ()
        # Who dropped whom, and until when; taken out with the gauges that no longer count the link.
        self.shunned: dict[tuple[NodeId, NodeId], int] = {}
        self.states: StatesCompared | None = None
        # Turns that a leader sealed more than once, as far as remembered: each is counted once.
        self._equivocated: dict[tuple[NodeId, int], None] = {}
        # To whom clients handed the newest transactions.
        self.entered: deque[NodeId] = deque(maxlen=ENTERED_MAX)
        self.marks: deque[Mark] = deque(maxlen=MARKS_MAX)
        self.lines: deque[EventLine] = deque(maxlen=LINES_MAX)
        self.notable = 0

    def apply(self, record: Record) -> None:
        """Fold one record in."""
        self.time_ns = record.time_ns
        self.records += 1
        if record.node is None:
            self._of_race(record, record.event)
        else:
            self._of_node(record, record.node, record.event)
        line = narrate(record)
        if line is not None:
            self.notable += 1
            self.lines.append(line)

    def _of_race(self, record: Record, event: AnyEvent) -> None:
        match event:
            case Sampled():
                self._sampled(event)
            case TransactionConfirmed():
                self.counts.transactions_confirmed += 1
                self._service.confirmed(event.wait_s if event.id in self.transactions else None)
                self._stands_in(event.id, event.block)
            case TransactionReturned():
                self.counts.transactions_returned += 1
                self.counts.transactions_confirmed -= 1
                self._service.returned()
                self._stands_in(event.id, None)
            case LeaderElected():
                self.tick, self.tick_ns = event, record.time_ns
                self.intervals_s.append(event.interval_s)
                self.blocks.choose(event.hash)
                self.lag.ticked(event.height, record.time_ns)
                self.reigns.ticked(event.leader, record.time_ns)
            case StatesCompared():
                self.states = event
            case LinksChanged():
                self._linked(event.made)
                for link in event.gone:
                    self.links.pop((link.a, link.b), None)
            case ForkOpened():
                self.counts.forks += 1
            case FaultOn():
                self.faults[event.id] = ActiveFault(
                    event.id, event.fault, event.label, event.nodes, record.time_ns
                )
                self.began[event.id] = self.height, self.blocks.authored.copy()
                self.sides = event.sides or self.sides
                self.faults_begun += 1
                self.marks.append(Mark(record.time_ns, event.fault, on=True))
            case TransactionsLeftOut(id=id_) if id_ in self.faults:
                self.faults[id_] = msgspec.structs.replace(self.faults[id_], left_out=event)
            case AttackMoved(id=id_) if id_ in self.faults:
                self.faults[id_] = msgspec.structs.replace(self.faults[id_], attack=event)
                self._attacks.moved(self.faults[id_])
            case FaultOff():
                self._attacks.ended(event.id, self._judged)
                self.faults.pop(event.id, None)
                self.began.pop(event.id, None)
                if event.fault == "partition":
                    self.sides = ()
                self.marks.append(Mark(record.time_ns, event.fault, on=False))
            case RaceStarted():
                self.started = event
                self.blocks.start(event.genesis, bytes.fromhex(event.genesis_header))
                for info in event.nodes:
                    self.nodes[info.name] = NodeView(info, head=event.genesis)
                self._linked(event.links)
            case _:
                pass

    def _of_node(self, record: Record, name: NodeId, event: AnyEvent) -> None:
        if isinstance(event, NodeJoined):
            assert self.started is not None
            self.nodes[name] = NodeView(event.info, head=self.started.genesis)
            self._linked(event.links)
        node = self.nodes[name]
        match event:
            case BlockAccepted():
                node.seen_ns = record.time_ns
                self.blocks.accepted(event, name, record.time_ns)
                block = self.blocks.get(event.hash)
                if block is not None and block.author != name:
                    self.delays.accepted(record.time_ns - block.found_ns)
            case HeadMoved() | Reorg():
                node.head, node.height = event.hash, event.height
                self.lag.moved(name, event.height, record.time_ns, node.info.hash_rate)
                if isinstance(event, Reorg):
                    self.counts.reorgs += 1
                    self.counts.reorg_depth_max = max(self.counts.reorg_depth_max, event.depth)
            case BlockFound():
                node.won += 1
                self.wins[name] = self.wins.get(name, 0) + 1
                self.counts.blocks_mined += 1
                self.blocks.found(event, name, record.time_ns)
            case TransactionSent():
                self.counts.transactions_sent += 1
                self.entered.append(name)
                self.transactions[event.id] = TransactionView(
                    event.id, event.client, name, record.time_ns, event.amount, event.fee
                )
                if len(self.transactions) > TRANSACTIONS_MAX:
                    del self.transactions[next(iter(self.transactions))]
            case NodeLeft(links=links):
                if node.sample is not None:
                    self.retired_hashes += node.sample.hashes
                del self.nodes[name]
                self.links = {pair: ms for pair, ms in self.links.items() if name not in pair}
                self.shunned = {pair: ns for pair, ns in self.shunned.items() if name not in pair}
                self._linked(links)
            case _:
                self._of_health(node, event)
                self._of_conduct(node, event)

    def _forgive(self, name: NodeId) -> None:
        """A node that stops forgets whom it dropped."""
        for pair in self.shunned:
            if pair[0] == name:
                self.shunned[pair] = self.time_ns

    def _of_conduct(self, node: NodeView, event: AnyEvent) -> None:
        match event:
            case BlockRefused():
                node.refused += 1
                self.counts.blocks_refused += 1
            case MessageRefused() | TransactionRefused():
                node.refused += 1
                self.counts.messages_refused += 1
            case PeerDropped(peer=peer):
                self.counts.peers_dropped += 1
                self.shunned[node.info.name, peer] = self.time_ns + DROPPED_NS
            case Equivocation(author=author, beat=beat):
                if (author, beat) not in self._equivocated:
                    self.counts.equivocations += 1
                    self._equivocated[author, beat] = None
                    if len(self._equivocated) > TRANSACTIONS_MAX:
                        del self._equivocated[next(iter(self._equivocated))]
            case PeersFound(links=links):
                self._linked(links)
            case _:
                pass

    def _of_health(self, node: NodeView, event: AnyEvent) -> None:
        match event:
            case NodeUp(blocks=blocks):
                node.running, node.frozen, node.damaged = True, False, False
                node.applied = 0
                if not blocks and self.started is not None:
                    node.head, node.height = self.started.genesis, 0
            case NodeDown():
                node.running = node.frozen = node.damaged = False
                self._forgive(node.info.name)
            case StateMoved(applied=applied) | JournalRead(applied=applied):
                node.applied = applied
            case NodeFrozen():
                node.frozen = True
            case NodeThawed():
                node.frozen = False
            case MemoryFlipped():
                node.damaged = True
            case Resynced():
                node.head, node.height, node.damaged = event.hash, event.height, False
            case _:
                pass

    def _linked(self, links: tuple[LinkInfo, ...]) -> None:
        self.links |= {(link.a, link.b): link.latency_ms for link in links}

    def _stands_in(self, id_: Hash, block: Hash | None) -> None:
        transaction = self.transactions.get(id_)
        if transaction is not None:
            transaction.block = block

    def _sampled(self, event: Sampled) -> None:
        self.counts.messages, self.counts.message_bytes = event.messages, event.message_bytes
        clients = event.clients.counts()
        self._service.sampled(clients, event.messages, event.message_bytes, self.time_ns)
        rates = {sample.node: sample for sample in event.nodes}
        for name, node in self.nodes.items():
            sample = rates.get(name)
            node.sample = sample or node.sample
            node.rates.append(sample.hash_rate if sample is not None else 0.0)
        self.shunned = {pair: ns for pair, ns in self.shunned.items() if ns >= self.time_ns}
        self.samples += 1
        self.hash_rates.append(fsum(sample.hash_rate for sample in event.nodes))

    @property
    def height(self) -> int:
        """What the clock says."""
        return 0 if self.tick is None else self.tick.height

    @property
    def hashes(self) -> float:
        """Hashes spent by all nodes, as last sampled."""
        return self.retired_hashes + fsum(
            node.sample.hashes for node in self.nodes.values() if node.sample is not None
        )

    @property
    def interval_mean_s(self) -> float:
        """The mean of the last twenty intervals; the ideal one before the first tick."""
        if self.intervals_s:
            return fsum(self.intervals_s) / len(self.intervals_s)
        return self.started.interval_s if self.started is not None else 0.0

    @property
    def blocks_stale(self) -> int:
        """Blocks mined that are not on the best chain."""
        return self.counts.blocks_mined - self.height

    def progress(self, fault: ActiveFault) -> ActiveFault:
        """A fault; of an attack, how much of the best chain since it began is the attacker's."""
        attack = fault.attack
        if attack is None:
            return fault
        height, authored = self.began[fault.id]
        own = self.blocks.authored.get(attack.attacker, 0) - authored.get(attack.attacker, 0)
        # While its branch is the heavier one, the best chain is a secret from where they parted on.
        secret = attack.branch if attack.withheld and attack.branch > attack.public else 0
        blocks = max(self.height - height - secret, 0)
        return msgspec.structs.replace(
            fault, blocks=blocks, own_blocks=min(max(own - secret, 0), blocks)
        )

    def attacks(self) -> tuple[AttackResult, ...]:
        """What the last attacks came to, those that are over first."""
        return self._attacks.results(self._judged)

    def _judged(self, fault: ActiveFault) -> AttackResult:
        attack, fault = fault.attack, self.progress(fault)
        assert attack is not None, "only attacks are judged"
        rates = {name: node.info.hash_rate for name, node in self.nodes.items()}
        total = fsum(rates.values())
        return AttackResult(
            id=fault.id,
            fault=fault.fault,
            attacker=attack.attacker,
            nodes=fault.nodes,
            branch=attack.branch,
            public=attack.public,
            tries=attack.tries,
            won=attack.won,
            blocks=fault.blocks,
            own_blocks=fault.own_blocks,
            share=rates.get(attack.attacker, 0.0) / total if total else 0.0,
        )

    def totals(self) -> Totals:
        """Counts for a frame."""
        return Totals(**asdict(self.counts), blocks_stale=self.blocks_stale, hashes=self.hashes)

    def service(self) -> Service:
        """What clients see, so far."""
        return self._service.service(self.time_ns)

    def conditions(self) -> Conditions:
        """What the race was run under, so far."""
        assert self.started is not None, "the first record says what is raced"
        infos = [node.info for node in self.nodes.values()]
        return conditions_of(
            self.started, infos, self.delays, self.lag, self.faults_begun, self.time_ns
        )
