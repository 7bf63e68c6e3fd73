"""From a scenario to what all nodes agree on before the race: genesis, parameters, the election."""

from dataclasses import dataclass, replace
from hashlib import sha256

from powclock.clock.node_clock import EPOCH_S
from powclock.election.election import Election
from powclock.election.schedule import LeaderSchedule
from powclock.machine.block import Block, ChainParameters
from powclock.machine.header import NO_PARENT, BlockHeader
from powclock.machine.merkle import merkle_root
from powclock.machine.target import LIMIT, target_to_bits
from powclock.machine.transaction import Coinbase
from powclock.mining.kernel import NONCE_END, find_nonce
from powclock.network.node import Genesis
from powclock.race.rules import election_of
from powclock.race.scenario import Scenario
from powclock.record.facts import ChainInfo, ScheduleInfo


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
    work = election.work
    easiest = target_to_bits(LIMIT)
    return Rules(
        genesis=Genesis(_genesis_block(digest), parameters, allocation),
        election=election,
        info=ChainInfo(
            chain_id=parameters.chain_id,
            subsidy=parameters.subsidy,
            halving_interval=parameters.halving_interval,
            transactions_max=parameters.transactions_max,
            difficulty=scenario.difficulty.rule if work is not None else "",
            interval_s=scenario.difficulty.interval_s,
            half_life_s=scenario.difficulty.half_life_s,
            window=scenario.difficulty.window,
            initial_bits=work.initial_bits if work is not None else easiest,
            limit_bits=easiest,
            future_limit_s=work.future_limit_s if work is not None else 0,
            allocation=tuple((key.hex(), amount) for key, amount in allocation.items()),
            schedule=_schedule(election),
        ),
    )


def _schedule(election: Election) -> ScheduleInfo | None:
    if not isinstance(election, LeaderSchedule):
        return None
    return ScheduleInfo(
        epoch_ns=election.setting.epoch_ns,
        beat_ns=election.beat_ns,
        blocks=election.blocks,
        early_ns=election.early_ns,
        leaders=tuple(key.hex() for _, key in election.setting.nodes),
    )


def _genesis_block(message: bytes) -> Block:
    coinbase = Coinbase(0, bytes(32), 0, message)
    root, _ = merkle_root([coinbase.id])
    header = BlockHeader(1, NO_PARENT, root, EPOCH_S, target_to_bits(LIMIT), 0)
    nonce = find_nonce(header.serialise()[:76], LIMIT, 0, NONCE_END)
    assert nonce is not None
    return Block(replace(header, nonce=nonce), coinbase)
