"""What is typed for an option is a value or one line; nothing else comes out."""

import math
from collections.abc import Callable

import pytest
import typer
from hypothesis import given
from hypothesis import strategies as st

from powclock.cli import _loaded
from powclock.cli_check import seed_of, seeds_of
from powclock.cli_options import SEED_END
from powclock.cli_options import seconds as read_seconds
from powclock.cli_options import speed as read_speed
from powclock.machine.target import TARGET_END
from powclock.race.scenario import ScenarioError
from powclock.race.scenario_files import load_scenario
from powclock.race.swarm.draw import draw
from powclock.tui.event_log import Filter, parse
from tests.edges import TEXT

DIGITS = "1" * 5_000


def refusal(read: Callable[[str], object], text: str) -> str:
    with pytest.raises(typer.BadParameter) as error:
        read(text)
    return error.value.message


@pytest.mark.parametrize(
    ("text", "seeds"),
    [
        ("17", range(17, 18)),
        ("0:1000", range(1_000)),
        ("007:8", range(7, 8)),
        (f"{SEED_END - 1}", range(SEED_END - 1, SEED_END)),
        (f"{SEED_END - 1}:{SEED_END}", range(SEED_END - 1, SEED_END)),
    ],
)
def test_seeds(text: str, seeds: range) -> None:
    assert seeds_of(text) == seeds


@pytest.mark.parametrize(
    "text",
    [
        "", ":", "1:", ":1", "0:0", "5:1", "-1", "+1", "1 ", "1:2:3", "1_0", "²", "٣", "a:b", "0x1",
        "1e3", f"{SEED_END}", f"0:{SEED_END + 1}", DIGITS, f"0:{DIGITS}", f"{DIGITS}:",
    ],
)  # fmt: skip
def test_what_are_no_seeds(text: str) -> None:
    assert refusal(seeds_of, text) == f"{text!r} are no seeds: write 17 or 0:1000"


@given(st.one_of(st.text("0123456789:٣² -+_"), TEXT))
def test_any_text_is_seeds_or_is_refused(text: str) -> None:
    try:
        seeds = seeds_of(text)
    except typer.BadParameter:
        return
    assert 0 <= seeds.start < seeds.stop <= SEED_END
    assert seeds_of(f"{seeds.start}:{seeds.stop}") == seeds


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("30s", 30), ("10m", 600), ("1h", 3_600), ("2d", 172_800), ("250ms", 0.25), ("1.5", 1.5),
        ("5 m", 300), ("1e3s", 1_000), ("1e-6ms", 1e-9), ("999999999", 999_999_999),
    ],
)  # fmt: skip
def test_durations(text: str, seconds: float) -> None:
    assert read_seconds(text) == seconds


@pytest.mark.parametrize(
    "text",
    ["", "s", "0", "-1s", "nan", "inf", "1e9", "1e-10", "1e-300", "1y", "1 h 2 m", "1e", DIGITS],
)
def test_what_is_no_duration(text: str) -> None:
    assert refusal(read_seconds, text) == f"{text!r} is no duration: write 30s, 10m or 1h"


@given(st.one_of(st.text("0123456789.e-+_ smhdni"), TEXT, st.floats().map(repr)))
def test_any_text_is_a_duration_or_is_refused(text: str) -> None:
    try:
        seconds = read_seconds(text)
    except typer.BadParameter:
        return
    assert 1 <= round(seconds * 1e9) <= 10**18, "the clock counts nanoseconds, and none is no end"


@pytest.mark.parametrize(("text", "speed"), [("max", math.inf), ("0.1", 0.1), ("1e6", 1e6)])
def test_speeds(text: str, speed: float) -> None:
    assert read_speed(text) == speed


@pytest.mark.parametrize("text", ["", "0", "-1", "nan", "inf", "1e7", "1e-9", "Max", DIGITS])
def test_what_is_no_speed(text: str) -> None:
    assert refusal(read_speed, text) == f"{text!r} is no speed: write 0.1, 1, 10 or max"


@given(st.one_of(st.text("0123456789.e-+_maxinf"), TEXT, st.floats().map(repr)))
def test_any_text_is_a_speed_or_is_refused(text: str) -> None:
    try:
        speed = read_speed(text)
    except typer.BadParameter:
        return
    assert speed == math.inf or 0.001 <= speed <= 1e6


@pytest.mark.parametrize("text", ["", "-1", " 1", "٣", f"{SEED_END}", str(TARGET_END), DIGITS])
def test_what_is_no_seed_names_no_drawn_race(text: str) -> None:
    assert seed_of(text) is None
    with pytest.raises(ScenarioError):
        _loaded(f"check:{text}")


def test_a_drawn_race_is_named_by_its_seed() -> None:
    assert _loaded("check:17") == draw(17)
    assert _loaded("split") == load_scenario("split")


@given(TEXT.filter(lambda text: "\0" not in text))  # which no argument of a program can hold
def test_any_name_is_a_scenario_or_one_line(text: str) -> None:
    try:
        _loaded(text)
    except ScenarioError:
        return


@given(
    st.one_of(TEXT, st.lists(st.sampled_from(["fork", "@", "@bob", "x", "reorg"])).map(" ".join))
)
def test_any_words_make_a_filter(text: str) -> None:
    asked = parse(text)
    assert asked == parse(" ".join(text.split()))
    assert len(asked.words) + len(asked.nodes) + len(asked.kinds) <= len(text.split())
    assert isinstance(asked, Filter)
