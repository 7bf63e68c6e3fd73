"""What the checker sees of a world besides its records; it touches nothing."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from powclock.machine.replica import INVALID_MAX
from powclock.network.host import INBOX_BYTES_MAX
from powclock.network.naive import NaiveNode
from powclock.network.node import Node
from powclock.network.storage import DECODED_MAX
from powclock.network.wire import Deliver, decode
from powclock.record.checker.witness import Queue, Waiting

if TYPE_CHECKING:
    from powclock.race.world import World


class WorldWitness:
    """Looks into the nodes of a world (`checker.witness.Witness`, `checker.naive.NaiveWitness`)."""

    def __init__(self, world: "World") -> None:
        self._world = world

    def frame(self, node: str, hash_: bytes) -> bytes | None:
        return self._world.seat(node).disk.frame(hash_)

    def weight(self, node: str, hash_: bytes) -> int:
        frame = self.frame(node, hash_)
        assert frame is not None, "what was accepted is on the disk"
        message = decode(frame)
        assert isinstance(message, Deliver), "a disk holds blocks"
        return self._running(node).rule.weight(message.block)

    def clock_ns(self, node: str) -> int:
        return self._world.seat(node).clock.now()

    def _running(self, node: str) -> Node:
        running = self._world.seat(node).node
        assert isinstance(running, Node), f"{node} told something, so it runs"
        return running

    def head(self, node: str) -> tuple[bytes, bytes]:
        running = self._running(node)
        return running.head.hash, running.replica.ledger.state_root

    def waiting(self, node: str, sender: bytes, nonce: int) -> Waiting | None:
        transaction = self._running(node).replica.mempool.waiting(sender, nonce)
        return None if transaction is None else Waiting(transaction.id, transaction.fee)

    def mempool_full(self, node: str) -> bool:
        return self._running(node).replica.mempool.full

    def condemned(self, node: str, hash_: bytes) -> bool:
        return self._running(node).replica.condemned(hash_)

    def journal(self, node: str) -> Iterable[bytes]:
        return self._world.seat(node).journal.frames()

    def applied(self, node: str, id_: bytes) -> bytes | None:
        return self._world.seat(node).journal.frame(id_)

    def state_root(self, node: str) -> bytes:
        running = self._world.seat(node).node
        assert running is not None, f"{node} told something, so it runs"
        return running.ledger.state_root

    def queues(self, node: str) -> Iterable[Queue]:
        seat = self._world.seat(node)
        if isinstance(seat.node, NaiveNode):
            if seat.host.suspended:
                yield Queue("bytes of a peer that wait", seat.host.inbox_bytes, INBOX_BYTES_MAX)
            for name, length, bound in seat.node.queues():
                yield Queue(name, length, bound)
        if not isinstance(seat.node, Node):
            return
        replica = seat.node.replica
        mempool = replica.mempool
        yield Queue("transactions in the mempool", len(mempool), mempool.transactions_max)
        yield Queue("blocks remembered as invalid", replica.invalid_count, INVALID_MAX)
        yield Queue("decoded blocks", seat.disk.decoded_count, DECODED_MAX)
        if seat.host.suspended:
            # Its requests are late, as nobody looks after them until it thaws.
            yield Queue("bytes of a peer that wait", seat.host.inbox_bytes, INBOX_BYTES_MAX)
            return
        for name, length, bound in seat.node.gossip.queues():
            yield Queue(name, length, bound)
