"""Files that are not what they seem: each is one line, at once, and takes up little memory."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from powclock.race.scenario import ScenarioError
from powclock.race.session import session_of
from powclock.record.recording.content import BLOCK_START, ENCODER, NOISE
from powclock.record.recording.frames import (
    BLOCK,
    CONTENT_BYTES_MAX,
    END,
    HEAD,
    INPUTS,
    MAGIC,
    MAGIC_START,
    MORE,
    Chain,
)
from powclock.record.recording.reader import NoRecording, Recording
from tests.edges import line_of, peak_bytes
from tests.record.recording.files import HEAD as WHAT
from tests.record.recording.test_reader import ANOTHER, NOTHING, deflated, forged

GIGABYTE = 1 << 30
ENDED = b'{"time_ns":%d,"turn":%d,"records":0,"digest":"' + b"0" * 64 + b'","summary":%b}'
NONE = "no recording: `powclock watch --record FILE` makes one"
DEEP = b"[" * 1_000_000 + b"]" * 1_000_000
TOO_DEEP = "maximum recursion depth exceeded while deserializing an object"


def headed(head: bytes) -> bytes:
    """A file with nothing but this head."""
    return MAGIC + Chain().seal(HEAD, head)


def sparse(path: Path, start: bytes) -> None:
    """A file of a gigabyte that takes no room."""
    with path.open("wb") as file:
        file.write(start)
        file.truncate(GIGABYTE)


def told(path: Path) -> tuple[int, str]:
    """How many records it plays, and the line that says what is wrong."""
    try:
        with Recording(path) as recording:
            records = sum(1 for _ in recording.records())
            return records, line_of(recording.damage) if recording.damage is not None else ""
    except NoRecording as error:
        return 0, line_of(error).removeprefix(f"{path}: ")


@pytest.mark.parametrize(
    ("make", "line"),
    [
        (lambda path: path.mkdir(), "cannot be read: Is a directory"),
        (lambda path: path.touch(), NONE),
        (os.mkfifo, NONE),
        (lambda path: path.symlink_to("/dev/zero"), NONE),
        (lambda path: path.symlink_to(path), "cannot be read: Too many levels of symbolic links"),
        (lambda path: sparse(path, b""), NONE),
        (lambda path: sparse(path, MAGIC), "damaged at byte 21 (frame 0): this is no frame"),
        (lambda path: sparse(path, forged((BLOCK, deflated(ANOTHER)))),
         "damaged at byte 177 (frame 2): this is no frame"),
    ],
)  # fmt: skip
def test_what_is_no_ordinary_file(
    tmp_path: Path, make: Callable[[Path], object], line: str
) -> None:
    path = tmp_path / "r"
    make(path)
    said: list[str] = []
    assert peak_bytes(lambda: said.append(told(path)[1])) < 1_000_000
    assert said == [line]


@pytest.mark.parametrize(
    ("data", "records", "line"),
    [
        (MAGIC_START + b"9" * 1_000_000, 0,
         "recorded by another version of powclock, which can play it"),
        (forged() + b"B" + b"\xff" * 30, 0, "frame 1): this is no frame"),
        (forged() + b"B" + (CONTENT_BYTES_MAX).to_bytes(4) + bytes(30), 0,
         "frame 1): the file ends within a frame"),
        (headed(b'{"version":"","seed":1,"scenario":' + DEEP + b"}"), 0, f"frame 0): {TOO_DEEP}"),
        (headed(b'{"version":"","seed":-1,"scenario":{}}'), 0,
         "frame 0): Expected `int` >= 0 - at `$.seed`"),
        (forged((END, ENDED % (-1, 0, b"null"))), 0, "Expected `int` >= 0 - at `$.time_ns`"),
        (forged((END, ENDED % (1, 1, DEEP))), 0, TOO_DEEP),
        (forged((BLOCK, BLOCK_START.pack(0, 2**64 - 1) + NOISE.pack(0))), 0,
         "a line without its end"),
        (forged((BLOCK, deflated(ANOTHER)), (BLOCK, deflated(ANOTHER, 1)),
                (BLOCK, deflated(ANOTHER, 1))), 2, "a block out of order"),
        (forged((BLOCK, deflated(ANOTHER)), (BLOCK, deflated(ANOTHER, 2))), 1,
         "a record out of order"),
        (forged((BLOCK, deflated(b'#[-5,0,[],[],[],[],null,null]\n'))), 0,
         "Expected `int` >= 0 - at `$.time_ns`"),
        (forged((BLOCK, deflated(b'#[0,0,[],[],[],[],["\\u001b[2J"],null]\n'))), 0,
         "gauges that are none: zip() argument 2 is longer than argument 1"),
        (forged((BLOCK, deflated(ANOTHER.replace(b"node_down", b"\x1b[2Jowned")))), 0,
         "a record with what cannot be printed"),
        (forged((MORE, NOTHING)), 0, "more of a block that has not begun"),
    ],
)  # fmt: skip
def test_what_is_forged(tmp_path: Path, data: bytes, records: int, line: str) -> None:
    path = tmp_path / "r"
    path.write_bytes(data)
    count, said = told(path)
    assert (count, said[-len(line) :]) == (records, line)


def test_many_small_blocks_are_read_one_by_one(tmp_path: Path) -> None:
    path = tmp_path / "r"
    chain = Chain()
    with path.open("wb") as file:
        file.write(MAGIC + chain.seal(HEAD, ENCODER.encode(WHAT)))
        for number in range(2_000):
            file.write(chain.seal(BLOCK, deflated(ANOTHER, number)))
    counts: list[int] = []
    assert peak_bytes(lambda: counts.append(told(path)[0])) < 10_000_000
    assert counts == [2_000]


@pytest.mark.parametrize(
    ("line", "what"),
    [
        (b'{"time_ns":1,"turn":1,"action":' + DEEP + b"}",
         "inputs: action: expected `object`, got `array`"),
        (b'{"time_ns":1,"turn":1,"action":{"command":"\x1b[2J"}}',
         "inputs: not JSON: JSON is malformed: invalid character (byte 43)"),
        (b'{"time_ns":1,"turn":1,"action":{"command":"\\u001b[2J"}}',
         "inputs: action.command: invalid value '[2J'"),
        (b"", "inputs: not JSON: Input data was truncated"),
    ],
)  # fmt: skip
def test_inputs_that_are_none(tmp_path: Path, line: bytes, what: str) -> None:
    path = tmp_path / "r"
    path.write_bytes(forged((INPUTS, line + b"\n"), (BLOCK, deflated(ANOTHER))))
    with Recording(path) as recording, pytest.raises(ScenarioError) as caught:
        session_of(recording)
    assert line_of(caught.value) == f"{path}: {what}"
