"""Numbers in few cells."""

import math

import pytest

from powclock.tui import text


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0, "0 H/s"),
        (999, "999 H/s"),
        (999.7, "1.0 kH/s"),
        (8_123, "8.1 kH/s"),
        (812_345, "812 kH/s"),
        (57e6, "57.0 MH/s"),
        (4.2e21, "4200 EH/s"),
    ],
)
def test_hash_rates(value: float, shown: str) -> None:
    assert text.hash_rate(value) == shown


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(0.04, "0.0 s"), (9.94, "9.9 s"), (9.96, "10 s"), (44, "44 s"), (185, "3:05"),
     (7_500, "2 h 05")],
)  # fmt: skip
def test_durations(seconds: float, shown: str) -> None:
    assert text.duration(seconds) == shown


def test_race_time() -> None:
    assert text.clock(642_350_000_000) == "10:42.3"
    assert text.clock(3_601_000_000_000) == "1:00:01.0"


def test_a_wait_of_the_expected_length_is_longer_than_63_percent_of_ticks() -> None:
    assert text.unusual(5, 5) == pytest.approx(1 - 1 / math.e)
    assert text.unusual(5, 0) == 0
    assert text.percent(text.unusual(500, 5)) == "99 %"


def test_what_does_not_fit_ends_in_an_ellipsis() -> None:
    assert text.fit("alice", 8) == "alice   "
    assert text.fit("alice", 4) == "ali…"
    assert text.fit("中文字", 4) == "中 …"
    assert text.fit("alice", 0) == ""
