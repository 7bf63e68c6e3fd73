"""The options of commands that run a race, and how what is typed is read."""

import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Literal, TypeVar

import typer

from powclock.cli_errors import WrongUse
from powclock.clock.virtual_loop import NANOSECONDS
from powclock.race.rules import RuleError, offers_of
from powclock.race.scenario import NODES_MAX

FPS_MAX = 60
JOBS_MAX = 512
SEED_END = 2**63
BIG = 2**31  # what bounds a number from here on is how it is kept, which is nobody's concern
Value = TypeVar("Value")
_UNITS_S = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86_400.0}


def seconds(text: str) -> float:
    """30s, 10m, 1h, 250ms; a bare number is seconds."""
    number = text.rstrip("abcdefghijklmnopqrstuvwxyz ")
    unit = text[len(number) :].strip() or "s"
    try:
        length_s = float(number) * _UNITS_S[unit]
    except (ValueError, KeyError):
        length_s = math.nan
    if not 1 / NANOSECONDS <= length_s < 1e9:  # none is nothing on a clock of nanoseconds
        raise typer.BadParameter(f"{text!r} is no duration: write 30s, 10m or 1h")
    return length_s


def speed(text: str) -> float:
    """A factor, or `max`."""
    if text == "max":
        return math.inf
    try:
        factor = float(text)
    except ValueError:
        factor = math.nan
    if not 0.001 <= factor <= 1e6:
        raise typer.BadParameter(f"{text!r} is no speed: write 0.1, 1, 10 or max")
    return factor


def whole(least: int, most: int) -> Callable[[str], int]:
    """How a whole number of an option is read."""
    allowed = f"{least} to {most}" if most < BIG else f"{least} or more"

    def read(text: str) -> int:
        typed = str(text)  # typer reads a default, which is a number, as well
        number = int(typed) if re.fullmatch("[0-9]{1,19}", typed) else -1
        if not least <= number <= most:
            raise typer.BadParameter(f"{typed[:60]!r} will not do: write a whole number, {allowed}")
        return number

    return read


def of_option(name: str, read: Callable[[str], Value], text: str) -> Value:
    """Read what was typed for an option whose text a command reads itself.

    Raises:
        typer.BadParameter: as `read` does, with the option's name.
    """
    try:
        return read(text)
    except typer.BadParameter as error:
        raise typer.BadParameter(error.message, param_hint=name) from error


def known_rule(option: str, name: str) -> None:
    """See that a rule can be used.

    Raises:
        WrongUse: it cannot.
    """
    try:
        offers_of(name)
    except RuleError as error:
        raise WrongUse(f"{option}: {error}") from error


SCENARIO = Annotated[
    str, typer.Argument(metavar="[SCENARIO]", help="A shipped scenario's name, or a TOML file.")
]
SEED = Annotated[
    int | None,
    typer.Option(
        parser=whole(0, SEED_END - 1), metavar="NUMBER", help="Another seed, another race."
    ),
]
NODES = Annotated[
    int | None,
    typer.Option(
        parser=whole(1, NODES_MAX), metavar="NUMBER", help=f"How many nodes race: 1 to {NODES_MAX}."
    ),
]
MINER = Annotated[
    Literal["grinding", "sampled"] | None,
    typer.Option(help="Compute every hash, or draw the time of each find."),
]
RULE = Annotated[
    str | None,
    typer.Option(
        metavar="NAME", help="Who leads: pow, schedule, naive (nobody), or a rule of your own."
    ),
]
RULES = Annotated[
    str | None,
    typer.Option(
        metavar="NAME,NAME", help="Two or three rules next to each other: naive,schedule,pow."
    ),
]
SPEED = Annotated[float, typer.Option(parser=speed, metavar="FACTOR", help="0.1, 1, 10, … or max.")]
LASTS = Annotated[
    float | None,
    typer.Option("--for", parser=seconds, metavar="TIME", help="End after this race time."),
]
PLAIN = Annotated[bool, typer.Option("--plain", help="Lines instead of a screen.")]
THEME = Annotated[
    str | None,
    typer.Option(metavar="NAME|PATH", help="Colours: see `powclock themes`; or POWCLOCK_THEME."),
]
KEYS = Annotated[
    Path | None, typer.Option("--keys", metavar="FILE", help="A key map: see `powclock keys`.")
]
SEEDS = Annotated[str, typer.Option(metavar="FIRST:END", help="Which seeds to race: 17, or 0:3.")]
JOBS = Annotated[
    int | None,
    typer.Option(
        parser=whole(1, JOBS_MAX), metavar="NUMBER", help="Processes; as many as cores without it."
    ),
]
CSV = Annotated[bool, typer.Option("--csv", help="Every race as a line of CSV.")]
PLOT = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Draw a picture as well: an .svg or a .png.")
]
FPS = Annotated[
    int,
    typer.Option(
        parser=whole(1, FPS_MAX), metavar="NUMBER", help=f"Frames a second: 1 to {FPS_MAX}."
    ),
]
ASCII = Annotated[bool, typer.Option("--ascii", help="Only ASCII characters on the screen.")]
NO_MOTION = Annotated[bool, typer.Option("--no-motion", help="No animation.")]
NO_MOUSE = Annotated[bool, typer.Option("--no-mouse", help="Leave the mouse to the terminal.")]
SHOW_KEYS = Annotated[
    bool, typer.Option("--show-keys", help="Show keys on the screen as they are pressed.")
]
CLEAN = Annotated[bool, typer.Option("--clean", help="Name files without their folders.")]
TITLE = Annotated[str | None, typer.Option(metavar="TEXT", help="A title card before the race.")]
COUNTDOWN = Annotated[
    int,
    typer.Option(
        parser=whole(0, 60), metavar="SECONDS", help="Count down before the race: 0 to 60."
    ),
]
TITLE_CELLS_MAX = 120
TICKS = Annotated[
    int | None,
    typer.Option(parser=whole(1, SEED_END - 1), metavar="NUMBER", help="End at this tick."),
]
UNTIL = Annotated[
    float | None,
    typer.Option(parser=seconds, metavar="TIME", help="End at this race time: 30s, 10m, 1h."),
]
RECORD = Annotated[Path | None, typer.Option(metavar="FILE", help="Record the race to a file.")]
RECORD_EACH = Annotated[
    Path | None,
    typer.Option(
        "--record",
        metavar="FILE",
        help="Record the race to a file; with --rules each to its own, such as FILE-pow.powclock.",
    ),
]
FORCE = Annotated[bool, typer.Option("--force", help="Write over the file of --record.")]
AS_JSON = Annotated[bool, typer.Option("--json", help="The summary as JSON.")]
EVENTS = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Write every record as JSON lines.")
]
HEADERS = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Write the best chain's raw headers.")
]
NO_CHECK = Annotated[
    bool, typer.Option("--no-check", help="Do not check the race's invariants; a third faster.")
]
