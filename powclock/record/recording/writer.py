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
from typing import NamedTuple

import msgspec

from powclock.record.events import Record
from powclock.record.recording.content import BLOCK_START, ENCODER, FLUSHED, NOISE, Ending, Head
from powclock.record.recording.frames import BLOCK, END, HEAD, INPUTS, MAGIC, MORE, Chain
from powclock.record.recording.packing import Packer

NANOSECONDS = 1_000_000_000
FLUSH_NS = NANOSECONDS * 3 // 4
PENDING_BYTES_MAX = 128 * 1024
BLOCK_BYTES_MAX = 768 * 1024
# A race that hurries pays for each record; one that is watched has time to save another 8 %.
LEVEL_HURRIED, LEVEL_STEADY, MEMORY_LEVEL = 4, 6, 9


class _Frame(NamedTuple):
    """Records that are ready to be deflated, and how many there are with them, up to when.

    `start` is not empty where a block begins; a frame is `full` if records did not wait.
    """

    start: bytes
    text: bytes
    noise: bytes
    records: int
    time_ns: int
    full: bool


class Writer:
    """One recording; `file` is unbuffered and empty, and is closed with the recording."""

    def __init__(self, file: RawIOBase, head: Head) -> None:
        self._file = file
        self._chain = Chain()
        self._written = 0
        self._packer: Packer | None = None
        self._start = b""
        self._deflate = _deflate(LEVEL_STEADY)
        self._frames: list[_Frame] = []
        self._pending_bytes = 0
        self._pending_since_ns: int | None = None
        self._block_bytes = 0
        self._kept_ns = 0
        self._records = 0
        self.trouble = ""
        self._write(MAGIC + self._chain.seal(HEAD, ENCODER.encode(head)))

    def take(self, record: Record, line: bytes) -> None:
        """Take in a record with its line of JSON; it is written at a later `beat`."""
        if self.trouble:
            return
        if self._packer is None:
            self._packer = Packer(record.sequence, record.time_ns)
            self._start = BLOCK_START.pack(record.sequence, record.time_ns)
        self._packer.add(record, line)
        self._pending_bytes += len(line)
        if self._pending_bytes >= PENDING_BYTES_MAX:
            self._end_frame(full=True)

    def _end_frame(self, *, full: bool) -> None:
        """What was taken in becomes a frame, and its block may end."""
        if not self._pending_bytes:
            return
        assert self._packer is not None
        text, noise = self._packer.frame()
        records, time_ns = self._packer.sequence, self._packer.time_ns
        self._frames.append(_Frame(self._start, text, noise, records, time_ns, full))
        self._start = b""
        self._block_bytes += self._pending_bytes
        self._pending_bytes = 0
        if self._block_bytes >= BLOCK_BYTES_MAX:
            self._packer, self._block_bytes = None, 0

    def beat(self, wall_ns: int) -> None:
        """Write what has waited long enough, by any steady clock."""
        if not self._pending_bytes and not self._frames:
            return
        if self._pending_since_ns is None:
            self._pending_since_ns = wall_ns
        if self._frames or wall_ns - self._pending_since_ns >= FLUSH_NS:
            self.flush()

    def inputs(self, inputs: list[bytes]) -> None:
        """Write at once what a person did; the records that came of it are not written yet."""
        self._write(self._chain.seal(INPUTS, b"".join(each + b"\n" for each in inputs)))

    def flush(self) -> None:
        """Write all records taken in so far."""
        self._end_frame(full=False)
        frames, self._frames, self._pending_since_ns = self._frames, [], None
        for frame in frames:
            if frame.start:
                self._deflate = _deflate(LEVEL_HURRIED if frame.full else LEVEL_STEADY)
            deflated = self._deflate.compress(frame.text) + self._deflate.flush(zlib.Z_SYNC_FLUSH)
            noise = NOISE.pack(len(frame.noise)) + frame.noise
            content = frame.start + noise + deflated.removesuffix(FLUSHED)
            self._write(self._chain.seal(BLOCK if frame.start else MORE, content))
            if self.trouble:
                return
            self._records, self._kept_ns = frame.records, frame.time_ns

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
            return
        self._written += len(data)


def _deflate(level: int) -> "zlib._Compress":
    return zlib.compressobj(level, zlib.DEFLATED, -zlib.MAX_WBITS, MEMORY_LEVEL)
