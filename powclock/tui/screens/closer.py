"""Looking closer: opens the inspector and the search over the race, one of each at most."""

from collections.abc import Callable

from powclock.race.commands import AnyCommand, Seek, SeekTick
from powclock.race.messages import Found
from powclock.record.detail import Hit
from powclock.record.events import Hash, NodeId
from powclock.record.narrate import short_hash
from powclock.tui.screens.find import FindScreen
from powclock.tui.screens.inspect import Ground, InspectScreen
from powclock.tui.screens.sections import Goal
from powclock.tui.state import State


class Closer:
    """What is looked into, and how one gets there."""

    def __init__(self, ground: Ground, state: State) -> None:
        self._ground = ground
        self._state = state
        self._inspector: InspectScreen | None = None

    @property
    def node_shown(self) -> NodeId | None:
        """The node that is looked into."""
        return self._inspector.node if self._inspector is not None else None

    @property
    def block_shown(self) -> Hash | None:
        """The block that is looked into."""
        return self._inspector.block if self._inspector is not None else None

    def node(self, name: NodeId) -> None:
        """Select a node and look into it."""
        self._state.selected = name
        self._inspect(Goal("node", name))

    def block(self, hash_: Hash, line: tuple[str, str] | None = None) -> None:
        """Choose a block and look into it; `line` is a section and what to choose there."""
        self._state.block = hash_
        self._inspect(Goal("block", hash_), line)

    def _inspect(self, goal: Goal, line: tuple[str, str] | None = None) -> None:
        """Open the inspector, or let the one that is open go there."""

        def closed(_: None) -> None:
            self._inspector = None
            self._ground.paint()

        if self._inspector is not None:
            self._inspector.show(goal, line)
        else:
            self._inspector = InspectScreen(self._state, self._ground)
            self._inspector.show(goal, line)
            self._ground.app.push_screen(self._inspector, closed)
        self._ground.paint()

    def find(self, send: Callable[[AnyCommand], None]) -> None:
        """Search, and go to what is chosen."""

        def go(hit: Hit | None) -> None:
            if hit is None:
                return
            if hit.kind == "tick":
                send(SeekTick(int(hit.id)))
            elif hit.kind == "time":
                send(Seek(int(hit.id)))
            else:
                self._go(hit)

        self._ground.app.push_screen(FindScreen(self._state, send), go)

    def found(self, found: Found) -> None:
        """What a search has found."""
        for screen in self._ground.app.screen_stack:
            if isinstance(screen, FindScreen):
                screen.found(found)

    def _go(self, hit: Hit) -> None:
        if hit.kind == "node":
            self.node(hit.id)
            return
        block = hit.id if hit.kind == "block" else hit.block
        if block is None:
            self._ground.say(f"transaction {short_hash(hit.id)} waits: no block has it yet")
            return
        if hit.height is not None:
            self._state.show_height(hit.height)
        self.block(block, ("TRANSACTIONS", hit.id) if hit.kind == "transaction" else None)
