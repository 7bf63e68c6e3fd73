"""Tables of plain text: the same on a terminal, in a pipe and in a file."""

from collections.abc import Sequence


def columns(rows: Sequence[Sequence[str]], *, left: int = 0) -> list[str]:
    """Lines with every column as wide as its widest cell; the first `left` columns flush left."""
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            f"{cell:<{width}}" if index < left else f"{cell:>{width}}"
            for index, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
