"""Links: delay, order, bandwidth, stages and cuts."""

from powclock.clock.streams import Stream
from powclock.clock.virtual_loop import NANOSECONDS, VirtualLoop
from powclock.network.link import Link, Send
from tests.builders import seconds

Arrival = tuple[int, str, str, bytes]


def make(
    *, latency_s: float = 0.05, jitter_s: float = 0.0, bytes_per_s: float = 1e9
) -> tuple[VirtualLoop, Link, list[Arrival]]:
    """A link from ann to bea, and what arrives."""
    loop = VirtualLoop()
    arrivals: list[Arrival] = []
    link = Link(
        loop,
        Stream(1, "link"),
        source="ann",
        target="bea",
        latency_ns=seconds(latency_s),
        jitter_ns=seconds(jitter_s),
        bytes_per_s=bytes_per_s,
        deliver=lambda source, target, data: arrivals.append((loop.now_ns, source, target, data)),
    )
    return loop, link, arrivals


def test_a_message_arrives_after_the_latency() -> None:
    loop, link, arrivals = make(latency_s=0.05)
    loop.advance(seconds(1))
    link.send(b"")
    loop.advance(seconds(2))
    assert arrivals == [(seconds(1.05), "ann", "bea", b"")]
    assert (link.messages, link.bytes) == (1, 0)


def test_bandwidth_serialises() -> None:
    loop, link, arrivals = make(latency_s=0.5, bytes_per_s=1_000)
    link.send(bytes(100))
    link.send(bytes(200))
    loop.advance(seconds(10))
    link.send(bytes(50))
    loop.advance(seconds(20))
    assert [(when, len(data)) for when, _, _, data in arrivals] == [
        (seconds(0.6), 100),
        (seconds(0.8), 200),
        (seconds(10.55), 50),
    ]
    assert (link.messages, link.bytes) == (3, 350)


def test_jitter_keeps_the_order_and_has_its_mean() -> None:
    loop, link, arrivals = make(latency_s=0.05, jitter_s=0.02)
    for number in range(2_000):
        loop.advance(number * NANOSECONDS)
        link.send(number.to_bytes(4, "big"))
    loop.advance(3_000 * NANOSECONDS)
    waits = [when - number * NANOSECONDS for number, (when, *_) in enumerate(arrivals)]
    assert min(waits) >= seconds(0.05)
    assert abs(sum(waits) / len(waits) - seconds(0.07)) < seconds(0.002)
    loop, link, arrivals = make(latency_s=0.05, jitter_s=5.0)
    sent = [number.to_bytes(4, "big") for number in range(500)]
    for data in sent:
        link.send(data)
    loop.advance(1_000 * NANOSECONDS)
    assert [data for *_, data in arrivals] == sent
    assert [when for when, *_ in arrivals] == sorted(when for when, *_ in arrivals)


def test_stages_wrap_from_the_inside_out_and_come_off_again() -> None:
    loop, link, arrivals = make()
    bare: Send = link.send
    link.wrap("one", lambda send: lambda data: send(data + b"1"))
    link.wrap("two", lambda send: lambda data: send(data + b"2"))
    link.send(b"a")  # passes the outer stage first
    link.unwrap("one")
    link.send(b"b")
    link.wrap("two", lambda send: lambda data: send(data + b"3"))  # one key, one stage
    link.send(b"c")
    link.unwrap("two")
    link.unwrap("two")
    assert link.send == bare
    link.send(b"d")
    loop.advance(seconds(1))
    assert [data for *_, data in arrivals] == [b"a21", b"b2", b"c3", b"d"]


def test_a_link_stays_cut_until_the_last_reason_is_gone() -> None:
    loop, link, arrivals = make()
    bare = link.send
    link.wrap("stage", lambda send: lambda data: send(data + b"!"))
    for what in (link.sever, link.sever):
        what("storm")
    link.sever("war")
    severed = [link.severed]
    link.send(b"a")
    link.mend("storm")
    severed.append(link.severed)
    link.send(b"b")
    link.mend("war")
    severed.append(link.severed)
    link.send(b"c")
    loop.advance(seconds(1))
    assert severed == [True, True, False]
    assert [data for *_, data in arrivals] == [b"c!"]
    assert (link.messages, link.bytes) == (1, 2)
    link.unwrap("stage")
    assert link.send == bare


def test_what_is_under_way_when_a_link_is_cut_still_arrives() -> None:
    loop, link, arrivals = make()
    link.send(b"a")
    link.sever("storm")
    loop.advance(seconds(1))
    assert [data for *_, data in arrivals] == [b"a"]
