"""The hash rate over time: a scale that does not pretend, marks of faults, and whose it is."""

import pytest

from powclock.record.frame import Frame, Mark
from powclock.tui import theme_file as theme
from powclock.tui.state import State
from powclock.tui.widgets.hash_rate import HashRate, Scale, scale
from powclock.tui.widgets.hash_rate_shares import layers
from tests.tui.frames import NAMES, RUNNING, SECOND, frame, node


def state_of(shown: Frame) -> State:
    state = State(theme.load("dark"))
    state.see(shown, RUNNING)
    return state


def rows(shown: Frame, width: int, height: int) -> list[str]:
    built = HashRate(state_of(shown)).body(width, height)
    return ["".join(segment.text for segment in row.segments).rstrip() for row in built]


def steady(**changes: object) -> Frame:
    """Twenty seconds in which the rate hardly moves, with a partition."""
    made: dict[str, object] = {
        "hash_rate_history": tuple(60_000 + index % 7 * 400.0 for index in range(40)),
        "history_from_ns": 0,
        "time_ns": 20 * SECOND,
        "sample_every_ns": SECOND // 2,
        "marks": (
            Mark(8 * SECOND, "partition", on=True),
            Mark(15 * SECOND, "partition", on=False),
        ),
    }
    return frame(**(made | changes))


def test_a_rate_that_grows_is_drawn_from_nothing() -> None:
    assert rows(frame(), 40, 5) == [
        "20.0k                               ╌╌██",
        "                                     ███",
        "                                    ████",
        "    0                               ████",
        "      ───────────────────────────────now",
    ]


def test_a_steady_rate_is_seen_to_move_and_the_axis_says_that_it_is_cut() -> None:
    assert rows(steady(), 40, 5) == [
        "64.0k",
        " mean ▇╌╌╌▁▃▅▇╌╌╌▁▃▅▇╌╌╌▁▃▅▇╌╌╌▁▃▅▇╌╌╌▁▃",
        "      █▃▅▇████▃▅▇████▃▅▇████▃▅▇████▃▅▇██",
        "58.0k ██████████████████████████████████",
        "  ≠ 0 ──────────⊘ partition ──△ healed ─",
    ]


def test_with_more_room_times_have_a_row_of_their_own() -> None:
    assert rows(steady(), 40, 9) == [
        "64.0k",
        "      ▁      ▁      ▁      ▁      ▁",
        "      █    ▂▅█    ▂▅█    ▂▅█    ▂▅█    ▂",
        " mean █╌╌▂▆███╌╌▂▆███╌╌▂▆███╌╌▂▆███╌╌▂▆█",
        "      █▃▆█████▃▆█████▃▆█████▃▆█████▃▆███",
        "      ██████████████████████████████████",
        "58.0k ██████████████████████████████████",
        "  ≠ 0 ──────────⊘ partition ──△ healed ─",
        "                    −10 s            now",
    ]


def test_words_give_way_to_signs_and_times_to_words() -> None:
    marks = (
        Mark(14 * SECOND, "loss", on=True),
        Mark(15 * SECOND, "delay", on=True),
        Mark(19 * SECOND, "loss", on=False),
    )
    assert rows(steady(marks=marks), 40, 3)[-1] == "  ≠ 0 ──────────────−10 s───∅─» delay △─"
    assert rows(steady(marks=()), 40, 3)[-1] == "  ≠ 0 ──────────────−10 s────────────now"


def test_marks_move_with_the_columns() -> None:
    later = {"history_from_ns": SECOND, "time_ns": 21 * SECOND}
    before, after = rows(steady(), 40, 3)[-1], rows(steady(**later), 40, 3)[-1]
    assert before.index("⊘") - after.index("⊘") == 2
    within = (Mark(8 * SECOND + SECOND // 4, "partition", on=True),)
    assert rows(steady(marks=within), 40, 3)[-1].index("⊘") == before.index("⊘")


@pytest.mark.parametrize(
    ("samples", "expected"),
    [
        ((), Scale(0.0, 1.0)),
        ((0.0, 0.0), Scale(0.0, 1.0)),
        ((10_000.0, 20_000.0), Scale(0.0, 20_000.0)),
        ((60_000.0, 62_400.0), Scale(58_000.0, 64_000.0)),
        ((50_000.0, 50_000.0), Scale(48_000.0, 50_000.0)),
        ((812_345.0, 900_001.0), Scale(750_000.0, 950_000.0)),
    ],
)
def test_scales_are_round(samples: tuple[float, ...], expected: Scale) -> None:
    assert scale(samples) == expected


def test_what_is_not_nothing_is_seen() -> None:
    assert Scale(0.0, 100_000.0).eighths(1.0, 4) == 1
    assert Scale(0.0, 100_000.0).eighths(0.0, 4) == 0
    assert Scale(0.0, 100_000.0).eighths(1e9, 4) == 32


def by_node() -> Frame:
    rates = zip(NAMES, (5_000.0, 10_000.0, 15_000.0, 20_000.0), strict=True)
    spark = bytes([255] * 10)
    return frame(
        hash_rate_history=(50_000.0,) * 10,
        hash_rate=50_000.0,
        nodes=tuple(node(name, hash_rate=rate, spark=spark) for name, rate in rates),
    )


def test_with_much_room_the_nodes_shares_are_stacked() -> None:
    assert rows(by_node(), 70, 20)[12:] == [
        "      by node, last 10 s",
        "50.0k      dave █████████████████████████████████████████████████████".ljust(70, "█"),
        "          " + "█" * 60,
        "           carol ████████████████████████████████████████████████████".ljust(70, "█"),
        "          " + "▄" * 60,
        "    0     " + "▄" * 60,
        "      █ alice 5.0 kH/s  █ bob 10.0 kH/s  █ carol 15.0 kH/s",
        "      █ dave 20.0 kH/s",
    ]


def test_what_nodes_do_not_account_for_was_of_others() -> None:
    shown = by_node()
    gone = frame(
        hash_rate_history=shown.hash_rate_history,
        nodes=(*shown.nodes[:3], node("dave", hash_rate=0.0, state="down", spark=bytes(10))),
    )
    found = layers(state_of(gone), gone)
    assert [(layer.name, round(layer.rates[0])) for layer in found] == [
        ("alice", 5_000), ("bob", 10_000), ("carol", 15_000), ("others", 20_000),
    ]  # fmt: skip


@pytest.mark.parametrize("width", [0, 1, 8, 9, 20, 59, 60, 72, 300])
def test_no_size_is_refused(width: int) -> None:
    for shown in (frame(), frame(hash_rate_history=()), steady(), by_node()):
        for height in (0, 1, 2, 3, 8, 16, 17, 100):
            built = HashRate(state_of(shown)).body(width, height)
            assert len(built) <= height
            assert all(row.room >= 0 for row in built)
