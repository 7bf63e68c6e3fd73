"""A race that is told: the race's screen with the caption bar, and the keys of a slide remote."""

from collections.abc import Callable

from powclock.race.commands import AnyCommand
from powclock.race.lesson.chapter import Chapter
from powclock.tui.keys import BINDINGS, LESSON_SHOWN, LESSON_WORDS
from powclock.tui.screens.race import RaceScreen
from powclock.tui.state import State
from powclock.tui.widgets.lesson import Lesson


class LessonScreen(RaceScreen):
    """Page down and page up are next and back, as slide remotes send them; so are → and ← while the
    keys act on no panel. At the end, next is the chapter that follows, if there is one.
    """

    def __init__(
        self,
        state: State,
        send: Callable[[AnyCommand], None],
        chapter: Chapter,
        following: str,
        play_next: Callable[[], None],
        *,
        hints: bool = True,
    ) -> None:
        if hints:
            ids = {each.id for each in BINDINGS}
            state.keys = state.keys.among(ids, LESSON_WORDS, LESSON_SHOWN)
        self._presses_keys = chapter.presses_keys
        self._bar = Lesson(state, chapter, following, hints=hints)
        super().__init__(state, send, {"lesson": self._bar})
        self._play_next = play_next if following else None

    def lesson_rows(self, width: int, height: int) -> int:
        """The rows of the caption bar."""
        return self._bar.height_for(width, height)

    def go_elsewhere(self) -> None:
        """The race has begun again."""
        self.state.begin_again()

    def action_lesson_next(self) -> None:
        """Show the answer, or go on."""
        told = self.state.lesson
        if told is None or not told.over:
            self.controls.lesson_next()
        elif self._play_next is not None:
            self._play_next()
        else:
            leave = self.state.keys.label("leave_race")
            self.say(f"this was the last step: {leave} leaves, and `powclock learn` lists more")

    def action_lesson_back(self) -> None:
        """Run the race again, up to the step before."""
        if self._presses_keys:
            self.say("its steps press keys, so there is no way back: the race would be another")
            return
        self.controls.lesson_back()

    def action_page(self, step: int) -> None:
        """A slide remote."""
        if step > 0:
            self.action_lesson_next()
        else:
            self.action_lesson_back()

    def action_move(self, across: int, down: int) -> None:
        """An arrow key: → and ← may come from a slide remote too."""
        if across and self.state.panel is None:
            self.action_page(across)
        else:
            super().action_move(across, down)
