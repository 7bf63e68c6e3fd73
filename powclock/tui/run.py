"""Runs the screen and gives the terminal back, however it ends.

Signals only ask the app to leave, so textual itself undoes the alternate screen, the mouse mode and
the hidden cursor. A bug of the screen is one line on the restored terminal.

Python's collector goes through all that lives when it thinks that much is new, which holds a key up
by 50 ms. What is there once the screen stands stays to the end, so it is set aside.
"""

import asyncio
import gc
import signal
import sys
from dataclasses import dataclass

from powclock.race.commands import Quit
from powclock.race.messages import Ended, Race
from powclock.tui.app import PowclockApp
from powclock.tui.hang_up import ends_with_terminal
from powclock.tui.keymap import DEFAULT_KEYS, Keys
from powclock.tui.theme_depth import terminal_depth
from powclock.tui.theme_file import DEFAULT, ThemeError

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


def run_screen(race: Race, options: ScreenOptions) -> Ended | None:
    """Show the race until the person leaves; the race's last word, if it came in time.

    Raises:
        ScreenError: the screen broke, or its theme has become unusable since it was chosen.
    """
    try:
        app = PowclockApp(
            race,
            fps=options.fps,
            theme=options.theme,
            depth=terminal_depth(),
            keys=options.keys,
            ascii_only=options.ascii_only,
            motion=options.motion,
        )
    except ThemeError as error:
        raise ScreenError(str(error)) from error
    with ends_with_terminal(sys.stdin.fileno(), lambda: race.send(Quit())):
        ended = asyncio.run(_run(app, mouse=options.mouse))
    if app.broke is not None:
        raise ScreenError(app.broke)
    return ended


async def _run(app: PowclockApp, *, mouse: bool) -> Ended | None:
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
