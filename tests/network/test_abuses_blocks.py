"""Abuses with blocks: every way to be wrong that Bitcoin Core tests and that exists here.

Witnesses, scripts, signature operations, maturity and weight have no counterpart here, and
Bitcoin's testnet rule against time warps (BIP 94) is none of mainnet's. An account nonce takes the
place of inputs.
"""

from dataclasses import replace

import pytest

from powclock.machine.transaction import MONEY_MAX, NONCE_END, Transaction
from powclock.network.wire import Deliver, Message
from powclock.record.events import BlockRefused, PeerDropped
from tests.builders import (
    CHAIN_ID,
    EASY_LIMIT,
    GENESIS,
    SUBSIDY,
    address,
    block_of,
    key,
    mined,
    transfer,
)
from tests.network.abuses import (
    BASE,
    DROP,
    FUTURE_LIMIT_S,
    HEIGHT,
    IGNORE,
    MEDIAN_S,
    PAYS,
    SPENT,
    TEMPORARY,
    TIP,
    TRUE,
    Abuse,
    play,
    reasons,
    reproved,
    scene,
    state,
    take_true_block,
    told_hash,
    with_transfers,
)

SMALL_ORDER = bytes([1]) + bytes(31)
NOT_REDUCED = (2**255 - 19 + 3).to_bytes(32, "little")


def pay(recipient: bytes = address("bob"), **fields: int) -> Transaction:
    """A well signed transfer of alice, next in turn but for the given fields."""
    values = {"chain_id": CHAIN_ID, "amount": 1, "fee": 0, "nonce": 1} | fields
    return Transaction.signed(key("alice"), recipient=recipient, **values)


def unproven() -> Message:
    """The true block with a nonce that proves nothing."""
    changed = TRUE.header
    while int.from_bytes(changed.hash, "little") <= EASY_LIMIT:
        changed = replace(changed, nonce=changed.nonce + 1)
    return Deliver(replace(TRUE, header=changed))


def header(**fields: int | bytes) -> Message:
    """The true block with a proven header that differs."""
    return Deliver(reproved(TRUE, **fields))


def raw_header(**fields: int | bytes) -> Message:
    """The true block with a header that differs and is not proven."""
    return Deliver(replace(TRUE, header=replace(TRUE.header, **fields)))  # type: ignore[arg-type]


def coinbase(**fields: int | bytes) -> Message:
    """A proven block with another coinbase."""
    changed = replace(TRUE.coinbase, **fields)  # type: ignore[arg-type]
    return Deliver(reproved(replace(TRUE, coinbase=changed)))


def body(*transfers: Transaction) -> Message:
    """The true header over another body."""
    return Deliver(replace(TRUE, transactions=transfers))


def wrapped(*transfers: Transaction) -> Message:
    """A proven block whose transfers break a rule."""
    return Deliver(with_transfers(*transfers))


GREEDY = reproved(replace(TRUE, coinbase=replace(TRUE.coinbase, amount=SUBSIDY + 1)))
CHILD = mined(block_of(GREEDY.hash, HEIGHT + 1))
ON_NOTHING = mined(block_of(bytes([7]) * 32, HEIGHT + 1))
BESIDE = mined(block_of(BASE[-2].hash, HEIGHT - 1, amount=SUBSIDY + 1, author="other"))
ON_BESIDE = mined(block_of(BESIDE.hash, HEIGHT, author="other"))
FORGED_SIGNATURE = replace(PAYS[0], recipient=address("carol"))

# fmt: off
ABUSES = [
    # The header.
    Abuse("a header without work", unproven(), "high-hash", DROP,
          "p2p_invalid_messages: test_invalid_pow_headers_msg"),
    Abuse("bits that claim less work", header(bits=0x207F_FFFE), "bad-diffbits", DROP,
          "feature_block: bad-diffbits"),
    Abuse("bits above the limit", raw_header(bits=0x2100_FFFF), "bad-diffbits", DROP,
          "pow_tests: CheckProofOfWork_test_too_easy_target"),
    Abuse("a negative target", raw_header(bits=0x1F80_0001), "bad-diffbits", DROP,
          "pow_tests: CheckProofOfWork_test_negative_target"),
    Abuse("a target of zero", raw_header(bits=0), "bad-diffbits", DROP,
          "pow_tests: CheckProofOfWork_test_zero_target"),
    Abuse("a target that overflows", raw_header(bits=0xFF12_3456), "bad-diffbits", DROP,
          "pow_tests: CheckProofOfWork_test_overflow_target"),
    Abuse("version 0", header(version=0), "bad-version", DROP, "feature_bip66_cltv: bad-version"),
    Abuse("a negative version", header(version=-1), "bad-version", DROP, "bad-version"),
    Abuse("a time that is the median", header(time=MEDIAN_S), "time-too-old", DROP,
          "feature_block: b55, time-too-old"),
    Abuse("a time before genesis", header(time=1), "time-too-old", DROP, "time-too-old"),
    Abuse("a second too far ahead", header(time=TRUE.header.time + 1), "time-too-new", TEMPORARY,
          "p2p_invalid_block: time-too-new is not for good"),
    Abuse("a time of 2106", header(time=2**32 - 1), "time-too-new", TEMPORARY, "time-too-new"),
    Abuse("a seal where the header is the proof", Deliver(replace(TRUE, seal=b"me")),
          "bad-seal", DROP, "none: the seal is ours, and no part of the hash"),
    # Its place in the tree.
    Abuse("a block that is known", Deliver(TIP), "", IGNORE, "p2p_unrequested_blocks: duplicate"),
    Abuse("genesis", Deliver(GENESIS), "", IGNORE, "feature_block: duplicate"),
    Abuse("what was found invalid", Deliver(GREEDY), "duplicate-invalid", DROP,
          "p2p_unrequested_blocks: duplicate-invalid", before=(Deliver(GREEDY),)),
    Abuse("a child of an invalid block", Deliver(CHILD), "bad-prevblk", DROP,
          "p2p_unrequested_blocks: bad-prevblk", before=(Deliver(GREEDY),)),
    Abuse("a block on nothing known", Deliver(ON_NOTHING), "", TEMPORARY,
          "prev-blk-not-found; Core drops, here pushed blocks overtake each other", orphans=1),
    Abuse("an orphan with another's body", Deliver(replace(ON_NOTHING, transactions=PAYS)),
          "bad-txnmrklroot", DROP, "p2p_mutated_blocks"),
    # A body that is not the header's.
    Abuse("a body without its transfers", body(), "bad-txnmrklroot", DROP,
          "p2p_mutated_blocks: bad-txnmrklroot"),
    Abuse("transfers in another order", body(*reversed(PAYS)), "bad-txnmrklroot", DROP,
          "feature_block: bad-txnmrklroot"),
    Abuse("another author", Deliver(replace(TRUE, coinbase=replace(
        TRUE.coinbase, recipient=address("other")))), "bad-txnmrklroot", DROP,
          "feature_block: b48, bad-txnmrklroot"),
    Abuse("the tail repeated", body(*PAYS, PAYS[-1]), "bad-txns-duplicate", DROP,
          "p2p_invalid_block: CVE-2012-2459"),
    # A body that breaks a rule.
    Abuse("one transfer too many", wrapped(*(transfer("alice", nonce=n) for n in range(1, 6))),
          "bad-blk-length", DROP, "feature_block: bad-blk-length"),
    Abuse("another height", coinbase(height=HEIGHT + 1), "bad-cb-height", DROP,
          "feature_block: bad-cb-height (BIP 34)"),
    Abuse("one unit too much", Deliver(GREEDY), "bad-cb-amount", DROP,
          "p2p_invalid_block: bad-cb-amount"),
    Abuse("a fee that nobody pays", coinbase(amount=2 * SUBSIDY), "bad-cb-amount", DROP,
          "feature_block: b9, too much coinbase reward"),
    Abuse("a coinbase to a key of small order", coinbase(recipient=SMALL_ORDER), "bad-txns-key",
          DROP, "none: Ed25519's"),
    Abuse("a transfer of another chain", wrapped(pay(chain_id=CHAIN_ID + 1)),
          "bad-txns-chain-id", DROP, "none: replay protection (EIP 155)"),
    Abuse("a signature of another transfer", wrapped(FORGED_SIGNATURE), "bad-txns-signature",
          DROP, "feature_block: b_bad_sig, mandatory-script-verify-flag-failed"),
    Abuse("a sender of small order", wrapped(replace(PAYS[0], sender=SMALL_ORDER)),
          "bad-txns-key", DROP, "none: Ed25519's"),
    Abuse("a recipient that is not reduced", wrapped(pay(recipient=NOT_REDUCED)), "bad-txns-key",
          DROP, "none: Ed25519's"),
    Abuse("nothing paid", wrapped(pay(amount=0)), "bad-txns-vout-toolarge", DROP,
          "none: dust is policy in Core"),
    Abuse("more than there can be", wrapped(pay(amount=MONEY_MAX + 1)), "bad-txns-vout-toolarge",
          DROP, "p2p_invalid_tx: bad-txns-vout-toolarge"),
    Abuse("a fee out of range", wrapped(pay(fee=MONEY_MAX + 1)), "bad-txns-fee-outofrange", DROP,
          "bad-txns-fee-outofrange"),
    Abuse("a nonce that no account reaches", wrapped(pay(nonce=NONCE_END)), "bad-txns-nonce-gap",
          DROP, "none: accounts"),
    Abuse("what an earlier block has", wrapped(SPENT), "bad-txns-inputs-missingorspent", DROP,
          "feature_block: b42, bad-txns-inputs-missingorspent"),
    Abuse("one transfer twice", wrapped(PAYS[0], PAYS[1], PAYS[0]),
          "bad-txns-inputs-missingorspent", DROP, "p2p_invalid_block: bad-txns-inputs-duplicate"),
    Abuse("a transfer before its turn", wrapped(PAYS[1]), "bad-txns-nonce-gap", DROP,
          "feature_block: an output spent before it is made"),
    Abuse("more than the sender owns", wrapped(pay(amount=2_000)), "bad-txns-in-belowout", DROP,
          "feature_block: bad-txns-in-belowout"),
    Abuse("a fee that the sender cannot pay", wrapped(pay(amount=999, fee=1)),
          "bad-txns-in-belowout", DROP, "p2p_invalid_tx: bad-txns-in-belowout"),
]
# fmt: on


@pytest.mark.parametrize("abuse", ABUSES, ids=lambda abuse: f"{abuse.name} ({abuse.core})")
def test_an_abuse_gets_its_answer_and_changes_nothing(abuse: Abuse) -> None:
    play(abuse)


def test_the_edges_of_time_are_where_they_should_be() -> None:
    for time in (MEDIAN_S + 1, TRUE.header.time):
        lone = scene()
        lone.hear("ann", header(time=time))
        assert lone.replica.head.height == HEIGHT
    assert TRUE.header.time == TIP.header.time + 600
    assert FUTURE_LIMIT_S == HEIGHT * 600


def test_what_was_too_new_is_taken_when_its_time_has_come() -> None:
    lone = scene()
    early = header(time=TRUE.header.time + 1)
    lone.hear("mallory", early)
    lone.wait(1)
    lone.hear("mallory", early)
    assert lone.replica.head.height == HEIGHT


def test_what_breaks_a_rule_beside_the_best_chain_costs_whoever_builds_on_it() -> None:
    lone = scene()
    before = state(lone)
    lone.hear("zed", Deliver(BESIDE))  # judged in full when its branch would be the heaviest
    assert BESIDE.hash in lone.replica.tree
    lone.told()
    lone.hear("mallory", Deliver(ON_BESIDE))  # Core: feature_block, a reorg to an invalid branch
    assert lone.told() == [
        BlockRefused(told_hash(ON_BESIDE), "mallory", "bad-cb-amount", "1001 of 1000"),
        PeerDropped("mallory", "bad-cb-amount"),
    ]
    assert state(lone) == before
    assert lone.replica.condemned(BESIDE.hash)
    take_true_block(lone)


@pytest.mark.parametrize("first", ["true", "mutated"])
def test_a_mutated_body_does_no_harm_before_or_after_the_true_one(first: str) -> None:
    lone = scene()
    mutated = body(*PAYS, PAYS[-1])
    if first == "true":
        take_true_block(lone)
        lone.told()
        lone.hear("mallory", mutated)
        assert reasons(lone.told()) == []  # a duplicate
        assert lone.dropped == []
    else:
        lone.hear("mallory", mutated)
        assert lone.told() == [
            BlockRefused(
                told_hash(TRUE),
                "mallory",
                "bad-txns-duplicate",
                "the list repeats its tail (CVE-2012-2459)",
            ),
            PeerDropped("mallory", "bad-txns-duplicate"),
        ]
        take_true_block(lone)
    assert lone.disk[TRUE.hash] == TRUE


def test_a_hashed_thing_is_never_64_bytes_long_so_no_inner_node_is_a_leaf() -> None:
    transfers = {len(each.signed_bytes() + each.signature) for each in (*PAYS, SPENT)}
    assert transfers == {156}
    assert 4 + 32 + 8 + 21 > 64  # the shortest coinbase
