"""The race: what keys do with it."""

from collections.abc import Callable
from typing import ClassVar, cast

from textual.binding import Binding, BindingType

from powclock.race.commands import AnyCommand, Break, Heal, HealAll, Look
from powclock.race.messages import Found
from powclock.record.detail import Focus
from powclock.tui.controls import Controls
from powclock.tui.glyphs import ELLIPSIS
from powclock.tui.keys import (
    BINDINGS,
    MAKING_SHOWN,
    MAKING_WORDS,
    PAST_SHOWN,
    PAST_WORDS,
)
from powclock.tui.screens.board import PanelScreen
from powclock.tui.screens.closer import Closer
from powclock.tui.state import State
from powclock.tui.widgets.chain import Chain
from powclock.tui.widgets.panel import Panel

# So far the arrows and the page keys go through the past.
SHIFT_S, LEAP_S = 5, 60
# For so long one line about the past is enough.
SAID_S = 1.0
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
        super().__init__(state, Controls(state, self._ask), more)
        self._send = send
        self._focus: Focus | None = Focus()
        self._usual_keys = state.keys
        self._keys_for = (False, False)
        self._said_s = -SAID_S
        self._closer = Closer(self, state)

    def go_elsewhere(self) -> None:
        """What is shown from now on does not follow from what was."""
        self.state.go_elsewhere()

    def action_freeze(self) -> None:
        """Hold the picture still, or let it go on."""
        self.state.freeze()
        self.paint()

    def action_kinds(self) -> None:
        """Choose the kinds of events that are shown."""
        from powclock.tui.screens.kinds import KindsScreen

        self.app.push_screen(KindsScreen(self.state))

    # The past.

    def _ask(self, command: AnyCommand) -> None:
        """Send what a key asks for, unless it would change the past."""
        if self.state.timeline is not None and isinstance(command, Break | Heal | HealAll):
            self._say_past()
        else:
            self._send(command)

    def _say_past(self) -> None:
        now_s = self.state.wall_s()
        if now_s - self._said_s < SAID_S:
            return  # a preset has many faults
        self._said_s = now_s
        keys, timeline = self.state.keys, self.state.timeline
        ways = f"{keys.label('fork_future')} goes on live from here"
        if timeline is not None and timeline.goes_on:
            ways = f"{keys.label('now')} returns to now, {ways}"
        self.say(f"the past cannot be changed: {ways}")

    def _in_the_past(self) -> bool:
        """Whether what is shown cannot be changed; then it is said."""
        if self.state.timeline is not None:
            self._say_past()
        return self.state.timeline is not None

    def action_fault(self, id_: str) -> None:
        """Begin or end a fault; not in the past."""
        if not self._in_the_past():
            super().action_fault(id_)

    def action_restart(self) -> None:
        """Start what crashed; not in the past."""
        if not self._in_the_past():
            super().action_restart()

    def action_leave(self) -> None:
        """Remove the selected node; not in the past."""
        if not self._in_the_past():
            super().action_leave()

    def action_partition(self) -> None:
        """Choose the sides of a partition; not in the past."""
        if not self._in_the_past():
            super().action_partition()

    def action_jump(self, kind: str, back: bool) -> None:
        """Go to the next moment of a kind, or to the one before."""
        self.controls.jump(kind, back=back)

    def action_backwards(self) -> None:
        """Play the other way round."""
        self.controls.backwards()

    def action_now(self) -> None:
        """Leave the past."""
        self.controls.to_now()

    def action_fork_future(self) -> None:
        """Go on live from the moment that is shown."""
        self.controls.fork_future()

    @property
    def _scrubs(self) -> bool:
        """Whether the keys that move act on time: in the past, and on no panel."""
        return self.state.timeline is not None and self.state.panel is None

    def action_move(self, across: int, down: int) -> None:
        """An arrow key; in the past → and ← go on and back."""
        if across and self._scrubs:
            self.controls.shift(across * SHIFT_S)
        else:
            super().action_move(across, down)

    def action_page(self, step: int) -> None:
        """A page, or in the past a minute."""
        if self._scrubs:
            self.controls.shift(step * LEAP_S)
        else:
            super().action_page(step)

    def action_end(self, last: bool) -> None:
        """The first or last line, or in the past its start or end."""
        if self._scrubs:
            self.controls.to_end(last=last)
        else:
            super().action_end(last)

    def paint(self) -> None:
        """Repaint what changed, and tell the race if the screen looks at something else now."""
        self._keys_of_time()
        super().paint()
        self._look()

    def _keys_of_time(self) -> None:
        """In the past some keys do something else; while it gets another future, most wait."""
        past, making = self.state.timeline is not None, self.state.making
        if (past, making) != self._keys_for:
            self._keys_for = past, making
            ids = {each.id for each in BINDINGS}
            keys = self._usual_keys
            if making:
                keys = keys.among(ids, MAKING_WORDS, MAKING_SHOWN)
            elif past:
                keys = keys.among(ids, PAST_WORDS, PAST_SHOWN)
            self.state.keys = keys

    # Lessons.

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
        """Undo the last choice; where there is none, back to the other races.

        Before all else, give up a future that is made.
        """
        state = self.state
        if state.making:
            self.controls.to_now()
            return
        if (state.panel or state.block or state.selected) or not self.shell.side_by_side():
            super().action_back()

    def action_zoom(self) -> None:
        """Draw blocks larger or smaller."""
        self.state.zoom = self.state.zoom.next
        self.paint()
