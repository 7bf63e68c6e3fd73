"""The app: takes in what the race tells, paints at a steady rate, and restores the terminal.

Messages come from another thread. They wait in an inbox, and one note to the loop, which later
notes replace, says that there is something in it; so a slow screen skips frames and never runs
behind.
"""

import traceback
from collections import deque
from pathlib import Path
from threading import Lock
from time import monotonic
from typing import ClassVar

from msgspec.structs import replace
from textual.app import App
from textual.binding import Binding, BindingType
from textual.filter import NoColor
from textual.message import Message
from textual.screen import Screen
from textual.timer import Timer

from powclock.race.commands import AnyCommand, Quit
from powclock.race.messages import AnyMessage, Declined, Ended, Found, Race, Shown
from powclock.record.labels import clean_label
from powclock.tui import theme_file as themes
from powclock.tui.glyphs import to_ascii
from powclock.tui.keymap import DEFAULT_KEYS, Keys
from powclock.tui.screens.race import RaceScreen
from powclock.tui.screens.sheet import Sheet
from powclock.tui.state import State, both
from powclock.tui.theme import textual_theme
from powclock.tui.theme_depth import Depth
from powclock.tui.theme_watch import ThemeWatch
from powclock.tui.thrift import ThriftyDriver
from powclock.tui.widgets.panel import Panel

# How long a race that was asked to end may take to say its last word.
LAST_WORD_S = 1.5
# Between two pictures while something moves: a reorg takes some fifteen of them.
MOTION_S = 0.04
# How often the theme's file is looked at; a change is taken in once it stays for one look.
THEME_LOOK_S = 0.25
# What an error says may come from outside.
ERROR_CELLS_MAX = 200


class Told(Message, bubble=False):
    """There is something in the inbox."""

    def can_replace(self, message: Message) -> bool:
        """One note is enough."""
        return isinstance(message, Told)


class PowclockApp(App[Ended | None]):
    """The screen of one race."""

    TITLE = "powclock"
    ENABLE_COMMAND_PALETTE = False
    CSS = "App.-ascii Toast { border: none; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+c", "leave", "quit", show=False, priority=True, id="interrupt"),
        Binding("ctrl+q", "leave", "quit", show=False, priority=True, id="quit"),
    ]

    def __init__(
        self,
        race: Race,
        *,
        fps: int = 10,
        theme: str = themes.DEFAULT,
        depth: Depth = Depth.TRUE,
        keys: Keys = DEFAULT_KEYS,
        ascii_only: bool = False,
        motion: bool = True,
    ) -> None:
        """Make the screen; it starts to listen once it runs.

        Raises:
            ThemeError: the theme cannot be used.
        """
        super().__init__(driver_class=ThriftyDriver)
        if self.no_color:
            # textual would use greys; whoever asks for no colour means none.
            self._filters = [NoColor()]
        self.set_class(ascii_only, "-ascii")
        self._race = race
        self._interval_s = 1 / max(fps, 1)
        self._inbox: deque[AnyMessage] = deque()
        self._inbox_lock = Lock()
        self._painted_at = 0.0
        self._next_paint: Timer | None = None
        self._next_motion: Timer | None = None
        self._leaving = False
        self.broke: str | None = None
        self._theme_watch = ThemeWatch(themes.find(theme))
        chosen = themes.decode(self._theme_watch.path)
        self.race_state = State(
            chosen, depth=depth, keys=keys, ascii_only=ascii_only, motion=motion
        )
        self.race_screen = RaceScreen(self.race_state)
        if not motion:
            self.animation_level = "none"
        self._use_theme(chosen)
        self.set_keymap(keys.mapped)

    def get_default_screen(self) -> Screen[None]:
        """The race is the first thing to see."""
        return self.race_screen

    def on_mount(self) -> None:
        """Listen from now on."""
        self._race.listen(self._hear)
        self.set_interval(THEME_LOOK_S, self.look_at_theme)

    def send(self, command: AnyCommand) -> None:
        """Ask something of the race."""
        self._race.send(command)

    def _hear(self, message: AnyMessage) -> None:
        """In the thread of the race.

        While the screen is stuck, as with a terminal that does not read, frames do not pile up.
        """
        with self._inbox_lock:
            last = self._inbox[-1] if self._inbox else None
            if isinstance(message, Shown) and isinstance(last, Shown):
                self._inbox[-1] = replace(message, frame=both(last.frame, message.frame))
            else:
                self._inbox.append(message)
        try:
            self.post_message(Told())
        except RuntimeError:
            # The loop is closed: the screen is gone, and nobody reads on.
            self._inbox.clear()

    def on_told(self) -> None:
        """Take in all that was told, and paint once."""
        shown = False
        with self._inbox_lock:
            messages = list(self._inbox)
            self._inbox.clear()
        for message in messages:
            match message:
                case Shown(frame=frame, pace=pace):
                    self.race_state.see(frame, pace)
                    self.race_screen.controls.seen()
                    shown = True
                case Declined(text=text):
                    text = to_ascii(text) if self.race_state.ascii_only else text
                    self.notify(text, severity="warning", markup=False)
                case Found():
                    self.race_screen.found(message)
                case Ended():
                    self._end(message)
        if shown:
            self._paint_soon()

    def _end(self, ended: Ended) -> None:
        self.race_state.ended = ended
        if self._leaving or not ended.trouble:  # trouble stays on the screen until it is read
            self.exit(ended)
        else:
            self.paint()

    def _paint_soon(self) -> None:
        if self._next_paint is not None:
            return
        wait_s = self._painted_at + self._interval_s - monotonic()
        # A frame that comes a little early is painted at once, or two clocks would beat.
        if wait_s <= self._interval_s / 4:
            self.paint()
        else:
            self._next_paint = self.set_timer(wait_s, self.paint)

    def paint(self) -> None:
        """Paint now."""
        if self._next_paint is not None:
            self._next_paint.stop()
            self._next_paint = None
        self._painted_at = monotonic()
        self.race_screen.paint()
        for screen in self.screen_stack:
            if isinstance(screen, Sheet):
                screen.paint()
        self._move_on()

    def _move_on(self) -> None:
        """Paint between frames while something on the screen moves."""
        if self._next_motion is None and self.race_screen.moving:
            self._next_motion = self.set_timer(MOTION_S, self._paint_motion)

    def _paint_motion(self) -> None:
        self._next_motion = None
        self.race_screen.paint_moving()
        self._move_on()

    def leave(self) -> None:
        """End the race and wait a moment for its last word; asked again, do not wait."""
        if self.race_state.ended is not None or self._leaving:
            self.exit(self.race_state.ended)
            return
        self._leaving = True
        self.send(Quit())
        self.set_timer(LAST_WORD_S, lambda: self.exit(self.race_state.ended))

    def action_leave(self) -> None:
        """End the race."""
        self.leave()

    def next_theme(self) -> None:
        """Draw with the theme after this one; what is wrong with those in between is told."""
        paths = list(themes.files().values())
        current = self._theme_watch.path
        start = paths.index(current) + 1 if current in paths else 0
        for path in [*paths[start:], *paths[:start]]:
            watch = ThemeWatch(path)  # before it is read, so that no change is missed
            try:
                theme = themes.decode(path)
            except themes.ThemeError as error:
                self._tell_theme_error(error)
                continue
            self._theme_watch = watch
            self._draw_with(theme)
            return

    def look_at_theme(self) -> None:
        """Take in what was changed in the theme's file; the last good colours outlive a mistake."""
        if not self._theme_watch.changed():
            return
        try:
            self._draw_with(themes.decode(self._theme_watch.path))
        except themes.ThemeError as error:
            self._tell_theme_error(error)

    def _tell_theme_error(self, error: themes.ThemeError) -> None:
        text = to_ascii(str(error)) if self.race_state.ascii_only else str(error)
        self.notify(text, title="theme", severity="error", markup=False)

    def _draw_with(self, theme: themes.Theme) -> None:
        self.race_state.set_theme(theme)
        self._use_theme(theme)
        self.refresh_css(animate=False)  # a theme may come again under its name
        self.paint()
        for screen in self.screen_stack[1:]:  # what is open over the race
            for panel in screen.query(Panel):
                panel.paint()

    def _fatal_error(self) -> None:
        """Keep a bug to one line: textual would print pages over the restored terminal."""
        error = self._exception
        where = ""
        if error is not None and error.__traceback__ is not None:
            frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
            code = frames[-1].f_code
            where = f" in {code.co_name} ({Path(code.co_filename).name})"
        said = clean_label(" ".join(str(error).split()), ERROR_CELLS_MAX)
        self.broke = f"the screen broke: {type(error).__name__}: {said}{where}"
        self._close_messages_no_wait()

    @property
    def theme_name(self) -> str:
        """The theme that is drawn with."""
        return themes.label(self._theme_watch.path.stem)

    def _use_theme(self, theme: themes.Theme) -> None:
        drawn = textual_theme(theme, self.theme_name, self.race_state.depth)
        self.register_theme(drawn)
        self.theme = drawn.name
