"""Looks into a live race for what the records do not say: a node's own tree, ledger, mempool and
links, and what is in a block.
"""

from heapq import nlargest
from itertools import islice
from typing import TYPE_CHECKING

from powclock.clock.virtual_loop import NANOSECONDS
from powclock.machine.header import NO_PARENT, display, from_display
from powclock.machine.ledger import Ledger
from powclock.machine.target import bits_to_target, target_to_work
from powclock.machine.transaction import Transaction
from powclock.machine.tree import BlockTree
from powclock.network.node import Node
from powclock.network.wire import Deliver, encode
from powclock.record.detail import (
    Account,
    Body,
    NodeDetail,
    Peer,
    Retarget,
    TransactionDetail,
    TreeBlock,
)
from powclock.record.events import Hash, NodeId
from powclock.record.view import View

if TYPE_CHECKING:
    from powclock.race.builder import Seat
    from powclock.race.world import World

TREE_BLOCKS_MAX = 40
ROWS_MAX = 100


class WorldProbe:
    """Answers for a world (`detail.Probe`); the view knows who found which block."""

    def __init__(self, world: "World", view: View) -> None:
        self._world = world
        self._view = view

    def node(self, name: NodeId) -> NodeDetail | None:
        """A node from inside; None if it does not take part."""
        seat = next((seat for seat in self._world.seats() if seat.name == name), None)
        if seat is None:
            return None
        node = seat.node
        ledger = node.ledger if node is not None else None
        chained = node if isinstance(node, Node) else None
        requests, orphans = chained.gossip.waiting if chained is not None else (0, 0)
        tree = chained.replica.tree if chained is not None else None
        return NodeDetail(
            name=name,
            address=seat.address.hex(),
            region=seat.region,
            running=node is not None,
            clock_ns=seat.clock.now(),
            skew_s=seat.clock.skew_ns / NANOSECONDS,
            hashes=seat.miner.hashes(),
            disk_blocks=len(seat.disk),
            head=display(tree.head.hash) if tree is not None else "",
            height=tree.head.height if tree is not None else 0,
            chain_work=float(tree.head.chain_work) if tree is not None else 0.0,
            tree=self._tree(tree) if tree is not None else (),
            tree_blocks=len(tree) if tree is not None else 0,
            orphans=orphans,
            requests=requests,
            mempool=self._mempool(chained) if chained is not None else (),
            mempool_count=node.mempool_count if node is not None else 0,
            ledger=self._accounts(ledger) if ledger is not None else (),
            ledger_count=len(ledger) if ledger is not None else 0,
            supply=ledger.supply if ledger is not None else 0,
            balance=ledger.account(seat.address).balance if ledger is not None else 0,
            state_root=ledger.state_root.hex() if ledger is not None else "",
            peers=self._peers(seat),
        )

    def _tree(self, tree: BlockTree) -> tuple[TreeBlock, ...]:
        newest = list(islice(reversed(tree.entries.values()), TREE_BLOCKS_MAX))
        blocks = []
        for entry in sorted(newest, key=lambda entry: entry.height):
            hash_ = display(entry.hash)
            known = self._view.blocks.get(hash_)
            parent = NO_PARENT if entry.parent is None else entry.parent.hash
            blocks.append(
                TreeBlock(
                    hash_,
                    display(parent),
                    entry.height,
                    known.author if known is not None else "",
                    tree.in_best_chain(entry),
                )
            )
        return tuple(blocks)

    def _mempool(self, node: Node) -> tuple[TransactionDetail, ...]:
        richest = nlargest(ROWS_MAX, node.replica.mempool, key=lambda each: (each.fee, each.id))
        return tuple(map(self._transaction, richest))

    def _transaction(self, transaction: Transaction) -> TransactionDetail:
        return TransactionDetail(
            display(transaction.id),
            self._world.name_of(transaction.sender),
            self._world.name_of(transaction.recipient),
            transaction.amount,
            transaction.fee,
            transaction.nonce,
        )

    def _accounts(self, ledger: Ledger) -> tuple[Account, ...]:
        richest = nlargest(ROWS_MAX, ledger, key=lambda item: (item[1].balance, item[0]))
        return tuple(
            Account(self._world.name_of(address), account.balance, account.nonce)
            for address, account in richest
        )

    def _peers(self, seat: "Seat") -> tuple[Peer, ...]:
        return tuple(
            Peer(
                link.target,
                link.latency_ns / NANOSECONDS * 1000,
                link.messages,
                link.bytes,
                link.severed,
                link.stages,
            )
            for link in self._world.peers(seat.name)
        )

    def body(self, hash_: Hash) -> Body | None:
        """What is in a block; None if no node has it."""
        inner = from_display(hash_)
        for seat in self._world.seats():
            if inner in seat.disk:
                block = seat.disk[inner]
                return Body(
                    seal=block.seal,
                    bytes=len(encode(Deliver(block))),
                    reward=block.coinbase.amount,
                    transactions=tuple(map(self._transaction, block.transactions)),
                )
        return None

    def retarget(self) -> Retarget | None:
        """The next difficulty, as a node on the best chain computes it; None without work."""
        terms = self._world.election.work
        if terms is None:
            return None
        tick = self._view.tick
        best = tick.hash if tick is not None else None
        for node in self._world.running().values():
            head = node.head
            if best is None or display(head.hash) == best:
                difficulty = terms.difficulty
                height, bits = difficulty.outlook(head)
                work = _work_of(difficulty.next_bits(head))
                before = _work_of(head.bits) if head.height else work
                if height > head.height + 1:
                    before = work
                return Retarget(height, float(work), _work_of(bits) / before - 1)
        return None


def _work_of(bits: int) -> int:
    return target_to_work(bits_to_target(bits))
