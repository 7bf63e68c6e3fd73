"""Any file is a session or one line, and a session comes back from its file."""

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
from tests.edges import damaged, instances_of, line_of, peak_bytes, replaced, same
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
DATA = msgspec.json.encode(SESSION)


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("sessions") / "s.json"


def read(file: Path, data: bytes) -> Session | str:
    """The session, or the line that says why it is none."""
    file.write_bytes(data)
    try:
        return load_session(file)
    except ScenarioError as error:
        return line_of(error).removeprefix(f"{file}: ")


@given(st.lists(instances_of(Input), max_size=4).map(tuple), instances_of(End))
def test_any_session_comes_back_from_its_file(
    file: Path, inputs: tuple[Input, ...], end: End
) -> None:
    session = Session("test", scenario(), inputs, end)
    assert same(read(file, msgspec.json.encode(session)), session)


@given(
    st.one_of(
        st.binary(),
        damaged(st.just(DATA)),
        replaced(msgspec.to_builtins(SESSION)).map(
            lambda tree: msgspec.json.encode(msgspec.to_builtins(tree, str_keys=True))
        ),
    )
)
def test_any_file_is_a_session_or_one_line(file: Path, data: bytes) -> None:
    read(file, data)


def test_a_session_cut_at_any_byte_is_none(file: Path) -> None:
    for length in range(len(DATA)):
        assert isinstance(read(file, DATA[:length]), str)


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (b'{"version":"\xff"}', "not a session: "),
        (b"[" * 100_000, "expected `object`, got `array`"),
        (b'{"version":' + b"[" * 100_000, "version: expected `str`, got `array`"),
        (DATA[:-1] + b',"x":' + b"[" * 100_000, "object contains unknown field `x`"),
        (DATA.replace(b'"time_ns":10', b'"time_ns":' + b"1" * 5_000),
         "end.time_ns: integer value out of range"),
        (DATA.replace(b'"version":"test"', b'"version":"\\ud800"'), "not a session: "),
        (DATA.replace(b'"kind":"delay"', b'"kind":"\\u001b[2J"'),
         "inputs[2].action.fault.kind: invalid value '[2J'"),
    ],
    ids=range(7),
)  # fmt: skip
def test_what_is_wrong_is_said_in_one_line(file: Path, data: bytes, line: str) -> None:
    said = read(file, data)
    assert isinstance(said, str)
    assert said.startswith(line)
    assert said == line or line.endswith(": ")


@pytest.mark.parametrize(
    "piece",
    [b'{"time_ns":1,"turn":1,"action":{"command":"heal_all"}}', b"[]", b"{}", b"1", b'"\\u0041"'],
)
def test_memory_is_bounded_by_the_size_of_the_file(file: Path, piece: bytes) -> None:
    many = b",".join([piece] * (1_000_000 // len(piece)))
    start, _, rest = DATA.partition(b'"inputs":[')
    data = start + b'"inputs":[' + many + rest[rest.index(b'],"end"') :]
    assert peak_bytes(lambda: read(file, data)) < 500_000 + 20 * len(data)
