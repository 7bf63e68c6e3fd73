"""What can be chosen in the faults' sheet, by what it strikes, and which row tells of a fault."""

from dataclasses import dataclass

from powclock.network.faults.cuts import Partition
from powclock.network.faults.nodes import Join, Leave
from powclock.record.frame import ActiveFault
from powclock.tui.fault_keys import ATTACKS, FAULT_BY_ID, FAULT_KEYS, LINKS, NODES, FaultKey
from powclock.tui.presets import PRESETS

PRESET_GROUP = "PRESETS"


@dataclass(frozen=True)
class Item:
    """A row that can be chosen; `action` is what enter does, `kind` the fault's kind, if one.

    `binding` names the binding with its key in force; a preset has the fixed `key`.
    """

    id: str
    words: str
    action: str
    binding: str = ""
    key: str = ""
    kind: str = ""
    about: str = ""
    tooltip: str = ""
    needs_node: bool = False


@dataclass(frozen=True)
class Group:
    """Rows under one heading."""

    heading: str
    items: tuple[Item, ...]


def _fault(entry: FaultKey) -> Item:
    return Item(
        entry.id,
        entry.row or entry.words,
        f"fault('{entry.id}')",
        binding=f"fault_{entry.id}",
        kind=entry.kind,
        about=entry.about,
        tooltip=entry.tooltip,
        needs_node=entry.one_node,
    )


def _faults(strikes: str) -> tuple[Item, ...]:
    return tuple(_fault(entry) for entry in FAULT_KEYS if entry.strikes == strikes)


GROUPS = (
    Group(LINKS, (
        Item("partition", "partition", "partition", "partition", kind=Partition().kind,
             about="choose the sides", tooltip="Cut the network in two, or join it again"),
        *_faults(LINKS),
    )),
    Group(NODES, (
        *_faults(NODES),
        Item("join", "join", "join", "join", kind=Join().kind, about="a node nobody knew",
             tooltip="A node that nobody knew joins"),
        Item("leave", "leave", "leave", "leave", kind=Leave().kind, about="for good",
             tooltip="The selected node leaves for good", needs_node=True),
        Item("restart", "restart", "restart", "restart", about="what has crashed",
             tooltip="Start what has crashed"),
    )),
    Group(ATTACKS, _faults(ATTACKS)),
    Group(PRESET_GROUP, tuple(
        Item(f"preset {preset.key}", preset.name, f"preset({index})", key=preset.key,
             about=preset.shows, tooltip=preset.shows)
        for index, preset in enumerate(PRESETS)
    )),
)  # fmt: skip
ITEMS = {item.id: item for group in GROUPS for item in group.items}

# The row that tells of a fault, by its label; and by its kind, where no row has that strength.
_BY_LABEL = {
    (entry.kind, strength.make(()).label): entry.id
    for entry in FAULT_KEYS
    for strength in entry.strengths
}
_FIRST_OF_KIND = {item.kind: item.id for item in reversed(ITEMS.values()) if item.kind}


def row_of(fault: ActiveFault) -> str | None:
    """The id of the row that tells of a fault; two rows may be of one kind."""
    return _BY_LABEL.get((fault.fault, fault.label), _FIRST_OF_KIND.get(fault.fault))


def strengths_of(item: Item) -> int:
    """How many strengths there are to choose from."""
    return len(FAULT_BY_ID[item.id].strengths) if item.id in FAULT_BY_ID else 0
