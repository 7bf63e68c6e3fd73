"""Events survive JSON, and nothing else is an event."""

from typing import get_args

import msgspec
import pytest

from powclock.record.events import AnyEvent, HeadMoved, Record
from powclock.record.facts import ScheduleInfo
from tests.record.examples import EXAMPLES, RECORDS
from tests.scenarios.races import race, scenario


def test_there_is_an_example_of_each_kind() -> None:
    assert {type(event) for event, _, _ in EXAMPLES} == set(get_args(AnyEvent))
    assert len(EXAMPLES) == len(get_args(AnyEvent))


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: type(record.event).__name__)
def test_a_record_comes_back_from_json(record: Record) -> None:
    assert msgspec.json.decode(msgspec.json.encode(record), type=Record) == record
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(record), type=Record) == record


def test_the_json_is_this() -> None:
    record = Record(3, 5, "bob", HeadMoved("00ff", 2, "ee"))
    assert msgspec.json.encode(record) == (
        b'{"sequence":3,"time_ns":5,"node":"bob",'
        b'"event":{"kind":"head_moved","hash":"00ff","height":2,"state_root":"ee"}}'
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            '{"sequence":-1,"time_ns":5,"node":null,"event":{"kind":"node_down"}}',
            "Expected `int` >= 0 - at `$.sequence`",
        ),
        (
            '{"sequence":1,"time_ns":5,"node":null,"event":{"kind":"party"}}',
            "Invalid value 'party' - at `$.event.kind`",
        ),
        (
            '{"sequence":1,"time_ns":5,"node":null,"event":{"kind":"node_down","why":1}}',
            "Object contains unknown field `why` - at `$.event`",
        ),
    ],
)
def test_what_is_no_record_is_refused(text: str, message: str) -> None:
    with pytest.raises(msgspec.ValidationError) as caught:
        msgspec.json.decode(text, type=Record)
    assert str(caught.value) == message


@pytest.mark.parametrize(("field", "least"), [("beat_ns", 1), ("blocks", 1)])
def test_a_schedule_without_time_is_none(field: str, least: int) -> None:
    schedule = {"epoch_ns": 0, "beat_ns": 9, "blocks": 2, "early_ns": 0, "leaders": []}
    assert msgspec.convert(schedule, ScheduleInfo).blocks == 2
    with pytest.raises(msgspec.ValidationError, match=rf"^Expected `int` >= {least} - at"):
        msgspec.convert(schedule | {field: 0}, ScheduleInfo)


def test_every_record_of_a_race_comes_back_from_json() -> None:
    with race(scenario(workload={"transactions_per_s": 3})) as running:
        running.run(60)
        lines = [msgspec.json.encode(record) for record in running.records]
        again = [msgspec.json.decode(line, type=Record) for line in lines]
        assert again == running.records
        assert [record.sequence for record in again] == list(range(len(again)))
        assert [record.time_ns for record in again] == sorted(r.time_ns for r in again)
