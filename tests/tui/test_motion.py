"""Motion: glides start, arrive and are interrupted where they are; swaps and calm words."""

from powclock.tui.motion import SWAP_S, Calm, Glide, Swap, eased, swung


def test_ways_begin_and_end_where_they_should() -> None:
    for curve in (eased, swung):
        assert [curve(part) for part in (-1.0, 0.0, 1.0, 2.0)] == [0.0, 0.0, 1.0, 1.0]
        steps = [curve(part / 10) for part in range(11)]
        assert steps == sorted(steps)
    assert eased(0.5) == 0.875
    assert swung(0.5) == 0.5


def test_a_glide_is_quick_first_and_then_slow() -> None:
    glide = Glide.still(10).to(18, 5.0, 0.4)
    assert [round(glide.at(5.0 + part / 10), 6) for part in range(5)] == [
        10.0,
        14.625,
        17.0,
        17.875,
        18,
    ]
    assert not glide.done(5.39)
    assert glide.done(5.4)


def test_a_glide_that_is_interrupted_goes_on_from_where_it_is() -> None:
    glide = Glide.still(0).to(8, 0.0, 1.0).to(16, 0.5, 1.0)
    assert glide.at(0.5) == 7.0
    assert glide.at(1.0) == 7.0 + 9.0 * 0.875
    assert glide.at(1.5) == 16


def test_a_number_that_stays_has_arrived() -> None:
    assert Glide.still(3).done(0.0)
    assert Glide.still(3).at(99.0) == 3


def test_blocks_swap_their_rows() -> None:
    swap = Swap()
    swap.update({"a": 1, "b": 5}, {}, 0.0)
    assert not swap.moving(0.0)
    swap.update({"a": 5, "b": 1}, {}, 1.0)
    middle = 1.0 + SWAP_S / 2
    assert [(swap.row("a", now), swap.row("b", now)) for now in (1.0, middle, 1.0 + SWAP_S)] == [
        (1, 5),
        (3, 3),
        (5, 1),
    ]
    assert swap.moving(middle)
    assert not swap.moving(1.0 + SWAP_S)


def test_a_swap_that_is_interrupted_turns_back_from_where_it_is() -> None:
    swap = Swap()
    swap.update({"a": 0}, {}, 0.0)
    swap.update({"a": 10}, {}, 0.0)
    swap.update({"a": 0}, {}, SWAP_S / 2)
    assert swap.row("a", SWAP_S / 2) == 5
    assert swap.row("a", 1.5 * SWAP_S) == 0


def test_a_block_that_is_new_comes_with_its_parent() -> None:
    swap = Swap()
    swap.update({"b1": 5}, {}, 0.0)
    swap.update({"b1": 1, "b2": 1, "c1": 5}, {"b2": "b1", "c1": "b1"}, 2.0)
    assert [swap.row(name, 2.0) for name in ("b1", "b2", "c1")] == [5, 5, 5]
    middle = 2.0 + SWAP_S / 2
    assert swap.row("b1", middle) == swap.row("b2", middle) == 3
    assert swap.row("c1", middle) == 5


def test_after_a_snap_rows_hold_at_once() -> None:
    swap = Swap()
    swap.update({"a": 1}, {}, 0.0)
    swap.snap()
    swap.update({"a": 6}, {}, 0.0)
    assert swap.row("a", 0.0) == 6
    assert swap.row("b", 0.0) is None


def test_calm_words_change_once_in_a_while() -> None:
    calm = Calm("a", hold_s=1.0)
    told = [calm.update(word, now) for word, now in
            (("b", 0.0), ("c", 0.4), ("d", 0.9), ("d", 1.0), ("d", 1.5), ("e", 2.0))]  # fmt: skip
    assert told == ["b", "b", "b", "d", "d", "e"]
