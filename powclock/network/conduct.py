"""Conduct: what a node answers to a peer whose message it refuses, and whom it does not talk to.

One question decides: can an honest peer send this? Honest peers have other clocks, other heads and
other ledgers, their links lose and damage what they send, and they restart. But they announce and
push only blocks of their best chain, which they have judged in full, and pass on only transfers of
their mempool. What no such peer can send is misbehaviour, and the peer is dropped. So it is never
an honest peer that is cut off.

This mirrors Bitcoin Core: `MaybePunishNodeForBlock` and the calls of `Misbehaving` in
net_processing.cpp. Where it differs, the line says why.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any

from powclock.clock.virtual_loop import NANOSECONDS
from powclock.machine.reason import Reason

# Bitcoin Core forgets whom it discourages when it restarts, and so does a node here; a race is
# short, so a peer is also forgiven after this time. Then both say hello as if a link came up.
BAN_NS = 30 * NANOSECONDS

# A block that nobody asked for may lie so many blocks' work below the head (Core:
# `GetAntiDoSWorkThreshold`), or else old parents with low difficulty would fill the memory.
ANTI_DOS_BLOCKS = 144

PEERS_MAX = 1_000  # no race has more nodes; who is no peer any more is forgotten

NodeId = str


class Answer(StrEnum):
    """What follows a refusal, besides that nothing has changed.

    `DROP`: the peer misbehaves, and is not talked to for a time. `IGNORE`: nobody is to blame, and
    nothing follows. `TEMPORARY`: the same may be right later, so it is never condemned.
    """

    DROP = "drop"
    IGNORE = "ignore"
    TEMPORARY = "temporary"


_DROP, _IGNORE, _TEMPORARY = Answer.DROP, Answer.IGNORE, Answer.TEMPORARY

BLOCKS: Mapping[Reason, Answer] = {
    # The header alone is wrong for everybody (BLOCK_INVALID_HEADER, BLOCK_CONSENSUS).
    Reason.HIGH_HASH: _DROP,
    Reason.BAD_DIFFBITS: _DROP,
    Reason.BAD_VERSION: _DROP,
    Reason.TIME_TOO_OLD: _DROP,  # the median is of the block's own ancestors: equal everywhere
    Reason.TIME_TOO_NEW: _TEMPORARY,  # clocks differ (BLOCK_TIME_FUTURE)
    # Where leaders take turns, every node knows all keys and the whole schedule.
    Reason.BAD_LEADER: _DROP,
    Reason.BAD_SLOT: _DROP,
    # Its place.
    Reason.DUPLICATE: _IGNORE,  # several peers push what one fetch asked for
    Reason.DUPLICATE_INVALID: _DROP,  # BLOCK_CACHED_INVALID; Core spares inbound peers, see module
    Reason.BAD_PREVBLK: _DROP,  # BLOCK_INVALID_PREV
    Reason.PREV_BLK_NOT_FOUND: _TEMPORARY,  # Core drops for it; here blocks are pushed and overtake
    Reason.TOO_LITTLE_CHAINWORK: _IGNORE,  # it may have been asked for before (HEADER_LOW_WORK)
    # The body is not the header's (BLOCK_MUTATED). Links cannot do that, as frames have checksums.
    # The header is not condemned: somebody else may have its own body.
    Reason.BAD_SEAL: _DROP,
    Reason.BAD_TXNMRKLROOT: _DROP,
    Reason.BAD_TXNS_DUPLICATE: _DROP,
    # The body is the header's and breaks a rule (BLOCK_CONSENSUS). Effects on a side branch are
    # judged late, but an honest peer sends nothing of a branch that it has not judged in full.
    Reason.BAD_BLK_LENGTH: _DROP,
    Reason.BAD_CB_HEIGHT: _DROP,
    Reason.BAD_CB_LENGTH: _DROP,
    Reason.BAD_CB_AMOUNT: _DROP,
    Reason.BAD_TXNS_CHAIN_ID: _DROP,
    Reason.BAD_TXNS_KEY: _DROP,
    Reason.BAD_TXNS_SIGNATURE: _DROP,
    Reason.BAD_TXNS_AMOUNT: _DROP,
    Reason.BAD_TXNS_FEE: _DROP,
    Reason.BAD_TXNS_NONCE_SPENT: _DROP,
    Reason.BAD_TXNS_NONCE_GAP: _DROP,
    Reason.BAD_TXNS_IN_BELOWOUT: _DROP,
}

TRANSACTIONS: Mapping[Reason, Answer] = {
    # Wrong for everybody (TX_CONSENSUS). Core 30 no longer drops for these, as its rules soft-fork
    # and old nodes pass on what new ones refuse; one race has one set of rules.
    Reason.BAD_TXNS_CHAIN_ID: _DROP,
    Reason.BAD_TXNS_KEY: _DROP,
    Reason.BAD_TXNS_SIGNATURE: _DROP,
    Reason.BAD_TXNS_AMOUNT: _DROP,
    Reason.BAD_TXNS_FEE: _DROP,
    Reason.BAD_TXNS_NONCE_GAP: _DROP,  # of a transfer alone: a nonce that no account can reach
    # Wrong for our ledger or mempool; the peer's may differ (TX_CONFLICT, TX_MEMPOOL_POLICY).
    Reason.BAD_TXNS_NONCE_SPENT: _IGNORE,
    Reason.TXN_ALREADY_IN_MEMPOOL: _IGNORE,
    Reason.TXN_MEMPOOL_CONFLICT: _IGNORE,
    # Coins may come, and room.
    Reason.BAD_TXNS_IN_BELOWOUT: _TEMPORARY,
    Reason.TOO_LONG_MEMPOOL_CHAIN: _TEMPORARY,
    Reason.MEMPOOL_FULL: _TEMPORARY,
}

MESSAGES: Mapping[Reason, Answer] = {
    Reason.BAD_CHECKSUM: _IGNORE,  # a link did it; Core ignores it too
    # Behind a right checksum it is what the peer wrote. Core drops for size, lists that are too
    # long and a wrong magic; what it cannot parse it ignores, as peers of other versions may send
    # it. There is one version here.
    Reason.OVERSIZED: _DROP,
    Reason.TRUNCATED: _DROP,
    Reason.TRAILING: _DROP,
    Reason.MALFORMED: _DROP,
    Reason.WRONG_NETWORK: _DROP,
}


class Conduct:
    """What one node remembers of each peer; `peers` is whom it is connected to now.

    Whom it does not talk to (`shunned`: nothing is taken from them, and nothing said to them), how
    many old blocks it has asked each for, and the last block that each delivered.
    """

    def __init__(self, peers: Mapping[NodeId, object]) -> None:
        self._peers = peers
        self.shunned: dict[NodeId, None] = {}
        self._asked: dict[NodeId, int] = {}
        self._delivered: dict[NodeId, bytes] = {}

    def __len__(self) -> int:
        """Of how many peers something is remembered."""
        return max(len(self.shunned), len(self._asked), len(self._delivered))

    def drop(self, peer: NodeId) -> None:
        """Do not talk to the peer any more."""
        self.shunned[peer] = None
        self._asked.pop(peer, None)
        self._delivered.pop(peer, None)

    def forgive(self, peer: NodeId) -> None:
        """Talk to the peer again."""
        self.shunned.pop(peer, None)

    def asked(self, peer: NodeId, count: int) -> None:
        """The peer was told how far we are: it may send so many blocks from there on."""
        self._asked[peer] = count
        self._forget_strangers(self._asked)

    def spend(self, peer: NodeId) -> bool:
        """Take one of the blocks that a peer was asked for; False if there is none left."""
        left = self._asked.get(peer, 0)
        if left:
            self._asked[peer] = left - 1
        return left > 0

    def delivered(self, peer: NodeId, hash_: bytes) -> None:
        """The peer delivered a block that is good."""
        self._delivered[peer] = hash_
        self._forget_strangers(self._delivered)

    def reached(self) -> Iterable[bytes]:
        """The last block that each peer delivered."""
        return self._delivered.values()

    def _forget_strangers(self, memory: dict[NodeId, Any]) -> None:
        if len(memory) > len(self._peers):  # one of them is no peer any more
            for peer in [peer for peer in memory if peer not in self._peers]:
                del memory[peer]
