"""What a stage takes out of a message, so that who receives it does not learn of a thing."""

from collections.abc import Callable

from powclock.machine.reason import Invalid
from powclock.network.wire import Announce, Deliver, Pass, decode, encode

Hidden = Callable[[bytes], bool]


def nothing(_: bytes) -> bool:
    """Hide none."""
    return False


def without(
    data: bytes, *, blocks: Hidden = nothing, transactions: Hidden = nothing
) -> bytes | None:
    """The message without hidden blocks and transactions; None if nothing of it is left.

    What cannot be read passes: another fault has flipped a bit, and it tells nobody anything.
    """
    try:
        message = decode(data)
    except Invalid:
        return data
    match message:
        case Announce(hashes, ids):
            kept = Announce(
                tuple(hash_ for hash_ in hashes if not blocks(hash_)),
                tuple(id_ for id_ in ids if not transactions(id_)),
            )
            if kept == message:
                return data
            return encode(kept) if kept.blocks or kept.transactions else None
        case Deliver(block) if blocks(block.hash):
            return None
        case Pass(transaction) if transactions(transaction.id):
            return None
        case _:
            return data
