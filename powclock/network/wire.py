"""The wire format: a checksum, then one strict msgpack array a message.

As in Bitcoin's message header, the first 4 bytes of a frame are those of the SHA-256d of the rest.
So damage on the way, which is nobody's fault, is told from a message that its sender got wrong.

Bytes from a peer are untrusted. A frame is capped before anything else, then its checksum is
compared, then it is decoded: every type and length is checked, and what was read is encoded again
and must give the same bytes. So there is one encoding of each message, and whatever msgpack would
let pass (long integers, duplicate keys, floats where an integer belongs) is refused.
"""

from collections.abc import Callable
from enum import IntEnum
from typing import Any

import msgpack
import msgspec

from powclock.machine.block import Block
from powclock.machine.header import HEADER_BYTES, BlockHeader, sha256d
from powclock.machine.reason import Invalid, Reason
from powclock.machine.transaction import COINBASE_EXTRA_BYTES_MAX, Coinbase, Transaction

FRAME_BYTES_MAX = 256 * 1024
CHECKSUM_BYTES = 4
HASHES_MAX = 1_000
LOCATOR_MAX = 64
TRANSACTIONS_MAX = 1_000
SEAL_BYTES_MAX = 256
UINT64_END = 1 << 64
UINT32_END = 1 << 32
WORK_BYTES = 32
HASH_BYTES = 32

_PACK = msgpack.Packer().pack  # one for all: each has a buffer of a megabyte
_LIMITS: dict[str, Any] = {
    "raw": False,
    "strict_map_key": True,
    "max_array_len": max(HASHES_MAX, TRANSACTIONS_MAX) + 8,
    "max_map_len": 0,
    "max_str_len": 0,
    "max_bin_len": SEAL_BYTES_MAX,
    "max_ext_len": 0,
}


class Hello(msgspec.Struct, frozen=True):
    """What a node says when a link comes up: its chain, its head's work, and a locator."""

    genesis: bytes
    chain_work: int
    locator: tuple[bytes, ...]


class Announce(msgspec.Struct, frozen=True):
    """Hashes of what the sender has and the receiver may lack."""

    blocks: tuple[bytes, ...] = ()
    transactions: tuple[bytes, ...] = ()


class Request(msgspec.Struct, frozen=True):
    """Asks for announced blocks and transactions."""

    blocks: tuple[bytes, ...] = ()
    transactions: tuple[bytes, ...] = ()


class Fetch(msgspec.Struct, frozen=True):
    """Asks for the blocks after the newest one of the locator that the receiver has."""

    locator: tuple[bytes, ...]


class Deliver(msgspec.Struct, frozen=True):
    """A block."""

    block: Block


class Pass(msgspec.Struct, frozen=True):
    """A transaction."""

    transaction: Transaction


Message = Hello | Announce | Request | Fetch | Deliver | Pass


class Kind(IntEnum):
    """The first field of a message."""

    HELLO = 1
    ANNOUNCE = 2
    REQUEST = 3
    FETCH = 4
    DELIVER = 5
    PASS = 6


def encode(message: Message) -> bytes:
    """The bytes of a message."""
    match message:
        case Hello(genesis, chain_work, locator):
            work = chain_work.to_bytes(WORK_BYTES, "big")
            fields: list[Any] = [int(Kind.HELLO), genesis, work, locator]
        case Announce(blocks, transactions):
            fields = [int(Kind.ANNOUNCE), blocks, transactions]
        case Request(blocks, transactions):
            fields = [int(Kind.REQUEST), blocks, transactions]
        case Fetch(locator):
            fields = [int(Kind.FETCH), locator]
        case Deliver(block):
            fields = [int(Kind.DELIVER), *_block_fields(block)]
        case Pass(transaction):
            fields = [int(Kind.PASS), _transaction_fields(transaction)]
    return framed(_PACK(fields))


def framed(payload: bytes) -> bytes:
    """A payload behind its checksum."""
    return sha256d(payload)[:CHECKSUM_BYTES] + payload


def _block_fields(block: Block) -> list[Any]:
    coinbase = block.coinbase
    return [
        block.header.serialise(),
        block.seal,
        [coinbase.height, coinbase.recipient, coinbase.amount, coinbase.extra],
        [_transaction_fields(transaction) for transaction in block.transactions],
    ]


def _transaction_fields(transaction: Transaction) -> list[Any]:
    return [
        transaction.chain_id,
        transaction.sender,
        transaction.recipient,
        transaction.amount,
        transaction.fee,
        transaction.nonce,
        transaction.signature,
    ]


def decode(data: bytes) -> Message:
    """Read a message.

    Raises:
        Invalid: oversized-message, bad-checksum, truncated-message, trailing-bytes or
            malformed-message.
    """
    if len(data) > FRAME_BYTES_MAX:
        raise Invalid(Reason.OVERSIZED, f"{len(data)} bytes, at most {FRAME_BYTES_MAX}")
    if len(data) < CHECKSUM_BYTES:
        raise Invalid(Reason.TRUNCATED, "shorter than a checksum")
    payload = data[CHECKSUM_BYTES:]
    if not sha256d(payload).startswith(data[:CHECKSUM_BYTES]):
        raise Invalid(Reason.BAD_CHECKSUM, "damaged on the way")
    if len(payload) == ONE_HASH_PAYLOAD_BYTES:
        about = _about_one_hash(payload)
        if about is not None:
            return about
    fields = _unpack(payload)
    if type(fields) is not list or not fields or type(fields[0]) is not int:
        raise Invalid(Reason.MALFORMED, "a message is an array that starts with its kind")
    read = _READERS.get((fields[0], len(fields)))
    if read is None:
        raise Invalid(Reason.MALFORMED, "no message has this shape")
    message = read(*fields[1:])
    if _PACK(fields) != payload:
        raise Invalid(Reason.MALFORMED, "not in the one encoding that is allowed")
    return message


def _about_one_hash(payload: bytes) -> Announce | Request | None:
    """Read what most messages are; None if it is something else.

    Nothing is lost in strictness: all around the hash must be, byte for byte, what is sent.
    """
    about = _ABOUT_A_BLOCK.get(payload[:_BLOCK_AT] + payload[_BLOCK_END:])
    if about is not None:
        return about((payload[_BLOCK_AT:_BLOCK_END],), ())
    about = _ABOUT_A_TRANSACTION.get(payload[:_TRANSACTION_AT])
    return None if about is None else about((), (payload[_TRANSACTION_AT:],))


def _unpack(data: bytes) -> Any:
    try:
        return msgpack.unpackb(data, **_LIMITS)
    except msgpack.ExtraData as error:
        raise Invalid(Reason.TRAILING) from error
    except (ValueError, TypeError, OverflowError, msgpack.UnpackException) as error:
        truncated = "incomplete input" in str(error)
        raise Invalid(Reason.TRUNCATED if truncated else Reason.MALFORMED) from error


def _hello(genesis: Any, work: Any, locator: Any) -> Hello:
    chain_work = int.from_bytes(_octets(work, WORK_BYTES), "big")
    return Hello(_octets(genesis, 32), chain_work, _hashes(locator, LOCATOR_MAX))


def _announce(blocks: Any, transactions: Any) -> Announce:
    return Announce(_hashes(blocks, HASHES_MAX), _hashes(transactions, HASHES_MAX))


def _request(blocks: Any, transactions: Any) -> Request:
    return Request(_hashes(blocks, HASHES_MAX), _hashes(transactions, HASHES_MAX))


def _fetch(locator: Any) -> Fetch:
    return Fetch(_hashes(locator, LOCATOR_MAX))


def _deliver(header: Any, seal: Any, coinbase: Any, transactions: Any) -> Deliver:
    return Deliver(_block(header, seal, coinbase, transactions))


def _pass(transaction: Any) -> Pass:
    return Pass(_transaction(transaction))


# By kind and number of fields.
_READERS: dict[tuple[int, int], Callable[..., Message]] = {
    (Kind.HELLO, 4): _hello,
    (Kind.ANNOUNCE, 3): _announce,
    (Kind.REQUEST, 3): _request,
    (Kind.FETCH, 2): _fetch,
    (Kind.DELIVER, 5): _deliver,
    (Kind.PASS, 2): _pass,
}


# Messages about one hash have it in one place, and by what stands around it they are known.
_NO_HASH = bytes(HASH_BYTES)
ONE_HASH_PAYLOAD_BYTES = len(_PACK([Kind.ANNOUNCE.value, [_NO_HASH], []]))
_BLOCK_END = ONE_HASH_PAYLOAD_BYTES - len(_PACK([]))
_BLOCK_AT = _BLOCK_END - HASH_BYTES
_TRANSACTION_AT = ONE_HASH_PAYLOAD_BYTES - HASH_BYTES
_LISTS: dict[int, type[Announce] | type[Request]] = {
    Kind.ANNOUNCE.value: Announce,
    Kind.REQUEST.value: Request,
}
_ABOUT_A_BLOCK = {
    _PACK([kind, [_NO_HASH], []]).replace(_NO_HASH, b""): message
    for kind, message in _LISTS.items()
}
_ABOUT_A_TRANSACTION = {
    _PACK([kind, [], [_NO_HASH]]).replace(_NO_HASH, b""): message
    for kind, message in _LISTS.items()
}


def _octets(value: Any, length: int) -> bytes:
    if type(value) is not bytes or len(value) != length:
        raise Invalid(Reason.MALFORMED, f"{length} bytes expected")
    return value


def _octets_up_to(value: Any, length_max: int) -> bytes:
    if type(value) is not bytes or len(value) > length_max:
        raise Invalid(Reason.MALFORMED, f"at most {length_max} bytes expected")
    return value


def _integer(value: Any, end: int) -> int:
    if type(value) is not int or not 0 <= value < end:
        raise Invalid(Reason.MALFORMED, "a number is expected")
    return value


def _hashes(value: Any, count_max: int) -> tuple[bytes, ...]:
    if type(value) is not list or len(value) > count_max:
        raise Invalid(Reason.MALFORMED, f"at most {count_max} hashes expected")
    for each in value:
        if type(each) is not bytes or len(each) != HASH_BYTES:
            raise Invalid(Reason.MALFORMED, f"{HASH_BYTES} bytes expected")
    return tuple(value)


def _block(header: Any, seal: Any, coinbase: Any, transactions: Any) -> Block:
    if type(transactions) is not list or len(transactions) > TRANSACTIONS_MAX:
        raise Invalid(Reason.MALFORMED, f"at most {TRANSACTIONS_MAX} transactions expected")
    return Block(
        header=BlockHeader.parse(_octets(header, HEADER_BYTES)),
        coinbase=_coinbase(coinbase),
        transactions=tuple(_transaction(each) for each in transactions),
        seal=_octets_up_to(seal, SEAL_BYTES_MAX),
    )


def _coinbase(fields: Any) -> Coinbase:
    match fields:
        case [height, recipient, amount, extra]:
            return Coinbase(
                _integer(height, UINT32_END),
                _octets(recipient, 32),
                _integer(amount, UINT64_END),
                _octets_up_to(extra, COINBASE_EXTRA_BYTES_MAX),
            )
        case _:
            raise Invalid(Reason.MALFORMED, "a coinbase has four fields")


def _transaction(fields: Any) -> Transaction:
    match fields:
        case [chain_id, sender, recipient, amount, fee, nonce, signature]:
            return Transaction(
                _integer(chain_id, UINT32_END),
                _octets(sender, 32),
                _octets(recipient, 32),
                _integer(amount, UINT64_END),
                _integer(fee, UINT64_END),
                _integer(nonce, UINT64_END),
                _octets(signature, 64),
            )
        case _:
            raise Invalid(Reason.MALFORMED, "a transaction has seven fields")
