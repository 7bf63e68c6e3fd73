"""The eclipse: a victim that hears of the world from its attacker alone (Heilman et al. 2015).

Of the victim's links only the one with the attacker works, and no block passes it, neither in nor
out; transfers do. So the victim mines for nothing, on a branch that nobody else knows, and who
trusts it sees confirmations that will vanish.
"""

from collections.abc import Collection
from typing import Annotated, ClassVar

import msgspec

from powclock.election.election import BLOCKS
from powclock.machine.tree import Entry
from powclock.network.faults.breakable import Breakable, NodeId, Undo
from powclock.network.faults.fault import Fault, FaultError
from powclock.network.faults.hide import without
from powclock.network.link import Link, Send
from powclock.record.attack_events import AttackMoved
from powclock.record.events import HeadMoved, Record, Reorg


class Eclipse(Fault, frozen=True, tag="eclipse"):
    """A node has no peer but the attacker, who keeps all blocks from it, and its own from all.

    The attacker is the victim's first peer if none is named; it becomes one if it is none.
    """

    one_node: ClassVar[bool] = True

    attacker: Annotated[str, msgspec.Meta(max_length=200)] = ""

    @property
    def needs(self) -> frozenset[str]:
        return frozenset({BLOCKS})

    @property
    def label(self) -> str:
        return f"eclipse by {self.attacker}" if self.attacker else "eclipse"

    @property
    def involved(self) -> tuple[NodeId, ...]:
        return (self.attacker,) if self.attacker else ()

    def check(self, nodes: Collection[NodeId], clients: Collection[str]) -> None:
        super().check(nodes, clients)
        if self.attacker in self.nodes or len(nodes) == 1:
            raise FaultError("eclipse needs an attacker, who is another node", "attacker")

    def _attacker(self, race: Breakable) -> NodeId:
        peers = (link.target for link in race.links() if link.source in self.nodes)
        return self.attacker or next(peers, "")

    def begin(self, race: Breakable) -> Undo:
        (victim,) = self.targets(race)
        attacker = self._attacker(race)
        shadow = Shadow(race, self.id, attacker, victim)
        part = race.make_peers(attacker, victim)
        unwatch = race.watch(shadow.watch)
        stop = race.on_links(shadow.fall_on)
        race.schedule_in(0, shadow.begin, b"")

        def undo() -> None:
            shadow.end()
            unwatch()
            stop()
            links = [link for link in race.links() if victim in {link.source, link.target}]
            for link in links:
                link.unwrap(self.id)
                link.mend(self.id)
            part()
            race.reconnect(links)

        return undo


class Shadow:
    """What an eclipse does to links, and how far the victim's branch is from the public one.

    Its stages: it eclipses, its victim strays, and it lets go.
    """

    def __init__(self, race: Breakable, id_: str, attacker: NodeId, victim: NodeId) -> None:
        self._race = race
        self._id = id_
        self._attacker = attacker
        self._victim = victim

    def fall_on(self, link: Link) -> None:
        """Cut a link of the victim, or let no block through the one with the attacker."""
        ends = {link.source, link.target}
        if self._victim not in ends:
            return
        if self._attacker in ends:
            link.wrap(self._id, self._without_blocks)
        else:
            link.sever(self._id)

    def _without_blocks(self, send: Send) -> Send:
        def hiding(data: bytes) -> None:
            rest = without(data, blocks=lambda _: True)
            if rest is not None:
                send(rest)

        return hiding

    def begin(self, _: bytes) -> None:
        """Say that it has begun."""
        self._tell("eclipses")

    def watch(self, record: Record) -> None:
        """Follow the victim's head and the attacker's, who sees the public chain."""
        is_head = isinstance(record.event, HeadMoved | Reorg)
        if is_head and record.node in {self._attacker, self._victim}:
            self._tell("leads astray")

    def end(self) -> None:
        """Say what the victim will find."""
        self._tell("lets go")

    def _tell(self, stage: str) -> None:
        own, public = self._race.head(self._victim), self._race.head(self._attacker)
        if own is None or public is None:
            return
        fork = _fork_height(own, public)
        branch = own.height - fork
        self._race.tell(
            AttackMoved(
                id=self._id,
                attacker=self._attacker,
                stage=stage,
                branch=branch,
                public=public.height - fork,
                withheld=branch,
                tries=1,
                won=0,
            )
        )


def _fork_height(one: Entry, two: Entry) -> int:
    """The height of the last block that two nodes' branches have in common."""
    height = min(one.height, two.height)
    one, two = one.ancestor(height), two.ancestor(height)
    while one.hash != two.hash:
        assert one.parent is not None, "all branches begin with genesis"
        assert two.parent is not None, "all branches begin with genesis"
        one, two = one.parent, two.parent
    return one.height
