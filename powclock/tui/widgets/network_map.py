"""The network as a map: where there are more nodes than a graph can show, a sign for each of them.

Nodes are in the order in which they joined, by regions, and their colour and their sign say when
the newest block arrived. Where there are more nodes than cells, a cell stands for several and shows
the one in their middle.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.style import Style

from powclock.tui.glyphs import DOWN, NOT_YET, RIVAL, SQUARES
from powclock.tui.rows import Canvas, Row
from powclock.tui.text import fit
from powclock.tui.theme import Palette

# What became of a node, from best to worst: when the block arrived, in thirds, or why it did not.
FIRST, SECOND, THIRD, MISSING, RIVALS, GONE = range(6)
_CELLS_MAX = 3


@dataclass(frozen=True)
class Field:
    """The cells of one region: its title's row, None without one, and where its cells start."""

    region: str
    members: tuple[int, ...]
    title: int | None
    top: int


@dataclass(frozen=True)
class Plan:
    """How nodes become cells: `each` nodes a cell, `step` columns from one cell to the next."""

    width: int
    height: int
    each: int
    step: int
    fields: tuple[Field, ...]

    @property
    def across(self) -> int:
        """Cells in a row."""
        return max(self.width // self.step, 1)

    def cells(self) -> list[tuple[int, int]]:
        """Where each node is drawn, by index."""
        cells = {}
        for field in self.fields:
            for place, node in enumerate(field.members):
                row, column = divmod(place // self.each, self.across)
                cells[node] = (column * self.step, field.top + row)
        return [cells[node] for node in range(len(cells))]


def plan(regions: Sequence[str], width: int, height: int) -> Plan:
    """Find the roomiest way to give the nodes, each in its region, cells of a picture."""
    members: dict[str, list[int]] = {}
    for index, region in enumerate(regions):
        members.setdefault(region, []).append(index)
    whole = {"": list(range(len(regions)))}
    for titled, groups in ((True, members), (False, whole)):
        if titled and (len(members) < 2 or height < 2 * len(members)):
            continue
        # Several nodes a cell before regions lose their names, but not too many.
        for each in range(1, 9):
            for step in range(_CELLS_MAX, 0, -1):
                found = _fill(groups, titled, width, height, each, step)
                if found is not None:
                    return found
    each = -(-len(regions) // max(width * height, 1))
    return Plan(width, height, max(each, 1), 1, (Field("", tuple(whole[""]), None, 0),))


def _fill(
    groups: dict[str, list[int]], titled: bool, width: int, height: int, each: int, step: int
) -> Plan | None:
    across = width // step
    if across < 1:
        return None
    y, fields = 0, []
    for region, members in groups.items():
        title = y if titled else None
        y += 1 if titled else 0
        fields.append(Field(region, tuple(members), title, y))
        y += -(-len(members) // (each * across))
    return Plan(width, height, each, step, tuple(fields)) if y <= height else None


def signs(palette: Palette) -> tuple[tuple[str, Style], ...]:
    """Sign and style for what became of a node."""
    return (
        (SQUARES[0], palette.best),
        (SQUARES[1], palette.good),
        (SQUARES[2], palette.accent),
        (NOT_YET, palette.muted),
        (RIVAL, palette.rival),
        (DOWN, palette.bad),
    )


def draw(chosen: Plan, fates: Sequence[int], selected: int | None, palette: Palette) -> list[Row]:
    """The map; `fates` says what became of each node."""
    canvas = Canvas(chosen.width, chosen.height)
    looks = signs(palette)
    for field in chosen.fields:
        if field.title is not None:
            have = sum(fates[node] <= THIRD for node in field.members)
            count = f" {have}/{len(field.members)}"
            name = fit(field.region, min(cell_len(field.region), chosen.width - len(count)))
            canvas.put(0, field.title, name, palette.text)
            canvas.put(cell_len(name), field.title, count, palette.muted)
        for start in range(0, len(field.members), chosen.each):
            group = field.members[start : start + chosen.each]
            row, column = divmod(start // chosen.each, chosen.across)
            sign, style = looks[sorted(fates[node] for node in group)[len(group) // 2]]
            if selected in group:
                style = palette.on(palette.paper, style)
            # A gap after a sign only where a row has room for it.
            width = max(chosen.step - 1, 1)
            canvas.put(column * chosen.step, field.top + row, sign * width, style)
    return canvas.rows()


def legend(
    width: int, each: int, thirds_s: Sequence[float], present: set[int], palette: Palette
) -> Row:
    """What the signs mean, in words, as far as there is room."""
    row = Row(width)
    if each > 1:
        row.put(f"{each} a cell  ", palette.muted)
    words = [*(f"≤{seconds:.2f} s" for seconds in thirds_s), "later", "not yet", "rival", "down"]
    for fate, (sign, style) in enumerate(signs(palette)):
        if fate in present:
            text = f"{sign} {words[fate]}"
            if cell_len(text) > row.room:
                break
            row.put(text, style).gap(2)
    return row
