"""Bandwidth: a slow line with a short queue in front of it.

Each direction of a link sends so many bytes a second. What comes meanwhile waits in a queue of
`QUEUE_BYTES_MAX`; what does not fit is lost (tail drop), as at a router. The bound is the largest
frame, so that every message gets through an idle line.
"""

from collections import deque
from typing import Annotated

import msgspec

from powclock.clock.virtual_loop import NANOSECONDS
from powclock.network.faults.breakable import Breakable, Timers, Undo
from powclock.network.faults.fault import Fault
from powclock.network.link import Link, Send
from powclock.network.wire import FRAME_BYTES_MAX

QUEUE_BYTES_MAX = FRAME_BYTES_MAX


class Bandwidth(Fault, frozen=True, tag="bandwidth"):
    """Links from and to the nodes carry little; when this ends, what waits is sent at once."""

    kilobytes_per_s: Annotated[float, msgspec.Meta(ge=0.001, le=1e12)] = 5.0

    @property
    def label(self) -> str:
        return f"bandwidth {self.kilobytes_per_s:g} kB/s"

    def begin(self, race: Breakable) -> Undo:
        queues: dict[Link, Queue] = {}

        def stage(link: Link, send: Send) -> Send:
            if link not in queues:
                queues[link] = Queue(race, self.kilobytes_per_s * 1000)
            queue = queues[link]
            queue.send = send
            return queue.put

        unwrap = self.wrap_links(race, stage)

        def undo() -> None:
            for queue in queues.values():
                queue.end()
            unwrap()

        return undo


class Queue:
    """What waits for one direction of a link; `send` takes what has got through."""

    send: Send

    def __init__(self, race: Timers, bytes_per_s: float) -> None:
        self.bytes = 0
        self._race = race
        self._bytes_per_s = bytes_per_s
        self._waiting: deque[bytes] = deque()
        self._over = False

    def put(self, data: bytes) -> None:
        """Send it when its turn comes, or lose it if there is no room."""
        if self._over:
            self.send(data)  # held back by another fault until now
            return
        if self.bytes + len(data) > QUEUE_BYTES_MAX:
            return
        self._waiting.append(data)
        self.bytes += len(data)
        if len(self._waiting) == 1:
            self._begin()

    def end(self) -> None:
        """Send all that waits now, and what comes from now on at once."""
        self._over = True
        while self._waiting:
            self._sent()

    def _begin(self) -> None:
        duration_ns = round(len(self._waiting[0]) / self._bytes_per_s * NANOSECONDS)
        self._race.schedule_in(duration_ns, self._through, b"")

    def _through(self, _: bytes) -> None:
        if not self._waiting:
            return  # sent at once at the end
        self._sent()
        if self._waiting:
            self._begin()

    def _sent(self) -> None:
        data = self._waiting.popleft()
        self.bytes -= len(data)
        self.send(data)
