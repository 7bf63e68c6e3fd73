"""Every line comes back from its packed form, to the byte."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from powclock.race.recorder import json_line
from powclock.record.events import Record, Sampled
from powclock.record.facts import NodeSample
from powclock.record.recording.packing import Packer, Unpackable, Unpacker
from tests.edges import instances_of
from tests.record.examples import RECORDS


def there_and_back(lines: list[bytes]) -> list[bytes]:
    """Lines packed, which must come back."""
    packer, unpacker = Packer(), Unpacker()
    packed = [packer.pack(line) for line in lines]
    assert [unpacker.unpack(each) for each in packed] == lines
    assert all(
        each.count(b"\n") == line.count(b"\n") for each, line in zip(packed, lines, strict=False)
    )
    return packed


def gauges(number: int, *nodes: NodeSample) -> bytes:
    """A line of gauges, every half a second."""
    return json_line(Record(number, number * 500_000_000, None, Sampled(nodes, 9 * number, 900)))


def node(name: str, rate: float, hashes: float, skew_s: float = 0.0) -> NodeSample:
    """A node's gauges."""
    return NodeSample(name, rate, hashes, 3, 4, 1, skew_s)


def test_one_record_of_each_kind_comes_back() -> None:
    packed = there_and_back([json_line(record) for record in RECORDS])
    assert {each[:1] for each in packed} == {b"+", b"#"}


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
        b'#[0,[10500,20000],[0,7250],[3,4,1,3,4,1],[0,900,0,0,0,0,0,0,0,0,0,0],["ann","bob"],null]\n',
        b"#[500000000,[-500,125],[0,-1],[0,0,0,0,0,0],[9,0,0,0,0,0,0,0,0,0,0,0],null,null]\n",
        b"#[500000000,[0,-125],[0,688],[0,0,0,0,0,0],[9,0,0,0,0,0,0,0,0,0,0,0],null,[-2.5,0.0]]\n",
        b'#[500000000,[10000],[10000],[3,4,1],[9,0,0,0,0,0,0,0,0,0,0,0],["ann"],[-2.5]]\n',
    ]


@pytest.mark.parametrize("rate", [0.12345, 1e300, math.nan, -0.0])
def test_gauges_that_would_not_come_back_are_not_packed_by_column(rate: float) -> None:
    packed = there_and_back([gauges(0, node("ann", 1.0, 1.0)), gauges(1, node("ann", rate, 1.0)),
                             gauges(2, node("ann", 1.0, 2.0))])  # fmt: skip
    assert [each[:1] for each in packed] == [b"#", b"+", b"#"]


@given(st.lists(instances_of(Record), max_size=6))
def test_any_records_come_back(records: list[Record]) -> None:
    there_and_back([json_line(record) for record in records])


@given(st.lists(instances_of(Sampled), max_size=6))
def test_any_gauges_come_back(events: list[Sampled]) -> None:
    there_and_back([json_line(Record(n, 10 * n, None, e)) for n, e in enumerate(events)])


@given(st.lists(st.binary().map(lambda line: line.replace(b"\n", b"") + b"\n"), max_size=4))
def test_what_is_no_record_comes_back_too(lines: list[bytes]) -> None:
    there_and_back(lines)


@given(st.lists(st.binary(), max_size=4), st.sampled_from([b"", b"=", b"+", b"#", b"+5,", b"#["]))
def test_any_bytes_are_a_line_or_unpackable(pieces: list[bytes], start: bytes) -> None:
    unpacker = Unpacker()
    for piece in pieces:
        try:
            unpacker.unpack(start + piece)
        except Unpackable:
            continue


@pytest.mark.parametrize(
    ("packed", "why"),
    [
        (b"", "a line of no known kind"),
        (b"?", "a line of no known kind"),
        (b"+x,", "a line without its time"),
        (b"+" + b"9" * 5_000 + b",", "a line without its time"),
        (b"#[1,[1],[1],[1,2,3],[1,1],null,null]", "gauges that are none: "),
        (b"#[1,[" + b"9" * 5_000 + b"]]", "gauges that are none: "),
        (b"#" + b"[" * 100_000, "gauges that are none: "),
    ],
)
def test_what_is_wrong_is_said(packed: bytes, why: str) -> None:
    with pytest.raises(Unpackable) as caught:
        Unpacker().unpack(packed)
    assert str(caught.value).startswith(why)
