"""A plot in characters, cell by cell."""

from powclock.lab.scatter import Axis, Series, scatter


def test_points_of_two_series() -> None:
    rising = Series("small", [(0, 0), (10, 5), (20, 10)])
    flat = Series("large", [(5, 10), (20, 10)])
    assert scatter(
        [rising, flat], x_label="seconds", y_label="a second", columns=21, rows=5
    ).splitlines() == [
        "a second",
        "10 │     x              x",
        "   │",
        "   │          o",
        "   │",
        " 0 │o",
        "   └─────────────────────",
        "    0                  20",
        "    seconds",
        "    o small",
        "    x large",
    ]


def test_a_wide_axis_is_logarithmic() -> None:
    plot = scatter(
        [Series("all", [(1, 1_000), (10, 10), (100, 1)])],
        x_label="x", y_label="y", columns=11, rows=4,
    )  # fmt: skip
    assert plot.splitlines() == [
        "y (logarithmic)",
        "1e+03 │o",
        "      │",
        "      │     o",
        "    1 │          o",
        "      └───────────",
        "       1       100",
        "       x (logarithmic)",
        "       o all",
    ]


def test_axes_that_have_no_width() -> None:
    assert [Axis(values, 9).cell(0.0) for values in ([], [0.0], [0.0, 0.0])] == [0, 0, 0]
    assert Axis([5.0], 9).cell(5.0) == 9  # from nothing to five
    assert scatter([], x_label="x", y_label="y", columns=9, rows=2).splitlines()[1] == "1 │"
