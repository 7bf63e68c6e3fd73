"""A link: one direction of one pair of peers.

It delivers in order, after latency, jitter and the time that its bandwidth takes. Faults are stages
around it: a stage takes the next `send` and returns another. A severed link loses what it is given.
"""

from collections.abc import Callable

from powclock.clock.streams import Stream
from powclock.clock.virtual_loop import NANOSECONDS, VirtualLoop

Send = Callable[[bytes], None]
Stage = Callable[[Send], Send]


class Link:
    """From `source` to `target`; jitter is exponential with the given mean."""

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
        self._severed_by[key] = None
        self._compose()

    def mend(self, key: str) -> None:
        """Take one reason to lose everything away."""
        self._severed_by.pop(key, None)
        self._compose()

    def _compose(self) -> None:
        send: Send = _lose if self._severed_by else self._transmit
        for stage in self._stages.values():
            send = stage(send)
        self.send = send

    def _transmit(self, data: bytes) -> None:
        self.messages += 1
        self.bytes += len(data)
        now_ns = self._loop.now_ns
        self._free_ns = max(now_ns, self._free_ns) + int(
            len(data) / self._bytes_per_s * NANOSECONDS
        )
        arrival_ns = self._free_ns + self.latency_ns
        if self._jitter_ns:
            arrival_ns += int(self._stream.exponential(self._jitter_ns))
        self._last_arrival_ns = max(arrival_ns, self._last_arrival_ns)
        self._loop.schedule(self._last_arrival_ns, self._deliver, self.source, self.target, data)


def _lose(data: bytes) -> None:
    """Where a severed link leads."""
