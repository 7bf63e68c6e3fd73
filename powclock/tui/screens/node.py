"""A node from inside: what it is, and what it believes."""

from collections.abc import Callable, Iterator
from typing import Any

from powclock.lab.expected import Expected
from powclock.lab.expected_of_nodes import share_of_blocks
from powclock.record.detail import Account, NodeDetail, Peer
from powclock.record.events import NANOSECONDS
from powclock.record.frame import ActiveFault, Frame, NodeRow
from powclock.record.narrate import short_hash
from powclock.tui.answers import Answer, answer_of
from powclock.tui.expectations import mark, parts_of_hundred, sentence
from powclock.tui.glyphs import BARS, BEST, CUT, DOWN, FAULTS, RIVAL, STALE, STILL, WRONG_STATE
from powclock.tui.rows import Row
from powclock.tui.screens.sections import Goal, Line, Page, Plan, Section, flow
from powclock.tui.screens.transactions import transaction_row, transaction_titles
from powclock.tui.state import State
from powclock.tui.text import (
    coins,
    count,
    fit,
    hash_rate,
    hashes,
    percent,
    scaled,
    shortened,
    time_of_day,
)
from powclock.tui.widgets.attacks import attack_row, attacks_of
from powclock.tui.widgets.panel import Part
from powclock.tui.widgets.tree import TreeRow, tree_rows

_LABEL = 10
_SPARK = 20
_TABLE_MAX = 60
_STATE = 13
# So few peers are shown without scrolling.
_PEERS_WHOLE = 8


class NodePage(Page):
    """A node; of one that is down, what lasts, and of one that left, what was last seen."""

    HEADING = "NODE"

    def __init__(self, state: State, name: str) -> None:
        super().__init__(state)
        self.name = name
        self._last: NodeDetail | None = None

    def detail(self) -> NodeDetail | None:
        """What is known of it from inside."""
        frame = self.state.frame
        detail = frame.node_detail if frame is not None else None
        if self.state.timeline is not None:
            return None  # what was last seen of it is of another time
        if detail is not None and detail.name == self.name:
            self._last = detail
        return self._last

    @property
    def left(self) -> bool:
        """Whether it takes no part any more."""
        return self.state.row(self.name) is None

    def summary(self, width: int) -> list[Row]:
        """Who it is and how it does."""
        state, palette, row = self.state, self.state.palette, self.state.row(self.name)
        parts: list[Part] = [(self.name, palette.bold(state.node(self.name)))]
        if row is None:
            parts.append((f"{DOWN} has left the race; this is what was last seen", palette.bad))
        else:
            parts.append(_state(state, row))
            if row.region:
                parts.append((row.region, palette.text))
            if row.state == "down":
                parts.append(("what lasts is its disk, its clock and its account", palette.muted))
            else:
                parts += self._standing(row)
        return flow(parts, width, ("  ·  " if width > 90 else " · ", palette.faint))[:2]

    def _standing(self, row: NodeRow) -> list[Part]:
        palette = self.state.palette
        tip = {
            "best": (f"{BEST} on the best chain", palette.best),
            "rival": (f"{RIVAL} on a rival branch", palette.rival),
        }.get(row.tip, ("behind the best chain", palette.stale))
        if answer_of(self.state.frame) is Answer.NOBODY:
            return [(f"{count(row.applied, 'request')} applied", palette.text)]
        return [(f"height {row.height}", palette.text), tip]

    def plan(self, width: int, height: int) -> Plan:
        """Three columns, two, or one section at a time."""
        if answer_of(self.state.frame) is Answer.NOBODY:
            alone = ("NODE", "LEDGER", "PEERS")
            if width >= 90 and height >= 20:
                return ((("NODE", "PEERS"), ("LEDGER",)),)
            return tuple(((name,),) for name in alone)
        if width >= 130 and height >= 24:
            return ((("NODE", "MEMPOOL"), ("TREE",), ("PEERS", "LEDGER")),)
        if width >= 90 and height >= 20:
            return ((("NODE", "TREE"), ("PEERS", "MEMPOOL", "LEDGER")),)
        return tuple(((name,),) for name in ("NODE", "TREE", "MEMPOOL", "LEDGER", "PEERS"))

    def section(self, name: str, width: int) -> Section:
        """A section of what is known."""
        detail = self.detail()
        if detail is None:
            why = "it has left the race" if self.left else self.waiting()
            return self.words(why)
        if name == "NODE":
            return Section(list(self._identity(detail, width)), whole=True)
        if name == "PEERS":
            return self._peers(detail)
        if not detail.running:
            return self.words("down: what was in memory is gone")
        return {"TREE": self._tree, "MEMPOOL": self._mempool, "LEDGER": self._ledger}[name](detail)

    # Who it is.

    def _identity(self, detail: NodeDetail, width: int) -> Iterator[Line]:
        state, palette = self.state, self.state.palette
        frame, row = state.frame, state.row(self.name)
        long = max(width - _LABEL, 8)
        address = shortened(detail.address, long)
        yield self._fact("address", [(address, palette.text)], copy=("address", detail.address))
        yield from self._clock(detail)
        answer = answer_of(frame)
        if answer is Answer.NOBODY and row is not None:
            yield self._fact("applied", [(count(row.applied, "write"), palette.text)])
            return
        if answer is Answer.WORK:
            yield from self._work(detail, row, long)
        if row is not None and frame is not None:
            yield self._found(frame, row)
        yield self._head(detail)
        yield from self._disk(detail)
        if frame is not None:
            yield from self._attacks(frame)

    def _work(self, detail: NodeDetail, row: NodeRow | None, long: int) -> Iterator[Line]:
        """Its hash rate, and what it has spent."""
        palette = self.state.palette
        rate = row.hash_rate if row is not None else 0.0
        parts: list[Part] = [(f"{hash_rate(rate):<10}", palette.text)]
        if row is not None and row.spark:
            spark = row.spark[-min(_SPARK, max(long - 10, 0)) :]
            signs = "".join(BARS[-(-sample * 8 // 255)] for sample in spark)
            parts.append((signs, palette.chart_low))
        yield self._fact("hash rate", parts)
        yield self._fact("spent", [(hashes(detail.hashes), palette.text)])

    def _found(self, frame: Frame, row: NodeRow) -> Line:
        """The blocks that it found against what its share of the hash rate promises."""
        palette, mined = self.state.palette, frame.totals.blocks_mined
        compared = share_of_blocks(frame, row)
        parts: list[Part] = [(count(row.won, "block"), palette.text)]
        if answer_of(frame) is not Answer.WORK:
            return self._fact("sealed", [*parts, (f" of {mined}", palette.muted)])
        expected = f"{row.share * mined:.1f} expected at {percent(row.share)}"
        if isinstance(compared, Expected):
            limits = f"{compared.low * mined:.0f}–{compared.high * mined:.0f}"
            parts += [(" ", palette.muted), mark(compared, palette)]
            expected = f"{row.share * mined:.1f} [{limits}] at {percent(row.share)}"
        return self._fact("found", [*parts, (f"  {expected}", palette.muted)])

    def _attacks(self, frame: Frame) -> Iterator[Line]:
        """How far the attacks are in which it takes part, and by which law they should pay."""
        state = self.state
        for fault in attacks_of(frame):
            if fault.attack is None or self.name not in {fault.attack.attacker, *fault.nodes}:
                continue
            yield Line(_bound(_attack_row, state, fault, frame))
            measured = state.expectations.of_attack(frame, fault)
            if measured is not None:
                label, compared = measured
                told = sentence(compared, state.palette, parts_of_hundred, "%")
                law = compared.law if isinstance(compared, Expected) else f"none: {compared.why}"
                yield self._fact(label, told[:-1])
                yield self._fact("law", [(law, state.palette.muted)])

    def _clock(self, detail: NodeDetail) -> Iterator[Line]:
        palette = self.state.palette
        skewed = abs(detail.skew_s) >= 0.0005
        true_ns = detail.clock_ns - round(detail.skew_s * NANOSECONDS)
        yield self._fact("clock", [
            (time_of_day(detail.clock_ns), palette.warning if skewed else palette.text),
            (f"  {detail.skew_s:+.3g} s" if skewed else "  is right",
             palette.warning if skewed else palette.muted),
        ])  # fmt: skip
        yield self._fact("true", [(time_of_day(true_ns), palette.text)])

    def _head(self, detail: NodeDetail) -> Line:
        palette = self.state.palette
        if not detail.running:
            return self._fact("head", [("none while it is down", palette.muted)])
        work = answer_of(self.state.frame) is Answer.WORK
        return self._fact(
            "head",
            [
                (f"{detail.height} {short_hash(detail.head)}", palette.strong),
                (f"  {hashes(detail.chain_work)} of work" if work else "", palette.muted),
            ],
            goal=Goal("block", detail.head),
            copy=("hash", detail.head),
        )

    def _disk(self, detail: NodeDetail) -> Iterator[Line]:
        palette = self.state.palette
        yield self._fact("disk", [(count(detail.disk_blocks, "block"), palette.text)])
        if detail.running:
            odd = detail.orphans + detail.requests
            yield self._fact("awaits", [
                (f"{count(detail.orphans, 'orphan')}, {detail.requests} asked for",
                 palette.warning if odd else palette.muted),
            ])  # fmt: skip

    def _fact(
        self,
        label: str,
        parts: list[Part],
        goal: Goal | None = None,
        copy: tuple[str, str] | None = None,
    ) -> Line:
        def draw(row: Row) -> None:
            row.put(fit(label, _LABEL), self.state.palette.muted)
            for part in parts:
                row.put(*part)

        return Line(draw, label, goal, copy)

    # What it believes.

    def _tree(self, detail: NodeDetail) -> Section:
        hidden = detail.tree_blocks - len(detail.tree)
        palette = self.state.palette
        rows = tree_rows(detail.tree)
        digits = len(str(rows[0].block.height)) if rows else 0
        lines = [
            Line(_bound(self._tree_row, each, detail.head, digits), each.block.hash,
                 Goal("block", each.block.hash), ("hash", each.block.hash))
            for each in rows
        ]  # fmt: skip
        if hidden > 0:
            text = f"{count(hidden, 'older block')}"
            lines.append(Line(lambda row: row.put(text, palette.muted)))
        return Section(lines, ((count(detail.tree_blocks, "block"), palette.muted),))

    def _tree_row(self, row: Row, each: TreeRow, head: str, digits: int) -> None:
        palette, block = self.state.palette, each.block
        race_head = self.state.frame.head if self.state.frame is not None else ""
        style = palette.text if block.best else palette.stale
        row.put(each.signs, palette.accent if block.best else palette.stale)
        row.put(f"{block.height:>{digits}} ", style).put(f"{short_hash(block.hash)} ", style)
        author = block.author or "genesis"
        hue = self.state.node(block.author) if block.author else palette.muted
        row.put(author, hue if block.best else palette.stale).gap(2)
        if block.hash == head:
            best = head == race_head
            row.put(f"{BEST if best else RIVAL} its head", palette.best if best else palette.rival)
        elif not block.best:
            row.put(f"{STALE} not on its chain", palette.stale)

    def _mempool(self, detail: NodeDetail) -> Section:
        palette = self.state.palette
        waiting = detail.mempool_count
        aside = ((f"{waiting:,} wait, highest fee first" if waiting else "empty", palette.muted),)
        lines = [Line(_bound(transaction_titles, self.state))] if waiting else []
        lines += [
            Line(
                _bound(transaction_row, self.state, each), each.id, copy=("transaction id", each.id)
            )
            for each in detail.mempool
        ]
        return Section(lines, aside)

    def _ledger(self, detail: NodeDetail) -> Section:
        palette = self.state.palette
        root, own = detail.state_root, coins(detail.balance, 4)
        lines = [
            self._fact("root", [(shortened(root, 17), palette.text)],
                       copy=("state root", root)),
            self._fact("own", [(f"{own} of {coins(detail.supply, 0)} coins", palette.text)]),
            Line(self._titles("account", ("balance", 14), ("sent", 6))),
        ]  # fmt: skip
        lines += [
            Line(_bound(self._account_row, each), f"account {each.name}", self._goal(each.name))
            for each in detail.ledger
        ]
        return Section(lines, ((f"{count(detail.ledger_count, 'account')}", palette.muted),))

    def _account_row(self, row: Row, each: Account) -> None:
        palette, known = self.state.palette, self.state.row(each.name) is not None
        style = self.state.node(each.name) if known else palette.text
        row.put(fit(each.name, max(_cells(row) - 20, 4)), style)
        row.put(f"{coins(each.balance, 4):>14}", palette.text)
        row.put(f"{each.nonce:>6}", palette.muted)

    def _goal(self, name: str) -> Goal | None:
        return Goal("node", name) if self.state.row(name) is not None else None

    def _titles(self, name: str, *titles: tuple[str, int]) -> Callable[[Row], object]:
        """The heads of columns; those of numbers are at the right."""
        muted = self.state.palette.muted

        def draw(row: Row) -> None:
            row.put(name, muted).to(_cells(row) - sum(cells for _, cells in titles))
            for title, cells in titles:
                row.put(f"{title:>{cells}}", muted)

        return draw

    # Who it talks to.

    def _peers(self, detail: NodeDetail) -> Section:
        palette = self.state.palette
        cut = sum(peer.cut for peer in detail.peers)
        aside: list[Part] = [(str(len(detail.peers)), palette.muted)]
        if cut:
            aside.append((f" · {CUT} {cut} cut", palette.bad))
        head = self._titles("peer", ("latency", 9), ("sent", 7), ("bytes", 9), ("", _STATE))
        lines = [Line(head)]
        lines += [
            Line(_bound(self._peer_row, peer), peer.name, Goal("node", peer.name))
            for peer in detail.peers
        ]
        return Section(lines, tuple(aside), whole=len(detail.peers) <= _PEERS_WHOLE)

    def _peer_row(self, row: Row, peer: Peer) -> None:
        palette = self.state.palette
        number, prefix = scaled(float(peer.bytes))
        row.put(fit(peer.name, max(_cells(row) - 25 - _STATE, 6)), self.state.node(peer.name))
        row.put(f"{peer.latency_ms:.0f} ms".rjust(9), palette.text)
        row.put(f"{peer.messages:>7}", palette.muted)
        row.put(f"{number} {prefix}B".rjust(9), palette.muted)
        row.gap(2)
        down = self.state.row(peer.name)
        if peer.cut:
            row.put(f"{CUT} cut", palette.bad)
        elif down is not None and down.state == "down":
            row.put(f"{DOWN} down", palette.bad)
        else:
            kinds = [name.partition(":")[0] for name in peer.faults]
            signs = "".join(FAULTS.get(kind, "▲") for kind in kinds)
            one = kinds[0].replace("_", " ") if kinds else ""
            words = one if len(kinds) < 2 else f"{len(kinds)} faults"
            row.put(f"{signs} {words}".strip(), palette.warning)


def _attack_row(row: Row, state: State, fault: ActiveFault, frame: Frame) -> None:
    row.extend(attack_row(state, fault, frame, row.room))


def _state(state: State, row: NodeRow) -> Part:
    palette = state.palette
    work = answer_of(state.frame) is Answer.WORK
    return {
        "down": (f"{DOWN} down", palette.bad),
        "split": (f"{CUT} split from {count(row.peers_cut, 'peer')}", palette.rival),
        "eclipsed": (f"{FAULTS['eclipse']} eclipsed: hears of its attacker alone", palette.bad),
        "dropped": (f"{CUT} dropped: peers do not talk to it for a time", palette.warning),
        "frozen": (f"{STILL} frozen: handles nothing", palette.stale),
        "damaged": (f"{WRONG_STATE} damaged: a bit of its ledger is wrong", palette.bad),
        "mining": ("mining", palette.good),
        "idle": ("idle" if work else "running", palette.muted if work else palette.good),
    }.get(row.state, (row.state, palette.muted))


def _cells(row: Row) -> int:
    """A table that is wider than this is hard to read across."""
    return min(row.width, _TABLE_MAX)


def _bound(draw: Callable[..., object], *args: Any) -> Callable[[Row], object]:
    return lambda row: draw(row, *args)
