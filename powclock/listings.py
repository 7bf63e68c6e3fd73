"""What there is to choose from: commands that list scenarios, keys and folders.

They read plain files and never load textual, so each answers at once, in a pipe as well.
"""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from powclock.race.scenario_files import shipped_scenarios

if TYPE_CHECKING:
    from powclock.tui.keymap import Keys


class SettingError(Exception):
    """A theme or key map that cannot be used: one line with the file, the place and the mend."""


def scenarios() -> None:
    """List the scenarios that come with powclock."""
    listed = list(shipped_scenarios())
    width = max(len(scenario.name) for scenario in listed)
    for scenario in listed:
        typer.echo(f"{scenario.name:<{width}}  {scenario.title}")


def keys(
    file: Annotated[
        Path | None, typer.Option("--keys", metavar="FILE", help="Another key map than your own.")
    ] = None,
) -> None:
    """Print the keys in force, as a key map that is ready to edit.

    \b
    powclock keys > my-keys.toml
    powclock --keys my-keys.toml
    """
    from powclock.tui.keymap import as_toml

    typer.echo(as_toml(chosen_keys(file)))


def paths() -> None:
    """Say where powclock keeps files and looks for yours."""
    from powclock.race.session import folder, kept_folder
    from powclock.tui.keymap import own_file
    from powclock.tui.theme_file import own_folder

    typer.echo(f"scenarios  {Path(__file__).parent / 'scenarios'}")
    typer.echo(f"themes     {own_folder()}")
    typer.echo(f"keys       {own_file()}")
    typer.echo(f"recordings {kept_folder()}")
    typer.echo(f"sessions   {folder()}")


def chosen_theme(asked: str | None) -> str:
    """The name or path of the theme to draw with.

    Raises:
        SettingError: it cannot be used.
    """
    from powclock.tui.theme_file import ThemeError, choose

    try:
        return choose(asked, os.environ)
    except ThemeError as error:
        option = "--theme: " if asked is not None else ""
        raise SettingError(f"{option}{error}") from error


def chosen_keys(asked: Path | None) -> "Keys":
    """The keys of the file that was asked for, of the person's own one, or the usual ones.

    Raises:
        SettingError: the file cannot be used.
    """
    from powclock.tui.keymap import KeymapError, choose

    try:
        return choose(asked)
    except KeymapError as error:
        option = "--keys: " if asked is not None else ""
        raise SettingError(f"{option}{error}") from error
