"""Several races as one frame: what keys and the list of faults need to know of all of them.

A fault that is on in any race is on; one that a rule declines is on in the others alone, and the
same key ends it there.
"""

from collections.abc import Sequence

from msgspec.structs import replace

from powclock.record.frame import ActiveFault, Frame, NodeRow


def merged(frames: Sequence[Frame]) -> Frame:
    """One frame for all: that of the race that knows hash rates, with the faults of every one."""
    base = max(frames, key=lambda frame: frame.hash_rate)
    faults: dict[str, ActiveFault] = {}
    nodes: dict[str, NodeRow] = {row.name: row for row in base.nodes}
    for frame in frames:
        for fault in frame.faults:
            faults.setdefault(fault.id, fault)
        for row in frame.nodes:
            nodes.setdefault(row.name, row)
    return replace(
        base,
        time_ns=max(frame.time_ns for frame in frames),
        nodes=tuple(nodes.values()),
        faults=tuple(faults.values()),
        sides=next((frame.sides for frame in frames if frame.sides), ()),
        events=(),
        events_left_out=0,
    )
