"""The line under the chain: what the picture shows, in words that need no glossary.

It tells of the block that the person chose, or else of what the network is doing: whether all build
on one block, or why they do not. A reorg has a banner of its own.
"""

from rich.style import Style

from powclock.record.frame import Frame
from powclock.record.narrate import short_hash
from powclock.tui.answers import Answer, answer_of
from powclock.tui.glyphs import BEST, CUT, FORK, POINTER, REORG, WITHHELD
from powclock.tui.lanes import Placed
from powclock.tui.rows import Row
from powclock.tui.text import count, duration
from powclock.tui.theme import Palette
from powclock.tui.widgets.chain_late import late
from powclock.tui.widgets.chain_reorg import Told
from powclock.tui.widgets.chain_scene import Scene

HASH_DIGITS = 16

_INSPECT = "  ⏎ inspect"


def banner(told: Told, palette: Palette, width: int) -> Row:
    """A reorg in one line, and in plain words as far as there is room."""
    row = Row(width)
    text = f" {REORG} reorg {told.who}  {told.size}  {told.moved} "
    if len(text) > width:
        text = f" {REORG} {told.who} {told.size} "
    row.put(text, palette.banner)
    gone, come = count(told.depth, "block"), count(told.connected, "block")
    for words in (
        f" gave up {gone} for {come} of a heavier branch",
        f" {gone} given up for {come}",
    ):
        if len(words) <= row.room:
            return row.put(words, palette.muted)
    return row


def chosen(scene: Scene, place: Placed | None, width: int) -> Row:
    """The block that was chosen."""
    state, palette = scene.state, scene.state.palette
    row = Row(width).put(f"{POINTER} ", palette.bold(palette.accent))
    if place is None:
        digits = (state.block or "")[-HASH_DIGITS:]
        return row.put(digits, palette.text).put(" is not in this part of the chain", palette.muted)
    block = place.block
    row.put(f"{block.height} ", palette.bold(palette.accent))
    row.put(block.hash[-HASH_DIGITS:], palette.text)
    if block.height:
        row.put("  by ", palette.muted).put(block.author, state.node(block.author))
        row.put(f" {duration(block.interval_s)} after its parent", palette.muted)
        row.put(f"  {count(block.transactions, 'transaction')}", palette.muted)
    else:
        row.put("  genesis, which nobody found", palette.muted)
    if block.holders:
        row.put(f"  head of {count(block.holders, 'node')}", palette.text)
    elif block.withheld:
        row.put(f"  {WITHHELD} withheld: nobody else has it", palette.bad)
    elif not scene.alive(place):
        stale = "  stale: no node builds on it"
        row.put(stale if len(stale + _INSPECT) <= row.room else "  stale", palette.stale)
    return row.right((_INSPECT, palette.muted))


def caption(scene: Scene, width: int) -> Row:
    """What the network is doing."""
    frame, palette, row = scene.frame, scene.state.palette, Row(width)
    rivals = [tip for tip in frame.tips if tip.hash in scene.held]
    best = next((tip for tip in frame.tips if tip.best), None)
    running = sum(len(tip.nodes) for tip in frame.tips)
    if best is None or not frame.height:
        search = answer_of(frame) is Answer.WORK
        nobody = "the nodes search for" if search else "nobody has sealed"
        return row.put(f"{nobody} the first block", palette.muted)
    for fault in frame.faults:
        attack = fault.attack
        if attack is None or not attack.withheld:
            continue
        hidden = count(attack.withheld, "block")
        who = f"{attack.attacker} withholds {hidden}"
        if fault.fault == "eclipse":
            who = f"nobody hears of {hidden} of {' '.join(fault.nodes)}"
        row.put(f"{WITHHELD} {who}", palette.bad)
        lead = attack.branch - attack.public
        told = (
            f": {attack.branch} on its branch, {attack.public} on the public one since they parted",
            f": {attack.branch} secret, {attack.public} public since they parted",
            f": {abs(lead)} {'ahead' if lead >= 0 else 'behind'}",
        )
        return _tail(row, told, palette.muted)
    if not rivals:
        return _agreed(row, scene, len(best.nodes), running)
    parts = [(short_hash(tip.hash), len(tip.nodes)) for tip in (best, *rivals)]
    if frame.sides:
        row.put(f"{CUT} the network is cut: ", palette.bad)
    else:
        row.put(f"{FORK} fork: ", palette.bold(palette.rival))
    for index, (name, nodes) in enumerate(parts[:3]):
        style = palette.rival if index else palette.best
        row.put(", " if index else "", palette.muted)
        row.put(f"{count(nodes, 'node')} on {name}", style)
    if len(parts) > 3:
        row.put(f", {len(parts) - 3} more", palette.muted)
    words = _outlook(frame, rivals[0].height)
    return _tail(row, words, palette.muted)


def _outlook(frame: Frame, rival_height: int) -> tuple[str, ...]:
    if frame.sides:
        return (
            "; each side goes on alone, and the branch with less work will lose",
            "; the branch with less work will lose",
        )
    if rival_height == frame.height:
        return (
            "; both are valid, and whichever is extended first wins",
            "; the next block decides",
        )
    return ("; the one with more work wins as soon as all have heard of it", "; more work wins")


def _agreed(row: Row, scene: Scene, nodes: int, running: int) -> Row:
    frame, palette = scene.frame, scene.state.palette
    who = f"all {running} nodes build" if nodes == running else f"{nodes} of {running} nodes build"
    if running == 1:
        who = "one node builds"
    row.put(f"{BEST} ", palette.best).put(f"{who} on ", palette.muted)
    row.put(f"{frame.height} {short_hash(frame.head)}", palette.best)
    if frame.leader is not None:
        row.put(" by ", palette.muted).put(frame.leader, scene.state.node(frame.leader))
    if nodes < running:
        return _tail(row, late(frame), palette.muted)
    return row


def _tail(row: Row, texts: tuple[str, ...], style: Style) -> Row:
    for text in texts:
        if len(text) <= row.room:
            return row.put(text, style)
    return row
