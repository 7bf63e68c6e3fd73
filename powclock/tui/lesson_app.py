"""The app of a race that is told as a lesson."""

from functools import partial
from typing import Unpack

from powclock.race.lesson.chapter import Chapter
from powclock.race.lesson.told import Told
from powclock.race.messages import AnyMessage, Race, Shown
from powclock.tui.app import Opening, PowclockApp
from powclock.tui.screens.lesson import LessonScreen
from powclock.tui.shell import Look


class LessonApp(PowclockApp):
    """One chapter. `wants_next` is set when the person goes on to the one that follows.

    A lesson that goes on by itself (`auto`) leaves by itself when it is over.
    """

    def __init__(
        self,
        race: Race,
        chapter: Chapter,
        following: str,
        *,
        auto: bool,
        hints: bool = True,
        opening: Opening | None = None,
        **look: Unpack[Look],
    ) -> None:
        """Make the screen; `following` is the title of the next chapter, empty if there is none.
        With `hints` it says which key goes on.

        Raises:
            ThemeError: the theme cannot be used.
        """
        super().__init__(race, opening=opening, **look)
        self.wants_next = False
        self._auto = auto
        self._pressed = -1
        self.race_screen = self._lesson_screen = LessonScreen(
            self.race_state, self.send, chapter, following, self._play_next, hints=hints
        )

    @property
    def rows_below(self) -> int:
        """The caption bar stays readable."""
        return 1 + self._lesson_screen.lesson_rows(*self.size)

    def _play_next(self) -> None:
        self.wants_next = True
        self.leave()

    def _take(self, message: AnyMessage) -> bool:
        if isinstance(message, Shown):
            self.race_state.lesson = message.lesson
            if message.lesson is not None:
                self._press_in_turn(message.lesson)
            over = message.lesson is not None and message.lesson.over
            if self._auto and over and not self._leaving:
                self.leave()
        return super()._take(message)

    def _press_in_turn(self, told: Told) -> None:
        """A step that has begun may press keys, one after another."""
        if told.index == self._pressed:
            return
        self._pressed = told.index
        for number, key in enumerate(told.keys, start=1):
            self.set_timer(number * told.keys_every_s, partial(self.press, key))
