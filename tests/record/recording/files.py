"""Recordings for tests."""

from pathlib import Path

import msgspec

from powclock.record.events import Record
from powclock.record.recording.content import Head
from powclock.record.recording.writer import Writer

HEAD = Head("test", 7, msgspec.Raw(b'{"name":"test"}'))
DIGEST = "ab" * 32


def write(
    path: Path, frames: list[list[bytes]], inputs: list[bytes] | None = None, *, end: bool = True
) -> Writer:
    """Write lines, each list of them as a frame of its own; inputs come before the second."""
    writer = Writer(path.open("wb", buffering=0), HEAD)
    for number, lines in enumerate(frames):
        if number == 1 and inputs:
            writer.inputs(inputs)
        for line in lines:
            writer.take(msgspec.json.decode(line, type=Record), line)
        writer.flush()
    if end:
        writer.end(99, 3, DIGEST)
    else:
        writer.close()
    return writer
