"""A node: a replica that gossips, and a search for the next block on top of its head.

Delivery is a call (`receive`), not a queue; only the search is a task. A new head cancels what it
waits for, and it goes on from there.
"""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass

from powclock.clock.node_clock import Clock
from powclock.election.rule import Rule
from powclock.machine.block import Block, ChainParameters
from powclock.machine.header import BlockHeader, display
from powclock.machine.ledger import Ledger
from powclock.machine.merkle import merkle_root
from powclock.machine.reason import InvalidBlock
from powclock.machine.replica import Replica
from powclock.machine.transaction import Coinbase, Transaction
from powclock.machine.tree import Entry
from powclock.network.audit import Audit
from powclock.network.gossip import Gossip, SendTo
from powclock.network.pending import Later
from powclock.network.storage import Disk
from powclock.network.template import Template
from powclock.record.events import AnyEvent, BlockFound

HEADER_VERSION = 0x2000_0000  # what BIP 9 leaves of the version field: no signals
NodeId = str


@dataclass(frozen=True, slots=True)
class Genesis:
    """What every node starts from."""

    block: Block
    parameters: ChainParameters
    allocation: Mapping[bytes, int]


class Node:
    """One replica that takes part.

    Args:
        name: how records call it.
        address: the public key that its blocks pay.
        names: the name behind each address, for records.
        rule: decides when it may speak and what it believes.
        clock: the only time it reads.
        later: calls back after a duration.
        send: gives bytes to a link.
        peers: whom it is connected to; the network changes it.
        disk: where blocks are; one with blocks in it is read first.
        template: which transfers go into its blocks.
        emit: takes its events.
        dropped: told of a peer that it does not talk to any more.
        forgiven: told of one that it talks to again.
    """

    def __init__(
        self,
        *,
        name: NodeId,
        address: bytes,
        names: Mapping[bytes, NodeId],
        genesis: Genesis,
        rule: Rule,
        clock: Clock,
        later: Later,
        send: SendTo,
        peers: Mapping[NodeId, object],
        disk: Disk,
        template: Template,
        emit: Callable[[AnyEvent], None],
        dropped: Callable[[NodeId], None],
        forgiven: Callable[[NodeId], None],
    ) -> None:
        self.name = name
        self.address = address
        self.rule = rule
        self._clock = clock
        self._peers = peers
        self._disk = disk
        self._emit = emit
        self._search: asyncio.Task[object] | None = None
        self._anew = False
        weight = rule.weight(genesis.block)
        self.replica = Replica(genesis.parameters, genesis.block, weight, genesis.allocation, disk)
        self._draft = _Drafts(self.replica, rule, clock, address, template)
        self._read_disk()
        self.gossip = Gossip(
            replica=self.replica,
            disk=disk,
            rule=rule,
            clock=clock,
            names=names,
            peers=peers,
            send=send,
            later=later,
            emit=emit,
            head_moved=self._head_moved,
            corrupt=lambda: self._audit.resync("before refusing a block"),
            dropped=dropped,
            forgiven=forgiven,
        )
        stagger = int.from_bytes(address[:4], "little")
        self._audit = Audit(self.replica, emit, self._rebuilt, stagger)

    def _read_disk(self) -> None:
        """Take in what the disk holds; a node trusts its own disk."""
        for hash_ in list(self._disk):
            block = self._disk[hash_]
            parent = self.replica.tree.get(block.header.parent)
            if parent is None:
                del self._disk[hash_]
            elif hash_ not in self.replica.tree:
                self._disk.expect(hash_, self._disk.frame(hash_) or b"")
                with suppress(InvalidBlock):  # a damaged ledger had let it pass
                    self.replica.append(block, parent, self.rule.weight(block))

    @property
    def head(self) -> Entry:
        """The tip it builds on."""
        return self.replica.head

    @property
    def chain_id(self) -> int:
        """What transactions are signed for."""
        return self.replica.parameters.chain_id

    @property
    def ledger(self) -> Ledger:
        """Its replica state at its head."""
        return self.replica.ledger

    @property
    def mempool_count(self) -> int:
        """How many transfers wait for a leader."""
        return len(self.replica.mempool)

    @property
    def peer_count(self) -> int:
        """How many links lead from it, severed or not."""
        return len(self._peers)

    # Life.

    async def run(self) -> None:
        """Take part until cancelled."""
        for peer in self._peers:
            self.gossip.connected(peer)
        try:
            while True:
                await self._search_once()
        finally:
            self.stop()

    async def _search_once(self) -> None:
        self._search = task = asyncio.current_task()
        assert task is not None
        try:
            block = await self.rule.seal(self._draft, self._clock)
        except asyncio.CancelledError:
            if not self._anew or task.uncancel():
                raise
            return  # a new head: search on top of that
        finally:
            self._search, self._anew = None, False
        self._found(block)

    def stop(self) -> None:
        """Say nothing more, not even to those that it will forgive."""
        self.gossip.running = False

    def receive(self, peer: NodeId, data: bytes) -> None:
        """Handle what a link delivers."""
        self.gossip.receive(peer, data)

    def connected(self, peer: NodeId) -> None:
        """The link to a peer came up: say how far we are."""
        self.gossip.connected(peer)

    # Clients.

    def submit(self, transaction: Transaction, *, relay: bool = True) -> bool:
        """Take a client's transaction, and pass it on if asked to; whether it waits here."""
        self.gossip.on_transaction(transaction, None, relay=relay)
        return transaction.id in self.replica.mempool

    def balance(self, account: bytes) -> int:
        """What an account owns at this node's head."""
        return self.replica.ledger.account(account).balance

    def done(self, account: bytes, _made: int, /) -> int:
        """How many payments of an account are on this node's chain."""
        return self.replica.ledger.account(account).nonce

    def holds(self, id_: bytes) -> bool:
        """Whether a transfer waits here; one that is on the chain is `done`."""
        return id_ in self.replica.mempool

    # The search.

    def _head_moved(self) -> None:
        self._audit.head_moved()
        self.search_anew()

    def _rebuilt(self) -> None:
        self.gossip.forget_transactions()
        self.search_anew()

    def search_anew(self) -> None:
        """Give the present search up; nothing is lost, as it has no memory."""
        if self._search is not None and not self._anew:
            self._anew = True
            self._search.cancel()

    def _found(self, block: Block) -> None:
        if not self._audit.passes("before publishing a block"):
            return
        parent = self.replica.parent_of(block)
        assert parent is not None, "a search builds on what is known"
        self._emit(block_found(block, parent.height + 1, self.rule.weight(block)))
        self.gossip.accept(block, parent, source=None)


class _Drafts:
    """What a node would seal now (`Draft`); no two are equal, as each has a number."""

    def __init__(
        self, replica: Replica, rule: Rule, clock: Clock, address: bytes, template: Template
    ) -> None:
        self._replica = replica
        self._rule = rule
        self._clock = clock
        self._address = address
        self._template = template
        self._number = 0

    @property
    def parent(self) -> Entry:
        """What the next block follows."""
        return self._replica.head

    def bits(self) -> int:
        """The bits of a draft, which gets its number even if nothing else of it is wanted."""
        self._number += 1
        return self._rule.prepare(self._replica.head, self._clock.now())[1]

    def __call__(self) -> Block:
        """A block with the newest time and the newest transactions."""
        replica = self._replica
        parent, parameters = replica.head, replica.parameters
        time_s, bits, nonce = self._rule.prepare(parent, self._clock.now())
        transactions = self._template.select(
            replica.mempool, replica.ledger, parameters.transactions_max
        )
        height = parent.height + 1
        self._number += 1
        coinbase = Coinbase(
            height,
            self._address,
            parameters.subsidy_at(height) + sum(each.fee for each in transactions),
            self._number.to_bytes(8, "little"),
        )
        root, _ = merkle_root([coinbase.id, *(each.id for each in transactions)])
        header = BlockHeader(HEADER_VERSION, parent.hash, root, time_s, bits, nonce)
        return Block(header, coinbase, transactions)


def block_found(block: Block, height: int, work: int) -> BlockFound:
    """The event of a block that was sealed."""
    return BlockFound(
        hash=display(block.hash),
        parent=display(block.header.parent),
        height=height,
        header=block.header.serialise().hex(),
        bits=block.header.bits,
        work=work,
        transactions=len(block.transactions),
        fees=block.fees,
    )
