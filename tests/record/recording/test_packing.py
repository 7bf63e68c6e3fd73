"""Every line comes back from its packed form, to the byte."""

import math

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from powclock.race.recorder import json_line
from powclock.record.events import HeadMoved, NodeDown, Record, Sampled
from powclock.record.facts import NodeSample
from powclock.record.recording.packing import Packer, Unpackable, Unpacker
from tests.edges import instances_of
from tests.record.examples import RECORDS


def there_and_back(records: list[Record]) -> list[bytes]:
    """Records packed two to a frame, which must come back; the packed lines."""
    packed: list[bytes] = []
    came: list[bytes] = []
    first = records[0] if records else Record(0, 0, None, NodeDown())
    packer = Packer(first.sequence, first.time_ns)
    unpacker = Unpacker(first.sequence, first.time_ns, 1_000_000)
    for start in range(0, len(records), 2):
        for record in records[start : start + 2]:
            packer.add(record, json_line(record))
        text, noise = packer.frame()
        came += unpacker.unpack(text, noise)
        packed += text.splitlines(keepends=True)
    assert came == [json_line(record) for record in records]
    return packed


def following(records: list[Record]) -> list[Record]:
    """The same, numbered and in order of time."""
    times = sorted(abs(record.time_ns) for record in records)
    return [
        msgspec.structs.replace(record, sequence=number, time_ns=time_ns)
        for number, (record, time_ns) in enumerate(zip(records, times, strict=True))
    ]


def gauges(number: int, *nodes: NodeSample) -> Record:
    """Gauges, every half a second."""
    return Record(number, number * 500_000_000, None, Sampled(nodes, 9 * number, 900))


def node(name: str, rate: float, hashes: float, skew_s: float = 0.0) -> NodeSample:
    """A node's gauges."""
    return NodeSample(name, rate, hashes, 3, 4, 1, skew_s)


def test_one_record_of_each_kind_comes_back() -> None:
    packed = there_and_back(RECORDS)
    assert {each[:1] for each in packed} == {b"+", b"*", b"#"}


def test_gauges_are_told_by_their_differences() -> None:
    packed = there_and_back(
        [
            gauges(0, node("ann", 10.5, 0.0), node("bob", 20.0, 7.25)),
            gauges(1, node("ann", 10.0, 5.0), node("bob", 20.125, 17.312)),
            gauges(2, node("ann", 10.0, 10.0, -2.5), node("bob", 20.0, 28.0)),
            gauges(3, node("ann", 10.0, 15.0, -2.5)),
        ]
    )
    assert packed == [
        b'#[0,16,[0,0],[0,7250],[3,3,4,4,1,1],[0,900,0,0,0,0,0,0,0,0,0,0],["ann","bob"],null]\n',
        b"#[500000000,0,[-500,125],[0,-1],[],[9,0,0,0,0,0,0,0,0,0,0,0],null,null]\n",
        (b"#[500000000,0,[0,-125],[0,688],[],[9,0,0,0,0,0,0,0,0,0,0,0],null,"
         b"[-2.5,0.0]]\n"),
        b'#[500000000,16,[0],[10000],[3,4,1],[9,0,0,0,0,0,0,0,0,0,0,0],["ann"],[-2.5]]\n',
    ]  # fmt: skip


def test_a_hash_stands_in_the_noise_once() -> None:
    one, two = "ab" * 32, "cd" * 32
    packer = Packer(7, 5)
    for number, event in enumerate((HeadMoved(one, 1, two), HeadMoved(one, 2, one))):
        record = Record(7 + number, 5 + number, "bob", event)
        packer.add(record, json_line(record))
    start = b'"bob","event":{"kind":"head_moved","hash"'
    assert packer.frame() == (
        b'+0,%b\1,"height":1,"state_root"\1}}\n' % start
        + b'+1,%b\x020,"height":2,"state_root"\x020}}\n' % start,
        bytes.fromhex(one + two),
    )
    record = Record(9, 6 + (5 << 24) + 0x030201, "bob", HeadMoved(two, 2, "ef" * 32))
    packer.add(record, json_line(record))
    text = b'*5,%b\x021,"height":2,"state_root"\1}}\n' % start
    assert packer.frame() == (text, b"\1\2\3" + bytes.fromhex("ef" * 32))


@pytest.mark.parametrize("rate", [0.12345, 1e306, math.inf, math.nan, -0.0])
def test_gauges_that_would_not_come_back_are_not_packed_by_column(rate: float) -> None:
    packed = there_and_back([gauges(0, node("ann", 1.0, 1.0)), gauges(1, node("ann", rate, 1.0)),
                             gauges(2, node("ann", 1.0, 2.0))])  # fmt: skip
    assert [each[:1] for each in packed] == [b"#", b"*", b"#"]


@given(st.lists(instances_of(Record), max_size=6))
def test_any_records_come_back(records: list[Record]) -> None:
    there_and_back(following(records))


@given(st.lists(instances_of(Sampled), max_size=6))
def test_any_gauges_come_back(events: list[Sampled]) -> None:
    there_and_back([Record(n, 10 * n, None, e) for n, e in enumerate(events)])


@given(
    st.lists(st.binary(), max_size=4),
    st.sampled_from([b"", b"+", b"#", b"+5,", b"*5,", b"#[", b"\1", b"\x020"]),
    st.binary(max_size=70),
)
def test_any_bytes_are_lines_or_unpackable(pieces: list[bytes], start: bytes, noise: bytes) -> None:
    unpacker = Unpacker(0, 0, 10_000)
    for piece in pieces:
        try:
            list(unpacker.unpack(start + piece, noise))
        except Unpackable:
            continue


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (b"?", "a line of no known kind"),
        (b"+x,", "a line without its time"),
        (b"+" + b"9" * 5_000 + b",", "a line without its time"),
        (b"#[1,0,[1],[1],[1,2,3],[1,1],null,null]", "gauges that are none: "),
        (b"#[1,16,[1],[0],[0,0,0],[0,0,0,0,0,0,0,0,0,0,0,0],[\"a\"],null]",
         "noise that is not there"),
        (b"#[1,8,[1],[0],[],[],[\"a\"],null]", "gauges that are none: 8 low bits"),
        (b"*1,", "noise that is not there"),
        (b"#[1,0,[" + b"9" * 5_000 + b"]]", "gauges that are none: "),
        (b"#" + b"[" * 100_000, "gauges that are none: "),
        (b"+0,\1", "a hash that is not there"),
        (b"+0,\x020", "a hash that is not there"),
        (b"+0,\x02" + b"9" * 5_000, "a hash that is not there"),
        (b"x" * 200_001, "more comes out of it than any recording holds"),
        (b"\1" * 4_000, "more comes out of it than any recording holds"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said(text: bytes, why: str) -> None:
    with pytest.raises(Unpackable) as caught:
        list(Unpacker(0, 0, 200_000).unpack(text, b""))
    assert str(caught.value).startswith(why)


def test_noise_that_is_left_over_is_told() -> None:
    with pytest.raises(Unpackable, match=r"^noise that nothing asks for$"):
        list(Unpacker(0, 0, 200_000).unpack(b"+0,\n", b"?"))
