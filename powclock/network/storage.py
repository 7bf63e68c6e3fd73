"""A node's disk: blocks as the bytes in which they came, in the order in which they were accepted.

A block travels as one object from node to node, so many disks hold it once. Recently used blocks
are kept decoded.
"""

from collections.abc import Iterator, MutableMapping

from powclock.machine.block import Block
from powclock.network.wire import Deliver, decode, encode

DECODED_MAX = 32


class Disk(MutableMapping[bytes, Block]):
    """Blocks by hash; iterates in the order of acceptance."""

    def __init__(self) -> None:
        self._frames: dict[bytes, bytes] = {}
        self._decoded: dict[bytes, Block] = {}
        self._incoming: tuple[bytes, bytes] | None = None

    def expect(self, hash_: bytes, frame: bytes) -> None:
        """The bytes of a block that may be stored next, so that it need not be encoded again."""
        self._incoming = (hash_, frame)

    def lose_last(self, count: int) -> None:
        """Forget the newest blocks. A parent is accepted before its children, so no gap is left."""
        for hash_ in list(self._frames)[max(0, len(self._frames) - count) :]:
            del self[hash_]

    @property
    def decoded_count(self) -> int:
        """How many blocks are kept decoded."""
        return len(self._decoded)

    def frame(self, hash_: bytes) -> bytes | None:
        """A block's message, ready to send."""
        return self._frames.get(hash_)

    def __setitem__(self, hash_: bytes, block: Block) -> None:
        if self._incoming is not None and self._incoming[0] == hash_:
            self._frames[hash_] = self._incoming[1]
        else:
            self._frames[hash_] = encode(Deliver(block))
        self._incoming = None
        self._remember(hash_, block)

    def __getitem__(self, hash_: bytes) -> Block:
        block = self._decoded.get(hash_)
        if block is None:
            message = decode(self._frames[hash_])
            assert isinstance(message, Deliver)
            block = message.block
            self._remember(hash_, block)
        return block

    def _remember(self, hash_: bytes, block: Block) -> None:
        self._decoded[hash_] = block
        if len(self._decoded) > DECODED_MAX:
            del self._decoded[next(iter(self._decoded))]

    def __delitem__(self, hash_: bytes) -> None:
        del self._frames[hash_]
        self._decoded.pop(hash_, None)

    def __contains__(self, hash_: object) -> bool:
        return hash_ in self._frames

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._frames)

    def __len__(self) -> int:
        return len(self._frames)
