"""The README's rule of one's own: installed as a package, and raced by.

The files and commands are the README's.
"""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

import powclock
from tests.command import figures, powclock_

README = (Path(powclock.__file__).parents[1] / "README.md").read_text("utf-8")
LINES_MAX = 60


def shown(what: str) -> str:
    """The block of the README under a mark."""
    found = re.search(rf"<!-- rule: {re.escape(what)} -->\n```\w+\n(.*?)```", README, re.DOTALL)
    assert found is not None
    return found[1]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The folder that the package is installed into."""
    source = tmp_path_factory.mktemp("package")
    site = tmp_path_factory.mktemp("site")
    for name in ("pyproject.toml", "lottery.py"):
        (source / name).write_text(shown(name))
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-index", "--no-deps"]
    subprocess.run(
        [*pip, "--no-build-isolation", "--target", site, source], check=True, capture_output=True
    )
    return str(site)


def test_the_example_is_short() -> None:
    lines = (shown("pyproject.toml") + shown("lottery.py")).splitlines()
    assert len(lines) <= LINES_MAX


def test_it_elects_one_leader_at_a_time(installed: str) -> None:
    came = figures("--rule", "lottery", "--seed", "4", "--ticks", "20", PYTHONPATH=installed)
    assert (came["rule"], came["ticks"], came["miner"]) == ("lottery", 20, "")
    led = came["led_by_node"]
    assert isinstance(led, dict)
    assert sum(led.values()) == 20
    assert sum(count > 0 for count in led.values()) > 4


@pytest.mark.parametrize("command", shown("commands").splitlines())
def test_its_commands_are_true(installed: str, command: str) -> None:
    words = shlex.split(command, comments=True)
    assert words.pop(0) == "powclock"
    brief = {
        "watch": ("--plain", "--for", "1s", "--speed", "max"),
        "compare": ("--faults", "none", "--for", "60s"),
        "check": ("--seeds", "0:2", "--jobs", "1"),
        "sweep": ("--sizes", "5", "--for", "60s", "--jobs", "1"),
    }
    done = powclock_(*words, *brief[words[0]], PYTHONPATH=installed)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout


def test_without_the_package_its_name_is_not_known() -> None:
    done = powclock_("run", "--rule", "lottery", "--ticks", "1")
    assert (done.returncode, done.stdout) == (2, "")
    assert "lottery" in done.stderr
    assert "pow" in done.stderr
