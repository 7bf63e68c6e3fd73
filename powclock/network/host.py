"""The host under a node: what reaches the node passes through it.

A host may be suspended, as a virtual machine, a laptop with its lid closed or a process in a long
collection of garbage is. The node keeps its memory but handles nothing: messages wait as bytes in
the socket's buffer, timers that are due wait too. When it goes on, all of that comes at once, in
the order in which it came. What was in the host when its node crashes is gone.
"""

from collections.abc import Callable

NodeId = str
Receive = Callable[[NodeId, bytes], None]

# What waits of each peer: Linux's default receive buffer of a socket. More than that is lost.
INBOX_BYTES_MAX = 212_992


class Host:
    """Passes on what reaches a node; `later` calls back after a duration."""

    def __init__(self, later: Callable[[int, Callable[[], None]], None]) -> None:
        self._later = later
        self._receive: Receive = _nobody
        self._suspended_by: dict[str, None] = {}
        # In order of arrival; the keys of messages are numbers, those of calls tell them apart.
        self._waiting: dict[object, Callable[[], None]] = {}
        self._inbox_bytes: dict[NodeId, int] = {}
        self._arrivals = 0
        self._lost = 0

    @property
    def suspended(self) -> bool:
        """Whether its node is frozen."""
        return bool(self._suspended_by)

    @property
    def inbox_bytes(self) -> int:
        """The most that waits of one peer."""
        return max(self._inbox_bytes.values(), default=0)

    def boot(self, receive: Receive) -> None:
        """A node runs now, which takes messages."""
        self._receive = receive

    def crash(self) -> None:
        """The node is gone, and with it all that waits."""
        self._receive = _nobody
        self._waiting.clear()
        self._inbox_bytes.clear()
        self._lost = 0

    def suspend(self, name: str) -> None:
        """Let the node handle nothing from now on, for this reason."""
        self._suspended_by[name] = None

    def resume(self, name: str) -> tuple[int, int] | None:
        """Take a reason away: what waited and what was lost; None if the node did not thaw."""
        if self._suspended_by.pop(name, self) is self or self._suspended_by:
            return None
        told = len(self._waiting), self._lost
        self._lost = 0
        return told

    def catch_up(self) -> None:
        """Handle all that waits."""
        waiting = list(self._waiting.values())
        self._waiting.clear()
        self._inbox_bytes.clear()
        for callback in waiting:
            callback()

    def receive(self, peer: NodeId, data: bytes) -> None:
        """Deliver a message."""
        if not self._suspended_by:
            self._receive(peer, data)
            return
        size = self._inbox_bytes.get(peer, 0) + len(data)
        if size > INBOX_BYTES_MAX:
            self._lost += 1
            return
        self._inbox_bytes[peer] = size
        self._arrivals += 1
        self._waiting[self._arrivals] = lambda: self._receive(peer, data)

    def later(self, delay_ns: int, callback: Callable[[], None]) -> None:
        """Call back after a duration; a node has few timers, and each waits once."""
        self._later(delay_ns, lambda: self.call(callback, callback))

    def call(self, key: object, callback: Callable[[], None]) -> None:
        """Have the node do something; of several calls with one key, the last one waits."""
        if self._suspended_by:
            self._waiting[key] = callback
        else:
            callback()


def _nobody(peer: NodeId, data: bytes) -> None:
    """Nobody listens."""
