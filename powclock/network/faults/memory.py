"""Bits that flip in a node's memory, as cosmic rays and failing chips flip them.

One bit of one account, balance or nonce, is another one; nothing tells the node. It answers with a
state that no other node has, until its audit finds the accounts not to be those of the state root
(`network/audit`). Ending this fault mends nothing: no more bits flip, the node mends itself.
"""

from typing import Annotated

import msgspec

from powclock.clock.streams import Stream
from powclock.clock.virtual_loop import NANOSECONDS
from powclock.network.faults.breakable import Breakable, NodeId, Undo
from powclock.network.faults.fault import Fault
from powclock.record.events import MemoryFlipped

# Bits that are in use: no balance is higher than all coins, and a nonce has 32 bits.
BALANCE_BITS = 51
NONCE_BITS = 32


class MemoryFlips(Fault, frozen=True, tag="memory"):
    """A bit flips in the ledger of each node at once, then about every `every_s` (0: no more)."""

    every_s: Annotated[float, msgspec.Meta(ge=0, le=1e6)] = 0.0

    @property
    def label(self) -> str:
        return f"memory flips, {self.every_s:g} s apart" if self.every_s else "memory flip"

    def begin(self, race: Breakable) -> Undo:
        cells = [Cell(race, node, race.stream("memory", node)) for node in self.targets(race)]
        for cell in cells:
            cell.flip()
            if self.every_s:
                cell.flip_every(self.every_s)

        def undo() -> None:
            for cell in cells:
                cell.on = False

        return undo


class Cell:
    """The memory of one node; `stream` says which bit flips, and when."""

    def __init__(self, race: Breakable, node: NodeId, stream: Stream) -> None:
        self.on = True
        self._race = race
        self._node = node
        self._stream = stream

    def flip(self) -> None:
        """Flip one bit, if the node runs and has an account."""
        ledger = self._race.ledger(self._node)
        if ledger is None or not len(ledger):
            return
        accounts = list(ledger)
        address, account = accounts[self._stream.below(len(accounts))]
        bit = self._stream.below(BALANCE_BITS + NONCE_BITS)
        if bit < BALANCE_BITS:
            part, damaged = "balance", account._replace(balance=account.balance ^ 1 << bit)
        else:
            part, bit = "nonce", bit - BALANCE_BITS
            damaged = account._replace(nonce=account.nonce ^ 1 << bit)
        ledger.overwrite(address, damaged)
        owner = self._race.name_of(address)
        self._race.tell(MemoryFlipped(address.hex(), owner, part, bit), self._node)

    def flip_every(self, mean_s: float) -> None:
        """Flip bits at random for as long as this is on."""
        wait_ns = round(self._stream.exponential(mean_s) * NANOSECONDS)
        self._race.schedule_in(wait_ns, lambda _: self._again(mean_s), b"")

    def _again(self, mean_s: float) -> None:
        if self.on:
            self.flip()
            self.flip_every(mean_s)
