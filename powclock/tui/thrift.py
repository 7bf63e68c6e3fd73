"""What goes to the terminal, without what the terminal knows already.

A library of styles writes each piece of text with all of its style before it and a reset after it.
Neighbours mostly differ in one colour, so of what is written between them only the difference is
left: half of the bytes.
"""

import os
import re
from functools import lru_cache

from textual.drivers.linux_driver import LinuxDriver

# The start of a style, and the end of the last one if it stands right before it.
_STYLE = re.compile(r"(\x1b\[0m)?\x1b\[([1-9][0-9;]*)m")
# Within a style: a colour as a number of a palette or as three parts, or any other single code.
_CODE = re.compile(r"([34]8);(?:5;\d+|2;\d+;\d+;\d+)|\d+")
_DIFFERENCES_KEPT = 4_096


class ThriftyDriver(LinuxDriver):
    """Writes to the terminal as little as does."""

    def write(self, data: str) -> None:
        """Write, with styles as differences."""
        super().write(with_differences(data))

    def _get_terminal_size(self) -> tuple[int, int]:
        """Columns and rows as the terminal has them.

        COLUMNS and LINES may be left over from another terminal, and know of no change.
        """
        try:
            columns, rows = os.get_terminal_size(self.fileno)
        except OSError:
            return super()._get_terminal_size()
        if not columns or not rows:
            return super()._get_terminal_size()  # a serial line, whose size nobody has said
        return columns, rows


def with_differences(text: str) -> str:
    """The same picture, where a style that follows on another says only what differs."""
    before = ""

    def told(found: re.Match[str]) -> str:
        nonlocal before
        ended, style = found.groups()
        last, before = before, style
        return _difference(last, style) if ended else found[0]

    return _STYLE.sub(told, text)


@lru_cache(_DIFFERENCES_KEPT)
def _difference(before: str, after: str) -> str:
    """What leads from one style, which holds, to another."""
    old, new = _codes(before), _codes(after)
    if old.keys() <= new.keys():
        codes = ";".join(code for kind, code in new.items() if old.get(kind) != code)
        return f"\x1b[{codes}m" if codes else ""
    return f"\x1b[0;{after}m"  # something ends: from plain again


def _codes(style: str) -> dict[str, str]:
    """The codes of a style by what they set: the colour, the ground, or an attribute each."""
    codes: dict[str, str] = {}
    for found in _CODE.finditer(style):
        tens = int(found[1] or found[0]) // 10
        kind = "colour" if tens in {3, 9} else "ground" if tens in {4, 10} else found[0]
        codes[kind] = found[0]
    return codes
