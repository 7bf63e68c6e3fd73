"""The colours of the shipped themes: they can be read, and told apart by every kind of eyes."""

from itertools import combinations

import pytest
from msgspec.structs import asdict

from powclock.tui.theme_depth import Depth, at_depth
from powclock.tui.theme_file import Theme, files, load, own_folder
from tests.tui.vision import EYES, contrast, difference

# The shipped ones alone: whoever runs the tests may have themes with other aims.
NAMES = [name for name, path in files().items() if path.parent != own_folder()]
GROUNDS = {"background", "panel", "selected", "banner"}
BODY = {"text", "muted"}
LINES = {"faint"}
BARS = {"chart", "chart_low"}
# WCAG 2.2: 4.5 to 1 for text (1.4.3), 3 to 1 for large text and for what is no text (1.4.11).
TEXT, ELSE = 4.5, 3.0
TOLD_APART = ("best", "rival", "stale", "good", "warning", "bad", "accent")
# In hundredths of the way from black to white; two neighbouring greys of the 256 are 4 apart. Every
# role has a sign of its own besides, so these are for whoever reads colours first.
APART = {Depth.TRUE: 6.0, Depth.TWO_HUNDRED: 4.0}
FURTHER_APART = {
    ("colourblind", Depth.TRUE): 12.0,
    ("colourblind", Depth.TWO_HUNDRED): 12.0,
    ("stage", Depth.TWO_HUNDRED): 7.0,
}


def inks(theme: Theme) -> dict[str, str]:
    roles = asdict(theme.colors)
    return {role: color for role, color in roles.items() if role not in GROUNDS | LINES}


@pytest.mark.parametrize("depth", list(Depth), ids=lambda depth: depth.value)
@pytest.mark.parametrize("name", NAMES)
def test_inks_can_be_read_on_the_ground(name: str, depth: Depth) -> None:
    theme = at_depth(load(name), depth)
    ground = theme.colors.background
    # Few colours to choose from cost a little, where a sign stands beside the word.
    word = TEXT if depth is Depth.TRUE else ELSE
    for role, color in inks(theme).items():
        least = TEXT if role in BODY else ELSE if role in BARS else word
        assert contrast(color, ground) >= least, (role, color)
    for hue in theme.nodes.hues:
        assert contrast(hue, ground) >= word, hue
    assert contrast(theme.colors.faint, ground) >= 1.4, "lines are seen"


@pytest.mark.parametrize("depth", list(Depth), ids=lambda depth: depth.value)
@pytest.mark.parametrize("name", NAMES)
def test_text_can_be_read_on_the_other_grounds(name: str, depth: Depth) -> None:
    colors = at_depth(load(name), depth).colors
    for ground in (colors.panel, colors.selected, colors.banner):
        assert contrast(colors.text, ground) >= TEXT, ground


@pytest.mark.parametrize("name", NAMES)
def test_a_selected_row_can_be_read(name: str) -> None:
    theme = load(name)
    for role, color in inks(theme).items():
        if role not in BARS:
            assert contrast(color, theme.colors.selected) >= (TEXT if role in BODY else ELSE), role
    assert contrast(theme.colors.selected, theme.colors.background) >= 1.15, "it is seen"


@pytest.mark.parametrize("depth", APART, ids=lambda depth: depth.value)
@pytest.mark.parametrize("eyes", EYES)
@pytest.mark.parametrize("name", NAMES)
def test_roles_are_told_apart(name: str, eyes: str, depth: Depth) -> None:
    colors = asdict(at_depth(load(name), depth).colors)
    least = FURTHER_APART.get((name, depth), APART[depth])
    for one, other in combinations(TOLD_APART, 2):
        far = difference(colors[one], colors[other], eyes)
        assert far >= least, (one, other, round(far, 1))


@pytest.mark.parametrize("depth", list(Depth), ids=lambda depth: depth.value)
@pytest.mark.parametrize("name", NAMES)
def test_roles_stay_apart_at_every_depth(name: str, depth: Depth) -> None:
    colors = asdict(at_depth(load(name), depth).colors)
    assert len({colors[role] for role in TOLD_APART}) == len(TOLD_APART)


@pytest.mark.parametrize("name", NAMES)
def test_nodes_are_told_apart(name: str) -> None:
    theme = load(name)
    hues = theme.nodes.hues
    assert len(hues) == 12
    for one, other in combinations(hues, 2):
        assert difference(one, other) >= 9, (one, other)
    for hue in hues:
        assert difference(hue, theme.colors.best) >= 6, "no node looks like the best tip"
        assert difference(hue, theme.colors.rival) >= 4, "nor like a rival"
        assert difference(hue, theme.colors.bad) >= 4, "nor like what is broken"


def test_the_stage_is_bright_and_loses_nothing_at_256_colours() -> None:
    stage = load("stage")
    shown = at_depth(stage, Depth.TWO_HUNDRED)
    assert shown.nodes == stage.nodes
    greys = {"panel", "muted", "faint", "stale", "selected"}  # rich rounds these its own way
    before, after = asdict(stage.colors), asdict(shown.colors)
    assert {role for role in before if before[role] != after[role]} <= greys
    for role in ("text", "muted", *TOLD_APART):
        assert contrast(before[role], "#000000") >= 7.0, role


@pytest.mark.parametrize(
    ("eyes", "one", "other"),
    [
        ("protanopia", "#c08000", "#80a000"),
        ("deuteranopia", "#c08000", "#80a000"),
        ("tritanopia", "#00a0c0", "#00b090"),
    ],
)
def test_the_simulation_takes_a_difference_away(eyes: str, one: str, other: str) -> None:
    assert difference(one, other, eyes) < 0.5 * difference(one, other)
    assert difference("#000000", "#ffffff", eyes) == pytest.approx(100, abs=0.5)
