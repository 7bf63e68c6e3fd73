"""The caption bar of a lesson: which step it is, what it says, and what the next key does.

It is as high in every step, so that nothing else moves: as high as its longest text needs, and no
more than leaves the race its room. Where a caption and its question do not both fit, the question
stays.
"""

from rich.cells import cell_len
from rich.style import Style

from powclock.race.lesson.chapter import Chapter
from powclock.race.lesson.told import Told
from powclock.tui.click import click
from powclock.tui.glyphs import ELLIPSIS, LIVE, POINTER, STILL
from powclock.tui.rows import Row
from powclock.tui.state import State
from powclock.tui.text import fit, wrapped
from powclock.tui.widgets.panel import Panel

# Longer lines are hard to read, however wide the terminal is.
LINE_CELLS_MAX = 110
# A terminal as small as this shows one panel at a time, which half of it is enough for.
_SMALL = (76, 20)
_DOTS_MAX = 16
_INDENT = 3


class Lesson(Panel):
    """A heading, and the caption below it."""

    def __init__(
        self, state: State, chapter: Chapter, following: str, *, hints: bool = True
    ) -> None:
        super().__init__(state)
        self._chapter = chapter
        self._hints = hints
        self._following = following

    def height_for(self, width: int, height: int) -> int:
        """Rows that it needs in a terminal of this size."""
        small = width < _SMALL[0] or height < _SMALL[1]
        most = max(height // 2 if small else height * 3 // 10, min(height - 2, 2))
        cells = _text_cells(width)
        lines = max(
            max(
                _lines(step.caption, cells) + _lines(step.question, cells),
                _lines(step.question, cells) + _lines(step.answer, cells),
            )
            for step in self._chapter.steps
        )
        return max(min(self._chapter.heading + lines, most), 0)

    def basis(self) -> object | None:
        """What there is to read."""
        return self.state.lesson, self.state.keys.label("lesson_next")

    def body(self, width: int, height: int) -> list[Row]:
        """The bar."""
        told = self.state.lesson
        if told is None:
            return [self._start(width) for _ in range(height)]
        headings = [self._heading(told, width)] if self._chapter.heading else []
        texts = self._texts(told, _text_cells(width), height - len(headings))
        rows = [*headings, *texts]
        rows += [self._start(width) for _ in range(height - len(rows))]
        return [self._filled(row) for row in rows]

    # The heading.

    def _heading(self, told: Told, width: int) -> Row:
        palette = self.state.palette
        row = Row(width).put(
            f" {max(told.index, 0) + 1}/{told.count} ", palette.solid(palette.accent)
        )
        words, style = self._hint(told)
        hint = sum(cell_len(text) for text, _ in words) + 2
        title = f" {told.title} "
        row.put(fit(title, min(cell_len(title), max(row.room - hint, 0))), palette.banner)
        if told.count <= _DOTS_MAX and row.room - hint > 2 * told.count:
            text = " ".join(LIVE if index <= told.index else STILL for index in range(told.count))
            row.put(f" {text}", self._on(palette.accent))
        act = click("lesson_next")
        row.put(" " * max(row.room - hint, 0), palette.banner)
        for text, is_key in words:
            row.put(text, (palette.solid(style) if is_key else self._on(style)) + act)
        return row

    def _hint(self, told: Told) -> tuple[list[tuple[str, bool]], Style]:
        """What the next key does: words, which of them are keys, and their hue."""
        palette, keys = self.state.palette, self.state.keys
        if not self._hints:
            return [], palette.text
        key = (f" {keys.label('lesson_next')} ", True)
        if told.rewinds:
            return [(f"going back{ELLIPSIS}", False)], palette.warning
        if told.over:
            if self._following:
                return [key, (f" next: {self._following}", False)], palette.good
            return [(f" {keys.label('leave_race')} ", True), (" the end", False)], palette.good
        if told.asks:
            return [key, (" answer", False)], palette.warning
        if told.hurries:
            return [(f"going on{ELLIPSIS}", False)], palette.text
        if told.waits:
            return [key, (f" next {POINTER}", False)], palette.good
        return [key, (" next", False)], palette.text

    # The text.

    def _texts(self, told: Told, cells: int, room: int) -> list[Row]:
        palette = self.state.palette
        question = self._marked("?", told.question, palette.warning, cells, bold=True)
        if told.answer:
            rows = [*question, *self._marked("=", told.answer, palette.good, cells, bold=True)]
            return rows[max(len(rows) - room, 0) :]
        caption = self._marked("", told.caption, palette.text, cells, bold=False)
        if not question:
            return _cut(caption, room)
        return [*_cut(caption, room - len(question)), *question][: max(room, 0)]

    def _marked(self, mark: str, text: str, style: Style, cells: int, *, bold: bool) -> list[Row]:
        palette = self.state.palette
        rows = []
        for index, line in enumerate(wrapped(text, cells) if text else []):
            row = Row(self.inner.width)
            if mark and not index:
                row.put(f" {mark} ", palette.solid(style)).put(" ", palette.banner)
            else:
                row.put(" " * (_INDENT + 1), palette.banner)
            rows.append(row.put(line, palette.banner if bold else self._on(palette.text)))
        return rows

    def _start(self, width: int) -> Row:
        return Row(width).put(" ", self.state.palette.banner)

    def _filled(self, row: Row) -> Row:
        return row.put(" " * row.room, self.state.palette.banner)

    def _on(self, ink: Style) -> Style:
        palette = self.state.palette
        return palette.on(ink, palette.banner_ink)


def _cut(rows: list[Row], room: int) -> list[Row]:
    """As many rows as there is room for; that there were more is shown."""
    if len(rows) <= room:
        return rows
    kept = rows[: max(room, 0)]
    if kept:
        last = kept[-1]
        style = last.segments[-1].style
        assert style is not None
        last.put(ELLIPSIS, style)
    return kept


def _text_cells(width: int) -> int:
    return max(min(width - _INDENT - 2, LINE_CELLS_MAX), 4)


def _lines(text: str, cells: int) -> int:
    return len(wrapped(text, cells)) if text else 0
