"""A summary with what theory expects of it."""

import json

import msgspec
import pytest

from powclock.lab.report import report_json, report_text
from tests.lab.test_expected import summary


def test_the_text() -> None:
    *before, interval, stale, digest = report_text(summary()).splitlines()
    assert [*before, digest] == summary().text().splitlines()
    assert interval == ("expected  one in 5.00 s [4.94–5.06 s]: ASERT keeps the schedule")
    assert stale == ("  stale   5.0% of mined [2.3%–7.7%]: hashes spent behind the best height")


def test_the_text_of_a_figure_outside_its_band() -> None:
    *_, stale, _ = report_text(summary(stale=200)).splitlines()
    assert (
        stale == "  stale   5.0% of mined [2.5%–7.5%] missed: hashes spent behind the best height"
    )
    assert max(map(len, report_text(summary(stale=200)).splitlines())) <= 80


def test_the_text_where_theory_says_nothing() -> None:
    *_, line, _ = report_text(summary(faults_begun=1)).splitlines()
    assert line == "expected  theory says nothing: faults bent the race"


def test_the_text_of_who_led() -> None:
    led = {"ann": 5, "bea": 2, "carl": 1, "dan": 0}
    reigns = {"reigns": 3, "reign_mean_s": 13.33, "reign_max_s": 25.0}
    what = msgspec.structs.replace(summary(), led_by_node=led, reign_max_ticks=4, **reigns)
    lines = report_text(what).splitlines()
    assert lines[-6:-3] == [
        "led by    ann 5, bea 2, carl 1 (ticks)",
        "leaders   1 of 4 lead more than half, Gini 0.50, entropy 65% of the most",
        "reigns    13.3 s on average, at most 25.0 s, at most 4 ticks in a row",
    ]
    once = report_text(msgspec.structs.replace(what, reign_max_ticks=1)).splitlines()[-4]
    assert once == "reigns    13.3 s on average, at most 25.0 s, at most 1 tick in a row"
    figures = json.loads(report_json(what))
    assert [figures[name] for name in ("nakamoto", "gini", "entropy_part")] == [
        1, 1 / 2, pytest.approx(figures["entropy_bits"] / 2),
    ]  # fmt: skip


def test_json() -> None:
    figures = json.loads(report_json(summary(difficulty=None)))
    assert figures["ticks"] == 1_000
    assert figures["conditions"]["behind"] == 0.05
    expected = {name: value for name, value in figures.items() if name.startswith("expected")}
    low, high = expected.pop("expected_stale_of_mined_band")
    assert 0.02 < low < 0.025 < 0.075 < high < 0.08
    assert expected == {
        "expected_interval_s": None,
        "expected_interval_s_band": None,
        "expected_interval_s_law": "the difficulty rule has no known law",
        "expected_stale_of_mined": 0.05,
        "expected_stale_of_mined_law": "hashes spent behind the best height",
    }
