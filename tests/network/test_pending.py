"""What a node waits for is bounded, asked for again, and given up in time."""

from powclock.machine.block import Block
from powclock.network.pending import (
    ASKED_MAX,
    ORPHANS_MAX,
    REQUESTS_MAX,
    SOURCES_MAX,
    Orphans,
    Requests,
)
from tests.builders import block_of, chain, seconds


def hash_of(number: int) -> bytes:
    """32 bytes that are a number's alone."""
    return number.to_bytes(32, "big")


ONE, TWO = hash_of(1), hash_of(2)


def test_one_peer_is_asked_and_the_others_are_remembered() -> None:
    requests = Requests(10)
    assert requests.announced(ONE, "ann", 0)
    assert not requests.announced(ONE, "ann", 1)
    assert not requests.announced(ONE, "bea", 2)
    assert not requests.announced(ONE, "bea", 3)
    assert ONE in requests
    assert requests.overdue(9) == []
    assert requests.overdue(10) == [(ONE, "bea")]
    assert requests.overdue(19) == []
    assert requests.overdue(20) == []  # nobody else has it: given up
    assert len(requests) == 0
    assert requests.announced(ONE, "ann", 21)


def test_what_arrived_is_not_asked_for_again() -> None:
    requests = Requests(10)
    requests.announced(ONE, "ann", 0)
    requests.announced(TWO, "ann", 0)
    requests.announced(TWO, "bea", 0)
    requests.arrived(ONE)
    requests.arrived(ONE)
    assert ONE not in requests
    assert requests.overdue(10) == [(TWO, "bea")]


def test_what_came_wrong_is_asked_of_the_next_peer_at_once() -> None:
    requests = Requests(10)
    requests.announced(ONE, "ann", 0)
    requests.announced(ONE, "bea", 0)
    assert requests.failed(ONE, 5) == "bea"
    assert requests.overdue(14) == []
    assert requests.failed(ONE, 14) is None
    assert ONE not in requests
    assert requests.failed(ONE, 15) is None


def test_requests_are_bounded() -> None:
    requests = Requests(10)
    asked = [requests.announced(hash_of(n), "ann", 0) for n in range(REQUESTS_MAX + 5)]
    assert asked == [True] * REQUESTS_MAX + [False] * 5
    assert len(requests) == REQUESTS_MAX
    for number in range(SOURCES_MAX + 5):
        requests.announced(ONE, f"peer {number}", 0)
    again = []
    now = 10
    while ONE in requests:
        again += [peer for hash_, peer in requests.overdue(now) if hash_ == ONE]
        now += 10
    assert again == [f"peer {number}" for number in range(SOURCES_MAX)]
    assert len(requests) == 0


def hold(orphans: Orphans, block: Block, peer: str = "ann") -> None:
    """Keep a block; its frame does not matter here."""
    orphans.hold(block, peer, block.hash)


def test_orphans_wait_for_their_parent() -> None:
    orphans = Orphans()
    first, second, third = chain(3)
    sibling = block_of(first.hash, 2, author="other")
    for block in (second, third, sibling):
        hold(orphans, block)
    assert [b.hash in orphans for b in (first, second, third, sibling)] == [
        False, True, True, True,
    ]  # fmt: skip
    assert orphans.children_of(first.hash) == [
        (second, "ann", second.hash),
        (sibling, "ann", sibling.hash),
    ]
    assert orphans.children_of(first.hash) == []
    assert len(orphans) == 1


def test_how_late_the_latest_request_is() -> None:
    requests = Requests(seconds(2))
    assert requests.overdue_s(seconds(9)) == 0
    requests.announced(hash_of(1), "ann", seconds(1))
    requests.announced(hash_of(2), "ann", seconds(4))
    assert [requests.overdue_s(seconds(now_s)) for now_s in (2, 3, 4.5, 7)] == [0, 0, 1.5, 4]
    requests.arrived(hash_of(1))
    assert requests.overdue_s(seconds(7)) == 1


def test_the_oldest_orphan_makes_room() -> None:
    orphans = Orphans()
    blocks = chain(ORPHANS_MAX + 3)
    for block in blocks:
        hold(orphans, block)
    assert len(orphans) == ORPHANS_MAX
    assert [block.hash in orphans for block in blocks] == [False] * 3 + [True] * ORPHANS_MAX
    assert orphans.children_of(blocks[1].hash) == []
    assert len(orphans._by_parent) == ORPHANS_MAX


def test_every_peer_has_its_turn_and_fruitless_orphans_are_given_up() -> None:
    orphans = Orphans()
    assert orphans.next_peer() is None
    for block, peer in zip(chain(3), ("ann", "bea", "bea"), strict=True):
        hold(orphans, block, peer)
    assert [orphans.next_peer() for _ in range(6)] == ["ann", "bea"] * 3
    late = block_of(hash_of(9), 9)
    hold(orphans, late, "carl")
    assert [orphans.next_peer() for _ in range(4)] == ["carl"] * 3 + ["ann"]
    while len(orphans) > 1:
        orphans.next_peer()
    assert late.hash in orphans
    turns = 0
    while orphans.next_peer():
        turns += 1
    assert turns <= ASKED_MAX
    assert (len(orphans), orphans._by_parent) == (0, {})


def test_a_peer_that_is_gone_is_asked_for_nothing_any_more() -> None:
    requests = Requests(seconds(2))
    one, two, three = (bytes([number]) * 32 for number in range(3))
    for hash_ in (one, two):
        assert requests.announced(hash_, "ann", 0)
    assert requests.announced(three, "bea", 0)
    assert not requests.announced(two, "carl", 0)
    assert not requests.announced(three, "ann", 0)
    assert requests.gone("ann", 0) == [(two, "carl")]
    assert (one in requests, len(requests)) == (False, 2)
    assert requests.failed(three, 0) is None  # ann, who had it too, is gone


def test_one_peer_cannot_keep_the_others_from_being_asked() -> None:
    requests = Requests(seconds(2))
    hashes = [number.to_bytes(32, "big") for number in range(REQUESTS_MAX + 5)]
    assert all(requests.announced(hash_, "eve", 0) for hash_ in hashes[:REQUESTS_MAX])
    assert not requests.announced(hashes[-1], "eve", 0)
    for hash_ in hashes[-3:]:
        assert requests.announced(hash_, "ann", 0)
    assert len(requests) == REQUESTS_MAX
    assert [hash_ in requests for hash_ in hashes[:4]] == [False, False, False, True]


def test_orphans_of_one_peer_do_not_push_out_those_of_another() -> None:
    orphans = Orphans()
    first = block_of(bytes(32), 1)
    orphans.hold(first, "ann", b"")
    many = [block_of(bytes(32), 1, nonce=number) for number in range(1, ORPHANS_MAX + 5)]
    for block in many:
        orphans.hold(block, "eve", b"")
    assert len(orphans) == ORPHANS_MAX
    assert (first.hash in orphans, many[0].hash in orphans) == (True, False)
    orphans.forget("eve")
    assert len(orphans) == 1
