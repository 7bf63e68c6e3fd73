"""The fabric: links both ways, and what is lost where nobody listens."""

from powclock.clock.virtual_loop import VirtualLoop
from powclock.network.fabric import Distance, Fabric
from tests.builders import seconds

NEAR = Distance(latency_ms=10, jitter_ms=0, kilobytes_per_s=1_000)


def test_a_message_goes_from_one_node_to_the_other() -> None:
    loop = VirtualLoop()
    fabric = Fabric(loop, 1)
    links = fabric.connect("ann", "bea", NEAR)
    assert [(link.source, link.target) for link in links] == [("ann", "bea"), ("bea", "ann")]
    assert list(fabric.links()) == links
    assert fabric.peers("ann") == {"bea": links[0]}
    got: list[tuple[str, bytes]] = []
    fabric.attach("bea", lambda source, data: got.append((source, data)))
    fabric.sender("ann")("bea", b"hello")
    loop.advance(seconds(0.009))
    assert got == []
    loop.advance(seconds(0.011))
    assert got == [("ann", b"hello")]
    fabric.sender("ann")("carl", b"lost")
    fabric.sender("carl")("ann", b"lost")
    fabric.sender("ann")("bea", b"on its way")
    fabric.detach("bea")
    fabric.detach("bea")
    loop.advance(seconds(1))
    assert got == [("ann", b"hello")]
    assert fabric.traffic() == (2, 15)


def test_a_removed_node_has_no_links_but_its_traffic_counts() -> None:
    loop = VirtualLoop()
    fabric = Fabric(loop, 1)
    fabric.connect("ann", "bea", NEAR)
    fabric.connect("bea", "carl", NEAR)
    live = fabric.peers("bea")
    for source, target in (("ann", "bea"), ("bea", "ann"), ("bea", "carl")):
        fabric.sender(source)(target, b"12345")
    fabric.remove("ann")
    fabric.remove("nobody")
    assert list(live) == ["carl"]
    assert fabric.peers("ann") == {}
    assert [(link.source, link.target) for link in fabric.links()] == [
        ("bea", "carl"),
        ("carl", "bea"),
    ]
    assert fabric.traffic() == (3, 15)


def test_severed_links_are_counted_by_node_whatever_becomes_of_them() -> None:
    fabric = Fabric(VirtualLoop(), 1)
    first, _ = fabric.connect("ann", "bea", NEAR)
    second, back = fabric.connect("ann", "carl", NEAR)
    counts = [fabric.severed()]
    first.sever("cut")
    first.sever("cut")
    first.sever("partition")
    counts.append(fabric.severed())
    second.sever("cut")
    counts.append(fabric.severed())
    first.mend("cut")
    first.mend("nothing")
    counts.append(fabric.severed())
    first.mend("partition")
    counts.append(fabric.severed())
    fabric.remove("carl")
    second.mend("cut")
    back.sever("cut")
    counts.append(fabric.severed())
    first.sever("cut")
    counts.append(fabric.severed())
    assert counts == [
        {},
        {"ann": 1},
        {"ann": 2},
        {"ann": 2},
        {"ann": 1},
        {},
        {"ann": 1},
    ]


def test_what_a_fault_holds_back_on_a_link_that_is_gone_does_not_count() -> None:
    loop = VirtualLoop()
    fabric = Fabric(loop, 1)
    link, _ = fabric.connect("ann", "bea", NEAR)
    link.wrap("delay", lambda send: lambda data: void(loop.schedule(seconds(2), send, data)))
    fabric.sender("ann")("bea", b"late")
    fabric.remove("bea")
    loop.advance(seconds(3))
    assert (link.messages, fabric.traffic()) == (1, (0, 0))


def void(_: object) -> None:
    """For a callback that gives something."""
