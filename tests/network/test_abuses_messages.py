"""Abuses with transfers, bytes and questions: the rest of what Bitcoin Core tests.

Core ignores a message that it cannot parse, as peers of other versions may send it; here all speak
one version, so behind a right checksum it is the peer's own doing.
"""

from typing import Any

import msgpack
import pytest

from powclock.machine.mempool import SENDER_AHEAD_MAX, Mempool
from powclock.machine.transaction import MONEY_MAX, NONCE_END
from powclock.network.pending import ORPHANS_MAX, REQUESTS_MAX
from powclock.network.serving import FETCH_BLOCKS_MAX
from powclock.network.wire import (
    FRAME_BYTES_MAX,
    HASHES_MAX,
    LOCATOR_MAX,
    Announce,
    Deliver,
    Fetch,
    Hello,
    Pass,
    Request,
    encode,
    framed,
)
from powclock.record.events import PeerDropped
from tests.builders import GENESIS, block_of, mined, transfer
from tests.network.abuses import (
    BASE,
    DROP,
    HEIGHT,
    IGNORE,
    PAYS,
    SPENT,
    TEMPORARY,
    TIP,
    TRUE,
    Abuse,
    check_bounds,
    delivered,
    play,
    reasons,
    scene,
    state,
    take_true_block,
)
from tests.network.test_abuses_blocks import FORGED_SIGNATURE, NOT_REDUCED, pay

HASH = bytes(range(32))


def packed(fields: Any) -> bytes:
    """Anything as the payload of a frame with a right checksum."""
    return framed(msgpack.packb(fields))


def many(count: int) -> list[bytes]:
    """Hashes of nothing."""
    return [number.to_bytes(32, "big") for number in range(count)]


RIVAL = pay(amount=2)
PAID = transfer("alice", nonce=1)

# fmt: off
TRANSFERS = [
    Abuse("of another chain", Pass(pay(chain_id=99)), "bad-txns-chain-id", DROP,
          "none: replay protection (EIP 155)"),
    Abuse("signed for something else", Pass(FORGED_SIGNATURE), "bad-txns-signature", DROP,
          "p2p_invalid_tx: mandatory-script-verify-flag-failed; Core 30 ignores it"),
    Abuse("to a key that is not reduced", Pass(pay(recipient=NOT_REDUCED)), "bad-txns-key", DROP,
          "none: Ed25519's"),
    Abuse("of nothing", Pass(pay(amount=0)), "bad-txns-vout-toolarge", DROP, "dust"),
    Abuse("of more than there can be", Pass(pay(amount=MONEY_MAX + 1)), "bad-txns-vout-toolarge",
          DROP, "p2p_invalid_tx: bad-txns-vout-toolarge"),
    Abuse("with a fee out of range", Pass(pay(fee=MONEY_MAX + 1)), "bad-txns-fee-outofrange",
          DROP, "bad-txns-fee-outofrange"),
    Abuse("with a nonce that no account reaches", Pass(pay(nonce=NONCE_END)),
          "bad-txns-nonce-gap", DROP, "none: accounts"),
    Abuse("that a block has", Pass(SPENT), "bad-txns-inputs-missingorspent", IGNORE,
          "p2p_invalid_tx: bad-txns-inputs-missingorspent"),
    Abuse("of more than the sender owns", Pass(pay(amount=2_000)), "bad-txns-in-belowout",
          TEMPORARY, "p2p_invalid_tx: bad-txns-in-belowout; here coins may still come"),
    Abuse("far ahead of its sender", Pass(pay(nonce=1 + SENDER_AHEAD_MAX)),
          "too-long-mempool-chain", TEMPORARY, "mempool_packages: too-long-mempool-chain"),
    Abuse("against one that waits", Pass(RIVAL), "txn-mempool-conflict", IGNORE,
          "feature_rbf: txn-mempool-conflict", before=(Pass(PAID),)),
    Abuse("that waits already", Pass(PAID), "", IGNORE,
          "p2p_tx_download: what is known is not looked at", before=(Pass(PAID),)),
]

BYTES = [
    Abuse("no bytes", b"", "truncated-message", DROP, "p2p_invalid_messages: test_buffer"),
    Abuse("less than a checksum", b"\x93\x02\x90", "truncated-message", DROP, "test_buffer"),
    Abuse("a wrong checksum", framed(b"\x93\x02\x90\x90")[:-1] + b"\x91", "bad-checksum", IGNORE,
          "p2p_invalid_messages: test_checksum"),
    Abuse("random bytes", bytes(range(256)), "bad-checksum", IGNORE,
          "p2p_invalid_messages: test_magic_bytes; Core drops for its magic"),
    Abuse("too large", framed(bytes(FRAME_BYTES_MAX)), "oversized-message", DROP,
          "p2p_invalid_messages: test_size"),
    Abuse("an end that is missing", framed(b"\x93\x02\x90"), "truncated-message", DROP,
          "p2p_invalid_messages: test_addrv2_empty; Core ignores"),
    Abuse("a tail", framed(b"\x93\x02\x90\x90\xc0"), "trailing-bytes", DROP,
          "p2p_invalid_messages: Core ignores a tail"),
    Abuse("a kind that is none", packed([7, [], []]), "malformed-message", DROP,
          "p2p_invalid_messages: test_msgtype; Core ignores, for later versions"),
    Abuse("kind 0", packed([0, [], []]), "malformed-message", DROP, "test_msgtype"),
    Abuse("a kind that is true", packed([True, [], []]), "malformed-message", DROP, "test_msgtype"),
    Abuse("a kind that is a float", packed([2.0, [], []]), "malformed-message", DROP,
          "test_msgtype"),
    Abuse("no array", packed(2), "malformed-message", DROP, "test_msgtype"),
    Abuse("a map", packed({2: []}), "malformed-message", DROP, "test_msgtype"),
    Abuse("text", packed("hello"), "malformed-message", DROP, "test_msgtype"),
    Abuse("an extension type", packed([msgpack.ExtType(1, b"x")]), "malformed-message", DROP,
          "test_msgtype"),
    Abuse("a field too many", packed([2, [], [], []]), "malformed-message", DROP, "test_msgtype"),
    Abuse("a number that is longer than need be", framed(b"\x93\xcc\x02\x90\x90"),
          "malformed-message", DROP, "a compact size that is not canonical"),
    Abuse("an array of four thousand million", framed(b"\x92\x04\xdd\xff\xff\xff\xff"),
          "malformed-message", DROP, "test_resource_exhaustion"),
    Abuse("five thousand arrays in each other", framed(b"\x91" * 5_000), "malformed-message",
          DROP, "test_resource_exhaustion"),
    Abuse("2,001 hashes announced", packed([2, many(2_001), []]), "malformed-message", DROP,
          "p2p_invalid_messages: test_large_inv"),
    Abuse("1,001 hashes announced", packed([2, many(HASHES_MAX + 1), []]), "malformed-message",
          DROP, "p2p_invalid_messages: test_large_inv"),
    Abuse("1,001 hashes requested", packed([3, [], many(HASHES_MAX + 1)]), "malformed-message",
          DROP, "p2p_invalid_messages: test_oversized_getdata_msg"),
    Abuse("a locator that is too long", packed([4, many(LOCATOR_MAX + 1)]), "malformed-message",
          DROP, "p2p_invalid_locator: 102 hashes"),
    Abuse("a hello with such a locator", packed([1, HASH, bytes(32), many(LOCATOR_MAX + 1)]),
          "malformed-message", DROP, "p2p_invalid_locator"),
    Abuse("a hash of 31 bytes", packed([4, [HASH[:31]]]), "malformed-message", DROP,
          "p2p_invalid_messages"),
    Abuse("work of 33 bytes", packed([1, HASH, bytes(33), []]), "malformed-message", DROP,
          "p2p_invalid_messages"),
    Abuse("a header of 79 bytes", delivered(header=bytes(79)), "malformed-message", DROP,
          "p2p_invalid_messages"),
    Abuse("a coinbase of three fields", delivered(coinbase=[1, HASH, 5]), "malformed-message",
          DROP, "p2p_invalid_block: bad-cb-missing"),
    Abuse("a coinbase that says too much", delivered(coinbase=[HEIGHT, HASH, 5, bytes(101)]),
          "malformed-message", DROP, "feature_block: bad-cb-length"),
    Abuse("a negative amount", delivered(coinbase=[HEIGHT, HASH, -1, b""]), "malformed-message",
          DROP, "p2p_invalid_tx: bad-txns-vout-negative"),
    Abuse("a transfer of six fields", packed([6, [7, HASH, HASH, 1, 0, 0]]), "malformed-message",
          DROP, "p2p_invalid_tx: TX decode failed"),
    Abuse("a signature of 63 bytes", packed([6, [7, HASH, HASH, 1, 0, 0, bytes(63)]]),
          "malformed-message", DROP, "p2p_invalid_tx: TX decode failed"),
    Abuse("1,001 transfers", delivered(transfers=[0] * 1_001), "malformed-message", DROP,
          "feature_block: bad-blk-length"),
    Abuse("a seal of 257 bytes", delivered(seal=bytes(257)), "malformed-message", DROP,
          "none: the seal is ours"),
]

QUESTIONS = [
    Abuse("a hello of another network", Hello(HASH, 0, (HASH,)), "wrong-network", DROP,
          "p2p_invalid_messages: test_magic_bytes"),
    Abuse("a hello that claims absurd work", Hello(GENESIS.hash, 2**256 - 1, (HASH,)), "", IGNORE,
          "p2p_headers_sync_with_minchainwork: a claim moves nothing"),
    Abuse("a second hello", Hello(GENESIS.hash, 0, ()), "", IGNORE,
          "p2p_invalid_messages: test_duplicate_version_msg"),
    Abuse("a request for what nobody has", Request((HASH,), (HASH,)), "", IGNORE,
          "p2p_getdata: notfound"),
    Abuse("a request for genesis", Request((GENESIS.hash,)), "", IGNORE, "p2p_getdata"),
    Abuse("a fetch from nowhere", Fetch(tuple(many(LOCATOR_MAX))), "", IGNORE,
          "p2p_invalid_locator: as many hashes as are allowed"),
    Abuse("an announcement of what is known", Announce(blocks=(TIP.hash,)), "", IGNORE,
          "p2p_unrequested_blocks"),
    Abuse("an announcement of nothing", Announce(), "", IGNORE, "p2p_invalid_messages"),
    Abuse("an announcement that leads nowhere", Announce(blocks=(HASH,)), "", IGNORE,
          "p2p_tx_download: stalling peers", requests=1),
]
# fmt: on


@pytest.mark.parametrize(
    "abuse", [*TRANSFERS, *BYTES, *QUESTIONS], ids=lambda abuse: f"{abuse.name} ({abuse.core})"
)
def test_an_abuse_gets_its_answer_and_changes_nothing(abuse: Abuse) -> None:
    play(abuse)


def test_a_full_mempool_refuses_for_now_and_blames_nobody() -> None:
    lone = scene()
    lone.replica.mempool = Mempool(1)
    lone.hear("ann", Pass(PAYS[0]))
    lone.hear("mallory", Pass(PAYS[1]))  # Core: mempool_limit, mempool full
    assert reasons(lone.told()) == [("mallory", "mempool-full")]
    assert lone.dropped == []


# Floods: what is sent again and again.


def test_a_flood_of_announcements_leaves_room_for_others() -> None:
    lone = scene()
    before = state(lone)
    for start in range(0, 3 * REQUESTS_MAX, HASHES_MAX):  # Core: p2p_tx_download, in-flight limits
        hashes = tuple(many(start + HASHES_MAX)[start:])
        lone.hear("mallory", Announce(blocks=hashes))
        check_bounds(lone)
    assert lone.gossip.waiting == (REQUESTS_MAX, 0)
    assert lone.hear("ann", Announce(blocks=(TRUE.hash,))) == [("ann", Request((TRUE.hash,)))]
    lone.wait(60)
    assert lone.gossip.waiting == (0, 0)
    assert state(lone) == before
    take_true_block(lone)


def test_a_flood_of_orphans_does_not_push_out_those_of_others() -> None:
    lone = scene()
    before = state(lone)
    later = mined(block_of(TRUE.hash, HEIGHT + 1, nonce=1, time=TRUE.header.time))
    lone.hear("ann", Deliver(later))
    for number in range(2 * ORPHANS_MAX):  # Core: p2p_orphan_handling
        orphan = mined(block_of(number.to_bytes(32, "big"), HEIGHT, author="other"))
        lone.hear("mallory", Deliver(orphan))
    assert lone.gossip.waiting[1] == ORPHANS_MAX
    check_bounds(lone)
    assert state(lone) == before
    lone.hear("ann", Deliver(TRUE))
    assert lone.replica.head.hash == later.hash
    assert lone.dropped == []


@pytest.mark.parametrize("message", [Deliver(TIP), Pass(SPENT), Announce((TIP.hash,))])
def test_a_flood_of_what_is_known_moves_nothing(message: Deliver | Pass | Announce) -> None:
    lone = scene()
    before = state(lone)
    for _ in range(300):
        assert lone.hear("mallory", message) == []
    assert state(lone) == before
    check_bounds(lone)
    take_true_block(lone)


def test_each_fetch_gets_one_answer_of_limited_length() -> None:
    lone = scene()
    for _ in range(5):
        said = lone.hear("mallory", Fetch(()))
        assert [message for _, message in said] == [Deliver(block) for block in BASE]
        assert len(said) <= FETCH_BLOCKS_MAX
    assert lone.gossip.waiting == (0, 0)


def test_a_peer_that_claims_much_and_delivers_nothing_keeps_nobody_else_out() -> None:
    lone = scene()
    lone.hear("mallory", Hello(GENESIS.hash, 2**255, (HASH,)))
    lone.hear("mallory", Announce(blocks=(TRUE.hash,)))
    lone.hear("ann", Announce(blocks=(TRUE.hash,)))
    request = ("ann", Request(blocks=(TRUE.hash,), transactions=(TRUE.hash,)))
    assert lone.wait(2) == [request]  # Core: p2p_ibd_stalling
    take_true_block(lone)


def test_junk_of_a_dropped_peer_is_not_even_told() -> None:
    lone = scene()
    for data in (framed(b"\xc1"), framed(b"\xc1"), encode(Deliver(TIP)), bytes(300)):
        lone.gossip.receive("mallory", data)
    assert reasons(lone.told()) == [("mallory", "malformed-message")]
    assert lone.dropped == ["mallory"]
    lone.gossip.receive("ann", framed(b"\xc1"))
    assert [event for event in lone.told() if isinstance(event, PeerDropped)] == [
        PeerDropped("ann", "malformed-message")
    ]
