"""A recording is raced again to the same records, or it is said where the races part."""

import json
from pathlib import Path

import msgspec
import pytest

from powclock.clock.streams import Stream
from powclock.network.faults.fault import FaultError
from powclock.race.commands import Break, Heal
from powclock.race.driver import Driver
from powclock.race.headless import Outputs
from powclock.race.rerun import Differs, rerun
from powclock.race.session import session_of
from powclock.race.tape import Tape
from powclock.record.events import Record
from powclock.record.recording.reader import Recording
from powclock.record.recording.writer import Writer
from tests.builders import seconds
from tests.race.tapes import quiet, record_race
from tests.race.test_session import EVERY_KIND
from tests.scenarios.races import scenario


def again(path: Path) -> tuple[int, str]:
    """How many records are the same, and the digest."""
    with Recording(path) as recording:
        summary, same = rerun(recording, outputs=Outputs(), progress=quiet)
        return same, summary.digest


def copied(path: Path, to: Path, change: dict[int, bytes], version: str | None = None) -> Path:
    """A recording written anew with other lines, and sealed as it should be."""
    with Recording(path) as recording:
        head = recording.head
        assert recording.ending is not None
        ending = recording.ending
        writer = Writer(to.open("wb", buffering=0), type(head)(version or head.version, 1,
                        head.scenario))  # fmt: skip
        for number, line in enumerate(recording.lines()):
            if written := change.get(number, line):
                writer.take(msgspec.json.decode(written, type=Record), written)
    writer.end(ending.time_ns, ending.turn, ending.digest)
    return to


def test_a_race_again(tmp_path: Path) -> None:
    file = tmp_path / "r"
    summary = record_race(file, scenario(3))
    assert again(file) == (summary.records, summary.digest)


def test_a_race_that_is_another_is_told_at_its_first_record(tmp_path: Path) -> None:
    file = tmp_path / "r"
    summary = record_race(file, scenario(3))
    with Recording(file) as recording:
        lines = list(recording.lines())
    number = next(n for n, line in enumerate(lines) if b'"head_moved"' in line)
    record = json.loads(lines[number])
    other = lines[number].replace(b'"height":1', b'"height":7')
    with pytest.raises(Differs) as caught:
        again(copied(file, tmp_path / "other", {number: other}))
    at = f"record {number} at {record['time_ns'] / 1e9:.3f} s differs: recorded head_moved of "
    node = record["node"]
    assert str(caught.value) == f"{at}{node} height 7, now head_moved of {node} height 1"
    with pytest.raises(Differs) as caught:
        again(copied(file, tmp_path / "other", {number: other}, "0.0"))
    assert "; it was recorded by powclock 0.0, and this is " in str(caught.value)
    with pytest.raises(Differs) as caught:
        again(copied(file, tmp_path / "other", {summary.records - 1: b""}))
    assert str(caught.value) == (
        f"the race has more than the {summary.records - 1} records of the recording"
    )


@pytest.mark.parametrize("seed", range(3))
def test_wherever_a_recording_with_inputs_is_cut_it_can_be_run_again(
    seed: int, tmp_path: Path
) -> None:
    file, stream = tmp_path / "r", Stream(seed, "fingers")
    driver = Driver(scenario(seed))
    tape = Tape(file, driver.world)
    driver.start()
    for fault in stream.shuffled(EVERY_KIND):
        driver.world.advance(1 << 62, turns_max=1 + stream.below(400))
        try:
            driver.act(Break(fault) if stream.random() < 0.7 else Heal(fault.id))
        except FaultError:
            continue
        tape.beat()
        if stream.random() < 0.5:
            tape._writer.flush()
    driver.world.advance(driver.now_ns + seconds(5))
    tape.end(driver.summary())
    digest = driver.world.recorder.digest
    driver.close()
    data = file.read_bytes()
    records = driver.world.recorder.count
    assert again(file) == (records, digest)
    for length in sorted(stream.below(len(data)) for _ in range(12)):
        file.write_bytes(data[:length])
        try:
            recording = Recording(file)
        except ValueError:
            continue
        with recording:
            count = sum(1 for _ in recording.lines())
            assert session_of(recording).end.turn == -1
        assert again(file)[0] == count
