"""The same seed gives the same race: in every process, under every hash seed, on every Python."""

import os
import shutil
import subprocess
from pathlib import Path

import msgspec
import pytest

from powclock.clock.streams import Stream
from powclock.race.rules import rule_names
from powclock.race.scenario import Planned, Scenario, Workload
from powclock.race.swarm.draw import DRAWS, draw, kinds_under
from powclock.race.swarm.toml import to_toml
from tests.command import FAST, environment, figures

SLOW_GRIND = 'name = "slow"\nseed = 3\n[nodes]\nhash_rate = 600\n[difficulty]\ninterval_s = 2'
PARTED = (
    'name = "parted"\n[nodes]\ncount = 8\nshares = [0.1, 0.2, 0.3, 0.1, 0.2, 0.3, 0.1, 0.2]\n'
    '[mining]\nminer = "sampled"\n[[faults]]\nfault = { kind = "partition", share = 0.4 }'
)


def broken_in_every_way(rule: str) -> Scenario:
    """A race in which every kind of fault that a rule knows is on at once, for a while."""
    scenario = draw(8, rule)
    names = scenario.node_names()
    planned = tuple(
        Planned(fault=make(Stream(1, kind), names), at_s=2.0 + number / 2, lasts_s=20.0)
        for number, (kind, make) in enumerate(
            (kind, DRAWS[kind]) for kind in kinds_under(scenario.rule)
        )
    )
    clients = Workload(clients=5)  # two of them are censored
    return msgspec.structs.replace(scenario, workload=clients, faults=planned)


@pytest.fixture
def races(tmp_path: Path) -> list[tuple[str | Path, ...]]:
    """What must come out the same everywhere."""
    (tmp_path / "slow.toml").write_text(SLOW_GRIND)
    (tmp_path / "parted.toml").write_text(PARTED)
    broken = [tmp_path / f"broken-{rule}.toml" for rule in rule_names()]
    for path, rule in zip(broken, rule_names(), strict=True):
        path.write_text(to_toml(broken_in_every_way(rule)))
    return [
        ("--seed", "7", "--ticks", "30", *FAST),
        (tmp_path / "slow.toml", "--ticks", "20"),
        ("schedule", "--until", "150s"),
        (tmp_path / "parted.toml", "--until", "60s"),
        *((path, "--until", "45s") for path in broken),
    ]


def test_the_order_of_sets_changes_nothing(races: list[tuple[str | Path, ...]]) -> None:
    for args in races:
        results = [figures(*args, PYTHONHASHSEED=hash_seed) for hash_seed in ("0", "77")]
        assert results == [results[0]] * 2


def other_pythons() -> list[str]:
    """Interpreters named by POWCLOCK_PYTHONS, else those on the path."""
    named = os.environ.get("POWCLOCK_PYTHONS")
    names = named.split(os.pathsep) if named else ["python3.11", "python3.12", "python3.13"]
    return [name for name in names if shutil.which(name)]


@pytest.mark.parametrize("python", other_pythons())
def test_every_python_gives_the_same_race(python: str, races: list[tuple[str | Path, ...]]) -> None:
    probe = subprocess.run(
        [python, "-c", "import powclock.cli"], capture_output=True, env=environment(), check=False
    )
    if probe.returncode:
        pytest.skip(f"{python} lacks the packages that powclock needs")
    for args in races:
        assert figures(*args, python=python, PYTHONHASHSEED="5") == figures(*args)
