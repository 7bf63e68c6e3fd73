"""A link: one direction of one pair of peers.

It delivers in order, after latency, jitter and the time that its bandwidth takes. Faults are stages
around it: a stage takes the next `send` and returns another. A severed link loses what it is given.
"""

from collections.abc import Callable

from powclock.clock.streams import Stream
from powclock.clock.virtual_loop import NANOSECONDS, VirtualLoop

Send = Callable[[bytes], None]
Stage = Callable[[Send], Send]

JITTERS_DRAWN = 16


class Traffic:
    """What all links of a race have carried, and how many of them are severed now."""

    __slots__ = ("bytes", "messages", "severed")

    def __init__(self) -> None:
        self.messages = 0
        self.bytes = 0
        self.severed = 0


class Link:
    """From `source` to `target`; jitter is exponential with the given mean.

    `traffic` is counted together with other links.
    """

    def __init__(
        self,
        loop: VirtualLoop,
        stream: Stream,
        *,
        source: str,
        target: str,
        latency_ns: int,
        jitter_ns: int,
        bytes_per_s: float,
        deliver: Callable[[str, str, bytes], None],
        traffic: Traffic | None = None,
    ) -> None:
        self.source = source
        self.target = target
        self.latency_ns = latency_ns
        self.messages = 0
        self.bytes = 0
        self._loop = loop
        self._stream = stream
        self._jitter_ns = jitter_ns
        self._bytes_per_s = bytes_per_s
        self._deliver = deliver
        self._traffic = Traffic() if traffic is None else traffic
        self._jitters_ns: list[int] = []  # drawn many at once, the next one last
        self._free_ns = 0
        self._last_arrival_ns = 0
        self._stages: dict[str, Stage] = {}
        self._severed_by: dict[str, None] = {}
        self.send: Send = self._transmit

    @property
    def severed(self) -> bool:
        """Whether everything sent is lost."""
        return bool(self._severed_by)

    def severed_by(self, key: str) -> bool:
        """Whether this is a reason why everything is lost."""
        return key in self._severed_by

    @property
    def stages(self) -> tuple[str, ...]:
        """The keys of what lies around it, innermost first."""
        return tuple(self._stages)

    def retire(self) -> None:
        """Be counted for itself from now on: the link is taken out."""
        alone = Traffic()
        if self._severed_by:
            self._traffic.severed -= 1
            alone.severed = 1
        self._traffic = alone

    def wrap(self, key: str, stage: Stage) -> None:
        """Put a stage around the link, outside of those already there."""
        self._stages[key] = stage
        self._compose()

    def unwrap(self, key: str) -> None:
        """Take a stage away."""
        self._stages.pop(key, None)
        self._compose()

    def sever(self, key: str) -> None:
        """Lose everything from now on, for this reason."""
        if not self._severed_by:
            self._traffic.severed += 1
        self._severed_by[key] = None
        self._compose()

    def mend(self, key: str) -> None:
        """Take one reason to lose everything away."""
        if key in self._severed_by:
            del self._severed_by[key]
            if not self._severed_by:
                self._traffic.severed -= 1
        self._compose()

    def _compose(self) -> None:
        send: Send = _lose if self._severed_by else self._transmit
        for stage in self._stages.values():
            send = stage(send)
        self.send = send

    def _transmit(self, data: bytes) -> None:
        loop, traffic, size = self._loop, self._traffic, len(data)
        self.messages += 1
        self.bytes += size
        traffic.messages += 1
        traffic.bytes += size
        free_ns = max(loop.now_ns, self._free_ns) + int(size / self._bytes_per_s * NANOSECONDS)
        arrival_ns = free_ns + self.latency_ns
        if self._jitter_ns:
            if not self._jitters_ns:
                self._draw_jitters()
            arrival_ns += self._jitters_ns.pop()
        if arrival_ns > self._last_arrival_ns:
            self._last_arrival_ns = arrival_ns
        else:  # it waits for the message before it
            arrival_ns = self._last_arrival_ns
        self._free_ns = free_ns
        loop.post(arrival_ns, self._deliver, self.source, self.target, data)

    def _draw_jitters(self) -> None:
        self._jitters_ns = list(map(int, self._stream.exponentials(self._jitter_ns, JITTERS_DRAWN)))
        self._jitters_ns.reverse()


def _lose(data: bytes) -> None:
    """Where a severed link leads."""
