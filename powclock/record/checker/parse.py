"""Reads a block from its bytes, and judges what can be judged of a body alone.

Written from the specification of the wire and of Bitcoin's Merkle tree; shares no code with the
machine, so that one mistake is not made twice.
"""

from hashlib import sha256
from typing import Any, NamedTuple

import msgpack

from powclock.record.checker.broken import Wrong

DELIVER = 5
PASS = 6
CHECKSUM_BYTES = 4
KEY_BYTES = 32
COIN = 100_000_000
AMOUNT_MAX = 21_000_000 * COIN
NONCE_MAX = 2**32 - 1
EXTRA_BYTES_MAX = 100


class Header(NamedTuple):
    """Six fields of 80 bytes, little-endian; `hash` is in internal order."""

    hash: bytes
    version: int
    parent: bytes
    merkle_root: bytes
    time: int
    bits: int
    nonce: int


class Transfer(NamedTuple):
    """A signed payment; `message` is what the signature covers."""

    id: bytes
    chain_id: int
    sender: bytes
    recipient: bytes
    amount: int
    fee: int
    nonce: int
    signature: bytes
    message: bytes


class Body(NamedTuple):
    """What a block says besides its header."""

    height: int
    author: bytes
    amount: int
    extra: bytes
    coinbase_id: bytes
    transfers: tuple[Transfer, ...]
    seal: bytes


def twice(data: bytes) -> bytes:
    """SHA-256 of SHA-256."""
    return sha256(sha256(data).digest()).digest()


def read_header(data: bytes) -> Header:
    """A header from its 80 bytes."""
    if len(data) != 80:
        raise Wrong(1, f"its header has {len(data)} bytes")
    number = int.from_bytes
    return Header(
        twice(data),
        number(data[:4], "little", signed=True),
        data[4:36],
        data[36:68],
        number(data[68:72], "little"),
        number(data[72:76], "little"),
        number(data[76:80], "little"),
    )


def read_block(frame: bytes) -> tuple[Header, Body]:
    """A block from the message that delivers it.

    Raises:
        Wrong: these bytes are no block.
    """
    payload = frame[CHECKSUM_BYTES:]
    if frame[:CHECKSUM_BYTES] != twice(payload)[:CHECKSUM_BYTES]:
        raise Wrong(1, "its frame does not have the checksum of what follows")
    header, seal, (height, author, amount, extra), transfers = _fields(payload)
    paid = little(height, 4) + author + little(amount, 8)
    return read_header(header), Body(
        height,
        author,
        amount,
        extra,
        twice(paid + bytes(21) + extra),
        tuple(_transfer(*fields) for fields in transfers),
        seal,
    )


def read_transfer(frame: bytes) -> Transfer:
    """A transfer from the message that passes it on.

    Raises:
        Wrong: these bytes are no transfer.
    """
    payload = frame[CHECKSUM_BYTES:]
    if frame[:CHECKSUM_BYTES] != twice(payload)[:CHECKSUM_BYTES]:
        raise Wrong(1, "its frame does not have the checksum of what follows")
    try:
        message = msgpack.unpackb(payload)
    except (ValueError, TypeError, OverflowError) as error:
        raise Wrong(1, f"its frame holds no message: {error}") from error
    if not _fits(message, int, list) or message[0] != PASS:
        raise Wrong(1, "its frame holds no transfer")
    _check_transfer(message[1])
    return _transfer(*message[1])


def _fields(payload: bytes) -> list[Any]:
    """What the message of a block says: header, seal, coinbase and transfers."""
    try:
        message = msgpack.unpackb(payload)
    except (ValueError, TypeError, OverflowError) as error:
        raise Wrong(1, f"its frame holds no message: {error}") from error
    if not _fits(message, int, bytes, bytes, list, list) or message[0] != DELIVER:
        raise Wrong(1, "its frame holds no block")
    _, header, seal, coinbase, transfers = message
    if not _fits(coinbase, int, bytes, int, bytes) or len(coinbase[1]) != KEY_BYTES:
        raise Wrong(1, "its coinbase has not the fields of one")
    for transfer in transfers:
        _check_transfer(transfer)
    return [header, seal, coinbase, transfers]


def _check_transfer(transfer: Any) -> None:
    """Whether these are the fields of a transfer."""
    if (
        not _fits(transfer, int, bytes, bytes, int, int, int, bytes)
        or not len(transfer[1]) == len(transfer[2]) == KEY_BYTES
    ):
        raise Wrong(1, "one of its transfers has not the fields of one")


def _fits(values: object, *types: type) -> bool:
    """Whether it is a list of exactly these types."""
    return type(values) is list and [type(value) for value in values] == list(types)


def little(number: int, size: int) -> bytes:
    """A number as bytes, the lowest first."""
    if not 0 <= number < 1 << 8 * size:
        raise Wrong(1, f"the number {number} is not one of {size} bytes")
    return number.to_bytes(size, "little")


def _transfer(
    chain_id: int,
    sender: bytes,
    recipient: bytes,
    amount: int,
    fee: int,
    nonce: int,
    signature: bytes,
) -> Transfer:
    numbers = little(amount, 8) + little(fee, 8) + little(nonce, 8)
    message = little(chain_id, 4) + sender + recipient + numbers
    id_ = twice(message + signature)
    return Transfer(id_, chain_id, sender, recipient, amount, fee, nonce, signature, message)


def merkle_root(leaves: list[bytes]) -> bytes:
    """The root of Bitcoin's tree, which pairs an odd leaf with itself.

    So a list that repeats its tail has the root of the one that does not: that is refused.
    """
    if len(leaves) == 1:
        return leaves[0]
    pairs = list(zip(leaves[::2], leaves[1::2], strict=False))
    if any(left == right for left, right in pairs):
        raise Wrong(1, "it repeats its last transfers")
    if len(leaves) % 2:
        pairs.append((leaves[-1], leaves[-1]))
    return merkle_root([twice(left + right) for left, right in pairs])


def check_body(header: Header, body: Body, height: int, transfers_max: int) -> None:
    """Whether the body is the header's, stands at its height and keeps the limits."""
    ids = [transfer.id for transfer in body.transfers]
    if merkle_root([body.coinbase_id, *ids]) != header.merkle_root:
        raise Wrong(1, "its transfers are not those under its Merkle root")
    if len(ids) > transfers_max:
        raise Wrong(1, f"it has {len(ids)} transfers, at most {transfers_max} are allowed")
    if body.height != height:
        raise Wrong(1, f"its coinbase says height {body.height}, it stands at {height}")
    if len(body.extra) > EXTRA_BYTES_MAX:
        raise Wrong(1, f"its coinbase carries {len(body.extra)} bytes")


def check_limits(transfer: Transfer) -> None:
    """Whether amounts and nonce are within what the chain allows."""
    if not 1 <= transfer.amount <= AMOUNT_MAX or not 0 <= transfer.fee <= AMOUNT_MAX:
        raise Wrong(7, f"it moves {transfer.amount} for a fee of {transfer.fee}")
    if not 0 <= transfer.nonce <= NONCE_MAX:
        raise Wrong(8, f"it has a transfer with nonce {transfer.nonce}")
