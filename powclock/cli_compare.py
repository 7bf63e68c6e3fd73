"""The command `powclock compare`: one network and one fault plan under several rules."""

import os
from functools import partial
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from powclock.cli_check import seeds_of
from powclock.cli_errors import WrongUse
from powclock.cli_options import (
    CSV,
    JOBS,
    NODES,
    PLOT,
    SCENARIO,
    SEED,
    known_rule,
    of_option,
    seconds,
)
from powclock.cli_plot import see_plot, write_plot
from powclock.cli_progress import bar
from powclock.race.scenario import Scenario, adapted, checked
from powclock.race.scenario_files import load_scenario

if TYPE_CHECKING:
    from powclock.lab.compare import Comparison, Figures, Trial

BROKEN = 1
RULES_MAX = 8
RULES = "naive,schedule,pow"
PLAN = "loss=5%,crash,partition=60s"


def compare(
    scenario: SCENARIO = "compare",
    rules: Annotated[
        str, typer.Option(metavar="NAMES", help="The election rules, in this order.")
    ] = RULES,
    faults: Annotated[
        str | None,
        typer.Option(
            metavar="PLAN",
            help="Instead of the scenario's faults: any of loss=5%, flips=1%, delay=500ms, "
            "clock=-20s, crash=30s, pause=30s and partition=60s, with commas between; or none.",
        ),
    ] = None,
    seed: SEED = None,
    seeds: Annotated[
        str | None, typer.Option(metavar="FIRST:END", help="Several seeds, each under every rule.")
    ] = None,
    lasts: Annotated[
        float | None,
        typer.Option(
            "--for", parser=seconds, metavar="TIME", help="Of each race; 2m after the heal without."
        ),
    ] = None,
    nodes: NODES = None,
    jobs: JOBS = None,
    as_json: Annotated[bool, typer.Option("--json", help="Every race as JSON.")] = False,
    as_csv: CSV = False,
    plot: PLOT = None,
) -> None:
    """Race the same seed, clients and faults under each rule, and print one table.

    \b
    powclock compare --seeds 1:6
    powclock compare --faults loss=10%,clock=-20s,crash=1m --plot compare.svg
    powclock compare my-race.toml --rules schedule,pow --csv > compare.csv
    """
    from powclock.lab.compare import trials_of
    from powclock.lab.compare_text import compare_csv, compare_text

    if as_json and as_csv:
        raise WrongUse("--json and --csv both go to standard output: leave one out")
    if seed is not None and seeds is not None:
        raise WrongUse("--seed and --seeds both say which seeds: leave one out")
    race = _broken_by(adapted(load_scenario(scenario), seed=seed, nodes=nodes), faults)
    chosen = [race.seed] if seeds is None else of_option("--seeds", seeds_of, seeds)
    trials = trials_of(race, _rules(rules), chosen, lasts)
    see_plot(plot)
    comparison = _race(trials, jobs or os.cpu_count() or 1)
    if as_json:
        typer.echo(msgspec.json.encode(comparison).decode())
    else:
        typer.echo(compare_csv(comparison) if as_csv else compare_text(comparison), nl=not as_csv)
    if plot is not None:
        from powclock.lab.pictures import compare_picture

        write_plot(plot, partial(compare_picture, comparison))
    if any(figures.broken for figures in comparison.races):
        raise typer.Exit(BROKEN)


def _rules(text: str) -> list[str]:
    names = [name.strip() for name in text.split(",")]
    if len(names) > RULES_MAX:
        raise WrongUse(f"--rules: {len(names)} rules are too many: name at most {RULES_MAX}")
    if len(set(names)) < len(names):
        raise WrongUse("--rules: a rule stands there twice: name each once")
    for name in names:
        known_rule("--rules", name)
    return names


def _broken_by(race: Scenario, faults: str | None) -> Scenario:
    """The scenario with the plan that was asked for; the usual one if neither has any."""
    from powclock.lab.fault_plan import fault_plan

    if faults is None and race.faults:
        return race
    plan = fault_plan(PLAN if faults is None else faults, race.node_names())
    return checked(msgspec.structs.replace(race, faults=plan))


def _race(trials: "list[Trial]", jobs: int) -> "Comparison":
    """Race all races, and tell on standard error how far that is."""
    from powclock.lab.compare import compare as race_all

    done = 0
    with bar("races") as progress:

        def tell(figures: "Figures") -> None:
            nonlocal done
            done += 1
            if figures.broken:
                typer.echo(f"{figures.rule}, seed {figures.seed}: {figures.broken}", err=True)
            progress(done / len(trials), f"{done} of {len(trials)} races")

        return race_all(trials, min(jobs, len(trials)), tell)
