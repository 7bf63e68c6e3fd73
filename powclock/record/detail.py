"""What a screen may ask to see closer: one node, one block, and how a block spread.

A screen says what it looks at (`Focus`), and frames carry that until it looks elsewhere. Much of it
is in the records; what only a live race knows comes from a `Probe`.
"""

from typing import Annotated, Protocol

import msgspec

from powclock.record.events import Hash, NodeId

HEIGHTS = 60


class Focus(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a screen looks at.

    `height` is the right end of the part of the chain that is shown, None for the tip, and
    `heights` how many are; `network` asks for links and for how the newest block spread.
    """

    height: int | None = None
    heights: Annotated[int, msgspec.Meta(ge=1, le=1_000)] = HEIGHTS
    node: NodeId | None = None
    block: Hash | None = None
    network: bool = False


class TransactionDetail(msgspec.Struct, frozen=True, array_like=True):
    """A transaction; sender and recipient by name where they have one."""

    id: Hash
    sender: str
    recipient: str
    amount: int
    fee: int
    nonce: int


class Account(msgspec.Struct, frozen=True, array_like=True):
    """What an account owns, as one replica has it."""

    name: str
    balance: int
    nonce: int


class Peer(msgspec.Struct, frozen=True, array_like=True):
    """A node's link to a peer: what was sent over it, and the faults that lie on it."""

    name: NodeId
    latency_ms: float
    messages: int
    bytes: int
    cut: bool
    faults: tuple[str, ...]


class TreeBlock(msgspec.Struct, frozen=True, array_like=True):
    """A block in a node's own tree; `best` says that it is on the branch the node believes."""

    hash: Hash
    parent: Hash
    height: int
    author: NodeId
    best: bool


class NodeDetail(msgspec.Struct, frozen=True, array_like=True):
    """One node from inside; of a node that is down, what lasts: account, clock and disk.

    `clock_ns` is what its clock shows, `tree` its newest blocks, `mempool` and `ledger` the
    transactions with the highest fees and the richest accounts, each beside its full count.
    """

    name: NodeId
    address: str
    region: str
    running: bool
    clock_ns: int
    skew_s: float
    hashes: float
    disk_blocks: int
    head: Hash
    height: int
    chain_work: float
    tree: tuple[TreeBlock, ...]
    tree_blocks: int
    orphans: int
    requests: int
    mempool: tuple[TransactionDetail, ...]
    mempool_count: int
    ledger: tuple[Account, ...]
    ledger_count: int
    supply: int
    balance: int
    state_root: Hash
    peers: tuple[Peer, ...]


class Body(msgspec.Struct, frozen=True, array_like=True):
    """What is in a block beside its header; `reward` is what its author is paid."""

    seal: bytes
    bytes: int
    reward: int
    transactions: tuple[TransactionDetail, ...]


class Arrival(msgspec.Struct, frozen=True, array_like=True):
    """A node that accepted a block, how long after it was found, and who sent it."""

    node: NodeId
    delay_ns: int
    peer: NodeId | None


class BlockDetail(msgspec.Struct, frozen=True, array_like=True):
    """One block: its header field by field, its proof, its body if it is known, and its spread.

    `target` is what the header's bits ask for and `proof_target` what the hash had to meet, which
    is easier where finds are drawn; both are 64 hexadecimal digits, most significant first.
    `confirmations` counts the blocks of the best chain from this one on, 0 off it. `arrivals` are
    in the order in which they came, and none are known of a block that is old. Of the `children`
    the one on the best chain comes first.
    """

    hash: Hash
    parent: Hash
    height: int
    author: NodeId
    header: bytes
    version: int
    merkle_root: Hash
    time_s: int
    bits: int
    nonce: int
    target: str
    proof_target: str
    work: float
    found_ns: int
    interval_s: float
    best: bool
    confirmations: int
    fees: int
    body: Body | None
    arrivals: tuple[Arrival, ...]
    children: tuple[TreeBlock, ...] = ()


class Spread(msgspec.Struct, frozen=True, array_like=True):
    """How the block of this tick reached the nodes."""

    hash: Hash
    height: int
    author: NodeId
    found_ns: int
    arrivals: tuple[Arrival, ...]


class Retarget(msgspec.Struct, frozen=True, array_like=True):
    """The difficulty that comes next.

    The block at `height` is the next whose work may differ, `work` is what the block now searched
    for takes, and `change` is how much easier or harder the one at `height` is bound to be, judged
    by the blocks so far (0.04 is 4 % more work).
    """

    height: int
    work: float
    change: float


class Hit(msgspec.Struct, frozen=True, array_like=True):
    """Something that a search found: a node, a block or a transaction.

    `kind` is "node", "block" or "transaction", or of the past "tick" or "time"; `id` names it, a
    tick by its height and a time by its nanoseconds. `block` is where a transaction stands, and
    `height` where that is, or where the block itself is; `stale` says that it is a block that is
    not on the best chain.
    """

    kind: str
    id: str
    text: str
    block: Hash | None = None
    height: int | None = None
    stale: bool = False


class Probe(Protocol):
    """Looks into a live race."""

    def node(self, name: NodeId) -> NodeDetail | None:
        """A node from inside; None if it does not take part."""
        ...

    def body(self, hash_: Hash) -> Body | None:
        """What is in a block; None if no node has it."""
        ...

    def retarget(self) -> Retarget | None:
        """The next difficulty, as a node on the best chain computes it."""
        ...
