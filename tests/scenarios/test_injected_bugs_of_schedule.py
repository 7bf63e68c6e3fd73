"""The checker is checked under a schedule: known bugs, put in one at a time, are each caught."""

import pytest

from powclock.election.schedule import LeaderSchedule
from powclock.election.signed import SignedRule
from powclock.machine.reason import Reason
from powclock.machine.tree import Entry
from powclock.network.evidence import Evidence
from powclock.race.swarm.draw import drawn_kinds
from powclock.race.swarm.trial import try_seed
from tests.scenarios.bugs import Bugs, nothing, swallow

SEEDS = sorted(range(120), key=lambda seed: -len(drawn_kinds(seed, "schedule")))
# Where a bug was seen last, so that it need not be looked for again.
SEEN = {
    "signatures_are_not_verified": 17,
    "anybody_may_lead_at_any_time": 34,
    "nothing_is_too_early": 34,
    "equivocation_is_never_told": 5,
    "an_honest_leader_seals_its_beat_twice": 52,
}
BUGS = Bugs()


@BUGS.put
def signatures_are_not_verified(patch: pytest.MonkeyPatch) -> None:
    swallow(patch, SignedRule, "verify_alone", Reason.BAD_SEAL)


@BUGS.put
def anybody_may_lead_at_any_time(patch: pytest.MonkeyPatch) -> None:
    right = LeaderSchedule.next_turn

    def next_turn(self: LeaderSchedule, parent: Entry, author: bytes, now_ns: int) -> object:
        first = self.leader_of(0)[1]
        return right(self, parent, first if author in self.keys else author, now_ns)

    patch.setattr(LeaderSchedule, "next_turn", next_turn)
    swallow(patch, LeaderSchedule, "check_alone", Reason.BAD_LEADER)


@BUGS.put
def leaders_are_off_by_one(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(LeaderSchedule, "slot_of", lambda self, beat: beat // self.blocks)


@BUGS.put
def beats_need_not_increase(patch: pytest.MonkeyPatch) -> None:
    right = LeaderSchedule.next_turn

    def next_turn(self: LeaderSchedule, parent: Entry, author: bytes, now_ns: int) -> object:
        turn = right(self, parent, author, now_ns)
        if turn is not None and parent.height and parent.height % 5 == 0:
            return turn._replace(number=turn.number - len(self.keys) * self.blocks)
        return turn

    patch.setattr(LeaderSchedule, "next_turn", next_turn)
    swallow(patch, LeaderSchedule, "check_alone", Reason.BAD_SLOT)
    patch.setattr(LeaderSchedule, "due_ns", lambda self, block, parent: 0)


@BUGS.put
def nothing_is_too_early(patch: pytest.MonkeyPatch) -> None:
    swallow(patch, SignedRule, "verify", Reason.TIME_TOO_NEW)


@BUGS.put
def what_is_in_time_is_refused(patch: pytest.MonkeyPatch) -> None:
    right = LeaderSchedule.end_ns
    patch.setattr(
        LeaderSchedule,
        "due_ns",
        lambda self, block, parent: right(self, block.header.nonce) + 20 * 10**9,
    )


@BUGS.put
def equivocation_is_never_told(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Evidence, "seen", nothing)


@BUGS.put
def an_honest_leader_seals_its_beat_twice(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(LeaderSchedule, "sealed", nothing)


@BUGS.put
def a_leader_that_sealed_every_turn_is_accused(patch: pytest.MonkeyPatch) -> None:
    right = LeaderSchedule.claim
    patch.setattr(
        LeaderSchedule, "claim", lambda self, block: right(self, block)._replace(beat=0, slot=0)
    )


@BUGS.put
def a_block_weighs_two(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(SignedRule, "weight", lambda self, block: 2)


@pytest.mark.parametrize("name", BUGS)
def test_a_known_bug_is_caught(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    BUGS[name](monkeypatch)
    for seed in [SEEN.get(name, SEEDS[0]), *SEEDS]:
        broken = try_seed(seed, "schedule").broken
        if broken:
            print(f"{name}: seed {seed}: {broken}")
            return
    raise AssertionError(f"{name} is not caught")


def test_without_a_bug_the_same_seeds_are_clean() -> None:
    assert [try_seed(seed, "schedule").broken for seed in SEEDS[:3]] == [""] * 3
