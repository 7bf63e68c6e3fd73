"""The keys of the faults: one entry here gives a fault its key, its strengths and its place.

A fault has several strengths, of which the faults' sheet chooses one. Which strength is on is read
off the label of the active fault, so a fault that a scenario began is understood as well.

A few faults have a key that works over the race. There are more faults than letters that are left,
so all others have a key that works in the sheet: two presses.
"""

from collections.abc import Callable
from dataclasses import dataclass

from powclock.network.faults.every import AnyFault
from powclock.network.faults.forge import Flaw, Forge
from powclock.network.faults.links import BitFlips, Delay, Loss
from powclock.network.faults.nodes import ClockSkew, Crash, HashRateFactor
from powclock.network.faults.selfish import SelfishMining

Nodes = tuple[str, ...]

# What a fault strikes: the groups of the sheet.
LINKS = "LINKS"
NODES = "NODES"
ATTACKS = "ATTACKS"


@dataclass(frozen=True)
class Strength:
    """How hard a fault strikes, in a word or two."""

    words: str
    make: Callable[[Nodes], AnyFault]


@dataclass(frozen=True)
class FaultKey:
    """A key that begins a fault and ends it; `strikes` is its group, `row` its name there.

    `usual` is the strength until the person chooses another; a key that `climbs` makes a fault that
    is on stronger, and ends it after the strongest. A `direct` one works over the race, too. What
    strikes `one_node` needs a selected one.
    """

    key: str
    id: str
    words: str
    tooltip: str
    strikes: str
    strengths: tuple[Strength, ...]
    usual: int = 0
    row: str = ""
    about: str = ""
    climbs: bool = False
    one_node: bool = False
    direct: bool = False

    @property
    def kind(self) -> str:
        """The fault's name in scenarios."""
        return self.strengths[0].make(()).kind


def _one(make: Callable[[Nodes], AnyFault]) -> tuple[Strength, ...]:
    return (Strength("", make),)


def _delay(milliseconds: float) -> Callable[[Nodes], AnyFault]:
    return lambda nodes: Delay(nodes, milliseconds)


def _clock(offset_s: float, drift_ppm: float = 0.0) -> Callable[[Nodes], AnyFault]:
    return lambda nodes: ClockSkew(nodes, offset_s, drift_ppm)


def _hash_rate(factor: float) -> Callable[[Nodes], AnyFault]:
    return lambda nodes: HashRateFactor(nodes, factor)


def _forge(flaw: Flaw) -> Callable[[Nodes], AnyFault]:
    return lambda nodes: Forge(nodes, flaw)


def _selfish(gamma: float) -> Callable[[Nodes], AnyFault]:
    return lambda nodes: SelfishMining(nodes, gamma)


def _shares(make: Callable[[Nodes, float], AnyFault], *percent: int) -> tuple[Strength, ...]:
    def one(probability: float) -> Callable[[Nodes], AnyFault]:
        return lambda nodes: make(nodes, probability)

    return tuple(Strength(f"{number} %", one(number / 100)) for number in percent)


FAULT_KEYS = (
    FaultKey("d", "delay", "delay", "Messages take longer: a second, or as chosen in f", LINKS,
             (Strength("200 ms", _delay(200)), Strength("1 s", _delay(1_000)),
              Strength("5 s", _delay(5_000))), usual=1,
             about="messages take longer", direct=True),
    FaultKey("l", "loss", "loss", "Messages get lost: three in ten, or as chosen in f", LINKS,
             _shares(Loss, 10, 30, 60), usual=1, about="messages get lost", direct=True),
    FaultKey("b", "bit_flips", "bit flips", "A bit flips in three messages of ten", LINKS,
             _shares(BitFlips, 3, 30), usual=1, about="bits flip in transit", direct=True),
    FaultKey("k", "crash", "crash", "Stop a node; again starts it", NODES, _one(Crash),
             about="stops the node", one_node=True, direct=True),
    FaultKey("K", "wipe", "lose disk", "Stop a node and lose its disk; again starts it empty",
             NODES, _one(lambda nodes: Crash(nodes, lose_disk=True)), about="and empties it",
             one_node=True, direct=True),
    FaultKey("c", "clock_skew", "clock skew", "Clocks are 90 s ahead, or as chosen in f", NODES,
             (Strength("−90 s", _clock(-90)), Strength("+90 s", _clock(90)),
              Strength("+2 h", _clock(7_200)), Strength("10 % fast", _clock(0, 100_000))),
             usual=1, about="clocks are wrong", direct=True),
    FaultKey("h", "faster", "hash ×2", "Twice the hash rate; again ×4, ×8, and back", NODES,
             (Strength("×2", _hash_rate(2)), Strength("×4", _hash_rate(4)),
              Strength("×8", _hash_rate(8))), row="hash more",
             about="more hashes a second", climbs=True, direct=True),
    FaultKey("H", "slower", "hash ÷2", "Half the hash rate; again ÷4, ÷8, and back", NODES,
             (Strength("÷2", _hash_rate(1 / 2)), Strength("÷4", _hash_rate(1 / 4)),
              Strength("÷8", _hash_rate(1 / 8))), row="hash less",
             about="fewer hashes a second", climbs=True, direct=True),
    FaultKey("s", "selfish", "selfish", "A miner withholds its blocks; γ: who hears it first in "
             "a tie", ATTACKS, (Strength("γ 0", _selfish(0)), Strength("γ 0.5", _selfish(0.5)),
                                Strength("γ 1", _selfish(1))), usual=1,
             about="a miner withholds its blocks", one_node=True),
    FaultKey("g", "forge", "forge", "Forged blocks before each true one: refused by reason",
             ATTACKS, (Strength("any flaw", _forge("any")), Strength("no proof", _forge("proof")),
                       Strength("subsidy", _forge("subsidy")),
                       Strength("signature", _forge("signature")),
                       Strength("overdraft", _forge("overdraft"))),
             about="invalid blocks, all refused"),
)  # fmt: skip

FAULT_BY_ID = {entry.id: entry for entry in FAULT_KEYS}
