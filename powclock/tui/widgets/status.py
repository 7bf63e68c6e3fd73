"""The status bar: what is raced, how it runs, and the counts. A click acts on what it hits."""

from rich.cells import cell_len
from rich.style import Style

from powclock.record.events import NANOSECONDS
from powclock.record.frame import Frame
from powclock.record.timeline import Timeline
from powclock.tui.answers import Answer, answer_of
from powclock.tui.click import click
from powclock.tui.expectations import band, mark, parts_of_hundred
from powclock.tui.glyphs import FROZEN, LIVE, MORE_LEFT, PAUSED, POINTER, RECORDING
from powclock.tui.rows import PLAIN, Row
from powclock.tui.text import clock, counter, duration, hash_rate, percent, speed
from powclock.tui.widgets.panel import Panel, Part

# What is left out first where there is little room; how the race runs never is, nor whether it is
# recorded.
_DROPPED = (
    "answered", "rule", "law", "stale", "scenario", "name", "seed", "reorgs", "forks", "nodes",
    "hash rate", "faults", "writes", "states",
)  # fmt: skip
# What a click on a group does.
_CLICKS = {
    "pace": "pause",
    "recording": "keep",
    "frozen": "freeze",
    "nodes": "panel('nodes')",
    "hash rate": "panel('hash_rate')",
    "forks": "panel('events')",
    "reorgs": "panel('events')",
    "stale": "panel('chain')",
    "law": "panel('clock')",
    "answered": "panel('clients')",
    "name": "help",
}


class Status(Panel):
    """One row; what matters least is left out first."""

    def body(self, width: int, height: int) -> list[Row]:
        """The bar."""
        frame, palette = self.state.frame, self.state.palette
        if frame is None:
            words = " powclock  starting the race" if self.state.ended is None else " powclock"
            return [Row(width).put(words, palette.muted)]
        left, right = self.left(frame), self.right(frame) | self._recording()
        for name in _DROPPED:
            if _length(left) + _length(right) <= width:
                break
            left.pop(name, None)
            right.pop(name, None)
        if _length(left) + _length(right) > width and "frozen" in left:
            del left["frozen"][1:]
        row = Row(width)
        for name, parts in left.items():
            row.gap()
            for text, style in parts:
                row.put(text, style + _click(name))
            row.gap()
        ends = [("  ", palette.text)]
        return [
            row.right(
                *(
                    part
                    for name, parts in right.items()
                    for part in [*ends, *((text, style + _click(name)) for text, style in parts)]
                )
            )
        ]

    def left(self, frame: Frame) -> dict[str, list[Part]]:
        """What is raced, and how it runs."""
        palette = self.state.palette
        groups = {
            "name": [("powclock", palette.title)],
            "scenario": [(frame.scenario, palette.text)],
            "seed": [(f"seed {frame.seed}", palette.muted)],
            "rule": [(frame.rule, palette.muted)],
            "nodes": [(f"{len(frame.nodes):,} nodes", palette.muted)],
            "pace": [*self._pace(), ("  t ", palette.muted), (clock(frame.time_ns), palette.text)],
        }
        if self.state.frozen:
            behind = f" {duration(self.state.frozen_for_s)} behind"
            groups["frozen"] = [
                (f"{FROZEN} VIEW FROZEN", palette.bold(palette.accent)),
                (behind, palette.accent),
            ]
        return groups

    def _pace(self) -> list[Part]:
        palette, pace = self.state.palette, self.state.pace
        if self.state.ended is not None:
            return [(" ENDED ", palette.alarm)]
        lesson = self.state.lesson
        if lesson is not None and lesson.rewinds:
            return [(f"{POINTER} GOING BACK", palette.bold(palette.accent))]
        if lesson is not None and (lesson.asks or lesson.waits):
            return [(f"{PAUSED} WAITS", palette.bold(palette.warning))]
        if self.state.timeline is not None:
            return self._past(self.state.timeline)
        if pace.paused:
            return [(f"{PAUSED} PAUSED", palette.bold(palette.warning))]
        if pace.stepping:
            return [(f"{POINTER} STEP", palette.bold(palette.accent))]
        live = (f"{LIVE} LIVE {speed(pace.rate)}", palette.bold(palette.good))
        if pace.behind:
            return [live, (f" behind: reaches {speed(pace.reached)}", palette.warning)]
        return [live]

    def _past(self, timeline: Timeline) -> list[Part]:
        """How the past is played."""
        palette, pace = self.state.palette, self.state.pace
        if timeline.making is not None:
            return [(f"{POINTER} FORKING {percent(timeline.making)}", palette.bold(palette.accent))]
        word = "PAST" if timeline.goes_on else "REPLAY"
        hue = palette.bold(palette.warning if timeline.goes_on else palette.accent)
        if pace.paused:
            parts = [(f"{PAUSED} {word}", hue)]
        else:
            sign = POINTER if pace.rate > 0 else MORE_LEFT
            parts = [(f"{sign} {word} {speed(pace.rate)}", hue)]
        frame = self.state.frame
        if timeline.goes_on and frame is not None:
            behind = duration((timeline.end_ns - frame.time_ns) / NANOSECONDS)
            parts.append((f" {behind} ago", palette.warning))
        return parts

    def _recording(self) -> dict[str, list[Part]]:
        """The sign that a recording is kept, and how long it is."""
        palette, recorded_ns = self.state.palette, self.state.pace.recorded_ns
        if recorded_ns is None or self.state.ended is not None:
            return {}
        word = (f"{RECORDING} REC {counter(recorded_ns)} ", palette.bold(palette.bad))
        return {"recording": [word]}

    def right(self, frame: Frame) -> dict[str, list[Part]]:
        """The counts."""
        palette, totals = self.state.palette, frame.totals
        if answer_of(frame) is Answer.NOBODY:
            return self._without_blocks(frame)
        stale = totals.blocks_stale / totals.blocks_mined if totals.blocks_mined else 0.0
        deepest = f" (max {totals.reorg_depth_max})" if totals.reorg_depth_max else ""
        text, muted = palette.text, palette.muted
        compared = self.state.expectations.race(frame).stale_of_mined
        limits = band(compared, parts_of_hundred)
        service = frame.service
        asked = service.clients.requests > 0
        answered = f"{100 * service.availability:.2f} %"
        met = palette.good if service.on_target else palette.bad
        law = {"law": [mark(compared, palette), (f" {limits} % ", muted)]} if limits else {}
        return {
            **({"hash rate": [(hash_rate(frame.hash_rate), text)]} if frame.hash_rate else {}),
            "forks": [("forks ", muted), (str(totals.forks), text)],
            "reorgs": [("reorgs ", muted), (str(totals.reorgs), text), (deepest, muted)],
            "stale": [
                ("stale ", muted),
                (percent(stale), text),
                (" of mined" if limits else " of mined ", muted),
            ],
            **law,
            **({"answered": [("answered ", muted), (answered, met)]} if asked else {}),
        }

    def _without_blocks(self, frame: Frame) -> dict[str, list[Part]]:
        palette, totals, states = self.state.palette, frame.totals, frame.states
        different = len(states.groups) + states.more_groups if states is not None else 1
        style = palette.good if different < 2 else palette.rival
        return {
            "writes": [
                ("writes ", palette.muted),
                (f"{totals.transactions_sent:,}", palette.text),
            ],
            "states": [("states ", palette.muted), (str(max(different, 1)), style)],
        }


def _click(group: str) -> Style:
    return click(_CLICKS[group]) if group in _CLICKS else PLAIN


def _length(groups: dict[str, list[Part]]) -> int:
    return sum(2 + sum(cell_len(text) for text, _ in parts) for parts in groups.values())
