"""The keys of the faults: one entry here gives a fault its key, its strengths and its place.

A fault has several strengths, of which the faults' sheet chooses one. Which strength is on is read
off the label of the active fault, so a fault that a scenario began is understood as well.

A few faults have a key that works over the race. There are more faults than letters that are left,
so all others have a key that works in the sheet: two presses.
"""

from collections.abc import Callable
from dataclasses import dataclass

from powclock.network.faults.bandwidth import Bandwidth
from powclock.network.faults.censor import Censor
from powclock.network.faults.conflict import Conflict
from powclock.network.faults.cuts import Isolate, OneWay
from powclock.network.faults.double_spend import DoubleSpend
from powclock.network.faults.eclipse import Eclipse
from powclock.network.faults.equivocate import Equivocate
from powclock.network.faults.every import AnyFault
from powclock.network.faults.flood import Flood
from powclock.network.faults.forge import Flaw, Forge
from powclock.network.faults.links import BitFlips, Delay, Duplicate, Jitter, Loss, Reorder
from powclock.network.faults.memory import MemoryFlips
from powclock.network.faults.nodes import ClockSkew, Crash, HashRateFactor, Pause
from powclock.network.faults.selfish import SelfishMining
from powclock.network.faults.swizzle import Swizzle
from powclock.network.faults.withhold import Withhold

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


def _jitter(milliseconds: float) -> Callable[[Nodes], AnyFault]:
    return lambda nodes: Jitter(nodes, milliseconds)


def _bandwidth(kilobytes_per_s: float) -> Callable[[Nodes], AnyFault]:
    return lambda nodes: Bandwidth(nodes, kilobytes_per_s)


def _swizzle(share: float) -> Callable[[Nodes], AnyFault]:
    return lambda nodes: Swizzle(nodes, share)


def _withhold(delay_s: float) -> Callable[[Nodes], AnyFault]:
    return lambda nodes: Withhold(nodes, delay_s)


def _clock(offset_s: float, drift_ppm: float = 0.0) -> Callable[[Nodes], AnyFault]:
    return lambda nodes: ClockSkew(nodes, offset_s, drift_ppm)


def _flood(per_s: float) -> Callable[[Nodes], AnyFault]:
    return lambda nodes: Flood(nodes, per_s=per_s)


def _lose_last(blocks: int) -> Callable[[Nodes], AnyFault]:
    return lambda nodes: Crash(nodes, lose_last=blocks)


def _memory(every_s: float) -> Callable[[Nodes], AnyFault]:
    return lambda nodes: MemoryFlips(nodes, every_s)


def _hash_rate(factor: float) -> Callable[[Nodes], AnyFault]:
    return lambda nodes: HashRateFactor(nodes, factor)


def _forge(flaw: Flaw) -> Callable[[Nodes], AnyFault]:
    return lambda nodes: Forge(nodes, flaw)


def _selfish(gamma: float) -> Callable[[Nodes], AnyFault]:
    return lambda nodes: SelfishMining(nodes, gamma)


def _double_spend(confirmations: int) -> Callable[[Nodes], AnyFault]:
    return lambda nodes: DoubleSpend(nodes, confirmations)


def _shares(make: Callable[[Nodes, float], AnyFault], *percent: int) -> tuple[Strength, ...]:
    def one(probability: float) -> Callable[[Nodes], AnyFault]:
        return lambda nodes: make(nodes, probability)

    return tuple(Strength(f"{number} %", one(number / 100)) for number in percent)


FAULT_KEYS = (
    FaultKey("i", "isolate", "isolate", "Cut every link of a node, both ways", LINKS,
             _one(Isolate), about="every link of it is cut", one_node=True),
    FaultKey("o", "one_way", "one way", "A node is not heard, but hears; or the other way round",
             LINKS, (Strength("mute", OneWay),
                     Strength("deaf", lambda nodes: OneWay(nodes, deaf=True))),
             about="not heard, or hears nothing", one_node=True),
    FaultKey("z", "swizzle", "swizzle", "Links stop one by one, and come back in another order",
             LINKS, (Strength("half", _swizzle(0.5)), Strength("all links", _swizzle(1))),
             about="links stop and come back in turn"),
    FaultKey("d", "delay", "delay", "Messages take longer: a second, or as chosen in f", LINKS,
             (Strength("200 ms", _delay(200)), Strength("1 s", _delay(1_000)),
              Strength("5 s", _delay(5_000))), usual=1,
             about="messages take longer", direct=True),
    FaultKey("j", "jitter", "jitter", "Messages take longer by chance, each by another time", LINKS,
             (Strength("100 ms", _jitter(100)), Strength("500 ms", _jitter(500)),
              Strength("2 s", _jitter(2_000))), usual=1, about="some messages take longer"),
    FaultKey("R", "reorder", "reorder", "Some messages are overtaken by those sent after them",
             LINKS, _shares(Reorder, 10, 30, 60), usual=1, about="messages overtake each other"),
    FaultKey("D", "duplicate", "duplicate", "Some messages come twice", LINKS,
             _shares(Duplicate, 10, 30, 100), usual=1, about="messages come twice"),
    FaultKey("B", "bandwidth", "bandwidth", "A link carries so many bytes a second; the rest waits",
             LINKS, (Strength("20 kB/s", _bandwidth(20)), Strength("5 kB/s", _bandwidth(5)),
                     Strength("1 kB/s", _bandwidth(1))), usual=1, about="links are narrow"),
    FaultKey("l", "loss", "loss", "Messages get lost: three in ten, or as chosen in f", LINKS,
             _shares(Loss, 10, 30, 60), usual=1, about="messages get lost", direct=True),
    FaultKey("b", "bit_flips", "bit flips", "A bit flips in three messages of ten", LINKS,
             _shares(BitFlips, 3, 30), usual=1, about="bits flip in transit", direct=True),
    FaultKey("k", "crash", "crash", "Stop a node; again starts it", NODES, _one(Crash),
             about="stops the node", one_node=True, direct=True),
    FaultKey("K", "wipe", "lose disk", "Stop a node and lose its disk; again starts it empty",
             NODES, _one(lambda nodes: Crash(nodes, lose_disk=True)), about="and empties it",
             one_node=True, direct=True),
    FaultKey("L", "lose_last", "lose writes", "Stop a node; the last blocks it wrote are lost",
             NODES, (Strength("1 block", _lose_last(1)), Strength("3 blocks", _lose_last(3)),
                     Strength("10 blocks", _lose_last(10))), usual=1,
             about="and loses its last writes", one_node=True),
    FaultKey("P", "pause", "freeze", "A node stands still, and comes back late", NODES,
             _one(Pause), about="comes back late", one_node=True),
    FaultKey("m", "memory", "memory flips", "A bit flips in a node's ledger: its state root tells",
             NODES, (Strength("once", _memory(0)), Strength("each 30 s", _memory(30)),
                     Strength("each 5 s", _memory(5))), about="a ledger goes wrong, and is mended",
             one_node=True),
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
    FaultKey("S", "double_spend", "double spend", "A node pays, and takes it back when the "
             "merchant has so many confirmations", ATTACKS,
             (Strength("1 conf.", _double_spend(1)), Strength("3 conf.", _double_spend(3)),
              Strength("6 conf.", _double_spend(6))), usual=1,
             about="pays, and takes it back", one_node=True),
    FaultKey("E", "eclipse", "eclipse", "A node hears of the world from its attacker alone",
             ATTACKS, _one(Eclipse), about="hears of its attacker alone", one_node=True),
    FaultKey("w", "withhold", "withhold", "Blocks that a node finds reach nobody until later",
             ATTACKS, (Strength("3 s", _withhold(3)), Strength("10 s", _withhold(10)),
                       Strength("30 s", _withhold(30))), usual=1,
             about="its blocks come late", one_node=True),
    FaultKey("C", "censor", "censor", "Leaders leave the transactions of one client out", ATTACKS,
             _one(Censor), about="client1 is left out"),
    FaultKey("X", "conflict", "conflict", "A client spends all its money at two nodes at once",
             ATTACKS, _one(Conflict), about="all money spent twice at once"),
    FaultKey("T", "equivocate", "two blocks", "A leader seals two blocks for one beat: its "
             "signatures are evidence", ATTACKS, _one(Equivocate), about="two blocks for one turn",
             one_node=True),
    FaultKey("F", "flood", "flood", "A node sends junk: bytes, headers, transactions",
             ATTACKS, (Strength("5/s", _flood(5)), Strength("20/s", _flood(20)),
                       Strength("100/s", _flood(100))), usual=1,
             about="junk, refused within bounds", one_node=True),
    FaultKey("g", "forge", "forge", "Forged blocks before each true one: refused by reason",
             ATTACKS, (Strength("any flaw", _forge("any")), Strength("no proof", _forge("proof")),
                       Strength("subsidy", _forge("subsidy")),
                       Strength("signature", _forge("signature")),
                       Strength("overdraft", _forge("overdraft"))),
             about="invalid blocks, all refused"),
)  # fmt: skip

FAULT_BY_ID = {entry.id: entry for entry in FAULT_KEYS}
