"""A leader schedule, turn by turn, and what every rule by signature has in common."""

from dataclasses import replace

import pytest

from powclock.clock.node_clock import RaceClock
from powclock.clock.streams import Stream
from powclock.clock.virtual_loop import NANOSECONDS, VirtualLoop
from powclock.election.election import Candidate, Setting
from powclock.election.rule import Claim
from powclock.election.schedule import LeaderSchedule
from powclock.election.signed import SignedElection, SignedRule, Turn
from powclock.machine.block import Block
from powclock.machine.reason import InvalidBlock
from powclock.machine.tree import Entry
from powclock.mining.hash_rate import HashRate
from powclock.mining.miner import GrindingMiner
from tests.builders import CHAIN_ID, EASY_BITS, GENESIS, address, block_of, key, refused

EPOCH_NS = 1_231_006_505 * NANOSECONDS
NAMES = ("ann", "bea", "carl")
SETTING = Setting(1, CHAIN_ID, EPOCH_NS, 5.0, tuple((n, address(n)) for n in NAMES), {})
ROOT = Entry(GENESIS.header, None, 1)


def schedule(blocks: int = 2) -> LeaderSchedule:
    """Slots of ten seconds."""
    ten_ns = 10 * NANOSECONDS
    return LeaderSchedule(SETTING, slot_ns=ten_ns, blocks=blocks, early_ns=NANOSECONDS)


def rule_of(election: SignedElection, name: str) -> SignedRule:
    loop = VirtualLoop()
    rate = HashRate(0, 0, Stream(1), lambda: 0)
    return election.rule(
        Candidate(name, key(name), RaceClock(loop), GrindingMiner(rate, lambda: 0))
    )


def at(seconds: float) -> int:
    return EPOCH_NS + round(seconds * NANOSECONDS)


def sealed(
    election: SignedElection,
    beat: int,
    author: str,
    *,
    time: int | None = None,
    bits: int = EASY_BITS,
    version: int = 1,
) -> Block:
    """A block of a beat of five seconds."""
    block = block_of(
        GENESIS.hash,
        1,
        author=author,
        time=EPOCH_NS // NANOSECONDS + 5 * beat if time is None else time,
        nonce=beat,
        bits=bits,
        version=version,
    )
    return election.reseal(block, key(author))


def entry_at(beat: int) -> Entry:
    return Entry(block_of(GENESIS.hash, 1, nonce=beat).header, ROOT, 1)


@pytest.mark.parametrize(
    ("parent", "author", "now_s", "beat"),
    [
        (ROOT, "ann", -3, 1),
        (ROOT, "ann", 0, 1),
        (ROOT, "ann", 5, 1),
        (ROOT, "ann", 9.9, 1),
        (ROOT, "ann", 10, 2),
        (ROOT, "ann", 15, 7),
        (ROOT, "bea", 0, 3),
        (ROOT, "carl", 31, 6),
        (ROOT, "carl", 35, 11),
        (entry_at(1), "ann", 5, 2),
        (entry_at(2), "ann", 10, 7),
        (entry_at(9), "bea", 0, 10),
    ],
)
def test_the_next_turn(parent: Entry, author: str, now_s: float, beat: int) -> None:
    turn = schedule().next_turn(parent, address(author), at(now_s))
    assert turn == Turn(beat, at(5 * beat))


def test_a_beat_is_sealed_once() -> None:
    election = schedule()
    election.sealed(address("ann"), 1)
    assert election.next_turn(ROOT, address("ann"), at(5)) == Turn(2, at(10))
    assert election.next_turn(ROOT, address("bea"), at(5)) == Turn(3, at(15))
    assert rule_of(election, "ann").prepare(ROOT, at(5)) == (at(10) // NANOSECONDS, ROOT.bits, 2)


def test_nobody_else_has_a_turn() -> None:
    election = schedule()
    assert election.next_turn(ROOT, address("zoe"), at(5)) is None
    assert (election.admits(address("zoe")), election.admits(address("carl"))) == (False, True)
    assert election.name(address("zoe")) == address("zoe").hex()[:8]


def test_who_leads_when() -> None:
    election = schedule()
    assert [election.leaders(at(5 * half))[0] for half in range(8)] == [
        "ann", "ann", "bea", "bea", "carl", "carl", "ann", "ann",
    ]  # fmt: skip
    assert rule_of(election, "carl").leader(ROOT, at(11)) == "bea"
    assert election.claim(sealed(election, 8, "ann")) == Claim(address("ann"), 3, 8)
    assert election.interval_s == 5


def test_what_is_right_is_taken_however_late() -> None:
    election = schedule()
    for author in NAMES:
        rule = rule_of(election, author)
        block = sealed(election, 3, "bea")
        for now_s in (14, 15, 1e6):
            rule.verify(block, ROOT, at(now_s))
        assert rule.weight(block) == 1
        assert rule.claim(block) == Claim(address("bea"), 1, 3)


@pytest.mark.parametrize(
    ("block", "parent", "message"),
    [
        (sealed(schedule(), 3, "zoe"), ROOT,
         f"bad-leader: nobody knows the key {address('zoe').hex()[:8]}"),
        (sealed(schedule(), 3, "carl"), ROOT, "bad-leader: slot 1 is bea's, not carl's"),
        (replace(sealed(schedule(), 3, "bea"), seal=b""), ROOT, "bad-seal: not signed by bea"),
        (replace(sealed(schedule(), 3, "bea"), seal=sealed(schedule(), 4, "bea").seal), ROOT,
         "bad-seal: not signed by bea"),
        (sealed(schedule(), 3, "bea", time=1_231_006_521), ROOT,
         "bad-slot: beat 3 ends at 1231006520, not at 1231006521"),
        (sealed(schedule(), 0, "bea"), ROOT,
         "bad-slot: beat 0 ends at 1231006505, not at 1231006505"),
        (sealed(schedule(), 3, "bea"), entry_at(3), "bad-slot: beat 3 is not after the parent's 3"),
        (sealed(schedule(), 3, "bea", bits=1), ROOT, "bad-diffbits: 00000001 instead of genesis'"),
        (sealed(schedule(), 3, "bea", version=0), ROOT, "bad-version: 0"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_refused(block: Block, parent: Entry, message: str) -> None:
    with refused(message):
        rule_of(schedule(), "ann").verify(block, parent, at(100))


def test_what_comes_too_early_is_refused_until_its_time_has_come() -> None:
    election = schedule()
    rule, block = rule_of(election, "ann"), sealed(election, 3, "bea")
    with pytest.raises(InvalidBlock) as caught:
        rule.verify(block, ROOT, at(13.999))
    assert str(caught.value) == "time-too-new: 1.001 s early"
    assert caught.value.early_ns == 1_000_000
    rule.verify(block, ROOT, at(14))


def test_another_chain_is_another_signature() -> None:
    election = schedule()
    other = LeaderSchedule(
        replace(SETTING, chain_id=CHAIN_ID + 1), slot_ns=10**10, blocks=2, early_ns=0
    )
    with refused("bad-seal: not signed by bea"):
        rule_of(election, "ann").verify(sealed(other, 3, "bea"), ROOT, at(15))


class Once(SignedElection):
    """Only ann, ten seconds after the parent."""

    def next_turn(self, parent: Entry, author: bytes, now_ns: int) -> Turn | None:
        if author != address("ann"):
            return None
        return Turn(7, (parent.time + 10) * NANOSECONDS)


def test_a_rule_that_says_nothing_but_its_turns() -> None:
    election = Once(SETTING)
    rule = rule_of(election, "bea")
    assert election.interval_s == 5
    assert rule.leader(ROOT, at(0)) is None
    time = ROOT.time + 10
    block = election.reseal(block_of(GENESIS.hash, 1, author="ann", time=time, nonce=7), key("ann"))
    rule.verify(block, ROOT, time * NANOSECONDS)
    assert rule.claim(block) is None
    election.sealed(address("ann"), 7)
    late = block_of(GENESIS.hash, 1, author="ann", time=time + 1, nonce=7)
    with refused(f"bad-slot: turn 7 at {time + 1}"):
        rule.verify(election.reseal(late, key("ann")), ROOT, time * NANOSECONDS)
    theirs = block_of(GENESIS.hash, 1, author="bea", time=time, nonce=7)
    with refused("bad-leader: it is never bea's turn"):
        rule.verify(election.reseal(theirs, key("bea")), ROOT, time * NANOSECONDS)
