"""The pipe: messages come back; what is none is told, and no length is believed."""

import io
import json
import math
import struct
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from powclock.race.commands import AnyCommand, Quit, SetRate
from powclock.race.messages import AnyMessage, Declined, Ended, Found, Noted, Shown
from powclock.race.pipe import MESSAGE_BYTES_MAX, Garbled, pack, read
from powclock.race.plan import Plan
from powclock.race.session import End
from powclock.record.detail import Hit
from powclock.record.frame import Pace
from tests.edges import ANYTHING, damaged, instances_of, peak_bytes, replaced, same
from tests.network.test_wire import corpus_bytes
from tests.scenarios.races import scenario
from tests.tui.frames import split_frame

COMMANDS: msgspec.msgpack.Decoder[AnyCommand] = msgspec.msgpack.Decoder(AnyCommand)
MESSAGES: msgspec.msgpack.Decoder[AnyMessage] = msgspec.msgpack.Decoder(AnyMessage)
PLANS: msgspec.msgpack.Decoder[Plan] = msgspec.msgpack.Decoder(Plan)
DECODERS: list[msgspec.msgpack.Decoder[Any]] = [COMMANDS, MESSAGES, PLANS]
PACE = Pace(1.0, 2.0, paused=False, behind=True)
SHOWN = Shown(split_frame(), PACE)
SMALL: list[AnyMessage] = [
    Declined("no"),
    Noted("recording", recording=True),
    Found("ab", (Hit("node", "alice", "alice, at 3"),)),
    Ended("", "summary", "again", End(5, 6)),
]


def framed(data: bytes) -> bytes:
    """Bytes with their length in front, as `pack` writes them."""
    return struct.pack(">I", len(data)) + data


def received(data: bytes, decoder: msgspec.msgpack.Decoder[Any]) -> Any:
    """The message, or the line that says why it is none; None at the end of the pipe."""
    try:
        return read(io.BytesIO(data), decoder)
    except Garbled as error:
        return f"garbled: {error}"


@example(SetRate(math.inf))
@given(instances_of(AnyCommand))
def test_any_command_comes_back(command: AnyCommand) -> None:
    assert same(received(pack(command), COMMANDS), command)


@pytest.mark.parametrize("message", [SHOWN, *SMALL], ids=lambda message: type(message).__name__)
def test_every_message_comes_back(message: AnyMessage) -> None:
    assert received(pack(message), MESSAGES) == message


@given(instances_of(Declined | Noted | Found | Ended))
def test_any_words_come_back(message: AnyMessage) -> None:
    assert received(pack(message), MESSAGES) == message


def test_messages_follow_each_other() -> None:
    pipe = io.BytesIO(b"".join(map(pack, SMALL)) + pack(SMALL[0])[:-1])
    assert [read(pipe, MESSAGES) for _ in range(6)] == [*SMALL, None, None]


@pytest.mark.parametrize("message", SMALL, ids=lambda message: type(message).__name__)
def test_a_message_cut_at_any_byte_is_the_end_of_the_pipe(message: AnyMessage) -> None:
    data = pack(message)
    assert [received(data[:length], MESSAGES) for length in range(len(data))] == [None] * len(data)


@pytest.mark.parametrize("length", [MESSAGE_BYTES_MAX + 1, 2**32 - 1])
def test_no_length_is_believed(length: int) -> None:
    data = struct.pack(">I", length) + b"short"
    with pytest.raises(Garbled) as error:
        read(io.BytesIO(data), COMMANDS)
    assert str(error.value) == f"a message of {length} bytes, at most 67108864"
    assert peak_bytes(lambda: received(data, COMMANDS)) < 100_000


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (b"", "Input data was truncated"),
        (b"\xc1", "MessagePack data is malformed: invalid opcode '\\xc1' (byte 0)"),
        (b"\x90", "Expected `object`, got `array`"),
        (msgspec.msgpack.encode({"command": "stop"}), "Invalid value 'stop' - at `$.command`"),
        (msgspec.msgpack.encode({"command": "find", "text": "x" * 201}),
         "Expected `str` of length <= 200 - at `$.text`"),
        (b"\x81\xa7command\xa1\xff",
         "'utf-8' codec can't decode byte 0xff in position 0: invalid start byte"),
        (msgspec.msgpack.encode(Quit()) + b"\xc0",
         "MessagePack data is malformed: trailing characters (byte 14)"),
    ],
    ids=range(7),
)  # fmt: skip
def test_what_is_no_message_is_told(data: bytes, line: str) -> None:
    assert received(framed(data), COMMANDS) == f"garbled: {line}"


whole = st.one_of(
    instances_of(AnyCommand),
    st.sampled_from([SHOWN, *SMALL, Plan(scenario())]),
)


@given(whole.map(msgspec.msgpack.encode).flatmap(lambda data: damaged(st.just(data))))
def test_any_damage_is_a_message_or_told(data: bytes) -> None:
    for decoder in DECODERS:
        received(framed(data), decoder)
        received(data, decoder)


@given(whole.flatmap(lambda message: replaced(msgspec.to_builtins(message))))
def test_any_value_anywhere_is_a_message_or_told(tree: Any) -> None:
    for decoder in DECODERS:
        received(framed(msgspec.msgpack.encode(tree)), decoder)


@given(st.one_of(st.binary(), ANYTHING.map(msgspec.msgpack.encode)))
def test_any_bytes_are_a_message_or_told(data: bytes) -> None:
    for decoder in DECODERS:
        received(framed(data), decoder)


def test_every_bit_of_a_small_message_may_flip() -> None:
    data = pack(SMALL[2])
    for bit in range(8 * len(data)):
        flipped = bytearray(data)
        flipped[bit // 8] ^= 1 << bit % 8
        received(bytes(flipped), MESSAGES)


def test_nothing_else_escapes_the_malformed_corpus(vectors: Path) -> None:
    corpus = json.loads((vectors / "msgpack" / "malformed_corpus.json").read_text())
    cases = [corpus_bytes(case) for case in corpus["cases"]]
    for decoder in DECODERS:
        told = [received(framed(data), decoder) for data in cases]
        assert [line for line in told if not str(line).startswith("garbled: ")] == []


@pytest.mark.parametrize("piece", [b"\x90", b"\x80", b"\x91\x90", b"\xa0", b"\xc4\x00", b"\x01"])
def test_memory_is_bounded_by_the_size_of_the_message(piece: bytes) -> None:
    count = 100_000
    many = b"\xdd" + struct.pack(">I", count) + piece * count
    for start in (
        b"", b"\x82\xa7command\xa4find\xa4text", b"\x83\xa7message\xa5found\xa4text\xa1a\xa4hits",
    ):  # fmt: skip
        data = framed(start + many)
        for decoder in DECODERS:
            assert peak_bytes(partial(received, data, decoder)) < 200_000 + 50 * len(data)
