"""What has waited goes to the file at once, and a full disk ends the recording alone."""

import errno
import io
from pathlib import Path

from powclock.race.recorder import json_line
from powclock.record.events import Record
from powclock.record.recording.reader import Recording
from powclock.record.recording.writer import FLUSH_NS, PENDING_BYTES_MAX, Writer
from tests.record.examples import RECORDS
from tests.record.recording.files import DIGEST, HEAD

LINES = [json_line(record) for record in RECORDS]


class Disk(io.FileIO):
    """A file on a disk that has room for so many bytes."""

    def __init__(self, path: Path, room: int) -> None:
        super().__init__(path, "wb")
        self._room = room

    def write(self, data: object) -> int:
        view = memoryview(data)[: self._room]  # type: ignore[arg-type]
        if not view:
            raise OSError(errno.ENOSPC, "No space left on device")
        self._room -= len(view)
        return super().write(view)


def played(path: Path) -> list[bytes]:
    """The lines of a file; it must be whole."""
    with Recording(path) as recording:
        lines = list(recording.lines())
        assert recording.damage is None
        return lines


def test_records_are_written_once_they_have_waited(tmp_path: Path) -> None:
    path = tmp_path / "r"
    writer = Writer(path.open("wb", buffering=0), HEAD)
    assert played(path) == []
    writer.beat(5)
    writer.take(RECORDS[0], LINES[0])
    writer.beat(10)
    writer.take(RECORDS[1], LINES[1])
    writer.beat(9 + FLUSH_NS)
    assert played(path) == []
    writer.beat(10 + FLUSH_NS)
    assert played(path) == LINES[:2]
    writer.take(RECORDS[2], LINES[2])
    writer.beat(11 + FLUSH_NS)
    assert played(path) == LINES[:2]
    writer.close()


def test_many_records_are_written_at_once(tmp_path: Path) -> None:
    path = tmp_path / "r"
    writer = Writer(path.open("wb", buffering=0), HEAD)
    lines = []
    for number in range(4 * PENDING_BYTES_MAX // len(LINES[5])):
        record = Record(number, number, None, RECORDS[5].event)
        lines.append(json_line(record))
        writer.take(record, lines[-1])
    assert played(path) == []
    writer.beat(0)
    assert played(path) == lines
    writer.close()


def test_a_full_disk_ends_the_recording_at_its_last_whole_frame(tmp_path: Path) -> None:
    whole = tmp_path / "whole"
    writer = Writer(whole.open("wb", buffering=0), HEAD)
    for record, line in zip(RECORDS, LINES, strict=True):
        writer.take(record, line)
        writer.flush()
    writer.end(9, 9, DIGEST)
    size = whole.stat().st_size
    for room in range(0, size, 61):
        path = tmp_path / "full"
        path.unlink(missing_ok=True)
        writer = Writer(Disk(path, room), HEAD)
        for record, line in zip(RECORDS, LINES, strict=True):
            writer.take(record, line)
            writer.flush()
        writer.end(9, 9, DIGEST)
        assert "No space left on device: free some room" in writer.trouble
        assert path.stat().st_size <= room
        if path.stat().st_size:
            lines = played(path)
            assert lines == LINES[: len(lines)]
            kept_s = RECORDS[len(lines) - 1].time_ns / 1e9 if lines else 0.0
            assert writer.trouble.startswith(f"the recording ends at {kept_s:.1f} s: ")
