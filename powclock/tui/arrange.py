"""Which panel stands where, for every size of terminal: a pure function, tested for all sizes.

Four arrangements: wide and medium with boxes, small with rules between the panels, and tiny, where
one panel at a time has the whole screen. No size is refused. A panel that is maximised, or that has
no place of its own at a size, takes the whole screen as well.
"""

from dataclasses import dataclass

from textual.geometry import Region

from powclock.tui.widgets.panel import Border


@dataclass(frozen=True)
class Arrangement:
    """Where each panel is, and what surrounds those that have a title; absent ones are hidden."""

    name: str
    regions: dict[str, Region]
    border: Border


def arrange(
    width: int,
    height: int,
    nodes: int,
    panel: str | None = None,
    *,
    maximised: bool = False,
    faults: bool = False,
    attacks: int = 0,
    lesson: int = 0,
    axis: int = 0,
) -> Arrangement:
    """Choose the arrangement for a size, a number of nodes, whether faults are on, and how many
    attacks there are: each has a row of its own, of which low terminals have room for one. The
    caption bar of a lesson takes its rows above the footer, and so does the time axis of the past.
    """
    room = height - lesson - axis
    active = 1 + min(attacks, 1)
    if width >= 132 and height >= 38 and room >= 34:
        usual = _wide(width, room, nodes, attacks)
    elif width >= 100 and height >= 28 and room >= 21:
        usual = _medium(width, room, nodes, faults + attacks)
    elif width >= 76 and height >= 20 and room >= 16:
        usual = _small(width, room, nodes, active)
    else:
        return _told(_tiny(width, room, panel or "chain", active), width, height, lesson, axis)
    if panel is not None and (maximised or panel not in usual.regions):
        usual = _alone(width, room, panel, usual.border, active)
    return _told(usual, width, height, lesson, axis)


def _told(found: Arrangement, width: int, height: int, lesson: int, axis: int) -> Arrangement:
    """Room for the caption bar and the axis: what is left below is the footer's."""
    if not lesson and not axis:
        return found
    regions = dict(found.regions)
    footer = "footer" in regions
    if footer:
        regions["footer"] = Region(0, height - 1, width, 1)
    if lesson:
        regions["lesson"] = Region(0, height - lesson - axis - footer, width, lesson)
    if axis:
        regions["axis"] = Region(0, height - axis - footer, width, axis)
    return Arrangement(found.name, regions, found.border)


def _stack(width: int, heights: list[tuple[str, int]]) -> dict[str, Region]:
    regions, y = {}, 0
    for name, height in heights:
        regions[name] = Region(0, y, width, height)
        y += height
    return regions


def _split(regions: dict[str, Region], row: str, parts: list[tuple[str, int]]) -> None:
    """Replace a row by panels beside each other."""
    x, y, _, height = regions.pop(row)
    for name, width in parts:
        regions[name] = Region(x, y, width, height)
        x += width


def _wide(width: int, height: int, nodes: int, attacks: int) -> Arrangement:
    top, faults = 7, 4 + attacks
    table = min(max(nodes + 3, 8), (height - top - faults - 2) // 2)
    middle = height - top - faults - table - 2
    regions = _stack(
        width,
        [("status", 1), ("top", top), ("middle", middle), ("bottom", table), ("faults", faults),
         ("footer", 1)],
    )  # fmt: skip
    side = 42
    _split(regions, "top", [("clock", side), ("hash_rate", width - 2 * side), ("tips", side)])
    _split(regions, "middle", [("chain", width - side), ("network", side)])
    events = max(58, width * 3 // 8)
    _split(regions, "bottom", [("nodes", width - events), ("events", events)])
    return Arrangement("wide", regions, Border.BOX)


def _medium(width: int, height: int, nodes: int, active: int) -> Arrangement:
    # The rows of the faults that are on are for the nodes while there are none: ten have room then.
    top = 5
    rest = height - top - active - 2
    table = min(max(nodes + 3, 6), rest - 10)
    regions = _stack(
        width,
        [("status", 1), ("top", top), ("chain", rest - table), ("bottom", table),
         *[("active", active)] * bool(active), ("footer", 1)],
    )  # fmt: skip
    clock, tips = 36, 32
    _split(regions, "top", [("clock", clock), ("hash_rate", width - clock - tips), ("tips", tips)])
    events = max(36, width * 3 // 8)
    _split(regions, "bottom", [("nodes", width - events), ("events", events)])
    return Arrangement("medium", regions, Border.BOX)


def _small(width: int, height: int, nodes: int, active: int) -> Arrangement:
    rest = height - 3 - active
    chain = max(7, rest * 7 // 20)
    events = max(4, rest // 4)
    table = min(nodes + 2, rest - chain - events)
    regions = _stack(
        width,
        [("status", 1), ("top", 1), ("chain", chain), ("nodes", table),
         ("events", rest - chain - table), ("active", active), ("footer", 1)],
    )  # fmt: skip
    _split(regions, "top", [("clock", width - 28), ("tips", 28)])
    return Arrangement("small", regions, Border.RULE)


def _alone(width: int, height: int, panel: str, border: Border, active: int) -> Arrangement:
    heights = [("status", 1), (panel, height - 2 - active), ("active", active), ("footer", 1)]
    regions = _stack(width, heights)
    return Arrangement("alone", regions, border)


def _tiny(width: int, height: int, panel: str, active_rows: int) -> Arrangement:
    rest = height
    status = height >= 3
    footer = height >= 5
    active = 0 if height < 8 else 1 if height < 14 else active_rows
    rest -= status + footer + active
    if panel == "clock":
        clock = min(6, rest)
        tips = min(4, rest - clock)
        middle = [("clock", clock), ("tips", tips), ("hash_rate", rest - clock - tips)]
    else:
        middle = [(panel, rest)]
    heights = [("status", 1)] * status + middle + [("active", active)] + [("footer", 1)] * footer
    regions = _stack(width, [(name, rows) for name, rows in heights if rows > 0])
    return Arrangement("tiny", regions, Border.RULE if height >= 8 else Border.NONE)
