from dataclasses import replace

import pytest

from powclock.machine.block import ChainParameters, check_body
from powclock.machine.reason import InvalidBlock
from powclock.machine.transaction import COIN, Coinbase
from tests.builders import (
    GENESIS,
    PARAMETERS,
    address,
    block_of,
    refused,
    transfer,
    with_body,
)

TRANSFERS = tuple(transfer("alice", fee=fee, nonce=fee) for fee in range(5))


def test_a_block_is_named_by_its_header_and_written_by_whom_it_pays() -> None:
    block = block_of(GENESIS.hash, 1, TRANSFERS[:3], author="carol")
    assert block.hash == block.header.hash
    assert block.author == address("carol")
    assert block.fees == 0 + 1 + 2
    assert block.leaves() == [
        block.coinbase.id,
        TRANSFERS[0].id,
        TRANSFERS[1].id,
        TRANSFERS[2].id,
    ]


def test_the_subsidy_halves_as_in_bitcoin() -> None:
    bitcoin = ChainParameters(chain_id=1)
    heights = [0, 1, 209_999, 210_000, 419_999, 420_000, 210_000 * 32, 210_000 * 33, 210_000 * 64]
    assert [bitcoin.subsidy_at(height) for height in heights] == [
        0,
        50 * COIN,
        50 * COIN,
        25 * COIN,
        25 * COIN,
        25 * COIN // 2,
        1,
        0,
        0,
    ]
    assert bitcoin.subsidy_at(10**30) == 0


def test_all_subsidies_of_bitcoin_stay_below_21_million() -> None:
    bitcoin = ChainParameters(chain_id=1)
    total = sum(210_000 * bitcoin.subsidy_at(210_000 * era + 1) for era in range(65))
    assert total == 2_099_999_997_690_000


def test_a_subsidy_may_never_halve() -> None:
    constant = ChainParameters(chain_id=1, subsidy=8, halving_interval=0)
    assert [constant.subsidy_at(height) for height in (0, 1, 10**9)] == [0, 8, 8]


@pytest.mark.parametrize("count", [0, 1, 2, 3, 4])
def test_a_body_that_fits_is_accepted(count: int) -> None:
    check_body(block_of(GENESIS.hash, 1, TRANSFERS[:count], extra=bytes(100)), 1, PARAMETERS)


def test_a_body_of_another_header_is_refused() -> None:
    block = block_of(GENESIS.hash, 1, TRANSFERS[:2])
    swapped = (TRANSFERS[1], TRANSFERS[0])
    for transactions in ((), TRANSFERS[:1], TRANSFERS[:3], swapped):
        with refused("bad-txnmrklroot"):
            check_body(with_body(block, transactions), 1, PARAMETERS)
    with refused("bad-txnmrklroot"):
        check_body(replace(block, coinbase=Coinbase(1, address("thief"), 1_000)), 1, PARAMETERS)


def test_a_body_that_repeats_its_tail_is_refused() -> None:
    block = block_of(GENESIS.hash, 1, TRANSFERS[:2])
    with refused("bad-txns-duplicate: the list repeats its tail (CVE-2012-2459)"):
        check_body(with_body(block, [*TRANSFERS[:2], TRANSFERS[1]]), 1, PARAMETERS)


def test_a_body_that_is_too_long_is_refused() -> None:
    with refused("bad-blk-length: 5 transactions"):
        check_body(block_of(GENESIS.hash, 1, TRANSFERS), 1, PARAMETERS)


def test_a_coinbase_of_another_height_is_refused() -> None:
    with refused("bad-cb-height: says 2, stands at 1"):
        check_body(block_of(GENESIS.hash, 2), 1, PARAMETERS)


def test_a_coinbase_with_too_much_in_it_is_refused() -> None:
    with refused("bad-cb-length"):
        check_body(block_of(GENESIS.hash, 1, extra=bytes(101)), 1, PARAMETERS)


def test_the_first_reason_that_applies_is_given() -> None:
    wrong = block_of(GENESIS.hash, 2, TRANSFERS, extra=bytes(101))
    repeating = with_body(wrong, [*TRANSFERS, TRANSFERS[3], TRANSFERS[4]])
    steps = [
        (with_body(wrong, TRANSFERS[:1]), "bad-txnmrklroot"),
        (repeating, "bad-txns-duplicate"),
        (wrong, "bad-blk-length"),
        (block_of(GENESIS.hash, 2, extra=bytes(101)), "bad-cb-height"),
        (block_of(GENESIS.hash, 1, extra=bytes(101)), "bad-cb-length"),
    ]
    for block, reason in steps:
        with pytest.raises(InvalidBlock) as caught:
            check_body(block, 1, PARAMETERS)
        assert caught.value.reason.value == reason
