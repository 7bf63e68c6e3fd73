"""From a scenario to what all nodes agree on before the race: genesis, difficulty, parameters."""

from dataclasses import dataclass, replace
from hashlib import sha256

from powclock.clock.node_clock import EPOCH_S
from powclock.election.difficulty import AsertDifficulty, BitcoinDifficulty, Difficulty
from powclock.machine.block import Block, ChainParameters
from powclock.machine.header import NO_PARENT, BlockHeader
from powclock.machine.merkle import merkle_root
from powclock.machine.target import (
    LIMIT,
    bits_to_target,
    target_to_bits,
    target_to_work,
    work_to_target,
)
from powclock.machine.transaction import Coinbase
from powclock.mining.kernel import NONCE_END, find_nonce
from powclock.network.node import Genesis
from powclock.race.scenario import Scenario
from powclock.record.facts import ChainInfo

FUTURE_LIMIT_INTERVALS = 12  # Bitcoin's two hours are twelve of its intervals


@dataclass(frozen=True, slots=True)
class Rules:
    """What every node of a race is built with."""

    genesis: Genesis
    difficulty: Difficulty
    future_limit_s: int
    proof_scale: int
    info: ChainInfo


def rules_of(scenario: Scenario, allocation: dict[bytes, int]) -> Rules:
    """The rules of a scenario, with the balances that clients start with."""
    digest = sha256(f"powclock {scenario.name} {scenario.seed}".encode()).digest()
    parameters = ChainParameters(
        chain_id=int.from_bytes(digest[:4], "big"),
        halving_interval=scenario.chain.halving_interval,
        transactions_max=scenario.chain.transactions_max,
    )
    interval_s = scenario.difficulty.interval_s
    work = max(1.0, scenario.nodes.hash_rate * interval_s)
    initial_bits = target_to_bits(min(LIMIT, work_to_target(work)))
    sampled = scenario.mining.miner == "sampled"
    actual_work = target_to_work(bits_to_target(initial_bits))
    future_limit_s = scenario.chain.future_limit_s or FUTURE_LIMIT_INTERVALS * interval_s
    return Rules(
        genesis=Genesis(_genesis_block(digest), parameters, allocation),
        difficulty=_difficulty(scenario, initial_bits),
        future_limit_s=future_limit_s,
        proof_scale=max(1, actual_work // scenario.mining.proof_hashes) if sampled else 1,
        info=ChainInfo(
            chain_id=parameters.chain_id,
            subsidy=parameters.subsidy,
            halving_interval=parameters.halving_interval,
            transactions_max=parameters.transactions_max,
            difficulty=scenario.difficulty.rule,
            interval_s=interval_s,
            half_life_s=scenario.difficulty.half_life_s,
            window=scenario.difficulty.window,
            initial_bits=initial_bits,
            limit_bits=target_to_bits(LIMIT),
            future_limit_s=future_limit_s,
            allocation=tuple((key.hex(), amount) for key, amount in allocation.items()),
        ),
    )


def _difficulty(scenario: Scenario, initial_bits: int) -> Difficulty:
    table = scenario.difficulty
    if table.rule == "bitcoin":
        return BitcoinDifficulty(table.interval_s, table.window, initial_bits, LIMIT)
    return AsertDifficulty(table.interval_s, table.half_life_s, initial_bits, LIMIT, EPOCH_S)


def _genesis_block(message: bytes) -> Block:
    coinbase = Coinbase(0, bytes(32), 0, message)
    root, _ = merkle_root([coinbase.id])
    header = BlockHeader(1, NO_PARENT, root, EPOCH_S, target_to_bits(LIMIT), 0)
    nonce = find_nonce(header.serialise()[:76], LIMIT, 0, NONCE_END)
    assert nonce is not None
    return Block(replace(header, nonce=nonce), coinbase)
