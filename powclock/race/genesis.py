"""From a scenario to what all nodes agree on before the race: genesis, parameters, the election."""

from dataclasses import dataclass, replace
from hashlib import sha256

import msgspec

from powclock.clock.node_clock import EPOCH_S
from powclock.election.difficulty import AsertDifficulty, BitcoinDifficulty
from powclock.election.election import Election, WorkTerms
from powclock.machine.block import Block, ChainParameters
from powclock.machine.header import NO_PARENT, BlockHeader
from powclock.machine.merkle import merkle_root
from powclock.machine.target import LIMIT, target_to_bits
from powclock.machine.transaction import Coinbase
from powclock.mining.kernel import NONCE_END, find_nonce
from powclock.network.node import Genesis
from powclock.race.rules import election_of
from powclock.race.scenario import Scenario
from powclock.record.facts import ChainInfo


@dataclass(frozen=True, slots=True)
class Rules:
    """What every node of a race is built with."""

    genesis: Genesis
    election: Election
    info: ChainInfo


def rules_of(scenario: Scenario, allocation: dict[bytes, int]) -> Rules:
    """The rules of a scenario, with the balances that clients start with.

    Raises:
        RuleError: its election rule cannot be used.
    """
    digest = sha256(f"powclock {scenario.name} {scenario.seed}".encode()).digest()
    parameters = ChainParameters(
        chain_id=int.from_bytes(digest[:4], "big"),
        halving_interval=scenario.chain.halving_interval,
        transactions_max=scenario.chain.transactions_max,
    )
    election = election_of(scenario, parameters.chain_id)
    easiest = target_to_bits(LIMIT)
    info = ChainInfo(
        chain_id=parameters.chain_id,
        subsidy=parameters.subsidy,
        halving_interval=parameters.halving_interval,
        transactions_max=parameters.transactions_max,
        difficulty="",
        interval_s=scenario.difficulty.interval_s,
        half_life_s=scenario.difficulty.half_life_s,
        window=scenario.difficulty.window,
        initial_bits=easiest,
        limit_bits=easiest,
        future_limit_s=0,
        allocation=tuple((key.hex(), amount) for key, amount in allocation.items()),
        schedule=election.schedule,
    )
    return Rules(
        genesis=Genesis(_genesis_block(digest), parameters, allocation),
        election=election,
        info=info if election.work is None else _with_work(info, election.work),
    )


def _with_work(info: ChainInfo, work: WorkTerms) -> ChainInfo:
    """The chain with the terms of its proofs; only a difficulty rule of ours has a name."""
    info = msgspec.structs.replace(
        info,
        initial_bits=work.initial_bits,
        limit_bits=target_to_bits(work.limit),
        future_limit_s=work.future_limit_s,
    )
    match work.difficulty:
        case AsertDifficulty(interval_s=interval_s, half_life_s=half_life_s):
            return msgspec.structs.replace(
                info, difficulty="asert", interval_s=interval_s, half_life_s=half_life_s
            )
        case BitcoinDifficulty(interval_s=interval_s, window=window):
            return msgspec.structs.replace(
                info, difficulty="bitcoin", interval_s=interval_s, window=window
            )
        case _:
            return info


def _genesis_block(message: bytes) -> Block:
    coinbase = Coinbase(0, bytes(32), 0, message)
    root, _ = merkle_root([coinbase.id])
    header = BlockHeader(1, NO_PARENT, root, EPOCH_S, target_to_bits(LIMIT), 0)
    nonce = find_nonce(header.serialise()[:76], LIMIT, 0, NONCE_END)
    assert nonce is not None
    return Block(replace(header, nonce=nonce), coinbase)
