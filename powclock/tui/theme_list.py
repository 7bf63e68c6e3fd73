"""The list of themes, as lines for a pipe and as colours for a terminal."""

from collections.abc import Iterable, Iterator

from rich.console import Console
from rich.style import Style
from rich.text import Text

from powclock.tui.glyphs import BEST, DOWN, LIVE, RIVAL, STALE
from powclock.tui.theme_depth import Depth, at_depth, terminal_depth
from powclock.tui.theme_file import Theme, ThemeError

Found = Iterable[tuple[str, Theme | ThemeError]]

_NAME_CELLS = 14


def plain(found: Found) -> Iterator[str]:
    """A line for each theme, without escape sequences."""
    for name, theme in found:
        if isinstance(theme, ThemeError):
            yield f"{name:<{_NAME_CELLS}} cannot be used: {theme}"
        else:
            yield f"{name:<{_NAME_CELLS}} {theme.title}".rstrip()


def in_colour(found: Found) -> None:
    """The same, each with a sample of its colours on its own ground."""
    console = Console(highlight=False, markup=False)
    depth = terminal_depth()
    for name, theme in found:
        (line,) = plain([(name, theme)])
        text = Text(line)
        text.stylize("bold", 0, len(name))
        if isinstance(theme, ThemeError):
            text.stylize("red", len(name))
        console.print(text, soft_wrap=True)
        if not isinstance(theme, ThemeError):
            console.print(sample(theme, depth))
        console.print()


def sample(theme: Theme, depth: Depth) -> Text:
    """One line as the screen looks in this theme: roles, the chart, hues of nodes."""
    theme = at_depth(theme, depth)
    colors = theme.colors
    ground = Style(color=colors.text, bgcolor=colors.background)

    def ink(color: str, *, bold: bool = False) -> Style:
        return Style(color=color, bgcolor=colors.background, bold=bold)

    text = Text(" ", ground)
    text.append(f"{LIVE} LIVE ", ink(colors.good, bold=True))
    text.append(f"{BEST} 128 ", ink(colors.best, bold=True))
    text.append(f"{RIVAL} 127 ", ink(colors.rival))
    text.append(f"{STALE} stale ", ink(colors.stale))
    text.append("wait ", ink(colors.muted))
    text.append("behind ", ink(colors.warning))
    text.append(f"{DOWN} down ", ink(colors.bad))
    for bars, color in (("▁▂▃▄", colors.chart_low), ("▅▆▇█", colors.chart)):
        text.append(bars, ink(color))
    text.append(" ")
    for hue in theme.nodes.hues:
        text.append("■", ink(hue))
    text.append(" node ", Style(color=colors.text, bgcolor=colors.selected, bold=True))
    text.append(" ")
    return text
