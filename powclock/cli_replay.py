"""`powclock replay`: a recording on the screen, at any moment and in both directions."""

from typing import Annotated

import typer

from powclock import listings
from powclock.cli_errors import WrongUse
from powclock.cli_moment import Moment, moment
from powclock.cli_options import (
    ASCII,
    CLEAN,
    FPS,
    KEYS,
    NO_MOTION,
    NO_MOUSE,
    SHOW_KEYS,
    SPEED,
    THEME,
)
from powclock.cli_recording import FILE
from powclock.cli_terminal import why_plain
from powclock.race.plan import Plan
from powclock.race.session import session_of
from powclock.record.recording.reader import NoRecording, Recording, shown

OURS = 1

FROM = Annotated[
    Moment | None,
    typer.Option("--from", parser=moment, metavar="MOMENT", help="10m, 3:20, or 'tick 12'."),
]


def replay(
    file: FILE,
    speed: SPEED = 1.0,
    start: FROM = None,
    theme: THEME = None,
    keys: KEYS = None,
    fps: FPS = 10,
    ascii_only: ASCII = False,
    no_motion: NO_MOTION = False,
    no_mouse: NO_MOUSE = False,
    show_keys: SHOW_KEYS = False,
    clean: CLEAN = False,
) -> None:
    """Show a recording: play it, scrub, jump to forks, reorgs and faults, fork the future.

    \b
    powclock replay demo.powclock
    powclock replay demo.powclock --from "tick 20" --speed 2
    """
    look, keys_in_force = listings.chosen_theme(theme), listings.chosen_keys(keys)
    try:
        with Recording(file) as recording:
            scenario = session_of(recording).scenario
            if next(recording.records(), None) is None:
                said = recording.damage or "there is no record in it that is whole"
                raise WrongUse(f"{shown(file)}: {said}")
    except NoRecording as error:
        raise WrongUse(str(error)) from error
    why = why_plain()
    if why:
        raise WrongUse(
            f"a replay needs a screen, and {why}: `powclock export` prints the records of a "
            "recording, `powclock rerun` races it again"
        )
    from powclock.race.remote import RaceProcess

    start = start or Moment()
    path = str(file.absolute())
    plan = Plan(
        scenario,
        speed,
        fps,
        replay=path,
        from_ns=start.time_ns,
        from_tick=start.tick,
    )
    race = RaceProcess(plan)
    try:
        from powclock.tui.run import ScreenError, ScreenOptions, run_screen

        options = ScreenOptions(
            fps=fps,
            theme=look,
            keys=keys_in_force,
            ascii_only=ascii_only,
            motion=not no_motion,
            mouse=not no_mouse,
            show_keys=show_keys,
            clean=clean,
        )
        ended = run_screen(race, options)
    except ScreenError as error:
        typer.echo(f"powclock: {error}", err=True)
        raise typer.Exit(OURS) from error
    finally:
        race.close()
    if ended is None:
        return
    if ended.trouble:
        typer.echo(f"powclock: the replay stopped: {ended.trouble}\nagain: {ended.again}", err=True)
        raise typer.Exit(OURS)
    if ended.summary:
        typer.echo(ended.summary)
    typer.echo(f"again     {ended.again}")
    if ended.recording:
        typer.echo(f"recorded  {ended.recording}")
