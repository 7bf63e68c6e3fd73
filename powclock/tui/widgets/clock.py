"""The clock: the height is the time, and who sealed the last block was the leader.

The search for the next block has no memory, so there is no progress to show. What is shown is how
unusual the wait is: the curve of all waits, with the part that is shorter than this one lit.

The clock follows the heaviest chain, not the longest: after a reorg it may show a lower height.
"""

import math

from powclock.lab.expected import Expected
from powclock.record.events import Hash
from powclock.record.frame import Frame
from powclock.tui.answers import Answer, answer_of
from powclock.tui.digits import large, large_width, small
from powclock.tui.expectations import band, mark, parts_of_hundred, seconds, sentence, tenths
from powclock.tui.glyphs import BARS, BEST, FULL
from powclock.tui.rows import Row
from powclock.tui.state import State
from powclock.tui.text import count, duration, percent
from powclock.tui.widgets.nobody import Nobody
from powclock.tui.widgets.panel import Border, Panel, Part
from powclock.tui.widgets.slot_clock import SlotClock

# The curve ends at this many expected intervals: 95 % of all waits are shorter.
_CURVE_END = 3.0
_LARGE_ROWS = 16
_LARGE_COLUMNS = 44
_DIGITS_MAX = 4


class Clock(Panel):
    """The tick and its leader, as large as there is room for."""

    TITLE = "TICK"
    NAME = "clock"
    NUMBER = 1

    def __init__(self, state: State, *, border: Border = Border.NONE) -> None:
        super().__init__(state, border=border)
        self._head: Hash = ""
        self._height = 0
        self._fell_from: int | None = None
        self._cuts = state.cuts
        self._others: dict[Answer, Panel] = {
            Answer.NOBODY: Nobody(state),
            Answer.SCHEDULE: SlotClock(state),
        }

    def instead(self) -> Panel | None:
        """Without blocks there is no clock; where leaders take turns it counts slots."""
        return self._others.get(answer_of(self.state.frame))

    def body(self, width: int, height: int) -> list[Row]:
        """Large digits with the facts beside them; in one row where there is just one."""
        frame = self.state.frame
        if frame is None:
            return []
        self._watch(frame)
        if height < 3 or width < 24:
            return [self._line(frame, width), *self._more(frame, width)][:height]
        if height >= _LARGE_ROWS and width >= _LARGE_COLUMNS:
            return self._large(frame, width, height)
        rows = [Row(width) for _ in range(3)]
        digits = small(str(frame.height), ascii_only=self.state.ascii_only)
        facts = self._facts(frame, height, width - len(digits[0]) - 3)
        for row, line, parts in zip(rows, digits, facts, strict=True):
            row.put(line, self.state.palette.best).gap(3)
            _put(row, parts)
        if height < 5:
            return rows
        last = self._outlook(frame)
        if height >= 6:
            rows.append(Row(width))
        return [*rows, self._waiting(Row(width), 10), _put(Row(width), last)]

    def aside(self) -> list[Part]:
        """The idea, or, where there is no other room, what the difficulty aims at and goes to."""
        frame, palette = self.state.frame, self.state.palette
        if frame is None or self.border is not Border.BOX:
            return []
        if self.inner.height >= 5:
            return [("the height is the time", palette.muted)]
        limits = self._band(frame)
        words = f"{limits} s" if limits else f"goal {duration(frame.interval_s)}"
        goal = (words, palette.muted)
        outlook = self._outlook(frame, short=True)
        return [*outlook, (" · ", palette.faint), goal] if outlook else [goal]

    # What is known.

    def _watch(self, frame: Frame) -> None:
        """Notice that the clock went back."""
        if frame.head != self._head:
            follows = bool(self._head) and self._cuts == self.state.cuts
            fell = follows and frame.height < self._height
            self._cuts = self.state.cuts
            self._fell_from = self._height if fell else None
            self._head, self._height = frame.head, frame.height

    def _facts(self, frame: Frame, height: int, room: int) -> list[list[Part]]:
        palette = self.state.palette
        leader = [("leader ", palette.muted), *self._leader(frame)]
        if frame.height == 0:
            work = answer_of(frame) is Answer.WORK
            return [leader, [("whoever finds a hash" if work else "", palette.muted)], []]
        found = (duration(frame.found_after_s), palette.text)
        if height < 5:
            between: list[Part] = [found, (", mean ", palette.muted), *self._mean(frame)]
            if len("took ") + sum(len(text) for text, _ in between) <= room:
                between.insert(0, ("took ", palette.muted))
            return [leader, between, self._curve(8, words=False)]
        limits = self._band(frame)
        goal = f" {limits}" if limits else f", goal {duration(frame.interval_s)}"
        return [
            leader,
            [("took ", palette.muted), found],
            [("mean ", palette.muted), *self._mean(frame), (goal, palette.muted)],
        ]

    def _mean(self, frame: Frame) -> list[Part]:
        """The mean interval of the whole race and whether it fits, or that of the last ticks."""
        palette, compared = self.state.palette, self.state.expectations.race(frame).interval_s
        if not isinstance(compared, Expected):
            return [(duration(frame.interval_mean_s), palette.text)]
        return [(f"{tenths(compared.measured)} ", palette.text), mark(compared, palette)]

    def _band(self, frame: Frame) -> str:
        """Where the mean interval should lie, if theory says it: "4.1–6.0"."""
        return band(self.state.expectations.race(frame).interval_s, tenths)

    def _expected(self, frame: Frame, width: int) -> list[Row]:
        """The mean interval and the stale rate: measured, expected, the band, and by which law."""
        palette, compared = self.state.palette, self.state.expectations.race(frame)
        interval = sentence(compared.interval_s, palette, seconds, "s")
        stale = sentence(compared.stale_of_mined, palette, parts_of_hundred, "% of all mined")
        return [
            _put(Row(width).gap(2).put("mean interval ", palette.muted), interval),
            _put(Row(width).gap(2).put("stale rate    ", palette.muted), stale),
        ]

    def _leader(self, frame: Frame) -> list[Part]:
        palette = self.state.palette
        if frame.leader is None:
            return [("nobody yet", palette.muted)]
        hue = palette.bold(self.state.node(frame.leader))
        return [(f"{BEST} ", palette.best), (frame.leader, hue)]

    def _outlook(self, frame: Frame, *, short: bool = False) -> list[Part]:
        """That the clock went back, or else the next change of the difficulty."""
        palette = self.state.palette
        if self._fell_from is not None:
            text = f"↓ from {self._fell_from}"
            return [(text if short else f"{text}: heavier, though shorter", palette.warning)]
        due = frame.retarget
        if due is None:
            return []
        change = _signed(due.change)
        if due.height <= frame.height + 1:
            if short:
                return [(f"{change} at {due.height}", palette.muted)]
            return [("difficulty ", palette.muted), (change, palette.text),
                    (f" at {due.height}", palette.muted)]  # fmt: skip
        if short:
            return [(f"{change} at {due.height}", palette.muted)]
        left = due.height - frame.height
        return [(f"retarget {change}", palette.text),
                (f" at {due.height}, in {count(left, 'block')}", palette.muted)]  # fmt: skip

    # The wait.

    def _waiting(self, row: Row, cells: int) -> Row:
        palette = self.state.palette
        row.put("wait ", palette.muted)
        row.put(f"{duration(self.state.wait_s)} ", palette.text)
        return _put(row, self._curve(cells, words=True))

    def _curve(self, cells: int, *, words: bool) -> list[Part]:
        palette = self.state.palette
        if answer_of(self.state.frame) is not Answer.WORK:
            return []  # only a search without memory has waits like these
        bars = "".join(
            BARS[max(1, round(8 * math.exp(-_CURVE_END * index / cells)))] for index in range(cells)
        )
        lit = self._lit(cells)
        share = percent(self.state.wait_unusual)
        parts = [(bars[:lit], palette.accent), (bars[lit:], palette.faint)]
        if words:
            return [*parts, (" longer than ", palette.muted), (share, palette.text)]
        return [*parts, (f" >{share}", palette.text)]

    def _lit(self, cells: int) -> int:
        """Cells of a curve that stand for waits shorter than this one."""
        frame = self.state.frame
        expected = frame.expected_interval_s if frame is not None else 0.0
        if expected <= 0:
            return 0
        return min(math.ceil(self.state.wait_s / expected / _CURVE_END * cells), cells)

    # Sizes.

    def _line(self, frame: Frame, width: int) -> Row:
        palette = self.state.palette
        row = Row(width).put(" TICK ", palette.title)
        row.put(f"{frame.height}", palette.bold(palette.best)).gap(2)
        _put(row, self._leader(frame))
        if frame.height:
            row.put(f"  took {duration(frame.found_after_s)}", palette.muted)
        row.put("  wait ", palette.muted)
        _put(row, self._curve(8, words=False))
        outlook = self._outlook(frame, short=True)
        if sum(len(text) for text, _ in outlook) + 2 <= row.room:
            _put(row.gap(2), outlook)
        return row

    def _more(self, frame: Frame, width: int) -> list[Row]:
        """What is left to say where there is no room for large digits."""
        lines = [self._leader(frame), self._curve(8, words=False), self._outlook(frame)]
        return [_put(Row(width).gap(), parts) for parts in lines]

    def _large(self, frame: Frame, width: int, height: int) -> list[Row]:
        """The whole screen: digits as large as they get, and the curve as a picture."""
        palette, text = self.state.palette, str(frame.height)
        pattern = "0" * max(len(text), _DIGITS_MAX)
        facts: list[list[Part]] = [*self._facts(frame, height, width), self._outlook(frame)]
        size = max(
            (size for size in range(1, 5)
             if 5 * size + 15 <= height and large_width(pattern, size) <= width - 30),
            default=1,
        )  # fmt: skip
        digits = large(text, size)
        rows = [Row(width)]
        start = max((len(digits) - len(facts)) // 2, 0)
        for index, line in enumerate(digits):
            row = Row(width).gap(2).put(line, palette.best).gap(4)
            if start <= index < start + len(facts):
                _put(row, facts[index - start])
            rows.append(row)
        if answer_of(frame) is not Answer.WORK:
            return rows
        rows += [Row(width), _put(Row(width).gap(2), self._sentence(frame)), Row(width)]
        if frame.height:
            rows += [*self._expected(frame, width), Row(width)]
        return [*rows, *self._hill(width, height - len(rows))]

    def _sentence(self, frame: Frame) -> list[Part]:
        palette = self.state.palette
        return [
            ("the wait for tick ", palette.muted),
            (f"{frame.height + 1}", palette.text),
            (" has been ", palette.muted),
            (duration(self.state.wait_s), palette.text),
            (", longer than ", palette.muted),
            (percent(self.state.wait_unusual), palette.text),
            (" of waits", palette.muted),
        ]

    def _hill(self, width: int, height: int) -> list[Row]:
        """The curve of all waits in several rows, with an axis of seconds."""
        palette, frame = self.state.palette, self.state.frame
        cells, rows = width - 4, height - 1
        if frame is None or rows < 1:
            return []
        levels = [round(8 * rows * math.exp(-_CURVE_END * x / cells)) for x in range(cells)]
        lit = self._lit(cells)
        drawn = []
        for row in range(rows):
            below = 8 * (rows - 1 - row)
            bars = [BARS[min(max(level - below, 0), 8)] for level in levels]
            line = "".join(bars).replace(BARS[8], FULL)
            drawn.append(Row(width).gap(2).put(line[:lit], palette.accent)
                         .put(line[lit:], palette.faint))  # fmt: skip
        axis = Row(width)
        for part in range(4):
            axis.to(2 + part * cells * 3 // 10).put(
                duration(part * 0.9 * frame.expected_interval_s), palette.muted
            )
        return [*drawn, axis]


def _put(row: Row, parts: list[Part]) -> Row:
    for text, style in parts:
        row.put(text, style)
    return row


def _signed(change: float) -> str:
    return f"{round(100 * change):+d} %".replace("-", "−")
