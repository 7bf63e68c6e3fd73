"""Messages between two processes: a length in four bytes, then msgpack."""

import struct
from typing import IO, TypeVar

import msgspec

T = TypeVar("T")
_LENGTH = struct.Struct(">I")
_ENCODER = msgspec.msgpack.Encoder()


def pack(message: object) -> bytes:
    """A message ready to be written at once."""
    data = _ENCODER.encode(message)
    return _LENGTH.pack(len(data)) + data


def read(pipe: IO[bytes], decoder: "msgspec.msgpack.Decoder[T]") -> T | None:
    """The next message; None where the other end has closed the pipe, also midway."""
    head = pipe.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(head)
    data = pipe.read(length)
    return decoder.decode(data) if len(data) == length else None
