"""What the checker may look at besides records: bodies on disks, and what a node remembers."""

from collections.abc import Iterable
from typing import NamedTuple, Protocol


class Waiting(NamedTuple):
    """A transfer in a mempool."""

    id: bytes
    fee: int


class Queue(NamedTuple):
    """Something that grows, and how far it may."""

    name: str
    length: float
    bound: float


class Witness(Protocol):
    """Looks into the nodes of a race without touching them; hashes are in internal order."""

    def frame(self, node: str, hash_: bytes) -> bytes | None:
        """A block as it lies on a node's disk: the wire's message that delivers it."""
        ...

    def weight(self, node: str, hash_: bytes) -> int:
        """What a block that a node has weighs by its own rule."""
        ...

    def clock_ns(self, node: str) -> int:
        """What a node believes the time to be, since 1970."""
        ...

    def head(self, node: str) -> tuple[bytes, bytes]:
        """The hash of a running node's head, and its state root."""
        ...

    def waiting(self, node: str, sender: bytes, nonce: int) -> Waiting | None:
        """The transfer in a node's mempool with this place in the sender's history."""
        ...

    def mempool_full(self, node: str) -> bool:
        """Whether a node had to let transfers of low fees go."""
        ...

    def condemned(self, node: str, hash_: bytes) -> bool:
        """Whether a node remembers a block as invalid for good."""
        ...

    def queues(self, node: str) -> Iterable[Queue]:
        """Everything in a node that a peer can make longer."""
        ...
