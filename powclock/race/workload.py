"""The workload: what all clients of a race ask, and what they get.

Clients write (pay each other) and read (their balance). A client stands beside the replica that it
asks, so a request takes no time, but it does not know who is up: one that is down or frozen does
not answer, and after `answer_s` the client goes to another. A request is answered if one of the
replicas that it was tried at is up, even if that refuses it; how many of them are answered is the
availability.

There are two ways to send a transaction. By gossip a client hands it to a random replica, which
tells others. Or it sends it to the leader of now, which tells nobody. Where only work can tell who
leads anybody may be next, so then the client tells everyone itself: both ways come to the same.

A read contradicts another one if a second random replica that answers has another balance at this
moment. Two and not all are compared: the part that contradicts is then the probability that two
clients who ask at once are told different things.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Literal

import msgspec

from powclock.clock.streams import Stream
from powclock.clock.virtual_loop import NANOSECONDS
from powclock.machine.header import display
from powclock.machine.keys import SigningKey
from powclock.machine.transaction import COIN
from powclock.race.acknowledged import Acknowledged
from powclock.race.client import Client, Replica
from powclock.race.names import client_name
from powclock.record.events import NodeId, TransactionSent
from powclock.record.facts import ClientCounts

ENDOWMENT = 1_000 * COIN
WAIT_S_MAX = 1e9
TRIES_MAX = 16  # with half of all replicas down, fewer than 1 in 10,000 requests find nobody

Answer = Callable[[NodeId, Replica], None]


@dataclass(frozen=True, slots=True)
class Network:
    """The replicas as clients find them: who takes part, who answers, and who leads now.

    `leaders` is empty where only work can tell.
    """

    known: Callable[[], Iterable[NodeId]]
    answering: Callable[[], Mapping[NodeId, Replica]]
    leaders: Callable[[], tuple[NodeId, ...]]


@dataclass(slots=True)
class _Request:
    """What a client wants, and the replicas that did not answer it."""

    answer: Answer
    stream: Stream
    to_leader: bool
    tried: dict[NodeId, None] = field(default_factory=dict)


class Workload:
    """All clients of a race; requests come at random, so many a second on average."""

    def __init__(
        self,
        *,
        seed: int,
        clients: int,
        transactions_per_s: float,
        reads_per_s: float,
        send: Literal["gossip", "leader"],
        answer_s: float,
        network: Network,
        acknowledged: Acknowledged,
        emit: Callable[[str, TransactionSent], None],
        later: Callable[[int, Callable[[], None]], object],
    ) -> None:
        self._stream = Stream(seed, "workload")
        self._reads = Stream(seed, "reads")
        self._clients = [
            Client(client_name(i), SigningKey.derive(seed, f"client {i + 1}"))
            for i in range(clients)
        ]
        self._addresses = [client.key.public for client in self._clients]
        self.keys = {client.name: client.key for client in self._clients}
        self.names = {client.key.public: client.name for client in self._clients}
        self._rate = transactions_per_s
        self._reads_per_s = reads_per_s
        self._to_leader = send == "leader"
        self._answer_ns = round(answer_s * NANOSECONDS)
        self._network = network
        self._acknowledged = acknowledged
        self._emit = emit
        self._later = later
        self._counts = ClientCounts()

    def allocation(self) -> dict[bytes, int]:
        """What clients own at genesis."""
        return dict.fromkeys(self._addresses, ENDOWMENT)

    def counts(self) -> ClientCounts:
        """What clients have asked and got so far."""
        acknowledged = self._acknowledged
        return msgspec.structs.replace(
            self._counts,
            acknowledged=acknowledged.count,
            taken_back=acknowledged.taken_back,
            lost=acknowledged.lost,
        )

    def start(self) -> None:
        """Make the first requests after a while, and so on."""
        if self._rate > 0 and len(self._clients) > 1:
            self._wait(self._stream, self._rate, self._write)
        if self._reads_per_s > 0 and self._clients:
            self._wait(self._reads, self._reads_per_s, self._read)

    def _wait(self, stream: Stream, rate: float, then: Callable[[], None]) -> None:
        wait_s = min(stream.exponential(1 / rate), WAIT_S_MAX)
        self._later(round(wait_s * NANOSECONDS), then)

    # Asking.

    def _ask(self, request: _Request) -> None:
        """Ask the next replica; one that does not answer takes `answer_s` of the client's time."""
        name = self._next(request)
        if name is None:
            self._count(requests=1)
            return
        replica = self._network.answering().get(name)
        if replica is None:
            request.tried[name] = None
            self._later(self._answer_ns, partial(self._ask, request))
            return
        self._count(requests=1, answered=1, elsewhere=int(bool(request.tried)))
        request.answer(name, replica)

    def _next(self, request: _Request) -> NodeId | None:
        """The leader, if it is wanted and was not tried, else a random replica that was not."""
        if len(request.tried) >= TRIES_MAX:
            return None
        leaders = self._network.leaders() if request.to_leader else ()
        for name in leaders:
            if name not in request.tried:
                return name
        names = [name for name in self._network.known() if name not in request.tried]
        return request.stream.choice(names) if names else None

    def _count(self, **more: int) -> None:
        counts = self._counts
        self._counts = msgspec.structs.replace(
            counts, **{name: getattr(counts, name) + count for name, count in more.items()}
        )

    # Writes.

    def _write(self) -> None:
        self._wait(self._stream, self._rate, self._write)
        client = self._stream.choice(self._clients)
        answer = partial(self._written, client)
        self._ask(_Request(answer, self._stream, self._to_leader))

    def _written(self, client: Client, name: NodeId, replica: Replica) -> None:
        """A replica takes a write; where the leader is wanted it tells nobody."""
        answering = self._network.answering()
        # Anybody may lead where only work can tell.
        leaders = (self._network.leaders() or tuple(answering)) if self._to_leader else ()
        relay = name not in leaders
        others = [address for address in self._addresses if address != client.key.public]
        transaction = client.write(replica, others, self._stream, relay=relay)
        if transaction is None:
            return
        self._emit(
            name,
            TransactionSent(
                display(transaction.id), client.name, transaction.amount, transaction.fee
            ),
        )
        taken = replica.submit(transaction, relay=relay)
        self._count(writes=1, refused=int(not taken))
        if taken:
            self._acknowledged.taken(name, replica, (client.key.public, transaction.nonce))
        for leader in leaders:
            if leader != name and leader in answering:
                client.remind(answering[leader], relay=False)

    # Reads.

    def _read(self) -> None:
        self._wait(self._reads, self._reads_per_s, self._read)
        client = self._reads.choice(self._clients)
        self._ask(_Request(partial(self._told, client.key.public), self._reads, to_leader=False))

    def _told(self, account: bytes, name: NodeId, replica: Replica) -> None:
        """A replica tells a balance; compare it with what another one has at this moment."""
        answering = self._network.answering()
        others = [other for other in answering if other != name]
        differs = bool(others) and (
            answering[self._reads.choice(others)].balance(account) != replica.balance(account)
        )
        self._count(reads=1, contradicting=int(differs))
