"""The race: all panels, and the keys that act on it."""

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, cast

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.geometry import Region

from powclock.race.commands import AnyCommand, Look
from powclock.race.messages import Found
from powclock.record.detail import Focus
from powclock.tui.arrange import Arrangement, arrange
from powclock.tui.controls import Controls
from powclock.tui.glyphs import ELLIPSIS, to_ascii
from powclock.tui.keys import BINDINGS, NUMBERED
from powclock.tui.picture import save_picture
from powclock.tui.screens.closer import Closer
from powclock.tui.screens.no_selection import NoSelection
from powclock.tui.screens.typing import TypingScreen
from powclock.tui.state import State
from powclock.tui.widgets.banner import Banner
from powclock.tui.widgets.chain import Chain
from powclock.tui.widgets.clock import Clock
from powclock.tui.widgets.events import Events
from powclock.tui.widgets.faults import ActiveFaults, Faults
from powclock.tui.widgets.footer import Footer
from powclock.tui.widgets.hash_rate import HashRate
from powclock.tui.widgets.network import Network
from powclock.tui.widgets.nodes import Nodes
from powclock.tui.widgets.panel import Border, Panel
from powclock.tui.widgets.status import Status
from powclock.tui.widgets.tips import Tips

if TYPE_CHECKING:
    from powclock.tui.app import PowclockApp


# Of what is copied, a note shows so much.
COPIED_SHOWN = 16


class RaceScreen(NoSelection, TypingScreen):
    """Panels at the places that the size allows."""

    CSS = "RaceScreen { background: $background; overflow: hidden; }"
    AUTO_FOCUS = None
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(each.key, each.action, each.description, show=each.show, id=each.id)
        for each in BINDINGS
    ]

    def __init__(self, state: State) -> None:
        super().__init__(state)
        self.controls = Controls(state, self._send)
        self._arranged: tuple[object, ...] = ()
        self.arrangement: Arrangement | None = None
        self.panels: dict[str, Panel] = {
            "status": Status(state),
            "clock": Clock(state),
            "hash_rate": HashRate(state),
            "tips": Tips(state),
            "chain": Chain(state),
            "network": Network(state),
            "nodes": Nodes(state),
            "events": Events(state),
            "active": ActiveFaults(state),
            "faults": Faults(state),
            "footer": Footer(state),
            "banner": Banner(state),
        }

        for panel in self.panels.values():
            panel.board = self
        self._focus = Focus()
        self._closer = Closer(self, state)

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
        self._look()

    @property
    def moving(self) -> bool:
        """Whether a panel's picture changes by itself."""
        return any(panel.display and panel.moving for panel in self.panels.values())

    def paint_moving(self) -> None:
        """Repaint the panels whose picture changes by itself."""
        for panel in self.panels.values():
            if panel.display and panel.moving:
                panel.paint()

    def _arrange(self) -> None:
        state, (width, height) = self.state, self.app.size
        nodes = len(state.frame.nodes) if state.frame else 12
        key = (
            width, height, nodes, state.panel, state.maximised, state.ended,
        )  # fmt: skip
        if key == self._arranged:
            return
        self._arranged = key
        self.arrangement = arrange(width, height, nodes, state.panel, maximised=state.maximised)
        regions = dict(self.arrangement.regions)
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

    def say(self, text: str) -> None:
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
        self.say(self.controls.change_speed(-1))

    def action_faster(self) -> None:
        """Run faster."""
        self.say(self.controls.change_speed(1))

    def action_real_time(self) -> None:
        """Run at ×1."""
        self.say(self.controls.set_speed(1.0))

    # Which panel the keys act on.

    def focus_panel(self, name: str) -> None:
        """Let the keys act on a panel."""
        if name != self.state.panel:
            self.stop_typing()
        self.state.panel = name
        self.paint()

    def maximise(self, name: str) -> None:
        """Give a panel the whole screen, or take that back."""
        self.stop_typing()
        self.state.maximised = not (self.state.maximised and self.state.panel == name)
        self.state.panel = name
        self.paint()

    def action_panel(self, name: str) -> None:
        """Let the keys act on a panel, or on none in particular."""
        self.stop_typing()
        again = self.state.panel == name
        self.state.panel = None if again else name
        self.state.maximised = self.state.maximised and not again
        self.paint()

    def action_next_panel(self, step: int) -> None:
        """Let the keys act on the next panel that is shown."""
        shown = [name for name in NUMBERED if self.state.maximised or self.panels[name].display]
        if not shown:
            return
        if self.state.panel in shown:
            index = (shown.index(self.state.panel) + step) % len(shown)
        else:
            index = 0 if step > 0 else len(shown) - 1
        self.focus_panel(shown[index])

    def action_maximise(self) -> None:
        """Give the panel the whole screen, or take that back."""
        self.maximise(self.state.panel or "chain")

    def _acted_on(self, usual: str) -> Panel:
        """The panel that a key acts on: the chosen one, or the usual one for this key."""
        return self.panels[self.state.panel or usual]

    def action_move(self, across: int, down: int) -> None:
        """An arrow key: within the panel, or to a node, or along the chain."""
        usual = "chain" if across else "nodes"
        if not self._acted_on(usual).move(across, down):
            self.panels[usual].move(across, down)
        self.paint()

    def action_page(self, step: int) -> None:
        """A page of the panel, or of the chain."""
        if not self._acted_on("chain").page(step):
            self.panels["chain"].page(step)
        self.paint()

    def action_end(self, last: bool) -> None:
        """The first or last line of the panel, or block of the chain."""
        if not self._acted_on("chain").end(last=last):
            self.panels["chain"].end(last=last)
        self.paint()

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

    def action_back(self) -> None:
        """Undo the last choice: within the panel, whole screen, block, panel, node."""
        state = self.state
        if state.panel is not None and self.panels[state.panel].back():
            pass
        elif state.maximised:
            state.maximised = False
        elif state.block is not None:
            state.block = None
        elif state.panel is not None:
            state.panel = None
        else:
            state.selected = None
        self.paint()

    def action_freeze(self) -> None:
        """Hold the picture still, or let it go on."""
        self.state.freeze()
        self.paint()

    # Which nodes and events are shown.

    def action_filter(self) -> None:
        """Open the line that narrows the events, or else the nodes."""
        events, nodes = cast(Events, self.panels["events"]), cast(Nodes, self.panels["nodes"])
        panel = events if self.state.panel == "events" else nodes
        self.state.panel = panel.NAME
        self.state.prompt = panel.filter()
        self.paint()

    def move_while_typing(self, down: int) -> None:
        """Choose the line above or below in the panel that is narrowed."""
        self.panels[self.state.panel or "nodes"].move(0, down)

    def action_sort(self) -> None:
        """Sort the nodes by the next column."""
        cast(Nodes, self.panels["nodes"]).sort_next()
        self.paint()

    def action_order(self) -> None:
        """Turn the order of the nodes round."""
        self.say(cast(Nodes, self.panels["nodes"]).turn())

    def action_kinds(self) -> None:
        """Choose the kinds of events that are shown."""
        from powclock.tui.screens.kinds import KindsScreen

        self.app.push_screen(KindsScreen(self.state))

    # Looking closer.

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

    def action_shot(self) -> None:
        """Save the screen as a picture."""
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

    def action_leave_race(self) -> None:
        """End the race."""
        cast("PowclockApp", self.app).leave()
