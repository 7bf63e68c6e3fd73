"""What the view keeps of each node, of each transaction, and in counts of the whole race."""

from collections import deque
from dataclasses import dataclass, field

from powclock.record.events import Hash, NodeId
from powclock.record.facts import NodeInfo, NodeSample

SPARK_SAMPLES = 60


@dataclass(slots=True)
class NodeView:
    """What is known of one node."""

    info: NodeInfo
    running: bool = False
    frozen: bool = False
    damaged: bool = False
    applied: int = 0
    head: Hash = ""
    height: int = 0
    seen_ns: int = 0
    won: int = 0
    refused: int = 0
    sample: NodeSample | None = None
    rates: deque[float] = field(default_factory=lambda: deque(maxlen=SPARK_SAMPLES))


@dataclass(slots=True)
class TransactionView:
    """A transaction that a client sent; `block` has it on the best chain, if any does."""

    id: Hash
    client: str
    node: NodeId
    sent_ns: int
    amount: int
    fee: int
    block: Hash | None = None


@dataclass(slots=True)
class Counts:
    """Running counts; see `Totals`."""

    forks: int = 0
    reorgs: int = 0
    reorg_depth_max: int = 0
    blocks_mined: int = 0
    blocks_refused: int = 0
    messages_refused: int = 0
    peers_dropped: int = 0
    equivocations: int = 0
    transactions_sent: int = 0
    transactions_confirmed: int = 0
    transactions_returned: int = 0
    messages: int = 0
    message_bytes: int = 0
