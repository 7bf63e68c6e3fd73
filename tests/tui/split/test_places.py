"""Where everything stands, at every size."""

import pytest
from textual.geometry import Region

from powclock.tui.split.places import places


@pytest.mark.parametrize("races", [2, 3])
def test_nothing_overlaps_and_nothing_is_outside(races: int) -> None:
    for width in range(1, 240, 7):
        for height in range(1, 70, 3):
            for attacks in (0, 2):
                found = places(width, height, races, 1, attacks)
                regions = [*found.shared.values()]
                regions += [each for column in found.columns for each in column.values()]
                screen = Region(0, 0, width, height)
                assert all(screen.contains_region(region) for region in regions), (width, height)
                cells = sum(region.area for region in regions)
                assert len({cell for region in regions for cell in _cells(region)}) == cells


def _cells(region: Region) -> list[tuple[int, int]]:
    return [
        (x, y)
        for x in range(region.x, region.right)
        for y in range(region.y, region.bottom)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("size", "races", "side_by_side"),
    [((160, 45), 3, True), ((100, 30), 3, True), ((80, 24), 3, True), ((60, 20), 2, True),
     ((60, 20), 3, False), ((80, 12), 3, False), ((20, 5), 2, False)],
)  # fmt: skip
def test_where_columns_would_be_too_narrow_there_is_the_chosen_race_and_a_note(
    size: tuple[int, int], races: int, side_by_side: bool
) -> None:
    found = places(*size, races, 1)
    shown = [index for index, column in enumerate(found.columns) if column]
    assert shown == (list(range(races)) if side_by_side else [1])
    assert ("note" in found.shared) is (not side_by_side and size[1] >= 6)


def test_what_each_size_shows_of_a_race() -> None:
    shown = {
        size: list(places(*size, 3, 0).columns[0]) for size in ((160, 45), (100, 30), (80, 24))
    }
    full = ["head", "clock", "agreement", "network", "clients", "events"]
    assert shown == {
        (160, 45): full,
        (100, 30): full,
        (80, 24): [name for name in full if name != "network"],
    }
