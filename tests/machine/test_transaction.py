import struct
from dataclasses import replace
from typing import Any

import pytest

from powclock.machine.header import sha256d
from powclock.machine.keys import verify_signature
from powclock.machine.merkle import merkle_root
from powclock.machine.reason import InvalidTransaction
from powclock.machine.transaction import (
    COIN,
    MONEY_MAX,
    NONCE_END,
    Coinbase,
    Transaction,
)
from tests.builders import CHAIN_ID, address, key, refused, transfer

SMALL_ORDER_KEY = (1).to_bytes(32, "little")


def forged(**changes: Any) -> Transaction:
    """A transfer changed after it was signed."""
    return replace(transfer("alice", amount=5, fee=2, nonce=3), **changes)


def resigned(**changes: Any) -> Transaction:
    """A transfer that its sender signed as it is."""
    fields: dict[str, Any] = {
        "recipient": address("bob"),
        "amount": 5,
        "fee": 2,
        "nonce": 3,
    } | changes
    return Transaction.signed(key("alice"), chain_id=CHAIN_ID, **fields)


def test_amounts_are_those_of_bitcoin() -> None:
    assert (COIN, MONEY_MAX) == (10**8, 21 * 10**14)


def test_the_signature_covers_every_other_field_in_a_fixed_layout() -> None:
    transaction = transfer("alice", amount=5, fee=2, nonce=3)
    covered = (
        struct.pack("<I", CHAIN_ID)
        + address("alice")
        + address("bob")
        + struct.pack("<QQQ", 5, 2, 3)
    )
    assert transaction.signed_bytes() == covered
    assert len(covered) == 92
    assert transaction.signature == key("alice").sign(covered)
    assert verify_signature(address("alice"), transaction.signature, covered)
    transaction.check(CHAIN_ID)


def test_an_id_covers_the_signature() -> None:
    transaction = transfer("alice", amount=5, fee=2, nonce=3)
    assert transaction.id == sha256d(transaction.signed_bytes() + transaction.signature)
    assert forged(signature=bytes(64)).id != transaction.id
    assert forged(amount=6).id != transaction.id


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"chain_id": 8}, "bad-txns-chain-id: 8 instead of 7"),
        ({"amount": 0}, "bad-txns-vout-toolarge: 0"),
        ({"amount": MONEY_MAX + 1}, "bad-txns-vout-toolarge: 2100000000000001"),
        ({"fee": MONEY_MAX + 1}, "bad-txns-fee-outofrange: 2100000000000001"),
        ({"nonce": NONCE_END}, "bad-txns-nonce-gap: 4294967296"),
        ({"sender": SMALL_ORDER_KEY}, "bad-txns-key"),
        ({"recipient": SMALL_ORDER_KEY}, "bad-txns-key"),
        ({"recipient": address("bob") + b"\0"}, "bad-txns-key"),
        ({"sender": address("bob")}, "bad-txns-signature"),
        ({"recipient": address("carol")}, "bad-txns-signature"),
        ({"amount": 6}, "bad-txns-signature"),
        ({"fee": 3}, "bad-txns-signature"),
        ({"nonce": 4}, "bad-txns-signature"),
        ({"signature": b""}, "bad-txns-signature"),
        ({"signature": bytes(64)}, "bad-txns-signature"),
    ],
)
def test_a_changed_transfer_is_refused_for_its_reason(
    changes: dict[str, Any], message: str
) -> None:
    with refused(message, InvalidTransaction):
        forged(**changes).check(CHAIN_ID)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"amount": MONEY_MAX + 1}, "bad-txns-vout-toolarge: 2100000000000001"),
        ({"fee": MONEY_MAX + 1}, "bad-txns-fee-outofrange: 2100000000000001"),
        ({"nonce": NONCE_END}, "bad-txns-nonce-gap: 4294967296"),
        ({"recipient": SMALL_ORDER_KEY}, "bad-txns-key"),
    ],
)
def test_a_good_signature_does_not_mend_bad_fields(changes: dict[str, Any], message: str) -> None:
    with refused(message, InvalidTransaction):
        resigned(**changes).check(CHAIN_ID)


@pytest.mark.parametrize(
    "changes",
    [
        {"amount": 1},
        {"amount": MONEY_MAX},
        {"fee": 0},
        {"fee": MONEY_MAX},
        {"nonce": 0},
        {"nonce": NONCE_END - 1},
        {"recipient": address("alice")},
    ],
)
def test_fields_may_reach_their_bounds(changes: dict[str, Any]) -> None:
    resigned(**changes).check(CHAIN_ID)


def test_the_first_reason_that_applies_is_given() -> None:
    everything = {
        "chain_id": 8,
        "amount": 0,
        "fee": MONEY_MAX + 1,
        "nonce": NONCE_END,
        "sender": SMALL_ORDER_KEY,
        "signature": b"",
    }
    mends = {"chain_id": 7, "amount": 1, "fee": 0, "nonce": 0, "sender": address("alice")}
    reasons = []
    for field, good in mends.items():
        with pytest.raises(InvalidTransaction) as caught:
            forged(**everything).check(CHAIN_ID)
        reasons.append(caught.value.reason.value)
        everything[field] = good
    with refused("bad-txns-signature", InvalidTransaction):
        forged(**everything).check(CHAIN_ID)
    assert reasons == [
        "bad-txns-chain-id",
        "bad-txns-vout-toolarge",
        "bad-txns-fee-outofrange",
        "bad-txns-nonce-gap",
        "bad-txns-key",
    ]


def test_a_coinbase_id_covers_every_field() -> None:
    coinbase = Coinbase(3, address("alice"), 50, b"extra")
    others = [
        Coinbase(4, address("alice"), 50, b"extra"),
        Coinbase(3, address("bob"), 50, b"extra"),
        Coinbase(3, address("alice"), 51, b"extra"),
        Coinbase(3, address("alice"), 50, b"extrb"),
        Coinbase(3, address("alice"), 50, b"extra\0"),
        Coinbase(3, address("alice"), 50),
    ]
    assert Coinbase(3, address("alice"), 50, b"extra").id == coinbase.id
    assert len({coinbase.id, *(other.id for other in others)}) == 7


def test_no_coinbase_reads_as_an_inner_node_of_the_merkle_tree() -> None:
    """64 bytes of coinbase would let one leaf stand for two (CVE-2017-12842)."""
    honest = Coinbase(1, address("alice"), 50)
    leaves = [honest.id, transfer("alice").id]
    node = b"".join(leaves)
    height, recipient, amount = struct.unpack("<I32sQ", node[:44])
    forged_coinbase = Coinbase(height, recipient, amount, node[44:])
    assert merkle_root([forged_coinbase.id]) != merkle_root(leaves)
