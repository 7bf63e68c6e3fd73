"""The events of a race: one typed stream that screen, files, tests and checkers read alike.

Hashes are hexadecimal as displayed, times are nanoseconds of race time, amounts are in the smallest
unit. An event of a node carries the node's name in its record; events of the whole race carry none.
Encoded as JSON, `kind` names the event.
"""

import msgspec

from powclock.record.attack_events import AttackMoved, TransactionsLeftOut
from powclock.record.event import Event, Interval, Natural
from powclock.record.facts import (
    ChainInfo,
    ClientSample,
    DifferingAccount,
    LinkInfo,
    NodeInfo,
    NodeSample,
    StateGroup,
)

NANOSECONDS = 1_000_000_000

NodeId = str
Hash = str


class RaceStarted(Event, frozen=True, tag="race_started"):
    """The first record: what is raced, by whom over which links, and the genesis header (160
    hexadecimal digits). `miner` is empty where nobody hashes. A proof may miss its header's target
    by the factor `proof_scale`, and hash rates wander by the part `wander` of themselves.
    """

    version: str
    scenario: str
    seed: int
    rule: str
    miner: str
    interval_s: Interval
    genesis: Hash
    genesis_header: str
    proof_scale: int
    chain: ChainInfo
    wander: float
    nodes: tuple[NodeInfo, ...]
    links: tuple[LinkInfo, ...]


class NodeUp(Event, frozen=True, tag="node_up"):
    """A node runs; with `blocks` on its disk it goes on from them. A naive race has none: None."""

    blocks: int | None


class NodeDown(Event, frozen=True, tag="node_down"):
    """A node stopped."""


class NodeFrozen(Event, frozen=True, tag="node_frozen"):
    """A node handles nothing any more, but keeps its memory."""


class NodeThawed(Event, frozen=True, tag="node_thawed"):
    """A frozen node goes on: `waited` messages and timers are handled now, `lost` had no room."""

    waited: int
    lost: int


class NodeJoined(Event, frozen=True, tag="node_joined", omit_defaults=True):
    """A node that was not there before. A `stranger` may never lead, as nobody knows its key."""

    info: NodeInfo
    links: tuple[LinkInfo, ...]
    stranger: bool = False


class NodeLeft(Event, frozen=True, tag="node_left"):
    """A node is gone for good; `links` connect peers that only it connected."""

    links: tuple[LinkInfo, ...] = ()


class LinksChanged(Event, frozen=True, tag="links_changed"):
    """Pairs of nodes became peers, or are peers no more."""

    made: tuple[LinkInfo, ...] = ()
    gone: tuple[LinkInfo, ...] = ()


class BlockFound(Event, frozen=True, tag="block_found"):
    """A node sealed a block; `header` is its 80 bytes, `work` what it adds to its branch."""

    hash: Hash
    parent: Hash
    height: Natural
    header: str
    bits: int
    work: int
    transactions: int
    fees: int


class BlockAccepted(Event, frozen=True, tag="block_accepted"):
    """A node found a block valid and has it in its tree; `peer` sent it, none if it is its own."""

    hash: Hash
    height: Natural
    author: NodeId
    peer: NodeId | None


class BlockHeld(Event, frozen=True, tag="block_held"):
    """A node got an orphan: it waits for the parent and asks for it."""

    hash: Hash
    parent: Hash
    peer: NodeId


class BlockRefused(Event, frozen=True, tag="block_refused"):
    """A node refused a block, with the reason."""

    hash: Hash
    peer: NodeId
    reason: str
    detail: str


class Equivocation(Event, frozen=True, tag="equivocation"):
    """A node has two blocks, `one` and `two`, that one leader sealed for one beat of its slot.

    `key` is the author's; beats count over all slots.
    """

    author: NodeId
    key: str
    slot: int
    beat: int
    one: Hash
    two: Hash


class MessageRefused(Event, frozen=True, tag="message_refused"):
    """A node could not read what a peer sent."""

    peer: NodeId
    reason: str
    bytes: int


class TransactionRefused(Event, frozen=True, tag="transaction_refused"):
    """A node refused a transfer, with the reason."""

    id: Hash
    peer: NodeId
    reason: str


class PeerDropped(Event, frozen=True, tag="peer_dropped"):
    """A node stopped talking to a peer that sent what no honest one can; `reason` is of that."""

    peer: NodeId
    reason: str


class PeersFound(Event, frozen=True, tag="peers_found"):
    """A node found other peers, as a peer that was dropped had been its only way to them."""

    links: tuple[LinkInfo, ...]


class HeadMoved(Event, frozen=True, tag="head_moved"):
    """A node builds on another block now, by connecting blocks alone; `state_root` digests its
    ledger.
    """

    hash: Hash
    height: Natural
    state_root: Hash


class Reorg(Event, frozen=True, tag="reorg"):
    """A node's head moved to another branch; `depth` blocks were disconnected."""

    hash: Hash
    height: Natural
    old: Hash
    fork: Hash
    depth: int
    connected: int
    state_root: Hash


class StateMoved(Event, frozen=True, tag="state_moved"):
    """A replica without blocks applied a transfer: its state has another root, and `applied`
    transfers are in it.
    """

    id: Hash
    applied: int
    state_root: Hash


class JournalRead(Event, frozen=True, tag="journal_read"):
    """A replica without blocks came up: so many transfers it had applied and written down."""

    applied: int
    state_root: Hash


class MemoryFlipped(Event, frozen=True, tag="memory_flipped"):
    """A bit of an account flipped in a node's memory; `owner` is whose account it is."""

    account: str
    owner: str
    part: str
    bit: int


class StateCorrupted(Event, frozen=True, tag="state_corrupted"):
    """A node found its accounts not to be those of its state root, on this occasion."""

    occasion: str
    state_root: Hash


class Resynced(Event, frozen=True, tag="resynced"):
    """A node built its state again from the blocks on its disk, up to this head."""

    hash: Hash
    height: Natural
    state_root: Hash


class LeaderElected(Event, frozen=True, tag="leader_elected", omit_defaults=True):
    """The clock ticked: a new best block. `interval_s` since the last tick, `work` it took.

    By another branch than the last one, so many blocks of which go `stale`: its height may be that
    of the last tick again, and its parent is older than that.
    """

    leader: NodeId
    height: Natural
    hash: Hash
    interval_s: float
    work: int
    stale: int = 0


class ForkOpened(Event, frozen=True, tag="fork_opened"):
    """A second valid block on one parent; `rivals` are all of them, the first found first."""

    parent: Hash
    height: Natural
    rivals: tuple[Hash, ...]


class DifficultyChanged(Event, frozen=True, tag="difficulty_changed"):
    """Expected hashes for a block moved by 10 % or more since this was last said."""

    height: Natural
    work: int
    change: float


class StatesCompared(Event, frozen=True, tag="states_compared"):
    """How the replicas that run group by what their accounts say; told when that has changed.

    The largest group comes first. Of the accounts that differ the first ones are told, by how much
    they differ, each with a value for each group; `more_groups` and `more_accounts` count the rest.
    For `since_s` there has been a difference: so old is the oldest transfer that some replica lacks
    or bit that flipped. While it is `settling`, everything that differs is so young that it may be
    on its way. `regrouped` is set where other replicas than before have one state for good.
    """

    groups: tuple[StateGroup, ...]
    differing: tuple[DifferingAccount, ...] = ()
    more_groups: int = 0
    more_accounts: int = 0
    since_s: float = 0.0
    settling: bool = False
    regrouped: bool = False


class TransactionSent(Event, frozen=True, tag="transaction_sent"):
    """A client handed a transfer to a node."""

    id: Hash
    client: str
    amount: int
    fee: int


class TransactionConfirmed(Event, frozen=True, tag="transaction_confirmed"):
    """The best chain of the whole race contains a transfer, `wait_s` after it was sent.

    Where there are no blocks: every replica that runs has applied it; `block` is empty.
    """

    id: Hash
    block: Hash
    height: Natural
    wait_s: float


class TransactionReturned(Event, frozen=True, tag="transaction_returned"):
    """The best chain of the whole race no longer contains a transfer: its block went stale."""

    id: Hash
    block: Hash


class FaultOn(Event, frozen=True, tag="fault_on"):
    """A fault began; `sides` are the groups of a partition.

    Where it is `dishonest`, its nodes send what honest ones never do.
    """

    id: str
    fault: str
    label: str
    nodes: tuple[NodeId, ...]
    sides: tuple[tuple[NodeId, ...], ...] = ()
    dishonest: bool = False


class FaultOff(Event, frozen=True, tag="fault_off"):
    """A fault ended."""

    id: str
    fault: str
    label: str
    lasted_s: float


class Sampled(Event, frozen=True, tag="sampled"):
    """Gauges of the nodes that run, taken at a steady rate of race time; counts since the start."""

    nodes: tuple[NodeSample, ...]
    messages: int
    message_bytes: int
    clients: ClientSample = ClientSample()


AnyEvent = (
    RaceStarted
    | NodeUp
    | NodeDown
    | NodeFrozen
    | NodeThawed
    | NodeJoined
    | NodeLeft
    | LinksChanged
    | BlockFound
    | BlockAccepted
    | BlockHeld
    | BlockRefused
    | Equivocation
    | MessageRefused
    | TransactionRefused
    | PeerDropped
    | PeersFound
    | HeadMoved
    | Reorg
    | StateMoved
    | JournalRead
    | MemoryFlipped
    | StateCorrupted
    | Resynced
    | LeaderElected
    | ForkOpened
    | DifficultyChanged
    | StatesCompared
    | TransactionSent
    | TransactionConfirmed
    | TransactionReturned
    | FaultOn
    | FaultOff
    | AttackMoved
    | TransactionsLeftOut
    | Sampled
)


class Record(msgspec.Struct, frozen=True):
    """An event with its place in the stream."""

    sequence: Natural
    time_ns: Natural
    node: NodeId | None
    event: AnyEvent
