"""Transfers, and the coinbase that pays a block's leader.

A transfer is signed by its sender for one chain (`chain_id`) and one place in the sender's history
(`nonce`), so it can be replayed neither elsewhere nor twice. Its id covers the signature too: what
is verified under an id is verified for good.
"""

import struct
from dataclasses import dataclass, field

from powclock.machine.header import sha256d
from powclock.machine.keys import SigningKey, acceptable_key, verify_signature
from powclock.machine.reason import InvalidTransaction, Reason

COIN = 100_000_000
MONEY_MAX = 21_000_000 * COIN
NONCE_END = 1 << 32
COINBASE_EXTRA_BYTES_MAX = 100

_TRANSFER = struct.Struct("<I32s32sQQQ")
# Padded past 64 bytes: a coinbase must not read as an inner node of the Merkle tree, or a body of
# one leaf could be forged for the header of an honest block of two (CVE-2017-12842).
_COINBASE = struct.Struct("<I32sQ21x")
assert _COINBASE.size > 64


@dataclass(frozen=True, slots=True)
class Transaction:
    """A signed transfer; amounts in the smallest unit, 10⁻⁸ of a coin."""

    chain_id: int
    sender: bytes
    recipient: bytes
    amount: int
    fee: int
    nonce: int
    signature: bytes
    id: bytes = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "id", sha256d(self.signed_bytes() + self.signature))

    @classmethod
    def signed(
        cls, key: SigningKey, *, chain_id: int, recipient: bytes, amount: int, fee: int, nonce: int
    ) -> "Transaction":
        """A transfer from the key's account."""
        message = _TRANSFER.pack(chain_id, key.public, recipient, amount, fee, nonce)
        return cls(chain_id, key.public, recipient, amount, fee, nonce, key.sign(message))

    def signed_bytes(self) -> bytes:
        """What the signature covers: every other field, fixed width, little-endian."""
        return _TRANSFER.pack(
            self.chain_id, self.sender, self.recipient, self.amount, self.fee, self.nonce
        )

    def check(self, chain_id: int) -> None:
        """All that can be said without a ledger.

        Raises:
            InvalidTransaction: with the first reason that applies.
        """
        if self.chain_id != chain_id:
            raise InvalidTransaction(
                Reason.BAD_TXNS_CHAIN_ID, f"{self.chain_id} instead of {chain_id}"
            )
        if not 1 <= self.amount <= MONEY_MAX:
            raise InvalidTransaction(Reason.BAD_TXNS_AMOUNT, str(self.amount))
        if not 0 <= self.fee <= MONEY_MAX:
            raise InvalidTransaction(Reason.BAD_TXNS_FEE, str(self.fee))
        if self.nonce >= NONCE_END:
            raise InvalidTransaction(Reason.BAD_TXNS_NONCE_GAP, str(self.nonce))
        if not (acceptable_key(self.sender) and acceptable_key(self.recipient)):
            raise InvalidTransaction(Reason.BAD_TXNS_KEY)
        if not verify_signature(self.sender, self.signature, self.signed_bytes()):
            raise InvalidTransaction(Reason.BAD_TXNS_SIGNATURE)


@dataclass(frozen=True, slots=True)
class Coinbase:
    """Pays the leader subsidy and fees; names its height (BIP 34), so that no two are equal."""

    height: int
    recipient: bytes
    amount: int
    extra: bytes = b""
    id: bytes = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(
            self,
            "id",
            sha256d(_COINBASE.pack(self.height, self.recipient, self.amount) + self.extra),
        )
