"""The wire against bytes that mean harm: one encoding a message, one error, little memory."""

import json
import struct
from collections.abc import Iterator
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgpack
import pytest
from hypothesis import given
from hypothesis import strategies as st

from powclock.machine.reason import Invalid, Reason
from powclock.network.faults.links import flip
from powclock.network.wire import CHECKSUM_BYTES, FRAME_BYTES_MAX, Message, decode, encode
from tests.builders import refused
from tests.edges import ANYTHING, line_of, peak_bytes, replaced
from tests.network.test_wire import EXAMPLES, corpus_bytes, messages

SHAPES = {Reason.TRUNCATED, Reason.TRAILING, Reason.MALFORMED}


def frame_of(payload: bytes) -> bytes:
    """A frame that is whole but for what its payload says."""
    return sha256(sha256(payload).digest()).digest()[:CHECKSUM_BYTES] + payload


def payload_of(frame: bytes) -> bytes:
    """The msgpack in a frame."""
    return frame[CHECKSUM_BYTES:]


def reason_of(payload: bytes) -> Reason | None:
    """Why a whole frame with this payload is refused, if it is; nothing else may come out."""
    frame = frame_of(payload)
    try:
        message = decode(frame)
    except Invalid as refusal:
        line_of(refusal)
        return refusal.reason
    assert encode(message) == frame
    return None


def fields_of(message: Message) -> list[Any]:
    """What msgpack reads from a message."""
    return list(msgpack.unpackb(payload_of(encode(message))))


ids = [type(message).__name__ for message in EXAMPLES]


@given(messages)
def test_what_is_read_from_a_whole_frame_is_what_was_written(message: Message) -> None:
    payload = payload_of(encode(message))
    assert encode(message) == frame_of(payload)
    assert decode(frame_of(payload)) == message


@pytest.mark.parametrize("message", EXAMPLES, ids=ids)
def test_a_payload_cut_at_any_byte_is_truncated_and_a_longer_one_trails(message: Message) -> None:
    payload = payload_of(encode(message))
    assert {reason_of(payload[:length]) for length in range(len(payload))} == {Reason.TRUNCATED}
    assert {reason_of(payload + bytes([n])) for n in range(256)} == {Reason.TRAILING}
    assert reason_of(payload + payload) is Reason.TRAILING


@pytest.mark.parametrize("message", EXAMPLES, ids=ids)
def test_any_flipped_bit_of_a_payload_is_another_message_or_a_reason(message: Message) -> None:
    payload = payload_of(encode(message))
    for bit in range(8 * len(payload)):
        changed = flip(payload, bit)
        reason = reason_of(changed)
        if reason is None:
            assert decode(frame_of(changed)) != message
        else:
            assert reason in SHAPES


@pytest.mark.parametrize("message", EXAMPLES, ids=ids)
def test_damage_to_a_frame_is_nobody_s_message(message: Message) -> None:
    frame = encode(message)
    damaged = [flip(frame, bit) for bit in range(8 * len(frame))]
    damaged += [frame[:length] for length in range(CHECKSUM_BYTES, len(frame))]
    damaged += [frame + frame, frame[1:], frame[CHECKSUM_BYTES:], bytes(1) + frame]
    for each in damaged:
        with refused("bad-checksum: damaged on the way", Invalid):
            decode(each)


def longer(value: Any) -> Iterator[bytes]:
    """Every other encoding that msgpack has for a number, some bytes or an empty list or more."""
    match value:
        case int():
            for code, form in zip(b"\xcc\xcd\xce\xcf", "BHIQ", strict=True):
                if value < 1 << 8 * struct.calcsize(form):
                    yield bytes([code]) + struct.pack(f">{form}", value)
            for code, form in zip(b"\xd0\xd1\xd2\xd3", "bhiq", strict=True):
                if value < 1 << 8 * struct.calcsize(form) - 1:
                    yield bytes([code]) + struct.pack(f">{form}", value)
            yield b"\xca" + struct.pack(">f", value)
            yield b"\xcb" + struct.pack(">d", value)
        case bytes():
            for code, form in zip(b"\xc4\xc5\xc6\xd9\xda\xdb", "BHIBHI", strict=True):
                if len(value) < 1 << 8 * struct.calcsize(form):
                    yield bytes([code]) + struct.pack(f">{form}", len(value)) + value
        case list():
            items = b"".join(map(msgpack.packb, value))
            yield b"\xdc" + struct.pack(">H", len(value)) + items
            yield b"\xdd" + struct.pack(">I", len(value)) + items
            if len(value) % 2 == 0:
                yield b"\xde" + struct.pack(">H", len(value) // 2) + items


def otherwise(tree: Any) -> Iterator[bytes]:
    """The encodings of a tree in which one node has another than msgpack chooses."""
    usual = msgpack.packb(tree)
    yield from (data for data in longer(tree) if data != usual)
    if isinstance(tree, list):
        items = [msgpack.packb(item) for item in tree]
        start = usual[: len(usual) - sum(map(len, items))]
        for index, item in enumerate(tree):
            before, after = b"".join(items[:index]), b"".join(items[index + 1 :])
            for data in otherwise(item):
                yield start + before + data + after


@pytest.mark.parametrize("message", EXAMPLES, ids=ids)
def test_no_message_has_another_encoding(message: Message) -> None:
    others = list(otherwise(fields_of(message)))
    assert len(others) > 10
    assert {reason_of(data) for data in others} == {Reason.MALFORMED}


@given(ANYTHING)
def test_any_nested_value_is_a_message_or_a_reason(value: Any) -> None:
    assert reason_of(msgpack.packb(value)) in SHAPES


@given(messages.flatmap(lambda message: replaced(fields_of(message))))
def test_any_value_anywhere_in_a_message_is_a_message_or_a_reason(tree: Any) -> None:
    assert reason_of(msgpack.packb(tree)) in SHAPES | {None}


@given(st.binary(max_size=300))
def test_any_bytes_in_a_whole_frame_are_a_message_or_a_reason(payload: bytes) -> None:
    assert reason_of(payload) in SHAPES | {None}


def test_nothing_of_the_malformed_corpus_is_a_message(vectors: Path) -> None:
    corpus = json.loads((vectors / "msgpack" / "malformed_corpus.json").read_text())
    reasons = {case["name"]: reason_of(corpus_bytes(case)) for case in corpus["cases"]}
    assert len(reasons) > 500
    assert set(reasons.values()) == SHAPES
    for case in corpus["cases"]:
        payload = corpus_bytes(case)
        assert peak_bytes(partial(reason_of, payload)) < 400_000 + 80 * len(payload)


def filled(piece: bytes, start: bytes = b"", size: int = FRAME_BYTES_MAX - 64) -> bytes:
    """As much of one piece as a frame takes."""
    return start + piece * ((size - len(start)) // len(piece))


MANY = b"\xdc\x03\xe8"  # a list of 1,000


@pytest.mark.parametrize(
    "payload",
    [
        filled(b"\x90", b"\xdd\x00\x03\xff\x00"),
        filled(MANY + b"\x90" * 1_000, MANY),
        filled(MANY + b"\xc4\x00" * 1_000, MANY),
        filled(MANY + b"\xcb" + bytes(8), MANY),
        filled(MANY + b"\x9f" + b"\x90" * 15, MANY),
        filled(b"\xc4\x20" + bytes(32), b"\x93\x02" + MANY),
        filled(b"\x91"),
        filled(b"\x81\x01"),
        filled(b"\xa0", b"\xdd\xff\xff\xff\xff"),
        filled(b"\0", b"\xc6\xff\xff\xff\xff"),
        filled(b"\0", b"\xc6\x00\x03\xff\x00"),
        filled(b"\0", b"\xc9\xff\xff\xff\xff\x05"),
        b"\xdd\xff\xff\xff\xff",
        b"\xdf\xff\xff\xff\xff",
        b"\xc6\xff\xff\xff\xff",
        b"\x92\x04" + b"\xdc\x03\xf0" * 80_000,
        bytes(64 * FRAME_BYTES_MAX),
    ],
    ids=range(17),
)
def test_memory_is_bounded_by_the_size_of_the_frame(payload: bytes) -> None:
    size = min(len(payload), FRAME_BYTES_MAX)
    assert peak_bytes(lambda: reason_of(payload)) < 400_000 + 80 * size + len(payload)
