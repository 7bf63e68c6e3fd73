"""What `powclock watch` does with one race: on the screen, or as lines where there is none."""

import shlex
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

import typer

from powclock.cli_progress import interrupts
from powclock.cli_recording import told
from powclock.cli_terminal import last_word
from powclock.race.plan import Plan
from powclock.race.scenario import Scenario

if TYPE_CHECKING:
    from powclock.tui.run import ScreenOptions

OURS = 1


def watch_on_screen(plan: Plan, options: Callable[[], "ScreenOptions"]) -> None:
    """Show a race until the person leaves, then what came of it; the race loads first."""
    from powclock.race.remote import RaceProcess

    race = RaceProcess(plan)
    try:
        chosen = options()
        from powclock.tui.run import ScreenError, run_screen

        ended = run_screen(race, chosen)
    except ScreenError as error:
        typer.echo(f"powclock: {error}", err=True)
        raise typer.Exit(OURS) from error
    finally:
        race.close()
    if ended is None:
        return
    if ended.trouble:
        typer.echo(f"powclock: the race stopped: {ended.trouble}\nagain: {ended.again}", err=True)
        raise typer.Exit(OURS)
    typer.echo(last_word(ended))
    end_with([] if ended.recorded else [ended.recording])
    if ended.recording:
        typer.echo(f"recorded  {ended.recording}")


def watch_plainly(plan: Plan, which: str, loaded: Scenario) -> None:
    """Race as lines, and print what came of it; `loaded` is what `which` means by itself."""
    from powclock.lab.report import report_text
    from powclock.race.plain import race_plainly

    race = plan.scenario
    options: dict[str, object] = {"--seed": race.seed, "--miner": race.mining.miner}
    if race.rule != loaded.rule:
        options["--rule"] = race.rule
    if race.nodes.count != loaded.nodes.count:
        options["--nodes"] = race.nodes.count
    words = [str(word) for option in options.items() for word in option]
    again = f"{shlex.join(['powclock', 'run', which, *words])} --until TIME"

    def say(text: str) -> None:
        sys.stdout.write(text + "\n")
        sys.stdout.flush()

    cut: list[str] = []
    with told(again), interrupts() as look:
        summary = race_plainly(plan, say, look, cut.append)
    say(report_text(summary))
    end_with(cut)


def end_with(cut: list[str]) -> None:
    """Say what ended a recording before its race; it is our exit status."""
    for trouble in cut:
        typer.echo(f"powclock: {trouble}", err=True)
    if cut:
        raise typer.Exit(OURS)
