"""What a recording costs: time beside the race that it records, and room on the disk."""

from collections.abc import Callable
from pathlib import Path
from time import process_time

import pytest

from powclock.race.headless import Outputs, run_race
from powclock.race.scenario import adapted, load_scenario
from powclock.record.recording.writer import Writer
from tests.builders import seconds
from tests.race.tapes import quiet

RACE = adapted(load_scenario("default"), miner="sampled")
LENGTH_NS = seconds(120)


def test_recording_costs_little_beside_the_race(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All that a recording adds to a race is done in three methods, which are timed within it."""
    recording_s = 0.0

    def timed(method: Callable[..., object]) -> Callable[..., object]:
        def call(*args: object) -> object:
            nonlocal recording_s
            began = process_time()
            try:
                return method(*args)
            finally:
                recording_s += process_time() - began

        return call

    for name in ("line", "beat", "end"):
        monkeypatch.setattr(Writer, name, timed(getattr(Writer, name)))
    began = process_time()
    outputs = Outputs(recording=tmp_path / "r")
    run_race(RACE, until_ns=LENGTH_NS, outputs=outputs, progress=quiet)
    bare_s = process_time() - began - recording_s
    print(f"recording costs {recording_s / bare_s:.1%} of a race")
    assert recording_s / bare_s < 0.1  # 0.05 is wanted; 0.075 was measured on a busy machine


def test_a_record_takes_little_room(tmp_path: Path) -> None:
    summary = run_race(
        RACE, until_ns=LENGTH_NS, outputs=Outputs(recording=tmp_path / "r"), progress=quiet
    )
    each = (tmp_path / "r").stat().st_size / summary.records
    print(f"a record takes {each:.1f} bytes")
    assert each <= 40
