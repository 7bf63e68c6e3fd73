"""Signatures and keys, judged without the machine's tables."""

from dataclasses import replace

import pytest

from powclock.machine.keys import acceptable_key
from powclock.network.wire import Deliver, encode
from powclock.record.checker.broken import Wrong
from powclock.record.checker.parse import Transfer, read_block
from powclock.record.checker.signature import Signatures, sound_key
from tests.builders import CHAIN_ID, GENESIS, address, block_of, transfer

FIELD = 2**255 - 19
SMALL = [
    "0100000000000000000000000000000000000000000000000000000000000000",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
]


@pytest.mark.parametrize("key", SMALL)
@pytest.mark.parametrize("sign", [0, 0x80])
def test_keys_of_small_order_are_not_sound(key: str, sign: int) -> None:
    data = bytearray.fromhex(key)
    data[31] |= sign
    assert not sound_key(bytes(data))
    assert not acceptable_key(bytes(data))


@pytest.mark.parametrize("y", [FIELD, FIELD + 1, 2**255 - 1])
def test_keys_that_are_not_reduced_are_not_sound(y: int) -> None:
    assert not sound_key(y.to_bytes(32, "little"))


def test_all_other_keys_are_judged_as_the_machine_does() -> None:
    for y in range(200):
        key = y.to_bytes(32, "little")
        assert sound_key(key) == acceptable_key(key)
    assert sound_key(address("alice"))
    assert not sound_key(address("alice")[:31])


def paid(**changes: object) -> Transfer:
    """A transfer as the checker reads it, with some fields changed after it was signed."""
    changed = replace(transfer("alice", "bob", amount=5), **changes)  # type: ignore[arg-type]
    (only,) = read_block(encode(Deliver(block_of(GENESIS.hash, 1, [changed]))))[1].transfers
    return only


def test_a_transfer_is_its_owner_s() -> None:
    signatures = Signatures(CHAIN_ID)
    signatures.check(paid())
    signatures.check(paid())


@pytest.mark.parametrize(
    ("changes", "detail"),
    [
        ({"amount": 6}, "is not its owner's"),
        ({"nonce": 1}, "is not its owner's"),
        ({"sender": address("bob")}, "is not its owner's"),
        ({"signature": bytes(64)}, "is not its owner's"),
        ({"chain_id": 8}, "it has a transfer for chain 8"),
        ({"recipient": bytes(32)}, "it has a transfer with a key of small order"),
    ],
)
def test_what_was_changed_is_not(changes: dict[str, object], detail: str) -> None:
    with pytest.raises(Wrong) as wrong:
        Signatures(CHAIN_ID).check(paid(**changes))
    assert wrong.value.invariant == 9
    assert wrong.value.detail.endswith(detail)
