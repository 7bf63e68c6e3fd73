"""The double spend: pay, and mine in secret the branch in which one has not paid.

The attacker pays a merchant in public. The same coins, under the same account nonce, go back to
itself in a branch that it keeps for itself. When the merchant has seen enough confirmations and
delivered, and the secret branch is the heavier one, it is published: the network reorgs, and the
payment is gone for ever, because its nonce is spent.

With a head start it mines one block in secret before it pays, as Rosenfeld (2014) has it; what the
law counts is then that it gets strictly ahead, and so wins. Without one the same law counts that it
catches up; to win is harder. `lab/theory/double_spend` has both.
"""

from collections.abc import Collection
from typing import Annotated, ClassVar

import msgspec

from powclock.election.election import BLOCKS
from powclock.network.faults.breakable import Breakable, NodeId, Undo
from powclock.network.faults.double_spender import Deal, DoubleSpender
from powclock.network.faults.fault import Fault, FaultError


class DoubleSpend(Fault, frozen=True, tag="double_spend"):
    """A node pays a merchant, who waits for `confirmations`, and takes the payment back.

    It gives a try up when it is `give_up` blocks behind, and tries again. The merchant is a node,
    the first other one if none is named. With `head_start` it mines a block before it pays.
    """

    one_node: ClassVar[bool] = True

    confirmations: Annotated[int, msgspec.Meta(ge=1, le=1_000)] = 6
    give_up: Annotated[int, msgspec.Meta(ge=1, le=10_000)] = 10
    merchant: Annotated[str, msgspec.Meta(max_length=200)] = ""
    head_start: bool = True

    @property
    def needs(self) -> frozenset[str]:
        return frozenset({BLOCKS})

    @property
    def label(self) -> str:
        whom = f" of {self.merchant}" if self.merchant else ""
        return f"double spend{whom}, {self.confirmations} confirmations"

    @property
    def involved(self) -> tuple[NodeId, ...]:
        return (self.merchant,) if self.merchant else ()

    def check(self, nodes: Collection[NodeId], clients: Collection[str]) -> None:
        super().check(nodes, clients)
        if self.merchant in self.nodes or len(nodes) == 1:
            raise FaultError("double_spend needs a merchant, who is another node", "merchant")

    def begin(self, race: Breakable) -> Undo:
        (attacker,) = self.targets(race)
        others = (node for node in race.node_names() if node != attacker)
        deal = Deal(
            id=self.id,
            attacker=attacker,
            merchant=self.merchant or next(others),
            confirmations=self.confirmations,
            give_up=self.give_up,
            head_start=self.head_start,
        )
        spender = DoubleSpender(race, deal)
        unwatch = race.watch(spender.watch)
        unwrap = self.wrap_links(race, spender.around)
        race.schedule_in(0, spender.try_again, b"")

        def undo() -> None:
            spender.end()
            unwrap()
            unwatch()
            spender.reconnect()

        return undo
