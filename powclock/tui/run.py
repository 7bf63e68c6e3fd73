"""Runs the screen and gives the terminal back, however it ends.

Signals only ask the app to leave, so textual itself undoes the alternate screen, the mouse mode and
the hidden cursor. A bug of the screen is one line on the restored terminal.

Python's collector goes through all that lives when it thinks that much is new, which holds a key up
by 50 ms. What is there once the screen stands stays to the end, so it is set aside.
"""

import asyncio
import gc
import shlex
import signal
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import msgspec

from powclock.race.commands import Quit
from powclock.race.lesson.chapter import Chapter
from powclock.race.messages import Ended, Race
from powclock.tui.app import Opening, PowclockApp
from powclock.tui.hang_up import ends_with_terminal
from powclock.tui.keymap import DEFAULT_KEYS, Keys
from powclock.tui.lesson_app import LessonApp
from powclock.tui.shell import Look, Shell
from powclock.tui.text import without_folders
from powclock.tui.theme_depth import terminal_depth
from powclock.tui.theme_file import DEFAULT, ThemeError

if TYPE_CHECKING:
    from powclock.tui.split.app import Lasts

# By then all is loaded and painted for the first time.
_SETTLED_S = 1.0
# So many new objects to a look at the young ones: a frame makes some thousand, of which few stay.
_YOUNG_OBJECTS = 10_000
_SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT")


class ScreenError(Exception):
    """The screen broke; one line that says how. The terminal is restored."""


@dataclass(frozen=True)
class ScreenOptions:
    """How the race is shown."""

    fps: int = 10
    theme: str = DEFAULT
    keys: Keys = DEFAULT_KEYS
    ascii_only: bool = False
    motion: bool = True
    mouse: bool = True
    show_keys: bool = False
    clean: bool = False
    opening: Opening | None = None

    def look(self) -> Look:
        """What the screen itself needs to know of it."""
        return Look(
            fps=self.fps,
            theme=self.theme,
            depth=terminal_depth(),
            keys=self.keys,
            ascii_only=self.ascii_only,
            motion=self.motion,
            show_keys=self.show_keys,
            clean=self.clean,
        )


def run_screen(race: Race, options: ScreenOptions) -> Ended | None:
    """Show the race until the person leaves; the race's last word, if it came in time.

    Raises:
        ScreenError: the screen broke, or its theme has become unusable since it was chosen.
    """
    ended = _show(
        lambda: PowclockApp(race, opening=options.opening, **options.look()), [race], options
    )
    return without_places(ended) if options.clean else ended


def run_lesson(
    race: Race, chapter: Chapter, following: str, options: ScreenOptions, *, auto: bool
) -> tuple[Ended | None, bool]:
    """Show a chapter until the person leaves; the race's last word, and whether the person goes on
    to the chapter that follows, whose title this is.

    Raises:
        ScreenError: the screen broke, or its theme has become unusable since it was chosen.
    """
    made: list[LessonApp] = []

    def make() -> LessonApp:
        made.append(LessonApp(race, chapter, following, auto=auto, **options.look()))
        return made[-1]

    ended = _show(make, [race], options)
    return without_places(ended) if options.clean else ended, made[-1].wants_next


def run_split(
    races: Sequence[tuple[str, Race]], rate: float, options: ScreenOptions
) -> "Lasts | None":
    """Show races by rule next to each other until the person leaves; their last words.

    They are to be paused: they begin together, at this rate, once all of them are there.

    Raises:
        ScreenError: the screen broke, or its theme has become unusable since it was chosen.
    """
    from powclock.tui.split.app import SplitApp

    lasts = _show(
        lambda: SplitApp(races, rate=rate, **options.look()), [race for _, race in races], options
    )
    return tuple(map(without_places, lasts)) if options.clean and lasts is not None else lasts


def without_places(ended: Ended | None) -> Ended | None:
    """A last word that names files without their folders: it stands where a screen was clean."""
    if ended is None:
        return None
    words = [Path(word).name if "/" in word else word for word in shlex.split(ended.again)]
    named = ended.recorded  # else it says what went wrong
    return msgspec.structs.replace(
        ended,
        trouble=without_folders(ended.trouble),
        again=shlex.join(words),
        recording=Path(ended.recording).name if named else without_folders(ended.recording),
    )


Outcome = TypeVar("Outcome")


def _show(
    make: Callable[[], Shell[Outcome]], races: Sequence[Race], options: ScreenOptions
) -> Outcome | None:
    def last_wish() -> None:
        for race in races:
            race.send(Quit())

    try:
        app = make()
    except ThemeError as error:
        raise ScreenError(str(error)) from error
    with ends_with_terminal(sys.stdin.fileno(), last_wish):
        running = _run(app, mouse=options.mouse)
        outcome = asyncio.run(running)
    if app.broke is not None:
        raise ScreenError(app.broke)
    return outcome


async def _run(app: Shell[Outcome], *, mouse: bool) -> Outcome | None:
    loop = asyncio.get_running_loop()
    signals = [getattr(signal, name) for name in _SIGNALS if hasattr(signal, name)]
    for number in signals:
        # The handler runs outside of the app; a message gets the call inside.
        loop.add_signal_handler(number, app.call_later, app.leave)
    loop.call_later(_SETTLED_S, _set_aside)
    try:
        return await app.run_async(mouse=mouse)
    finally:
        for number in signals:
            loop.remove_signal_handler(number)


def _set_aside() -> None:
    """Spare the collector what stays to the end."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG_OBJECTS, *gc.get_threshold()[1:])
