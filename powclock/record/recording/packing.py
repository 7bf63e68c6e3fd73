"""Records as lines, made short before they are compressed.

A recording holds the very lines that a race's digest is made of. Most of what they say can be told
from the line before: the sequence number always, the time but for a difference, and of the gauges
that come steadily nearly all. So a line is written in one of three ways, told by its first byte:
`=` as it is, `+` as the time that has passed and the rest, `#` gauges as differences by column.
Whatever would not come back to the last byte is written as it is.

Gauges are thousandths: hashes so far are what the rate says they should be, but for a rounding.
"""

import re
from operator import sub

import msgspec

from powclock.record.events import Record, Sampled
from powclock.record.facts import ClientSample, NodeSample

NANOSECONDS = 1_000_000_000
TIME_NS_MAX = 1 << 63
USUAL_MAX = 1e12
TOTALS = 2 + len(ClientSample.__struct_fields__)
_START = re.compile(rb'\{"sequence":([0-9]{1,19}),"time_ns":([0-9]{1,19}),"node":')
_SHORT = re.compile(rb"\+([0-9]{1,19}),")
_SAMPLED = b'null,"event":{"kind":"sampled",'
_DECODER = msgspec.json.Decoder(Record)
_ENCODER = msgspec.json.Encoder()


class Unpackable(ValueError):
    """What is said to be a packed line is none: why."""


class Columns(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """Gauges by column, as differences from those before; `names` and `skews` where they changed.

    `counts` are of the mempool, of peers and of peers cut off, node by node; `totals` are of the
    whole race.
    """

    passed_ns: int
    rates: tuple[int, ...]
    hashes: tuple[int, ...]
    counts: tuple[int, ...]
    totals: tuple[int, ...]
    names: tuple[str, ...] | None
    skews: tuple[float, ...] | None


_COLUMNS = msgspec.json.Decoder(Columns)


class _Gauges:
    """The last gauges, in whole thousandths."""

    def __init__(self) -> None:
        self.time_ns = 0
        self.names: tuple[str, ...] = ()
        self.skews: tuple[float, ...] = ()
        self.rates: tuple[int, ...] = ()
        self.hashes: tuple[int, ...] = ()
        self.counts: tuple[int, ...] = ()
        self.totals: tuple[int, ...] = (0,) * TOTALS

    def renew(self, names: tuple[str, ...]) -> None:
        """Begin with other nodes."""
        self.names = names
        self.skews = (0.0,) * len(names)
        self.rates = self.hashes = (0,) * len(names)
        self.counts = (0,) * (3 * len(names))

    def expected(self, rates: tuple[int, ...], time_ns: int) -> list[int]:
        """How many hashes there should be by now."""
        passed_ns = time_ns - self.time_ns
        return [
            before + (rate * passed_ns + NANOSECONDS // 2) // NANOSECONDS
            for before, rate in zip(self.hashes, rates, strict=True)
        ]

    def take(self, time_ns: int, event: Sampled) -> None:
        """Remember gauges for the next ones."""
        nodes = event.nodes
        self.time_ns = time_ns
        self.names = tuple(node.node for node in nodes)
        self.skews = tuple(node.skew_s for node in nodes)
        self.rates = tuple(_thousandths(node.hash_rate) for node in nodes)
        self.hashes = tuple(_thousandths(node.hashes) for node in nodes)
        self.counts = _counts(event)
        self.totals = _totals(event)


def _thousandths(number: float) -> int:
    return round(number * 1_000)


def _counts(event: Sampled) -> tuple[int, ...]:
    return tuple(
        count for node in event.nodes for count in (node.mempool, node.peers, node.peers_cut)
    )


def _totals(event: Sampled) -> tuple[int, ...]:
    return (event.messages, event.message_bytes, *msgspec.structs.astuple(event.clients))


def _less(new: tuple[int, ...], old: tuple[int, ...] | list[int]) -> tuple[int, ...]:
    return tuple(map(sub, new, old))


def _plus(new: tuple[int, ...], old: tuple[int, ...] | list[int]) -> tuple[int, ...]:
    return tuple(one + other for one, other in zip(new, old, strict=True))


class _Memory:
    """What packing and unpacking remember of the lines before."""

    def __init__(self) -> None:
        self.sequence = -1
        self.time_ns = 0
        self.gauges = _Gauges()


class Packer:
    """Packs the lines of one block; every block begins with a new one."""

    def __init__(self) -> None:
        self._memory = _Memory()

    def pack(self, line: bytes) -> bytes:
        """A line with its end, shorter."""
        memory = self._memory
        start = _START.match(line)
        if start is None:
            return b"=" + line
        sequence, time_ns = int(start[1]), int(start[2])
        passed_ns = time_ns - memory.time_ns
        follows = sequence == memory.sequence + 1 and passed_ns >= 0
        memory.sequence, memory.time_ns = sequence, time_ns
        rest = line[start.end() :]
        if rest.startswith(_SAMPLED):
            packed = self._pack_gauges(line, passed_ns)
            if packed and follows:
                return packed
        return b"+%d,%b" % (passed_ns, rest) if follows else b"=" + line

    def _pack_gauges(self, line: bytes, passed_ns: int) -> bytes:
        """Gauges by column; empty where they would not come back as they are."""
        before = self._memory.gauges
        now, event = _gauges_of(line)
        self._memory.gauges = now
        if event is None:
            return b""
        renewed = now.names != before.names
        if renewed:
            before.renew(now.names)
        columns = Columns(
            passed_ns=passed_ns,
            rates=_less(now.rates, before.rates),
            hashes=_less(now.hashes, before.expected(now.rates, now.time_ns)),
            counts=_less(now.counts, before.counts),
            totals=_less(now.totals, before.totals),
            names=now.names if renewed else None,
            skews=now.skews if now.skews != before.skews else None,
        )
        back = _joined(columns, before, self._memory.sequence, now.time_ns)
        return b"#" + _ENCODER.encode(columns) + b"\n" if back == line else b""


def _gauges_of(line: bytes) -> tuple[_Gauges, Sampled | None]:
    """What is remembered of a line of gauges: nothing, where they are not as usual."""
    gauges = _Gauges()
    try:
        record = _DECODER.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return gauges, None
    event = record.event
    if not isinstance(event, Sampled):
        return gauges, None
    numbers = [number for node in event.nodes for number in (node.hash_rate, node.hashes)]
    numbers += [node.mempool + node.peers + node.peers_cut for node in event.nodes]
    numbers += _totals(event)
    if max(map(abs, numbers)) > USUAL_MAX:
        return gauges, None
    gauges.take(record.time_ns, event)
    return gauges, event


def _joined(columns: Columns, before: _Gauges, sequence: int, time_ns: int) -> bytes:
    """The line that columns stand for, given the gauges before them (of the same nodes)."""
    rates = _plus(columns.rates, before.rates)
    hashes = _plus(columns.hashes, before.expected(rates, time_ns))
    counts = _plus(columns.counts, before.counts)
    skews = before.skews if columns.skews is None else columns.skews
    rows = zip(
        before.names, rates, hashes, counts[::3], counts[1::3], counts[2::3], skews, strict=True
    )
    nodes = tuple(
        NodeSample(name, rate / 1_000, hashed / 1_000, mempool, peers, cut, skew)
        for name, rate, hashed, mempool, peers, cut, skew in rows
    )
    messages, size, *clients = _plus(columns.totals, before.totals)
    event = Sampled(nodes, messages, size, ClientSample(*clients))
    return _ENCODER.encode(Record(sequence, time_ns, None, event)) + b"\n"


class Unpacker:
    """Gives back the lines of one block."""

    def __init__(self) -> None:
        self._memory = _Memory()

    def unpack(self, packed: bytes) -> bytes:
        """The line that was packed.

        Raises:
            Unpackable: it is none.
        """
        memory = self._memory
        kind = packed[:1]
        if kind == b"=":
            line = packed[1:]
            start = _START.match(line)
            if start is None:
                return line
            memory.sequence, memory.time_ns = int(start[1]), int(start[2])
            if line[start.end() :].startswith(_SAMPLED):
                memory.gauges, _ = _gauges_of(line)
            return line
        memory.sequence += 1
        if kind == b"+":
            short = _SHORT.match(packed)
            if short is None:
                raise Unpackable("a line without its time")
            memory.time_ns += int(short[1])
            line = b'{"sequence":%d,"time_ns":%d,"node":%b' % (
                memory.sequence, memory.time_ns, packed[short.end() :],
            )  # fmt: skip
            if packed.startswith(_SAMPLED, short.end()):
                memory.gauges, _ = _gauges_of(line)
            return line
        if kind == b"#":
            return self._unpack_gauges(packed[1:])
        raise Unpackable("a line of no known kind")

    def _unpack_gauges(self, packed: bytes) -> bytes:
        memory, before = self._memory, self._memory.gauges
        try:
            columns = _COLUMNS.decode(packed)
            memory.time_ns += columns.passed_ns
            if columns.names is not None:
                before.renew(columns.names)
            line = _joined(columns, before, memory.sequence, memory.time_ns)
        except (msgspec.MsgspecError, UnicodeDecodeError, OverflowError, ValueError) as error:
            raise Unpackable(f"gauges that are none: {error}") from error
        memory.gauges, _ = _gauges_of(line)
        return line
