"""Names from outside, made safe once, where they come in.

A name ends up on terminals. Control characters could drive the terminal, right-to-left marks and
zero-width characters could make one name look like another, and long ones break every table.
"""

import unicodedata

CELLS_MAX = 24
# Letters of real names have at most two; more pile up over the rows above.
MARKS_MAX = 2

# Cc control, Cf format (bidi, zero-width), Cs surrogates, Co private, Cn unassigned, Zl and Zp line
# and paragraph separators.
_DROPPED = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def clean_label(text: str, cells_max: int = CELLS_MAX) -> str:
    """The text in NFC without anything invisible, cut to a width in terminal cells."""
    visible = "".join(
        " " if unicodedata.category(c) == "Zs" else c
        for c in unicodedata.normalize("NFC", text[: 8 * cells_max])
        if unicodedata.category(c) not in _DROPPED
    )
    kept = []
    cells = marks = 0
    for character in visible.strip():
        width = cell_width(character)
        marks = 0 if width else marks + 1
        cells += width
        if cells > cells_max:
            break
        if marks <= MARKS_MAX:
            kept.append(character)
    return "".join(kept).strip()


def cell_width(character: str) -> int:
    """Cells that a terminal gives a character."""
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
