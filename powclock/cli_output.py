"""Files that a command makes: nothing is lost that somebody wants."""

import sys
from pathlib import Path

import typer

from powclock.cli_errors import WrongUse
from powclock.record.recording.reader import shown


def may_write(option: str, path: Path, *, force: bool) -> None:
    """See that a file may be written, if need be by asking; a folder never is.

    Raises:
        WrongUse: it may not.
    """
    if path.exists() and (path.is_dir() or not force):
        ask_to_write_over(option, path)


def ask_to_write_over(option: str, path: Path) -> None:
    """Ask about a file that is there; where nobody can be asked, it stays.

    Raises:
        WrongUse: it is to stay.
    """
    refusal = f"{option}: {shown(path)} is there already: name another file, or add --force"
    if path.is_dir() or not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise WrongUse(refusal)
    if not typer.confirm(f"{shown(path)} is there already. Write over it?", err=True):
        raise WrongUse(refusal)
