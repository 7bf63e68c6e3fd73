"""Fewer bytes, the same picture: both are drawn by a terminal emulator and compared by cell."""

import pyte
from hypothesis import given
from hypothesis import strategies as st
from rich.color import ColorSystem
from rich.style import Style

from powclock.tui.thrift import with_differences

COLOURS = st.sampled_from(
    [None, "default", "red", "bright_blue", "color(99)", "#102030", "#ffffff"]
)
FLAGS = st.sampled_from([None, True, False])
STYLES = st.builds(
    Style, color=COLOURS, bgcolor=COLOURS, bold=FLAGS, italic=FLAGS, underline=FLAGS, reverse=FLAGS
)
# Pieces stand side by side, or the cursor goes elsewhere between them.
PIECES = st.lists(
    st.tuples(STYLES, st.sampled_from(["ab", "─", "0;1m"]), st.sampled_from(["", "", "\x1b[2;3H"]))
)


def drawn(text: str) -> list[object]:
    screen = pyte.Screen(40, 4)
    pyte.Stream(screen).feed(text)
    return [screen.buffer[y][x] for y in range(4) for x in range(40)]


@given(
    PIECES, st.sampled_from([ColorSystem.STANDARD, ColorSystem.EIGHT_BIT, ColorSystem.TRUECOLOR])
)
def test_the_picture_is_the_same(
    pieces: list[tuple[Style, str, str]], colours: ColorSystem
) -> None:
    text = "".join(style.render(text, color_system=colours) + move for style, text, move in pieces)
    thrifty = with_differences(text)
    assert drawn(thrifty) == drawn(text)
    assert len(thrifty) <= len(text)


def test_only_what_differs_is_written() -> None:
    ground, bold = "48;2;0;0;0", "\x1b[1;38;2;9;9;9;48;2;0;0;0m"
    red, blue = f"\x1b[31;{ground}m", f"\x1b[34;{ground}m"
    assert (
        with_differences(f"{red}a\x1b[0m{blue}b\x1b[0m{blue}c\x1b[0m") == f"{red}a\x1b[34mbc\x1b[0m"
    )
    # What ends is taken back with all the rest, and a move of the cursor begins from plain.
    assert with_differences(f"{bold}a\x1b[0m{red}b\x1b[0m") == f"{bold}a\x1b[0;31;{ground}mb\x1b[0m"
    assert with_differences(f"{red}a\x1b[0m\x1b[2;3H{blue}b") == f"{red}a\x1b[0m\x1b[2;3H{blue}b"
