"""A theme on the screen: its styles for our own rows, and its colours for what textual draws.

At 16 colours a theme's own would collapse into pairs that nobody can read, so all themes share the
same few there, chosen role by role; at 256 each colour is the nearest one that terminals agree on.
"""

from rich.style import Style
from textual.theme import Theme as TextualTheme

from powclock.tui.theme_depth import Depth, at_depth
from powclock.tui.theme_file import Theme


def textual_theme(theme: Theme, name: str, depth: Depth = Depth.TRUE) -> TextualTheme:
    """The same theme for what textual draws itself."""
    colors = at_depth(theme, depth).colors
    return TextualTheme(
        name=f"powclock-{name}",
        primary=colors.accent,
        secondary=colors.rival,
        accent=colors.accent,
        warning=colors.warning,
        error=colors.bad,
        success=colors.good,
        foreground=colors.text,
        background=colors.background,
        surface=colors.panel,
        panel=colors.panel,
        dark=theme.dark,
    )


class Palette:
    """The styles of a theme, ground included; each is made once, so rows compare quickly."""

    def __init__(self, theme: Theme, depth: Depth = Depth.TRUE) -> None:
        theme = at_depth(theme, depth)
        colors = theme.colors
        ground = colors.background

        def ink(color: str, *, bold: bool = False) -> Style:
            return Style(color=color, bgcolor=ground, bold=bold or None)

        self.ground = Style(color=colors.text, bgcolor=ground)
        self.text = ink(colors.text)
        self.muted = ink(colors.muted)
        self.faint = ink(colors.faint)
        self.focus = ink(colors.focus)
        self.accent = ink(colors.accent)
        self.best = ink(colors.best)
        self.rival = ink(colors.rival)
        self.stale = ink(colors.stale)
        self.good = ink(colors.good)
        self.warning = ink(colors.warning)
        self.bad = ink(colors.bad)
        self.chart = ink(colors.chart)
        self.chart_low = ink(colors.chart_low)
        self.strong = ink(colors.text, bold=True)
        self.title = ink(colors.accent, bold=True)
        # Bold black is grey on many terminals of 16 colours; white on red is white everywhere.
        loud = "#ffffff" if depth is Depth.SIXTEEN else ground
        self.alarm = Style(color=loud, bgcolor=colors.bad, bold=True)
        self.banner = Style(color=colors.text, bgcolor=colors.banner, bold=True)
        self.banner_ink = ink(colors.banner)
        self.selected = Style(bgcolor=colors.selected, bold=True)
        self.hues = tuple(ink(hue) for hue in theme.nodes.hues)
        self._bold: dict[Style, Style] = {}
        self._solid: dict[Style, Style] = {}
        self._on: dict[tuple[Style, Style], Style] = {}
        self.paper = Style(color=ground, bgcolor=ground)

    def bold(self, style: Style) -> Style:
        """The style in bold."""
        bold = self._bold.get(style)
        if bold is None:
            bold = self._bold[style] = style + Style(bold=True)
        return bold

    def solid(self, style: Style) -> Style:
        """The colour of a style as the ground, with text in the colour that the ground has else."""
        solid = self._solid.get(style)
        if solid is None:
            ink = Style(color=self.ground.bgcolor, bgcolor=style.color, bold=True)
            solid = self._solid[style] = ink
        return solid

    def on(self, ink: Style, ground: Style) -> Style:
        """The colour of one style on that of another; `paper` is the colour of the ground."""
        key = (ink, ground)
        style = self._on.get(key)
        if style is None:
            style = self._on[key] = Style(color=ink.color, bgcolor=ground.color)
        return style
