"""The command `powclock film`: the screen of a race as a file, made without a terminal."""

import math
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from powclock import listings
from powclock.cli_errors import WrongUse
from powclock.cli_moment import Moment, moment_of_still
from powclock.cli_options import (
    ASCII,
    COUNTDOWN,
    FPS_MAX,
    MINER,
    NO_MOTION,
    NODES,
    RULE,
    SEED,
    THEME,
    TITLE,
    TITLE_CELLS_MAX,
    seconds,
    whole,
)
from powclock.cli_options import speed as a_speed
from powclock.cli_output import may_write
from powclock.cli_progress import bar, interrupts
from powclock.clock.virtual_loop import NANOSECONDS
from powclock.film.subject import Subject, load_subject
from powclock.film.terminal import film_terminal
from powclock.race.plan import Plan
from powclock.race.scenario import adapted
from powclock.record.labels import clean_label
from powclock.record.recording.reader import shown as shown_path

if TYPE_CHECKING:
    from collections.abc import Callable

    from powclock.film.shoot import Shot
    from powclock.race.messages import Shown
    from powclock.record.events import Record
    from powclock.tui.shell import Look

OURS = 1
KINDS = (".cast", ".svg", ".gif", ".txt")
LASTS_S = 60.0
# Whatever waits for something that never comes ends here, and a recording that tells of a far end.
LONGEST_S = 3_600.0
DARK = "dark"
# An app that paints less often looks as if it hung.
FRAMES_A_S_MIN = 2
_SIZE = re.compile(r"(\d{1,4})[x×](\d{1,4})")
_COLUMNS, _ROWS = range(20, 501), range(5, 201)


@dataclass(frozen=True)
class Size:
    """Of a terminal, in cells."""

    columns: int = 100
    rows: int = 30


def _size(text: str) -> Size:
    found = _SIZE.fullmatch(text)
    columns, rows = (int(found[1]), int(found[2])) if found else (0, 0)
    if found is None:
        raise typer.BadParameter(f"{text!r} is no size: write columns x rows, such as 100x30")
    if columns not in _COLUMNS or rows not in _ROWS:
        least, most = (f"{_COLUMNS[end]}x{_ROWS[end]}" for end in (0, -1))
        raise typer.BadParameter(f"{text!r} will not do: write a size from {least} to {most}")
    return Size(columns, rows)


def film(
    scenario: Annotated[
        str,
        typer.Argument(
            metavar="[WHAT]",
            help="A scenario or script by name, a lesson by number, or a file: any of these, or a "
            "recording.",
        ),
    ] = "demo",
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", metavar="FILE", help="A .cast, .svg, .gif or .txt."),
    ] = None,
    size: Annotated[
        Size | None,
        typer.Option(parser=_size, metavar="COLUMNSxROWS", help="How large.  [default: 100x30]"),
    ] = None,
    theme: THEME = None,
    seed: SEED = None,
    nodes: NODES = None,
    miner: MINER = None,
    rule: RULE = None,
    speed: Annotated[
        float, typer.Option(parser=a_speed, metavar="FACTOR", help="How fast it races: 0.1, 1, 10.")
    ] = 1.0,
    lasts: Annotated[
        float | None,
        typer.Option(
            "--for",
            parser=seconds,
            metavar="TIME",
            help="End after this race time; else a scenario after 60s, a script or a recording at "
            "its end, or after an hour.",
        ),
    ] = None,
    fps: Annotated[
        int | None,
        typer.Option(
            parser=whole(1, FPS_MAX),
            metavar="NUMBER",
            help="Frames a second; else 10, of a moving .svg 4, and of a .txt 1.",
        ),
    ] = None,
    at: Annotated[
        Moment | None,
        typer.Option(
            "--at",
            parser=moment_of_still,
            metavar="MOMENT",
            help="A still .svg: 42s, 3:20, 'tick 12', fork, reorg, fault or heal.",
        ),
    ] = None,
    cast_version: Annotated[
        int,
        typer.Option(parser=whole(2, 3), metavar="NUMBER", help="The version of a .cast: 2, or 3."),
    ] = 2,
    show_keys: Annotated[
        bool | None,
        typer.Option(
            "--show-keys/--hide-keys", help="Keys on the screen as they are pressed; a script does."
        ),
    ] = None,
    title: TITLE = None,
    countdown: COUNTDOWN = 0,
    ascii_only: ASCII = False,
    no_motion: NO_MOTION = False,
    force: Annotated[bool, typer.Option("--force", help="Write over the file.")] = False,
) -> None:
    """Film a race, without a terminal and faster than it is seen; the same seed, the same film.

    \b
    powclock film demo -o demo.cast
    powclock film split --for 90s --speed 2 --size 80x24 -o split.cast
    powclock film 5 --title "The trouble with clocks" -o lesson.cast
    powclock film race.powclock -o again.svg
    powclock film split --at reorg -o reorg.svg
    """
    path = _output(output, at, cast_version)
    if speed == math.inf:
        raise WrongUse("--speed: nobody can watch a film at max: write a number, such as 10")
    subject = _adapted(load_subject(scenario), seed=seed, nodes=nodes, miner=miner, rule=rule)
    if at is not None and at.of_blocks and not subject.scenario.has_blocks:
        raise WrongUse("--at: a naive race has no ticks and no blocks: write 42s, fault or heal")
    look = listings.chosen_theme(theme or DARK)
    may_write("-o", path, force=force)
    with film_terminal():
        from powclock.film.produce import FPS

        frames_per_s = fps or FPS[path.suffix.lower()]
        plan = Plan(
            subject.scenario,
            speed,
            max(frames_per_s, FRAMES_A_S_MIN),
            _until_ns(subject, lasts, at),
            chapter=subject.chapter,
            attended=False,
        )
        keys = subject.chapter is not None and subject.chapter.presses_keys
        shot = _shot(
            plan,
            size or Size(),
            subject,
            title=clean_label(title or "", TITLE_CELLS_MAX),
            countdown=countdown,
            look={
                "fps": plan.frames_per_s,
                "theme": look,
                "ascii_only": ascii_only,
                "motion": not no_motion,
                "show_keys": keys if show_keys is None else show_keys,
            },
        )
        _make(shot, path, look, at, frames_per_s, cast_version)
    if at is None and lasts is None and subject.end_ns > plan.until_ns:
        whole_s = subject.end_ns / NANOSECONDS
        typer.echo(
            f"powclock: the recording goes on to {whole_s:.0f} s: add --for to film more than "
            f"the first {LONGEST_S:.0f} s",
            err=True,
        )
    if subject.damage:
        typer.echo(f"powclock: {subject.damage}", err=True)
        raise typer.Exit(OURS)


def _adapted(
    subject: Subject,
    *,
    seed: int | None,
    nodes: int | None,
    miner: Literal["grinding", "sampled"] | None,
    rule: str | None,
) -> Subject:
    """With what the command line says instead, as far as that makes sense."""
    told, recorded = subject.chapter is not None, bool(subject.end_ns)
    for name, value in (("--nodes", nodes), ("--rule", rule)):
        if value is not None and (told or recorded):
            kind = "recording" if recorded else "script"
            raise WrongUse(f"{name}: a {kind} has its own: leave it out")
    for name, other in (("--seed", seed), ("--miner", miner)):
        if other is not None and recorded:
            raise WrongUse(f"{name}: a recording has its own: leave it out")
    if subject.chapter is not None:
        chapter = adapted(subject.chapter, seed=seed, miner=miner)
        return replace(subject, scenario=chapter.scenario(), chapter=chapter)
    race = adapted(subject.scenario, seed=seed, nodes=nodes, miner=miner, rule=rule)
    return replace(subject, scenario=race)


def _shot(
    plan: Plan, size: Size, subject: Subject, *, title: str, countdown: int, look: "Look"
) -> "Shot":
    from powclock.film.shoot import Shot
    from powclock.tui.app import opening_of

    named = plan.scenario.title or plan.scenario.name
    return Shot(
        plan,
        size.columns,
        size.rows,
        title=title or named,
        look=look,
        opening=opening_of(named, title, countdown),
        inputs=subject.inputs,
    )


def _output(output: Path | None, at: Moment | None, version: int) -> Path:
    if output is None:
        raise WrongUse("where to? add -o film.cast, or a name that ends in .svg, .gif or .txt")
    kind = output.suffix.lower()
    if kind not in KINDS:
        raise WrongUse(
            f"-o: {shown_path(output)}: its ending says what to make: {', '.join(KINDS)}"
        )
    if at is not None and kind != ".svg":
        raise WrongUse(f"--at is for a still, an .svg; {shown_path(output)} is none")
    if version != 2 and kind != ".cast":
        raise WrongUse("--cast-version is for a .cast")
    if kind == ".gif":
        from powclock.film.gif import program
        from powclock.film.shoot import FilmError

        try:
            program()
        except FilmError as error:
            raise WrongUse(f"-o: {error}") from error
    return output


def _until_ns(subject: Subject, lasts: float | None, at: Moment | None) -> int:
    """Where the race ends, if nothing ends it before."""
    recorded_s = subject.end_ns / NANOSECONDS
    if at is not None and at.time_ns:
        end_s = min(at.time_ns / NANOSECONDS, lasts or math.inf)
    elif recorded_s or at is not None or subject.chapter is not None:
        end_s = lasts or LONGEST_S
    else:
        end_s = lasts or LASTS_S
    return round(min(end_s, recorded_s or end_s) * NANOSECONDS)


def _make(shot: "Shot", path: Path, look: str, at: Moment | None, fps: int, version: int) -> None:
    from powclock.film.produce import produce
    from powclock.film.shoot import FilmError
    from powclock.tui.theme_file import decode, find

    came: list[bool] = []
    with interrupts() as look_up, bar(path.name) as show:
        watched = replace(shot, until=_following(look_up, show, shot.plan.until_ns))
        if at is not None:
            watched = replace(watched, at=_coming(at, came))
        try:
            reel = produce(
                watched, path, decode(find(look)), fps=fps, version=version, still=at is not None
            )
        except OSError as error:
            raise WrongUse(
                f"-o: {shown_path(path)}: cannot be written: {error.strerror}"
            ) from error
        except FilmError as error:
            typer.echo(f"powclock: {error}", err=True)
            raise typer.Exit(OURS) from error
    if at is not None and 0 < at.time_ns <= shot.plan.until_ns:
        came.append(True)
    if at is not None and not came:
        typer.echo(
            f"powclock: {at.words()} did not come: {shown_path(path)} shows the end of the race",
            err=True,
        )
        raise typer.Exit(OURS)
    length = "" if at is not None else f"{reel.length_s:.1f} s, "  # a still has none
    typer.echo(f"{shown_path(path)}  {length}{path.stat().st_size / 1000:,.0f} kB")


def _following(
    look_up: "Callable[[], None]", show: "Callable[[float, str], None]", until_ns: int
) -> "Callable[[Shown], bool]":
    """Shows how far the film is; it ends nothing."""

    def follow(shown: "Shown") -> bool:
        look_up()
        show(shown.frame.time_ns / until_ns, f"tick {shown.frame.height}")
        return False

    return follow


def _coming(at: Moment, came: list[bool]) -> "Callable[[Record], bool]":
    """Ends the film with the moment of a still."""

    def comes(record: "Record") -> bool:
        there = at.comes_with(record)
        if there:
            came.append(True)
        return there

    return comes
