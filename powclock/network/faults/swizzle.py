"""Swizzle: nodes stop one by one, and come back in another order (FoundationDB's swizzle-clogging).

The order in which a network heals is where agreement breaks: who comes back first hears from some
who were cut off later than itself, and from others not at all. So a random set of nodes stops, a
node a step, until all of it is cut off; then it comes back, a node a step, in an order of its own;
then another set, for as long as the fault is on. (FoundationDB's simulator clogs links, so what was
sent arrives late; here it is lost, which gossip must bear as well.)
"""

from typing import Annotated

import msgspec

from powclock.clock.streams import Stream
from powclock.clock.virtual_loop import NANOSECONDS
from powclock.network.faults.breakable import Breakable, NodeId, Undo
from powclock.network.faults.cuts import mend
from powclock.network.faults.fault import Fault
from powclock.network.link import Link


class Swizzle(Fault, frozen=True, tag="swizzle"):
    """All links of a random `share` of the nodes stop, a node each `step_s`, and come back."""

    share: Annotated[float, msgspec.Meta(gt=0, le=1)] = 0.5
    step_s: Annotated[float, msgspec.Meta(ge=0.01, le=1e6)] = 2.0

    @property
    def label(self) -> str:
        return f"swizzle {self.share:.0%}, {self.step_s:g} s a step"

    def begin(self, race: Breakable) -> Undo:
        self.targets(race)
        stream = race.stream("swizzle", *self.nodes)
        swizzler = Swizzler(race, self.id, stream, self.nodes, self.share, self.step_s)
        stop = race.on_links(swizzler.apply)
        swizzler.start()

        def undo() -> None:
            stop()
            swizzler.end()

        return undo


class Swizzler:
    """Goes round: a set stops, then comes back; a step of it is due at any time."""

    def __init__(
        self,
        race: Breakable,
        id_: str,
        stream: Stream,
        nodes: tuple[NodeId, ...],
        share: float,
        step_s: float,
    ) -> None:
        self._race = race
        self._id = id_
        self._stream = stream
        self._nodes = nodes
        self._share = share
        self._step_ns = round(step_s * NANOSECONDS)
        self._stopping: list[NodeId] = []
        self._returning: list[NodeId] = []
        self._stopped: dict[NodeId, None] = {}
        self._over = False

    def start(self) -> None:
        """Choose a set and stop the first of it."""
        self._choose()
        self._step(b"")

    def end(self) -> None:
        """Bring everybody back, in the order in which they stopped."""
        self._over = True
        for node in list(self._stopped):
            self._bring_back(node)

    def apply(self, link: Link) -> None:
        """Stop a link that was made while one of its ends is stopped."""
        for node in self._stopped:
            if node in (link.source, link.target):
                link.sever(self._key(node))

    def _key(self, node: NodeId) -> str:
        return f"{self._id}/{node}"

    def _choose(self) -> None:
        present = self._race.node_names()
        names = [name for name in self._nodes or present if name in present]
        count = max(1, round(self._share * len(names)))
        self._stopping = self._stream.shuffled(names)[:count]
        self._returning = self._stream.shuffled(self._stopping)

    def _step(self, _: bytes) -> None:
        if self._over:
            return
        if self._stopping:
            self._stop(self._stopping.pop())
        elif self._returning:
            self._bring_back(self._returning.pop())
        else:
            self._choose()  # a step in which everybody is there
        self._race.schedule_in(self._step_ns, self._step, b"")

    def _stop(self, node: NodeId) -> None:
        self._stopped[node] = None
        for link in self._race.links():
            if node in (link.source, link.target):
                link.sever(self._key(node))

    def _bring_back(self, node: NodeId) -> None:
        del self._stopped[node]
        mend(self._race, self._key(node))
