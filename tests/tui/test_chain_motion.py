"""The chain in motion: the camera glides by a block, a reorg swaps lanes, and fast races snap."""

from powclock.record.frame import EventLine, Frame, Pace, TipRow
from powclock.tui.state import State, Zoom
from powclock.tui.widgets.chain import Chain
from powclock.tui.widgets.panel import Border
from tests.tui.frames import (
    NAMES,
    RUNNING,
    SECOND,
    block,
    chain,
    frame,
    hash_of,
    reorg_line,
    split_frame,
)
from tests.tui.panels import Wall, see, state, text
from tests.tui.test_chain import long_frame

WIDTH, HEIGHT = 100, 14


class Film:
    """A chain panel and the time by which it moves."""

    def __init__(self, first: Frame, *, motion: bool = True) -> None:
        self.wall = Wall()
        self.state: State = state(first, self.wall, motion=motion)
        self.chain = Chain(self.state, border=Border.BOX)
        self.rows()

    def see(self, next_frame: Frame, pace: Pace = RUNNING) -> None:
        """The race tells a frame, and it is painted."""
        see(self.state, next_frame, pace)
        self.rows()

    def rows(self, width: int = WIDTH) -> list[str]:
        return text(self.chain.body(width, HEIGHT))

    def after(self, seconds: float) -> list[str]:
        self.wall.now_s += seconds
        return self.rows()

    def moving(self) -> bool:
        return self.chain.moving

    def column_of(self, hash_: str) -> int:
        """The cell in which a block's digits begin, -1 for none."""
        return self.rows()[2].find(hash_)


def test_the_picture_glides_by_a_block_when_the_tip_moves_on() -> None:
    film = Film(long_frame(40))
    assert film.column_of("a040") == 60
    film.see(long_frame(41))
    assert film.moving()
    seen = [film.column_of("a040")]
    for _ in range(3):
        film.after(0.101)
        seen.append(film.column_of("a040"))
    assert seen == [60, 52, 49, 49]
    assert not film.moving()


def test_while_it_glides_blocks_at_the_edge_are_seen_in_part() -> None:
    film = Film(long_frame(40))
    film.see(long_frame(41))
    assert [row[:39].rstrip() for row in film.after(0.02)[:5]] == [
        "    35         36         37         38",
        " ╭──────╮   ╭──────╮   ╭──────╮   ╭────",
        "·┤ a035 ├───┤ a036 ├───┤ a037 ├───┤ a03",
        " │ dave │   │alice │   │ bob  │   │caro",
        " ╰──────╯   ╰──────╯   ╰──────╯   ╰────",
    ]


def test_a_glide_that_is_interrupted_goes_on_from_where_it_is() -> None:
    film = Film(long_frame(40))
    film.see(long_frame(41))
    film.after(0.1)
    film.see(long_frame(42))
    assert film.column_of("a040") == 52
    film.after(0.3)
    assert film.column_of("a040") == 38


def test_a_race_that_ticks_faster_than_that_snaps() -> None:
    film = Film(long_frame(40))
    film.see(long_frame(41), Pace(rate=30.0, reached=30.0, paused=False, behind=False))
    assert film.column_of("a040") == 49
    assert not film.moving()


def test_without_motion_all_is_at_once() -> None:
    film = Film(long_frame(40), motion=False)
    film.see(long_frame(41))
    assert film.column_of("a040") == 49


def test_size_zoom_and_far_jumps_snap() -> None:
    film = Film(long_frame(40))
    film.see(long_frame(41))
    assert film.rows(width=111)[2].find("a040") == 60
    assert not film.moving()
    film.state.zoom = Zoom.COMPACT
    film.rows()
    assert not film.moving()
    film.state.camera = 20
    film.rows()
    assert not film.moving()
    film.state.camera = 22
    film.rows()
    assert film.moving()


def test_a_step_of_the_person_glides_faster() -> None:
    film = Film(long_frame(40))
    film.chain.move(-1, 0)
    assert film.column_of("a035") == 5
    film.after(0.075)
    assert film.column_of("a035") == 44
    film.after(0.076)
    assert film.column_of("a035") == 49
    assert not film.moving()


def reorged(*, events: tuple[EventLine, ...] = ()) -> Frame:
    """What became of `split_frame`: alice and bob's branch grew, and is the best one."""
    head = hash_of("d004")
    return frame(
        height=4,
        head=head,
        chain_high=4,
        leader="bob",
        chain=(
            *chain()[:2],
            block("b002", "a001", 2, best=False),
            block("5aa1", "a001", 2, author="bob", found_ns=SECOND),
            block("c003", "b002", 3, best=False, holders=1),
            block("5bb2", "5aa1", 3, author="bob"),
            block("d004", "5bb2", 4, author="alice", holders=3),
        ),
        tips=(
            TipRow(head, 4, "alice", best=True, nodes=NAMES[:3]),
            TipRow(hash_of("c003"), 3, "dave", best=False, nodes=NAMES[3:]),
        ),
        events=events,
    )


def test_a_reorg_swaps_the_lanes_and_links_follow() -> None:
    film = Film(split_frame())
    film.see(reorged())
    assert film.after(0.6)[:10] == [
        "      0          1          2          3          4          5",
        "   ╭──────╮   ╭──────╮   ╭──────╮   ╭──────╮   ┏━━━━━━┓   ╭╌╌╌╌╌╌╮ mined by",
        "   │ 0000 ├───┤ a001 ├───┤ 5aa1 ├───┤ 5bb2 ├───┨ d004 ┠╌╌╌┆ wait ┆ 3 nodes",
        "   │      │   │ bob  │   │ bob  │   │ bob  │   ┃alice ┃   ┆ >33% ┆ 75 % of rate",
        "   ╰──────╯   ╰─────┬╯   ╰──────╯   ╰──────╯   ┗━━━━━━┛   ╰╌╌╌╌╌╌╯",
        "               6.0s │     6.0s       6.0s       6.0s   ◆3",
        "             Y fork │    ╭──────╮   ╭──────╮   ╭╌╌╌╌╌╌╮ mined by",
        "                    ╰────┤ b002 ├───┤ c003 ├╌╌╌┆ wait ┆ 1 node",
        "                         │carol │   │ dave │   ┆ >10% ┆ 25 % of rate",
        "                         ╰──────╯   ╰──────╯   ╰╌╌╌╌╌╌╯",
    ]
    assert not film.moving()


def test_a_swap_is_halfway_after_half_of_its_time() -> None:
    film = Film(split_frame())
    film.see(reorged())
    seen = []
    for _ in range(7):
        rows = film.rows()
        seen.append((row_of(rows, "5aa1"), row_of(rows, "b002")))
        film.after(0.1)
    assert seen == [(7, 2), (7, 2), (6, 3), (5, -1), (3, 6), (2, 7), (2, 7)]
    assert film.moving() is False


def row_of(rows: list[str], digits: str) -> int:
    return next((index for index, row in enumerate(rows) if digits in row), -1)


def test_a_swap_that_turns_back_goes_on_from_where_it_is() -> None:
    film = Film(split_frame())
    film.see(reorged())
    assert row_of(film.after(0.4), "b002") == 6
    film.see(split_frame())
    assert row_of(film.rows(), "b002") == 6
    assert row_of(film.after(0.2), "b002") == 5
    assert row_of(film.after(0.4), "b002") == 2


def test_a_swap_without_motion_is_at_once_and_has_its_banner() -> None:
    lost = reorg_line(9, "alice", "−2 +3  c003 → d004")
    film = Film(split_frame(), motion=False)
    film.see(reorged(events=(lost,)))
    rows = film.rows()
    assert row_of(rows, "5aa1") == 2
    assert rows[-1] == (
        " ↺ reorg alice  −2 +3  c003 → d004  gave up 2 blocks for 3 blocks of a heavier branch"
    )
    assert not film.moving()
    film.state.frozen = True
    assert film.moving()
    assert film.after(4.0)[-1].startswith("Y fork: 3 nodes on d004, 1 node on c003; ")


def test_a_banner_leaves_the_line_of_the_chosen_block_alone() -> None:
    lost = reorg_line(9, "alice", "−2 +3  c003 → d004")
    film = Film(split_frame())
    film.state.block = hash_of("a001")
    film.see(reorged(events=(lost,)))
    rows = film.rows()
    assert rows[-2].startswith(" ↺ reorg alice  −2 +3  c003 → d004 ")
    assert rows[-1].startswith("▸ 1 000000000000a001  by bob 6.0 s after its parent  1 transaction")
