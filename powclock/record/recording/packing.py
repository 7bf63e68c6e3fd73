"""Records as lines, made short before they are compressed.

A recording holds the very lines that a race's digest is made of. Most of what they say can be told
from the lines before: the sequence number always, the time but for a difference, and of the gauges
that come steadily nearly all. So a line is written in one of two ways, told by its first byte: `+`
as the time that has passed and the rest, `#` gauges as differences by column. Gauges are
thousandths: hashes so far are what the rate says they should be, but for a rounding. Those that
would not come back to the last byte are written like any other line.

Then there is what nothing can tell, as hashes and the low bits of rates that wander: noise, which
deflate only makes longer. It stands beside the text of a frame, as it is. In the text, the byte 1
stands for the next hash of the noise and the byte 2 with a number for one that was there before;
no line of JSON has such bytes.
"""

import re
from collections.abc import Iterator, Sequence
from io import BytesIO
from math import isfinite
from operator import sub
from struct import pack, unpack_from
from typing import NamedTuple

import msgspec

from powclock.record.events import Record, Sampled
from powclock.record.facts import ClientSample, NodeSample

NANOSECONDS = 1_000_000_000
HASH_BYTES = 32
HASH_LETTERS = 2 * HASH_BYTES + 2
# From this difference of a rate on, its low 16 bits are noise.
ROUGH = 1_000
TOTALS = 2 + len(ClientSample.__struct_fields__)
_HASH = re.compile(rb'"([0-9a-f]{64})"')
_MARK = re.compile(rb"\x01|\x02([0-9]{1,9})")
_SHORT = re.compile(rb"\+([0-9]{1,19}),")
_START, _NODE = b'{"sequence":%d,"time_ns":%d,"node":%b', b',"node":'
_ENCODER = msgspec.json.Encoder()


class Unpackable(ValueError):
    """What is said to be a packed frame is none: why."""


class Columns(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """Gauges by column, as differences from those before; `names` and `skews` where they changed.

    `rates` are without the `low` bits that are noise. `counts` are of the mempool, then of peers,
    then of peers cut off; `totals` are of the whole race.
    """

    passed_ns: int
    low: int
    rates: tuple[int, ...]
    hashes: tuple[int, ...]
    counts: tuple[int, ...]
    totals: tuple[int, ...]
    names: tuple[str, ...] | None
    skews: tuple[float, ...] | None


_COLUMNS = msgspec.json.Decoder(Columns)
_LOW_BITS = 16


class _Gauges(NamedTuple):
    """The last gauges that were told by column, in whole thousandths."""

    time_ns: int
    names: tuple[str, ...]
    skews: tuple[float, ...]
    rates: Sequence[int]
    hashes: Sequence[int]
    counts: Sequence[int]
    totals: Sequence[int]

    def renewed(self, names: tuple[str, ...]) -> "_Gauges":
        """The same with other nodes, of which nothing is known."""
        zeros = (0,) * len(names)
        return _Gauges(
            self.time_ns, names, (0.0,) * len(names), zeros, zeros, 3 * zeros, self.totals
        )

    def expected(self, rates: Sequence[int], time_ns: int) -> list[int]:
        """How many hashes there should be by now."""
        passed_ns, half = time_ns - self.time_ns, NANOSECONDS // 2
        return [
            before + (rate * passed_ns + half) // NANOSECONDS
            for before, rate in zip(self.hashes, rates, strict=True)
        ]


_NONE = _Gauges(0, (), (), (), (), (), (0,) * TOTALS)


class Packer:
    """Packs the records of one block, of which the first has this sequence number and time.

    They are packed one by one as they come, and handed over as frames.
    """

    def __init__(self, sequence: int, time_ns: int) -> None:
        self._sequence = sequence
        self._time_ns = time_ns
        self._gauges = _NONE
        self._hashes: dict[bytes, bytes] = {}
        self._lines: list[bytes] = []
        self._noise = bytearray()

    def add(self, record: Record, line: bytes) -> None:
        """Pack a record, given with its line of JSON."""
        passed_ns = record.time_ns - self._time_ns
        assert record.sequence == self._sequence, "records follow each other"
        assert passed_ns >= 0, "time does not run back"
        self._sequence += 1
        self._time_ns = record.time_ns
        packed = b""
        if type(record.event) is Sampled and record.node is None:
            packed = self._by_column(record, record.event, line, passed_ns)
        self._lines.append(
            packed or b"+%d,%b" % (passed_ns, line[line.index(_NODE) + len(_NODE) :])
        )

    def frame(self) -> tuple[bytes, bytes]:
        """The text and the noise of what was added since the frame before."""
        text = _HASH.sub(self._mark, b"".join(self._lines))
        noise = bytes(self._noise)
        self._lines.clear()
        self._noise.clear()
        return text, noise

    def _mark(self, match: "re.Match[bytes]") -> bytes:
        hash_ = match[1]
        known = self._hashes.get(hash_)
        if known is not None:
            return known
        self._hashes[hash_] = b"\2%d" % len(self._hashes)
        self._noise += bytes.fromhex(hash_.decode())
        return b"\1"

    def _by_column(self, record: Record, event: Sampled, line: bytes, passed_ns: int) -> bytes:
        """Gauges by column; empty where they would not come back as they are."""
        if not event.nodes or b",-0.0," in line or b",-0.0]" in line:
            return b""
        names, rates, hashes, mempools, peers, cut, skews = zip(
            *map(msgspec.structs.astuple, event.nodes), strict=True
        )
        before, now_ns = self._gauges, record.time_ns
        renewed = names != before.names
        if renewed:
            before = before.renewed(names)
        skewed = skews != before.skews
        counts = mempools + peers + cut
        totals = (event.messages, event.message_bytes, *msgspec.structs.astuple(event.clients))
        try:
            rated = [round(1_000 * rate) for rate in rates]
            hashed = [round(1_000 * number) for number in hashes]
            exact = _same(rated, rates) and _same(hashed, hashes)
            if not exact or (skewed and not all(map(isfinite, skews))):
                return b""
            moved = list(map(sub, rated, before.rates))
            low = _LOW_BITS if max(moved) >= ROUGH or min(moved) <= -ROUGH else 0
            packed = _ENCODER.encode(
                (
                    passed_ns,
                    low,
                    [each >> low for each in moved] if low else moved,
                    list(map(sub, hashed, before.expected(rated, now_ns))),
                    list(map(sub, counts, before.counts)),
                    list(map(sub, totals, before.totals)),
                    names if renewed else None,
                    skews if skewed else None,
                )  # as `Columns`
            )
        except (ValueError, OverflowError):  # no numbers, or too large ones
            return b""
        if low:
            self._noise += pack(f"<{len(moved)}H", *[each & 0xFFFF for each in moved])
        self._gauges = _Gauges(now_ns, names, skews, rated, hashed, counts, totals)
        return b"#%b\n" % packed


def _same(thousandths: Sequence[int], numbers: Sequence[float]) -> bool:
    return tuple([each / 1_000 for each in thousandths]) == numbers


def _plus(new: Sequence[int], old: Sequence[int]) -> tuple[int, ...]:
    return tuple([one + other for one, other in zip(new, old, strict=True)])


class Unpacker:
    """Gives back the lines of one block; what it holds at once is bounded by `bytes_max`."""

    def __init__(self, sequence: int, time_ns: int, bytes_max: int) -> None:
        self._sequence = sequence
        self._time_ns = time_ns
        self._bytes_max = bytes_max
        self._gauges = _NONE
        self._hashes: list[bytes] = []
        self._noise = b""
        self._used = 0

    def unpack(self, text: bytes, noise: bytes) -> Iterator[bytes]:
        """The lines of the next frame.

        Raises:
            Unpackable: it is none; lines before what is wrong with it have been given.
        """
        marks = text.count(b"\1")
        if len(text) + HASH_LETTERS * (marks + text.count(b"\2")) > self._bytes_max:
            raise Unpackable("more comes out of it than any recording holds")
        rest = len(noise) - marks * HASH_BYTES
        if rest < 0:
            raise Unpackable("a hash that is not there")
        self._noise, self._used = noise[:rest], 0
        hashes = iter(range(rest, len(noise), HASH_BYTES))

        def expand(match: "re.Match[bytes]") -> bytes:
            if match[1] is None:
                start = next(hashes)
                self._hashes.append(b'"%b"' % noise[start : start + HASH_BYTES].hex().encode())
                return self._hashes[-1]
            number = int(match[1])
            if number >= len(self._hashes):
                raise Unpackable("a hash that is not there")
            return self._hashes[number]

        for packed in BytesIO(_MARK.sub(expand, text)):
            yield self._line(packed)
            self._sequence += 1
        if self._used != rest:
            raise Unpackable("noise that nothing asks for")

    def _line(self, packed: bytes) -> bytes:
        kind = packed[:1]
        if kind == b"#":
            return self._from_columns(packed[1:])
        if kind != b"+":
            raise Unpackable("a line of no known kind")
        short = _SHORT.match(packed)
        if short is None:
            raise Unpackable("a line without its time")
        self._time_ns += int(short[1])
        return _START % (self._sequence, self._time_ns, packed[short.end() :])

    def _from_columns(self, packed: bytes) -> bytes:
        try:
            columns = _COLUMNS.decode(packed)
            self._time_ns += columns.passed_ns
            return self._joined(columns)
        except (msgspec.MsgspecError, UnicodeDecodeError, OverflowError, ValueError) as error:
            raise Unpackable(f"gauges that are none: {error}") from error

    def _joined(self, columns: Columns) -> bytes:
        """The line that columns stand for."""
        before = self._gauges
        if columns.names is not None:
            before = before.renewed(columns.names)
        names, now_ns, count = before.names, self._time_ns, len(before.names)
        skews = before.skews if columns.skews is None else columns.skews
        rates = _plus(self._moved(columns), before.rates)
        hashes = _plus(columns.hashes, before.expected(rates, now_ns))
        counts = _plus(columns.counts, before.counts)
        totals = _plus(columns.totals, before.totals)
        mempools, peers, cut = counts[:count], counts[count : 2 * count], counts[2 * count :]
        rows = zip(names, rates, hashes, mempools, peers, cut, skews, strict=True)
        nodes = tuple(
            [
                NodeSample(name, rate / 1_000, hashed / 1_000, mempool, links, severed, skew)
                for name, rate, hashed, mempool, links, severed, skew in rows
            ]
        )
        messages, size, *clients = totals
        event = Sampled(nodes, messages, size, ClientSample(*clients))
        self._gauges = _Gauges(now_ns, names, skews, rates, hashes, counts, totals)
        return _ENCODER.encode(Record(self._sequence, self._time_ns, None, event)) + b"\n"

    def _moved(self, columns: Columns) -> Sequence[int]:
        """How rates have changed, with their low bits from the noise."""
        if columns.low == 0:
            return columns.rates
        start, count = self._used, len(columns.rates)
        self._used += 2 * count
        if columns.low != _LOW_BITS or self._used > len(self._noise):
            raise ValueError("their low bits are not there")
        lows = unpack_from(f"<{count}H", self._noise, start)
        return [(high << _LOW_BITS) + low for high, low in zip(columns.rates, lows, strict=True)]
