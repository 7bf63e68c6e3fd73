"""What keys do with a race, or with several at once: time, faults, pictures, the way out."""

from pathlib import Path
from typing import Any, cast

from powclock.tui.binding import Binding as Key
from powclock.tui.controls import Controls
from powclock.tui.picture import save_picture
from powclock.tui.screens.placed import PlacedScreen
from powclock.tui.shell import Shell
from powclock.tui.state import State
from powclock.tui.widgets.panel import Panel


class ActingScreen(PlacedScreen):
    """Panels over which these keys work; `controls` turn them into commands."""

    def __init__(self, state: State, panels: dict[str, Panel], controls: Controls) -> None:
        super().__init__(state, panels)
        self.controls = controls

    @property
    def shell(self) -> "Shell[Any]":
        """The app that it belongs to."""
        return cast("Shell[Any]", self.app)

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

    def action_keep(self) -> None:
        """Keep a recording, or let it end here."""
        self.controls.keep()

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

    def action_theme(self) -> None:
        """Draw with the next theme."""
        self.shell.next_theme()

    async def action_shot(self) -> None:
        """Save the screen as a picture, without the notes that lie over it."""
        if not self.shell.saves:
            self.say("a film saves no pictures")
            return
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
        self.shell.leave()
