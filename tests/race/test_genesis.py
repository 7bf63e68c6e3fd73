"""What all nodes agree on before the race."""

import msgspec

from powclock.election.difficulty import AsertDifficulty, BitcoinDifficulty
from powclock.election.election import WorkTerms
from powclock.election.proof_of_work import check_proof
from powclock.machine.merkle import merkle_root
from powclock.machine.target import LIMIT, bits_to_target, target_to_work
from powclock.race.genesis import rules_of
from powclock.race.scenario import Scenario
from tests.scenarios.races import scenario

BASE = Scenario(name="x")


def test_genesis_is_a_proof_and_another_for_each_name_and_seed() -> None:
    hashes = set()
    for name in ("x", "y"):
        for seed in (1, 2):
            block = rules_of(Scenario(name=name, seed=seed), {}).genesis.block
            check_proof(block.hash, block.header.bits, LIMIT)
            assert block.header.merkle_root == merkle_root(block.leaves())[0]
            assert block.coinbase.amount == 0
            assert block.header.time == 1_231_006_505
            hashes.add(block.hash)
    assert len(hashes) == 4
    assert rules_of(BASE, {}).genesis == rules_of(BASE, {}).genesis


def terms_of(what: Scenario) -> WorkTerms:
    terms = rules_of(what, {}).election.work
    assert terms is not None
    return terms


def test_the_first_target_is_what_the_hash_rate_asks_for() -> None:
    for difficulty in ({"rule": "asert"}, {"rule": "bitcoin"}):
        what = scenario(difficulty={"interval_s": 10, **difficulty}, nodes={"hash_rate": 1e6})
        terms = terms_of(what)
        assert isinstance(terms.difficulty, AsertDifficulty | BitcoinDifficulty)
        assert terms.difficulty.initial_bits == terms.initial_bits
        work = target_to_work(bits_to_target(terms.initial_bits))
        assert abs(work / 1e7 - 1) < 1e-4
        assert terms.proof_scale == work // 64
        assert terms.future_limit_s == 120


def test_a_slow_network_gets_the_easiest_target() -> None:
    terms = terms_of(scenario(nodes={"hash_rate": 0.01}))
    assert bits_to_target(terms.initial_bits) == LIMIT
    assert terms.proof_scale == 4


def test_grinding_scales_no_proof() -> None:
    assert terms_of(BASE).proof_scale == 1
    chain = msgspec.structs.replace(BASE.chain, future_limit_s=7, transactions_max=9)
    what = msgspec.structs.replace(BASE, chain=chain)
    assert terms_of(what).future_limit_s == 7
    rules = rules_of(what, {b"a" * 32: 5})
    assert rules.genesis.parameters.transactions_max == 9
    assert rules.genesis.allocation == {b"a" * 32: 5}
