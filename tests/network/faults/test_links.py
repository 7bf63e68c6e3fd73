"""What messages meet on their way: in which order they arrive, how often, how late, or not."""

from collections import Counter
from collections.abc import Callable

import pytest

from powclock.clock.streams import Stream
from powclock.clock.virtual_loop import NANOSECONDS, VirtualLoop
from powclock.network.faults.bandwidth import QUEUE_BYTES_MAX, Bandwidth
from powclock.network.faults.breakable import Undo
from powclock.network.faults.links import Duplicate, Jitter, Reorder
from powclock.network.link import Link

LATENCY_MS = 10


class Line:
    """One link on a loop of its own (the part of `Breakable` that stages use); what arrives."""

    def __init__(self) -> None:
        self.loop = VirtualLoop()
        self.arrived: list[tuple[int, bytes]] = []
        self.link = Link(
            self.loop,
            Stream(1, "link"),
            source="ann",
            target="ben",
            latency_ns=LATENCY_MS * NANOSECONDS // 1000,
            jitter_ns=0,
            bytes_per_s=1e15,
            deliver=lambda _, __, data: self.arrived.append((self.now_ns, data)),
        )

    @property
    def now_ns(self) -> int:
        return self.loop.now_ns

    def stream(self, *name: object) -> Stream:
        return Stream(2, *name)

    def schedule_in(self, delay_ns: int, callback: Callable[[bytes], None], data: bytes) -> None:
        self.loop.schedule(self.loop.now_ns + delay_ns, callback, data)

    def links(self) -> list[Link]:
        return [self.link]

    def on_links(self, apply: Callable[[Link], None]) -> Undo:
        apply(self.link)
        return lambda: None

    def run(self, seconds: float) -> None:
        self.loop.advance(self.now_ns + round(seconds * NANOSECONDS))

    def send(self, count: int, size: int = 8) -> list[bytes]:
        """Send numbered messages at once."""
        messages = [number.to_bytes(size, "big") for number in range(count)]
        for message in messages:
            self.link.send(message)
        return messages

    def messages(self) -> list[bytes]:
        """What arrived, in order."""
        return [data for _, data in self.arrived]


def ways_ms(line: Line, sent_ns: int) -> list[float]:
    """How long each message took beyond the link's latency."""
    return [(at_ns - sent_ns) / 1e6 - LATENCY_MS for at_ns, _ in line.arrived]


def test_jitter_adds_an_exponential_time_to_each_message() -> None:
    line = Line()
    Jitter(jitter_ms=50).begin(line)  # type: ignore[arg-type]
    waits = []
    for _ in range(2_000):
        line.arrived.clear()
        sent_ns = line.now_ns
        line.send(1)
        line.run(5)
        waits += ways_ms(line, sent_ns)
    mean = sum(waits) / len(waits)
    assert mean == pytest.approx(50, abs=4 * 50 / 2_000**0.5)
    # A share of 1/e is longer than the mean: so it is with exponential times alone.
    longer = sum(wait > 50 for wait in waits) / len(waits)
    assert longer == pytest.approx(0.3679, abs=4 * (0.3679 * 0.6321 / 2_000) ** 0.5)


def test_jitter_keeps_messages_in_order() -> None:
    line = Line()
    undo = Jitter(jitter_ms=1_000).begin(line)  # type: ignore[arg-type]
    messages = []
    for number in range(400):
        messages.append(number.to_bytes(2, "big"))
        line.link.send(messages[-1])
        line.run(0.01)
        if number == 200:
            assert 0 < len(line.arrived) < 200
            line.link.sever("another")  # stages are laid anew
            line.link.mend("another")
    line.run(60)
    assert line.messages() == messages
    undo()
    assert line.link.stages == ()


def test_what_is_reordered_is_overtaken_by_what_is_sent_meanwhile() -> None:
    line = Line()
    Reorder(probability=0.25, delay_ms=100).begin(line)  # type: ignore[arg-type]
    messages = line.send(1_000)
    line.run(0.05)
    at_once = line.messages()
    assert 680 < len(at_once) < 820
    line.run(1)
    late = line.messages()[len(at_once) :]
    assert late == [message for message in messages if message not in at_once]
    assert sorted(at_once) == at_once
    assert {round(way) for way in ways_ms(line, 0)} == {0, 100}


def test_a_message_arrives_twice_with_the_probability() -> None:
    line = Line()
    Duplicate(probability=0.25).begin(line)  # type: ignore[arg-type]
    messages = line.send(1_000)
    line.run(1)
    counts = Counter(line.messages())
    assert set(counts) == set(messages)
    assert set(counts.values()) == {1, 2}
    assert 180 < sum(count == 2 for count in counts.values()) < 320


def test_bandwidth_makes_messages_wait_in_a_queue() -> None:
    line = Line()
    Bandwidth(kilobytes_per_s=1).begin(line)  # type: ignore[arg-type]
    messages = line.send(5, size=500)
    line.run(60)
    assert line.messages() == messages
    assert ways_ms(line, 0) == pytest.approx([500, 1_000, 1_500, 2_000, 2_500])


def test_what_does_not_fit_into_the_queue_is_lost_and_the_tail_goes_first() -> None:
    line = Line()
    Bandwidth(kilobytes_per_s=100).begin(line)  # type: ignore[arg-type]
    fit = QUEUE_BYTES_MAX // 1_000
    messages = line.send(2 * fit, size=1_000)
    line.run(60)
    assert line.messages() == messages[:fit]
    line.arrived.clear()
    whole = [bytes(QUEUE_BYTES_MAX), b"one byte too many"]
    for message in whole:
        line.link.send(message)
    line.run(60)
    assert line.messages() == whole[:1]


def test_at_the_end_of_a_bandwidth_limit_all_that_waits_is_sent_at_once() -> None:
    line = Line()
    undo = Bandwidth(kilobytes_per_s=0.001).begin(line)  # type: ignore[arg-type]
    held = line.link.send
    messages = line.send(20)
    line.run(1)
    assert line.messages() == []
    undo()
    held(b"let go by another fault")
    line.run(0.02)
    assert line.messages() == [*messages, b"let go by another fault"]
    line.run(60_000)
    assert len(line.arrived) == 21


def test_what_waits_when_a_link_is_cut_is_lost() -> None:
    line = Line()
    undo = Bandwidth(kilobytes_per_s=1).begin(line)  # type: ignore[arg-type]
    messages = line.send(4, size=1_000)
    line.run(2.5)
    line.link.sever("cut")
    line.run(10)
    line.link.mend("cut")
    undo()
    line.run(10)
    assert line.messages() == messages[:2]
