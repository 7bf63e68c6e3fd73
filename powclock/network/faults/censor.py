"""A censoring leader: the nodes leave some clients' transfers out of the blocks that they find.

Nothing in it breaks a rule, so no node can refuse it: only leaders that do not censor help. While
the part q of the hash rate censors, a transfer needs 1 / (1 − q) times as many blocks. What the
transfers of those clients wait for is told beside what all others wait for.
"""

from collections.abc import Collection
from dataclasses import dataclass
from math import fsum
from typing import Annotated

import msgspec

from powclock.election.election import BLOCKS
from powclock.network.faults.breakable import Breakable, NodeId, Undo
from powclock.network.faults.fault import Fault, FaultError, Name
from powclock.record.attack_events import TransactionsLeftOut
from powclock.record.events import (
    NANOSECONDS,
    Hash,
    LeaderElected,
    Record,
    TransactionConfirmed,
    TransactionReturned,
    TransactionSent,
)

SENT_MAX = 5_000


class Censor(Fault, frozen=True, tag="censor"):
    """The nodes leave the clients' transfers out of their blocks; they take blocks with them."""

    clients: Annotated[tuple[Name, ...], msgspec.Meta(min_length=1)] = ("client1",)

    @property
    def needs(self) -> frozenset[str]:
        return frozenset({BLOCKS})

    @property
    def label(self) -> str:
        first, *others = self.clients
        return f"censors {first} +{len(others)}" if others else f"censors {first}"

    def check(self, nodes: Collection[NodeId], clients: Collection[str]) -> None:
        for client in self.clients:
            if client not in clients:
                count = len(clients)
                has = f"the race has {count}, from client1 on" if count else "the race has none"
                raise FaultError(f"there is no client {client!r}: {has}", "clients")
        super().check(nodes, clients)

    def begin(self, race: Breakable) -> Undo:
        targets = self.targets(race)
        clients = race.clients()
        senders = frozenset(clients[client] for client in self.clients)
        templates = [race.template(node) for node in targets]
        for template in templates:
            template.leave_out(self.id, senders)
        waits = Waits(self.id, targets, self.clients, race)
        unwatch = race.watch(waits.watch)

        def undo() -> None:
            unwatch()
            for template in templates:
                template.end(self.id)

        return undo


@dataclass(slots=True)
class _Sent:
    """A transfer since the fault began; `wait_s` until it was confirmed, None before."""

    censored: bool
    sent_ns: int
    wait_s: float | None = None


class Waits:
    """Follows what transfers wait for, and tells it when a leader that censors is elected."""

    def __init__(
        self, id_: str, leaders: tuple[NodeId, ...], clients: tuple[str, ...], race: Breakable
    ) -> None:
        self._id = id_
        self._leaders = leaders
        self._clients = clients
        self._race = race
        self._sent: dict[Hash, _Sent] = {}

    def watch(self, record: Record) -> None:
        """Take a record in."""
        match record.event:
            case TransactionSent(id=id_, client=client):
                self._sent[id_] = _Sent(client in self._clients, record.time_ns)
                if len(self._sent) > SENT_MAX:
                    del self._sent[next(iter(self._sent))]
            case TransactionConfirmed(id=id_, wait_s=wait_s) if id_ in self._sent:
                self._sent[id_].wait_s = wait_s
            case TransactionReturned(id=id_) if id_ in self._sent:
                self._sent[id_].wait_s = None
            case LeaderElected(leader=leader) if leader in self._leaders:
                self._tell(leader, record.time_ns)
            case _:
                pass

    def _tell(self, leader: NodeId, now_ns: int) -> None:
        waiting = sum(each.censored and each.wait_s is None for each in self._sent.values())
        if waiting:
            wait_s, others_s = (self._mean_s(kind, now_ns) for kind in (True, False))
            self._race.tell(TransactionsLeftOut(self._id, leader, waiting, wait_s, others_s))

    def _mean_s(self, censored: bool, now_ns: int) -> float:
        waits = [
            (now_ns - each.sent_ns) / NANOSECONDS if each.wait_s is None else each.wait_s
            for each in self._sent.values()
            if each.censored is censored
        ]
        return round(fsum(waits) / len(waits), 3) if waits else 0.0
