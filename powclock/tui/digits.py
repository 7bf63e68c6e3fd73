"""Large digits of every size, drawn from one table of dots.

A dot of a small digit is half a cell high; of larger ones it is some rows high and twice as many
cells wide, so it looks square. ASCII terminals have no half cells and get digits drawn in lines.
"""

from powclock.tui.glyphs import DIGITS, FULL, PIXELS

_HALVES = {"00": " ", "10": "▀", "01": "▄", "11": FULL}
_DOTS = 3


def small(text: str, *, ascii_only: bool) -> list[str]:
    """Three rows, with three cells a digit."""
    if ascii_only:
        return [" ".join(DIGITS[digit][row] for digit in text) for row in range(3)]
    return [" ".join(_half(digit, row) for digit in text) for row in range(3)]


def _half(digit: str, row: int) -> str:
    upper, lower = (*PIXELS[digit], "000")[2 * row : 2 * row + 2]
    return "".join(_HALVES[a + b] for a, b in zip(upper, lower, strict=True))


def large(text: str, size: int) -> list[str]:
    """Five times `size` rows; a dot is `size` rows high and twice as many cells wide."""
    rows = []
    for row in range(5):
        dots = "0".join(PIXELS[digit][row] for digit in text)
        line = "".join((FULL if dot == "1" else " ") * (2 * size) for dot in dots)
        rows += [line] * size
    return rows


def large_width(text: str, size: int) -> int:
    """Cells that large digits take."""
    return (len(text) * (_DOTS + 1) - 1) * 2 * size
