"""A frame: all that a screen needs to draw one moment, and nothing that it could reach into.

A frame is complete in itself, so a screen that is slow may skip any number of them. Only events are
told once: each frame carries those since the last one sent, and how many were left out.
"""

import msgspec

from powclock.record.attack_events import AttackMoved, TransactionsLeftOut
from powclock.record.conditions import Conditions
from powclock.record.detail import BlockDetail, NodeDetail, Retarget, Spread
from powclock.record.events import Hash, NodeId, StatesCompared
from powclock.record.service import Service
from powclock.record.turns import Turns


class NodeRow(msgspec.Struct, frozen=True, array_like=True):
    """A line of the nodes table.

    `state` is "mining", "down", "frozen", "damaged" (a bit flipped in its memory, which it has not
    found yet), "eclipsed" (it hears of its attacker alone), "split" (faults of links cut it off
    from others), "dropped" (peers do not talk to it for a time) or "idle"; `tip` is "best",
    "rival" or "behind"; `spark` holds recent hash rates, one byte a sample, 255 for the node's
    highest; `seen_ns` is when it last accepted a block; `share` its part of the nominal hash rate;
    `applied` counts writes where there are no blocks, `led` its blocks on the best chain.
    """

    name: NodeId
    region: str
    state: str
    hash_rate: float
    spark: bytes
    height: int
    head: Hash
    tip: str
    seen_ns: int
    peers: int
    peers_cut: int
    won: int
    share: float
    skew_s: float
    mempool: int
    refused: int
    applied: int = 0
    led: int = 0


class TipRow(msgspec.Struct, frozen=True, array_like=True):
    """A head and the nodes that hold it, best first."""

    hash: Hash
    height: int
    author: NodeId
    best: bool
    nodes: tuple[NodeId, ...]


class ChainBlock(msgspec.Struct, frozen=True, array_like=True):
    """A block near the tip.

    `best` says whether it is on the heaviest chain of the race, `holders` how many nodes have it as
    head; `interval_s` is since its parent was found. Only an attacker has one that is `withheld`.
    """

    hash: Hash
    parent: Hash
    height: int
    author: NodeId
    found_ns: int
    interval_s: float
    best: bool
    holders: int
    transactions: int
    withheld: bool = False


class EventLine(msgspec.Struct, frozen=True, array_like=True):
    """A notable event in words; `kind` chooses glyph and colour (see `narrate`).

    `block` is the block that it is about, and `height` that of the block where the event tells it.
    Events of several nodes with one `group`, which is not empty, tell the same story: a reorg that
    many nodes make. Of a reorg, `old` is the head that was left, and `depth` and `connected` count
    the blocks that were disconnected and connected.
    """

    sequence: int
    time_ns: int
    kind: str
    node: NodeId | None
    text: str
    block: Hash | None = None
    group: str = ""
    height: int | None = None
    old: Hash | None = None
    depth: int = 0
    connected: int = 0


class ActiveFault(msgspec.Struct, frozen=True, array_like=True):
    """A fault that is on; how far it has come, if it is an attack or censors.

    Since an attack began the best chain has grown by `blocks`, of which the attacker found
    `own_blocks`. Those of a branch that it withholds are not among them: they may come to nothing.
    """

    id: str
    fault: str
    label: str
    nodes: tuple[NodeId, ...]
    since_ns: int
    attack: AttackMoved | None = None
    left_out: TransactionsLeftOut | None = None
    blocks: int = 0
    own_blocks: int = 0


class Mark(msgspec.Struct, frozen=True, array_like=True):
    """A fault that began or ended, on the time axis; `on` says which."""

    time_ns: int
    fault: str
    on: bool


class Totals(msgspec.Struct, frozen=True, array_like=True):
    """Counts since the start; stale blocks are those mined that are not on the best chain."""

    forks: int = 0
    reorgs: int = 0
    reorg_depth_max: int = 0
    blocks_mined: int = 0
    blocks_stale: int = 0
    blocks_refused: int = 0
    messages_refused: int = 0
    transactions_sent: int = 0
    transactions_confirmed: int = 0
    transactions_returned: int = 0
    messages: int = 0
    message_bytes: int = 0
    peers_dropped: int = 0
    hashes: float = 0.0
    equivocations: int = 0


class Frame(msgspec.Struct, frozen=True):
    """One moment of a race.

    `chain` is the part of the chain that the screen looks at; there are blocks to see from
    `chain_low` to `chain_high`. `links` are pairs of indices into `nodes`. These, `spread`
    and the details are there while the screen looks at them; `block_gone` is the block that it
    looks at if that is no longer kept. `conditions` are what theory needs to know
    (`lab.expected`). `states` say how replicas without blocks group by their states, `turns` who
    leads when under a schedule, `service` what clients see, `entered` to whom they handed their
    newest transactions.
    """

    scenario: str
    seed: int
    rule: str
    miner: str
    interval_s: float
    time_ns: int
    height: int
    head: Hash
    leader: NodeId | None
    found_after_s: float
    tick_ns: int
    interval_mean_s: float
    expected_interval_s: float
    work: float
    hash_rate: float
    hash_rate_history: tuple[float, ...]
    history_from_ns: int
    sample_every_ns: int
    marks: tuple[Mark, ...]
    totals: Totals
    nodes: tuple[NodeRow, ...]
    tips: tuple[TipRow, ...]
    chain: tuple[ChainBlock, ...]
    chain_low: int
    chain_high: int
    faults: tuple[ActiveFault, ...]
    sides: tuple[tuple[NodeId, ...], ...]
    events: tuple[EventLine, ...]
    events_left_out: int
    retarget: Retarget | None = None
    links: tuple[tuple[int, int], ...] = ()
    spread: Spread | None = None
    node_detail: NodeDetail | None = None
    block_detail: BlockDetail | None = None
    block_gone: Hash | None = None
    conditions: Conditions | None = None
    states: StatesCompared | None = None
    turns: Turns | None = None
    entered: tuple[NodeId, ...] = ()
    service: Service = Service()


class Pace(msgspec.Struct, frozen=True):
    """How the race runs: `rate` as asked for (infinity: as fast as it goes), `reached` as measured.

    `behind` says that the machine does not keep up with `rate`, `stepping` that it runs to the next
    event or tick and then stops, at whatever rate it ran before. `recorded_ns` is how much of the
    race is in the recording that a person keeps; None where none is kept.
    """

    rate: float
    reached: float
    paused: bool
    behind: bool
    stepping: bool = False
    recorded_ns: int | None = None
