"""Facts: what events carry of nodes, links, and rules."""

from typing import Annotated, Self

import msgspec

from powclock.record.event import Positive, Rate

NodeId = str


class NodeInfo(msgspec.Struct, frozen=True):
    """A node as the race starts it: name, account, region, and nominal hashes a second."""

    name: NodeId
    address: str
    region: str
    hash_rate: Rate


class LinkInfo(msgspec.Struct, frozen=True, array_like=True):
    """A pair of peers, and the latency between them without jitter."""

    a: NodeId
    b: NodeId
    latency_ms: float


class ScheduleInfo(msgspec.Struct, frozen=True):
    """A leader schedule: slot after slot from `epoch_ns` on belongs to `leaders` in turn.

    They are keys; a slot has `blocks` beats of `beat_ns`, and a block may come `early_ns` early.
    """

    epoch_ns: int
    beat_ns: Positive
    blocks: Annotated[int, msgspec.Meta(ge=1, le=1_000)]
    early_ns: int
    leaders: tuple[str, ...]


class ChainInfo(msgspec.Struct, frozen=True, omit_defaults=True):
    """What all nodes agree on before the race: all that is needed to validate its blocks.

    `difficulty` is "asert" (with `half_life_s`) or "bitcoin" (with `window`), or empty where nobody
    hashes; bits are compact targets, `limit_bits` the easiest one; `allocation` is what accounts
    own at genesis. Where leaders take turns, `schedule` says how.
    """

    chain_id: int
    subsidy: int
    halving_interval: int
    transactions_max: int
    difficulty: str
    interval_s: int
    half_life_s: int
    window: int
    initial_bits: int
    limit_bits: int
    future_limit_s: int
    allocation: tuple[tuple[str, int], ...]
    schedule: ScheduleInfo | None = None


class StateGroup(msgspec.Struct, frozen=True, array_like=True):
    """Replicas that run and have one state."""

    state_root: str
    nodes: tuple[NodeId, ...]


class DifferingAccount(msgspec.Struct, frozen=True, array_like=True):
    """An account that is not the same in all groups: balance, and payments made, in each."""

    owner: str
    balances: tuple[int, ...]
    payments: tuple[int, ...]


class ClientCounts(msgspec.Struct, frozen=True):
    """What clients have asked and got since the start.

    Of the `requests` that are over, `answered` found a replica that is up, some of them `elsewhere`
    after another did not answer. `writes` are transactions handed over, of which the replica
    `refused` some. The others are `acknowledged` once that replica has applied them; it may have
    `taken_back` what it acknowledged, and what it has not applied again by now is `lost`. Of the
    `reads` some were `contradicting` another replica at that moment.
    """

    requests: int = 0
    answered: int = 0
    elsewhere: int = 0
    writes: int = 0
    refused: int = 0
    acknowledged: int = 0
    taken_back: int = 0
    lost: int = 0
    reads: int = 0
    contradicting: int = 0


class ClientSample(ClientCounts, frozen=True, array_like=True):
    """The same as records have it: ten numbers in this order, as there are many records."""

    @classmethod
    def of(cls, counts: ClientCounts) -> Self:
        """The sample of some counts."""
        return cls(*msgspec.structs.astuple(counts))

    def counts(self) -> ClientCounts:
        """The counts with their names."""
        return ClientCounts(*msgspec.structs.astuple(self))


class NodeSample(msgspec.Struct, frozen=True, array_like=True):
    """One node at one moment; `skew_s` is how far its clock is ahead."""

    node: NodeId
    hash_rate: Rate
    hashes: float
    mempool: int
    peers: int
    peers_cut: int
    skew_s: float
