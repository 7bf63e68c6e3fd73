"""Serving: what a node sends to a peer that asks; it changes nothing that the node knows."""

from collections.abc import Callable, Iterable

from powclock.machine.replica import Replica
from powclock.network.storage import Disk
from powclock.network.wire import Announce, Message, Pass

FETCH_BLOCKS_MAX = 128

NodeId = str


class Serving:
    """One node's answers: `send` encodes a message, `send_frame` takes a block as it is on disk."""

    def __init__(
        self,
        replica: Replica,
        disk: Disk,
        send: Callable[[NodeId, Message], None],
        send_frame: Callable[[NodeId, bytes], None],
    ) -> None:
        self._replica = replica
        self._disk = disk
        self._send = send
        self._send_frame = send_frame

    def request(self, peer: NodeId, blocks: Iterable[bytes], transactions: Iterable[bytes]) -> None:
        """Send what there is of the blocks and transactions that a peer wants."""
        for hash_ in blocks:
            frame = self._disk.frame(hash_)
            if frame is not None:
                self._send_frame(peer, frame)
        for id_ in transactions:
            transaction = self._replica.mempool.get(id_)
            if transaction is not None:
                self._send(peer, Pass(transaction))

    def push_after(self, peer: NodeId, locator: tuple[bytes, ...]) -> None:
        """Send the best chain from where the peer's locator meets it, then announce the head."""
        tree = self._replica.tree
        start = tree.fork_point(list(locator)).height + 1
        for entry in tree.best_from(start, FETCH_BLOCKS_MAX):
            frame = self._disk.frame(entry.hash)
            assert frame is not None, "every block of the best chain but genesis is on disk"
            self._send_frame(peer, frame)
        if start + FETCH_BLOCKS_MAX <= tree.head.height:
            self._send(peer, Announce(blocks=(tree.head.hash,)))
