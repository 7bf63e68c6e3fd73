"""Frames: what a recording is made of, one after another, each sealed to those before.

A file is the magic line and then frames. A frame is a kind (a byte), the length of its content, its
place in the file (sequence), a CRC-32 over all of it, a link, and the content. The link is the
start of the SHA-256 of the link before with this frame; so a frame that was changed, left out, put
elsewhere or taken from another recording is told from one that was written here. The links are no
signature: who wants to can write a whole file that was never raced, and `powclock rerun` shows it.

    magic     b"powclock recording 1\\n"; the number is the version of the format
    head      H  version of powclock, seed and scenario, as JSON
    block     B  the first records of a block: sequence and time of the first, the length of the
                 noise, noise, then deflated lines (`packing`)
    more      M  more records of that block, also with noise; the same stream of deflate goes on
    inputs    I  what a person did, as JSON lines; before the records that came of it
    end       E  where and how the race ended, as JSON

Deflate is flushed at the end of each frame, and the four bytes that every flush ends with are left
out. A block is a stream of its own, so that one can begin to read at any block.
"""

import struct
import zlib
from dataclasses import dataclass
from hashlib import sha256
from typing import BinaryIO

MAGIC_START = b"powclock recording "
MAGIC = MAGIC_START + b"1\n"
HEAD, BLOCK, MORE, INPUTS, END = b"H", b"B", b"M", b"I", b"E"
KINDS = frozenset({HEAD, BLOCK, MORE, INPUTS, END})
CONTENT_BYTES_MAX = 4 * 1024 * 1024
LINK_BYTES = 8
_PLACE = struct.Struct(">cII")
_CRC = struct.Struct(">I")
FRAME_BYTES = _PLACE.size + _CRC.size + LINK_BYTES


class Damage(ValueError):
    """A recording is not whole: where, and what is wrong there.

    `offset` is the byte at which what cannot be read begins, `sequence` the number of its frame.
    """

    def __init__(self, offset: int, sequence: int, what: str) -> None:
        super().__init__(f"damaged at byte {offset} (frame {sequence}): {what}")
        self.offset = offset
        self.sequence = sequence
        self.what = what


@dataclass(frozen=True, slots=True)
class Frame:
    """A frame that is as it was written, and where it begins."""

    offset: int
    sequence: int
    kind: bytes
    content: bytes
    link: bytes

    @property
    def end(self) -> int:
        """The offset of what follows."""
        return self.offset + FRAME_BYTES + len(self.content)


class Chain:
    """The links of one file, from its first frame on."""

    def __init__(self) -> None:
        self._link = sha256(MAGIC).digest()[:LINK_BYTES]
        self.sequence = 0

    def seal(self, kind: bytes, content: bytes) -> bytes:
        """The next frame, ready to be written."""
        assert len(content) <= CONTENT_BYTES_MAX
        place = _PLACE.pack(kind, len(content), self.sequence)
        self._link = self._next(place, content)
        self.sequence += 1
        return place + _CRC.pack(_crc(place, self._link, content)) + self._link + content

    def read(self, file: BinaryIO, offset: int) -> Frame | None:
        """The frame that begins where the file stands, which is at `offset`; None at its end.

        Raises:
            Damage: these bytes are not the next frame.
        """
        frame = read_frame(file, offset, self.sequence)
        if frame is None:
            return None
        place = _PLACE.pack(frame.kind, len(frame.content), frame.sequence)
        if frame.sequence != self.sequence:
            raise Damage(offset, self.sequence, f"frame {frame.sequence} stands here")
        if frame.link != self._next(place, frame.content):
            raise Damage(offset, self.sequence, "it does not follow from the frames before")
        self._link = frame.link
        self.sequence += 1
        return frame

    def _next(self, place: bytes, content: bytes) -> bytes:
        return sha256(self._link + place + content).digest()[:LINK_BYTES]


def _crc(place: bytes, link: bytes, content: bytes) -> int:
    return zlib.crc32(content, zlib.crc32(link, zlib.crc32(place)))


def read_frame(file: BinaryIO, offset: int, sequence: int) -> Frame | None:
    """The frame that begins where the file stands, whatever was before it; None at its end.

    Raises:
        Damage: these bytes are no frame; they stand at `offset`, and it would have been the frame
            of this `sequence`.
    """
    front = file.read(FRAME_BYTES)
    if not front:
        return None
    if len(front) < FRAME_BYTES:
        raise Damage(offset, sequence, "the file ends within a frame")
    place, (crc,) = front[: _PLACE.size], _CRC.unpack_from(front, _PLACE.size)
    link = front[-LINK_BYTES:]
    kind, length, number = _PLACE.unpack(place)
    if kind not in KINDS or length > CONTENT_BYTES_MAX:
        raise Damage(offset, sequence, "this is no frame")
    content = file.read(length)
    if len(content) < length:
        raise Damage(offset, sequence, "the file ends within a frame")
    if crc != _crc(place, link, content):
        raise Damage(offset, sequence, "the checksum is another")
    return Frame(offset, number, kind, content, link)
