"""The same message pattern as a race without faults, as a bare SimPy model.

A block is announced to all peers but its source, requested from the first that announced it, and
delivered. Nodes know numbers instead of blocks, nothing is encoded, checked or recorded, and forks
go to the first seen. Each message is one timeout with a callback: the leanest that SimPy offers.
"""

from functools import partial

import simpy

from powclock.clock.streams import Stream
from powclock.network.topology import Edge

LATENCY_S = 0.04
JITTER_MEAN_S = 0.01


class Network:
    """Nodes over a graph; `messages` and `deliveries` (of a block to a node) are counted."""

    def __init__(self, count: int, graph: list[Edge], interval_s: float, seed: int) -> None:
        self.messages = 0
        self.deliveries = 0
        self.blocks = 0
        self._environment = simpy.Environment()
        self._stream = Stream(seed, "simpy")
        self._count = count
        self._interval_s = interval_s
        self._known: list[set[int]] = [set() for _ in range(count)]
        self._asked: list[set[int]] = [set() for _ in range(count)]
        self._peers: list[list[int]] = [[] for _ in range(count)]
        for a, b in graph:
            self._peers[a].append(b)
            self._peers[b].append(a)
        self._environment.process(self._mine())

    def run(self, blocks: int) -> None:
        """Go on until so many blocks were found."""
        while self.blocks < blocks:
            self._environment.run(self._environment.now + self._interval_s)

    def _mine(self) -> simpy.events.ProcessGenerator:
        while True:
            yield self._environment.timeout(self._stream.exponential(self._interval_s))
            self.blocks += 1
            self._take(self._stream.below(self._count), self.blocks, None)

    def _send(self, arrive: "partial[None]") -> None:
        self.messages += 1
        delay_s = LATENCY_S + self._stream.exponential(JITTER_MEAN_S)
        callbacks = self._environment.timeout(delay_s).callbacks
        assert callbacks is not None
        callbacks.append(lambda _: arrive())

    def _take(self, node: int, block: int, source: int | None) -> None:
        self.deliveries += 1
        self._known[node].add(block)
        for peer in self._peers[node]:
            if peer != source:
                self._send(partial(self._announced, peer, block, node))

    def _announced(self, node: int, block: int, peer: int) -> None:
        if block not in self._known[node] and block not in self._asked[node]:
            self._asked[node].add(block)
            self._send(partial(self._requested, peer, block, node))

    def _requested(self, node: int, block: int, peer: int) -> None:
        self._send(partial(self._delivered, peer, block, node))

    def _delivered(self, node: int, block: int, source: int) -> None:
        self._asked[node].discard(block)
        self._take(node, block, source)
