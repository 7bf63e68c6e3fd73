"""Fetching: how a node asks for the blocks between its own and an orphan.

One peer at a time is asked, for a while, for whatever follows the blocks that are known. From what
peers delivered beside the best chain a fetch goes on: without that, a long branch would be fetched
from its start again and again.
"""

from collections.abc import Callable, Container

from powclock.machine.tree import BlockTree
from powclock.network.conduct import Conduct
from powclock.network.pending import Orphans
from powclock.network.serving import FETCH_BLOCKS_MAX
from powclock.network.wire import Fetch

BESIDE_MAX = 16  # with a locator, well below the wire's limit

NodeId = str


class Fetching:
    """One node's fetches; each has `timeout_ns` before another may begin."""

    def __init__(
        self,
        tree: BlockTree,
        orphans: Orphans,
        conduct: Conduct,
        send: Callable[[NodeId, Fetch], None],
        timeout_ns: int,
    ) -> None:
        self._tree = tree
        self._orphans = orphans
        self._conduct = conduct
        self._send = send
        self._timeout_ns = timeout_ns
        self._until_ns = 0

    def begin(self, peer: NodeId, now_ns: int) -> bool:
        """Ask a peer for what follows our blocks, unless a fetch is under way; whether it is."""
        if now_ns < self._until_ns:
            return False
        self._until_ns = now_ns + self._timeout_ns
        self._conduct.asked(peer, FETCH_BLOCKS_MAX)
        self._send(peer, Fetch((*self._furthest_beside(), *self._tree.locator())))
        return True

    def go_on(self, peers: Container[NodeId], now_ns: int) -> bool:
        """While there are orphans, ask the next one of those who sent them; whether it is asked."""
        if not len(self._orphans) or now_ns < self._until_ns:
            return False
        peer = self._orphans.next_peer()
        return peer is not None and peer in peers and self.begin(peer, now_ns)

    def abandon(self) -> None:
        """Nothing comes of the fetch under way: another may begin."""
        self._until_ns = 0

    def _furthest_beside(self) -> tuple[bytes, ...]:
        tree = self._tree
        reached = (tree.get(hash_) for hash_ in self._conduct.reached())
        beside = [
            entry
            for entry in reached
            if entry is not None and entry.height > tree.horizon and not tree.in_best_chain(entry)
        ]
        beside.sort(key=lambda entry: -entry.chain_work)
        return tuple(dict.fromkeys(entry.hash for entry in beside))[:BESIDE_MAX]
