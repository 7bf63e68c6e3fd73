"""The block template: which waiting transfers a node puts into its drafts.

That is the operator's own choice and no rule of consensus: Bitcoin Core's `-blockmintxfee` leaves
cheap ones out, and whoever finds a block may leave out whom he likes. Others judge the block alone,
and the node itself takes blocks of others whatever they carry.
"""

from powclock.machine.ledger import Ledger
from powclock.machine.mempool import Mempool
from powclock.machine.transaction import Transaction


class Template:
    """Everything that pays, but for senders that are left out, for reasons that have names."""

    def __init__(self) -> None:
        self._left_out: dict[str, frozenset[bytes]] = {}

    @property
    def left_out(self) -> frozenset[bytes]:
        """Whose transfers do not go into drafts."""
        return frozenset().union(*self._left_out.values())

    def leave_out(self, name: str, senders: frozenset[bytes]) -> None:
        """Leave the transfers of these accounts out from now on."""
        self._left_out[name] = senders

    def end(self, name: str) -> None:
        """Take one reason away."""
        self._left_out.pop(name, None)

    def select(self, mempool: Mempool, ledger: Ledger, count_max: int) -> tuple[Transaction, ...]:
        """The transfers of a draft, best paying first."""
        return mempool.select(ledger, count_max, self.left_out)
