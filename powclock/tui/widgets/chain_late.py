"""Why some nodes do not build on the best block, in the words of the chain's caption.

A block is under way to most of them. To some none gets: they are cut off, eclipsed or frozen.
"""

from powclock.record.frame import Frame, NodeRow
from powclock.tui.text import count

YET = "have not heard of it yet"


def late(frame: Frame) -> tuple[str, ...]:
    """What is said of the nodes that run and have another head, each time in fewer words."""
    why: dict[str, list[str]] = {}
    for row in frame.nodes:
        if row.state != "down" and row.head != frame.head:
            why.setdefault(_cause(frame, row), []).append(row.name)
    if set(why) <= {""}:
        return (f"; the others {YET}", "; others are late")
    named = [(cause, names) for cause, names in why.items() if cause]
    words = ", ".join(
        f"{names[0] if len(names) == 1 else count(len(names), 'node')} "
        f"{'is' if len(names) == 1 else 'are'} {cause}"
        for cause, names in named
    )
    rest = f", the others {YET}" if "" in why else ""
    return (f"; {words}{rest}", f"; {words}", "; " + ", ".join(cause for cause, _ in named))


def _cause(frame: Frame, row: NodeRow) -> str:
    """What keeps the best block from a node; nothing if the block may be under way."""
    if row.state in {"frozen", "eclipsed"}:
        return row.state
    side = next((side for side in frame.sides if row.name in side), ())
    if side and not any(each.head == frame.head for each in frame.nodes if each.name in side):
        return "on the other side"
    if row.peers:
        return ""
    return {"split": "cut off", "dropped": "dropped by all peers"}.get(row.state, "")
