"""Acknowledgements: which writes are done at the replica that took them, and are done no longer.

A client waits at the replica that took its write. The write is acknowledged once that replica has
applied it: without blocks at once, with blocks when one on its own chain has it. A reorg there may
take it back, or the loss of its disk. Then the client was told what is not so; until it is applied
again it is lost.

What a replica says counts, not what is true of the whole race: the lighter side of a partition
acknowledges writes too, and that is what its clients lose. For each replica the newest writes are
watched; one that is so old that it is no longer watched stays as it was counted last.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from powclock.race.client import Replica
from powclock.record.events import HeadMoved, NodeId, NodeLeft, NodeUp, Record, Reorg, Resynced

WAITING_MAX = 500
DONE_MAX = 500

Payment = tuple[bytes, int]  # an account and its nonce


@dataclass(slots=True)
class _Watched:
    """The writes of one replica: `waiting` are not applied, True if they were once; `done` are."""

    waiting: dict[Payment, bool] = field(default_factory=dict)
    done: dict[Payment, None] = field(default_factory=dict)


class Acknowledged:
    """Counts writes; `replica_of` gives a replica that runs."""

    def __init__(self, replica_of: Callable[[NodeId], Replica]) -> None:
        self._replica_of = replica_of
        self._watched: dict[NodeId, _Watched] = {}
        self.count = 0
        self.taken_back = 0
        self.lost = 0

    def taken(self, name: NodeId, replica: Replica, payment: Payment) -> None:
        """A replica took a client's write."""
        watched = self._watched.setdefault(name, _Watched())
        watched.waiting[payment] = False
        self._look(watched, replica)
        if len(watched.waiting) > WAITING_MAX:
            del watched.waiting[next(iter(watched.waiting))]

    def __call__(self, record: Record) -> None:
        """Look again where a chain has moved."""
        name, event = record.node, record.event
        if name is None or name not in self._watched:
            return
        match event:
            case HeadMoved():
                self._look(self._watched[name], self._replica_of(name))
            case Reorg() | Resynced() | NodeUp():
                replica = self._replica_of(name)
                self._look_back(self._watched[name], replica)
                self._look(self._watched[name], replica)
            case NodeLeft():
                del self._watched[name]
            case _:
                pass

    def _look(self, watched: _Watched, replica: Replica) -> None:
        """See which writes have come to be applied."""
        applied = [each for each in watched.waiting if _applied(replica, each)]
        for payment in applied:
            if watched.waiting.pop(payment):
                self.lost -= 1
            else:
                self.count += 1
            watched.done[payment] = None
            if len(watched.done) > DONE_MAX:
                del watched.done[next(iter(watched.done))]

    def _look_back(self, watched: _Watched, replica: Replica) -> None:
        """See which writes are applied no longer."""
        undone = [each for each in watched.done if not _applied(replica, each)]
        for payment in undone:
            del watched.done[payment]
            watched.waiting[payment] = True
            self.taken_back += 1
            self.lost += 1


def _applied(replica: Replica, payment: Payment) -> bool:
    account, nonce = payment
    return replica.done(account, nonce + 1) > nonce
