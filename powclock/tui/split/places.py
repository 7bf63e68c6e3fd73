"""Where everything stands while races are next to each other: a pure function of the size.

Each race has a column; what is below all of them is shared. Narrow or low terminals drop the
network first. Where columns would be too narrow to read, there is one race and a note.
"""

from dataclasses import dataclass

from textual.geometry import Region

from powclock.tui.widgets.panel import Border

# Narrower columns, and lower ones, say nothing.
COLUMN_CELLS_MIN = 25
ROWS_MIN = 16
_BOX_CELLS = 48
_BOX_ROWS = 38
_NETWORK_CELLS = 30


@dataclass(frozen=True)
class Places:
    """The shared panels by name, and those of each race; races without a place are hidden."""

    shared: dict[str, Region]
    columns: tuple[dict[str, Region], ...]
    border: Border


def places(width: int, height: int, races: int, chosen: int, attacks: int = 0) -> Places:
    """For a size, a number of races, which of them is chosen, and how many attacks are on."""
    side_by_side = (width - races + 1) // races >= COLUMN_CELLS_MIN and height >= ROWS_MIN
    boxes = (width - races + 1) // races >= _BOX_CELLS and height >= _BOX_ROWS
    faults = 4 + attacks if boxes else min(1, max(height - 6, 0))
    shared = {"status": Region(0, 0, width, 1)}
    top, bottom = 1, height - 1
    if height >= 4:
        shared["footer"] = Region(0, height - 1, width, 1)
    else:
        bottom = height
    if not side_by_side and height >= 6:
        shared["note"] = Region(0, 1, width, 1)
        top = 2
    if faults:
        shared["faults" if boxes else "active"] = Region(0, bottom - faults, width, faults)
        bottom -= faults
    border = Border.BOX if boxes else Border.RULE
    if not side_by_side:
        alone = _column(Region(0, top, width, max(bottom - top, 0)), border)
        columns = tuple(alone if index == chosen else {} for index in range(races))
        return Places(shared, columns, border)
    columns = tuple(
        _column(Region(x, top, cells, bottom - top), border) for x, cells in _across(width, races)
    )
    return Places(shared, columns, border)


def _across(width: int, races: int) -> list[tuple[int, int]]:
    """Where columns begin and how wide they are, with a cell between them."""
    cells, more = divmod(width - races + 1, races)
    spans, x = [], 0
    for index in range(races):
        span = cells + (index < more)
        spans.append((x, span))
        x += span + 1
    return spans


def _column(region: Region, border: Border) -> dict[str, Region]:
    """The panels of a race from top to bottom; what there is no room for is left out."""
    height = region.height
    if border is Border.BOX:
        clock, agreement, clients, network = 7, 7, 5, max(10, height - 28)
    elif height >= 24 and region.width >= _NETWORK_CELLS:
        clock, agreement, clients, network = 4, 5, 4, height - 19
    else:
        clock, agreement, clients, network = 4, 5 if height >= 17 else 4, 4, 0
    wanted = [("head", 1), ("clock", clock), ("agreement", agreement), ("network", network)]
    wanted += [("clients", clients)]
    placed: dict[str, Region] = {}
    y = region.y
    for name, rows in wanted:
        if rows and y + rows <= region.bottom:
            placed[name] = Region(region.x, y, region.width, rows)
            y += rows
    if y < region.bottom:
        placed["events"] = Region(region.x, y, region.width, region.bottom - y)
    return placed
