"""The base of a screen with lines to type in: an open one gets every key, and no binding does.

Textual looks for bindings only after a key has been through the screen, when the next key may be on
its way already. So the key that opens a line acts here, in the order of the keys: what follows it
at once, as where text is pasted into the terminal, is typed and never acts on the race.
"""

from typing import Any

from textual.binding import Binding
from textual.events import Key, Paste
from textual.screen import Screen

from powclock.tui.state import State

OPENS = "filter"
_MOVES = {"up": -1, "down": 1}


class TypingScreen(Screen[None]):
    """Routes keys to the line that is open; arrows up and down go to what it narrows."""

    def __init__(self, state: State) -> None:
        super().__init__()
        self.state = state

    def paint(self) -> None:
        """Repaint what changed."""
        raise NotImplementedError

    def move_while_typing(self, down: int) -> None:
        """Choose the line above or below in the panel that is narrowed."""
        raise NotImplementedError

    async def on_key(self, event: Key) -> None:
        """A key, before the bindings see it."""
        prompt = self.state.prompt
        if prompt is None:
            found = self.active_bindings.get(event.key)
            if found is not None and found.binding.id == OPENS:
                event.stop()
                await self.run_action(found.binding.action)
            return
        event.stop()
        if not prompt.take(event.key, event.character) and event.key in _MOVES:
            self.move_while_typing(_MOVES[event.key])
        self.paint()

    def on_paste(self, event: Paste) -> None:
        """What is pasted goes into the line, and nowhere else."""
        event.stop()
        if self.state.prompt is not None:
            self.state.prompt.paste(event.text)
            self.paint()

    def stop_typing(self) -> None:
        """Close the line and keep what was typed."""
        if self.state.prompt is not None:
            self.state.prompt.close(keep=True)


def words_of(screen: Screen[Any], binding: Binding) -> str:
    """What a key does on a screen now: over a race, that may depend on the moment."""
    keys = screen.state.keys.bindings if isinstance(screen, TypingScreen) else ()
    return next((each.description for each in keys if each.id == binding.id), binding.description)
