"""The inspector: one sheet that shows a node or a block, and remembers the way there."""

from dataclasses import replace
from typing import ClassVar, Protocol

from textual.app import App
from textual.binding import Binding, BindingType

from powclock.record.events import Hash, NodeId
from powclock.tui.rows import Row
from powclock.tui.screens.block import BlockPage
from powclock.tui.screens.node import NodePage
from powclock.tui.screens.sections import Goal, Page, Sections
from powclock.tui.screens.sheet import Sheet
from powclock.tui.state import State
from powclock.tui.widgets.panel import Board, Part

TRAIL_MAX = 50
# A terminal that is larger than this by itself leaves the race in sight around the sheet.
_MARGIN_FROM = (120, 36)


def page_for(state: State, goal: Goal) -> Page:
    """What shows this goal."""
    if goal.kind == "node":
        return NodePage(state, goal.id)
    return BlockPage(state, goal.id)


class Ground(Board, Protocol):
    """The screen of a race, over which sheets open."""

    @property
    def app(self) -> App[object]:
        """The app that it belongs to."""
        ...

    def copy(self, what: str, text: str) -> None:
        """Put a text into the clipboard of the terminal, and say so."""
        ...

    def action_find(self) -> None:
        """Search."""
        ...

    def action_pause(self) -> None:
        """Pause the race, or go on."""
        ...

    def action_step_event(self) -> None:
        """Go on to the next event."""
        ...

    async def action_shot(self) -> None:
        """Save the screen as a picture."""
        ...


class InspectScreen(Sheet[None]):
    """Shows a page; following a line of it goes to another, and back again."""

    WIDTH = 156
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "choose(-1)", "line", key_display="↑ ↓", id="inspect_up",
                tooltip="The line above"),
        Binding("down", "choose(1)", "line", id="inspect_down"),
        Binding("left", "across(-1)", "section", key_display="← →", id="inspect_left",
                tooltip="The section before; of a block, its parent"),
        Binding("right", "across(1)", "section", id="inspect_right"),
        Binding("tab", "section_step(1)", "section", id="inspect_section",
                tooltip="The next section"),
        Binding("shift+tab", "section_step(-1)", "section", id="inspect_section_before"),
        Binding("pageup", "page(-1)", "page up", id="inspect_page_up"),
        Binding("pagedown", "page(1)", "page down", id="inspect_page_down"),
        Binding("home", "page(-99)", "first", id="inspect_first"),
        Binding("end", "page(99)", "last", id="inspect_last"),
        Binding("enter", "follow", "follow", key_display="⏎", id="inspect_follow",
                tooltip="To the node or block of this line"),
        Binding("y", "copy", "copy", id="inspect_copy", tooltip="Copy what this line is about"),
        Binding("g", "find", "go to", id="inspect_find", tooltip="Search, and go there"),
        Binding("space", "pause", "pause", id="inspect_pause",
                tooltip="Pause the race, or go on"),
        Binding("full_stop", "step", "step", key_display=".", id="inspect_step",
                tooltip="Go on to the next event"),
        Binding("S", "shot", "screenshot", id="inspect_shot"),
        Binding("q", "close", "close", id="inspect_close", tooltip="Close, however far one went"),
        Binding("escape,backspace", "back", "back", key_display="esc", id="inspect_back",
                tooltip="To the page before, or close"),
    ]  # fmt: skip

    def __init__(self, state: State, ground: Ground) -> None:
        super().__init__(state)
        self._ground = ground
        self._trail: list[tuple[Goal, Sections]] = []

    def show(self, goal: Goal, choose: tuple[str, str] | None = None) -> None:
        """Go to a node or a block; `choose` is a section and a line of it."""
        if self._trail and self._trail[-1][0] == goal:
            sections = self._trail[-1][1]
        else:
            sections = Sections(page_for(self.state, goal))
            self._trail = [*self._trail, (goal, sections)][-TRAIL_MAX:]
        if choose is not None:
            sections.choose(*choose)
        self.again()

    def again(self) -> None:
        """Paint, if there is something to paint on."""
        if self.is_mounted:
            self.paint()

    @property
    def _sections(self) -> Sections:
        return self._trail[-1][1]

    @property
    def goal(self) -> Goal:
        """What is shown."""
        return self._trail[-1][0]

    @property
    def node(self) -> NodeId | None:
        """The node that is looked into."""
        return self.goal.id if self.goal.kind == "node" else None

    @property
    def block(self) -> Hash | None:
        """The block that is looked into."""
        return self.goal.id if self.goal.kind == "block" else None

    def heading(self) -> str:
        """Of the page."""
        return self._sections.page.HEADING

    def aside(self) -> list[Part]:
        """Of the page."""
        return self._sections.page.aside()

    def keys(self) -> list[Binding]:
        """As the page understands them."""
        keys = self.shown_keys
        if self.node is not None:
            return [key for key in keys if key.action != "section_step(1)"]
        return [
            replace(key, description="parent, child") if key.action == "across(-1)" else key
            for key in keys
        ]

    def height_for(self, width: int) -> int:
        """All there is; a large terminal leaves a margin."""
        columns, rows = self.app.size
        large = columns >= _MARGIN_FROM[0] and rows >= _MARGIN_FROM[1]
        return rows - 2 - self.key_rows - (2 if large else 0)

    def seen_rows(self, width: int, height: int) -> list[Row]:
        """The page."""
        return self._sections.draw(width, height)

    def clicked(self, x: int, y: int, *, double: bool) -> None:
        """Choose, or follow."""
        if self._sections.clicked(x, y) and double:
            self.action_follow()
        self.paint()

    def scrolled(self, x: int, y: int, step: int) -> None:
        """The section under the pointer."""
        self._sections.scrolled(x, y, step)
        self.paint()

    # Keys.

    def action_choose(self, step: int) -> None:
        """The line above or below."""
        self._sections.move(step)
        self.paint()

    def action_page(self, step: int) -> None:
        """A page up or down."""
        self._sections.page_move(step)
        self.paint()

    def action_across(self, step: int) -> None:
        """The section beside this one; of a block, its parent or child."""
        page = self._sections.page
        if not isinstance(page, BlockPage):
            self.action_section_step(step)
            return
        neighbour = page.parent() if step < 0 else page.child()
        if neighbour is None:
            self._ground.say("genesis has no parent" if step < 0 else "nothing is built on it yet")
        else:
            # Walking along the chain is one way, not one for each block.
            active = self._sections.active
            self._trail.pop()
            self._ground.inspect_block(neighbour)
            self._sections.active = active
            self.paint()

    def action_section_step(self, step: int) -> None:
        """The next section."""
        self._sections.next_section(step)
        self.paint()

    def action_section(self, name: str) -> None:
        """A section by its name."""
        self._sections.active = name
        self.paint()

    def action_follow(self) -> None:
        """To the node or block of the chosen line."""
        line = self._sections.chosen()
        if line is None or line.goal is None:
            return
        if line.goal.kind == "node":
            self._ground.inspect_node(line.goal.id)
        else:
            self._ground.inspect_block(line.goal.id)

    def action_copy(self) -> None:
        """Copy what the chosen line is about, or the page is."""
        line = self._sections.chosen()
        copy = line.copy if line is not None else None
        if copy is None and self.block is not None:
            copy = ("hash", self.block)
        if copy is None:
            self._ground.say("there is nothing to copy in this line")
        else:
            self._ground.copy(*copy)

    def action_find(self) -> None:
        """Search."""
        self._ground.action_find()

    def action_pause(self) -> None:
        """Pause the race, or go on."""
        self._ground.action_pause()

    def action_step(self) -> None:
        """Go on to the next event."""
        self._ground.action_step_event()

    async def action_shot(self) -> None:
        """Save the screen as a picture."""
        await self._ground.action_shot()

    def action_back(self) -> None:
        """To the page before, or close."""
        if len(self._trail) > 1:
            self._trail.pop()
            self._ground.paint()
            self.paint()
        else:
            self.close()
