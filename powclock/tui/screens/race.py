"""The race: what keys do with it."""

from collections.abc import Callable
from typing import ClassVar, cast

from textual.binding import Binding, BindingType

from powclock.race.commands import AnyCommand, Look
from powclock.race.messages import Found
from powclock.record.detail import Focus
from powclock.tui.controls import Controls
from powclock.tui.glyphs import ELLIPSIS
from powclock.tui.keys import BINDINGS
from powclock.tui.screens.board import PanelScreen
from powclock.tui.screens.closer import Closer
from powclock.tui.state import State
from powclock.tui.widgets.chain import Chain
from powclock.tui.widgets.panel import Panel

# Of what is copied, a note shows so much.
COPIED_SHOWN = 16


class RaceScreen(PanelScreen):
    """The panels of a race, and all that keys do with it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(each.key, each.action, each.description, show=each.show, id=each.id)
        for each in BINDINGS
        if not each.group.sheet
    ]

    def __init__(
        self,
        state: State,
        send: Callable[[AnyCommand], None],
        more: dict[str, Panel] | None = None,
    ) -> None:
        super().__init__(state, Controls(state, send), more)
        self._send = send
        self._focus: Focus | None = Focus()
        self._closer = Closer(self, state)

    def paint(self) -> None:
        """Repaint what changed, and tell the race if the screen looks at something else now."""
        super().paint()
        self._look()

    def action_freeze(self) -> None:
        """Hold the picture still, or let it go on."""
        self.state.freeze()
        self.paint()

    def action_kinds(self) -> None:
        """Choose the kinds of events that are shown."""
        from powclock.tui.screens.kinds import KindsScreen

        self.app.push_screen(KindsScreen(self.state))

    def action_lesson_next(self) -> None:
        """In a lesson, go on."""
        self._no_lesson()

    def action_lesson_back(self) -> None:
        """In a lesson, go back."""
        self._no_lesson()

    def _no_lesson(self) -> None:
        self.say("this race is no lesson: `powclock learn` lists those")

    # Looking closer.

    def action_enter(self) -> None:
        """Look into what is chosen: in the panel, or the block or node that is selected."""
        state = self.state
        if state.panel is not None and self.panels[state.panel].enter():
            return
        if state.block is not None:
            self.inspect_block(state.block)
        elif state.selected is not None:
            self.inspect_node(state.selected)
        elif state.frame is not None:
            self.inspect_block(state.frame.head)

    def found(self, found: Found) -> None:
        """What a search has found."""
        self._closer.found(found)

    def action_find(self) -> None:
        """Search for nodes, blocks and transactions."""
        self._closer.find(self._send)

    def inspect_node(self, name: str) -> None:
        """Look into a node."""
        self._closer.node(name)

    def inspect_block(self, hash_: str) -> None:
        """Look into a block."""
        self._closer.block(hash_)

    def action_copy(self) -> None:
        """Copy the hash of the chosen block, or of the head."""
        frame = self.state.frame
        if self.state.block is not None:
            self.copy("hash", self.state.block)
        elif frame is not None:
            self.copy("hash of the head", frame.head)

    def copy(self, what: str, text: str) -> None:
        """Put a text into the clipboard of the terminal, and say so."""
        self.app.copy_to_clipboard(text)
        shown = text if len(text) <= COPIED_SHOWN else f"{text[:COPIED_SHOWN]}{ELLIPSIS}"
        self.say(f"copied {what} {shown}")

    def _look(self) -> None:
        """Tell the race what the screen looks at, if that has changed."""
        chain = cast(Chain, self.panels["chain"])
        focus = Focus(
            height=chain.height_wanted,
            heights=chain.heights_wanted,
            node=self._closer.node_shown,
            block=self._closer.block_shown,
            network=self.panels["network"].display,
        )
        if focus != self._focus:
            self._focus = focus
            self._send(Look(focus))

    def look_anew(self) -> None:
        """Say again what the screen looks at: meanwhile something else has looked."""
        self._focus = None

    def action_side_by_side(self) -> None:
        """Back to the races that are shown next to each other."""
        if not self.shell.side_by_side():
            self.say("there is one race: start several with --rules naive,schedule,pow")

    def action_back(self) -> None:
        """Undo the last choice; where there is none, back to the other races."""
        state = self.state
        if (state.panel or state.block or state.selected) or not self.shell.side_by_side():
            super().action_back()

    def action_zoom(self) -> None:
        """Draw blocks larger or smaller."""
        self.state.zoom = self.state.zoom.next
        self.paint()
