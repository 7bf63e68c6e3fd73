"""The curve of how a block spread, with half and all on its axis."""

from powclock.tui import theme_file as theme
from powclock.tui.theme import Palette
from powclock.tui.widgets.curve import Spreading, curve

MILLISECOND = 1_000_000
PALETTE = Palette(theme.load("dark"))


def text(delays_ms: list[int], nodes: int, width: int = 46, height: int = 5) -> list[str]:
    spreading = Spreading([each * MILLISECOND for each in delays_ms], nodes)
    rows = curve(spreading, PALETTE, width, height)
    return ["".join(part.text for part in row.segments).rstrip() for row in rows]


def test_half_and_all_are_when_so_many_have_it() -> None:
    assert (Spreading([0, 5, 9], 3).half_ns, Spreading([0, 5, 9], 3).all_ns) == (5, 9)
    assert (Spreading([0, 5, 9], 4).half_ns, Spreading([0, 5, 9], 4).all_ns) == (5, None)
    assert (Spreading([0], 4).half_ns, Spreading([], 0).all_ns) == (None, None)
    assert [Spreading([0, 5, 9], 4).share(at) for at in (0, 4, 5, 9)] == [0.25, 0.25, 0.5, 0.75]


def test_bars_rise_with_each_arrival() -> None:
    assert text([0, 100, 200, 400], 4) == [
        "  all                                        █",
        " half ┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈█████████████████████",
        "               ███████████████████████████████",
        "    0 ████████████████████████████████████████",
        "      ─────────┴ half 100 ms ──── all 400 ms ┴",
    ]


def test_what_not_all_have_does_not_reach_the_top() -> None:
    rows = text([0, 100, 300], 8, height=9)
    assert rows[0].strip() == "all"
    assert rows[-1].endswith(" 300 ms ┴")
    assert "half" not in rows[-1]


def test_without_room_or_arrivals_nothing_is_drawn() -> None:
    assert text([], 4) == [""] * 5
    assert text([0, 10], 2, width=10) == [""] * 5
    assert text([0, 10], 2, height=1) == [""]


def test_one_node_alone_has_it_at_once() -> None:
    assert text([0], 1, width=30)[3] == "    0 " + "█" * 24
