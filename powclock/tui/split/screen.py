"""The screen of several races next to each other: a column for each, and keys that act on all."""

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.geometry import Region

from powclock.race.commands import AnyCommand
from powclock.tui.controls import Controls
from powclock.tui.keys import (
    BINDINGS,
    PAST,
    SIDE_BY_SIDE,
    SIDE_BY_SIDE_SHOWN,
    SIDE_BY_SIDE_WORDS,
)
from powclock.tui.screens.acting import ActingScreen
from powclock.tui.split.convoy import Convoy
from powclock.tui.split.entrant import Entrant
from powclock.tui.split.merged import merged
from powclock.tui.split.places import Places, places
from powclock.tui.state import State
from powclock.tui.widgets.attacks import ATTACKS_SHOWN, attacks_of
from powclock.tui.widgets.faults import ActiveFaults, Faults
from powclock.tui.widgets.footer import Footer
from powclock.tui.widgets.panel import Border, Panel
from powclock.tui.widgets.split_note import SplitNote
from powclock.tui.widgets.split_status import SplitStatus

NO_PAST = "side by side there is no past: `powclock replay` shows that of one recording"
_SHARED = {"status": Border.NONE, "active": Border.NONE, "footer": Border.NONE,
           "note": Border.NONE, "faults": Border.BOX}  # fmt: skip


class SplitScreen(ActingScreen):
    """Columns; `state` is of all races together, and `chosen` the one that can be opened."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            each.key,
            "past" if each.group is PAST else each.action,
            each.description,
            show=each.show,
            id=each.id,
        )
        for each in BINDINGS
        if each.group is PAST or (each.id in SIDE_BY_SIDE and not each.group.sheet)
    ]

    def __init__(
        self,
        state: State,
        entrants: Sequence[Entrant],
        convoy: Convoy,
        send: Callable[[AnyCommand], None],
        open_: Callable[[int], None],
    ) -> None:
        state.keys = state.keys.among(SIDE_BY_SIDE, SIDE_BY_SIDE_WORDS, SIDE_BY_SIDE_SHOWN)
        self._entrants = entrants
        self._convoy = convoy
        self._open = open_
        self.chosen = 0
        self._placed: tuple[object, ...] = ()
        panels: dict[str, Panel] = {
            "status": SplitStatus(state, len(entrants)),
            "note": SplitNote(state, [entrant.rule for entrant in entrants]),
            "active": ActiveFaults(state),
            "faults": Faults(state),
            "footer": Footer(state),
        }
        self._shared = dict(panels)
        for entrant in entrants:
            panels |= {f"{entrant.index} {name}": each for name, each in entrant.panels.items()}
        super().__init__(state, panels, Controls(state, send))
        for entrant in entrants:
            entrant.place(self)

    # Pictures.

    def see(self) -> None:
        """Take in what the races have told: all of them as one, for what acts on all."""
        frames = [each.state.frame for each in self._entrants if each.state.frame is not None]
        if frames:
            self.state.see(merged(frames), self._convoy.pace())
            self.controls.seen()
        if all(entrant.ended is not None for entrant in self._entrants):
            self.state.ended = self._entrants[self.chosen].ended

    def find_places(self) -> None:
        """By size, which race is chosen, and which notes there are."""
        width, height = self.app.size
        attacks = min(len(attacks_of(self.state.frame)), ATTACKS_SHOWN)
        found = places(width, height, len(self._entrants), self.chosen, attacks)
        notes = tuple(self._note(each, found) for each in self._entrants)
        key = (width, height, self.chosen, attacks, notes)
        if key == self._placed:
            return
        self._placed = key
        for name, panel in self._shared.items():
            self.place(panel, found.shared.get(name), _SHARED[name])
        for entrant, regions, note in zip(self._entrants, found.columns, notes, strict=True):
            for name, panel in entrant.panels.items():
                region = note if name == "note" else regions.get(name)
                border = Border.NONE if name == "head" else found.border
                self.place(panel, region, Border.BOX if name == "note" else border)
        for entrant in self._entrants:
            entrant.head.chosen = entrant.index == self.chosen

    @staticmethod
    def _note(entrant: Entrant, found: Places) -> Region | None:
        """Over the foot of the column."""
        regions = found.columns[entrant.index]
        if "head" not in regions:
            return None
        head = regions["head"]
        rows = entrant.note.height_for(head.width)
        foot = max(region.bottom for region in regions.values())
        rows = min(rows, foot - head.bottom)
        return Region(head.x, foot - rows, head.width, rows) if rows > 2 else None

    def paint(self) -> None:
        """Repaint what changed, and tell races what their columns show."""
        self.see()
        for entrant in self._entrants:
            entrant.state.selected = self.state.selected
            entrant.head.behind_ns = self._convoy.behind_ns(entrant.index)
        super().paint()
        if self.is_current:
            for entrant in self._entrants:
                entrant.look(network=entrant.panels["network"].display)

    # Which race is chosen.

    def choose(self, index: int) -> None:
        """Let steps and the key that opens act on a race."""
        self.chosen = index % len(self._entrants)
        self.paint()

    def open(self, index: int) -> None:
        """Give a race the whole screen."""
        self.choose(index)
        self._open(self.chosen)

    def focus_panel(self, name: str) -> None:
        """What is shared has no panel to choose."""

    def maximise(self, name: str) -> None:
        """What is shared stays as it is."""

    def action_next_panel(self, step: int) -> None:
        """To the next race."""
        self.choose(self.chosen + step)

    def action_panel(self, name: str) -> None:
        """A number chooses that race."""
        number = next(int(each.key) for each in BINDINGS if each.action == f"panel('{name}')")
        if number <= len(self._entrants):
            self.choose(number - 1)

    def action_maximise(self) -> None:
        """Open the chosen race."""
        self.open(self.chosen)

    def action_enter(self) -> None:
        """Open the chosen race."""
        self.open(self.chosen)

    # Which node faults strike.

    def action_move(self, across: int, down: int) -> None:
        """← → another race, ↑ ↓ another node for faults to strike in all of them."""
        if across:
            self.choose(self.chosen + across)
            return
        frame = self.state.frame
        names = [row.name for row in frame.nodes] if frame is not None else []
        if names:
            ring = [None, *names]
            at = ring.index(self.state.selected) if self.state.selected in names else 0
            self.state.selected = ring[(at + down) % len(ring)]
        self.paint()

    def action_past(self) -> None:
        """No key leads into the past."""
        self.say(NO_PAST)

    def action_back(self) -> None:
        """Faults strike all nodes again."""
        self.state.selected = None
        self.paint()
