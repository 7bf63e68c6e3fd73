"""What can break, by the numbers that REFERENCE gives to the invariants of a race."""

from dataclasses import dataclass

from powclock.record.events import NANOSECONDS

HASH_DIGITS = 16

INVARIANTS = {
    1: "every accepted block is valid",
    2: "a block stands on its parent, one higher",
    3: "a branch weighs the work in it, and a node's best weight never falls",
    4: "the head is the heaviest valid branch known, the first seen of equals",
    6: "same tip, same state",
    7: "no coin comes from nothing",
    8: "no account nonce twice, no negative balance",
    9: "every transfer is signed by its owner for this chain",
    10: "a reorged transfer waits again or conflicts",
    11: "every signer is the leader of its slot, and slots increase",
    12: "healed, the nodes converge",
    13: "no honest node is accused",
    15: "queues keep their bounds, and a temporary refusal is not for good",
}


class Wrong(Exception):
    """Something that must hold does not; `node` where it is not the one whose record shows it."""

    def __init__(self, invariant: int, detail: str, node: str = "") -> None:
        super().__init__(detail)
        self.invariant = invariant
        self.detail = detail
        self.node = node


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a race something broke; `sequence` is the record's, empty strings are unknown."""

    node: str
    block: str
    sequence: int
    time_ns: int

    def __str__(self) -> str:
        node = f"{self.node}, " if self.node else ""
        block = f"block …{self.block[-HASH_DIGITS:]}, " if self.block else ""
        return f"{node}{block}record {self.sequence}, {self.time_ns / NANOSECONDS:.3f} s"


class BrokenInvariant(AssertionError):
    """A race did what no race may do: a bug in powclock, or in a rule that it runs."""

    def __init__(self, invariant: int, detail: str, place: Place) -> None:
        super().__init__(f"invariant {invariant} ({INVARIANTS[invariant]}): {detail} ({place})")
        self.invariant = invariant
        self.detail = detail
        self.place = place
