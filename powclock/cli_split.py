"""Races next to each other on the screen: `powclock watch --rules naive,schedule,pow`.

Each race is the same scenario under another rule, in a process of its own.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import typer

from powclock.race.plan import Plan

if TYPE_CHECKING:
    from powclock.race.messages import Ended
    from powclock.tui.run import ScreenOptions

RACES_MAX = 3
# So that what came of three races fits in 24 rows; the rest is in the recordings.
SHOWN = ("ticks", "states", "reads", "writes", "confirmed")


def rules_of(text: str) -> tuple[str, ...]:
    """`naive,schedule,pow`: two or three different rules."""
    names = tuple(name.strip() for name in text.split(",") if name.strip())
    if not 2 <= len(names) <= RACES_MAX:
        raise typer.BadParameter(
            f"{text!r}: name two or three rules, such as naive,schedule,pow; --rule names one"
        )
    if len(set(names)) < len(names):
        raise typer.BadParameter(f"{text!r}: the same rule twice is the same race: name another")
    return names


def show_split(plans: Sequence[Plan], options: Callable[[], "ScreenOptions"]) -> int:
    """Show races until the person leaves, then what came of each; the exit status.

    They are paused at first, and begin together once all of them are there.
    """
    import msgspec

    from powclock.race.remote import RaceProcess

    rate = plans[0].rate
    races: list[tuple[str, RaceProcess]] = []
    try:
        for plan in plans:
            paused = msgspec.structs.replace(plan, rate=0.0)
            races.append((plan.scenario.rule, RaceProcess(paused)))
        chosen = options()
        from powclock.tui.run import ScreenError, run_split

        lasts = run_split(races, rate, chosen)
    except ScreenError as error:
        typer.echo(f"powclock: {error}", err=True)
        return 1
    finally:
        for _, race in races:
            race.close()
    return max((_say(rule, last) for (rule, _), last in zip(races, lasts or (), strict=False)),
               default=0)  # fmt: skip


def _say(rule: str, last: "Ended | None") -> int:
    """The last word of a race; 1 if it or its recording broke."""
    if last is None:
        typer.echo(f"{rule}: the race did not say its last word\n")
        return 0
    if last.trouble:
        typer.echo(
            f"powclock: the race under {rule} stopped: {last.trouble}\nagain: {last.again}\n",
            err=True,
        )
        return 1
    typer.echo(f"{_short(last.summary)}\nagain     {last.again}")
    if last.recording and last.recorded:
        typer.echo(f"recorded  {last.recording}")
    typer.echo("")
    if not last.recorded:
        typer.echo(f"powclock: {last.recording}", err=True)
    return 0 if last.recorded else 1


def _short(summary: str) -> str:
    """The first line of a summary, and those by which races under several rules are compared."""
    first, *lines = summary.splitlines()
    return "\n".join([first, *(line for line in lines if line[:10].strip() in SHOWN)])
