"""The race: all panels, and the keys that act on it."""

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, cast

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.geometry import Region
from textual.screen import Screen

from powclock.race.commands import AnyCommand
from powclock.tui.arrange import CHAIN, Arrangement, arrange
from powclock.tui.controls import Controls
from powclock.tui.glyphs import to_ascii
from powclock.tui.keys import BINDINGS
from powclock.tui.picture import save_picture
from powclock.tui.state import State
from powclock.tui.widgets.banner import Banner
from powclock.tui.widgets.chain import Chain
from powclock.tui.widgets.clock import Clock
from powclock.tui.widgets.events import Events
from powclock.tui.widgets.faults import ActiveFaults, Faults
from powclock.tui.widgets.footer import Footer
from powclock.tui.widgets.hash_rate import HashRate
from powclock.tui.widgets.nodes import Nodes
from powclock.tui.widgets.panel import Border, Panel
from powclock.tui.widgets.status import Status
from powclock.tui.widgets.tips import Tips

if TYPE_CHECKING:
    from powclock.tui.app import PowclockApp

_PAN = 4


class RaceScreen(Screen[None]):
    """Panels at the places that the size allows."""

    CSS = "RaceScreen { background: $background; overflow: hidden; }"
    AUTO_FOCUS = None
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(each.key, each.action, each.description, show=each.show, id=each.id)
        for each in BINDINGS
    ]

    def __init__(self, state: State) -> None:
        super().__init__()
        self.state = state
        self.controls = Controls(state, self._send)
        self._panel = CHAIN
        self._arranged: tuple[object, ...] = ()
        self.arrangement: Arrangement | None = None
        self.panels: dict[str, Panel] = {
            "status": Status(state),
            "clock": Clock(state),
            "hash_rate": HashRate(state),
            "tips": Tips(state),
            "chain": Chain(state),
            "nodes": Nodes(state),
            "events": Events(state),
            "active": ActiveFaults(state),
            "faults": Faults(state),
            "footer": Footer(state),
            "banner": Banner(state),
        }

    def _send(self, command: AnyCommand) -> None:
        cast("PowclockApp", self.app).send(command)

    def compose(self) -> ComposeResult:
        """All panels; those without a place are hidden."""
        yield from self.panels.values()

    def on_mount(self) -> None:
        """Give every panel its place before the first picture."""
        self._arrange()

    def on_resize(self) -> None:
        """Give every panel its place."""
        self._arrange()
        self.paint()

    def paint(self) -> None:
        """Repaint what changed since the last picture."""
        self._arrange()
        for panel in self.panels.values():
            panel.paint()

    def _arrange(self) -> None:
        state, (width, height) = self.state, self.app.size
        nodes = len(state.frame.nodes) if state.frame else 12
        key = (width, height, nodes, self._panel, state.faults_open, state.ended)
        if key == self._arranged:
            return
        self._arranged = key
        self.arrangement = arrange(width, height, nodes, self._panel)
        regions = dict(self.arrangement.regions)
        if state.faults_open and "faults" not in regions:
            faults = cast(Faults, self.panels["faults"])
            rows = min(len(faults.keys(max(width - 4, 1))) + 3, height)
            regions["faults"] = Region(0, max(height - 1 - rows, 0), width, rows)
        if state.ended is not None:
            banner = cast(Banner, self.panels["banner"])
            rows = min(banner.height_for(width), height)
            regions["banner"] = Region(0, max(height - 1 - rows, 0), width, rows)
        for name, panel in self.panels.items():
            region = regions.get(name)
            panel.display = region is not None
            if region is not None:
                self._place(name, panel, region)

    def _place(self, name: str, panel: Panel, region: Region) -> None:
        assert self.arrangement is not None
        if name in {"faults", "banner"}:
            panel.border = Border.BOX
        elif name in {"status", "active", "footer"} or region.height < 3:
            panel.border = Border.NONE
        else:
            panel.border = self.arrangement.border
        styles = panel.styles
        styles.width, styles.height = region.width, region.height
        styles.offset = (region.x, region.y)
        panel.refresh()

    def _say(self, text: str) -> None:
        """A line for the person, if there is one."""
        if text:
            text = to_ascii(text) if self.state.ascii_only else text
            self.notify(text, markup=False, timeout=4)
        self.paint()

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
        self._say(self.controls.change_speed(-1))

    def action_faster(self) -> None:
        """Run faster."""
        self._say(self.controls.change_speed(1))

    def action_real_time(self) -> None:
        """Run at ×1."""
        self._say(self.controls.set_speed(1.0))

    def action_select(self, step: int) -> None:
        """Select the node above or below."""
        frame = self.state.frame
        if frame is None or not frame.nodes:
            return
        names = [row.name for row in frame.nodes]
        if self.state.selected in names:
            index = (names.index(self.state.selected) + step) % len(names)
        else:
            index = 0 if step > 0 else len(names) - 1
        self.state.selected = names[index]
        self.paint()

    def action_select_none(self) -> None:
        """Close the fault keys, or select no node."""
        if self.state.faults_open:
            self.state.faults_open = False
        else:
            self.state.selected = None
        self.paint()

    def action_fault(self, id_: str) -> None:
        """Begin or end a fault."""
        self._say(self.controls.fault(id_))

    def action_restart(self) -> None:
        """Start what crashed."""
        self._say(self.controls.restart())

    def action_join(self) -> None:
        """Add a node."""
        self._say(self.controls.join())

    def action_leave(self) -> None:
        """Remove the selected node."""
        self._say(self.controls.leave())

    def action_heal_all(self) -> None:
        """End every fault."""
        self.controls.heal_all()

    def action_partition(self) -> None:
        """Choose the sides of a partition, or end the one that is on."""
        if self.controls.partitioned:
            self.controls.rejoin()
            return
        if self.state.frame is None or len(self.state.frame.nodes) < 2:
            self._say("a partition needs two nodes")
            return
        from powclock.tui.screens.partition import PartitionScreen

        def cut(first: tuple[str, ...] | None) -> None:
            if first:
                self.controls.partition(first)

        self.app.push_screen(PartitionScreen(self.state), cut)

    def action_faults(self) -> None:
        """Show or hide the fault keys."""
        self.state.faults_open = not self.state.faults_open
        self.paint()

    def action_zoom(self) -> None:
        """Draw blocks larger or smaller."""
        self.state.zoom = self.state.zoom.next
        self.paint()

    def action_pan(self, step: int) -> None:
        """Move the camera."""
        chain = self.state.frame.chain if self.state.frame else ()
        length = max((block.height for block in chain), default=0) - min(
            (block.height for block in chain), default=0
        )
        self.state.pan = min(max(self.state.pan + step * _PAN, 0), length)
        self.paint()

    def action_pan_home(self) -> None:
        """Show the oldest blocks."""
        self.action_pan(10_000)

    def action_follow(self) -> None:
        """Follow the tip."""
        self.state.pan = 0
        self.paint()

    def action_panel(self, panel: int) -> None:
        """Choose the panel of a tiny screen."""
        self._panel = panel
        if self.arrangement is not None and self.arrangement.name != "tiny":
            self._say("all panels are shown already: this key is for small terminals")
        self.paint()

    def action_theme(self) -> None:
        """Draw with the next theme."""
        cast("PowclockApp", self.app).next_theme()

    def action_shot(self) -> None:
        """Save the screen as a picture."""
        frame = self.state.frame
        name = f"powclock-{frame.seed}-{frame.height}" if frame else "powclock"
        try:
            saved = save_picture(self.app, Path.cwd(), name)
        except OSError as error:
            self._say(f"cannot save {name}.svg here ({error.strerror})")
        else:
            self._say(f"saved {saved}")

    def action_help(self) -> None:
        """Show all keys."""
        from powclock.tui.screens.help import HelpScreen

        self.app.push_screen(HelpScreen(self.state))

    def action_leave_race(self) -> None:
        """End the race."""
        cast("PowclockApp", self.app).leave()
