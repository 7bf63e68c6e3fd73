"""The search: nodes by name, blocks by height or hash, transactions by id or client."""

from collections.abc import Iterator
from itertools import islice

from powclock.record.blocks import BlockView
from powclock.record.detail import Hit
from powclock.record.events import NANOSECONDS
from powclock.record.known import TransactionView
from powclock.record.narrate import short_hash
from powclock.record.view import View

# Of each kind, so that many of one do not hide the others.
HITS_MAX = 20
# Fewer digits would match too much of a hash to mean anything.
DIGITS_MIN = 2


def find(view: View, text: str) -> tuple[Hit, ...]:
    """What the words of a person may mean, nodes first, then blocks, then transactions."""
    wanted = text.strip().casefold()
    if not wanted:
        return ()
    kinds = (_nodes(view, wanted), _blocks(view, wanted), _transactions(view, wanted))
    return tuple(hit for hits in kinds for hit in islice(hits, HITS_MAX))


def _nodes(view: View, wanted: str) -> Iterator[Hit]:
    names = [name for name in view.nodes if wanted in name.casefold()]
    for name in sorted(names, key=lambda name: (not name.casefold().startswith(wanted), name)):
        node = view.nodes[name]
        state = f"at {node.height}" if node.running else "down"
        yield Hit("node", name, f"{name}, {state}, {node.won} found")


def _blocks(view: View, wanted: str) -> Iterator[Hit]:
    # What starts with zeros is the start of a hash.
    if wanted.isdecimal() and wanted == str(int(wanted)):
        height = int(wanted)
        at_height = view.blocks.between(height, height)
        for block in sorted(at_height, key=lambda block: not block.best):
            yield _block(block)
    if _is_part_of_a_hash(wanted):
        for block in reversed(view.blocks.between(view.blocks.lowest, view.blocks.highest)):
            if block.hash.startswith(wanted) or block.hash.endswith(wanted):
                yield _block(block)


def _block(block: BlockView) -> Hit:
    by = f"by {block.author}" if block.author else "genesis"
    state = "" if block.best else ", stale"
    text = f"{block.height} {short_hash(block.hash)} {by}{state}"
    return Hit("block", block.hash, text, height=block.height, stale=not block.best)


def _transactions(view: View, wanted: str) -> Iterator[Hit]:
    digits = _is_part_of_a_hash(wanted)
    for transaction in reversed(view.transactions.values()):
        by_id = digits and (transaction.id.startswith(wanted) or transaction.id.endswith(wanted))
        if by_id or wanted == transaction.client.casefold():
            yield _transaction(view, transaction)


def _transaction(view: View, transaction: TransactionView) -> Hit:
    block = view.blocks.get(transaction.block) if transaction.block is not None else None
    where = "waits" if transaction.block is None else "confirmed"
    if block is not None:
        where = f"in {short_hash(block.hash)} at {block.height}"
    sent_s = transaction.sent_ns / NANOSECONDS
    sender = f"{transaction.client} via {transaction.node}"
    text = f"{short_hash(transaction.id)} of {sender} at {sent_s:.1f} s"
    height = block.height if block is not None else None
    return Hit("transaction", transaction.id, f"{text}, {where}", transaction.block or None, height)


def _is_part_of_a_hash(wanted: str) -> bool:
    return DIGITS_MIN <= len(wanted) <= 64 and all(c in "0123456789abcdef" for c in wanted)
