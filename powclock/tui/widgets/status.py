"""The status bar: what is raced, how it runs, and the counts."""

from rich.cells import cell_len

from powclock.record.frame import Frame
from powclock.tui.glyphs import LIVE, PAUSED
from powclock.tui.rows import Row
from powclock.tui.text import clock, hash_rate, percent, speed
from powclock.tui.widgets.panel import Panel, Part

# What is left out first where there is little room; how the race runs never is.
_DROPPED = ("rule", "stale", "scenario", "name", "seed", "reorgs", "forks", "nodes", "hash rate")


class Status(Panel):
    """One row; what matters least is left out first."""

    def body(self, width: int, height: int) -> list[Row]:  # noqa: ARG002
        """The bar."""
        frame, palette = self.state.frame, self.state.palette
        if frame is None:
            words = " powclock  starting the race" if self.state.ended is None else " powclock"
            return [Row(width).put(words, palette.muted)]
        left, right = self._left(frame), self._right(frame)
        for name in _DROPPED:
            if _length(left) + _length(right) <= width:
                break
            left.pop(name, None)
            right.pop(name, None)
        row = Row(width)
        for parts in left.values():
            row.gap()
            for text, style in parts:
                row.put(text, style)
            row.gap()
        ends = [("  ", palette.text)]
        return [row.right(*(part for parts in right.values() for part in [*ends, *parts]))]

    def _left(self, frame: Frame) -> dict[str, list[Part]]:
        palette = self.state.palette
        return {
            "name": [("powclock", palette.title)],
            "scenario": [(frame.scenario, palette.text)],
            "seed": [(f"seed {frame.seed}", palette.muted)],
            "rule": [(frame.rule, palette.muted)],
            "nodes": [(f"{len(frame.nodes)} nodes", palette.muted)],
            "pace": [*self._pace(), ("  t ", palette.muted), (clock(frame.time_ns), palette.text)],
        }

    def _pace(self) -> list[Part]:
        palette, pace = self.state.palette, self.state.pace
        if self.state.ended is not None:
            return [(" ENDED ", palette.alarm)]
        if pace.paused:
            return [(f"{PAUSED} PAUSED", palette.bold(palette.warning))]
        live = (f"{LIVE} LIVE {speed(pace.rate)}", palette.bold(palette.good))
        if pace.behind:
            return [live, (f" behind: reaches {speed(pace.reached)}", palette.warning)]
        return [live]

    def _right(self, frame: Frame) -> dict[str, list[Part]]:
        palette, totals = self.state.palette, frame.totals
        stale = totals.blocks_stale / totals.blocks_mined if totals.blocks_mined else 0.0
        deepest = f" (max {totals.reorg_depth_max})" if totals.reorg_depth_max else ""
        text, muted = palette.text, palette.muted
        return {
            "hash rate": [(hash_rate(frame.hash_rate), text)],
            "forks": [("forks ", muted), (str(totals.forks), text)],
            "reorgs": [("reorgs ", muted), (str(totals.reorgs), text), (deepest, muted)],
            "stale": [("stale ", muted), (percent(stale), text), (" of mined ", muted)],
        }


def _length(groups: dict[str, list[Part]]) -> int:
    return sum(2 + sum(cell_len(text) for text, _ in parts) for parts in groups.values())
