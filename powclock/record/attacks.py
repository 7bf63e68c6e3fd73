"""What attacks came to, also those that are over: for the summary of a race."""

from collections.abc import Callable

import msgspec

from powclock.record.events import NodeId
from powclock.record.frame import ActiveFault

ATTACKS_KEPT = 64


class AttackResult(msgspec.Struct, frozen=True):
    """How far an attacker got with a fault, to its end or to now; see `AttackMoved`.

    While it was on the best chain grew by `blocks`, of which the attacker found `own_blocks`;
    `share` is its part of the nominal hash rate.
    """

    id: str
    fault: str
    attacker: NodeId
    nodes: tuple[NodeId, ...]
    branch: int
    public: int
    tries: int
    won: int
    blocks: int
    own_blocks: int
    share: float

    def text(self) -> str:
        """The attack in a few words, measured as on the screen."""
        match self.fault:
            case "selfish" if not self.blocks:
                return f"{self.attacker} selfish: nothing decided yet"
            case "selfish":
                revenue = self.own_blocks / self.blocks
                of = f"{revenue:.1%} of {self.blocks} blocks"
                return f"{self.attacker} selfish: revenue {of}, share of hash rate {self.share:.1%}"
            case "double_spend":
                tries = "1 try" if self.tries == 1 else f"{self.tries} tries"
                return f"{self.attacker} double spend: won {self.won} of {tries}"
            case "eclipse":
                victim = " ".join(self.nodes)
                size = f"branch of {self.branch}, public {self.public}"
                return f"{self.attacker} eclipse of {victim}: {size}"
            case _:
                came = f"{self.won} of {self.tries} came in time"
                return f"{self.attacker} {self.fault}: {came}"


Judge = Callable[[ActiveFault], AttackResult]


class Attacks:
    """The last that was told of each attacker of each fault; the oldest go first."""

    def __init__(self) -> None:
        self._on: dict[tuple[str, NodeId], ActiveFault] = {}
        self._over: dict[tuple[str, NodeId], AttackResult] = {}

    def moved(self, fault: ActiveFault) -> None:
        """Take in how far an attack has come."""
        assert fault.attack is not None, "only attacks move"
        self._on[fault.id, fault.attack.attacker] = fault
        if len(self._on) > ATTACKS_KEPT:
            del self._on[next(iter(self._on))]

    def ended(self, id_: str, judge: Judge) -> None:
        """A fault is over: keep what it came to."""
        for key in [key for key in self._on if key[0] == id_]:
            self._over.pop(key, None)
            self._over[key] = judge(self._on.pop(key))
            if len(self._over) > ATTACKS_KEPT:
                del self._over[next(iter(self._over))]

    def results(self, judge: Judge) -> tuple[AttackResult, ...]:
        """What they came to; of one that is on again, what it comes to now."""
        over = (result for key, result in self._over.items() if key not in self._on)
        return (*over, *map(judge, self._on.values()))
