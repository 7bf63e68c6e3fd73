"""The command line.

Headless commands never import textual: the screen is loaded where it is shown, and nowhere else.
"""

import os
import shlex
import sys
from contextlib import ExitStack
from typing import TYPE_CHECKING, Annotated, Literal

import msgspec
import typer
from typer.core import TyperGroup

from powclock import __version__, listings
from powclock.cli_check import check, seed_of
from powclock.cli_compare import compare
from powclock.cli_errors import WrongUse, of_typing
from powclock.cli_film import film
from powclock.cli_learn import learn
from powclock.cli_options import (
    AS_JSON,
    ASCII,
    CLEAN,
    COUNTDOWN,
    EVENTS,
    FORCE,
    FPS,
    HEADERS,
    KEYS,
    LASTS,
    MINER,
    NO_CHECK,
    NO_MOTION,
    NO_MOUSE,
    NODES,
    PLAIN,
    RECORD,
    RECORD_EACH,
    RULE,
    RULES,
    SCENARIO,
    SEED,
    SHOW_KEYS,
    SPEED,
    THEME,
    TICKS,
    TITLE,
    TITLE_CELLS_MAX,
    UNTIL,
    of_option,
)
from powclock.cli_progress import progress
from powclock.cli_recording import claimed, each_its_own, export, rerun, told, writable
from powclock.cli_replay import replay
from powclock.cli_split import rules_of, show_split
from powclock.cli_sweep import sweep
from powclock.cli_terminal import why_plain
from powclock.cli_themes import themes
from powclock.cli_watch import end_with, watch_on_screen, watch_plainly
from powclock.clock.virtual_loop import NANOSECONDS
from powclock.race.plan import Plan
from powclock.race.rules import RuleError
from powclock.race.scenario import Scenario, ScenarioError, adapted
from powclock.race.scenario_files import load_scenario
from powclock.race.swarm.draw import PREFIX, draw
from powclock.record.labels import clean_label

if TYPE_CHECKING:
    from powclock.tui.run import ScreenOptions

OURS, WRONG_USE, INTERRUPTED = 1, 2, 130


class ReaderGone(Exception):
    """Whoever read our lines has seen enough."""


class Interrupted(Exception):
    """The person has seen enough; says what there is so far, if anything."""


class _WatchByDefault(TyperGroup):
    """`powclock …` is `powclock watch …` unless a command is named."""

    def parse_args(self, ctx: typer.Context, args: list[str]) -> list[str]:  # type: ignore[override]
        own = {"-h", "--help", "--version", "--install-completion", "--show-completion"}
        named = bool(args) and (args[0] in self.commands or args[0] in own)
        completing = ctx.resilient_parsing and not args
        if not named and not completing:
            args = ["watch", *args]
        return super().parse_args(ctx, args)

    def invoke(self, ctx: typer.Context) -> object:  # type: ignore[override]
        """As ever, but of a closed pipe and of Ctrl+C typer would make an exit status alone."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError as error:
            raise ReaderGone from error
        except KeyboardInterrupt as error:
            raise Interrupted from error


app = typer.Typer(
    name="powclock",
    cls=_WatchByDefault,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help=(
        "Watch proof of work elect its leader, live, and break the network from the keyboard.\n\n"
        "\b\n"
        "powclock                         the default race on the screen\n"
        "powclock split --seed 9          another scenario, another seed\n"
        "powclock --plain --for 30s       as lines, for a pipe or a log\n"
        "powclock learn                   how consensus works, told step by step\n"
        "powclock run --ticks 200 --json  headless, the figures as JSON"
    ),
)


def _version(*, value: bool) -> None:
    if value:
        typer.echo(f"powclock {__version__}")
        raise typer.Exit


@app.callback()
def _top(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    del version


@app.command()
def watch(
    scenario: SCENARIO = "default",
    seed: SEED = None,
    nodes: NODES = None,
    miner: MINER = None,
    rule: RULE = None,
    rules: RULES = None,
    speed: SPEED = 1.0,
    lasts: LASTS = None,
    plain: PLAIN = False,
    theme: THEME = None,
    keys: KEYS = None,
    fps: FPS = 10,
    ascii_only: ASCII = False,
    no_motion: NO_MOTION = False,
    no_mouse: NO_MOUSE = False,
    show_keys: SHOW_KEYS = False,
    clean: CLEAN = False,
    title: TITLE = None,
    countdown: COUNTDOWN = 0,
    record: RECORD_EACH = None,
    force: FORCE = False,
) -> None:
    """Show a race, live; without a terminal, as plain lines.

    \b
    powclock watch regions --speed 2
    powclock watch my-race.toml --seed 7
    powclock watch --rules naive,schedule,pow
    powclock watch --plain --for 30s | grep reorg
    """
    names = of_option("--rules", rules_of, rules) if rules is not None else (rule,)
    if rules is not None and rule is not None:
        raise WrongUse("--rules already names what is raced: leave --rule out")
    plans = [
        Plan(
            _scenario(scenario, seed, nodes, miner, name),
            speed,
            fps,
            round((lasts or 0) * NANOSECONDS),
        )
        for name in names
    ]
    # What is wrong with them is told on a pipe as well.
    look, keys_in_force = listings.chosen_theme(theme), listings.chosen_keys(keys)
    words = clean_label(title or "", TITLE_CELLS_MAX)
    if rules is not None and (words or countdown):
        raise WrongUse("--title and --countdown open one race: leave --rules out")
    why = why_plain()
    if rules is not None and (plain or why):
        raise WrongUse(
            f"--rules needs a screen{'' if plain else f', and {why}'}: "
            "`powclock compare` prints a table of the same races"
        )
    wanted = (
        [record] if rules is None else each_its_own(record, [plan.scenario.rule for plan in plans])
    )
    files = claimed(wanted, force=force)
    plans = [
        plan if file is None else msgspec.structs.replace(plan, recording=str(file), chosen=True)
        for plan, file in zip(plans, files, strict=True)
    ]
    if plain or why:
        if why and not plain and sys.stderr.isatty() and sys.stdout.isatty():
            typer.echo(f"powclock: {why}: plain lines instead of a screen", err=True)
        watch_plainly(plans[0], scenario, _loaded(scenario))
        return

    def options() -> "ScreenOptions":
        # textual is loaded here and nowhere else
        from powclock.tui.app import opening_of
        from powclock.tui.run import ScreenOptions

        race = plans[0].scenario
        return ScreenOptions(
            fps=fps,
            theme=look,
            keys=keys_in_force,
            ascii_only=ascii_only,
            motion=not no_motion,
            mouse=not no_mouse,
            show_keys=show_keys,
            clean=clean,
            opening=opening_of(race.title or race.name, words, countdown, speed),
        )

    if rules is not None:
        raise typer.Exit(show_split(plans, options))
    if words or countdown:
        plans = [msgspec.structs.replace(plans[0], rate=0.0)]  # it begins after the card
    watch_on_screen(plans[0], options)


@app.command()
def run(
    scenario: SCENARIO = "default",
    seed: SEED = None,
    nodes: NODES = None,
    miner: MINER = None,
    rule: RULE = None,
    ticks: TICKS = None,
    until: UNTIL = None,
    as_json: AS_JSON = False,
    events: EVENTS = None,
    headers: HEADERS = None,
    no_check: NO_CHECK = False,
    record: RECORD = None,
    force: FORCE = False,
) -> None:
    """Race headless, as fast as it goes, and print what came of it.

    \b
    powclock run --seed 7 --ticks 200 --json
    powclock run regions --until 10m --events events.jsonl --headers chain.bin
    powclock run --miner sampled --until 12h --record long.powclock
    """
    from powclock.race.headless import Outputs, run_race

    if not ticks and not until:
        raise WrongUse("a race has no end of its own: say --ticks 200 or --until 10m")
    chosen = _scenario(scenario, seed, nodes, miner, rule)
    if not chosen.has_blocks and (ticks or headers is not None):
        option = "--headers" if headers is not None else "--ticks"
        raise WrongUse(f"{option}: a naive race has no ticks and no blocks: say --until 10m")
    until_ns, cut = round((until or 0) * NANOSECONDS), list[str]()
    asked: list[str] = []
    with told(shlex.join(["powclock", *sys.argv[1:]])), ExitStack() as files:
        (recording,) = claimed([record], force=force)
        outputs = Outputs(
            writable("--events", events, files), writable("--headers", headers, files), recording
        )
        with progress(ticks or 0, until_ns) as tell:
            summary = run_race(
                chosen,
                ticks=ticks or 0,
                until_ns=until_ns,
                outputs=outputs,
                progress=tell,
                check=not no_check,
                recorded=cut.append,
                interrupted=lambda: asked.append("this is the race so far"),
            )
    from powclock.lab.report import report_json, report_text

    typer.echo(report_json(summary).decode() if as_json else report_text(summary))
    if asked:
        raise Interrupted("; ".join((*asked, *cut)))
    if not until and summary.ticks < (ticks or 0):
        cut.append(f"it stands still at tick {summary.ticks}: say --until 10m to end it at a time")
    end_with(cut)


def _scenario(
    which: str,
    seed: int | None,
    nodes: int | None,
    miner: Literal["grinding", "sampled"] | None,
    rule: str | None,
) -> Scenario:
    return adapted(_loaded(which, rule), seed=seed, nodes=nodes, miner=miner, rule=rule)


def _loaded(which: str, rule: str | None = None) -> Scenario:
    seed = seed_of(which.removeprefix(PREFIX)) if which.startswith(PREFIX) else None
    if seed is not None:
        return draw(seed, rule or "pow")
    return load_scenario(which)


for _command in (
    learn,
    check,
    sweep,
    compare,
    replay,
    rerun,
    export,
    film,
    listings.scenarios,
    themes,
    listings.keys,
    listings.paths,
):
    app.command()(_command)


def main() -> None:
    """Run the command line; every expected error is one line on standard error."""
    try:
        code = app(standalone_mode=False, prog_name="powclock")
        sys.stdout.flush()
        if code == INTERRUPTED:  # before a command began
            _say_interrupted()
    except (WrongUse, ScenarioError, RuleError, listings.SettingError) as error:
        code = _complain(str(error))
    except Interrupted as interrupted:
        code = _say_interrupted(str(interrupted))
    except (typer.Abort, KeyboardInterrupt):
        code = _say_interrupted()
    except (ReaderGone, BrokenPipeError):
        # Do not fail again when Python flushes.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    except typer.TyperException as error:
        code = _complain(of_typing(error))
    except OSError as error:
        code = _complain(f"cannot write: {error.strerror}: free some room or write elsewhere")
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(code or 0)


def _say_interrupted(what: str = "") -> int:
    typer.echo(f"powclock: interrupted{f': {what}' if what else ''}", err=True)
    return INTERRUPTED


def _complain(text: str) -> int:
    typer.echo(f"powclock: {text}", err=True)
    return WRONG_USE
