"""The command line in a process of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path

import powclock

PATIENCE_S = 60
FAST = ("--miner", "sampled")


def environment(**others: str) -> dict[str, str]:
    """Our own, with the package in reach of any interpreter."""
    source = str(Path(powclock.__file__).parents[1])
    path = os.pathsep.join(filter(None, (source, os.environ.get("PYTHONPATH"))))
    return os.environ | {"PYTHONPATH": path} | others


def powclock_(
    *args: str | Path, python: str = sys.executable, **others: str
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    return subprocess.run(
        [python, "-m", "powclock", *map(str, args)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        stdin=subprocess.DEVNULL,
        env=environment(**others),
        timeout=PATIENCE_S,
        check=False,
    )


def figures(*args: str | Path, python: str = sys.executable, **others: str) -> dict[str, object]:
    """What `run --json` prints."""
    done = powclock_("run", "--json", *args, python=python, **others)
    assert (done.returncode, done.stderr) == (0, "")
    result: dict[str, object] = json.loads(done.stdout)
    return result
