"""What a recording costs: time beside the race that it records, and room on the disk."""

from pathlib import Path
from time import process_time

from powclock.race.headless import Outputs, run_race
from powclock.race.scenario import adapted, load_scenario
from tests.builders import seconds
from tests.race.tapes import quiet

RACE = adapted(load_scenario("default"), miner="sampled")
LENGTH_NS = seconds(120)
RUNS = 4


def spent(recording: Path | None) -> float:
    """Seconds of computing for a race."""
    began = process_time()
    run_race(RACE, until_ns=LENGTH_NS, outputs=Outputs(recording=recording), progress=quiet)
    return process_time() - began


def test_recording_costs_little_beside_the_race(tmp_path: Path) -> None:
    pairs = [(spent(None), spent(tmp_path / f"r{number}")) for number in range(RUNS)]
    bare, recorded = (min(times) for times in zip(*pairs, strict=True))
    print(f"recording costs {recorded / bare - 1:.1%} of a race")
    assert recorded / bare < 1.05


def test_a_record_takes_little_room(tmp_path: Path) -> None:
    summary = run_race(
        RACE, until_ns=LENGTH_NS, outputs=Outputs(recording=tmp_path / "r"), progress=quiet
    )
    each = (tmp_path / "r").stat().st_size / summary.records
    print(f"a record takes {each:.1f} bytes")
    assert each <= 40
