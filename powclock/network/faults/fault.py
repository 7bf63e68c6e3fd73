"""What a fault is: an outside change of a race, as data."""

from collections.abc import Callable, Collection
from itertools import islice
from typing import Annotated, ClassVar

import msgspec

from powclock.election.election import BLOCKS, LEADERS, WORK
from powclock.network.faults.breakable import Breakable, NodeId, Undo
from powclock.network.link import Link, Send

Sides = tuple[tuple[NodeId, ...], ...]

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Probability = Annotated[float, msgspec.Meta(ge=0, le=1)]
LISTED_MAX = 12

# Of what an election may offer: what it is, and what is so where it does not.
_LACKS = {
    WORK: ("proof of work", "nobody hashes"),
    BLOCKS: ("blocks", "there are none"),
    LEADERS: ("a leader schedule", "nobody knows beforehand who leads"),
}


class FaultError(ValueError):
    """A fault that cannot be put in place, with the mend; `field` is which of its fields is wrong,
    if it is one.
    """

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


class Fault(msgspec.Struct, frozen=True, tag_field="kind", forbid_unknown_fields=True):
    """An outside change; `nodes` are its targets, none meaning all.

    One that `needs_history` may make a node go back to blocks of any age: a race in which that
    cannot happen forgets them. Under one that is `dishonest` they send what no honest peer can, so
    they may be dropped for it. One of `one_node` takes exactly one.
    """

    needs_history: ClassVar[bool] = True
    dishonest: ClassVar[bool] = False
    one_node: ClassVar[bool] = False

    nodes: tuple[Name, ...] = ()

    @property
    def kind(self) -> str:
        """The name in scenarios."""
        return str(self.__struct_config__.tag)

    @property
    def id(self) -> str:
        """Two faults with one id are the same fault: a second one replaces the first."""
        return ":".join((self.kind, *self.nodes))

    @property
    def label(self) -> str:
        """A few words for people, with the strength."""
        return self.kind

    @property
    def needs(self) -> frozenset[str]:
        """What the election must offer (`election.election`) so that it means anything."""
        return frozenset()

    @property
    def involved(self) -> tuple[NodeId, ...]:
        """Nodes that it names besides its targets."""
        return ()

    def check(self, nodes: Collection[NodeId], clients: Collection[str]) -> None:  # noqa: ARG002
        """See that it can be in a race of these nodes and clients.

        Asked of a scenario, whose race is still to come, and again when the fault begins.

        Raises:
            FaultError: it names others, or its fields contradict each other.
        """
        if self.one_node and len(self.nodes) != 1:
            raise FaultError(f"{self.kind} takes exactly one name in nodes", "nodes")
        for node in (*self.nodes, *self.involved):
            if node not in nodes:
                field = "nodes" if node in self.nodes else ""
                raise FaultError(f"there is no node {node!r}: the race has {_list(nodes)}", field)

    def check_rule(self, rule: str, offers: Collection[str]) -> None:
        """See that it means something in a race by a rule that offers so much.

        Raises:
            FaultError: it does not.
        """
        for word in sorted(self.needs):
            if word not in offers:
                what, why = _LACKS[word]
                raise FaultError(f"{self.kind} needs {what}: under {rule} {why}")

    def targets(self, race: Breakable) -> tuple[NodeId, ...]:
        """The nodes meant.

        Raises:
            FaultError: it cannot be in this race as it is now.
        """
        self.check_rule(race.rule, race.offers)
        names = race.node_names()
        self.check(names, race.clients())
        return self.nodes or tuple(names)

    def sides(self, _race: Breakable, /) -> Sides:
        """The groups that a partition makes; none for other faults."""
        return ()

    def begin(self, race: Breakable) -> Undo:
        """Put the fault in place; what is returned takes it away."""
        raise NotImplementedError

    def wrap_links(self, race: Breakable, stage: Callable[[Link, Send], Send]) -> Undo:
        """Put a stage around every link of the targets, also around those made later."""
        targets = set(self.targets(race)) if self.nodes else None

        def apply(link: Link) -> None:
            if targets is None or link.source in targets or link.target in targets:
                link.wrap(self.id, lambda send: stage(link, send))

        stop = race.on_links(apply)

        def undo() -> None:
            stop()
            for link in race.links():
                link.unwrap(self.id)

        return undo


def _list(names: Collection[str]) -> str:
    more = len(names) - LISTED_MAX
    first = ", ".join(islice(names, LISTED_MAX))
    return f"{first} and {more} more" if more > 0 else first
