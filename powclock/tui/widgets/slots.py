"""A row of slots: what became of those before, the one of now, and whose come next.

A slot in its leader's hue is filled by its blocks; a hollow one stayed empty, a half one lacks some
of its beats, and a fork stands where blocks of it are not on the best chain: its leader spoke at
another time than the others thought, or twice.
"""

from powclock.record.events import NANOSECONDS
from powclock.record.frame import Frame, NodeRow
from powclock.record.turns import SealedSlot, Turns
from powclock.tui.glyphs import FORK, POINTER, SQUARES
from powclock.tui.rows import Row
from powclock.tui.state import State
from powclock.tui.widgets.panel import Part

# Slots to come that are shown.
COMING = 3
_FULL, _HALF, _EMPTY = tuple(SQUARES)


def sign_of(sealed: SealedSlot, turns: Turns, state: State) -> Part:
    """One slot that is over."""
    palette, hue = state.palette, state.node(turns.leader_of(sealed.slot))
    if sealed.stale:
        return FORK, palette.rival
    if not sealed.best:
        return _EMPTY, palette.bad
    return (_FULL if sealed.best >= turns.blocks else _HALF), hue


def slots_row(state: State, frame: Frame, width: int) -> Row:
    """As many slots as fit, the one of now with a pointer, some to come behind it."""
    turns, palette = frame.turns, state.palette
    row = Row(width)
    if turns is None or width < 6:
        return row
    now = turns.slot_at(frame.time_ns)
    coming = min(COMING, max(width // 6, 1))
    room = width - 2 - coming
    past = [each for each in turns.past if each.slot < now][-room:]
    for sealed in past:
        row.put(*sign_of(sealed, turns, state))
    row.put(POINTER, palette.accent)
    here = next((each for each in turns.past if each.slot == now), None)
    if here is not None and (here.best or here.stale):
        row.put(*sign_of(here, turns, state))
    else:
        row.put("·", palette.bold(state.node(turns.leader_of(now))))
    early = {each.slot: each for each in turns.ahead}
    for slot in range(now + 1, now + coming + 1):
        if slot in early:
            row.put(*sign_of(early[slot], turns, state))
        else:
            row.put("·", state.node(turns.leader_of(slot)))
    return row


def believers(frame: Frame) -> list[NodeRow]:
    """The nodes that run and think by their own clock that they lead now."""
    turns = frame.turns
    if turns is None:
        return []
    return [
        row
        for row in frame.nodes
        if row.state not in {"down", "frozen"} and row.name == turns.leader_of(_slot_of(row, frame))
    ]


def _slot_of(row: NodeRow, frame: Frame) -> int:
    """The slot that it is by a node's clock."""
    assert frame.turns is not None
    return frame.turns.slot_at(frame.time_ns + round(row.skew_s * NANOSECONDS))


def filled(turns: Turns, now: int) -> tuple[int, int]:
    """Of the slots that are over and still known: how many have a block on the best chain."""
    over = [each for each in turns.past if each.slot < now]
    return sum(each.best > 0 for each in over), len(over)
