"""Any record is one line of JSON, and comes back from it."""

import json

import msgspec
from hypothesis import given

from powclock.race.recorder import json_line
from powclock.record.events import Record
from tests.edges import instances_of, same
from tests.record.examples import RECORDS


@given(instances_of(Record))
def test_any_record_is_one_line_and_comes_back(record: Record) -> None:
    line = json_line(record)
    assert line.count(b"\n") == 1
    assert line.endswith(b"}\n")
    assert not [byte for byte in line[:-1] if byte < 0x20]
    assert same(msgspec.json.decode(line, type=Record), record)
    assert json.loads(line)["event"]["kind"] == record.event.__struct_config__.tag


def test_a_line_cut_anywhere_is_no_record() -> None:
    for record in RECORDS:
        line = json_line(record)[:-1]
        for length in range(len(line)):
            try:
                msgspec.json.decode(line[:length], type=Record)
            except msgspec.DecodeError:
                continue
            raise AssertionError(f"{line[:length]!r} reads as a record")
