"""The clock: the height in digits of every size, the leader, the wait, and what comes next."""

import pytest

from powclock.lab.expected import Expected, expected_of_frame
from powclock.record.detail import Retarget
from powclock.record.frame import Frame, Totals
from powclock.tui.digits import large, large_width, small
from powclock.tui.state import State
from powclock.tui.widgets.clock import Clock
from powclock.tui.widgets.panel import Border
from tests.lab.test_expected import CONDITIONS
from tests.tui.frames import SECOND, frame, hash_of
from tests.tui.panels import see, state, text

EACH_BLOCK = Retarget(height=4, work=104_000.0, change=0.04)
NOW_AND_THEN = Retarget(height=16, work=100_000.0, change=-0.123)


def clock(first: Frame, *, border: Border = Border.BOX) -> tuple[State, Clock]:
    made = state(first)
    return made, Clock(made, border=border)


def shown(first: Frame, width: int, height: int) -> list[str]:
    return text(clock(first)[1].body(width, height))


def test_digits_in_half_cells() -> None:
    assert small("0123456789", ascii_only=False) == [
        "█▀█ ▀█  ▀▀█ ▀▀█ █ █ █▀▀ █▀▀ ▀▀█ █▀█ █▀█",
        "█ █  █  █▀▀ ▀▀█ ▀▀█ ▀▀█ █▀█   █ █▀█ ▀▀█",
        "▀▀▀ ▀▀▀ ▀▀▀ ▀▀▀   ▀ ▀▀▀ ▀▀▀   ▀ ▀▀▀ ▀▀▀",
    ]
    assert small("17", ascii_only=True) == ["╺┓  ╺━┓", " ┃    ┃", "╺┻╸   ╹"]


def test_large_digits_are_squares_of_cells() -> None:
    assert large("17", 1) == [
        "████    ██████",
        "  ██        ██",
        "  ██        ██",
        "  ██        ██",
        "██████      ██",
    ]
    for size in (1, 2, 3):
        rows = large("480", size)
        assert len(rows) == 5 * size
        assert {len(row) for row in rows} == {large_width("480", size)}


def test_beside_boxes() -> None:
    assert shown(frame(retarget=EACH_BLOCK), 38, 5) == [
        "▀▀█   leader ◆ dave",
        "▀▀█   took 6.0 s",
        "▀▀▀   mean 6.0 s, goal 5.0 s",
        "wait 2.0 s █▆▄▃▂▂▁▁▁▁ longer than 33 %",
        "difficulty +4 % at 4",
    ]


def test_bitcoins_rule_says_when_and_where_it_is_heading() -> None:
    row = shown(frame(retarget=NOW_AND_THEN), 38, 5)[4]
    assert row == "retarget −12 % at 16, in 13 blocks"
    assert len(row) <= 38


def test_without_a_live_race_nothing_is_said_of_what_comes_next() -> None:
    assert shown(frame(), 38, 5)[4] == ""


def test_in_three_rows_what_comes_next_stands_in_the_title() -> None:
    made, panel = clock(frame(retarget=NOW_AND_THEN))
    assert text(panel.body(32, 3)) == [
        "▀▀█   leader ◆ dave",
        "▀▀█   took 6.0 s, mean 6.0 s",
        "▀▀▀   █▅▄▃▂▁▁▁ >33 %",
    ]
    assert "".join(words for words, _ in panel.aside()) == "−12 % at 16 · goal 5.0 s"
    see(made, frame())
    assert "".join(words for words, _ in panel.aside()) == "goal 5.0 s"


def test_in_one_row() -> None:
    assert shown(frame(retarget=EACH_BLOCK), 52, 1) == [
        " TICK 3  ◆ dave  took 6.0 s  wait █▅▄▃▂▁▁▁ >33 %",
    ]
    assert shown(frame(retarget=EACH_BLOCK), 60, 1) == [
        " TICK 3  ◆ dave  took 6.0 s  wait █▅▄▃▂▁▁▁ >33 %  +4 % at 4",
    ]


def test_in_a_narrow_column() -> None:
    assert shown(frame(retarget=EACH_BLOCK), 20, 4) == [
        " TICK 3  ◆ dave  to…",
        " ◆ dave",
        " █▅▄▃▂▁▁▁ >33 %",
        " difficulty +4 % at…",
    ]


def test_on_the_whole_screen() -> None:
    assert shown(frame(retarget=EACH_BLOCK), 64, 20) == [
        "",
        "  ██████    leader ◆ dave",
        "      ██    took 6.0 s",
        "  ██████    mean 6.0 s, goal 5.0 s",
        "      ██    difficulty +4 % at 4",
        "  ██████",
        "",
        "  the wait for tick 4 has been 2.0 s, longer than 33 % of waits",
        "",
        "  mean interval 6.00 s  no law: the conditions of the race are …",
        "  stale rate    25 % of all mined  no law: the conditions of th…",
        "",
        "  █▅▃",
        "  ████▆▄▁",
        "  ███████▇▆▄▂",
        "  ████████████▇▅▄▂▁",
        "  ██████████████████▇▆▅▄▃▂▁",
        "  ██████████████████████████▇▇▆▅▄▄▃▃▂▂▁▁",
        "  █████████████████████████████████████████▇▇▇▆▆▆▅▅▅▅▄▄▄▄▄▃▃▃▃",
        "  0.0 s             4.5 s             9.0 s             14 s",
    ]
    rows = shown(frame(height=123), 156, 42)
    assert rows[1:21] == [row.rstrip() for row in large_rows("123", 4, rows)]


def raced(seconds: int) -> Frame:
    """Two hundred ticks and ten stale blocks, five seconds apart as they should be."""
    return frame(
        height=200,
        interval_s=5.0,
        tick_ns=seconds * SECOND,
        time_ns=(seconds + 2) * SECOND,
        totals=Totals(blocks_mined=210, blocks_stale=10),
        conditions=CONDITIONS,
        faults=(),
    )


def test_the_mean_interval_stands_beside_its_band() -> None:
    on_time, late = raced(1_040), raced(1_600)
    told = expected_of_frame(on_time)
    assert isinstance(told.interval_s, Expected)
    low, high = told.interval_s.low, told.interval_s.high
    assert (told.interval_s.fits, 4.5 < low < 5 < high < 5.5) == (True, True)
    assert shown(on_time, 38, 5)[2].endswith(f"   mean 5.2 ✓ {low:.1f}–{high:.1f}")
    assert shown(late, 38, 5)[2].endswith(f"   mean 8.0 ! {low:.1f}–{high:.1f}")
    assert shown(on_time, 32, 3)[1].endswith("6.0 s, mean 5.2 ✓")
    interval, stale = shown(on_time, 120, 20)[9:11]
    assert interval == (
        f"  mean interval 5.20 s ✓ expected 5.00 [{low:.2f}–{high:.2f}]  ASERT keeps the schedule"
    )
    assert isinstance(told.stale_of_mined, Expected)
    limit = 100 * told.stale_of_mined.high
    assert stale == (
        f"  stale rate    4.8 % of all mined ✓ expected 5.0 [0–{limit:.0f}]"
        "  hashes spent behind the best height"
    )


def large_rows(digits: str, size: int, rows: list[str]) -> list[str]:
    """The digits of that size, with the words that stand beside them in these rows."""
    width = 2 + large_width(digits, size)
    beside = [row[width:] for row in rows[1 : 1 + 5 * size]]
    return [f"  {line}{words}" for line, words in zip(large(digits, size), beside, strict=True)]


def lower() -> Frame:
    """A tick to a height below that of `frame`: the branch has more work, in fewer blocks."""
    return frame(head=hash_of("b222"), height=2, leader="bob")


def test_an_earlier_moment_of_the_past_is_no_clock_that_goes_back() -> None:
    made, panel = clock(frame(retarget=EACH_BLOCK))
    panel.body(38, 5)
    made.go_elsewhere()
    see(made, lower())
    assert "↓" not in "".join(text(panel.body(38, 5)))
    # From there on it is again.
    see(made, frame(head=hash_of("b333"), height=3))
    panel.body(38, 5)
    see(made, lower())
    assert text(panel.body(38, 5))[4] == "↓ from 3: heavier, though shorter"


def test_a_clock_that_goes_back_says_why() -> None:
    made, panel = clock(frame(retarget=EACH_BLOCK))
    panel.body(38, 5)
    see(made, lower())
    assert text(panel.body(38, 5))[4] == "↓ from 3: heavier, though shorter"
    assert text(panel.body(38, 5))[4] == "↓ from 3: heavier, though shorter"
    assert panel.aside()[0][0] == "↓ from 3"
    see(made, frame(head=hash_of("b333"), height=3))
    assert text(panel.body(38, 5))[4] == ""


def test_before_the_first_tick() -> None:
    assert shown(frame(height=0, leader=None), 38, 5)[:3] == [
        "█▀█   leader nobody yet",
        "█ █   whoever finds a hash",
        "▀▀▀",
    ]


@pytest.mark.parametrize("waited_s", [0, 5, 15, 10_000])
def test_the_lit_part_of_the_curve_is_the_share_of_shorter_waits(waited_s: int) -> None:
    made, panel = clock(frame(time_ns=(18 + waited_s) * 1_000_000_000))
    row = panel.body(38, 5)[3]
    lit = sum(len(segment.text) for segment in row.segments if segment.style == made.palette.accent)
    assert lit == {0: 0, 5: 4, 15: 10, 10_000: 10}[waited_s]


@pytest.mark.parametrize("height", range(1, 40))
def test_every_size_is_kept_to(height: int) -> None:
    for width in range(1, 170, 7):
        _, panel = clock(frame(retarget=NOW_AND_THEN, height=123_456))
        rows = panel.body(width, height)
        assert len(rows) <= height
        assert all(row.room >= 0 for row in rows)
