"""A journal: the transfers that a replica without blocks has applied, in that order, on its disk.

Each is kept as the message in which it came. Such a message travels as one object from node to
node, so many journals hold it once. A journal only grows: without an order there is nothing that
says which transfers are too old to come a second time, so the id of every one must be known.
"""

from collections.abc import Iterator

from powclock.machine.transaction import Transaction
from powclock.network.wire import Pass, decode


class Journal:
    """Applied transfers by id; iterates over the ids, the first applied first."""

    def __init__(self) -> None:
        self._frames: dict[bytes, bytes] = {}

    def append(self, transaction: Transaction, frame: bytes) -> None:
        """Write a transfer down, as the message that delivers it."""
        self._frames[transaction.id] = frame

    def lose_last(self, count: int) -> None:
        """Forget the newest transfers: they were not synced yet."""
        for id_ in list(self._frames)[max(0, len(self._frames) - count) :]:
            del self._frames[id_]

    def frame(self, id_: bytes) -> bytes | None:
        """A transfer's message; None if it was not applied."""
        return self._frames.get(id_)

    def frames(self) -> Iterator[bytes]:
        """All messages."""
        return iter(self._frames.values())

    def transactions(self) -> Iterator[Transaction]:
        """The transfers themselves."""
        for frame in self._frames.values():
            message = decode(frame)
            assert isinstance(message, Pass), "a replica trusts its own disk"
            yield message.transaction

    def __contains__(self, id_: object) -> bool:
        return id_ in self._frames

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._frames)

    def __len__(self) -> int:
        return len(self._frames)
