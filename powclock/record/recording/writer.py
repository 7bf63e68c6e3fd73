"""Writes a recording while its race runs.

Records wait in memory until somebody who may wait for a disk calls `beat`, between two steps of the
race: then what has waited for `FLUSH_NS`, or has become much, goes to the file in one write. So a
process that dies loses what came since, and nothing else; what it has written, the system keeps.

A disk that is full ends the recording, not the race: the file is cut back to its last whole frame,
and `trouble` says what happened and how much is kept.
"""

import contextlib
import zlib
from copy import copy
from io import RawIOBase

import msgspec

from powclock.record.recording.content import BLOCK_START, ENCODER, FLUSHED, Ending, Head
from powclock.record.recording.frames import BLOCK, END, HEAD, INPUTS, MAGIC, MORE, Chain
from powclock.record.recording.packing import Packer

NANOSECONDS = 1_000_000_000
FLUSH_NS = NANOSECONDS * 3 // 4
PENDING_BYTES_MAX = 128 * 1024
BLOCK_BYTES_MAX = 512 * 1024
LEVEL, MEMORY_LEVEL = 6, 9


class Writer:
    """One recording; `file` is unbuffered and empty, and is closed with the recording."""

    def __init__(self, file: RawIOBase, head: Head) -> None:
        self._file = file
        self._chain = Chain()
        self._written = 0
        self._packer = Packer()
        self._deflate = zlib.compressobj(LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS, MEMORY_LEVEL)
        self._pending: list[bytes] = []
        self._pending_bytes = 0
        self._pending_since_ns: int | None = None
        self._block_bytes = BLOCK_BYTES_MAX
        self._kept_ns = 0
        self._records = 0
        self.trouble = ""
        self._write(MAGIC + self._chain.seal(HEAD, ENCODER.encode(head)))

    def line(self, line: bytes) -> None:
        """Take in a record as a line of JSON; it is written at a later `beat`."""
        if self.trouble:
            return
        self._pending.append(line)
        self._pending_bytes += len(line)

    def beat(self, wall_ns: int) -> None:
        """Write what has waited long enough, by any steady clock."""
        if not self._pending:
            return
        if self._pending_since_ns is None:
            self._pending_since_ns = wall_ns
        waited_ns = wall_ns - self._pending_since_ns
        if waited_ns >= FLUSH_NS or self._pending_bytes >= PENDING_BYTES_MAX:
            self.flush()

    def inputs(self, inputs: list[bytes]) -> None:
        """Write at once what a person did; the records that came of it are not written yet."""
        self._write(self._chain.seal(INPUTS, b"".join(each + b"\n" for each in inputs)))

    def flush(self) -> None:
        """Write all records taken in so far."""
        lines, self._pending, self._pending_bytes = self._pending, [], 0
        self._pending_since_ns = None
        while lines and not self.trouble:
            self._write_some(lines)

    def _write_some(self, lines: list[bytes]) -> None:
        """Write the first of many lines as one frame, and take them away."""
        start = b""
        if self._block_bytes >= BLOCK_BYTES_MAX:
            self._packer = Packer()
            self._deflate = zlib.compressobj(LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS, MEMORY_LEVEL)
            self._block_bytes = 0
            start = BLOCK_START.pack(self._records, _time_ns(lines[0]))
        packed, size = [], 0
        for line in lines:
            packed.append(self._packer.pack(line))
            size += len(packed[-1])
            if size >= PENDING_BYTES_MAX:
                break
        self._block_bytes += size
        deflated = self._deflate.compress(b"".join(packed))
        deflated += self._deflate.flush(zlib.Z_SYNC_FLUSH)
        content = start + deflated.removesuffix(FLUSHED)
        self._write(self._chain.seal(BLOCK if start else MORE, content))
        if not self.trouble:
            self._records += len(packed)
            self._kept_ns = _time_ns(lines[len(packed) - 1])
        del lines[: len(packed)]

    def ending(self, time_ns: int, turn: int, digest: str, summary: bytes = b"null") -> bytes:
        """The frame that would end the file now; all taken in must have been flushed."""
        ending = Ending(time_ns, turn, self._records, digest, msgspec.Raw(summary))
        return copy(self._chain).seal(END, ENCODER.encode(ending))

    def end(self, time_ns: int, turn: int, digest: str, summary: bytes = b"null") -> None:
        """Write all, say that this is the end, and close the file."""
        self.flush()
        self._write(self.ending(time_ns, turn, digest, summary))
        self.close()

    def close(self) -> None:
        """Close the file, also without an end."""
        with contextlib.suppress(OSError):
            self._file.close()

    def _write(self, data: bytes) -> None:
        if self.trouble:
            return
        try:
            rest = memoryview(data)
            while rest:
                rest = rest[self._file.write(rest) or 0 :]
        except OSError as error:
            with contextlib.suppress(OSError):
                self._file.truncate(self._written)
            kept_s = self._kept_ns / NANOSECONDS
            self.trouble = (
                f"the recording ends at {kept_s:.1f} s: {error.strerror}: free some room, "
                "and record the race again"
            )
            self._pending.clear()
            return
        self._written += len(data)

    @property
    def size(self) -> int:
        """How many bytes are in the file."""
        return self._written


class _Time(msgspec.Struct, frozen=True):
    time_ns: int


_TIME = msgspec.json.Decoder(_Time)


def _time_ns(line: bytes) -> int:
    return _TIME.decode(line).time_ns
