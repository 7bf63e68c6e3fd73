"""The command line, in a process of its own or, where that proves the same, in this one."""

import io
import json
import os
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from unittest.mock import patch

import powclock
from powclock.cli import main

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


def called(*args: str | Path, **others: str) -> subprocess.CompletedProcess[str]:
    """What a command says that starts no process and runs in this one, a second sooner."""
    words = ["powclock", *map(str, args)]
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True) for _ in range(2))
    with (
        patch.object(sys, "argv", words),
        patch.dict(os.environ, others),
        redirect_stdout(out),
        redirect_stderr(err),
    ):
        try:
            main()
        except SystemExit as end:
            code = end.code
    assert isinstance(code, int)
    said = [stream.buffer.getvalue().decode() for stream in (out, err)]
    return subprocess.CompletedProcess(words, code, *said)


def figures(*args: str | Path, python: str = sys.executable, **others: str) -> dict[str, object]:
    """What `run --json` prints."""
    done = powclock_("run", "--json", *args, python=python, **others)
    assert (done.returncode, done.stderr) == (0, "")
    result: dict[str, object] = json.loads(done.stdout)
    return result
