"""Thin lines in a grid of cells: braille, whose signs have two dots across and four down.

A line is a list of cells with the dots that it sets in each, in the order in which it passes them.
Lines are laid over each other by joining the dots of a cell; a cell has one colour all the same.
"""

from functools import lru_cache

_DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
SIGNS = tuple(chr(0x2800 + dots) for dots in range(256))
# Dots of a dash, and of the gap after it.
_DASH = 3

Cell = tuple[int, int]
Trace = tuple[tuple[int, int, int], ...]


@lru_cache(maxsize=8_192)
def trace(start: Cell, end: Cell, *, dashed: bool = False) -> Trace:
    """The cells (x, y) and dots of a line from the middle of one cell to that of another."""
    if end < start:
        # A line and its reverse are the same dots, so one laid over the other adds none.
        return trace(end, start, dashed=dashed)[::-1]
    ax, ay = 2 * start[0] + 0.5, 4 * start[1] + 1.5
    across, down = 2.0 * (end[0] - start[0]), 4.0 * (end[1] - start[1])
    steps = int(max(abs(across), abs(down)))
    cells: list[list[int]] = []
    for step in range(steps + 1):
        share = step / steps if steps else 0.0
        x, y = int(ax + across * share + 0.5), int(ay + down * share + 0.5)
        dot = 0 if dashed and step // _DASH % 2 else _DOTS[y % 4][x % 2]
        if cells and cells[-1][0] == x // 2 and cells[-1][1] == y // 4:
            cells[-1][2] |= dot
        else:
            cells.append([x // 2, y // 4, dot])
    return tuple((x, y, dots) for x, y, dots in cells)


def length(start: Cell, end: Cell) -> int:
    """About how many cells a line passes."""
    return max(abs(end[0] - start[0]), abs(end[1] - start[1]))
