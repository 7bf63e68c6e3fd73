"""What a race has told and the screen has not taken in yet.

Messages come from another thread. They wait here, and one note to the screen's loop, which later
notes replace, says that there is something; so a slow screen skips frames and never runs behind.
"""

from collections import deque
from threading import Lock

from msgspec.structs import replace
from textual.message import Message

from powclock.race.messages import AnyMessage, Shown
from powclock.tui.state import both


class Told(Message, bubble=False):
    """There is something in an inbox."""

    def can_replace(self, message: Message) -> bool:
        """One note is enough."""
        return isinstance(message, Told)


class Inbox:
    """Messages in their order; frames that nobody has looked at become one."""

    def __init__(self) -> None:
        self._messages: deque[AnyMessage] = deque()
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._messages)

    def put(self, message: AnyMessage) -> None:
        """Keep a message; while the screen is stuck, frames do not pile up."""
        with self._lock:
            last = self._messages[-1] if self._messages else None
            if (
                isinstance(message, Shown)
                and isinstance(last, Shown)
                and message.restarts == last.restarts
            ):
                self._messages[-1] = replace(message, frame=both(last.frame, message.frame))
            else:
                self._messages.append(message)

    def take(self) -> list[AnyMessage]:
        """All that has come since the last call."""
        with self._lock:
            messages = list(self._messages)
            self._messages.clear()
        return messages
