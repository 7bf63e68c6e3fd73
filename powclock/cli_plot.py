"""The option `--plot FILE`: what is wrong with it is told before hours of races, not after."""

import shlex
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

from powclock.cli_errors import WrongUse

KINDS = (".svg", ".png")


def see_plot(path: Path | None) -> None:
    """See that a picture can go there.

    Raises:
        WrongUse: it is none of our kinds, its folder is missing, or matplotlib is.
    """
    if path is None:
        return
    if path.suffix.lower() not in KINDS:
        raise WrongUse(f"--plot: {path} is neither SVG nor PNG: name it plot.svg or plot.png")
    if not path.parent.is_dir():
        raise WrongUse(f"--plot: {path}: there is no folder {path.parent}: make it first")
    if find_spec("matplotlib") is None:
        install = shlex.join([sys.executable, "-m", "pip", "install", "matplotlib"])
        raise WrongUse(f"--plot needs matplotlib: {install}")


def write_plot(path: Path, draw: Callable[[Path], None]) -> None:
    """Let a picture be drawn.

    Raises:
        WrongUse: it cannot be written.
    """
    try:
        draw(path)
    except OSError as error:
        raise WrongUse(f"--plot: {path}: cannot be written: {error.strerror}") from error
