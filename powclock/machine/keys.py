"""Ed25519 keys (RFC 8032).

OpenSSL accepts keys of small order and keys whose y is not reduced, and under those a signature
proves nothing or two encodings name one account. They are refused where a key enters.
"""

from functools import lru_cache
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

_FIELD = 2**255 - 19
_Y_MASK = 2**255 - 1
# y of the points of order 1, 2, 4 and 8; the sign of x does not matter here.
_SMALL_ORDER_Y = frozenset(
    {
        0,
        1,
        _FIELD - 1,
        int.from_bytes(
            bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"),
            "little",
        ),
        int.from_bytes(
            bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"),
            "little",
        ),
    }
)


class SigningKey:
    """A private key made from a name and a seed, so that every race has the same accounts."""

    def __init__(self, secret: bytes) -> None:
        self._private = Ed25519PrivateKey.from_private_bytes(secret)
        self.public = self._private.public_key().public_bytes_raw()

    @classmethod
    def derive(cls, seed: int, name: str) -> "SigningKey":
        """The key of `name` in the race with this seed."""
        return cls(sha256(f"powclock key {seed} {name}".encode()).digest())

    def sign(self, message: bytes) -> bytes:
        """64 bytes of signature."""
        return self._private.sign(message)


@lru_cache(maxsize=4096)
def acceptable_key(public: bytes) -> bool:
    """Whether 32 bytes are canonical and no point of small order."""
    y = int.from_bytes(public, "little") & _Y_MASK
    return len(public) == 32 and y < _FIELD and y not in _SMALL_ORDER_Y


@lru_cache(maxsize=8192)
def verify_signature(public: bytes, signature: bytes, message: bytes) -> bool:
    """Whether the signature is the key's; remembered, as all nodes of a race share a process."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True
