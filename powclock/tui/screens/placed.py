"""The base of a screen that is made of panels, each at a place that the size allows."""

from textual.app import ComposeResult
from textual.geometry import Region

from powclock.tui.glyphs import to_ascii
from powclock.tui.screens.no_selection import NoSelection
from powclock.tui.screens.typing import TypingScreen
from powclock.tui.state import State
from powclock.tui.widgets.panel import Border, Panel


class PlacedScreen(NoSelection, TypingScreen):
    """Panels by name; those without a place are hidden. What they ask for is a `Board`."""

    CSS = "PlacedScreen { background: $background; overflow: hidden; }"
    AUTO_FOCUS = None

    def __init__(self, state: State, panels: dict[str, Panel]) -> None:
        super().__init__(state)
        self.panels = panels
        for panel in panels.values():
            panel.board = self

    def find_places(self) -> None:
        """Give every panel its place, if something has changed that places depend on."""
        raise NotImplementedError

    def focus_panel(self, name: str) -> None:
        """Let the keys act on a panel."""
        raise NotImplementedError

    def maximise(self, name: str) -> None:
        """Give a panel the whole screen, or take that back."""
        raise NotImplementedError

    def inspect_node(self, name: str) -> None:
        """Look into a node."""
        raise NotImplementedError

    def inspect_block(self, hash_: str) -> None:
        """Look into a block."""
        raise NotImplementedError

    def say(self, text: str) -> None:
        """A line for the person, if there is one."""
        if text:
            text = to_ascii(text) if self.state.ascii_only else text
            self.notify(text, markup=False, timeout=4)
        self.paint()

    def compose(self) -> ComposeResult:
        """All panels; those without a place are hidden."""
        yield from self.panels.values()

    def on_mount(self) -> None:
        """Give every panel its place before the first picture."""
        self.find_places()

    def on_resize(self) -> None:
        """Give every panel its place."""
        self.find_places()
        self.paint()

    def paint(self) -> None:
        """Repaint what changed since the last picture."""
        self.find_places()
        for panel in self.panels.values():
            panel.paint()

    @property
    def moving(self) -> bool:
        """Whether a panel's picture changes by itself."""
        return any(panel.display and panel.moving for panel in self.panels.values())

    def paint_moving(self) -> None:
        """Repaint the panels whose picture changes by itself."""
        for panel in self.panels.values():
            if panel.display and panel.moving:
                panel.paint()

    def place(self, panel: Panel, region: Region | None, border: Border) -> None:
        """Show a panel there, or hide it."""
        panel.display = region is not None
        if region is None:
            return
        panel.border = border
        styles = panel.styles
        styles.width, styles.height = region.width, region.height
        styles.offset = (region.x, region.y)
        panel.refresh()
