"""The race: what keys do with it."""

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, cast

from textual.binding import Binding, BindingType

from powclock.race.commands import AnyCommand, Look
from powclock.race.messages import Found
from powclock.record.detail import Focus
from powclock.tui.binding import Binding as Key
from powclock.tui.controls import Controls
from powclock.tui.glyphs import ELLIPSIS
from powclock.tui.keys import BINDINGS
from powclock.tui.picture import save_picture
from powclock.tui.screens.board import PanelScreen
from powclock.tui.screens.closer import Closer
from powclock.tui.state import State
from powclock.tui.widgets.chain import Chain

if TYPE_CHECKING:
    from powclock.tui.app import PowclockApp


# Of what is copied, a note shows so much.
COPIED_SHOWN = 16


class RaceScreen(PanelScreen):
    """The panels of a race, and all that keys do with it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(each.key, each.action, each.description, show=each.show, id=each.id)
        for each in BINDINGS
        if not each.group.sheet
    ]

    def __init__(self, state: State) -> None:
        super().__init__(state)
        self.controls = Controls(state, self._send)
        self._focus = Focus()
        self._closer = Closer(self, state)

    def _send(self, command: AnyCommand) -> None:
        cast("PowclockApp", self.app).send(command)

    def paint(self) -> None:
        """Repaint what changed, and tell the race if the screen looks at something else now."""
        super().paint()
        self._look()

    def action_pause(self) -> None:
        """Pause, or go on."""
        self.controls.pause()
        self.paint()

    def action_step_event(self) -> None:
        """Go on to the next event."""
        self.controls.step_event()

    def action_step_tick(self) -> None:
        """Go on to the next tick."""
        self.controls.step_tick()

    def action_slower(self) -> None:
        """Run slower."""
        self.say(self.controls.change_speed(-1))

    def action_faster(self) -> None:
        """Run faster."""
        self.say(self.controls.change_speed(1))

    def action_real_time(self) -> None:
        """Run at ×1."""
        self.say(self.controls.set_speed(1.0))

    def action_freeze(self) -> None:
        """Hold the picture still, or let it go on."""
        self.state.freeze()
        self.paint()

    def action_kinds(self) -> None:
        """Choose the kinds of events that are shown."""
        from powclock.tui.screens.kinds import KindsScreen

        self.app.push_screen(KindsScreen(self.state))

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

    def action_fault(self, id_: str) -> None:
        """Begin or end a fault."""
        self.say(self.controls.fault(id_))

    def action_restart(self) -> None:
        """Start what crashed."""
        self.say(self.controls.restart())

    def action_join(self) -> None:
        """Add a node."""
        self.say(self.controls.join())

    def action_leave(self) -> None:
        """Remove the selected node."""
        self.say(self.controls.leave())

    def action_heal_all(self) -> None:
        """End every fault."""
        self.controls.heal_all()

    def action_partition(self) -> None:
        """Choose the sides of a partition, or end the one that is on."""
        if self.controls.partitioned:
            self.controls.rejoin()
            return
        if self.state.frame is None or len(self.state.frame.nodes) < 2:
            self.say("a partition needs two nodes")
            return
        from powclock.tui.screens.partition import PartitionScreen

        def cut(first: tuple[str, ...] | None) -> None:
            if first:
                self.controls.partition(first)

        self.app.push_screen(PartitionScreen(self.state), cut)

    def action_faults(self) -> None:
        """Show all faults: what can be broken, and what is."""
        from powclock.tui.screens.faults import FaultsScreen

        self.app.push_screen(FaultsScreen(self.state, self.controls, self.action_partition))

    def action_zoom(self) -> None:
        """Draw blocks larger or smaller."""
        self.state.zoom = self.state.zoom.next
        self.paint()

    def action_theme(self) -> None:
        """Draw with the next theme."""
        cast("PowclockApp", self.app).next_theme()

    async def action_shot(self) -> None:
        """Save the screen as a picture, without the notes that lie over it."""
        self.app.clear_notifications()
        await self.app.screen.query("Toast").remove()
        self.call_after_refresh(self._save_shot)

    def _save_shot(self) -> None:
        frame = self.state.frame
        name = f"powclock-{frame.seed}-{frame.height}" if frame else "powclock"
        try:
            saved = save_picture(self.app, Path.cwd(), name)
        except OSError as error:
            self.say(f"cannot save {name}.svg here ({error.strerror})")
        else:
            self.say(f"saved {saved}")

    def action_help(self) -> None:
        """Show all keys."""
        from powclock.tui.screens.help import HelpScreen

        self.app.push_screen(HelpScreen(self.state))

    def action_palette(self) -> None:
        """Find a key by what it does, and press it."""
        from powclock.tui.screens.palette import PaletteScreen

        async def press(binding: Key | None) -> None:
            if binding is not None:
                await self.run_action(binding.action)

        self.app.push_screen(PaletteScreen(self.state), press)

    def action_leave_race(self) -> None:
        """End the race."""
        cast("PowclockApp", self.app).leave()
