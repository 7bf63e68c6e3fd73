"""Who agrees with whom: the nodes of a race in groups, each with a sign and a hue.

Nodes agree that hold the same head. One that holds an earlier block of the best chain only lags
behind: it disagrees with nobody. Where there are no blocks, nodes agree whose accounts are equal.
"""

from dataclasses import dataclass

from rich.style import Style

from powclock.record.frame import Frame
from powclock.record.narrate import short_hash
from powclock.tui.answers import Answer, answer_of
from powclock.tui.glyphs import BEST, DOWN, MORE_LEFT, RIVAL
from powclock.tui.theme import Palette


@dataclass(frozen=True)
class Group:
    """Nodes that agree: `sign` and `style` stand for it, `label` says on what they agree.

    `apart` says that they disagree with the first group, and not only lag behind it.
    """

    sign: str
    label: str
    nodes: tuple[str, ...]
    style: Style
    apart: bool = False


def groups_of(frame: Frame, palette: Palette) -> list[Group]:
    """The groups, the leading one first; nodes that are down are in none."""
    if answer_of(frame) is Answer.NOBODY:
        return _by_state(frame, palette)
    rivals = {row.name for row in frame.nodes if row.tip == "rival"}
    found: list[Group] = []
    behind: list[str] = []
    apart = 0
    for tip in frame.tips:
        label = f"{tip.height} {short_hash(tip.hash)}"
        if tip.best:
            found.append(Group(BEST, label, tip.nodes, palette.best))
        elif any(name in rivals for name in tip.nodes):
            sign = RIVAL if apart == 0 else str(min(apart + 1, 9))
            style = palette.rival if apart == 0 else palette.hues[(3 * apart) % len(palette.hues)]
            found.append(Group(sign, label, tip.nodes, style, apart=True))
            apart += 1
        else:
            behind += tip.nodes
    if behind:
        found.append(Group(MORE_LEFT, "behind", tuple(behind), palette.stale))
    return found


def _by_state(frame: Frame, palette: Palette) -> list[Group]:
    """By what their accounts say: nobody is right, so each group has a letter."""
    running = tuple(row.name for row in frame.nodes if row.state != "down")
    if frame.states is None or len(frame.states.groups) < 2:
        return [Group(BEST, "one state", running, palette.good)] if running else []
    young = frame.states.settling
    styles = (palette.best, palette.rival, palette.accent, palette.good, *palette.hues)
    groups = [
        Group(
            chr(ord("A") + index),
            f"…{group.state_root[-4:]}",
            group.nodes,
            styles[index % len(styles)],
            apart=index > 0 and not young,
        )
        for index, group in enumerate(frame.states.groups)
    ]
    told = {name for group in groups for name in group.nodes}
    others = tuple(name for name in running if name not in told)
    if others:
        groups.append(Group("+", f"{frame.states.more_groups} more", others, palette.stale,
                            apart=not young))  # fmt: skip
    return groups


def down_of(frame: Frame, palette: Palette) -> Group | None:
    """The nodes that are down, as a group, if there are any."""
    names = tuple(row.name for row in frame.nodes if row.state == "down")
    return Group(DOWN, "down", names, palette.bad) if names else None
