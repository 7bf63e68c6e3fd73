"""A film as a GIF, which another program makes of its cast."""

import shutil
import subprocess
from pathlib import Path

from powclock.film.shoot import FilmError

PROGRAM = "agg"
MISSING = (
    "a .gif is made by agg, which is not installed: `brew install agg`, "
    "`cargo install --git https://github.com/asciinema/agg`, or a program of "
    "https://github.com/asciinema/agg/releases; or write a .cast or an .svg"
)


def program() -> str:
    """Where agg is.

    Raises:
        FilmError: it is not installed.
    """
    found = shutil.which(PROGRAM)
    if found is None:
        raise FilmError(MISSING)
    return found


def make_gif(cast: Path, gif: Path, fps: int) -> None:
    """Let agg draw a cast.

    Raises:
        FilmError: it cannot; the last line that it says, or how it ended.
    """
    command = [program(), "--quiet", "--fps-cap", str(fps), str(cast), str(gif)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        said = [line.strip() for line in done.stderr.splitlines() if line.strip()]
        raise FilmError(
            f"{PROGRAM} could not make the GIF: {said[-1] if said else _ended(done.returncode)}"
        )


def _ended(status: int) -> str:
    how = f"exit status {status}" if status > 0 else f"signal {-status}"
    return f"it ended with {how} and said nothing"
