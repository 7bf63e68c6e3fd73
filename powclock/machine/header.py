"""The block header: exactly Bitcoin's 80 bytes.

The hash of a header is the leader's proof. Nothing else in a block needs one: the Merkle root ties
the transactions to the header, and the parent's hash ties the header to all history before it.
"""

import struct
from dataclasses import dataclass, field
from hashlib import sha256

from powclock.machine.reason import Invalid, Reason

_LAYOUT = struct.Struct("<i32s32sIII")
HEADER_BYTES = 80
assert _LAYOUT.size == HEADER_BYTES

NO_PARENT = bytes(32)


def sha256d(data: bytes) -> bytes:
    """SHA-256 of SHA-256, in internal byte order."""
    return sha256(sha256(data).digest()).digest()


def display(hash_: bytes) -> str:
    """A hash as people see it: most significant digit first."""
    return hash_[::-1].hex()


def from_display(text: str) -> bytes:
    """A hash in internal byte order, from how people see it."""
    return bytes.fromhex(text)[::-1]


@dataclass(frozen=True, slots=True)
class BlockHeader:
    """A header; `parent` and `merkle_root` are 32 bytes in internal order, `time` in seconds."""

    version: int
    parent: bytes
    merkle_root: bytes
    time: int
    bits: int
    nonce: int
    hash: bytes = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "hash", sha256d(self.serialise()))

    def serialise(self) -> bytes:
        """The 80 bytes that are hashed and sent."""
        return _LAYOUT.pack(
            self.version, self.parent, self.merkle_root, self.time, self.bits, self.nonce
        )

    @classmethod
    def parse(cls, data: bytes) -> "BlockHeader":
        """Read 80 bytes.

        Raises:
            Invalid: truncated-message or trailing-bytes.
        """
        if len(data) < HEADER_BYTES:
            raise Invalid(Reason.TRUNCATED, f"a header has 80 bytes, not {len(data)}")
        if len(data) > HEADER_BYTES:
            raise Invalid(Reason.TRAILING, f"a header has 80 bytes, not {len(data)}")
        return cls(*_LAYOUT.unpack(data))

    @property
    def short(self) -> str:
        """Four digits for the screen: the last ones, since a proof starts with zeros."""
        return short(self.hash)


def short(hash_: bytes) -> str:
    """The last four digits of a hash as displayed."""
    return hash_[1::-1].hex()
