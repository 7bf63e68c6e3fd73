"""What a recording costs: time beside the race that it records, and room on the disk."""

from contextlib import closing
from pathlib import Path
from time import process_time

import pytest

from powclock.race.driver import Driver
from powclock.race.garbage import seldom_sought
from powclock.race.scenario import adapted
from powclock.race.scenario_files import load_scenario
from powclock.race.tape import head_of
from powclock.record.events import Record
from powclock.record.recording.writer import FLUSH_NS, Writer
from tests.builders import seconds

RACE = adapted(load_scenario("default"), miner="sampled")
LENGTH_NS = seconds(300)
Records = list[tuple[Record, bytes]]


def raced(records: Records | None = None) -> float:
    """The processor's time for a race that is not recorded; its records are put into a list."""
    driver = Driver(RACE)
    if records is not None:
        driver.world.recorder.keep(lambda record, line: records.append((record, line)))
    with closing(driver), seldom_sought():
        began = process_time()
        driver.start()
        while not driver.world.advance(LENGTH_NS, turns_max=100):
            pass
        return process_time() - began


def recorded(path: Path, records: Records, every_ns: int) -> float:
    """The processor's time for recording them alone, written each so many of the race's time."""
    with seldom_sought():
        began, due_ns = process_time(), every_ns
        writer = Writer(path.open("wb", buffering=0), head_of(RACE))
        for record, line in records:
            if record.time_ns >= due_ns:
                writer.flush()
                due_ns = record.time_ns + every_ns
            writer.take(record, line)
        writer.end(LENGTH_NS, 0, "00" * 32)
        return process_time() - began


@pytest.fixture(scope="module")
def records() -> Records:
    """Those of the race."""
    records: Records = []
    raced(records)
    return records


def test_recording_costs_little_beside_the_race(tmp_path: Path, records: Records) -> None:
    """As fast as it goes; both are timed alone, and the best of some tries counts."""
    race_s = min(raced() for _ in range(4))
    recording_s = min(recorded(tmp_path / "r", records, LENGTH_NS) for _ in range(8))
    print(f"recording costs {recording_s / race_s:.1%} of a race")
    assert recording_s / race_s < 0.05


@pytest.mark.parametrize("every_ns", [FLUSH_NS, LENGTH_NS], ids=["live", "headless"])
def test_a_record_takes_little_room(tmp_path: Path, records: Records, every_ns: int) -> None:
    recorded(tmp_path / "r", records, every_ns)
    each = (tmp_path / "r").stat().st_size / len(records)
    print(f"a record takes {each:.1f} bytes")
    assert each <= 36
