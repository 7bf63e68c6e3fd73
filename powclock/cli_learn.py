"""The command `powclock learn`: the lessons, on the screen or as lines."""

import shlex
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from powclock import listings
from powclock.cli_errors import WrongUse
from powclock.cli_options import (
    ASCII,
    CLEAN,
    FPS,
    KEYS,
    NO_MOTION,
    NO_MOUSE,
    PLAIN,
    SHOW_KEYS,
    THEME,
)
from powclock.cli_progress import interrupts
from powclock.cli_terminal import last_word, why_plain
from powclock.race.lesson.chapter import Chapter
from powclock.race.lesson.shelf import (
    copy_chapter,
    load_chapter,
    number_of,
    shipped_chapters,
    shipped_files,
)
from powclock.race.plan import Plan
from powclock.record.checker.broken import BrokenInvariant

if TYPE_CHECKING:
    from powclock.tui.run import ScreenOptions

OURS = 1


def learn(
    chapter: Annotated[
        str | None,
        typer.Argument(metavar="[CHAPTER]", help="A number of the list, demo, or your own file."),
    ] = None,
    auto: Annotated[
        bool, typer.Option("--auto", help="Go on by itself, after the time it takes to read.")
    ] = False,
    plain: PLAIN = False,
    copy: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the chapter's file, for editing.")
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Play it at once: does what it claims hold?")
    ] = False,
    theme: THEME = None,
    keys: KEYS = None,
    fps: FPS = 10,
    ascii_only: ASCII = False,
    no_motion: NO_MOTION = False,
    no_mouse: NO_MOUSE = False,
    show_keys: SHOW_KEYS = False,
    clean: CLEAN = False,
) -> None:
    """List the lessons, or play one: a race that is told step by step.

    \b
    powclock learn
    powclock learn 3
    powclock learn 3 --copy mine.toml
    powclock learn mine.toml --check
    """
    if chapter is None:
        if copy is not None or check:
            raise WrongUse("which chapter? say `powclock learn 1`, or name a file")
        _list_chapters()
        return
    if copy is not None:
        copy_chapter(chapter, copy)
        again = shlex.join(["powclock", "learn", str(copy)])
        typer.echo(f"{copy} is yours to edit; play it with: {again}")
        return
    told = load_chapter(chapter)
    if told.presses_keys and (check or plain or why_plain()):
        raise WrongUse(
            f"{chapter}: its steps press keys, which needs a screen: play it on a terminal, or "
            f"`powclock film {chapter} -o film.cast`"
        )
    if check:
        raise typer.Exit(_check(told, chapter))
    look, keys_in_force = listings.chosen_theme(theme), listings.chosen_keys(keys)
    why = why_plain()
    if plain or why:
        if why and not plain and sys.stderr.isatty() and sys.stdout.isatty():
            typer.echo(f"powclock: {why}: plain lines instead of a screen", err=True)
        _tell_plainly(told)
        return

    def options() -> "ScreenOptions":
        # textual is loaded here and nowhere else
        from powclock.tui.run import ScreenOptions

        return ScreenOptions(
            fps=fps,
            theme=look,
            keys=keys_in_force,
            ascii_only=ascii_only,
            motion=not no_motion,
            mouse=not no_mouse,
            show_keys=show_keys or told.presses_keys,
            clean=clean,
        )

    _tell_on_screen(chapter, told, options, fps=fps, auto=auto)


def _list_chapters() -> None:
    chapters = shipped_chapters()
    for number, chapter in enumerate(chapters, start=1):
        typer.echo(f"{number:>3}  {chapter.title or chapter.name}")
        if chapter.about:
            typer.echo(f"     {chapter.about}")
    typer.echo("\npowclock learn 1 plays the first of them")


def _check(chapter: Chapter, which: str) -> int:
    from powclock.race.lesson.rehearsal import rehearse

    failures = rehearse(chapter).failures
    for failure in failures:
        typer.echo(f"{which}: {failure}", err=True)
    claims = sum(len(step.expect) for step in chapter.steps)
    if not failures:
        typer.echo(f"{which}: {len(chapter.steps)} steps, all {claims} claims hold")
    return OURS if failures else 0


def _tell_plainly(chapter: Chapter) -> None:
    from powclock.lab.report import report_text
    from powclock.race.lesson.plain import tell_plainly

    def say(text: str) -> None:
        sys.stdout.write(text + "\n")
        sys.stdout.flush()

    try:
        with interrupts() as look:
            summary = tell_plainly(chapter, say, look)
    except BrokenInvariant as broken:
        typer.echo(f"powclock: the race stopped: {broken}", err=True)
        raise typer.Exit(OURS) from broken
    say(report_text(summary))


def _tell_on_screen(
    which: str, chapter: Chapter, options: Callable[[], "ScreenOptions"], *, fps: int, auto: bool
) -> None:
    """Play chapters for as long as the person goes on to the next one."""
    from powclock.race.remote import RaceProcess

    while True:
        number = number_of(which)
        following = _following(number)
        plan = Plan(chapter.scenario(), frames_per_s=fps, chapter=chapter, attended=not auto)
        race = RaceProcess(plan)
        try:
            chosen = options()
            from powclock.tui.run import ScreenError, run_lesson

            title = (following.title or following.name) if following is not None else ""
            ended, wants_next = run_lesson(race, chapter, title, chosen, auto=auto)
        except ScreenError as error:
            typer.echo(f"powclock: {error}", err=True)
            raise typer.Exit(OURS) from error
        finally:
            race.close()
        if ended is not None and ended.trouble:
            typer.echo(
                f"powclock: the race stopped: {ended.trouble}\nagain: {ended.again}", err=True
            )
            raise typer.Exit(OURS)
        if not wants_next or following is None:
            break
        which, chapter = str(number + 1), following
    if ended is not None:
        typer.echo(last_word(ended))


def _following(number: int) -> Chapter | None:
    """The chapter after a shipped one."""
    if not 0 < number < len(shipped_files()):
        return None
    return load_chapter(str(number + 1))
