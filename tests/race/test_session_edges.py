"""A session comes back from its recording, and what is none is one line."""

from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from powclock.network.faults.cuts import Partition
from powclock.network.faults.links import Delay
from powclock.race.commands import Break, Heal, HealAll, Input
from powclock.race.scenario import ScenarioError
from powclock.race.session import End, Session, load_session
from tests.edges import instances_of, line_of, replaced, same
from tests.race.tapes import record_race, write_raw, write_session
from tests.scenarios.races import scenario

SESSION = Session(
    "test",
    scenario(),
    (
        Input(5, 1, Break(Partition(share=0.4))),
        Input(7, 2, Heal("partition")),
        Input(7, 3, Break(Delay(delay_ms=3.5, nodes=("bob",)))),
        Input(9, 4, HealAll()),
    ),
    End(10, 5),
)
SCENARIO = msgspec.json.encode(SESSION.scenario)
INPUTS = [msgspec.json.encode(each) for each in SESSION.inputs]


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("sessions") / "s.powclock"


def read(file: Path) -> Session | str:
    """The session, or the line that says why it is none."""
    try:
        return load_session(file)
    except ScenarioError as error:
        return line_of(error).removeprefix(f"{file}: ")


@given(
    st.lists(instances_of(Input), max_size=4).map(tuple),
    st.builds(End, st.integers(0, 2**63 - 1), st.integers(-1, 2**63 - 1)),
)
def test_any_session_comes_back_from_its_file(
    file: Path, inputs: tuple[Input, ...], end: End
) -> None:
    session = Session("test", scenario(), inputs, end)
    assert same(read(write_session(file, session)), session)


@given(replaced(msgspec.to_builtins(SESSION)))
def test_any_content_is_a_session_or_one_line(file: Path, tree: object) -> None:
    tree = tree if isinstance(tree, dict) else {}
    what = msgspec.to_builtins(tree.get("scenario"), str_keys=True)
    given_inputs = tree.get("inputs")
    inputs = [
        msgspec.json.encode(msgspec.to_builtins(each, str_keys=True))
        for each in (given_inputs if isinstance(given_inputs, list) else [])
    ]
    read(write_raw(file, "test", msgspec.json.encode(what), inputs))


@pytest.mark.parametrize(
    ("what", "inputs", "line"),
    [
        (b"[]", [], "scenario: expected `object`, got `array`"),
        (b'{"name":""}', [], "scenario.name: a name needs a visible character"),
        (b'{"name":"x","nodes":{"count":"many"}}', [], ("scenario: nodes.count: expected `int`, "
         "got `str`")),
        (SCENARIO, [b"{}"], "inputs: object missing required field `time_ns`"),
        (SCENARIO, [b"x"], "inputs: not JSON: JSON is malformed: invalid character (byte 0)"),
        (SCENARIO, [b"[" * 100_000], "inputs: expected `object`, got `array`"),
        (SCENARIO, [INPUTS[2].replace(b'"kind":"delay"', b'"kind":"\\u001b[2J"')],
         "inputs: action.fault.kind: invalid value '[2J'"),
    ],
    ids=range(7),
)  # fmt: skip
def test_what_is_wrong_is_said_in_one_line(
    file: Path, what: bytes, inputs: list[bytes], line: str
) -> None:
    assert read(write_raw(file, "test", what, inputs)) == line


def test_a_recording_that_was_cut_off_ends_with_its_last_record_or_input(file: Path) -> None:
    write_raw(file, "test", SCENARIO, INPUTS, end=None)
    assert read(file) == msgspec.structs.replace(SESSION, end=End(9, -1))
    record_race(file, scenario())
    whole = read(file)
    file.write_bytes(file.read_bytes()[:-1])
    cut = read(file)
    assert isinstance(whole, Session)
    assert cut == msgspec.structs.replace(whole, end=End(whole.end.time_ns, -1))


def test_what_is_no_recording_is_one_line(file: Path) -> None:
    file.write_bytes(b"{}")
    assert read(file) == "no recording: `powclock watch --record FILE` makes one"
    file.unlink()
    assert read(file) == "cannot be read: No such file or directory"
