"""The base of all panels: rows are built for each frame, and only what differs is painted.

Textual sends a refreshed region whole, so what did not change must not be refreshed.
"""

from enum import Enum
from typing import ClassVar, Protocol

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.events import Click, MouseScrollDown, MouseScrollUp
from textual.filter import ANSIToTruecolor
from textual.geometry import Region, Size
from textual.strip import Strip
from textual.widget import Widget

from powclock.tui.glyphs import SUPERSCRIPTS
from powclock.tui.rows import Row
from powclock.tui.state import State

Part = tuple[str, Style]


class Board(Protocol):
    """What a panel may ask of the screen that it stands on."""

    def focus_panel(self, name: str) -> None:
        """Let the keys act on a panel."""
        ...

    def maximise(self, name: str) -> None:
        """Give a panel the whole screen, or take that back."""
        ...

    def inspect_node(self, name: str) -> None:
        """Look into a node."""
        ...

    def inspect_block(self, hash_: str) -> None:
        """Look into a block."""
        ...

    def say(self, text: str) -> None:
        """A line for the person."""
        ...

    def paint(self) -> None:
        """Repaint what changed."""
        ...


class Border(Enum):
    """What surrounds a panel."""

    BOX = "box"
    RULE = "rule"
    NONE = "none"


class Panel(Widget, can_focus=False):
    """Rows of text, with a border of its own.

    `NAME` is how the arrangement and the keys call it, `NUMBER` the key that leads to it. Panels
    with something to choose take keys and the mouse by overriding `move`, `page`, `end`, `enter`,
    `back`, `clicked` and `scrolled`; `moving` says that the picture is not yet at rest.
    """

    DEFAULT_CSS = "Panel { position: absolute; background: $background; }"
    ALLOW_SELECT = False
    TITLE: ClassVar[str] = ""
    NAME: ClassVar[str] = ""
    NUMBER: ClassVar[int] = 0

    def __init__(self, state: State, *, border: Border = Border.NONE) -> None:
        super().__init__()
        self.state = state
        self.border = border
        # Off where the keys of the numbers mean something else than this panel.
        self.numbered = bool(self.NUMBER)
        self.board: Board | None = None
        self._strips: list[Strip] = []
        self._lines: list[list[Segment]] = []
        self._built_for = Size(0, 0)
        self._made_of: tuple[object, ...] = ()

    def body(self, width: int, height: int) -> list[Row]:
        """The rows inside the border; fewer or more than fit do no harm."""
        raise NotImplementedError

    def heading(self) -> str:
        """What stands in the border."""
        return self.TITLE

    def aside(self) -> list[Part]:
        """What stands at the right of the title."""
        return []

    def basis(self) -> object | None:
        """All that the picture is made of, beside its size and colours.

        While it is equal the picture is not built again; None builds it for every frame.
        """
        return None

    def instead(self) -> "Panel | None":
        """A panel that is drawn here while the race's rule gives this one nothing to say.

        It is never on the screen itself: it lends its heading, its rows and its keys.
        """
        return None

    @property
    def content(self) -> "Panel":
        """The panel that is drawn here."""
        instead = self.instead()
        if instead is None:
            return self
        instead.board = self.board
        return instead

    @property
    def moving(self) -> bool:
        """Whether the picture changes by itself, without a new frame."""
        return False

    # Keys: each says whether it was of use here.

    def move(self, across: int, down: int) -> bool:
        """An arrow key."""
        return False

    def page(self, step: int) -> bool:
        """A page up or down."""
        return False

    def end(self, *, last: bool) -> bool:
        """Home, or end."""
        return False

    def enter(self) -> bool:
        """Look into what is chosen."""
        return False

    def back(self) -> bool:
        """Esc: give up what was asked for here."""
        return False

    # The mouse.

    def clicked(self, x: int, y: int, *, double: bool) -> None:
        """A click inside the border, in cells from its upper left corner."""

    def scrolled(self, step: int) -> None:
        """The wheel: 1 is down."""

    def on_click(self, event: Click) -> None:
        """A click on the title maximises the panel, any other is for the panel itself."""
        if self.board is None or not self.NAME:
            return
        left = 2 if self.border is Border.BOX else self.inside_top
        if event.y < self.inside_top:
            self.board.maximise(self.NAME)
            return
        self.board.focus_panel(self.NAME)
        self.content.clicked(event.x - left, event.y - self.inside_top, double=event.chain > 1)
        self.board.paint()

    def on_mouse_scroll_down(self, event: MouseScrollDown) -> None:
        """The wheel, towards the person."""
        event.stop()
        self._scroll(1)

    def on_mouse_scroll_up(self, event: MouseScrollUp) -> None:
        """The wheel, away from the person."""
        event.stop()
        self._scroll(-1)

    def _scroll(self, step: int) -> None:
        self.content.scrolled(step)
        if self.board is not None:
            self.board.paint()

    @property
    def inner(self) -> Size:
        """The cells inside the border."""
        width, height = self.size
        if self.border is Border.BOX:
            return Size(max(width - 4, 0), max(height - 2, 0))
        if self.border is Border.RULE:
            return Size(max(width - 2, 0), max(height - 1, 0))
        return self.size

    @property
    def focused(self) -> bool:
        """Whether the keys act on this panel."""
        return self.numbered and self.state.panel == self.NAME

    @property
    def rows_text(self) -> list[str]:
        """What is shown, for tests."""
        return [strip.text for strip in self._strips]

    @property
    def inside_top(self) -> int:
        """The first row inside the border."""
        return 0 if self.border is Border.NONE else 1

    def paint(self) -> None:
        """Build all rows and repaint those that changed."""
        if not self.display or not self.size:
            return
        if changed := self._build():
            self.refresh(*_joined(changed))

    def render_line(self, y: int) -> Strip:
        """One row for textual."""
        if self._built_for != self.size:
            self._build()
        if y < len(self._strips):
            return self._strips[y]
        return Strip.blank(self.size.width, self.state.palette.ground)

    def render_lines(self, crop: Region) -> list[Strip]:
        """Rows for textual; there is no border, padding or opacity of its own to add to them."""
        strips = [self.render_line(y) for y in crop.line_range]
        for line_filter in self.get_line_filters():
            # Our colours are true ones, which the commonest filter would look for in vain.
            if not isinstance(line_filter, ANSIToTruecolor):
                background = self.background_colors[1]
                strips = [strip.apply_filter(line_filter, background) for strip in strips]
        if crop.column_span != (0, self.size.width):
            strips = [strip.crop(*crop.column_span) for strip in strips]
        return strips

    def _build(self) -> list[Region]:
        """Build all rows; the parts of them that differ from before."""
        content = self.content
        basis = content.basis()
        made_of = (basis, content.NAME, self.size, self.border, self.focused, self.state.palette)
        if basis is not None and made_of == self._made_of:
            return []
        self._made_of = made_of
        width, height = self._built_for = self.size
        rows = self._framed(width, height)[:height]
        rows += [Row(width) for _ in range(height - len(rows))]
        ascii_only, ground = self.state.ascii_only, self.state.palette.ground
        lines = [row.finish(ground, ascii_only=ascii_only) for row in rows]
        before = self._lines
        if len(before) == len(lines):
            changed = []
            for y, line in enumerate(lines):
                if line != before[y]:
                    self._strips[y] = Strip(line, width)
                    changed.append(_difference(before[y], line, y, width))
        else:
            changed = [Region(0, 0, width, height)]
            self._strips = [Strip(line, width) for line in lines]
        self._lines = lines
        return changed

    def _framed(self, width: int, height: int) -> list[Row]:
        if self.border is Border.NONE or height < 2 or width < 4:
            return self.content.body(width, height)
        if self.border is Border.RULE:
            # The body first: what stands beside the title tells what the body could not show.
            lines = self.content.body(width - 2, height - 1)
            edge = self._edge(width, "─", "─")
            return [edge, *(Row(width).gap().extend(line) for line in lines)]
        faint = self._line_style
        inner = self.content.body(width - 4, height - 2)[: height - 2]
        inner += [Row(width - 4) for _ in range(height - 2 - len(inner))]
        lines = []
        for row in inner:
            line = Row(width).put("│ ", faint).extend(row)
            lines.append(line.to(width - 1).put("│", faint))
        bottom = Row(width).put("╰" + "─" * (width - 2) + "╯", faint)
        return [self._edge(width, "╭", "╮"), *lines, bottom]

    @property
    def _line_style(self) -> Style:
        palette = self.state.palette
        return palette.focus if self.focused else palette.faint

    def _edge(self, width: int, left: str, right: str) -> Row:
        palette, line = self.state.palette, self._line_style
        row = Row(width).put(left, line)
        if heading := self.content.heading():
            row.put(SUPERSCRIPTS[self.NUMBER] if self.numbered else "", palette.muted)
            row.put(f" {heading} ", palette.title)
        aside = self.content.aside()
        while aside and sum(cell_len(text) for text, _ in aside) + 4 > row.room:
            aside.pop()
        length = sum(cell_len(text) for text, _ in aside) + 3 if aside else 1
        if length < row.room:
            row.put("─" * (row.room - length), line)
            if aside:
                row.gap()
                for text, style in aside:
                    row.put(text, style)
                row.gap()
        else:
            row.put("─" * (row.room - 1), line)
        return row.put(right, line)


def _difference(before: list[Segment], after: list[Segment], y: int, width: int) -> Region:
    """The part of a row that changed: a table's row is long, and often one cell of it differs."""
    left = right = 0
    for old, new in zip(before, after, strict=False):
        if old != new:
            break
        left += _cells(new.text)
    for old, new in zip(reversed(before), reversed(after), strict=False):
        if old != new:
            break
        right += _cells(new.text)
    if left + right >= width:
        return Region(0, y, width, 1)
    return Region(left, y, width - left - right, 1)


def _cells(text: str) -> int:
    return len(text) if text.isascii() else cell_len(text)


def _joined(rows: list[Region]) -> list[Region]:
    """Neighbouring rows as one region."""
    regions = [rows[0]]
    for row in rows[1:]:
        last = regions[-1]
        if row.y == last.bottom and row.x == last.x and row.width == last.width:
            regions[-1] = regions[-1].union(row)
        else:
            regions.append(row)
    return regions
