"""The stream of records: stamped, digested, and given to whoever listens.

The digest is the SHA-256 of the records as JSON lines, so it is also that of an events file.
"""

from collections.abc import Callable
from hashlib import sha256

import msgspec

from powclock.record.events import AnyEvent, Record

Sink = Callable[[Record], None]
_ENCODER = msgspec.json.Encoder()


def json_line(record: Record) -> bytes:
    """A record as one line of an events file."""
    return _ENCODER.encode(record) + b"\n"


class Recorder:
    """Numbers events and passes them on; a sink may emit more."""

    def __init__(self, race_ns: Callable[[], int]) -> None:
        self._race_ns = race_ns
        self._sinks: list[Sink] = []  # another list after each change: it may be gone through now
        self._lines: list[Callable[[bytes], object]] = []
        self._keepers: list[Callable[[Record, bytes], object]] = []
        self._digest = sha256()
        self.count = 0

    def listen(self, sink: Sink) -> None:
        """Give every record from now on to a sink."""
        self._sinks = [*self._sinks, sink]

    def forget(self, sink: Sink) -> None:
        """Give a sink no more records."""
        self._sinks = [each for each in self._sinks if each != sink]

    def write(self, write_line: Callable[[bytes], object]) -> None:
        """Give every record from now on as a line of JSON."""
        self._lines.append(write_line)

    def unwrite(self, write_line: Callable[[bytes], object]) -> None:
        """Give no more lines there."""
        self._lines = [each for each in self._lines if each != write_line]

    def keep(self, take: Callable[[Record, bytes], object]) -> None:
        """Give every record from now on together with its line of JSON."""
        self._keepers.append(take)

    def emit(self, node: str | None, event: AnyEvent) -> None:
        """Put an event into the stream."""
        record = Record(self.count, self._race_ns(), node, event)
        self.count += 1
        line = json_line(record)
        self._digest.update(line)
        for write_line in self._lines:
            write_line(line)
        for take in self._keepers:
            take(record, line)
        for sink in self._sinks:
            sink(record)

    @property
    def digest(self) -> str:
        """64 hexadecimal digits that are equal where the whole stream is."""
        return self._digest.hexdigest()
