"""Why something is refused.

An expected failure is a reason, named as Bitcoin Core names it wherever it has one.
A refusal leaves every state untouched; a bug is an assertion and looks different.
"""

from enum import StrEnum


class Reason(StrEnum):
    """Reject reasons; the value is what logs and records show."""

    # The header.
    HIGH_HASH = "high-hash"
    BAD_DIFFBITS = "bad-diffbits"
    BAD_VERSION = "bad-version"
    TIME_TOO_OLD = "time-too-old"
    TIME_TOO_NEW = "time-too-new"
    BAD_SEAL = "bad-seal"
    BAD_LEADER = "bad-leader"
    BAD_SLOT = "bad-slot"
    # Its place in the tree.
    DUPLICATE = "duplicate"
    DUPLICATE_INVALID = "duplicate-invalid"
    BAD_PREVBLK = "bad-prevblk"
    PREV_BLK_NOT_FOUND = "prev-blk-not-found"
    TOO_LITTLE_CHAINWORK = "too-little-chainwork"
    # The body.
    BAD_TXNMRKLROOT = "bad-txnmrklroot"
    BAD_TXNS_DUPLICATE = "bad-txns-duplicate"
    BAD_BLK_LENGTH = "bad-blk-length"
    BAD_CB_HEIGHT = "bad-cb-height"
    BAD_CB_LENGTH = "bad-cb-length"
    BAD_CB_AMOUNT = "bad-cb-amount"
    # A transaction; an account nonce takes the place of Bitcoin's inputs.
    BAD_TXNS_CHAIN_ID = "bad-txns-chain-id"
    BAD_TXNS_KEY = "bad-txns-key"
    BAD_TXNS_SIGNATURE = "bad-txns-signature"
    BAD_TXNS_AMOUNT = "bad-txns-vout-toolarge"
    BAD_TXNS_FEE = "bad-txns-fee-outofrange"
    BAD_TXNS_NONCE_SPENT = "bad-txns-inputs-missingorspent"
    BAD_TXNS_NONCE_GAP = "bad-txns-nonce-gap"
    BAD_TXNS_IN_BELOWOUT = "bad-txns-in-belowout"
    # The mempool.
    TXN_ALREADY_IN_MEMPOOL = "txn-already-in-mempool"
    TXN_MEMPOOL_CONFLICT = "txn-mempool-conflict"
    TOO_LONG_MEMPOOL_CHAIN = "too-long-mempool-chain"
    MEMPOOL_FULL = "mempool-full"
    # The wire.
    OVERSIZED = "oversized-message"
    BAD_CHECKSUM = "bad-checksum"
    TRUNCATED = "truncated-message"
    TRAILING = "trailing-bytes"
    MALFORMED = "malformed-message"
    WRONG_NETWORK = "wrong-network"

    @property
    def temporary(self) -> bool:
        """The same header may be valid later or with another body: never remember it as invalid.

        What this means for whoever sent it is another question (`network.conduct`).
        """
        return self in _TEMPORARY


_TEMPORARY = frozenset(
    {
        Reason.TIME_TOO_NEW,
        Reason.PREV_BLK_NOT_FOUND,
        Reason.TOO_LITTLE_CHAINWORK,
        Reason.BAD_TXNMRKLROOT,
        Reason.BAD_TXNS_DUPLICATE,
        Reason.BAD_BLK_LENGTH,
        Reason.BAD_SEAL,
    }
)


class Invalid(Exception):
    """Refused, with the reason; `detail` is for people."""

    def __init__(self, reason: Reason, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else str(reason))
        self.reason = reason
        self.detail = detail


class InvalidBlock(Invalid):
    """A block that no correct node appends; `early_ns` is in how long it may be right, if ever."""

    early_ns = 0


class InvalidTransaction(Invalid):
    """A transfer that no correct node carries."""
