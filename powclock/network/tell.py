"""What a node tells of its head, as events."""

from powclock.machine.header import display
from powclock.machine.tree import HeadChange
from powclock.record.events import HeadMoved, Reorg


def head_moved(change: HeadChange, state_root: bytes) -> HeadMoved | Reorg:
    """The event of a head that moved, with the state there."""
    new = display(change.new.hash)
    if not change.is_reorg:
        return HeadMoved(new, change.new.height, state_root.hex())
    fork = change.connected[0].parent
    assert fork is not None
    return Reorg(
        hash=new,
        height=change.new.height,
        old=display(change.old.hash),
        fork=display(fork.hash),
        depth=len(change.disconnected),
        connected=len(change.connected),
        state_root=state_root.hex(),
    )
