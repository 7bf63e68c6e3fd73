"""What every screen of the program does: takes in what races tell, paints at a steady rate, draws
with a theme that may change, and restores the terminal.
"""

import traceback
from collections.abc import Callable
from pathlib import Path
from time import monotonic
from typing import ClassVar, Generic, Protocol, TypedDict, TypeVar, Unpack

from textual import events
from textual.app import App
from textual.binding import Binding, BindingType
from textual.driver import Driver
from textual.filter import NoColor
from textual.notifications import Notify, SeverityLevel
from textual.timer import Timer

from powclock.race.messages import AnyMessage, Race
from powclock.record.labels import clean_label
from powclock.tui import theme_file as themes
from powclock.tui.glyphs import to_ascii
from powclock.tui.inbox import Inbox, Told
from powclock.tui.key_presses import FRESH_S, STAYS_S, KeyPresses
from powclock.tui.keymap import DEFAULT_KEYS, Keys, named, shown
from powclock.tui.screens.sheet import Sheet
from powclock.tui.screens.typing import words_of
from powclock.tui.state import State
from powclock.tui.text import without_folders, wrapped
from powclock.tui.theme import textual_theme
from powclock.tui.theme_depth import Depth
from powclock.tui.theme_watch import ThemeWatch
from powclock.tui.thrift import ThriftyDriver
from powclock.tui.widgets.keys_shown import KeysShown
from powclock.tui.widgets.panel import Panel

# How long a race that was asked to end may take to say its last word.
LAST_WORD_S = 1.5
# Between two pictures while something moves: a reorg takes some fifteen of them.
MOTION_S = 0.04
# By then a sheet that a key has opened stands, or is gone.
SOON_S = 0.1
# How often the theme's file is looked at; a change is taken in once it stays for one look.
THEME_LOOK_S = 0.25
# What an error says may come from outside.
ERROR_CELLS_MAX = 200
# Of a note's row, its border and its padding.
_NOTE_FRAME_CELLS = 3

Outcome = TypeVar("Outcome")
# Takes in a message; whether there is something new to paint.
Take = Callable[[AnyMessage], bool]


class Look(TypedDict, total=False):
    """How the screen draws: frames a second, theme by name or path, keys, and what to leave out.

    `show_keys` shows keys as they are pressed, `clean` tells nothing of the machine; one that does
    not `save` writes no pictures.
    `wall_s` is the time by which it draws, and `driver` gets what is written; both are those of the
    terminal unless given.
    """

    fps: int
    theme: str
    depth: Depth
    keys: Keys
    ascii_only: bool
    motion: bool
    show_keys: bool
    saves: bool
    clean: bool
    wall_s: Callable[[], float]
    driver: type[Driver]


class Painted(Protocol):
    """The screen under all sheets, as the shell sees it."""

    @property
    def moving(self) -> bool:
        """Whether something on it changes by itself."""
        ...

    def paint(self) -> None:
        """Repaint what changed."""
        ...

    def paint_moving(self) -> None:
        """Repaint what changes by itself."""
        ...


class Shell(App[Outcome | None], Generic[Outcome]):
    """A screen of one race or several; what it shows is up to who derives from it."""

    TITLE = "powclock"
    ENABLE_COMMAND_PALETTE = False
    # A note takes the row of the keys, and more only if it is long: it hides nothing of the race.
    CSS = """
    ToastRack { margin: 0; overflow-y: hidden; }
    Toast { width: 100%; max-width: 100%; margin: 0; padding: 0 1; }
    App.-ascii Toast { border: none; }
    Screen.-over-axis ToastRack { margin-bottom: 2; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+c", "leave", "quit", show=False, priority=True, id="interrupt"),
        Binding("ctrl+q", "leave", "quit", show=False, priority=True, id="quit"),
    ]

    def __init__(self, **look: Unpack[Look]) -> None:
        """Make the screen; it starts to listen once it runs.

        Raises:
            ThemeError: the theme cannot be used.
        """
        super().__init__(driver_class=look.get("driver", ThriftyDriver))
        if self.no_color:
            # textual would use greys; whoever asks for no colour means none.
            self._filters = [NoColor()]
        self._depth = look.get("depth", Depth.TRUE)
        self._keys = look.get("keys", DEFAULT_KEYS)
        self._ascii_only = look.get("ascii_only", False)
        self._motion = look.get("motion", True)
        self._wall_s = look.get("wall_s", monotonic)
        self._clean = look.get("clean", False)
        self.saves = look.get("saves", True)
        self._presses = KeyPresses() if look.get("show_keys", False) else None
        self.set_class(self._ascii_only, "-ascii")
        self._interval_s = 1 / max(look.get("fps", 10), 1)
        self._inboxes: list[tuple[Inbox, Take]] = []
        self._painted_at = 0.0
        self._next_paint: Timer | None = None
        self._next_motion: Timer | None = None
        self._leaving = False
        self.broke: str | None = None
        self._theme_watch = ThemeWatch(themes.find(look.get("theme", themes.DEFAULT)))
        self._theme = themes.decode(self._theme_watch.path)
        self._states: list[State] = []
        if not self._motion:
            self.animation_level = "none"
        self._use_theme(self._theme)
        self.set_keymap(self._keys.mapped)

    def new_state(self) -> State:
        """A model for what is shown; it gets the themes that are chosen later."""
        state = State(
            self._theme,
            depth=self._depth,
            keys=self._keys,
            ascii_only=self._ascii_only,
            motion=self._motion,
            wall_s=self._wall_s,
        )
        self._states.append(state)
        return state

    @property
    def ground(self) -> Painted:
        """The screen under all sheets."""
        raise NotImplementedError

    def all_over(self) -> bool:
        """Whether every race has said its last word."""
        raise NotImplementedError

    def outcome(self) -> Outcome | None:
        """What came of it, as far as it is known."""
        raise NotImplementedError

    def ask_to_end(self) -> None:
        """Ask every race for its last word."""
        raise NotImplementedError

    def side_by_side(self) -> bool:
        """Back to races next to each other; False where there is only one."""
        return False

    def on_mount(self) -> None:
        """Look at the theme's file from now on."""
        self.set_interval(THEME_LOOK_S, self.look_at_theme)

    # What races tell.

    def listen_to(self, race: Race, take: Take) -> None:
        """Take in what a race tells from now on."""
        inbox = Inbox()
        self._inboxes.append((inbox, take))

        def hear(message: AnyMessage) -> None:
            """In the thread of the race."""
            inbox.put(message)
            try:
                self.post_message(Told())
            except RuntimeError:
                # The loop is closed: the screen is gone, and nobody reads on.
                inbox.take()

        race.listen(hear)

    def on_told(self) -> None:
        """Take in all that was told, and paint once."""
        shown = False
        for inbox, take in self._inboxes:
            for message in inbox.take():
                shown = take(message) or shown
        if shown:
            self._paint_soon()

    def tell(self, text: str) -> None:
        """A warning for the person, in a note over the screen."""
        text = to_ascii(text) if self._ascii_only else text
        self.notify(text, severity="warning", markup=False)

    def notify(
        self,
        message: str,
        *,
        title: str = "",
        severity: SeverityLevel = "information",
        timeout: float | None = None,
        markup: bool = True,
    ) -> None:
        """A note over the screen; a clean one names files without their folders."""
        said = without_folders(message) if self._clean else message
        super().notify(said, title=title, severity=severity, timeout=timeout, markup=markup)

    def on_notify(self, event: Notify) -> None:
        """A note takes the place of one that says the same; several do not hide an axis."""
        said = event.notification.message
        same = [note for note in self._notifications if note.message == said]
        for note in same:
            self._unnotify(note, refresh=False)
        room = max(self.size.width - _NOTE_FRAME_CELLS, 1)
        notes = [*self._notifications, event.notification]
        rows = sum(len(wrapped(note.message, room)) for note in notes)
        self.screen.set_class(rows > 1 and self.has_axis, "-over-axis")

    @property
    def has_axis(self) -> bool:
        """Whether the row above the keys is a time axis: then only one row of notes lies below."""
        return False

    # Pictures.

    def _paint_soon(self) -> None:
        if self._next_paint is not None:
            return
        wait_s = self._painted_at + self._interval_s - self._wall_s()
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
        self._painted_at = self._wall_s()
        self.ground.paint()
        for screen in self.screen_stack:
            if isinstance(screen, Sheet):
                screen.paint()
        self._move_on()

    def _move_on(self) -> None:
        """Paint between frames while something on the screen moves."""
        if self._next_motion is None and self.ground.moving:
            self._next_motion = self.set_timer(MOTION_S, self._paint_motion)

    def _paint_motion(self) -> None:
        self._next_motion = None
        self.ground.paint_moving()
        self._move_on()

    # Keys.

    def press(self, key: str) -> None:
        """Press a key, written as in key maps, as if a person did."""
        name = named(key)
        assert name is not None
        character = " " if key == "space" else key if len(key) == 1 else None
        self.post_message(events.Key(name, character))

    async def on_event(self, event: events.Event) -> None:
        """Show keys as they come, before anything else is done with them."""
        if self._presses is None or not isinstance(event, events.Key) or event.is_forwarded:
            await super().on_event(event)
            return
        binding = self.screen.active_bindings.get(event.key)
        words = words_of(self.screen, binding.binding) if binding is not None else ""
        self._presses.press(shown(event.key), words, self._wall_s())
        await super().on_event(event)
        self._show_presses()
        for wait_s in (0.0, FRESH_S, STAYS_S):
            self.set_timer(wait_s + SOON_S, self._show_presses)

    def _show_presses(self) -> None:
        """On the screen that is on top, as a key may have opened or closed another."""
        assert self._presses is not None
        for screen in self.screen_stack:
            shown_there = screen.query(KeysShown)
            if screen is not self.screen:
                for note in shown_there:
                    note.display = False
            elif not shown_there:
                screen.mount(KeysShown(self._states[0], self._presses))
                self.call_after_refresh(self._show_presses)
            else:
                shown_there.first().show(self.size.height - self.rows_below, self.size.width)

    @property
    def rows_below(self) -> int:
        """Rows at the bottom that nothing is to lie over."""
        return 2

    # The way out.

    def leave(self) -> None:
        """End the races and wait a moment for their last words; asked again, do not wait."""
        if self.all_over() or self._leaving:
            self.exit(self.outcome())
            return
        self._leaving = True
        self.ask_to_end()
        self.set_timer(LAST_WORD_S, lambda: self.exit(self.outcome()))

    def action_leave(self) -> None:
        """End the races."""
        self.leave()

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

    # Themes.

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
        text = to_ascii(str(error)) if self._ascii_only else str(error)
        self.notify(text, severity="error", markup=False)

    def _draw_with(self, theme: themes.Theme) -> None:
        self._theme = theme
        for state in self._states:
            state.set_theme(theme)
        self._use_theme(theme)
        self.refresh_css(animate=False)  # a theme may come again under its name
        self.paint()
        for screen in self.screen_stack[1:]:  # what is open over the races
            for panel in screen.query(Panel):
                panel.paint()

    @property
    def theme_name(self) -> str:
        """The theme that is drawn with."""
        return themes.label(self._theme_watch.path.stem)

    def _use_theme(self, theme: themes.Theme) -> None:
        drawn = textual_theme(theme, self.theme_name, self._depth)
        self.register_theme(drawn)
        self.theme = drawn.name
