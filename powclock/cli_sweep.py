"""The command `powclock sweep`: throughput against decentralisation, race after race."""

import os
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from powclock.cli_check import seeds_of
from powclock.cli_errors import WrongUse
from powclock.cli_options import CSV, JOBS, NODES, PLOT, RULE, SCENARIO, SEEDS, of_option, seconds
from powclock.cli_plot import see_plot, write_plot
from powclock.cli_progress import bar
from powclock.election.election import LEADERS
from powclock.race.rules import offers_of
from powclock.race.scenario import adapted
from powclock.race.scenario_files import load_scenario

if TYPE_CHECKING:
    from powclock.lab.sweep import Measured, Sweep, Task

BROKEN = 1
LIST_MAX = 100
SIZE_MAX = 1_000
IN_TURN_S, BY_LOT_S = 120.0, 600.0  # where leaders are drawn, what that shows takes longer


def _parts(text: str) -> list[str]:
    parts = [part.strip() for part in text.split(",")]
    if len(parts) > LIST_MAX:
        raise typer.BadParameter(f"{len(parts)} values are too many: write at most {LIST_MAX}")
    return list(dict.fromkeys(parts))


def _intervals(text: str) -> list[float]:
    """1,2,5 or 250ms,1s,1m: durations in the order given."""
    return [seconds(part) for part in _parts(text)]


def _sizes(text: str) -> list[int]:
    """20,80: whole numbers in the order given."""
    sizes = [int(part) if part.isdecimal() and len(part) <= 4 else 0 for part in _parts(text)]
    if not all(1 <= size <= SIZE_MAX for size in sizes):
        raise typer.BadParameter(f"{text!r} are no block sizes: write 20,80, each 1 to {SIZE_MAX}")
    return sizes


def sweep(
    scenario: SCENARIO = "sweep",
    rule: RULE = None,
    intervals: Annotated[
        str, typer.Option(metavar="TIMES", help="Of a slot (schedule), or of a block.")
    ] = "1,2,5,10,20,40",
    sizes: Annotated[
        str, typer.Option(metavar="NUMBERS", help="How many transactions fit in a block.")
    ] = "5,20",
    seeds: SEEDS = "0:2",
    lasts: Annotated[
        float | None,
        typer.Option(
            "--for", parser=seconds, metavar="TIME", help="Of each: 2m in turn, else 10m."
        ),
    ] = None,
    nodes: NODES = None,
    jobs: JOBS = None,
    as_json: Annotated[bool, typer.Option("--json", help="Rows and races as JSON.")] = False,
    as_csv: CSV = False,
    plot: PLOT = None,
) -> None:
    """Vary interval and block size: transactions per second against how long one node leads.

    \b
    powclock sweep --rule schedule --intervals 1,2,5,10,20,40 --sizes 5,20
    powclock sweep --for 10m --seeds 0:5 --csv > sweep.csv
    powclock sweep my-race.toml --plot sweep.svg
    """
    from powclock.lab.sweep import tasks_of
    from powclock.lab.sweep_text import sweep_csv, sweep_text

    if as_json and as_csv:
        raise WrongUse("--json and --csv both go to standard output: leave one out")
    race = adapted(load_scenario(scenario), nodes=nodes, rule=rule)
    until_s = lasts or (IN_TURN_S if LEADERS in offers_of(race.rule) else BY_LOT_S)
    grid = (
        of_option("--intervals", _intervals, intervals),
        of_option("--sizes", _sizes, sizes),
        of_option("--seeds", seeds_of, seeds),
    )
    tasks = tasks_of(race, *grid, until_s)
    see_plot(plot)
    swept = _race(tasks, jobs or os.cpu_count() or 1)
    if as_json:
        import msgspec

        typer.echo(msgspec.json.encode(swept).decode())
    else:
        typer.echo(sweep_csv(swept) if as_csv else sweep_text(swept), nl=not as_csv)
    if plot is not None:
        from powclock.lab.pictures import sweep_picture

        write_plot(plot, partial(sweep_picture, swept))
    if any(measured.broken for measured in swept.races):
        raise typer.Exit(BROKEN)


def _race(tasks: "list[Task]", jobs: int) -> "Sweep":
    """Race all races, and tell on standard error how far that is."""
    from powclock.lab.sweep import sweep as race_all

    done = 0
    with bar("races") as progress:

        def tell(measured: "Measured") -> None:
            nonlocal done
            done += 1
            if measured.broken:
                where = f"{measured.interval_s:g} s, {measured.transactions_max} a block"
                typer.echo(f"{where}, seed {measured.seed}: {measured.broken}", err=True)
            progress(done / len(tasks), f"{done} of {len(tasks)} races")

        return race_all(tasks, min(jobs, len(tasks)), tell)
