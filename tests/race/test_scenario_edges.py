"""Any text is a scenario or one line, and what is a scenario comes back from its file."""

from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from powclock.race.scenario import Planned, Region, Scenario, ScenarioError, checked, parse_scenario
from powclock.race.scenario_files import shipped_scenarios
from powclock.race.swarm.toml import to_toml
from tests.edges import damaged_text, instances_of, line_of, peak_bytes, replaced, same

BYTES = 200_000
FULL = parse_scenario(
    """
    name = "full"
    [nodes]
    names = ["ann", "bea", "cleo"]
    shares = [1, 2.5, 3]
    [[regions]]
    name = "here"
    nodes = 1
    latency_ms = { there = 20 }
    [[regions]]
    name = "there"
    nodes = 2
    [[faults]]
    at_s = 30
    lasts_s = 60
    fault = { kind = "partition", nodes = ["ann"] }
    [[faults]]
    on = "reorg"
    fault = { kind = "selfish", nodes = ["bea"], gamma = 0.5 }
    """,
    "full",
)
SEVERAL = [FULL, *shipped_scenarios()]
TEXTS = [to_toml(scenario) for scenario in SEVERAL]


def read(text: str) -> Scenario | str:
    """The scenario, or the line that says why it is none."""
    try:
        return parse_scenario(text, "f")
    except ScenarioError as error:
        return line_of(error)


@given(
    st.builds(
        lambda whole, regions, faults: msgspec.structs.replace(
            whole, regions=regions, faults=faults
        ),
        instances_of(Scenario),
        st.lists(instances_of(Region), max_size=2).map(tuple),
        st.lists(instances_of(Planned), max_size=2).map(tuple),
    )
)
def test_any_scenario_comes_back_from_its_file_or_is_refused_alike(scenario: Scenario) -> None:
    try:
        expected: Scenario | str = checked(scenario)
    except ScenarioError as error:
        expected = f"f: {error}"
    assert same(read(to_toml(scenario)), expected)


def test_those_that_are_shipped_come_back() -> None:
    assert [read(text) for text in TEXTS] == SEVERAL


@given(st.sampled_from(SEVERAL).flatmap(lambda scenario: replaced(msgspec.to_builtins(scenario))))
def test_any_value_anywhere_is_read_or_refused_in_one_line(tables: object) -> None:
    try:
        checked(msgspec.convert(tables, Scenario))
    except (msgspec.ValidationError, ScenarioError):
        return


@given(st.one_of(st.text(), damaged_text(st.sampled_from(TEXTS))))
def test_any_text_is_a_scenario_or_one_line(text: str) -> None:
    read(text)


@pytest.mark.parametrize(
    "text",
    [
        "[nodes]\nnames = [" + '"ab",' * (BYTES // 5) + "]",
        "[nodes]\nnames = [" + "[],".ljust(3) * (BYTES // 3) + "]",
        "[nodes]\nshares = [" + "1," * (BYTES // 2) + "]",
        "faults = [" + '{fault={kind="crash"}},' * 9_000 + "]",
        "faults = [" + '{fault={kind="join",nodes=["a"]}},' * 6_000 + "]",
        "[[regions]]\nnodes = 1\nname = 'a'\n" * (BYTES // 33),
        "title = '" + "\u0301" * (BYTES // 2) + "'",
    ],
    ids=["names", "lists", "shares", "crashes", "joins", "regions", "marks"],
)
def test_memory_is_bounded_by_the_size_of_the_text(text: str) -> None:
    whole = 'name = "x"\n' + text
    assert peak_bytes(lambda: read(whole)) < 500_000 + 200 * len(whole.encode())


@pytest.mark.parametrize("text", TEXTS[:1])
def test_a_file_cut_at_any_byte_is_a_scenario_or_one_line(text: str, tmp_path: Path) -> None:
    for length in range(len(text)):
        read(text[:length])
