"""A recording plays as far as it is whole, and what is not whole is said."""

import os
import zlib
from functools import partial
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from powclock.race.recorder import json_line
from powclock.record.events import AnyEvent, HeadMoved, NodeDown, NodeUp, Record, Sampled
from powclock.record.facts import NodeSample
from powclock.record.recording.content import BLOCK_START, ENCODER, FLUSHED, NOISE, Ending
from powclock.record.recording.frames import (
    BLOCK,
    CONTENT_BYTES_MAX,
    END,
    HEAD,
    INPUTS,
    MAGIC,
    MORE,
    Chain,
    Damage,
)
from powclock.record.recording.packing import Packer
from powclock.record.recording.reader import NoRecording, Recording
from powclock.record.recording.writer import BLOCK_BYTES_MAX
from tests.edges import damaged, line_of, peak_bytes
from tests.record.examples import RECORDS
from tests.record.recording.files import DIGEST, write
from tests.record.recording.files import HEAD as WHAT

LINES = [json_line(record) for record in RECORDS]
# A small one, which may be damaged in every way.
EVENTS: list[tuple[str | None, AnyEvent]] = [
    ("bob", NodeUp(1)),
    ("bob", HeadMoved("ab" * 32, 1, "cd" * 32)),
    (None, Sampled((NodeSample("bob", 98.765, 3.25, 1, 2, 3, -0.5),), 5, 77)),
    ("eve", HeadMoved("ab" * 32, 1, "cd" * 32)),
    (None, Sampled((NodeSample("bob", 12.345, 4.25, 1, 2, 0, 0.5),), 6, 78)),
    ("eve", HeadMoved("ef" * 32, 2, "cd" * 32)),
    ("bob", NodeDown()),
]
SMALL = [
    json_line(Record(number, number, node, event)) for number, (node, event) in enumerate(EVENTS)
]
FRAMES = [LINES[:5], LINES[5:6], LINES[6:20], LINES[20:]]
ENDING = Ending(99, 3, len(LINES), DIGEST, msgspec.Raw(b"null"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("recordings")


def boundaries(path: Path) -> list[int]:
    """Where each frame ends."""
    chain, ends = Chain(), []
    with path.open("rb") as file:
        offset = len(file.read(len(MAGIC)))
        while (frame := chain.read(file, offset)) is not None:
            offset = frame.end
            ends.append(offset)
    return ends


def read(path: Path, data: bytes) -> tuple[list[bytes], list[bytes], Ending | None, str] | str:
    """What a file of these bytes plays, or the line that says why it plays nothing."""
    with path.open("r+b" if path.exists() else "wb", buffering=0) as file:
        file.write(data)
        if file.seek(0, os.SEEK_END) > len(data):  # to empty a file takes milliseconds
            file.truncate(len(data))
    try:
        with Recording(path) as recording:
            lines = list(recording.lines())
            damage = "" if recording.damage is None else line_of(recording.damage)
            return lines, recording.inputs, recording.ending, damage
    except NoRecording as error:
        return line_of(error).removeprefix(f"{path}: ")


# What is whole after so many frames: head, block, inputs, more, more, more, end.
PLAYED = [[], LINES[:5], LINES[:5], LINES[:6], LINES[:20], LINES, LINES]
SMALL_PLAYED = [[], SMALL[:4], SMALL[:4], SMALL, SMALL]


def test_a_whole_recording(folder: Path) -> None:
    path = folder / "whole"
    writer = write(path, FRAMES, [b'{"a":1}', b"{}"])
    assert writer.trouble == ""
    assert read(path, path.read_bytes()) == (LINES, [b'{"a":1}', b"{}"], ENDING, "")
    with Recording(path) as recording:
        assert recording.head == WHAT
        assert list(recording.records()) == RECORDS
        assert [(block.sequence, block.time_ns) for block in recording.blocks] == [(0, 0)]


def test_a_recording_cut_at_any_byte_plays_what_is_whole(folder: Path) -> None:
    path = folder / "cut"
    write(path, [SMALL[:4], SMALL[4:]], [b"{}"])
    data, ends = path.read_bytes(), boundaries(path)
    assert len(ends) == len(SMALL_PLAYED)
    for length in range(len(data)):
        played = read(path, data[:length])
        whole = sum(end <= length for end in ends)
        if whole == 0:
            assert isinstance(played, str)
            continue
        damage = ""
        if length not in ends:
            place = f"byte {ends[whole - 1]} (frame {whole})"
            damage = f"damaged at {place}: the file ends within a frame"
        assert played == (SMALL_PLAYED[whole - 1], [b"{}"] if whole > 2 else [], None, damage)


def test_a_recording_with_any_bit_flipped_plays_what_is_before_it(folder: Path) -> None:
    path = folder / "flipped"
    write(path, [SMALL[:4], SMALL[4:]], [b"{}"])
    data, ends = path.read_bytes(), boundaries(path)
    for bit in range(8 * len(data)):
        flipped = bytearray(data)
        flipped[bit // 8] ^= 1 << bit % 8
        played = read(path, bytes(flipped))
        whole = sum(end <= bit // 8 for end in ends)
        if whole == 0:
            assert isinstance(played, str)
            continue
        assert not isinstance(played, str)
        lines, inputs, ending, damage = played
        assert (lines, inputs, ending) == (
            SMALL_PLAYED[whole - 1],
            [b"{}"] if whole > 2 else [],
            None,
        )
        assert damage.startswith(f"damaged at byte {ends[whole - 1]} (frame {whole}): ")


@given(data=st.data())
def test_no_damage_changes_what_is_played(folder: Path, data: st.DataObject) -> None:
    path = folder / "damaged"
    write(path, FRAMES, [b"{}"])
    whole = path.read_bytes()
    other = data.draw(damaged(st.just(whole)))
    played = read(path, other)
    if not isinstance(played, str):
        assert played[0] in PLAYED
        assert (
            played[3]
            or other in {whole, *(whole[:end] for end in boundaries(path))}
            or (other[: len(whole)] == whole)
        )


@given(st.binary(max_size=200), st.sampled_from([b"", MAGIC]))
def test_any_file_is_a_recording_or_one_line(folder: Path, data: bytes, start: bytes) -> None:
    assert isinstance(read(folder / "any", start + data), str)


def test_frames_in_another_order_or_of_another_recording_are_told(folder: Path) -> None:
    path = folder / "order"
    write(path, FRAMES, [b"{}"])
    data, ends = path.read_bytes(), boundaries(path)
    frames = [data[start:end] for start, end in zip([len(MAGIC), *ends], ends, strict=False)]
    swapped = [frames[0], frames[1], frames[3], frames[2], *frames[4:]]
    played = read(path, MAGIC + b"".join(swapped))
    place = f"damaged at byte {ends[1]} (frame 2): "
    assert played == (LINES[:5], [], None, place + "frame 3 stands here")
    write(path, [LINES[:4], LINES[4:]], [b"{}"])
    other, others = path.read_bytes(), boundaries(path)
    played = read(path, data[: ends[1]] + other[others[1] :])
    assert played == (LINES[:5], [], None, place + "it does not follow from the frames before")


def forged(*frames: tuple[bytes, bytes]) -> bytes:
    """A file of frames that are sealed as they should be."""
    chain = Chain()
    head = chain.seal(HEAD, ENCODER.encode(WHAT))
    return MAGIC + head + b"".join(chain.seal(kind, content) for kind, content in frames)


def deflated(data: bytes, sequence: int = 0, noise: bytes = b"") -> bytes:
    """Content of a block."""
    deflate = zlib.compressobj(wbits=-15)
    body = deflate.compress(data) + deflate.flush(zlib.Z_SYNC_FLUSH)
    start = BLOCK_START.pack(sequence, 0) + NOISE.pack(len(noise)) + noise
    return start + body.removesuffix(FLUSHED)


def packed(*lines: bytes) -> bytes:
    """Content of a block of lines."""
    packer = Packer(0, 0)
    for line in lines:
        packer.add(msgspec.json.decode(line, type=Record), line)
    text, noise = packer.frame()
    return deflated(text, noise=noise)


NOTHING = BLOCK_START.pack(0, 0) + NOISE.pack(0)
ANOTHER = b'+0,null,"event":{"kind":"node_down"}}\n'


@pytest.mark.parametrize(
    ("frames", "what"),
    [
        ([(HEAD, b"{}")], "a second beginning"),
        ([(MORE, b"x")], "more of a block that has not begun"),
        ([(BLOCK, b"x")], "a block without its start"),
        ([(BLOCK, deflated(b"", 1))], "a block out of order"),
        ([(BLOCK, packed(LINES[0])), (BLOCK, deflated(b""))], "a block out of order"),
        ([(BLOCK, NOTHING + b"\xff")], ("Error -3 while decompressing data: invalid block type")),
        ([(BLOCK, NOTHING + zlib.compress(b"x\n", wbits=-15))],
         "more comes out of it than any recording holds"),
        ([(BLOCK, BLOCK_START.pack(0, 0) + b"\0\0")], "noise that is not there"),
        ([(BLOCK, BLOCK_START.pack(0, 0) + NOISE.pack(2**32 - 1))], "noise that is not there"),
        ([(BLOCK, deflated(b"+x"))], "a line without its end"),
        ([(BLOCK, deflated(b"?\n"))], "a line of no known kind"),
        ([(BLOCK, deflated(b"+0,x\n"))], ("a record that is none: JSON is malformed: invalid "
         "character (byte 33)")),
        ([(BLOCK, deflated(b"+0," + b"[" * 100_000 + b"\n"))], ("a record that is none: Expected "
         "`str | null`, got `array` - at `$.node`")),
        ([(BLOCK, packed(LINES[0])), (BLOCK, deflated(ANOTHER, 5))], "a record out of order"),
        ([(BLOCK, deflated(ANOTHER[:-2] + b',"sequence":1}\n'))], "a record out of order"),
        ([(END, b"{}")], "Object missing required field `time_ns`"),
        ([(END, ENCODER.encode(ENDING)), (INPUTS, b"{}\n")], "something follows the end"),
        ([(BLOCK, packed(*LINES[:2])), (END, ENCODER.encode(ENDING))],
         "the end counts other records"),
        ([(INPUTS, b"\n" * 100_001)], "too many inputs"),
    ],
)  # fmt: skip
def test_forged_frames_are_damage(
    folder: Path, frames: list[tuple[bytes, bytes]], what: str
) -> None:
    played = read(folder / "forged", forged(*frames))
    assert not isinstance(played, str)
    assert played[3].partition("): ")[2] == what


@pytest.mark.parametrize(
    ("text", "noise"),
    [
        (b"+" + bytes(100_000_000), b""),
        (b"\n" * 15_000_000, b""),
        (b"+0,\1" + b"\2\x30" * 7_000_000 + b"\n", bytes(32)),
        (b"+0," + b"\1" * 120_000 + b"\n", bytes(32 * 120_000)),
    ],
)  # fmt: skip
def test_what_is_inflated_is_bounded(folder: Path, text: bytes, noise: bytes) -> None:
    bomb = deflated(text, noise=noise)
    assert len(bomb) < CONTENT_BYTES_MAX
    data = forged((BLOCK, bomb))
    assert peak_bytes(partial(read, folder / "bomb", data)) < 80_000_000


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (b"", "no recording: `powclock watch --record FILE` makes one"),
        (b"powclock recording 2\n", "recorded by another version of powclock, which can play it"),
        (MAGIC[:20], "the file ends within its first line: nothing of a race is in it"),
        (MAGIC[:1], "the file ends within its first line: nothing of a race is in it"),
        (MAGIC, "damaged at byte 21 (frame 0): nothing was raced"),
        (MAGIC + Chain().seal(END, b"{}"), "damaged at byte 21 (frame 0): nothing was raced"),
        (MAGIC + Chain().seal(HEAD, b'{"version":"\x1b[2J"}'),
         ("damaged at byte 21 (frame 0): JSON is malformed: invalid character "
         "(byte 12)")),
    ],
)  # fmt: skip
def test_files_that_are_no_recording(folder: Path, data: bytes, line: str) -> None:
    assert read(folder / "none", data) == line


def test_a_file_that_cannot_be_read(folder: Path) -> None:
    for path, why in ((folder / "gone", "No such file or directory"), (folder, "Is a directory")):
        with pytest.raises(NoRecording) as caught:
            Recording(path)
        assert str(caught.value) == f"{path}: cannot be read: {why}"


def test_reading_begins_at_any_block(folder: Path) -> None:
    path = folder / "long"
    count = 6 * BLOCK_BYTES_MAX // sum(map(len, LINES)) * len(LINES)
    lines = []
    for number in range(count):
        one = RECORDS[1 + number % (len(RECORDS) - 1)]
        lines.append(json_line(type(one)(number, number * 1_000, one.node, one.event)))
    write(path, [lines])
    with Recording(path) as recording:
        assert list(recording.lines()) == lines
        blocks = recording.blocks
        assert len(blocks) > 2
        for number, block in enumerate(blocks):
            assert list(recording.lines(number)) == lines[block.sequence :]
        assert recording.damage is None


def test_a_file_that_changes_under_the_reader(folder: Path) -> None:
    path = folder / "changed"
    write(path, FRAMES, [b"{}"])
    with Recording(path) as recording:
        path.write_bytes(path.read_bytes()[:-200])
        assert list(recording.lines())[:5] == LINES[:5]
        assert isinstance(recording.damage, Damage)
