"""The command `powclock check`: seeded races with random faults, every record checked."""

import os
import re
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Annotated

import typer

from powclock.cli_options import JOBS, RULE, SEED_END, known_rule, of_option, whole
from powclock.cli_progress import bar
from powclock.race.swarm.draw import draw, kinds_under

if TYPE_CHECKING:
    from powclock.race.swarm.report import Report

FAILED = 1


def seed_of(text: str, end: int = SEED_END) -> int | None:
    """A number below `end` that is written in digits; None if it is none."""
    number = int(text) if re.fullmatch("[0-9]{1,19}", text) else end
    return number if number < end else None


def seeds_of(text: str) -> range:
    """17, or 0:1000 without its end."""
    first, colon, end = text.partition(":")
    start = seed_of(first)
    if start is not None:
        stop = seed_of(end, SEED_END + 1) if colon else start + 1
        if stop is not None and start < stop:
            return range(start, stop)
    raise typer.BadParameter(f"{text!r} are no seeds: write 17 or 0:1000")


def check(
    seeds: Annotated[
        str, typer.Option(metavar="FIRST:END", help="Which seeds to race: 17, or 0:1000.")
    ] = "0:100",
    rule: RULE = None,
    jobs: JOBS = None,
    as_json: Annotated[bool, typer.Option("--json", help="The report as JSON.")] = False,
    pairs: Annotated[
        bool, typer.Option("--pairs", help="Which kinds met which, as a wide matrix.")
    ] = False,
    show: Annotated[
        int | None,
        typer.Option(
            parser=whole(0, SEED_END - 1),
            metavar="SEED",
            help="Print one seed's race as a scenario, and end.",
        ),
    ] = None,
) -> None:
    """Race many seeds with random faults, check every record, heal, and demand agreement.

    \b
    powclock check --seeds 0:1000
    powclock check --seeds 17                  one seed
    powclock watch check:17                    the same race on the screen
    powclock check --show 17 > race.toml       the same race as a scenario
    """
    rule = "pow" if rule is None else rule
    known_rule("--rule", rule)
    if show is not None:
        from powclock.race.swarm.toml import to_toml

        typer.echo(to_toml(draw(show, rule)), nl=False)
        return
    raced = of_option("--seeds", seeds_of, seeds)
    report = _race(raced, rule, jobs or os.cpu_count() or 1)
    if as_json:
        import msgspec

        typer.echo(msgspec.json.encode(report).decode())
    else:
        typer.echo(report.text(pairs=pairs))
    if report.seeds < len(raced):
        raise KeyboardInterrupt
    if report.failures:
        raise typer.Exit(FAILED)


def _race(seeds: range, rule: str, jobs: int) -> "Report":
    """Race all seeds, or those before an interrupt, and tell on standard error how far that is."""
    from powclock.race.swarm.pool import race_seeds
    from powclock.race.swarm.report import report_of
    from powclock.race.swarm.trial import Result

    failed, done = 0, list[Result]()
    with bar("seeds") as progress:

        def tell(result: Result) -> None:
            nonlocal failed
            done.append(result)
            if result.broken:
                failed += 1
                sys.stderr.write(_failure(result.seed, rule, result.broken))
                sys.stderr.flush()
            failures = f", {failed} failed" if failed else ""
            progress(len(done) / len(seeds), f"{len(done)} of {len(seeds)} seeds{failures}")

        with suppress(KeyboardInterrupt):  # the report is of those that are over
            race_seeds(seeds, min(jobs, len(seeds)), tell, rule)
    return report_of(sorted(done, key=lambda result: result.seed), kinds_under(rule))


def _failure(seed: int, rule: str, broken: str) -> str:
    under = f" --rule {rule}" if rule != "pow" else ""
    return (
        f"seed {seed}: {broken}\n"
        f"  again    powclock check --seeds {seed}{under}\n"
        f"  watch    powclock watch check:{seed}{under}\n"
    )
