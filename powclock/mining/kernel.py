"""The innermost loop: try nonces until the header's hash meets the target.

One function, so that a compiled kernel can take its place. hashlib reaches 1.3 to 1.7 MH/s a core
and holds the interpreter lock on inputs this short, so threads do not help.
"""

from hashlib import sha256

NONCE_END = 1 << 32


def find_nonce(prefix: bytes, target: int, start: int, count: int) -> int | None:
    """The first nonce from `start` whose header hash is at most the target.

    Args:
        prefix: the header's first 76 bytes; the nonce follows them.
        target: the largest hash that counts, as a number.
        start: the first nonce to try.
        count: how many to try; never past the last of 2³² nonces.
    """
    assert len(prefix) == 76
    # A hash that meets the target ends in zero bytes: compare those first, they are cheap.
    zeros = bytes(max(0, (256 - target.bit_length()) // 8))
    for nonce in range(start, min(start + count, NONCE_END)):
        digest = sha256(sha256(prefix + nonce.to_bytes(4, "little")).digest()).digest()
        if digest.endswith(zeros) and int.from_bytes(digest, "little") <= target:
            return nonce
    return None
