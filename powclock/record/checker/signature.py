"""Signatures, and keys under which a signature would prove nothing.

A key is refused if its y is not reduced modulo 2²⁵⁵ − 19, or if the point has small order: then
three doublings bring it to the neutral element. That is computed here, not looked up.
"""

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from powclock.record.checker.broken import Wrong
from powclock.record.checker.parse import Transfer

REMEMBERED_MAX = 8_192

_P = 2**255 - 19
_D = -121665 * pow(121666, -1, _P) % _P
_ROOT_OF_MINUS_ONE = pow(2, (_P - 1) // 4, _P)


def sound_key(key: bytes) -> bool:
    """Whether a key is in the one form allowed and of large order; unused bits may be anything."""
    y = int.from_bytes(key, "little") & ((1 << 255) - 1)
    if len(key) != 32 or y >= _P:
        return False
    x = _x_of(y)
    if x is None:
        return True  # no point at all: nobody can ever sign for it
    for _ in range(3):
        x, y = _double(x, y)
    return (x, y) != (0, 1)


def _x_of(y: int) -> int | None:
    square = (y * y - 1) * pow(_D * y * y + 1, -1, _P) % _P
    x = pow(square, (_P + 3) // 8, _P)
    if x * x % _P != square:
        x = x * _ROOT_OF_MINUS_ONE % _P
    return x if x * x % _P == square else None


def _double(x: int, y: int) -> tuple[int, int]:
    bend = _D * x * x * y * y % _P
    return (
        2 * x * y * pow(1 + bend, -1, _P) % _P,
        (y * y + x * x) * pow(1 - bend, -1, _P) % _P,
    )


class Signatures:
    """Checks transfers; remembers what was good, by an id that covers all of it."""

    def __init__(self, chain_id: int) -> None:
        self._chain_id = chain_id
        self._good: dict[bytes, None] = {}
        self._sound: dict[bytes, bool] = {}

    def check(self, transfer: Transfer) -> None:
        """Whether the owner signed it for this chain."""
        if transfer.id in self._good:
            return
        if transfer.chain_id != self._chain_id:
            raise Wrong(9, f"it has a transfer for chain {transfer.chain_id}")
        if not (self.sound(transfer.sender) and self.sound(transfer.recipient)):
            raise Wrong(9, "it has a transfer with a key of small order")
        try:
            key = Ed25519PublicKey.from_public_bytes(transfer.sender)
            key.verify(transfer.signature, transfer.message)
        except (InvalidSignature, ValueError) as error:
            raise Wrong(9, f"transfer {transfer.id[::-1].hex()} is not its owner's") from error
        self._good[transfer.id] = None
        if len(self._good) > REMEMBERED_MAX:
            del self._good[next(iter(self._good))]

    def sound(self, key: bytes) -> bool:
        """As `sound_key`, remembered."""
        known = self._sound.get(key)
        if known is None:
            known = self._sound[key] = sound_key(key)
            if len(self._sound) > REMEMBERED_MAX:
                del self._sound[next(iter(self._sound))]
        return known
