"""Facts: what events carry of nodes, links, and rules."""

import msgspec

NodeId = str


class NodeInfo(msgspec.Struct, frozen=True):
    """A node as the race starts it: name, account, region, and nominal hashes a second."""

    name: NodeId
    address: str
    region: str
    hash_rate: float


class LinkInfo(msgspec.Struct, frozen=True, array_like=True):
    """A pair of peers, and the latency between them without jitter."""

    a: NodeId
    b: NodeId
    latency_ms: float


class ChainInfo(msgspec.Struct, frozen=True):
    """What all nodes agree on before the race: all that is needed to validate its blocks.

    `difficulty` is "asert" (with `half_life_s`) or "bitcoin" (with `window`); bits are compact
    targets, `limit_bits` the easiest one; `allocation` is what accounts own at genesis.
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


class StateGroup(msgspec.Struct, frozen=True, array_like=True):
    """Replicas that run and have one state."""

    state_root: str
    nodes: tuple[NodeId, ...]


class DifferingAccount(msgspec.Struct, frozen=True, array_like=True):
    """An account that is not the same in all groups: balance, and payments made, in each."""

    owner: str
    balances: tuple[int, ...]
    payments: tuple[int, ...]


class NodeSample(msgspec.Struct, frozen=True, array_like=True):
    """One node at one moment; `skew_s` is how far its clock is ahead."""

    node: NodeId
    hash_rate: float
    hashes: float
    mempool: int
    peers: int
    peers_cut: int
    skew_s: float
