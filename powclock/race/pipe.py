"""Messages between two processes: a length in four bytes, then msgpack.

Both ends are ours, so what is no message means that something is broken: it is told as such, and
no length that it claims is believed.
"""

import struct
from typing import IO, TypeVar

import msgspec

T = TypeVar("T")
MESSAGE_BYTES_MAX = 64 * 1024 * 1024
_LENGTH = struct.Struct(">I")
_ENCODER = msgspec.msgpack.Encoder()


class Garbled(ValueError):
    """What came through the pipe is no message: what is wrong with it."""


def pack(message: object) -> bytes:
    """A message ready to be written at once."""
    data = _ENCODER.encode(message)
    assert len(data) <= MESSAGE_BYTES_MAX
    return _LENGTH.pack(len(data)) + data


def read(pipe: IO[bytes], decoder: "msgspec.msgpack.Decoder[T]") -> T | None:
    """The next message; None where the other end has closed the pipe, also midway.

    Raises:
        Garbled: these bytes are no message.
    """
    head = pipe.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(head)
    if length > MESSAGE_BYTES_MAX:
        raise Garbled(f"a message of {length} bytes, at most {MESSAGE_BYTES_MAX}")
    data = pipe.read(length)
    if len(data) < length:
        return None
    try:
        return decoder.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Garbled(str(error)) from error
