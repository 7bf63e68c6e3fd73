"""The app of a race that is told as a lesson."""

from typing import Unpack

from powclock.race.lesson.chapter import Chapter
from powclock.race.messages import AnyMessage, Race, Shown
from powclock.tui.app import PowclockApp
from powclock.tui.screens.lesson import LessonScreen
from powclock.tui.shell import Look


class LessonApp(PowclockApp):
    """One chapter. `wants_next` is set when the person goes on to the one that follows.

    A lesson that goes on by itself (`auto`) leaves by itself when it is over.
    """

    def __init__(
        self, race: Race, chapter: Chapter, following: str, *, auto: bool, **look: Unpack[Look]
    ) -> None:
        """Make the screen; `following` is the title of the next chapter, empty if there is none.

        Raises:
            ThemeError: the theme cannot be used.
        """
        super().__init__(race, **look)
        self.wants_next = False
        self._auto = auto
        self.race_screen = LessonScreen(
            self.race_state, self.send, chapter, following, self._play_next
        )

    def _play_next(self) -> None:
        self.wants_next = True
        self.leave()

    def _take(self, message: AnyMessage) -> bool:
        if isinstance(message, Shown):
            self.race_state.lesson = message.lesson
            over = message.lesson is not None and message.lesson.over
            if self._auto and over and not self._leaving:
                self.leave()
        return super()._take(message)
