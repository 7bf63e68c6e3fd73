"""Reads a recording, as far as it is whole.

Opening it goes through all frames once, without inflating any: that tells where its blocks begin,
what a person did, how it ended, and where it is damaged if it is. Records are then read from the
block that one needs. A file may be anybody's: sizes are bounded, also of what comes out of deflate,
everything is decoded strictly, and whatever is wrong is a `Damage` or one line.
"""

import re
import zlib
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from stat import S_ISDIR, S_ISREG
from types import TracebackType
from typing import BinaryIO, TypeVar

import msgspec

from powclock.record.events import Record
from powclock.record.labels import clean_label
from powclock.record.recording.content import (
    BLOCK_START,
    ENDING_DECODER,
    FLUSHED,
    HEAD_DECODER,
    NOISE,
    Ending,
    Head,
)
from powclock.record.recording.frames import (
    BLOCK,
    HEAD,
    MAGIC,
    MAGIC_START,
    MORE,
    Chain,
    Damage,
    Frame,
    read_frame,
)
from powclock.record.recording.packing import Unpackable, Unpacker

T = TypeVar("T")
INFLATED_BYTES_MAX = 16 * 1024 * 1024
INPUTS_MAX = 100_000
INPUTS_BYTES_MAX = 16 * 1024 * 1024
BLOCKS_MAX = 1_000_000
_ESCAPE = re.compile(rb"\\[bfnrtu]|[\x00-\x09\x0b-\x1f\x7f]")
_RECORD = msgspec.json.Decoder(Record)


class NoRecording(ValueError):
    """A file that is no recording, or cannot be read: one line that names it."""


@dataclass(frozen=True, slots=True)
class Block:
    """Where records begin that can be read without those before."""

    offset: int
    frame: int
    sequence: int
    time_ns: int


class Recording:
    """A recording that is open for reading.

    `head` says what was raced; `inputs` are what a person did, each as JSON; `ending` is there if
    the recording was ended, and `damage` if it is not whole: also of what was found as records were
    read. A recording with neither was cut off, as when its process was killed, or is being written.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.inputs: list[bytes] = []
        self.ending: Ending | None = None
        self.damage: Damage | None = None
        self.blocks: list[Block] = []
        self._end = 0, 0
        self._whole_bytes = 0
        self._inputs_bytes = 0
        try:
            mode = path.stat().st_mode
            if not (S_ISREG(mode) or S_ISDIR(mode)):  # to open a pipe may wait for ever
                raise NoRecording(f"{shown(path)}: {_not_magic(b'')}")
            with ExitStack() as opened:
                self._file: BinaryIO = opened.enter_context(path.open("rb"))
                self.head = self._scan()
                opened.pop_all()
        except OSError as error:
            raise NoRecording(f"{shown(path)}: cannot be read: {error.strerror}") from error

    def __enter__(self) -> "Recording":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Read no more of it."""
        self._file.close()

    def _scan(self) -> Head:
        magic = self._file.read(len(MAGIC))
        if magic != MAGIC:
            raise NoRecording(f"{shown(self.path)}: {_not_magic(magic)}")
        self._whole_bytes = len(MAGIC)
        chain = Chain()
        try:
            first = chain.read(self._file, len(MAGIC))
            _demand(first is not None and first.kind == HEAD, len(MAGIC), 0, "nothing was raced")
            assert first is not None
            head = _decoded(HEAD_DECODER, first)
        except Damage as damage:
            raise NoRecording(f"{shown(self.path)}: {damage}") from damage
        self._whole_bytes = first.end
        try:
            while (frame := chain.read(self._file, self._whole_bytes)) is not None:
                self._note(frame)
                self._whole_bytes = frame.end
        except Damage as damage:
            self.damage = damage
        return head

    def _note(self, frame: Frame) -> None:
        def demand(what: bool, otherwise: str) -> None:
            if not what:
                raise Damage(frame.offset, frame.sequence, otherwise)

        demand(self.ending is None, "something follows the end")
        match frame.kind:
            case b"B":
                demand(len(frame.content) >= BLOCK_START.size, "a block without its start")
                demand(len(self.blocks) < BLOCKS_MAX, f"more than {BLOCKS_MAX} blocks")
                sequence, time_ns = BLOCK_START.unpack_from(frame.content)
                before = self.blocks[-1] if self.blocks else Block(0, 0, -1, 0)
                later = sequence > before.sequence and time_ns >= before.time_ns
                demand(later and (bool(self.blocks) or sequence == 0), "a block out of order")
                self.blocks.append(Block(frame.offset, frame.sequence, sequence, time_ns))
            case b"M":
                demand(bool(self.blocks), "more of a block that has not begun")
            case b"I":
                inputs = frame.content.splitlines()
                self._inputs_bytes += len(frame.content)
                few = len(self.inputs) + len(inputs) <= INPUTS_MAX
                demand(few and self._inputs_bytes <= INPUTS_BYTES_MAX, "too many inputs")
                self.inputs += inputs
            case b"E":
                self.ending = _decoded(ENDING_DECODER, frame)
                self._end = frame.offset, frame.sequence
            case _:
                raise Damage(frame.offset, frame.sequence, "a second beginning")

    def records(self, block: int = 0) -> Iterator[Record]:
        """Records from the start of a block on, to the end or to the damage.

        Where what is read turns out to be damaged, that is the recording's `damage`, and the end.
        """
        return (record for record, _ in self.both(block))

    def lines(self, block: int = 0) -> Iterator[bytes]:
        """The same as lines of JSON, to the byte as the race had them."""
        return (line for _, line in self.both(block))

    def both(self, block: int = 0) -> Iterator[tuple[Record, bytes]]:
        """Records with their lines."""
        if not self.blocks:
            return
        start = self.blocks[block]
        sequence, time_ns = start.sequence, start.time_ns
        try:
            for frame, line in self._lines_of(start):
                record = _record(line, frame)
                follows = record.sequence == sequence and record.time_ns >= time_ns
                _demand(follows, frame.offset, frame.sequence, "a record out of order")
                yield record, line
                sequence, time_ns = sequence + 1, record.time_ns
            if self.ending is not None:
                whole = self.ending.records == sequence
                _demand(whole, *self._end, "the end counts other records")
        except Damage as damage:
            self.damage = damage

    def _lines_of(self, start: Block) -> Iterator[tuple[Frame, bytes]]:
        inflate, unpacker = _beginning(start.sequence, start.time_ns)
        for frame in self._frames(start):
            content = frame.content
            if frame.kind == BLOCK:
                inflate, unpacker = _beginning(*BLOCK_START.unpack_from(content))
                content = content[BLOCK_START.size :]
            elif frame.kind != MORE:
                continue
            try:
                noise, deflated = _parted(content)
                for line in unpacker.unpack(_inflated(inflate, deflated), noise):
                    yield frame, line
            except (zlib.error, Unpackable) as error:
                raise Damage(frame.offset, frame.sequence, clean_label(str(error), 160)) from error

    def _frames(self, start: Block) -> Iterator[Frame]:
        offset, number = start.offset, start.frame
        while offset < self._whole_bytes:
            self._file.seek(offset)
            frame = read_frame(self._file, offset, number)
            if frame is None or frame.sequence != number:
                raise Damage(offset, number, "the file has changed since it was opened")
            yield frame
            offset, number = frame.end, number + 1


def _demand(what: bool, offset: int, sequence: int, otherwise: str) -> None:
    if not what:
        raise Damage(offset, sequence, otherwise)


def is_recording(path: Path) -> bool:
    """Whether a file is there that says that it is one."""
    try:
        if not path.is_file():
            return False
        with path.open("rb") as file:
            return file.read(len(MAGIC_START)) == MAGIC_START
    except OSError:
        return False


def shown(path: Path) -> str:
    """A path that can be printed."""
    return clean_label(str(path), 200)


def _not_magic(magic: bytes) -> str:
    if magic and MAGIC.startswith(magic):
        return "the file ends within its first line: nothing of a race is in it"
    if magic.startswith(MAGIC_START):
        return "recorded by another version of powclock, which can play it"
    return "no recording: `powclock watch --record FILE` makes one"


def _decoded(decoder: "msgspec.json.Decoder[T]", frame: Frame) -> T:
    try:
        return decoder.decode(frame.content)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Damage(frame.offset, frame.sequence, clean_label(str(error), 160)) from error


def _record(line: bytes, frame: Frame) -> Record:
    """A record; what it says can be printed, as no race writes what cannot be."""
    try:
        if _ESCAPE.search(line) or not (line.isascii() or line[:-1].decode().isprintable()):
            raise _unprintable(frame)
        return _RECORD.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        what = f"a record that is none: {clean_label(str(error), 160)}"
        raise Damage(frame.offset, frame.sequence, what) from error


def _unprintable(frame: Frame) -> Damage:
    return Damage(frame.offset, frame.sequence, "a record with what cannot be printed")


def _beginning(sequence: int, time_ns: int) -> "tuple[zlib._Decompress, Unpacker]":
    """What reads a block from its start on."""
    unpacker = Unpacker(sequence, time_ns, INFLATED_BYTES_MAX)
    return zlib.decompressobj(-zlib.MAX_WBITS), unpacker


def _parted(content: bytes) -> tuple[bytes, bytes]:
    """The noise of a frame, and its deflated text."""
    end = NOISE.size + (NOISE.unpack_from(content)[0] if len(content) >= NOISE.size else 0)
    if end > len(content):
        raise Unpackable("noise that is not there")
    return content[NOISE.size : end], content[end:]


def _inflated(inflate: "zlib._Decompress", content: bytes) -> bytes:
    data = inflate.decompress(content + FLUSHED, INFLATED_BYTES_MAX)
    if inflate.unconsumed_tail or inflate.eof:
        raise Unpackable("more comes out of it than any recording holds")
    if not data.endswith(b"\n"):
        raise Unpackable("a line without its end")
    return data
