"""`powclock themes`: which there are, and how a race looks in each.

The list reads plain files and answers at once; pictures load the screen. A preview in the terminal
puts as many pictures beside each other as fit, each a real screen at that width.
"""

import os
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from powclock.cli_errors import WrongUse
from powclock.cli_output import may_write
from powclock.clock.virtual_loop import NANOSECONDS

if TYPE_CHECKING:
    from powclock.race.still import StillRace
    from powclock.tui.theme_file import Theme, ThemeError

# From this width on the screen has all its panels.
WIDTH_MIN, HEIGHT, GAP = 76, 20, 2
SVG_SIZE = (100, 30)

# A minute in which most of what a theme has a colour for has happened.
_RACE = """
name = "preview"
seed = 35
nodes = { count = 6, spread = 0.4 }
difficulty = { interval_s = 4 }
links = { latency_ms = 250, jitter_ms = 60 }
mining = { miner = "sampled" }
workload = { transactions_per_s = 0.5 }

[[faults]]
at_s = 38
fault = { kind = "partition", nodes = ["alice", "bob"] }

[[faults]]
at_s = 44
fault = { kind = "crash", nodes = ["frank"] }
"""
_UNTIL_S = 60


def themes(
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="[NAME]...", help="Only these, by name or by file."),
    ] = None,
    preview: Annotated[
        bool, typer.Option("--preview", help="Show a race in each, as the screen draws it.")
    ] = False,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", metavar="FOLDER|FILE.svg",
            help="Write the preview as SVG: a picture for each theme, or one sheet with all.",
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Write over the files of -o.")] = False,
) -> None:  # fmt: skip
    """List the themes that come with powclock, and your own.

    \b
    powclock --theme nocturne
    POWCLOCK_THEME=light powclock
    powclock themes --preview stage light
    powclock themes --preview -o themes.svg
    """
    from powclock.tui.theme_list import in_colour, plain

    if output is not None and not preview:
        raise WrongUse("-o writes a preview: say --preview -o FOLDER or FILE.svg")
    if force and output is None:
        raise WrongUse("--force goes with -o, whose files it lets write over")
    found = _found(names or [])
    if output is not None:
        _write(output, found, force=force)
    elif not sys.stdout.isatty() or os.environ.get("NO_COLOR"):
        if preview:
            why = "NO_COLOR is set" if sys.stdout.isatty() else "this is no terminal"
            typer.echo(
                f"powclock: {why}: a list instead of pictures; -o FILE.svg draws them", err=True
            )
        typer.echo("\n".join(plain(found)))
    elif preview:
        _show(found)
    else:
        in_colour(found)


Found = list[tuple[str, "Theme | ThemeError"]]


def _found(names: Sequence[str]) -> Found:
    """The themes that were asked for, or all.

    Raises:
        WrongUse: one that was asked for cannot be used; one among all is told in its place.
    """
    from powclock.tui.theme_file import ThemeError, catalogue, find, label, load

    if not names:
        return list(catalogue())
    try:
        return [(label(find(name).stem), load(name)) for name in names]
    except ThemeError as error:
        raise WrongUse(str(error)) from error


def _usable(found: Found) -> list[tuple[str, "Theme"]]:
    from powclock.tui.theme_file import ThemeError

    usable: list[tuple[str, Theme]] = []
    for name, theme in found:
        if isinstance(theme, ThemeError):
            typer.echo(f"powclock: {theme}", err=True)
        else:
            usable.append((name, theme))
    return usable


def _race() -> "StillRace":
    from powclock.race.scenario import parse_scenario
    from powclock.race.still import StillRace

    return StillRace(parse_scenario(_RACE, "preview"), _UNTIL_S * NANOSECONDS)


def _show(found: Found) -> None:
    """Draw on the terminal."""
    from rich.console import Console

    from powclock.tui.preview import Named, beside, in_cells
    from powclock.tui.theme_depth import Depth, terminal_depth

    depth = terminal_depth()
    # By the terminal itself: COLUMNS may be that of another.
    width = os.get_terminal_size(sys.stdout.fileno()).columns or None
    console = Console(width=width, highlight=False, markup=False)
    width = console.width
    columns = max(1, (width + GAP) // (WIDTH_MIN + GAP))
    usable = [Named(name, theme) for name, theme in _usable(found)]
    columns = max(1, min(columns, len(usable)))
    size = ((width + GAP) // columns - GAP, HEIGHT)
    with _race() as race:
        pictures = in_cells(race, usable, size, depth)
    for start in range(0, len(usable), columns):
        end = start + columns
        console.print(beside(usable[start:end], pictures[start:end], size[0], GAP))
    if depth is Depth.SIXTEEN:
        console.print("In this terminal's 16 colours all dark themes look alike.")


def _write(output: Path, found: Found, *, force: bool) -> None:
    """Write SVG files.

    Raises:
        WrongUse: they cannot be written, or one is there and is to stay.
    """
    from powclock.tui.preview import Named, as_svg, sheet

    one = output.suffix.lower() == ".svg"
    folder = output.parent if one else output
    if not one and output.suffix and not output.is_dir():
        raise WrongUse(f"-o: {output}: a preview is an .svg: name FILE.svg, or a folder")
    if one and not folder.is_dir():
        raise WrongUse(f"-o: {output}: there is no folder {folder}: make it first")
    usable = [Named(name, theme) for name, theme in _usable(found)]
    for name, times in Counter(named.name for named in usable).items():
        if times > 1:
            raise WrongUse(f"two themes are called {name}: show them one after the other")
    paths = [output] if one else [folder / f"{named.name}.svg" for named in usable]
    for path in paths:
        may_write("-o", path, force=force)
    with _race() as race:
        pictures = as_svg(race, usable, SVG_SIZE)
    try:
        if one:
            output.write_text(sheet(pictures), encoding="utf-8")
            typer.echo(f"{output}")
            return
        folder.mkdir(exist_ok=True)
        for path, svg in zip(paths, pictures, strict=True):
            path.write_text(svg, encoding="utf-8")
            typer.echo(f"{path}")
    except OSError as error:
        raise WrongUse(f"-o: {output}: cannot be written: {error.strerror}") from error
