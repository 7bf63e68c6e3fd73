"""The past of a race: its view at any moment, found in less time than a person notices.

A view is a fold of all records before it, so the plain way back to a moment is to fold from the
start again, which takes a second for an hour. Instead the records are kept as lines, deflated in
chunks, and every so many chunks the view itself is kept as it then was. A moment is reached from
the last view kept before it. Where many views are kept, every other one goes and those that come
are further apart, so memory is bounded and a way of twice the length takes twice the time. A view
grows with its race, and with it what keeping it costs: they are so far apart that this is never
more than folding all the records between them.

What happens at one time is one moment: it is shown when all of it has happened.
"""

import gc
import pickle
import zlib
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice

import msgspec

from powclock.machine.reason import Invalid
from powclock.record.events import RaceStarted, Record
from powclock.record.moments import Moments
from powclock.record.view import View

# A person may look at any block of a race: five days of the default one.
BLOCKS_KEPT = 100_000
CHUNK_RECORDS = 1_000
# Records of a race are some hundred bytes long, but a recording may be anybody's.
CHUNK_BYTES_MAX = 4 * 1024 * 1024
VIEW_RECORDS = 2_000
# To keep so many bytes of a view takes about as long as to fold a record.
VIEW_BYTES_A_RECORD = 64
VIEWS_BYTES_MAX = 128 * 1024 * 1024
_LEVEL = 1
_RECORD = msgspec.json.Decoder(Record)


# What goes wrong with records that no race wrote.
WRONG = LookupError, ValueError, TypeError, ArithmeticError, AssertionError, Invalid


class Unfounded(ValueError):
    """A record does not follow from those before it, so no race wrote it."""


def fold_in(view: View, record: Record) -> None:
    """Fold a record that may be anybody's into a view.

    Raises:
        Unfounded: it does not follow from those before.
    """
    try:
        assert (view.started is None) == isinstance(record.event, RaceStarted), "once"
        view.apply(record)
    except WRONG as error:
        raise Unfounded(f"record {record.sequence} does not follow from those before") from error


@dataclass(frozen=True, slots=True)
class _Chunk:
    """Lines in a row, after so many others; `time_ns` is that of the last one."""

    first: int
    time_ns: int
    deflated: bytes


@dataclass(frozen=True, slots=True)
class _Kept:
    """A view after so many records."""

    count: int
    deflated: bytes


class Past:
    """Records as they come, `count` of them up to `end_ns`, and the way back to any of them."""

    def __init__(self, blocks_kept: int = BLOCKS_KEPT) -> None:
        self.view = View(blocks_kept)
        self.moments = Moments()
        # How many records there are, and when the last one was written: a record that is refused
        # may have moved the view's own numbers.
        self.count = 0
        self.end_ns = 0
        self._blocks_kept = blocks_kept
        self._chunks: list[_Chunk] = []
        self._first = 0
        self._open: list[bytes] = []
        self._open_bytes = 0
        self._open_records: list[Record] = []
        self._views: list[_Kept] = []
        self._views_bytes = 0
        self._apart = VIEW_RECORDS
        self._decoded: tuple[int, list[Record]] = (-1, [])

    def add(self, record: Record, line: bytes) -> None:
        """Take in the next record, with its line.

        Raises:
            Unfounded: it does not follow from those before; they are all that there is.
        """
        notable = self.view.notable
        fold_in(self.view, record)
        self.moments.note(record, notable=self.view.notable > notable)
        self.count, self.end_ns = self.count + 1, record.time_ns
        self._open.append(line)
        self._open_records.append(record)
        self._open_bytes += len(line)
        if len(self._open) == CHUNK_RECORDS or self._open_bytes >= CHUNK_BYTES_MAX:
            self._close_chunk()

    def _close_chunk(self) -> None:
        deflated = zlib.compress(b"".join(self._open), _LEVEL)
        self._chunks.append(_Chunk(self._first, self.end_ns, deflated))
        self._first, self._open, self._open_records, self._open_bytes = self.count, [], [], 0
        if self.count - self.nearest(self.count) >= self._apart:
            self._keep_view()

    def _keep_view(self) -> None:
        kept = zlib.compress(pickle.dumps(self.view, pickle.HIGHEST_PROTOCOL), _LEVEL)
        self._views.append(_Kept(self.count, kept))
        self._views_bytes += len(kept)
        self._apart = max(self._apart, len(kept) // VIEW_BYTES_A_RECORD)
        if self._views_bytes > VIEWS_BYTES_MAX:
            self._apart *= 2
            self._views = self._views[1::2]
            self._views_bytes = sum(len(view.deflated) for view in self._views)

    def _records(self, chunk: int) -> list[Record]:
        """The records of a chunk."""
        if chunk == len(self._chunks):
            return self._open_records
        if self._decoded[0] != chunk:
            lines = zlib.decompress(self._chunks[chunk].deflated)
            self._decoded = chunk, _RECORD.decode_lines(lines)
        return self._decoded[1]

    def lines(self, count: int) -> Iterator[bytes]:
        """The lines of the first records."""
        whole = (
            zlib.decompress(chunk.deflated).splitlines(keepends=True) for chunk in self._chunks
        )
        return islice(chain(chain.from_iterable(whole), self._open), count)

    def count_at(self, time_ns: int) -> int:
        """How many records there are up to a time, with those of that time."""
        chunk = bisect_right(self._chunks, time_ns, key=lambda each: each.time_ns)
        records = self._records(chunk)
        inside = bisect_right(records, time_ns, key=lambda record: record.time_ns)
        return self._start(chunk) + inside

    def time_of(self, count: int) -> int:
        """When the last of so many records was written."""
        chunk = self._chunk_of(max(count, 1) - 1)
        return self._records(chunk)[max(count, 1) - 1 - self._start(chunk)].time_ns

    def _start(self, chunk: int) -> int:
        """How many records are before a chunk."""
        return self._first if chunk == len(self._chunks) else self._chunks[chunk].first

    def _chunk_of(self, index: int) -> int:
        """The chunk that a record is in, the first record being 0."""
        if index >= self._first:
            return len(self._chunks)
        return bisect_right(self._chunks, index, key=lambda chunk: chunk.first) - 1

    def near(self, count: int) -> tuple[View, int]:
        """The last view that was kept of so many records or fewer, and of how many it is."""
        index = bisect_right(self._views, count, key=lambda kept: kept.count) - 1
        if index < 0:
            return View(self._blocks_kept), 0
        kept = self._views[index]
        return _loaded(kept.deflated), kept.count

    def nearest(self, count: int) -> int:
        """Of how many records the view is that `near` would give."""
        index = bisect_right(self._views, count, key=lambda kept: kept.count) - 1
        return self._views[index].count if index >= 0 else 0

    def fold(self, view: View, start: int, count: int) -> None:
        """Fold records into a view that has the first ones, until it has so many."""
        while start < count:
            chunk = self._chunk_of(start)
            inside = start - self._start(chunk)
            records = self._records(chunk)[inside : inside + count - start]
            assert records, "there are fewer"
            for record in records:
                view.apply(record)
                start += 1


def _loaded(deflated: bytes) -> View:
    """A view that was kept. Twenty thousand objects come at once, none of them garbage: Python's
    collector, which would go through all that lives several times, takes longer than all else.
    """
    collects = gc.isenabled()
    gc.disable()
    try:
        view: View = pickle.loads(zlib.decompress(deflated))  # noqa: S301 (pickled by `Past`)
    finally:
        if collects:
            gc.enable()
    return view


class Needle:
    """One reader of the past: a view that is moved to and fro.

    `jumps` counts how often the view has become another one than it was, and not only grown.
    """

    def __init__(self, past: Past) -> None:
        self._past = past
        self.view = View(0)
        self.count = 0
        self.jumps = 0
        self._found = False

    def to(self, count: int) -> None:
        """Have so many records folded, by the shortest way."""
        past = self._past
        count = min(count, past.count)
        if not self._found or count < self.count or past.nearest(count) > self.count:
            self.view, self.count = past.near(count)
            self._found = True
            self.jumps += 1
        past.fold(self.view, self.count, count)
        self.count = count
