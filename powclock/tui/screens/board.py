"""The panels of the screen: where each stands, and which of them the keys act on."""

from typing import cast

from textual.geometry import Region

from powclock.tui.arrange import Arrangement, arrange
from powclock.tui.controls import Controls
from powclock.tui.keys import NUMBERED
from powclock.tui.screens.acting import ActingScreen
from powclock.tui.state import State
from powclock.tui.widgets.attacks import ATTACKS_SHOWN, attacks_of
from powclock.tui.widgets.axis import Axis
from powclock.tui.widgets.banner import Banner
from powclock.tui.widgets.chain import Chain
from powclock.tui.widgets.clients import Clients
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

# Lower terminals have no row for the time axis.
AXIS_HEIGHT_MIN = 6


class PanelScreen(ActingScreen):
    """The panels of one race; arrows and the like go to the chosen one."""

    def __init__(
        self, state: State, controls: Controls, more: dict[str, Panel] | None = None
    ) -> None:
        panels: dict[str, Panel] = {
            "status": Status(state),
            "clock": Clock(state),
            "hash_rate": HashRate(state),
            "tips": Tips(state),
            "chain": Chain(state),
            "network": Network(state),
            "clients": Clients(state),
            "nodes": Nodes(state),
            "events": Events(state),
            "active": ActiveFaults(state),
            "faults": Faults(state),
            "footer": Footer(state),
            "banner": Banner(state),
            "axis": Axis(state, controls.seek, lambda last: controls.to_end(last=last)),
            **(more or {}),
        }
        super().__init__(state, panels, controls)
        self._arranged: tuple[object, ...] = ()
        self.arrangement: Arrangement | None = None

    def lesson_rows(self, width: int, height: int) -> int:
        """The rows of the caption bar, where a lesson is told."""
        return 0

    def find_places(self) -> None:
        """By size, number of nodes, faults, and what is maximised."""
        state, (width, height) = self.state, self.app.size
        nodes = len(state.frame.nodes) if state.frame else 12
        faults = bool(state.frame and state.frame.faults)
        attacks = min(len(attacks_of(state.frame)), ATTACKS_SHOWN)
        lesson = self.lesson_rows(width, height)
        axis = int(state.timeline is not None and height >= AXIS_HEIGHT_MIN)
        key = (
            width, height, nodes, faults, attacks, state.panel, state.maximised, state.ended, axis,
        )  # fmt: skip
        if key == self._arranged:
            return
        self._arranged = key
        self.arrangement = arrange(
            width, height, nodes, state.panel, maximised=state.maximised, faults=faults,
            attacks=attacks, lesson=lesson, axis=axis,
        )  # fmt: skip
        regions = dict(self.arrangement.regions)
        if state.ended is not None:
            banner = cast(Banner, self.panels["banner"])
            rows = min(banner.height_for(width), height)
            regions["banner"] = Region(0, max(height - 1 - rows, 0), width, rows)
        for name, panel in self.panels.items():
            region = regions.get(name)
            self.place(panel, region, self._border(name, region))

    def _border(self, name: str, region: Region | None) -> Border:
        assert self.arrangement is not None
        if name in {"faults", "banner"}:
            return Border.BOX
        if (
            name in {"status", "active", "footer", "lesson", "axis"}
            or region is None
            or region.height < 3
        ):
            return Border.NONE
        return self.arrangement.border

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

    def action_back(self) -> None:
        """Undo the last choice: within the panel, whole screen, block, panel, node."""
        state = self.state
        if state.panel is not None and self.panels[state.panel].back():
            pass
        elif state.maximised:
            state.maximised = False
        elif state.block is not None:
            # What was looked at is let go of, so the picture follows the tip again.
            state.block = state.camera = None
        elif state.panel is not None:
            state.panel = None
        else:
            state.selected = None
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
