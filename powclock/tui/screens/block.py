"""A block from inside: its header and proof, what it carries, and how it spread."""

from collections.abc import Callable, Iterator

from rich.style import Style

from powclock.record.detail import Arrival, BlockDetail, TransactionDetail, TreeBlock
from powclock.record.events import Hash
from powclock.record.narrate import short_hash
from powclock.record.turns import Turns
from powclock.tui.answers import Answer, answer_of
from powclock.tui.glyphs import BEST, CUT, DOWN, FAULTS, STALE, STILL
from powclock.tui.rows import PLAIN, Row
from powclock.tui.screens.sections import GUTTER, Goal, Line, Page, Plan, Section, flow
from powclock.tui.screens.transactions import transaction_row, transaction_titles
from powclock.tui.state import State
from powclock.tui.text import clock, coins, count, delay, duration, fit, shortened
from powclock.tui.widgets.curve import Spreading, curve
from powclock.tui.widgets.panel import Part
from powclock.tui.widgets.proof import (
    HeaderField,
    dump_columns,
    dump_row,
    field_style,
    header_fields,
    proof_rows,
)

_SPREAD_ROWS = 9
_LABEL = 13
_BYTES = 7
_DIGITS = 64
_HASH_SEEN = GUTTER + _LABEL + _BYTES + _DIGITS + 1


class BlockPage(Page):
    """A block by its hash."""

    HEADING = "BLOCK"

    def __init__(self, state: State, hash_: Hash) -> None:
        super().__init__(state)
        self.hash = hash_
        self._last: BlockDetail | None = None
        self._roomy = False

    def detail(self) -> BlockDetail | None:
        """What is known of it."""
        frame = self.state.frame
        detail = frame.block_detail if frame is not None else None
        if detail is not None and detail.hash == self.hash:
            self._last = detail
        return self._last

    def parent(self) -> Hash | None:
        """The block that it is built on."""
        detail = self.detail()
        return detail.parent if detail is not None and detail.height > 0 else None

    def child(self) -> Hash | None:
        """The first block that is built on it, of the best chain if there is one."""
        detail = self.detail()
        return detail.children[0].hash if detail is not None and detail.children else None

    def summary(self, width: int) -> list[Row]:
        """What became of it."""
        palette, detail = self.state.palette, self.detail()
        separator = ("  ·  " if width > 90 else " · ", palette.faint)
        if detail is None:
            return flow([(short_hash(self.hash), palette.strong), (self.waiting(), palette.muted)],
                        width, separator)  # fmt: skip
        if detail.best:
            tail = count(detail.confirmations, "confirmation")
            fate = (f"{BEST} on the best chain, {tail}", palette.best)
        else:
            fate = (f"{STALE} stale: not on the best chain", palette.stale)
        parts: list[Part] = [(f"{detail.height} {short_hash(detail.hash)}", palette.strong)]
        if detail.height == 0:
            parts += [("genesis, which all nodes begin with", palette.text), fate]
            return flow(parts, width, separator)
        author = palette.bold(self.state.node(detail.author))
        parts += [
            (detail.author, author),
            fate,
            (f"found at {clock(detail.found_ns)}, {duration(detail.interval_s)} after its parent",
             palette.text),
        ]  # fmt: skip
        if detail.body is not None:
            parts.append((f"{detail.body.bytes:,} bytes", palette.muted))
            seal = detail.body.seal
            words = (
                f"seal {shortened(seal.hex(), 16)}"
                if seal
                else "no seal: the header is its own proof"
            )
            parts.append((words, palette.muted))
        return flow(parts, width, separator)[:3]

    def plan(self, width: int, height: int) -> Plan:
        """Two columns, some sections together, or one at a time."""
        self._roomy = width >= 130 and height >= 30
        if self._roomy:
            return ((("HEADER", "PROOF", "TRANSACTIONS"), ("SPREAD", "CHAIN", "ARRIVALS")),)
        if width >= 90 and height >= 22:
            return (
                (("HEADER", "PROOF"),),
                (("TRANSACTIONS",),),
                (("SPREAD", "CHAIN"), ("ARRIVALS",)),
            )
        alone = ("HEADER", "PROOF", "TRANSACTIONS", "ARRIVALS")
        last = ("SPREAD", "CHAIN")
        if height >= _SPREAD_ROWS + 7:
            return (*(((name,),) for name in alone), (last,))
        return tuple(((name,),) for name in (*alone, *last))

    def widths(self, columns: int, width: int) -> list[int]:
        """A hash has 64 digits, and they should be seen."""
        if columns == 2 and width >= _HASH_SEEN + 55:
            return [_HASH_SEEN, width - _HASH_SEEN]
        return super().widths(columns, width)

    def section(self, name: str, width: int) -> Section:
        """A section of what is known."""
        detail = self.detail()
        if detail is None:
            return self.words(self.waiting())
        sections: dict[str, Callable[[BlockDetail, int], Section]] = {
            "HEADER": self._header,
            "PROOF": self._proof,
            "TRANSACTIONS": self._transactions,
            "SPREAD": self._spread,
            "ARRIVALS": self._arrivals,
            "CHAIN": self._chain,
        }
        return sections[name](detail, width)

    def waiting(self) -> str:
        """Why nothing is known of it."""
        frame = self.state.frame
        gone = frame is not None and frame.block_gone == self.hash
        return "no longer kept" if gone else super().waiting()

    # The header and its proof.

    def _header(self, detail: BlockDetail, width: int) -> Section:
        palette = self.state.palette
        whole = HeaderField("hash", 0, len(detail.header), detail.hash, digits=True)
        lines = [
            Line(self._field(whole, palette.strong), "hash", None, ("hash", detail.hash)),
        ]
        for index, each in enumerate(header_fields(detail)):
            goal = Goal("block", detail.parent) if each.name == "parent" and detail.height else None
            draw = self._field(each, field_style(palette, index))
            lines.append(Line(draw, each.name, goal, (each.name, each.value)))
        if self._roomy:
            lines.append(Line(lambda row: row))
        columns = dump_columns(width)
        starts = range(0, len(detail.header), columns)
        lines += [Line(self._dump(detail, start, columns)) for start in starts]
        return Section(lines, (("80 bytes", palette.muted),), whole=True)

    def _field(self, each: HeaderField, style: Style) -> Callable[[Row], object]:
        palette = self.state.palette

        def draw(row: Row) -> None:
            row.put(fit(each.name, _LABEL), style)
            if row.room >= _DIGITS + _BYTES:
                row.put(fit(f"{each.start}–{each.end - 1}", _BYTES), palette.muted)
            value = shortened(each.value, row.room) if each.digits else each.value
            row.put(value, palette.text)

        return draw

    def _dump(self, detail: BlockDetail, start: int, columns: int) -> Callable[[Row], object]:
        return lambda row: dump_row(row, detail, start, columns, self.state.palette)

    def _proof(self, detail: BlockDetail, width: int) -> Section:
        frame = self.state.frame
        if frame is not None and answer_of(frame) is not Answer.WORK and detail.height:
            told = self._sealed(detail, frame.turns)
            return Section([Line(_drawn(row)) for row in flow(told, width, (" ", PLAIN))])
        rows = proof_rows(detail, self.state.palette, width)
        return Section([Line(_drawn(row)) for row in rows], whole=True)

    def _sealed(self, detail: BlockDetail, turns: Turns | None) -> list[Part]:
        """Where nobody hashes: by whom and for which turn it is signed."""
        palette = self.state.palette
        author = (detail.author, palette.bold(self.state.node(detail.author)))
        words: list[Part] = [("signed by", palette.muted), author]
        if turns is not None:
            slot = (detail.nonce - 1) // turns.blocks
            words += [
                (f"for beat {detail.nonce}, in slot {slot}.", palette.text),
                ("The others check the signature against a key that they know,", palette.muted),
                ("and the beat against their own clocks;", palette.muted),
            ]
        return [*words, ("the hash itself proves nothing.", palette.muted)]

    # What it carries.

    def _transactions(self, detail: BlockDetail, width: int) -> Section:
        palette, body = self.state.palette, detail.body
        if body is None:
            genesis = "genesis carries nothing but a message"
            if self.state.timeline is not None and detail.height:
                return self.words(self.untold())
            return self.words("no node keeps it any more" if detail.height else genesis)
        aside = count(len(body.transactions), "transaction")

        def coinbase(row: Row) -> None:
            author = self.state.node(detail.author)
            row.put("coinbase pays ", palette.muted).put(detail.author, author)
            fresh, fees = coins(body.reward - detail.fees, 4), coins(detail.fees, 4)
            row.gap(2).put(coins(body.reward, 4), palette.text)
            row.put(f" = {fresh} + {fees} fees", palette.muted)

        lines = [Line(coinbase, "coinbase", Goal("node", detail.author))]
        if body.transactions:
            lines.append(Line(lambda row: transaction_titles(row, self.state)))
        lines += [
            Line(self._transaction(each), each.id, copy=("transaction id", each.id))
            for each in body.transactions
        ]
        return Section(lines, ((aside, palette.muted),))

    def _transaction(self, each: TransactionDetail) -> Callable[[Row], object]:
        return lambda row: transaction_row(row, self.state, each)

    # How it spread.

    def _absent(self, detail: BlockDetail) -> list[str]:
        have = {arrival.node for arrival in detail.arrivals}
        frame = self.state.frame
        return [row.name for row in frame.nodes if row.name not in have] if frame else []

    def _spread(self, detail: BlockDetail, width: int) -> Section:
        palette = self.state.palette
        if not detail.arrivals:
            return self.words(self._unknown(detail))
        nodes = len(detail.arrivals) + len(self._absent(detail))
        spreading = Spreading([each.delay_ns for each in detail.arrivals], nodes)
        rows = curve(spreading, palette, width, _SPREAD_ROWS)
        half = spreading.half_ns
        aside = "" if half is None else f"half after {delay(half)}"
        return Section([Line(_drawn(row)) for row in rows], ((aside, palette.muted),), whole=True)

    @staticmethod
    def _unknown(detail: BlockDetail) -> str:
        return "too long ago to know" if detail.height else "all nodes begin with it"

    def _arrivals(self, detail: BlockDetail, width: int) -> Section:
        palette = self.state.palette
        if not detail.arrivals:
            return self.words(self._unknown(detail))
        absent = self._absent(detail)
        lines = [
            Line(self._arrival(each), each.node, self._goal(each.node)) for each in detail.arrivals
        ]
        lines += [Line(self._missing(name), name, Goal("node", name)) for name in absent]
        aside: list[Part] = [(f"{len(detail.arrivals)} of {len(lines)} nodes", palette.muted)]
        return Section(lines, tuple(aside))

    def _goal(self, name: str) -> Goal | None:
        return Goal("node", name) if self.state.row(name) is not None else None

    def _arrival(self, each: Arrival) -> Callable[[Row], object]:
        palette = self.state.palette

        def draw(row: Row) -> None:
            row.put(fit(each.node, 14), self.state.node(each.node))
            if each.peer is None:
                row.put(f"{'0 ms':>9}  ", palette.muted).put("found it", palette.best)
                return
            row.put(f"{delay(each.delay_ns):>9}", palette.text).put("  from ", palette.muted)
            row.put(each.peer, self.state.node(each.peer))

        return draw

    def _missing(self, name: str) -> Callable[[Row], object]:
        palette, there = self.state.palette, self.state.row(name)
        state = there.state if there is not None else ""
        word = {
            "down": f"{DOWN} down",
            "frozen": f"{STILL} frozen",
            "split": f"{CUT} split",
            "eclipsed": f"{FAULTS['eclipse']} eclipsed",
            "dropped": f"{CUT} dropped",
        }.get(state, "")

        def draw(row: Row) -> None:
            row.put(fit(name, 14), self.state.node(name))
            row.put(f"{'not yet':>9}  ", palette.warning).put(word, palette.bad)

        return draw

    # What stands before and after it.

    def _chain(self, detail: BlockDetail, width: int) -> Section:
        return Section(list(self._neighbours(detail)), whole=True)

    def _neighbours(self, detail: BlockDetail) -> Iterator[Line]:
        palette = self.state.palette
        if detail.height:
            text = f"{detail.height - 1} {short_hash(detail.parent)}"

            def parent(row: Row) -> None:
                row.put("← parent  ", palette.muted).put(text, palette.text)

            yield Line(parent, detail.parent, Goal("block", detail.parent),
                       ("hash", detail.parent))  # fmt: skip
        if not detail.children:
            yield Line(lambda row: row.put("→ nothing is built on it yet", palette.muted))
        for child in detail.children:
            yield Line(self._child(child), child.hash, Goal("block", child.hash),
                       ("hash", child.hash))  # fmt: skip

    def _child(self, child: TreeBlock) -> Callable[[Row], object]:
        palette = self.state.palette

        def draw(row: Row) -> None:
            row.put("→ child   ", palette.muted)
            row.put(f"{child.height} {short_hash(child.hash)}  ", palette.text)
            row.put(child.author, self.state.node(child.author))
            if not child.best:
                row.put(f"  {STALE} stale", palette.stale)

        return draw


def _drawn(done: Row) -> Callable[[Row], object]:
    return lambda row: row.extend(done)
