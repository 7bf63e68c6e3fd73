"""Records as lines, made short before they are compressed.

A recording holds the very lines that a race's digest is made of. Most of what they say can be told
from the lines before: the sequence number always, the time but for a difference, and of the gauges
that come steadily nearly all. So a line is written as the time that has passed since the line
before and the rest, or gauges as differences by column, also of time, from the gauges before.
Gauges are thousandths: hashes so far are what the rate says they should be, but for a rounding.
Those that would not come back to the last byte are written like any other line.

Then there is what nothing can tell, as hashes and the low bits of times and of rates that wander:
noise, which deflate only makes longer. It stands beside the text of a frame, as it is.

    +123,     the line came so many nanoseconds later; the rest of it follows
    *4,       the same in units of 2**24 ns; the low three bytes are noise
    #[…]      gauges (`Columns`)
    byte 1    the next hash of the noise: hashes are its end
    byte 2    with a number, a hash that was in the noise before

No line of JSON has such bytes. Both stand for the colon before the hash, too.
"""

import re
from collections.abc import Iterator, Sequence
from io import BytesIO
from math import gcd, isfinite
from operator import sub
from struct import pack, unpack
from typing import NamedTuple

import msgspec

from powclock.record.events import Record, Sampled
from powclock.record.facts import ClientSample, NodeSample

NANOSECONDS = 1_000_000_000
HASH_BYTES = 32
HASH_LETTERS = 2 * HASH_BYTES + 3
# From this difference of a rate on, its low 16 bits are noise.
ROUGH = 1_000
# From this time on, its low three bytes are noise.
LONG_NS = 1 << 20
LONG_BITS, LONG_BYTES = 24, 3
TOTALS = 2 + len(ClientSample.__struct_fields__)
_HASH = re.compile(rb':"([0-9a-f]{64})"')
_MARK = re.compile(rb"\x01|\x02([0-9]{1,9})")
_SHORT = re.compile(rb"[+*]([0-9]{1,19}),")
_START, _NODE = b'{"sequence":%d,"time_ns":%d,"node":%b', b',"node":'
_ENCODER = msgspec.json.Encoder()


class Unpackable(ValueError):
    """What is said to be a packed frame is none: why."""


class Columns(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """Gauges by column, as differences from those before; `names` and `skews` where they changed.

    `rates` are without the `low` bits that are noise. `counts` are of the mempool, then of peers,
    then of peers cut off; `totals` are of the whole race; both are empty where nothing changed.
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
    counts: tuple[int, ...]
    totals: tuple[int, ...]

    def renewed(self, names: tuple[str, ...]) -> "_Gauges":
        """The same with other nodes, of which nothing is known."""
        zeros = (0,) * len(names)
        return _Gauges(
            self.time_ns, names, (0.0,) * len(names), zeros, zeros, 3 * zeros, self.totals
        )

    def expected(self, rates: Sequence[int], time_ns: int) -> list[int]:
        """How many hashes there should be by now."""
        passed_ns = time_ns - self.time_ns
        common = gcd(passed_ns, NANOSECONDS)  # small numbers are quicker
        passed, second = passed_ns // common, NANOSECONDS // common
        return [
            before + (2 * rate * passed + second) // (2 * second)
            for before, rate in zip(self.hashes, rates, strict=True)
        ]


_NONE = _Gauges(0, (), (), (), (), (), (0,) * TOTALS)


class Packer:
    """Packs the records of one block, of which the first has this sequence number and time.

    They are packed one by one as they come, and handed over as frames. `sequence` is that of the
    next record, `time_ns` that of the last.
    """

    def __init__(self, sequence: int, time_ns: int) -> None:
        self.sequence = sequence
        self.time_ns = time_ns
        self._gauges = _NONE
        self._hashes: dict[bytes, bytes] = {}
        self._lines: list[bytes] = []
        self._noise = bytearray()

    def add(self, record: Record, line: bytes) -> None:
        """Pack a record, given with its line of JSON."""
        passed_ns = record.time_ns - self.time_ns
        assert record.sequence == self.sequence, "records follow each other"
        assert passed_ns >= 0, "time does not run back"
        self.sequence += 1
        self.time_ns = record.time_ns
        if (
            type(record.event) is Sampled
            and record.node is None
            and self._by_column(record.time_ns, record.event, line)
        ):
            return
        rest = line[line.index(_NODE) + len(_NODE) :]
        if passed_ns < LONG_NS:
            self._lines.append(b"+%d,%b" % (passed_ns, rest))
        else:
            self._lines.append(b"*%d,%b" % (passed_ns >> LONG_BITS, rest))
            self._noise += (passed_ns & 0xFFFFFF).to_bytes(LONG_BYTES, "little")

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

    def _by_column(self, now_ns: int, event: Sampled, line: bytes) -> bool:
        """Add gauges by column, unless they would not come back as they are."""
        if not event.nodes or (b"-0.0" in line and (b",-0.0," in line or b",-0.0]" in line)):
            return False
        names, rates, hashes, mempools, peers, cut, skews = zip(
            *map(msgspec.structs.astuple, event.nodes), strict=True
        )
        before = self._gauges
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
                return False
            moved = list(map(sub, rated, before.rates))
            low = _LOW_BITS if max(moved) >= ROUGH or min(moved) <= -ROUGH else 0
            packed = _ENCODER.encode(
                (
                    now_ns - before.time_ns,
                    low,
                    [each >> low for each in moved] if low else moved,
                    list(map(sub, hashed, before.expected(rated, now_ns))),
                    list(map(sub, counts, before.counts)) if counts != before.counts else (),
                    list(map(sub, totals, before.totals)) if totals != before.totals else (),
                    names if renewed else None,
                    skews if skewed else None,
                )  # as `Columns`
            )
        except (ValueError, OverflowError):  # no numbers, or too large ones
            return False
        if low:
            self._noise += pack(f"<{len(moved)}H", *[each & 0xFFFF for each in moved])
        self._gauges = _Gauges(now_ns, names, skews, rated, hashed, counts, totals)
        self._lines.append(b"#%b\n" % packed)
        return True


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
                self._hashes.append(b':"%b"' % noise[start : start + HASH_BYTES].hex().encode())
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
        if kind not in b"+*":
            raise Unpackable("a line of no known kind")
        short = _SHORT.match(packed)
        if short is None:
            raise Unpackable("a line without its time")
        if kind == b"+":
            self._time_ns += int(short[1])
        else:
            low = int.from_bytes(self._take(LONG_BYTES), "little")
            self._time_ns += (int(short[1]) << LONG_BITS) + low
        return _START % (self._sequence, self._time_ns, packed[short.end() :])

    def _from_columns(self, packed: bytes) -> bytes:
        try:
            columns = _COLUMNS.decode(packed)
            self._time_ns = self._gauges.time_ns + columns.passed_ns
            return self._joined(columns)
        except Unpackable:
            raise
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
        counts = _plus(columns.counts, before.counts) if columns.counts else before.counts
        totals = _plus(columns.totals, before.totals) if columns.totals else before.totals
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
        if columns.low != _LOW_BITS:
            raise ValueError(f"{columns.low} low bits")
        count = len(columns.rates)
        lows = unpack(f"<{count}H", self._take(2 * count))
        return [(high << _LOW_BITS) + low for high, low in zip(columns.rates, lows, strict=True)]

    def _take(self, count: int) -> bytes:
        """The next bytes of the noise, hashes apart."""
        taken = self._noise[self._used : self._used + count]
        if len(taken) < count:
            raise Unpackable("noise that is not there")
        self._used += count
        return taken
